/**
 * The WebAssembly core, as TypeScript sees it. The module never sees a JavaScript object: only
 * numbers, strings and byte arrays cross, so the glue is small and one module serves every host.
 */
import { DiagError } from "./errors.js";
import type { DiagOptions } from "./types.js";
// Made by wasm-bindgen; `Glue` below is the contract with `bindings.rs`.
import * as bindings from "./wasm/faultscan_sdk_bg.js";

interface Glue {
  decode(text: string): string;
  open(text: string, keys: Uint8Array, nowMs: number): string;
  close(handle: number): void;
  key(handle: number, seed: Uint8Array, nextSequence: number): void;
  set(handle: number, what: number, a: number, b: number, c: number, d: number): number;
  put(handle: number, what: number, text: string, atMs: number): void;
  pack(
    handle: number,
    nowMs: number,
    text: string,
    meta: Uint8Array,
    sources: string,
    dropped: number,
  ): void;
  seal(handle: number): Uint8Array;
  __wbg_set_wasm(exports: WebAssembly.Exports): void;
}

const glue = bindings as unknown as Glue;

/** What `Core.set` tells or asks; the numbers are those of `number` in `bindings.rs`. */
export const enum Op {
  Frame,
  Pause,
  Fps,
  FpsCount,
  FpsSample,
  Probe,
  RttCount,
  RttSample,
  RttMedian,
  Memory,
  Fact,
  Bound,
  Sealed,
  NextSequence,
  Skip,
  Push,
  Evicted,
  Next,
  Answered,
  Park,
  Wake,
}

/** Facts: texts for `Core.put`, then numbers for `Op.Fact`; the numbers are those of `facts.rs`. */
export const enum Fact {
  SdkVersion,
  SdkHost,
  Os,
  OsVersion,
  Arch,
  Model,
  UserAgent,
  Language,
  NetworkType,
  EffectiveType,
  AppName,
  AppVersion,
  AppPage,
  FpsSource,
  MemorySource,
  ScreenWidthPx,
  ScreenHeightPx,
  PixelRatio,
  Cores,
  MemoryGb,
  DownlinkMbps,
  Online,
  ClockSkewMs,
}

/** Events for `Core.put`. */
export const enum Happened {
  Visibility = 100,
  Network = 101,
}

/** Figures for `Op.Sealed`. */
export const enum Sealed {
  /** -1: sealing failed. */
  Sequence,
  UncompressedBytes,
  LogLines,
}

/** One session inside the module. After `close` every call does nothing. */
export class Core {
  readonly #handle: number;

  constructor(handle: number) {
    this.#handle = handle;
  }

  /** Tells or asks a number; NaN is "not known". */
  set(what: Op, a = 0, b = 0, c = 0, d = 0): number {
    return glue.set(this.#handle, what, a, b, c, d);
  }

  put(what: Fact | Happened, text: string, atMs = 0): void {
    glue.put(this.#handle, what, text, atMs);
  }

  key(seed: Uint8Array, nextSequence: number): void {
    glue.key(this.#handle, seed, nextSequence);
  }

  pack(nowMs: number, text: string, meta: Uint8Array, sources: string, dropped: number): void {
    glue.pack(this.#handle, nowMs, text, meta, sources, dropped);
  }

  seal(): Uint8Array {
    return glue.seal(this.#handle);
  }

  close(): void {
    glue.close(this.#handle);
  }
}

export interface CoreModule {
  /** Checks form, signature and time: `{ticket, handle}` or `{reason}` in JSON. */
  open(text: string, keys: Uint8Array, nowMs: number): string;
  /** Reads a ticket without checking signature and time: `{ticket}` or `{reason}`. */
  decode(text: string): string;
  memoryBytes(): number;
}

let loading: Promise<CoreModule> | undefined;

/** Loads the module once for all sessions of the page; a failure can be tried again. */
export function loadCore(source: DiagOptions["wasm"]): Promise<CoreModule> {
  loading ??= instantiate(source).catch((cause: unknown) => {
    loading = undefined;
    throw new DiagError("WasmUnavailable", `the WebAssembly module did not start: ${cause}`, true);
  });
  return loading;
}

async function instantiate(source: DiagOptions["wasm"]): Promise<CoreModule> {
  const imports = { "./faultscan_sdk_bg.js": bindings as unknown as WebAssembly.ModuleImports };
  const given = source ?? new URL("./faultscan_sdk_bg.wasm", import.meta.url);
  let instance: WebAssembly.Instance;
  if (typeof given === "string" || given instanceof URL) {
    const response = await fetch(given);
    if (!response.ok) throw new Error(`status ${response.status}`);
    const streams = response.headers.get("content-type")?.startsWith("application/wasm");
    instance = streams
      ? (await WebAssembly.instantiateStreaming(response, imports)).instance
      : (await WebAssembly.instantiate(await response.arrayBuffer(), imports)).instance;
  } else if (given instanceof WebAssembly.Module) {
    instance = await WebAssembly.instantiate(given, imports);
  } else {
    instance = (await WebAssembly.instantiate(given, imports)).instance;
  }
  glue.__wbg_set_wasm(instance.exports);
  (instance.exports["__wbindgen_start"] as (() => void) | undefined)?.();
  const memory = instance.exports["memory"] as WebAssembly.Memory;
  return { open: glue.open, decode: glue.decode, memoryBytes: () => memory.buffer.byteLength };
}
