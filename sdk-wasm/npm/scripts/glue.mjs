// A plugin for both builds. Memory that JavaScript stands in for (`fallback.mjs`) is not detached when it
// grows, as WebAssembly's own is: the bindings renew their views whenever the buffer is another one.
import { readFileSync } from "node:fs";

const VIEWS = [
  [/cachedUint8ArrayMemory0\.byteLength === 0/, "cachedUint8ArrayMemory0.buffer !== wasm.memory.buffer"],
  [
    /cachedDataViewMemory0\.buffer\.detached === true \|\| \(.*?\)(?=\) \{)/,
    "cachedDataViewMemory0.buffer !== wasm.memory.buffer",
  ],
];

export const glue = {
  name: "glue",
  setup({ onLoad }) {
    onLoad({ filter: /faultscan_sdk_bg\.js$/ }, ({ path }) => {
      let contents = readFileSync(path, "utf8");
      for (const [old, renewed] of VIEWS) {
        // A kind of view that the bindings don't use needs no renewal.
        if (!contents.includes(String(old).slice(1).split("\\")[0])) continue;
        if (!old.test(contents)) throw new Error(`wasm-bindgen keeps its views in another way: ${old}`);
        contents = contents.replace(old, renewed);
      }
      return { contents, loader: "js" };
    });
  },
};
