/**
 * A reader of QR codes for browsers that have none: `import { loadQrReader } from
 * "@faultscan/sdk/qr"`. A module of its own, so that only those who need it load it.
 */
import { __wbg_set_wasm, read_frame, read_still } from "./wasm/faultscan_qr_bg.js";

/** Pixels as a canvas gives them: red, green, blue and opacity, a byte each. */
export interface Pixels {
  data: Uint8ClampedArray | Uint8Array;
  width: number;
  height: number;
}

export interface QrOptions {
  /** The module, or where it is, if not beside this file. */
  wasm?: string | URL | BufferSource;
}

/** Sides in pixels between which a picture is looked at; scale larger ones down. */
export const SIDE_MIN_PX = 21;
export const SIDE_MAX_PX = 4096;

async function compile(source: string | URL | BufferSource): Promise<WebAssembly.Module> {
  if (typeof source !== "string" && !(source instanceof URL)) return WebAssembly.compile(source);
  const response = await fetch(source);
  if (!response.ok) throw new Error(`the QR reader's module answers ${response.status}`);
  return WebAssembly.compile(await response.arrayBuffer());
}

/** Reads one code a picture. Every call is synchronous and takes some milliseconds. */
export class QrReader {
  #module: WebAssembly.Module;
  #exports: WebAssembly.Exports;

  /** @internal */
  constructor(module: WebAssembly.Module, exports: WebAssembly.Exports) {
    this.#module = module;
    this.#exports = exports;
    __wbg_set_wasm(exports);
  }

  /** The text in the next frame of a camera, or null. Frames are tried in different ways in turn. */
  frame(pixels: Pixels): string | null {
    return this.#read(read_frame, pixels);
  }

  /** The text in a picture that stands alone, or null: slower than a frame, and reads more. */
  still(pixels: Pixels): string | null {
    return this.#read(read_still, pixels);
  }

  #read(read: typeof read_frame, { data, width, height }: Pixels): string | null {
    try {
      const found = read(data as Uint8Array, width, height);
      return found.length === 0 ? null : new TextDecoder().decode(found);
    } catch {
      // What a camera sees may break a decoder. An instance that trapped is not used again.
      this.#renew();
      return null;
    }
  }

  #renew(): void {
    // Growing detaches the memory's buffer: the bindings keep a view of it as long as it lives.
    (this.#exports.memory as WebAssembly.Memory).grow(0);
    this.#exports = new WebAssembly.Instance(this.#module).exports;
    __wbg_set_wasm(this.#exports);
  }
}

/** Loads the reader's module. Rejects where that can't be fetched or the host has no WebAssembly. */
export async function loadQrReader({ wasm }: QrOptions = {}): Promise<QrReader> {
  const module = await compile(wasm ?? new URL("./faultscan_qr_bg.wasm", import.meta.url));
  // The module imports nothing.
  return new QrReader(module, (await WebAssembly.instantiate(module)).exports);
}
