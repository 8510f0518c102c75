// `npm run bench`: sizes and times of the SDK in headless Chromium, beside JavaScript in one run.
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { encode } from "@msgpack/msgpack";
import * as ed25519 from "@noble/ed25519";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { measure, sizes } from "../scripts/sizes.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const executablePath =
  process.env.CHROMIUM ??
  ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
if (!executablePath) {
  console.error("no Chromium: install Debian's chromium, or name one in CHROMIUM");
  process.exit(1);
}

/** What the JavaScript equivalent weighs: only its three libraries, minified. */
async function javascriptSize() {
  const contents = `
    export { encode } from "@msgpack/msgpack";
    export { signAsync, verifyAsync } from "@noble/ed25519";
    export { compressBlock } from "lz4js";`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
  });
  return measure(outputFiles[0].contents);
}

async function ticket(seed) {
  const publicKey = await ed25519.getPublicKeyAsync(seed);
  const keyId = Uint8Array.from(createHash("sha256").update(publicKey).digest().subarray(0, 8));
  const issuedAt = Math.floor(Date.now() / 1000);
  const id = new Uint8Array(16).fill(5);
  const claims = encode([1, keyId, id, issuedAt, 3600, new Uint8Array(32)]);
  const context = new TextEncoder().encode("faultscan/ticket/v1\0");
  const signature = await ed25519.signAsync(Buffer.concat([context, claims]), seed);
  const text = `FS1.${Buffer.concat([claims, signature]).toString("base64url")}`;
  return { text, publicKey: Buffer.from(publicKey).toString("base64url") };
}

const { outputFiles } = await build({
  entryPoints: [`${root}bench/page.ts`],
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  write: false,
});
// Isolated, since only then does the clock tell microseconds.
const isolated = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};
const routes = {
  "/": ["text/html", '<!doctype html><script type="module" src="/page.js"></script>'],
  "/page.js": ["text/javascript", outputFiles[0].contents],
  "/dist/faultscan_sdk_bg.wasm": [
    "application/wasm",
    readFileSync(`${root}dist/faultscan_sdk_bg.wasm`),
  ],
};
const server = createServer((request, response) => {
  const [type, body] = routes[request.url] ?? [];
  response.writeHead(type ? 200 : 404, { "content-type": type ?? "text/plain", ...isolated });
  response.end(body);
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
let times;
try {
  const page = await browser.newPage();
  page.on("pageerror", (error) => console.error(error));
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  const { text, publicKey } = await ticket(new Uint8Array(32).fill(3));
  await page.waitForFunction(() => typeof window.run === "function");
  times = await page.evaluate((given) => window.run(...given), [text, publicKey, "05".repeat(32)]);
} finally {
  await browser.close();
  server.close();
}

const weight = sizes();
const javascript = await javascriptSize();
const figures = {};
for (const [file, forms] of Object.entries({ ...weight, javascript })) {
  const name = file.replace("dist/", "").replace("index.", "").replace("faultscan_sdk_bg.", "");
  for (const [form, bytes] of Object.entries(forms)) figures[`${name}_${form}_bytes`] = bytes;
}
const rounded = (value) => Number(value.toPrecision(4));
for (const [name, value] of Object.entries(times)) figures[name] = rounded(value);
const ratios = {
  capture_javascript_over_sdk: rounded(times.javascript_capture_ms / times.capture_ms),
  capture_javascript_without_scrubbing_over_sdk: rounded(
    times.javascript_capture_without_scrubbing_ms / times.capture_ms,
  ),
  snapshot_bytes_over_javascript: rounded(times.snapshot_bytes / times.javascript_bytes),
  snapshot_bytes_over_gzip: rounded(times.snapshot_bytes / times.gzip_of_json_bytes),
  brotli_over_javascript: rounded(weight.total.brotli / javascript.brotli),
};
console.log(JSON.stringify({ name: "sdk", figures, ratios }));
