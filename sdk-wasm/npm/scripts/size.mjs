// Prints the package's sizes; with --check, fails where one is above sdk-wasm/size-budget.json.
import { readFileSync } from "node:fs";
import { sizes } from "./sizes.mjs";

const budget = JSON.parse(readFileSync(new URL("../../size-budget.json", import.meta.url), "utf8"));
let failed = 0;
for (const [file, forms] of Object.entries(sizes())) {
  for (const [form, bytes] of Object.entries(forms)) {
    const most = budget.bytes_max[file]?.[form];
    const over = most !== undefined && bytes > most;
    failed += Number(over);
    const limit = most === undefined ? "" : `at most ${most}${over ? "  TOO LARGE" : ""}`;
    console.log(`${file.padEnd(28)} ${form.padEnd(7)} ${String(bytes).padStart(7)}  ${limit}`);
  }
}
if (process.argv.includes("--check") && failed > 0) process.exit(1);
