// Time and results of the engine in wasm and natively, side by side. From the repository's root:
//   cargo build --release -p faultscan-faulttree --features formats --example wasm_fta \
//     --target wasm32-unknown-unknown
//   cargo build --release -p faultscan-diag
//   node shared/faulttree/examples/wasm_fta.mjs MODULE.wasm DIAG FILE.xml…
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const [modulePath, diag, ...files] = process.argv.slice(2);
const module = new WebAssembly.Module(readFileSync(modulePath));
console.log(JSON.stringify({ module_bytes: readFileSync(modulePath).length }));

for (const file of files) {
  const input = readFileSync(file);
  // A fresh instance each time: wasm memory only grows.
  const { exports } = new WebAssembly.Instance(module, {});
  const place = exports.room(8);
  const start = exports.room(input.length);
  new Uint8Array(exports.memory.buffer, start, input.length).set(input);
  const before = process.cpuUsage();
  const probability = exports.analyse(start, input.length, place);
  const wasmSeconds = process.cpuUsage(before).user / 1e6;
  const count = new Float64Array(exports.memory.buffer, place, 1)[0];
  const memoryMb = exports.memory.buffer.byteLength / 2 ** 20;
  const native = JSON.parse(execFileSync(diag, ["fta", file, "--json"], { maxBuffer: 1 << 28 }));
  console.log(
    JSON.stringify({
      file: file.split("/").pop(),
      wasm_s: wasmSeconds,
      native_s: native.seconds,
      ratio: wasmSeconds / native.seconds,
      memory_mb: memoryMb,
      same: probability === native.probability && count === Number(native.mcs_count),
    }),
  );
}
