/**
 * The WebAssembly core, as TypeScript sees it. The module never sees a JavaScript object: only
 * numbers, strings and byte arrays cross, so the glue is small and one module serves every host.
 */
import { DiagError } from "./errors.js";
import type { DiagOptions } from "./types.js";
// Made by wasm-bindgen; the declaration below is the contract with `bindings.rs`.
import * as glue from "./wasm/faultscan_sdk_bg.js";

/** See `bindings.rs`, which documents each of these. */
export interface Core {
  key(seed: Uint8Array, nextSequence: number): void;
  limits(values: Float64Array): void;
  text(field: number, value: string): void;
  number(field: number, value: number): void;
  frame(tickMs: number): void;
  pause(): void;
  fps(tickMs: number): number;
  fps_samples(): Float64Array;
  probe(atMs: number, rttMs: number): void;
  rtt_samples(): Float64Array;
  rtt_median(): number;
  memory(atMs: number, usedBytes: number, limitBytes: number): void;
  item(kind: string, atMs: number, value: number, text: string): void;
  pack(nowMs: number, text: string, meta: Int32Array, sources: string, dropped: number): void;
  sign(): Uint8Array;
  packed(figure: number): number;
  fault(): string;
  skip(by: number): void;
  push(sequence: number, bytes: number, tickMs: number): void;
  evicted(): number;
  next(tickMs: number): number;
  answered(
    sequence: number,
    status: number,
    retryAfterMs: number,
    tickMs: number,
    chance: number,
  ): number;
  park(sequence: number): void;
  wake(tickMs: number): void;
  free(): void;
}

export interface CoreModule {
  /** Checks form, signature and time; the report is `{ticket}` or `{reason}` in JSON. */
  open(text: string, keys: Uint8Array, nowMs: number): { report: string; core: Core | undefined };
  /** Reads a ticket without checking signature and time; the report is as above. */
  decode(text: string): string;
  memoryBytes(): number;
}

interface Glue {
  Opening: new (text: string, keys: Uint8Array, nowMs: number) => {
    report(): string;
    core(): Core | undefined;
  };
  decode_ticket(text: string): string;
  __wbg_set_wasm(exports: WebAssembly.Exports): void;
}

/** Fields of `Core.text` and `Core.number`; the numbers are those of `facts.rs`. */
export const FIELD = {
  sdkVersion: 0,
  sdkHost: 1,
  os: 2,
  osVersion: 3,
  arch: 4,
  model: 5,
  userAgent: 6,
  language: 7,
  networkType: 8,
  effectiveType: 9,
  appName: 10,
  appVersion: 11,
  appPage: 12,
  fpsSource: 13,
  memorySource: 14,
  screenWidthPx: 15,
  screenHeightPx: 16,
  pixelRatio: 17,
  cores: 18,
  memoryGb: 19,
  downlinkMbps: 20,
  online: 21,
  clockSkewMs: 22,
} as const;

/** Figures of `Core.packed`. */
export const PACKED = { sequence: 0, uncompressedBytes: 1, logLines: 2, nextSequence: 3 } as const;

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
  const imports = { "./faultscan_sdk_bg.js": glue as unknown as WebAssembly.ModuleImports };
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
  const module = glue as unknown as Glue;
  module.__wbg_set_wasm(instance.exports);
  (instance.exports["__wbindgen_start"] as (() => void) | undefined)?.();
  const memory = instance.exports["memory"] as WebAssembly.Memory;
  return {
    open(text, keys, nowMs) {
      const opening = new module.Opening(text, keys, nowMs);
      return { report: opening.report(), core: opening.core() };
    },
    decode: (text) => module.decode_ticket(text),
    memoryBytes: () => memory.buffer.byteLength,
  };
}
