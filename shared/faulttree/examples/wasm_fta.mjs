// Time and results of the engine in wasm and natively, side by side. From the repository's root:
//   cargo build --release -p faultscan-faulttree --features formats --example wasm_fta \
//     --target wasm32-unknown-unknown
//   cargo build --release -p faultscan-diag
//   node shared/faulttree/examples/wasm_fta.mjs MODULE.wasm DIAG FILE.xml…
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

const [modulePath, diag, ...files] = process.argv.slice(2);
const module = new WebAssembly.Module(readFileSync(modulePath));
console.log(JSON.stringify({ module_bytes: readFileSync(modulePath).length }));

// Both sides in seconds of processor time, as the machine may be busy with other things. The
// shell's `times` tells its children's on the second line, `1m2.345s 0m0.100s`.
function runNative(file) {
  const script = '"$0" fta "$1" --json; times >&2';
  const { stdout, stderr } = spawnSync("bash", ["-c", script, diag, file], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  const [, minutes, seconds] = stderr.trim().split("\n").at(-1).match(/^(\d+)m([\d.]+)s/);
  return { native: JSON.parse(stdout), nativeSeconds: Number(minutes) * 60 + Number(seconds) };
}

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
  const { native, nativeSeconds } = runNative(file);
  console.log(
    JSON.stringify({
      file: file.split("/").pop(),
      wasm_s: wasmSeconds,
      native_s: nativeSeconds,
      ratio: wasmSeconds / nativeSeconds,
      memory_mb: memoryMb,
      same: probability === native.probability && count === Number(native.mcs_count),
    }),
  );
}
