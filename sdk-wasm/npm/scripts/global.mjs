// Makes `dist/global.js`: the same for a plain `<script src>`, which leaves the global `Faultscan`. Run
// after `build.mjs`.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
await build({
  entryPoints: [`${root}dist/index.js`],
  outfile: `${root}dist/global.js`,
  bundle: true,
  minify: true,
  format: "iife",
  globalName: "Faultscan",
  target: "es2022",
  // What is loaded later stays in its own files beside this one.
  external: ["./*"],
  // A plain script has no `import.meta`; while it runs, the document knows it.
  banner: { js: "var faultscanScript = document.currentScript.src;" },
  define: { "import.meta.url": "faultscanScript" },
  legalComments: "none",
  logLevel: "warning",
});
