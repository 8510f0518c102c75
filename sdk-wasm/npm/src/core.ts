/**
 * The WebAssembly core, as TypeScript sees it. The module never sees a JavaScript object: only
 * numbers, bytes and texts cross, so the glue is small and one module serves every host.
 */
import { DiagError } from "./errors.js";
import { load } from "./load.js";
import type { DiagOptions } from "./types.js";
// Made by wasm-bindgen from `bindings.rs`; `glue.d.ts` states what they take and give. Named one by
// one, since bundlers turn a namespace into an object with a getter for each.
import {
  __wbg_set_wasm,
  close,
  decode,
  key,
  make,
  open,
  pack,
  put,
  set,
} from "./wasm/faultscan_sdk_bg.js";

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
  Hide,
  EventsDropped,
  NextUrgent,
  SkipUrgent,
  Clear,
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

/** An event for `Core.put`: its kind, a line feed, its text. */
export const EVENT = 100;

/** What `Core.make` makes. */
export const enum Made {
  Snapshot,
  Anr,
  Oom,
  Crash,
  MemoryWarning,
  Scrubbed,
}

/** Tasks of `Op.Next`: what is below is to be sent, below twice this to be stored, else forgotten. */
export const STORE = 2 ** 32;

/** Figures for `Op.Sealed`. */
export const enum Sealed {
  /** -1: sealing failed. */
  Sequence,
  UncompressedBytes,
  LogLines,
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const utf8 = (text: string): Uint8Array => encoder.encode(text);

/** One session inside the module. After `close` every call does nothing. */
export class Core {
  readonly #handle: number;

  constructor(handle: number) {
    this.#handle = handle;
  }

  /** Tells or asks a number; NaN is "not known". */
  set(what: Op, a = 0, b = 0, c = 0, d = 0): number {
    return set(this.#handle, what, a, b, c, d);
  }

  put(what: number, text: string, atMs = 0, value = Number.NaN): void {
    put(this.#handle, what, utf8(text), atMs, value);
  }

  key(seed: Uint8Array, nextSequence: number, nextUrgent: number): void {
    key(this.#handle, seed, nextSequence, nextUrgent);
  }

  pack(nowMs: number, text: string, meta: Uint8Array, sources: string, dropped: number): void {
    pack(this.#handle, nowMs, utf8(text), meta, utf8(sources), dropped);
  }

  make(what: Made, text = "", atMs = 0, value = Number.NaN): Uint8Array {
    return make(this.#handle, what, utf8(text), atMs, value);
  }

  /** Texts with the secrets taken out, in one go: a private key may span several. */
  scrub(texts: readonly string[]): string[] {
    const joined = texts.map((text) => text.replaceAll("\0", " ")).join("\0");
    return decoder.decode(this.make(Made.Scrubbed, joined)).split("\0");
  }

  close(): void {
    close(this.#handle);
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
  const exports = await load(source);
  __wbg_set_wasm(exports);
  (exports["__wbindgen_start"] as (() => void) | undefined)?.();
  const memory = exports["memory"] as WebAssembly.Memory;
  return {
    open: (text, keys, nowMs) => decoder.decode(open(utf8(text), keys, nowMs)),
    decode: (text) => decoder.decode(decode(utf8(text))),
    memoryBytes: () => memory.buffer.byteLength,
  };
}
