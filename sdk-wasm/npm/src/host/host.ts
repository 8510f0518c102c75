/**
 * What surrounds the SDK: clock, randomness, network, storage, sensors. The core never touches any
 * of these, so that one core and one session serve browsers, web-views and mini-programs; each of
 * those is one implementation of `Host`. Every sensor is optional and probed, never assumed.
 */

/** One HTTP request that the SDK wants made. */
export interface HostRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly body?: Uint8Array;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** The answer, read to its end. */
export interface HostResponse {
  readonly status: number;
  /** Text of the body, cut at the host's limit; empty for 204. */
  readonly text: string;
  /** Value of a response header, where the host lets it be seen. */
  header(name: string): string | null;
}

/** A console call or an uncaught error, as the host saw it. */
export interface HostLine {
  readonly level: import("../types.js").Level;
  readonly source: string;
  readonly message: string;
}

export interface MemoryReading {
  readonly source: string;
  readonly usedBytes: number;
  readonly limitBytes?: number;
}

export interface DeviceFacts {
  os?: string | undefined;
  osVersion?: string | undefined;
  arch?: string | undefined;
  model?: string | undefined;
  userAgent?: string | undefined;
  language?: string | undefined;
  screenWidthPx?: number | undefined;
  screenHeightPx?: number | undefined;
  pixelRatio?: number | undefined;
  cores?: number | undefined;
  memoryGb?: number | undefined;
}

export interface NetworkFacts {
  type?: string | undefined;
  effectiveType?: string | undefined;
  downlinkMbps?: number | undefined;
  online?: boolean | undefined;
}

export interface DurableStorage {
  /** Names that begin with `faultscan:`. */
  keys(): string[];
  load(key: string): string | null;
  /** False where the value could not be kept. `null` removes it. */
  store(key: string, value: string | null): boolean;
}

export interface UdpAddress {
  readonly host: string;
  readonly port: number;
}

/** A request of the app, when it is over. */
export interface SeenRequest {
  readonly method: string;
  /** As the app wrote it; only its host is kept. */
  readonly url: string;
  /** 0: no answer. */
  readonly status: number;
  readonly ms: number;
}

export interface HostEvents {
  visibility(hidden: boolean): void;
  online(): void;
  network(): void;
  memory?(level: string): void;
}

export interface Host {
  /** `browser`, `wechat`, …: goes into the snapshot. */
  readonly name: string;
  /** Which sensors and channels were found; shown by `diagnostics()`. */
  capabilities(): Record<string, boolean>;
  /** Unix milliseconds. */
  nowMs(): number;
  /** Milliseconds that never jump; for durations. */
  tickMs(): number;
  /**
   * Fills `into` with secure random bytes; false where the host has no such source. `endpoint` is a server
   * that gives some.
   */
  random(into: Uint8Array, endpoint: string): boolean | Promise<boolean>;
  /** Rejects only with `HostFault`. */
  request(request: HostRequest): Promise<HostResponse>;
  /** Origin used when the app names no endpoint; `null` where there is none. */
  origin(): string | null;
  /** Reads or writes storage that lives as long as the page's session; never throws. */
  load(key: string): string | null;
  /** False where the value could not be kept. `null` removes it. */
  store(key: string, value: string | null): boolean;
  /**
   * Storage that outlives the app: snapshots that wait, and what the server said last. Never throws;
   * absent or refusing is fine.
   */
  readonly durable?: DurableStorage;
  /**
   * Sends an urgent datagram once, now, without waiting for an answer; the name of the channel that
   * took it, or `null`. Left out: fetch with keepalive, a beacon, or `request`, whichever is there.
   */
  urgent?(bytes: Uint8Array, udp: UdpAddress | undefined, url: string): string | null;
  /** How long the network lives after the app was hidden, in ms. Default: as long as the page. */
  readonly hideGraceMs?: number;
  /** What `frames` are: `raf` (the default), `canvas-raf`, `timer-drift`. */
  readonly frameSource?: string;
  /** Calls back for each frame with `tickMs` time until the returned function is called. */
  frames(callback: (tickMs: number) => void): (() => void) | null;
  /** True while nobody can see the page. */
  hidden(): boolean;
  /**
   * Tells when `hidden()` changed, the network came back or changed, or the host warned of memory
   * (`level` is the host's own word); the result undoes it.
   */
  watch(events: HostEvents): () => void;
  /**
   * Hands over console calls and uncaught errors; the result undoes it. Left out: `console` and the
   * page's error events.
   */
  hook?(sink: (line: HostLine) => void): () => void;
  /**
   * Tells of each request of the app; the result undoes it. `null` where it can't be seen. Left out:
   * `fetch` and `XMLHttpRequest`, where they exist.
   */
  requests?(sink: (request: SeenRequest) => void): (() => void) | null;
  /** Page memory, or `null` where the host does not tell. */
  memory(): MemoryReading | null;
  device(): DeviceFacts | Promise<DeviceFacts>;
  network(): NetworkFacts;
  /** Address of the page without query and fragment, which may hold secrets. */
  page(): string | undefined;
  /** Calls back after `ms`; the result cancels. */
  timer(ms: number, callback: () => void): () => void;
}

/** Why a request brought no answer. */
export class HostFault extends Error {
  constructor(readonly kind: "offline" | "timeout" | "aborted") {
    super(kind);
  }
}
