/**
 * Breadcrumbs of the app's requests: method, host, status, time. Never paths, queries, headers or
 * bodies, which may hold secrets. The SDK's own requests are left out.
 */
import type { SeenRequest } from "../host/host.js";
import type { Integration } from "../integration.js";

type Sink = (request: SeenRequest) => void;

export const requests = (): Integration => ({
  name: "requests",
  start(context) {
    const { endpoint, host } = context;
    const sink: Sink = ({ method, url, status, ms }) => {
      const address = absolute(url);
      if (!address || address.href.startsWith(`${endpoint}/`)) return;
      const answer = status > 0 ? String(status) : "failed";
      context.event("request", `${method.slice(0, 10).toUpperCase()} ${address.host} ${answer}`, ms);
    };
    const safely: Sink = (request) => {
      try {
        sink(request);
      } catch (error) {
        context.fail("requests", error);
      }
    };
    const stop = host.requests
      ? host.requests(safely)
      : both(hookFetch(safely, () => host.tickMs()), hookXhr(safely, () => host.tickMs()));
    context.found("requests", !!stop);
    return stop ?? undefined;
  },
});

/** Host and start of an address; mini-programs have no `URL`. */
function absolute(url: string): { href: string; host: string } | null {
  const { URL, location } = globalThis;
  if (URL) return new URL(url, location?.href);
  const host = /^https?:\/\/([^/?#@]+)/i.exec(url)?.[1];
  return host ? { href: url, host } : null;
}

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
