// Makes `dist` from `src`: one minified module, its types, and the WebAssembly module beside it.
// `src/wasm` must hold the output of wasm-bindgen; `cargo xtask build sdk` puts it there.
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { glue } from "./glue.mjs";
import { shrink } from "./shrink.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const wasm = `${root}src/wasm/faultscan_sdk_bg.wasm`;
if (!existsSync(wasm)) {
  console.error("src/wasm is empty: run `cargo xtask build sdk` at the top of the repository");
  process.exit(1);
}
const { version } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
// Made aside and then put in place, so that a build that fails leaves the last good one.
const made = `${root}dist.new`;
rmSync(made, { recursive: true, force: true });
mkdirSync(made);

await build({
  // Each stands alone: who only captures never loads the diagnosis.
  entryPoints: ["index", "console", "signals", "draft", "encrypt", "diagnosis", "qr"].map((name) => `${root}src/${name}.ts`),
  // Loaded when they are needed. Each file is whole: one request, not one more for what they share.
  external: ["./console.js", "./signals.js", "./draft.js"],
  outdir: made,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  plugins: [glue],
  sourcemap: "linked",
  sourcesContent: true,
  define: { __FAULTSCAN_VERSION__: JSON.stringify(version) },
  legalComments: "none",
  logLevel: "warning",
});
for (const name of ["index", "console", "signals", "draft"]) {
  await shrink(`${made}/${name}.js`, { ecma: 2020, module: true });
}
copyFileSync(wasm, `${made}/faultscan_sdk_bg.wasm`);
for (const name of ["faultscan_diagnosis_bg.wasm", "faultscan_diagnosis_more_bg.wasm", "faultscan_qr_bg.wasm"]) {
  copyFileSync(`${root}src/wasm/${name}`, `${made}/${name}`);
}
execFileSync(
  process.execPath,
  [
    `${root}node_modules/typescript/bin/tsc`,
    ...["-p", `${root}tsconfig.build.json`, "--outDir", made],
  ],
  { stdio: "inherit" },
);
rmSync(`${root}dist`, { recursive: true, force: true });
renameSync(made, `${root}dist`);
