/**
 * The urgent channel: one signed datagram the moment something dies, sent once and never again, and a
 * full snapshot by the ordinary way behind it. The server shows both in one report.
 */
import type { DiagEvent } from "../events.js";
import type { Integration, SignalContext, UrgentKind } from "../integration.js";

/** So many uncaught errors within so long are a crash, though the page still stands. */
export const BURST_ERRORS = 5;
export const BURST_MS = 10_000;
/** Between two datagrams of one kind. */
export const COOLDOWN_MS = 60_000;
/** Datagrams of one session; the server takes 64 for a ticket. */
export const SESSION_MAX = 16;
const TIMEOUT_MS = 5000;

/** Decides which events are worth a datagram. It sees every event and keeps no text. */
export class Alarm {
  #errors: number[] = [];
  readonly #last = new Map<UrgentKind, number>();
  #sent = 0;

  /** The kind of datagram that this event calls for now, if any. */
  hear({ kind, text }: Pick<DiagEvent, "kind" | "text">, nowMs: number): UrgentKind | null {
    const wanted = this.#kindOf(kind, text, nowMs);
    if (!wanted || this.#sent >= SESSION_MAX) return null;
    if (nowMs - (this.#last.get(wanted) ?? Number.NEGATIVE_INFINITY) < COOLDOWN_MS) return null;
    this.#last.set(wanted, nowMs);
    this.#sent++;
    return wanted;
  }

  #kindOf(kind: DiagEvent["kind"], text: string, nowMs: number): UrgentKind | null {
    switch (kind) {
      case "memory_warning":
      case "anr":
        return kind;
      case "unclean_exit":
        return text.startsWith("oom") ? "oom" : "crash";
      case "exception":
      case "unhandled_rejection":
        this.#errors = [...this.#errors, nowMs].slice(-BURST_ERRORS);
        return this.#errors.length === BURST_ERRORS && nowMs - this.#errors[0]! <= BURST_MS
          ? "crash"
          : null;
      default:
        return null;
    }
  }
}

/** How a page sends bytes that need no answer: the channel's name, or `null` where there is none. */
export type Channel = (url: string, bytes: Uint8Array) => string | null;

export const urgentBy = (web: Channel): Integration => ({
  name: "urgent",
  start(context) {
    const alarm = new Alarm();
    return context.onEvent((event) => {
      const kind = alarm.hear(event, context.host.tickMs());
      if (!kind || !context.sampled()) return;
      const blockedMs = kind === "anr" ? event.value : Number.NaN;
      const told = /^(unclean_exit|exception|unhandled_rejection)$/.test(event.kind);
      send(context, web, kind, blockedMs, told ? event.text : "");
      void context.capture(kind);
    });
  },
});

/** Errors of the event come first; else the last line that tells. */
function send(
  context: SignalContext,
  web: Channel,
  kind: UrgentKind,
  blockedMs: number,
  text: string,
): void {
  const { endpoint, host, udp } = context;
  const url = `${endpoint}/v1/urgent`;
  try {
    const line = text || context.lastLine();
    const bytes = context.urgent(kind, blockedMs, line);
    if (bytes.length === 0) return;
    let channel = host.urgent?.(bytes, udp, url) ?? null;
    if (!channel && host.name === "browser") channel = web(url, bytes);
    if (!channel) {
      const request = { method: "POST", url, body: bytes, timeoutMs: TIMEOUT_MS } as const;
      host.request(request).catch(() => undefined);
      channel = "request";
    }
    context.count("urgent");
    context.found(`urgent:${channel}`, true);
  } catch (error) {
    context.fail("urgent", error);
  }
}
