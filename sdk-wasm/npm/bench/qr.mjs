// `cargo xtask bench qr`: which readers find a code within a second of video, and what they weigh.
// Takes the file of codes that `examples/codes.rs` of sdk-wasm/qr prints.
//
// A reader gets the newest frame whenever it is done with the one before, as on a page, and has
// succeeded if its answer came before the second was over. Times are this machine's, so a slow reader
// sees fewer frames, as on a phone.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import jsQR from "jsqr";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import { loadQrReader } from "../dist/qr.js";
import { measure } from "../scripts/sizes.mjs";
import { FRAMES_A_SECOND, KINDS, scene } from "./scenes.mjs";

const SCENES_OF_A_KIND = 20;
const root = fileURLToPath(new URL("..", import.meta.url));
const require = createRequire(import.meta.url);
const zxingWasm = readFileSync(require.resolve("zxing-wasm/reader/zxing_reader.wasm"));
const ownWasm = readFileSync(`${root}dist/faultscan_qr_bg.wasm`);

/** What a page loads for a library, bundled and minified. */
async function script(contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
    logLevel: "error",
  });
  return measure(outputFiles[0].contents).brotli;
}

async function readers() {
  await prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(zxingWasm).buffer }, fireImmediately: true });
  const own = await loadQrReader({ wasm: ownWasm });
  return {
    faultscan: {
      read: async (frame) => own.frame(frame),
      bytes: measure(readFileSync(`${root}dist/qr.js`)).brotli + measure(ownWasm).brotli,
    },
    zxing_wasm: {
      read: async (frame) => {
        const found = await readBarcodes(frame, {
          formats: ["QRCode"],
          maxNumberOfSymbols: 1,
          tryHarder: true,
          tryInvert: true,
        });
        return found.find((code) => code.isValid)?.text ?? null;
      },
      bytes:
        (await script(`export { prepareZXingModule, readBarcodes } from "zxing-wasm/reader"`)) +
        measure(zxingWasm).brotli,
    },
    jsqr: {
      read: async ({ data, width, height }) => jsQR(data, width, height)?.data ?? null,
      bytes: await script(`export { default } from "jsqr"`),
    },
  };
}

/** Milliseconds until the right answer, or null where the second ended before; and false answers. */
async function watch(read, frames, text) {
  let [ms, wrong] = [0, 0];
  for (let number = 0; number < FRAMES_A_SECOND; ) {
    const frame = frames(number);
    const start = performance.now();
    const answer = await read(frame);
    ms = Math.max(ms, (number * 1000) / FRAMES_A_SECOND) + performance.now() - start;
    if (ms > 1000) break;
    if (answer === text) return { ms, wrong };
    if (answer !== null) wrong += 1;
    // The newest frame that is there by then; the next one where none is.
    number = Math.max(number + 1, Math.floor((ms * FRAMES_A_SECOND) / 1000));
  }
  return { ms: null, wrong };
}

const codes = JSON.parse(readFileSync(process.argv[2], "utf8"));
const all = await readers();
const figures = {};
const totals = Object.fromEntries(Object.keys(all).map((name) => [name, { read: 0, wrong: 0, ms: [] }]));
for (const kind of Object.keys(KINDS)) {
  const read = Object.fromEntries(Object.keys(all).map((name) => [name, 0]));
  for (let at = 0; at < SCENES_OF_A_KIND; at++) {
    const code = codes[at % codes.length];
    const make = scene(code, kind, 7919 * at + kind.length, at / (SCENES_OF_A_KIND - 1));
    const made = new Map();
    const frames = (number) => {
      if (!made.has(number)) made.set(number, make(number));
      return made.get(number);
    };
    for (const [name, reader] of Object.entries(all)) {
      const { ms, wrong } = await watch(reader.read, frames, code.text);
      totals[name].wrong += wrong;
      if (ms === null) continue;
      read[name] += 1;
      totals[name].read += 1;
      totals[name].ms.push(ms);
    }
  }
  console.error(`${kind.padEnd(14)} ${Object.entries(read).map(([name, count]) => `${name} ${count}`).join("  ")} of ${SCENES_OF_A_KIND}`);
  for (const [name, count] of Object.entries(read)) figures[`${kind}, read by ${name}`] = count;
}
for (const [name, { read, wrong, ms }] of Object.entries(totals)) {
  figures[`all scenes, read by ${name}`] = read;
  figures[`wrong answers of ${name}`] = wrong;
  figures[`median ms to the answer, ${name}`] = Number(ms.sort((a, b) => a - b)[ms.length >> 1]?.toFixed(1));
  figures[`download of ${name}, bytes brotli`] = all[name].bytes;
}
figures["scenes"] = SCENES_OF_A_KIND * Object.keys(KINDS).length;
const ratio = (a, b) => Number((a / b).toFixed(3));
const ratios = {};
for (const other of ["zxing_wasm", "jsqr"]) {
  ratios[`codes read, faultscan to ${other}`] = ratio(totals.faultscan.read, totals[other].read);
  ratios[`download, faultscan to ${other}`] = ratio(all.faultscan.bytes, all[other].bytes);
}
console.log(JSON.stringify({ name: "reading QR codes from a second of video", figures, ratios }));
