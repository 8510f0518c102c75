// What a page loads to capture and send, raw and compressed as a server would send it.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const root = fileURLToPath(new URL("..", import.meta.url));
/** To capture what is told to `log()`, and send it. */
export const FILES = ["dist/index.js", "dist/faultscan_sdk_bg.wasm"];
/** What follows by itself unless the app says otherwise: the console, and signals once the page is idle. */
export const DEFAULT_FILES = [...FILES, "dist/console.js", "dist/signals.js"];
/** What a mini-program takes in, which loads nothing later. The script is compressed as its host does. */
export const MINI_FILES = ["miniprogram_dist/index.js", "miniprogram_dist/faultscan_sdk_bg.wasm"];
export const DIAGNOSIS_FILES = ["dist/diagnosis.js", "dist/faultscan_diagnosis_bg.wasm"];
/** What a page loads when the first question beside the dialogue is asked. */
export const MORE_FILES = ["dist/faultscan_diagnosis_more_bg.wasm"];
export const QR_FILES = ["dist/qr.js", "dist/faultscan_qr_bg.wasm"];

export function measure(bytes) {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  return {
    raw: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes, { params }).length,
  };
}

/** Sizes by file, and of all together. */
export function sizes() {
  const result = {};
  // The last three are what only those load who diagnose on the device, who then ask for more, and whose browser reads no QR codes.
  const together = (files) => {
    const all = { raw: 0, gzip: 0, brotli: 0 };
    for (const file of files) {
      result[file] = measure(readFileSync(root + file));
      for (const form of Object.keys(all)) all[form] += result[file][form];
    }
    return all;
  };
  const total = together(FILES);
  const defaults = together(DEFAULT_FILES);
  const mini = together(MINI_FILES);
  const diagnosis = together(DIAGNOSIS_FILES);
  const more = together(MORE_FILES);
  const qr = together(QR_FILES);
  return { ...result, total, default: defaults, mini, diagnosis, "diagnosis-more": more, qr };
}
