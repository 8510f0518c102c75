/**
 * Carries out what the core's queue decides: one request at a time, the same bytes on every retry.
 * The decisions themselves (order, pauses, bounds) are in `queue.rs`.
 */
import { type Core, Op } from "./core.js";
import { DiagError } from "./errors.js";
import { type Host, HostFault, type HostResponse } from "./host/host.js";
import { answerFrom, refusalFrom } from "./problem.js";
import type { DiagCounter, FlushResult, SnapshotAnswer, SnapshotPayload } from "./types.js";

/** What the uploader needs from its session. */
export interface UploaderContext {
  readonly core: Core;
  readonly host: Host;
  readonly endpoint: string;
  readonly timeoutMs: number;
  count(what: DiagCounter): void;
  fail(where: string, what: unknown): void;
  /** The server's word on whether to go on. */
  control(enabled: boolean): void;
  /** Another tab used this sequence number with the same key. */
  conflict(): void;
}

interface Waiter {
  resolve(answer: SnapshotAnswer): void;
  reject(error: DiagError): void;
}

interface Entry {
  readonly payload: SnapshotPayload;
  readonly waiters: Waiter[];
}

/** Lets one request of the SDK through at a time, so that the app's slots stay free. */
export class Gate {
  #last: Promise<unknown> = Promise.resolve();
  #abort = new AbortController();

  /** For requests that may be given up when something matters more. */
  yielding<T>(request: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal } = this.#abort;
    return this.#queue(() => request(signal));
  }

  /** Gives up requests that yield, and goes next. */
  pass<T>(request: () => Promise<T>): Promise<T> {
    this.#abort.abort();
    this.#abort = new AbortController();
    return this.#queue(request);
  }

  #queue<T>(request: () => Promise<T>): Promise<T> {
    const next = this.#last.then(request);
    this.#last = next.catch(() => undefined);
    return next;
  }
}

export class Uploader {
  readonly #entries = new Map<number, Entry>();
  readonly #idle: (() => void)[] = [];
  readonly #abort = new AbortController();
  readonly #context: UploaderContext;
  readonly #gate: Gate;
  #busy = false;
  #cancelTimer: (() => void) | undefined;
  #sent = 0;
  #refused = 0;

  constructor(context: UploaderContext, gate: Gate) {
    this.#context = context;
    this.#gate = gate;
  }

  get items(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    let bytes = 0;
    for (const { payload } of this.#entries.values()) bytes += payload.bytes.length;
    return bytes;
  }

  /** Settles with the server's answer, or once the snapshot is refused, parked or evicted. */
  upload(payload: SnapshotPayload): Promise<SnapshotAnswer> {
    const { core, host } = this.#context;
    return new Promise((resolve, reject) => {
      const entry = this.#entries.get(payload.sequence) ?? { payload, waiters: [] };
      entry.waiters.push({ resolve, reject });
      this.#entries.set(payload.sequence, entry);
      core.set(Op.Push, payload.sequence, payload.bytes.length, host.tickMs());
      for (let gone = core.set(Op.Evicted); gone >= 0; gone = core.set(Op.Evicted)) {
        this.#context.count("evicted");
        this.#settle(gone, new DiagError("Evicted", "the queue was full"), true);
      }
      this.#pump();
    });
  }

  /** Tries everything that is parked again, and waits until nothing more can be done now. */
  async flush(): Promise<FlushResult> {
    const { core, host } = this.#context;
    const [sent, refused] = [this.#sent, this.#refused];
    core.set(Op.Wake, host.tickMs());
    const idle = new Promise<void>((resolve) => this.#idle.push(resolve));
    this.#pump();
    await idle;
    return { sent: this.#sent - sent, refused: this.#refused - refused, left: this.items };
  }

  /** Tries everything that is parked again, and lets no error out. */
  wake(): void {
    this.#context.core.set(Op.Wake, this.#context.host.tickMs());
    this.#pump();
  }

  dispose(): void {
    this.#abort.abort();
    this.#cancelTimer?.();
    const error = new DiagError("Disposed", "the session was disposed");
    for (const sequence of [...this.#entries.keys()]) this.#settle(sequence, error, true);
    this.#rest();
  }

  #pump(): void {
    if (this.#busy || this.#abort.signal.aborted) return;
    const { core, host } = this.#context;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const task = core.set(Op.Next, host.tickMs());
    if (Number.isNaN(task)) return this.#rest();
    if (task < 0) {
      this.#cancelTimer = host.timer(-1 - task, () => this.#pump());
      return;
    }
    this.#busy = true;
    this.#send(task).finally(() => {
      this.#busy = false;
      this.#pump();
    });
  }

  #rest(): void {
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  async #send(sequence: number): Promise<void> {
    const { endpoint, host, timeoutMs } = this.#context;
    const entry = this.#entries.get(sequence);
    const { signal } = this.#abort;
    let response: HostResponse | undefined;
    let fault: HostFault["kind"] = "offline";
    try {
      response = await this.#gate.pass(async () => {
        if (!entry || signal.aborted) throw new HostFault("aborted");
        const { bytes } = entry.payload;
        const url = `${endpoint}/v1/snapshots`;
        return host.request({ method: "POST", url, body: bytes, timeoutMs, signal });
      });
    } catch (error) {
      if (error instanceof HostFault) fault = error.kind;
    }
    if (signal.aborted) return;
    const answer = response && answerFrom(response);
    // A success that makes no sense is a failure: the same bytes get the same answer later.
    const status = !response ? 0 : response.status < 300 && !answer ? 502 : response.status;
    const error = refusalFrom(response, fault);
    const verdict = this.#report(status, response);
    if (verdict === -1 && answer) return this.#accept(sequence, answer);
    this.#context.fail("upload", error.reason ?? error.code);
    if (verdict === -2) {
      if (error.reason === "sequence_conflict") this.#context.conflict();
      this.#refused++;
      this.#context.count("refused");
      this.#settle(sequence, error, true);
    } else if (verdict === -3 || (!response && host.network().online === false)) {
      this.#context.core.set(Op.Park, sequence);
      this.#context.count("parked");
      this.#settle(sequence, error, false);
    } else {
      this.#context.count("retried");
    }
  }

  #report(status: number, response: HostResponse | undefined): number {
    const { core, host } = this.#context;
    const asked = response?.header("retry-after") ?? "";
    const retryAfterMs = /^\d+$/.test(asked)
      ? Number(asked) * 1000
      : Math.max(0, Date.parse(asked) - host.nowMs());
    return core.set(Op.Answered, status, retryAfterMs, host.tickMs(), Math.random());
  }

  #accept(sequence: number, answer: { view: SnapshotAnswer; enabled: boolean }): void {
    this.#sent++;
    this.#context.count(answer.view.outcome === "duplicate" ? "duplicate" : "accepted");
    const entry = this.#entries.get(sequence);
    this.#entries.delete(sequence);
    for (const waiter of entry?.waiters ?? []) waiter.resolve(answer.view);
    this.#context.control(answer.enabled);
  }

  /** Tells everyone who waits; a snapshot that is gone for good is also forgotten. */
  #settle(sequence: number, error: DiagError, gone: boolean): void {
    const entry = this.#entries.get(sequence);
    if (gone) this.#entries.delete(sequence);
    for (const waiter of entry?.waiters.splice(0) ?? []) waiter.reject(error);
  }
}
