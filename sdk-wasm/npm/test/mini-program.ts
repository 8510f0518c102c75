/**
 * Mini-programs without a phone: a script context with nothing of the web in it, and the host's
 * global object made of node's parts, with the rules that real hosts have.
 */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { createContext, runInContext } from "node:vm";
import { brotliDecompressSync } from "node:zlib";

const dist = new URL("../miniprogram_dist/", import.meta.url);
export const MODULE_PATH = "/miniprogram_npm/@faultscan/sdk/faultscan_sdk_bg.wasm.br";

type Callback = (value: unknown) => void;

/** Listeners of one kind, as `onX` and `offX` see them. */
class Listeners {
  readonly all = new Set<Callback>();
  on = (listener: Callback): void => void this.all.add(listener);
  off = (listener: Callback): void => void this.all.delete(listener);
  tell(value?: unknown): void {
    for (const listener of [...this.all]) listener(value);
  }
}

export interface Phone {
  readonly storage: Map<string, string>;
  readonly show: Listeners;
  readonly hide: Listeners;
  readonly network: Listeners;
  readonly error: Listeners;
  readonly rejection: Listeners;
  readonly memory: Listeners;
  /** Packets that went out by UDP. */
  readonly packets: { address: string; port: number; bytes: Uint8Array }[];
  /** Bodies that went out, by path. */
  readonly sent: { path: string; method: string; bytes: number }[];
  /** No request gets through. */
  offline: boolean;
}

export function phone(storage = new Map<string, string>()): Phone {
  return {
    storage,
    show: new Listeners(),
    hide: new Listeners(),
    network: new Listeners(),
    error: new Listeners(),
    rejection: new Listeners(),
    memory: new Listeners(),
    packets: [],
    sent: [],
    offline: false,
  };
}

interface RequestOptions {
  url: string;
  method: string;
  data?: ArrayBuffer;
  header?: Record<string, string>;
  success(answer: unknown): void;
  fail(fault: unknown): void;
}

/** `wx.request` on node's own client. A body must be a whole ArrayBuffer or a string, as on phones. */
function requestOf(phone: Phone) {
  return ({ url, method, data, header = {}, success, fail }: RequestOptions) => {
    if (phone.offline) {
      queueMicrotask(() => fail({ errMsg: "request:fail net::ERR_INTERNET_DISCONNECTED" }));
      return {};
    }
    if (data !== undefined && Object.prototype.toString.call(data) !== "[object ArrayBuffer]") {
      throw new TypeError("data must be an ArrayBuffer");
    }
    const { pathname } = new URL(url);
    phone.sent.push({ path: pathname, method, bytes: data?.byteLength ?? 0 });
    const task = httpRequest(url, { method, headers: header }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        success({
          statusCode: response.statusCode,
          data: Buffer.concat(chunks).toString("utf8"),
          header: response.headers,
        }),
      );
    });
    task.on("error", (error) => fail({ errMsg: `request:fail ${error.message}` }));
    task.end(data && Buffer.from(data));
    return { abort: () => task.destroy() };
  };
}

/** Only what every version of WeChat's global object has that the SDK asks for. */
export function wechat(phone: Phone): Record<string, unknown> {
  const { storage } = phone;
  return {
    request: requestOf(phone),
    getStorageSync: (key: string) => storage.get(key) ?? "",
    setStorageSync: (key: string, value: string) => void storage.set(key, value),
    removeStorageSync: (key: string) => void storage.delete(key),
    getStorageInfoSync: () => ({ keys: [...storage.keys()] }),
    getRandomValues: ({ length, success }: { length: number; success: Callback }) => {
      const bytes = randomBytes(length);
      setTimeout(() => success({ randomValues: Uint8Array.from(bytes).buffer }), 1);
    },
    getNetworkType: ({ success }: { success: Callback }) => success({ networkType: "wifi" }),
    onNetworkStatusChange: phone.network.on,
    offNetworkStatusChange: phone.network.off,
    onAppShow: phone.show.on,
    offAppShow: phone.show.off,
    onAppHide: phone.hide.on,
    offAppHide: phone.hide.off,
    onError: phone.error.on,
    offError: phone.error.off,
    onUnhandledRejection: phone.rejection.on,
    offUnhandledRejection: phone.rejection.off,
    onMemoryWarning: phone.memory.on,
    offMemoryWarning: phone.memory.off,
    createUDPSocket: () => {
      let bound = false;
      return {
        bind: () => Number((bound = true)),
        send: ({ address, port, message }: { address: string; port: number; message: ArrayBuffer }) => {
          const whole = Object.prototype.toString.call(message) === "[object ArrayBuffer]";
          if (!bound || !whole) throw new TypeError("bind first, then send a whole buffer");
          phone.packets.push({ address, port, bytes: new Uint8Array(message) });
        },
        close: () => undefined,
      };
    },
    getDeviceInfo: () => ({
      platform: "ios",
      system: "iOS 17.4",
      brand: "iPhone",
      model: "iPhone 14",
      memorySize: 6144,
    }),
    getWindowInfo: () => ({ screenWidth: 390, screenHeight: 844, pixelRatio: 3 }),
    getAppBaseInfo: () => ({ language: "zh_CN", version: "8.0.49", SDKVersion: "3.4.2" }),
  };
}

/** Alipay's object of the same phone: other names, no random source. */
export function alipay(phone: Phone): Record<string, unknown> {
  const wx = wechat(phone) as Record<string, (...given: never[]) => unknown>;
  const request = requestOf(phone);
  return {
    request: ({
      headers,
      success,
      fail,
      ...options
    }: RequestOptions & { headers: Record<string, string> }) =>
      request({
        ...options,
        header: headers,
        success: (answer) => {
          const { statusCode, data, header } = answer as Record<string, never>;
          const told = { status: statusCode, data, headers: header };
          if (statusCode >= 400) fail({ ...told, error: 19, errorMessage: "http status error" });
          else success(told);
        },
        fail: () => fail({ error: 12, errorMessage: "network unavailable" }),
      }),
    getStorageSync: ({ key }: { key: string }) => ({ data: phone.storage.get(key) ?? null }),
    setStorageSync: ({ key, data }: { key: string; data: string }) =>
      void phone.storage.set(key, data),
    removeStorageSync: ({ key }: { key: string }) => void phone.storage.delete(key),
    getSystemInfoSync: () => ({
      platform: "Android",
      system: "Android 13",
      brand: "HUAWEI",
      model: "ALN-AL00",
      screenWidth: 360,
      screenHeight: 780,
      pixelRatio: 3,
      language: "zh-Hans",
    }),
    ...Object.fromEntries(
      ["getNetworkType", "onNetworkStatusChange", "onAppShow", "onAppHide", "onError"].map(
        (name) => [name, wx[name]],
      ),
    ),
  };
}

/** WebAssembly as WeChat has it: by path inside the package only, and no `Global` among the exports. */
export function packageWasm(): Record<string, unknown> {
  return {
    instantiate: async (path: unknown, imports: WebAssembly.Imports) => {
      if (typeof path !== "string" || !/^\/.*\.wasm(\.br)?$/.test(path)) {
        throw new TypeError("only a path inside the package");
      }
      const file = readFileSync(new URL(path.split("/").at(-1)!, dist));
      const bytes = path.endsWith(".br") ? brotliDecompressSync(file) : file;
      const module = new WebAssembly.Module(Uint8Array.from(bytes));
      const exported = WebAssembly.Module.exports(module);
      if (exported.some(({ kind }) => kind === "global")) throw new TypeError("Global");
      return { instance: new WebAssembly.Instance(module, imports) };
    },
  };
}

export interface Program {
  // biome-ignore lint/suspicious/noExplicitAny: what a script of the mini-program sees.
  readonly sdk: any;
  /** Console lines that the program wrote. */
  readonly console: string[];
  readonly run: (script: string) => unknown;
}

/**
 * Loads the package into a context that has the language, timers, a console and `globals`; nothing
 * else: no `fetch`, no `TextEncoder`, no `AbortController`, no `WebAssembly`.
 */
export function miniProgram(globals: Record<string, unknown>): Program {
  const lines: string[] = [];
  const say = (...values: unknown[]): void => void lines.push(values.map(String).join(" "));
  const scope = createContext({
    console: { log: say, info: say, warn: say, error: say, debug: say },
    setTimeout,
    clearTimeout,
    ...globals,
  });
  runInContext("delete globalThis.WebAssembly", scope);
  const source = readFileSync(new URL("index.js", dist), "utf8");
  const run = (script: string): unknown => runInContext(script, scope);
  // As the hosts do it: each file is a function of `require`, `module` and `exports`.
  const wrapped = `(() => { const module = { exports: {} }; (function (module, exports) {${source}
})(module, module.exports); return module.exports; })()`;
  return { sdk: run(wrapped), console: lines, run };
}
