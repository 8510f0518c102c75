// The phone's side of `cargo xtask bench match`, in node's V8, which is Chromium's.
// Usage: node bench_match.mjs MODULE SNAPSHOT... Prints "name value" lines: microseconds a match,
// with the copy of the lines into the module, the best and the median of many.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename } from "node:path";

const ROUNDS = 400;
/// Until V8 has compiled the module with optimisation.
const WARM_UP_MS = 1000;

const [module, ...snapshots] = process.argv.slice(2);
const { open, prepare, match_log } = createRequire(import.meta.url)(module);

if (open() === 0) throw new Error("the catalogue could not be opened");
const begun = performance.now();
const signatures = prepare();
if (signatures === 0) throw new Error("the matcher could not be built");
console.log(`build_ms ${(performance.now() - begun).toFixed(2)}`);
console.log(`signatures ${signatures}`);

for (const snapshot of snapshots) {
  const bytes = readFileSync(snapshot);
  const name = basename(snapshot);
  const first = performance.now();
  const codes = match_log(bytes);
  console.log(`${name}_first_us ${((performance.now() - first) * 1e3).toFixed(2)}`);
  console.log(`${name}_codes ${codes}`);
  for (const from = performance.now(); performance.now() - from < WARM_UP_MS; ) match_log(bytes);
  const taken = [];
  for (let round = 0; round < ROUNDS; round++) {
    const at = performance.now();
    match_log(bytes);
    taken.push((performance.now() - at) * 1e3);
  }
  taken.sort((a, b) => a - b);
  console.log(`${name}_us ${taken[0].toFixed(2)}`);
  console.log(`${name}_median_us ${taken[ROUNDS / 2].toFixed(2)}`);
}
