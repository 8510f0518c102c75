/** Made by the build. See `bindings.rs` for what each function does. */
declare module "*/faultscan_sdk_bg.js" {
  export function decode(text: Uint8Array): Uint8Array;
  export function open(text: Uint8Array, keys: Uint8Array, nowMs: number): Uint8Array;
  export function close(handle: number): void;
  export function key(
    handle: number,
    seed: Uint8Array,
    nextSequence: number,
    nextUrgent: number,
  ): void;
  export function set(
    handle: number,
    what: number,
    a: number,
    b: number,
    c: number,
    d: number,
  ): number;
  export function put(
    handle: number,
    what: number,
    text: Uint8Array,
    atMs: number,
    value: number,
  ): void;
  export function pack(
    handle: number,
    nowMs: number,
    text: Uint8Array,
    meta: Uint8Array,
    sources: Uint8Array,
    dropped: number,
  ): void;
  export function make(
    handle: number,
    what: number,
    text: Uint8Array,
    atMs: number,
    value: number,
  ): Uint8Array;
  export function __wbg_set_wasm(exports: WebAssembly.Exports): void;
}

/** Made by the build. See `qr/src/bindings.rs` for what each function does. */
declare module "*/faultscan_qr_bg.js" {
  export function read_frame(rgba: Uint8Array, width: number, height: number): Uint8Array;
  export function read_still(rgba: Uint8Array, width: number, height: number): Uint8Array;
  export function __wbg_set_wasm(exports: WebAssembly.Exports): void;
}

/** Made by the build. See `diagnosis/src/bindings.rs` for what each function does. */
declare module "*/faultscan_diagnosis_bg.js" {
  export function load(pack: Uint8Array, keys: Uint8Array): Uint8Array;
  export function update(delta: Uint8Array, keys: Uint8Array): Uint8Array;
  export function pack(): Uint8Array;
  export function read_snapshot(snapshot: Uint8Array): Uint8Array;
  export function begin(input: Uint8Array): Uint8Array;
  export function ask(what: number, argument: Uint8Array): Uint8Array;
  export function __wbg_set_wasm(exports: WebAssembly.Exports): void;
}
