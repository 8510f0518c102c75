import { randomBytes } from "node:crypto";
import { request as httpRequest } from "node:http";

/** Listeners of one kind, as `onX` and `offX` see them. */
class Listeners {
  all = new Set();
  on = (listener) => void this.all.add(listener);
  off = (listener) => void this.all.delete(listener);
  tell(value) {
    for (const listener of [...this.all]) listener(value);
  }
}

/** What a phone has, whatever program runs on it. */
export function phone() {
  return {
    storage: new Map(),
    show: new Listeners(),
    hide: new Listeners(),
    network: new Listeners(),
    error: new Listeners(),
    rejection: new Listeners(),
    memory: new Listeners(),
    /** Unix milliseconds after which requests fail, as WeChat's do some seconds after hiding. */
    networkEndsMs: Number.POSITIVE_INFINITY,
  };
}

/** How long WeChat leaves the network on after a program is hidden. */
export const HIDDEN_NETWORK_MS = 5000;

/**
 * The host's HTTP client: `bytes` or text out, text or bytes back, a time limit of its own. Calls back
 * once: `done(null, {status, headers, bytes})` or `done("timeout" | "abort" | "fail …")`.
 */
export function send({ url, method = "GET", headers = {}, bytes, timeoutMs = 60_000 }, done) {
  let over = false;
  const once = (...told) => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    done(...told);
  };
  const task = httpRequest(url, { method, headers, agent: false }, (response) => {
    const chunks = [];
    response.on("data", (chunk) => chunks.push(chunk));
    response.on("error", (error) => once(`fail ${error.message}`));
    response.on("end", () =>
      once(null, { status: response.statusCode, headers: response.headers, bytes: Buffer.concat(chunks) }),
    );
  });
  const timer = setTimeout(() => {
    once("timeout");
    task.destroy();
  }, timeoutMs);
  task.on("error", (error) => once(`fail ${error.message}`));
  task.end(bytes);
  return {
    abort() {
      once("abort");
      task.destroy();
    },
  };
}

export const random = (length) => Uint8Array.from(randomBytes(length)).buffer;
