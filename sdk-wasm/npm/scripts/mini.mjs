// Makes `miniprogram_dist`: what "build npm" of a mini-program's developer tools copies. One CommonJS
// file, the module as Brotli, and the types. `src/wasm-mini` must hold the module for mini-programs;
// `cargo xtask build sdk` puts it there.
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { build } from "esbuild";
import { glue } from "./glue.mjs";
import { MANGLED, privates } from "./privates.mjs";
import { shrink } from "./shrink.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const wasm = `${root}src/wasm-mini/faultscan_sdk_bg.wasm`;
if (!existsSync(wasm)) {
  console.error("src/wasm-mini is empty: run `cargo xtask build sdk` at the top of the repository");
  process.exit(1);
}
const { version } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
const made = `${root}miniprogram_dist.new`;
rmSync(made, { recursive: true, force: true });
mkdirSync(made);

/** The same sources, with the host's parts in place of the browser's. */
const mini = {
  name: "mini",
  setup({ onResolve }) {
    const instead = (filter, path) =>
      onResolve({ filter }, ({ importer }) =>
        importer.includes("/src/mini/") ? undefined : { path: `${root}src/${path}` },
      );
    instead(/\/host\/browser\.js$/, "mini/default-host.ts");
    instead(/^\.\/load\.js$/, "mini/load.ts");
    instead(/^\.\/lazy\.js$/, "mini/lazy.ts");
    instead(/\/wasm\/faultscan_sdk_bg\.js$/, "wasm-mini/faultscan_sdk_bg.js");
  },
};
await build({
  entryPoints: [`${root}src/mini/index.ts`],
  outfile: `${made}/index.js`,
  bundle: true,
  minify: true,
  format: "cjs",
  // What the oldest script engines of the hosts read without help from the developer tools.
  target: process.env.FAULTSCAN_MINI_TARGET ?? "es2018",
  inject: [`${root}src/mini/shims.ts`],
  plugins: [mini, glue, privates],
  mangleProps: MANGLED,
  // Fields are assigned, since to define them old engines need a helper for each.
  tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
  sourcemap: "linked",
  sourcesContent: true,
  define: { __FAULTSCAN_VERSION__: JSON.stringify(version) },
  legalComments: "none",
  logLevel: "warning",
});
await shrink(`${made}/index.js`, { ecma: 2018, module: false });
const bytes = readFileSync(wasm);
const params = {
  [constants.BROTLI_PARAM_QUALITY]: 11,
  [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
};
writeFileSync(`${made}/faultscan_sdk_bg.wasm.br`, brotliCompressSync(bytes, { params }));
copyFileSync(wasm, `${made}/faultscan_sdk_bg.wasm`);
// The package itself is made of modules.
writeFileSync(`${made}/package.json`, '{\n  "type": "commonjs"\n}\n');
writeFileSync(`${made}/index.d.ts`, 'export * from "../dist/mini/index.js";\n');
rmSync(`${root}miniprogram_dist`, { recursive: true, force: true });
renameSync(made, `${root}miniprogram_dist`);
