/** Watches `fetch` and `XMLHttpRequest`, where they exist. */
import type { HookRequests, Sink } from "./requests.js";

export const hookWeb: HookRequests = (sink, now) =>
  both(hookFetch(sink, now), hookXhr(sink, now));

function both(a: (() => void) | null, b: (() => void) | null): (() => void) | null {
  if (!a && !b) return null;
  return () => {
    a?.();
    b?.();
  };
}

/** The wrapper gives back the very promise of the original, and adds nothing to it. */
function hookFetch(sink: Sink, now: () => number): (() => void) | null {
  const page = globalThis as { fetch?: typeof fetch };
  const original = page.fetch;
  if (typeof original !== "function") return null;
  let active = true;
  const wrapper = function (this: unknown, ...given: Parameters<typeof fetch>) {
    const startMs = now();
    const answer = Reflect.apply(original, this, given) as Promise<Response>;
    if (!active) return answer;
    try {
      const [what, init] = given;
      const request = typeof what === "object" && "url" in what ? what : undefined;
      const method = init?.method ?? request?.method ?? "GET";
      const url = request?.url ?? String(what);
      const tell = (status: number): void => {
        if (active) sink({ method, url, status, ms: now() - startMs });
      };
      answer.then(
        (response) => tell(response.status),
        () => tell(0),
      );
    } catch {
      // Whatever the app passed or got is its own business.
    }
    return answer;
  };
  try {
    page.fetch = wrapper;
  } catch {
    return null;
  }
  return () => {
    active = false;
    if (page.fetch === wrapper) page.fetch = original;
  };
}

function hookXhr(sink: Sink, now: () => number): (() => void) | null {
  const proto = globalThis.XMLHttpRequest?.prototype as XMLHttpRequest | undefined;
  if (!proto) return null;
  const { open, send } = proto;
  const opened = new WeakMap<XMLHttpRequest, { method: string; url: string }>();
  let active = true;
  const newOpen = function (this: XMLHttpRequest, ...given: unknown[]): void {
    if (active) opened.set(this, { method: String(given[0]), url: String(given[1]) });
    Reflect.apply(open, this, given);
  };
  const newSend = function (this: XMLHttpRequest, ...given: unknown[]): void {
    const what = active ? opened.get(this) : undefined;
    if (what) {
      const startMs = now();
      this.addEventListener(
        "loadend",
        () => {
          if (active) sink({ ...what, status: this.status, ms: now() - startMs });
        },
        { once: true },
      );
    }
    Reflect.apply(send, this, given);
  };
  try {
    proto.open = newOpen as typeof open;
    proto.send = newSend as typeof send;
  } catch {
    return null;
  }
  return () => {
    active = false;
    if (proto.open === newOpen) proto.open = open;
    if (proto.send === newSend) proto.send = send;
  };
}
