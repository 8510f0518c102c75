/** What a page has for bytes that need no answer. */
import type { Channel } from "./urgent.js";

/** Taken when it is made: what the page redefines later does not reach us. */
export function webChannel(): Channel {
  const { fetch, navigator, Request, Blob } = globalThis;
  return (url, bytes) => {
    const body = bytes as Uint8Array<ArrayBuffer>;
    // Rather than a beacon: a beacon carries the page's cookies. A plain type needs no preflight.
    if (fetch && Request && "keepalive" in Request.prototype) {
      fetch(url, {
        method: "POST",
        mode: "no-cors",
        keepalive: true,
        credentials: "omit",
        referrerPolicy: "no-referrer",
        headers: { "content-type": "text/plain" },
        body,
      }).catch(() => undefined);
      return "keepalive";
    }
    if (navigator?.sendBeacon?.(url, new Blob([body], { type: "text/plain" }))) return "beacon";
    return null;
  };
}
