/**
 * Breadcrumbs of the app's requests: method, host, status, time. Never paths, queries, headers or
 * bodies, which may hold secrets. The SDK's own requests are left out.
 */
import type { SeenRequest } from "../host/host.js";
import type { Integration } from "../integration.js";

export type Sink = (request: SeenRequest) => void;

/** Watches requests of hosts that do not tell of them; the result undoes it. */
export type HookRequests = (sink: Sink, now: () => number) => (() => void) | null;

export const requestsBy = (hook: HookRequests): Integration => ({
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
      : hook(safely, () => host.tickMs());
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
