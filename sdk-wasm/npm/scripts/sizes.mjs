// What a page loads to capture and send, raw and compressed as a server would send it.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const root = fileURLToPath(new URL("..", import.meta.url));
export const FILES = ["dist/index.js", "dist/faultscan_sdk_bg.wasm"];
export const DIAGNOSIS_FILES = ["dist/diagnosis.js", "dist/faultscan_diagnosis_bg.wasm"];

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
  const total = { raw: 0, gzip: 0, brotli: 0 };
  for (const file of FILES) {
    result[file] = measure(readFileSync(root + file));
    for (const form of Object.keys(total)) total[form] += result[file][form];
  }
  // What only those load who diagnose on the device.
  const diagnosis = { raw: 0, gzip: 0, brotli: 0 };
  for (const file of DIAGNOSIS_FILES) {
    result[file] = measure(readFileSync(root + file));
    for (const form of Object.keys(diagnosis)) diagnosis[form] += result[file][form];
  }
  return { ...result, total, diagnosis };
}
