// Makes `fallback.js` for `dist` and `miniprogram_dist`: the module of the mini-program build as plain
// JavaScript, for hosts without WebAssembly. Run after `build.mjs` and `mini.mjs`.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { transformSync } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "faultscan-fallback-"));
const made = join(folder, "made.mjs");
const wasm = `${root}src/wasm-mini/faultscan_sdk_bg.wasm`;
// `--pedantic`: what traps in WebAssembly throws, instead of going on with another value.
const flags = ["-O2", "--pedantic", "-o", made];
execFileSync(process.execPath, [`${root}node_modules/binaryen/bin/wasm2js`, wasm, ...flags], { stdio: "inherit" });
const text = readFileSync(made, "utf8");
rmSync(folder, { recursive: true });

// The last lines make the instance when the file is loaded; here it is made when it is asked for.
const head = text.indexOf("var retasmFunc =");
if (head < 0 || /^import /m.test(text)) throw new Error("wasm2js writes its modules in another way");
const source = `${text.slice(0, head)}
let exported;
/** The module's exports. There is one instance, as there is one of the WebAssembly module. */
export function instantiate() {
  return (exported ??= asmFunc({}));
}
`;
const types = `/** Gives the module's exports without WebAssembly: pass it as the option \`wasm\`. */
export declare function instantiate(): WebAssembly.Exports;
`;
const targets = [
  ["dist", "esm", "es2020"],
  ["miniprogram_dist", "cjs", process.env.FAULTSCAN_MINI_TARGET ?? "es2018"],
];
for (const [dir, format, target] of targets) {
  const { code } = transformSync(source, { format, target, minify: true, legalComments: "none" });
  writeFileSync(`${root}${dir}/fallback.js`, code);
  writeFileSync(`${root}${dir}/fallback.d.ts`, types);
}
