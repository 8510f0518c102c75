/** The host for mini-programs: WeChat, Douyin, Alipay, or anything of their shape. */
import { fromBase64 } from "../base64.js";
import { hookConsole } from "../host/hooks.js";
import type {
  DeviceFacts,
  Host,
  HostRequest,
  HostResponse,
  NetworkFacts,
  SeenRequest,
  UdpAddress,
} from "../host/host.js";
import { HostFault } from "../host/host.js";
import type { MiniApi, MiniKind, SystemInfo } from "./api.js";
import { detect } from "./detect.js";
import { KeyStore } from "./key-store.js";

/** Longest answer that is looked at, in UTF-16 units. */
const ANSWER_UNITS_MAX = 8 << 20;
/** WeChat cuts the network five seconds after the app was hidden; the others are no kinder. */
const HIDE_GRACE_MS = 4500;
/** How long a UDP socket stays open after its one packet. */
const UDP_LINGER_MS = 1000;
/** Between two samples of the timer, where there is no canvas. */
const TICK_MS = 16;

/** A canvas node, as `createSelectorQuery` or `getElementById` gives it. */
export interface MiniCanvas {
  requestAnimationFrame(callback: (tickMs: number) => void): number;
  cancelAnimationFrame(id: number): void;
}

export interface MiniHostOptions {
  /** Default: found by what the global scope has. */
  readonly kind?: MiniKind;
  /**
   * Draws frames, and so tells their rate. Pages of mini-programs have no `requestAnimationFrame` of
   * their own; without a canvas the drift of a timer stands in, and the snapshot says so.
   */
  readonly canvas?: MiniCanvas;
  /**
   * Fills the bytes with secure randomness, for hosts that have no such source (Alipay). Left out, the
   * Faultscan server gives it, over TLS; otherwise bytes from your own server, over TLS, used once.
   */
  readonly random?: (into: Uint8Array) => boolean | Promise<boolean>;
}

export function miniHost(options: MiniHostOptions = {}): Host {
  const kind = options.kind ?? detect();
  if (!kind) throw new Error("no mini-program host here: pass one to miniHost()");
  const { api, name } = kind;
  const keys = new KeyStore(api, Date.now());
  const network = watchNetwork(api);
  let hidden = false;
  const startMs = Date.now();
  const clock = api.getPerformance?.();
  const perf = typeof performance === "undefined" ? undefined : performance;
  const monotonic = perf?.now ? () => perf.now() : clock?.now ? () => clock.now?.() ?? 0 : null;

  const tickMs = (): number => monotonic?.() ?? Date.now() - startMs;

  return {
    name,
    frameSource: options.canvas ? "canvas-raf" : "timer-drift",
    capabilities: () => ({
      canvasFrames: !!options.canvas,
      monotonicClock: !!monotonic,
      random: !!(options.random ?? api.getRandomValues),
      storage: keys.works,
      udp: !!api.createUDPSocket,
      memoryWarnings: !!api.onMemoryWarning,
      networkChanges: !!api.onNetworkStatusChange,
      lifecycle: !!(api.onAppShow && api.onAppHide),
      errors: !!api.onError,
      wasm: !!kind.wasm,
    }),
    nowMs: () => Date.now(),
    tickMs,
    random: (into, endpoint) =>
      options.random?.(into) ??
      (api.getRandomValues ? randomFrom(api, into) : randomFromServer(api, into, endpoint)),
    request: (request) => call(api, request),
    origin: () => null,
    load: (key) => keys.load(key),
    store: (key, value) => keys.store(key, value),
    ...(keys.lists && {
      durable: {
        keys: () => keys.names(),
        load: (key: string) => keys.load(key),
        store: (key: string, value: string | null) => keys.store(key, value),
      },
    }),
    hideGraceMs: HIDE_GRACE_MS,
    urgent: (bytes, udp) => (udp && sendUdp(api, bytes, udp) ? "udp" : null),
    requests: (sink) => hookRequests((kind.raw ?? api) as RequestHolder, sink, tickMs),
    frames: (callback) => frames(options.canvas, callback),
    hidden: () => hidden,
    watch(events) {
      const show = (): void => {
        hidden = false;
        events.visibility(false);
      };
      const hide = (): void => {
        hidden = true;
        events.visibility(true);
      };
      const stop = network.watch((online) => {
        events.network();
        if (online) events.online();
      });
      const warn = (event?: { level?: number }): void => events.memory?.(`level ${event?.level ?? "?"}`);
      api.onAppShow?.(show);
      api.onAppHide?.(hide);
      api.onMemoryWarning?.(warn);
      return () => {
        stop();
        api.offMemoryWarning?.(warn);
        api.offAppShow?.(show);
        api.offAppHide?.(hide);
      };
    },
    hook: (sink) => {
      const error = (what: unknown): void =>
        sink({ level: "error", source: "uncaught", message: textOf(what) });
      const rejection = (event: { reason?: unknown }): void =>
        sink({
          level: "error",
          source: "rejection",
          message: `Unhandled rejection: ${textOf(event?.reason)}`,
        });
      const unhook = hookConsole(sink);
      api.onError?.(error);
      api.onUnhandledRejection?.(rejection);
      return () => {
        unhook();
        api.offError?.(error);
        api.offUnhandledRejection?.(rejection);
      };
    },
    // Mini-programs warn of memory; none of them tells how much is in use.
    memory: () => null,
    device: () => device(api),
    network: () => network.now(),
    page: pagePath,
    timer(ms, callback) {
      const id = setTimeout(callback, ms);
      return () => clearTimeout(id);
    },
  };
}

/** One packet, no answer, no second try. */
function sendUdp(api: MiniApi, bytes: Uint8Array, { host, port }: UdpAddress): boolean {
  try {
    const socket = api.createUDPSocket?.();
    if (!socket) return false;
    socket.bind();
    socket.send({ address: host, port, message: exactly(bytes) });
    setTimeout(() => socket.close(), UDP_LINGER_MS);
    return true;
  } catch {
    return false;
  }
}

interface RequestHolder {
  request?: (options: Record<string, unknown>) => unknown;
}

/** Watches the app's own requests by their callbacks; not every host lets its object be changed. */
function hookRequests(
  holder: RequestHolder,
  sink: (request: SeenRequest) => void,
  now: () => number,
): (() => void) | null {
  const original = holder.request;
  if (typeof original !== "function") return null;
  let active = true;
  const wrapper = function (this: unknown, ...given: [Record<string, unknown>, ...unknown[]]): unknown {
    const [options, ...rest] = given;
    if (!active || typeof options !== "object" || options === null) {
      return Reflect.apply(original, this, given);
    }
    const startMs = now();
    const watched = (name: "success" | "fail") => ({
      [name](...answer: unknown[]): unknown {
        const { statusCode, status } = (answer[0] ?? {}) as { statusCode?: number; status?: number };
        const seen = Number(statusCode ?? status ?? (name === "success" ? 200 : 0));
        const { method = "GET", url } = options;
        if (active) sink({ method: String(method), url: String(url), status: seen, ms: now() - startMs });
        const told = options[name];
        return typeof told === "function" ? Reflect.apply(told, this, answer) : undefined;
      },
    });
    const changed = { ...options, ...watched("success"), ...watched("fail") };
    return Reflect.apply(original, this, [changed, ...rest]);
  };
  const put = (value: typeof original): boolean => {
    try {
      Object.defineProperty(holder, "request", { value, writable: true, configurable: true, enumerable: true });
      return holder.request === value;
    } catch {
      return false;
    }
  };
  if (!put(wrapper as typeof original)) return null;
  return () => {
    active = false;
    if (holder.request === wrapper) put(original);
  };
}

function call(api: MiniApi, request: HostRequest): Promise<HostResponse> {
  return new Promise((resolve, reject) => {
    const { method, url, body, timeoutMs, signal } = request;
    if (signal?.aborted) return reject(new HostFault("aborted"));
    let settled = false;
    const settle = (work: () => void): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      work();
    };
    // The host's own timeout is a wish that not every version grants.
    const timer = setTimeout(() => {
      settle(() => reject(new HostFault("timeout")));
      task?.abort?.();
    }, timeoutMs);
    const abort = (): void => {
      settle(() => reject(new HostFault("aborted")));
      task?.abort?.();
    };
    signal?.addEventListener("abort", abort);
    let task: ReturnType<NonNullable<MiniApi["request"]>>;
    try {
      task = api.request?.({
        url,
        method,
        ...(body && { data: exactly(body) }),
        header: body ? { "content-type": "application/octet-stream" } : {},
        timeout: timeoutMs,
        // As text: parsing is not the host's business, and a broken answer must not throw in it.
        dataType: "text",
        responseType: "text",
        success: (answer) => settle(() => resolve(response(answer.statusCode, answer))),
        fail: ({ errMsg = "" }) =>
          settle(() => reject(new HostFault(/time ?out/i.test(errMsg) ? "timeout" : "offline"))),
      });
    } catch {
      settle(() => reject(new HostFault("offline")));
    }
  });
}

function response(
  status: number,
  { data, header = {} }: { data: unknown; header?: Readonly<Record<string, string>> },
): HostResponse {
  const text =
    typeof data === "string" ? data : data == null ? "" : (JSON.stringify(data) ?? "");
  const headers = new Map(
    Object.entries(header).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
  return {
    status,
    text: text.length > ANSWER_UNITS_MAX ? "" : text,
    header: (name) => headers.get(name) ?? null,
  };
}

/** The bytes in a buffer of their own: hosts send the whole buffer behind a view. */
function exactly(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer as ArrayBuffer;
}

function randomFrom(api: MiniApi, into: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    if (!api.getRandomValues) return resolve(false);
    api.getRandomValues({
      length: into.length,
      success: ({ randomValues }) => {
        into.set(new Uint8Array(randomValues, 0, into.length));
        resolve(true);
      },
      fail: () => resolve(false),
    });
  });
}

const RANDOM_TIMEOUT_MS = 10_000;
/** Nobody between here and the server reads what goes this way. */
const PRIVATE = /^https:|^http:\/\/(127\.0\.0\.1|localhost)(:|$)/;

async function randomFromServer(api: MiniApi, into: Uint8Array, endpoint: string): Promise<boolean> {
  if (!PRIVATE.test(endpoint)) return false;
  const url = `${endpoint}/v1/random`;
  try {
    const { status, text } = await call(api, { method: "GET", url, timeoutMs: RANDOM_TIMEOUT_MS });
    const bytes = status === 200 && fromBase64((JSON.parse(text) as { bytes: string }).bytes);
    if (!bytes || bytes.length < into.length) return false;
    into.set(bytes.subarray(0, into.length));
    return true;
  } catch {
    return false;
  }
}

function frames(canvas: MiniCanvas | undefined, callback: (tickMs: number) => void): () => void {
  if (canvas) {
    let id = 0;
    const step = (tickMs: number): void => {
      id = canvas.requestAnimationFrame(step);
      callback(tickMs);
    };
    id = canvas.requestAnimationFrame(step);
    return () => canvas.cancelAnimationFrame(id);
  }
  const startMs = Date.now();
  let id: ReturnType<typeof setTimeout>;
  const tick = (): void => {
    id = setTimeout(tick, TICK_MS);
    callback(Date.now() - startMs);
  };
  id = setTimeout(tick, TICK_MS);
  return () => clearTimeout(id);
}

/** Network type and whether there is one, kept up to date by the host's events. */
function watchNetwork(api: MiniApi): {
  now(): NetworkFacts;
  watch(changed: (online: boolean) => void): () => void;
} {
  let facts: NetworkFacts = {};
  const take = (networkType: string, connected: boolean): void => {
    facts = { type: networkType, online: connected && networkType !== "none" };
  };
  try {
    api.getNetworkType?.({
      success: ({ networkType }) => take(networkType, networkType !== "none"),
    });
  } catch {
    // Not known, then.
  }
  return {
    now: () => facts,
    watch(changed) {
      const listener = (event: { isConnected: boolean; networkType: string }): void => {
        take(event.networkType, event.isConnected);
        changed(facts.online === true);
      };
      api.onNetworkStatusChange?.(listener);
      return () => api.offNetworkStatusChange?.(listener);
    },
  };
}

function device(api: MiniApi): DeviceFacts {
  const told = (ask: (() => SystemInfo) | undefined): SystemInfo => {
    try {
      return ask?.call(api) ?? {};
    } catch {
      return {};
    }
  };
  // The three newer calls replace the old one, which tells all but is slow where it remains.
  const modern = { ...told(api.getDeviceInfo), ...told(api.getWindowInfo), ...told(api.getAppBaseInfo) };
  const info: SystemInfo = Object.keys(modern).length > 0 ? modern : told(api.getSystemInfoSync);
  const [system = "", version] = (info.system ?? "").split(" ");
  const os = (info.platform ?? system).toLowerCase();
  const memoryMb = Number(info.memorySize);
  return {
    os: os === "devtools" ? system.toLowerCase() : os,
    osVersion: version,
    arch: info.abi ?? info.deviceAbi,
    model: [info.brand, info.model].filter(Boolean).join(" ") || undefined,
    userAgent: [info.version && `app ${info.version}`, info.SDKVersion && `library ${info.SDKVersion}`]
      .filter(Boolean)
      .join(", "),
    language: info.language,
    screenWidthPx: info.screenWidth,
    screenHeightPx: info.screenHeight,
    pixelRatio: info.pixelRatio,
    memoryGb: memoryMb > 0 ? memoryMb / 1024 : undefined,
  };
}

declare const getCurrentPages: (() => { route?: string }[]) | undefined;

function pagePath(): string | undefined {
  try {
    return typeof getCurrentPages === "undefined" ? undefined : getCurrentPages().at(-1)?.route;
  } catch {
    return undefined;
  }
}

function textOf(what: unknown): string {
  if (typeof what === "string") return what;
  if (what instanceof Error) return what.stack ?? what.message;
  try {
    return JSON.stringify(what) ?? String(what);
  } catch {
    return String(what);
  }
}
