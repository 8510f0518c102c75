// Makes `dist` from `src`: one minified module, its types, and the WebAssembly module beside it.
// `src/wasm` must hold the output of wasm-bindgen; `cargo xtask build sdk` puts it there.
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const wasm = `${root}src/wasm/faultscan_sdk_bg.wasm`;
if (!existsSync(wasm)) {
  console.error("src/wasm is empty: run `cargo xtask build sdk` at the top of the repository");
  process.exit(1);
}
const { version } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
rmSync(`${root}dist`, { recursive: true, force: true });
mkdirSync(`${root}dist`);

await build({
  entryPoints: [`${root}src/index.ts`],
  outfile: `${root}dist/index.js`,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  sourcemap: "linked",
  sourcesContent: true,
  define: { __FAULTSCAN_VERSION__: JSON.stringify(version) },
  legalComments: "none",
  logLevel: "warning",
});
copyFileSync(wasm, `${root}dist/faultscan_sdk_bg.wasm`);
execFileSync(
  process.execPath,
  [`${root}node_modules/typescript/bin/tsc`, "-p", `${root}tsconfig.build.json`],
  { stdio: "inherit" },
);
