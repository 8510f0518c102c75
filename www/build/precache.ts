import { createHash } from "node:crypto";
import type { Plugin, Rollup } from "vite";

const PLACEHOLDER = "__PRECACHE__";
/** Only needed where the browser has no reader of its own, whose page then loads it once it is idle. */
const ON_USE_ONLY = /faultscan_qr_bg|(^|\/)qr-/;

function reachable(bundle: Rollup.OutputBundle, entry: Rollup.OutputChunk): Set<string> {
  const files = new Set<string>();
  const open = [entry.fileName];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (files.has(name) || ON_USE_ONLY.test(name)) continue;
    files.add(name);
    const item = bundle[name];
    if (item?.type !== "chunk") continue;
    open.push(...item.imports, ...item.dynamicImports);
    const meta = item.viteMetadata;
    open.push(...(meta?.importedCss ?? []), ...(meta?.importedAssets ?? []));
  }
  return files;
}

/** Tells the service worker which files the entry needs, so that it works offline after one visit. */
export function precacheList(entryName: string, workerName: string): Plugin {
  return {
    name: "faultscan-precache",
    apply: "build",
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        const chunks = Object.values(bundle).filter((item) => item.type === "chunk");
        const entry = chunks.find((chunk) => chunk.isEntry && chunk.name === entryName);
        const worker = chunks.find((chunk) => chunk.isEntry && chunk.name === workerName);
        if (entry === undefined || worker === undefined) this.error("entry or worker is missing");
        const files = [...reachable(bundle, entry)].sort().map((name) => `/${name}`);
        const version = createHash("sha256").update(files.join("\n")).digest("hex").slice(0, 12);
        if (!worker.code.includes(PLACEHOLDER)) this.error(`${PLACEHOLDER} is missing`);
        worker.code = worker.code.replace(PLACEHOLDER, () => JSON.stringify({ version, files }));
      },
    },
  };
}
