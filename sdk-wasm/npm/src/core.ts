/**
 * The WebAssembly core, as TypeScript sees it. The module never sees a JavaScript object: only
 * numbers, bytes and texts cross, so the glue is small and one module serves every host.
 */
import { DiagError } from "./errors.js";
import { load } from "./load.js";
import type { DiagOptions } from "./types.js";
// Made by wasm-bindgen from `bindings.rs`; `glue.d.ts` states what they take and give. Named one by
// one, since bundlers turn a namespace into an object with a getter for each.
import { __wbg_set_wasm, call, set } from "./wasm/faultscan_sdk_bg.js";

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
  Close,
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
  Snapshot = 200,
  Anr,
  Oom,
  Crash,
  MemoryWarning,
  Scrubbed,
  /** An envelope that is still to be encrypted and signed. */
  Unsigned,
  Signed,
}

/** What else bytes are handed over for. */
const enum Given {
  Open = 210,
  Key,
  Sources,
  Meta,
  Lines,
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
export const utf8 = (text: string): Uint8Array => encoder.encode(text);

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

  #call(what: number, bytes: Uint8Array, a = 0, b = Number.NaN): Uint8Array {
    return call(this.#handle, what, bytes, a, b);
  }

  put(what: number, text: string, atMs = 0, value = Number.NaN): void {
    this.#call(what, utf8(text), atMs, value);
  }

  key(seed: Uint8Array, nextSequence: number, nextUrgent: number): void {
    this.#call(Given.Key, seed, nextSequence, nextUrgent);
  }

  pack(nowMs: number, text: string, meta: Uint8Array, sources: string, dropped: number): void {
    this.#call(Given.Sources, utf8(sources));
    this.#call(Given.Meta, meta);
    this.#call(Given.Lines, utf8(text), nowMs, dropped);
  }

  make(what: Made, text = "", atMs = 0, value = Number.NaN): Uint8Array {
    return this.#call(what, utf8(text), atMs, value);
  }

  /** Signs an envelope that was encrypted. */
  sign(envelope: Uint8Array): Uint8Array {
    return this.#call(Made.Signed, envelope);
  }

  /** Texts with the secrets taken out, in one go: a private key may span several. */
  scrub(texts: readonly string[]): string[] {
    const joined = texts.map((text) => text.replaceAll("\0", " ")).join("\0");
    return decoder.decode(this.make(Made.Scrubbed, joined)).split("\0");
  }

  close(): void {
    this.set(Op.Close);
  }
}

/** Why the core opens no session; the names are those of `TicketError::reason` in Rust. */
const REFUSED = [
  "ticket_malformed",
  "unknown_issuer",
  "bad_ticket_signature",
  "ticket_expired",
  "ticket_not_yet_valid",
];

export interface CoreModule {
  /** Checks signature and time of a ticket's bytes: a session, or why there is none. */
  open(ticket: Uint8Array, keys: Uint8Array, nowMs: number): Core | string;
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
  let opened = 0;
  return {
    open(ticket, keys, nowMs) {
      const given = new Uint8Array(keys.length + ticket.length);
      given.set(keys);
      given.set(ticket, keys.length);
      const [fault] = call(0, Given.Open, given, nowMs, keys.length);
      return fault === undefined ? new Core(opened++) : REFUSED[fault]!;
    },
    memoryBytes: () => memory.buffer.byteLength,
  };
}
