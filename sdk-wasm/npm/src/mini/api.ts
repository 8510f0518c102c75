/**
 * What the SDK calls of a mini-program's global object. The names and shapes are WeChat's, which
 * Douyin shares; Alipay's differ and are translated in `alipay.ts`. Everything may be missing: each
 * is probed before it is called.
 */

export interface RequestTask {
  abort?(): void;
}

export interface RequestAnswer {
  readonly statusCode: number;
  readonly data: unknown;
  readonly header?: Readonly<Record<string, string>>;
}

export interface SystemInfo {
  readonly platform?: string;
  readonly system?: string;
  readonly brand?: string;
  readonly model?: string;
  readonly language?: string;
  readonly version?: string;
  readonly SDKVersion?: string;
  readonly screenWidth?: number;
  readonly screenHeight?: number;
  readonly pixelRatio?: number;
  readonly abi?: string;
  readonly deviceAbi?: string;
  readonly memorySize?: number | string;
}

type Listen<T> = (listener: (event: T) => void) => void;

export interface MiniApi {
  request?(options: {
    url: string;
    method: string;
    data?: ArrayBuffer;
    header: Record<string, string>;
    timeout: number;
    dataType: string;
    responseType: string;
    success(answer: RequestAnswer): void;
    fail(fault: { errMsg?: string }): void;
  }): RequestTask | undefined;
  getStorageSync?(key: string): unknown;
  setStorageSync?(key: string, value: string): void;
  removeStorageSync?(key: string): void;
  getStorageInfoSync?(): { readonly keys: readonly string[] };
  getRandomValues?(options: {
    length: number;
    success(result: { randomValues: ArrayBuffer }): void;
    fail(): void;
  }): void;
  getNetworkType?(options: { success(result: { networkType: string }): void }): void;
  onNetworkStatusChange?: Listen<{ isConnected: boolean; networkType: string }>;
  offNetworkStatusChange?: Listen<{ isConnected: boolean; networkType: string }>;
  onAppShow?: Listen<unknown>;
  offAppShow?: Listen<unknown>;
  onAppHide?: Listen<unknown>;
  offAppHide?: Listen<unknown>;
  onError?: Listen<unknown>;
  offError?: Listen<unknown>;
  onUnhandledRejection?: Listen<{ reason?: unknown }>;
  offUnhandledRejection?: Listen<{ reason?: unknown }>;
  getSystemInfoSync?(): SystemInfo;
  getDeviceInfo?(): SystemInfo;
  getWindowInfo?(): SystemInfo;
  getAppBaseInfo?(): SystemInfo;
  getPerformance?(): { now?(): number };
  onMemoryWarning?: Listen<{ level?: number }>;
  offMemoryWarning?: Listen<{ level?: number }>;
  createUDPSocket?(): UdpSocket;
}

export interface UdpSocket {
  bind(port?: number): number;
  send(options: { address: string; port: number; message: ArrayBuffer }): void;
  close(): void;
}

/** The `instantiate` of a host's WebAssembly: by path inside the package, or by bytes. */
export interface MiniWebAssembly {
  instantiate(
    source: string | BufferSource,
    imports: Record<string, never>,
  ): Promise<{ instance: { exports: WebAssembly.Exports } } | { exports: WebAssembly.Exports }>;
}

/** A kind of mini-program. */
export interface MiniKind {
  /** `wechat`, `alipay`, `douyin`: goes into the snapshot. */
  readonly name: string;
  readonly api: MiniApi;
  readonly wasm: MiniWebAssembly | undefined;
  /** The host's own object, whose `request` the app calls. Default: `api`. */
  readonly raw?: object;
}
