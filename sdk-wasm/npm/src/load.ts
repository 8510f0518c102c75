/** How a page gets the module, which imports nothing. The mini-program build has `mini/load.ts`. */
import type { DiagOptions } from "./types.js";

/** Compiled while it loads, where the server names the type that this takes. */
async function download(
  address: string | URL,
): Promise<WebAssembly.WebAssemblyInstantiatedSource> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`status ${response.status}`);
  return response.headers.get("content-type")?.startsWith("application/wasm")
    ? WebAssembly.instantiateStreaming(response)
    : WebAssembly.instantiate(await response.arrayBuffer());
}

export async function load(source: DiagOptions["wasm"]): Promise<WebAssembly.Exports> {
  if (typeof source === "function") return source();
  const given = source ?? new URL("./faultscan_sdk_bg.wasm", import.meta.url);
  const made = await (typeof given === "string" || given instanceof URL
    ? download(given)
    : WebAssembly.instantiate(given as BufferSource));
  return (made instanceof WebAssembly.Instance ? made : made.instance).exports;
}
