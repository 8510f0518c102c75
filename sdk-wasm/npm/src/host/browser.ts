/** The host for browsers and web-views. */
import type {
  DurableStorage,
  Host,
  HostRequest,
  HostResponse,
  MemoryReading,
  NetworkFacts,
} from "./host.js";
import { HostFault } from "./host.js";

/** Browsers take 64 KiB of bodies at a time that may outlive their page; some is left to the app. */
const KEEPALIVE_BYTES_MAX = 60_000;
/** Bytes of an answer that are read at most. */
const ANSWER_BYTES_MAX = 8 << 20;

interface Chromium {
  connection?: EventTarget & { type?: string; effectiveType?: string; downlink?: number };
  deviceMemory?: number;
}
interface ChromiumPerformance {
  memory?: { usedJSHeapSize: number; jsHeapSizeLimit: number };
  measureUserAgentSpecificMemory?(): Promise<{ bytes: number }>;
}

export function browserHost(): Host {
  // Taken now: what the page redefines later does not reach us.
  const { fetch, crypto, performance, setTimeout, clearTimeout, navigator, document } = globalThis;
  const now = Date.now;
  // Hosts that are nearly browsers, such as workers and node, lack some of these.
  const chromium = (navigator ?? {}) as Partial<Navigator> & Chromium;
  const heap = performance as Performance & ChromiumPerformance;
  const win = globalThis as typeof globalThis & Partial<Window>;
  const storage = openStorage();
  let measured: MemoryReading | null = null;
  let asking = false;
  let counted: MemoryReading | null = null;
  let countedMs = Number.NEGATIVE_INFINITY;

  const call = async (request: HostRequest): Promise<HostResponse> => {
    const abort = new AbortController();
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      abort.abort();
    }, request.timeoutMs);
    const forward = (): void => abort.abort();
    request.signal?.addEventListener("abort", forward);
    try {
      if (request.signal?.aborted) forward();
      const response = await fetch(request.url, {
        method: request.method,
        body: (request.body as Uint8Array<ArrayBuffer> | undefined) ?? null,
        headers: request.body ? { "content-type": "application/octet-stream" } : {},
        credentials: "omit",
        cache: "no-store",
        referrerPolicy: "no-referrer",
        // What is small enough survives the end of the page. The browser counts all such requests
        // of the page together; one at a time is ours.
        keepalive: !!request.body && request.body.length <= KEEPALIVE_BYTES_MAX,
        signal: abort.signal,
      });
      if (Number(response.headers.get("content-length")) > ANSWER_BYTES_MAX) throw new HostFault("offline");
      const text = await response.text();
      return { status: response.status, text, header: (name) => response.headers.get(name) };
    } catch {
      throw new HostFault(timedOut ? "timeout" : request.signal?.aborted ? "aborted" : "offline");
    } finally {
      clearTimeout(timer);
      request.signal?.removeEventListener("abort", forward);
    }
  };

  return {
    name: "browser",
    capabilities: () => ({
      frames: !!win.requestAnimationFrame,
      heap: !!heap.memory,
      pageMemory: !!(win.crossOriginIsolated && heap.measureUserAgentSpecificMemory),
      connection: !!chromium.connection,
      random: !!crypto?.getRandomValues,
      sessionStorage: !!storage,
      visibility: !!document,
    }),
    nowMs: () => now(),
    tickMs: () => performance.now(),
    random(into) {
      if (!crypto?.getRandomValues) return false;
      crypto.getRandomValues(into as Uint8Array<ArrayBuffer>);
      return true;
    },
    request: call,
    origin: () => {
      const origin = win.location?.origin;
      return origin && origin !== "null" ? origin : null;
    },
    load(key) {
      try {
        return storage?.getItem(key) ?? null;
      } catch {
        return null;
      }
    },
    store(key, value) {
      try {
        if (value === null) storage?.removeItem(key);
        else storage?.setItem(key, value);
        return storage !== null;
      } catch {
        return false;
      }
    },
    durable: durableStorage(),
    frames(callback) {
      const { requestAnimationFrame: request, cancelAnimationFrame: cancel } = win;
      if (!request) return null;
      let id = 0;
      const step = (tick: number): void => {
        id = request(step);
        callback(tick);
      };
      id = request(step);
      return () => cancel?.(id);
    },
    hidden: () => document?.visibilityState === "hidden",
    watch(events) {
      const visibility = (): void => events.visibility(document.visibilityState === "hidden");
      const all: [EventTarget | undefined, string, () => void][] = [
        [document, "visibilitychange", visibility],
        [win as EventTarget, "online", () => events.online()],
        [win as EventTarget, "online", () => events.network()],
        [win as EventTarget, "offline", () => events.network()],
        [chromium.connection, "change", () => events.network()],
      ];
      for (const [target, name, listener] of all) target?.addEventListener?.(name, listener);
      return () => {
        for (const [target, name, listener] of all) target?.removeEventListener?.(name, listener);
      };
    },
    memory() {
      if (win.crossOriginIsolated && heap.measureUserAgentSpecificMemory) {
        // Answers whenever the browser sees fit, so each call reads what the one before asked for. To
        // ask is dear, so one question at a time.
        if (!asking) {
          asking = true;
          heap
            .measureUserAgentSpecificMemory()
            .then(
              ({ bytes }) => {
                measured = { source: "user_agent", usedBytes: bytes };
              },
              () => undefined,
            )
            .then(() => {
              asking = false;
            });
        }
        if (measured) return measured;
      }
      // To count the heap is dear as well; within a second nothing new is learnt.
      const tickMs = performance.now();
      if (tickMs - countedMs < 1000) return counted;
      countedMs = tickMs;
      const { memory } = heap;
      counted = memory
        ? {
            source: "js_heap",
            usedBytes: memory.usedJSHeapSize,
            limitBytes: memory.jsHeapSizeLimit,
          }
        : null;
      return counted;
    },
    // What takes looking closer, the system and its version, is told by the integration `device`.
    device: () => ({
      userAgent: chromium.userAgent,
      language: chromium.language,
      cores: chromium.hardwareConcurrency,
      memoryGb: chromium.deviceMemory,
      pixelRatio: win.devicePixelRatio,
      screenWidthPx: win.screen?.width,
      screenHeightPx: win.screen?.height,
    }),
    network(): NetworkFacts {
      const { connection, onLine } = chromium;
      return {
        type: connection?.type,
        effectiveType: connection?.effectiveType,
        downlinkMbps: connection?.downlink,
        online: onLine,
      };
    },
    page: () => win.location && win.location.origin + win.location.pathname,
    timer(ms, callback) {
      const id = setTimeout(callback, ms);
      return () => clearTimeout(id);
    },
  };
}

/** Storage may be absent, refused, or full; a write tells. */
function openStorage(): Storage | null {
  try {
    const storage = globalThis.sessionStorage;
    const probe = "faultscan:probe";
    storage.setItem(probe, "1");
    storage.removeItem(probe);
    return storage;
  } catch {
    return null;
  }
}

/** Each access may be refused, and a write where it is full. */
function durableStorage(): DurableStorage {
  const safely = <T>(otherwise: T, work: (storage: Storage) => T): T => {
    try {
      return work(globalThis.localStorage);
    } catch {
      return otherwise;
    }
  };
  return {
    keys: () =>
      safely([], (storage) =>
        Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? "").filter(
          (key) => key.startsWith("faultscan:"),
        ),
      ),
    load: (key) => safely(null, (storage) => storage.getItem(key)),
    store: (key, value) =>
      safely(false, (storage) => {
        if (value === null) storage.removeItem(key);
        else storage.setItem(key, value);
        return true;
      }),
  };
}
