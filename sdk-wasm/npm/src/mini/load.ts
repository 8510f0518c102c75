/**
 * How a mini-program gets the module: by a path inside its package, never over the network. Takes the
 * place of `load.ts` in this build.
 */
import type { DiagOptions } from "../types.js";
import { detect } from "./detect.js";

/** Where "build npm" puts the file. */
const PATH = "/miniprogram_npm/@faultscan/sdk/faultscan_sdk_bg.wasm.br";

export async function load(source: DiagOptions["wasm"]): Promise<WebAssembly.Exports> {
  if (typeof source === "function") return source();
  const wasm = detect()?.wasm;
  if (!wasm) throw new Error("this host has no WebAssembly");
  const given = source === undefined ? PATH : (source as string | BufferSource);
  const made = await wasm.instantiate(given, {});
  return "instance" in made ? made.instance.exports : made.exports;
}
