/** Made by the build. See `bindings.rs` for what each function does. */
declare module "*/faultscan_sdk_bg.js" {
  export function call(
    handle: number,
    what: number,
    bytes: Uint8Array,
    a: number,
    b: number,
  ): Uint8Array;
  export function set(
    handle: number,
    what: number,
    a: number,
    b: number,
    c: number,
    d: number,
  ): number;
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
  export function more(what: number, argument: Uint8Array): Uint8Array;
  export function __wbg_set_wasm(exports: WebAssembly.Exports): void;
}
