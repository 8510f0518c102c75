import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { upload } from "./upload.mjs";

const logs = (name) => fileURLToPath(new URL(`../../logs/${name}.jsonl`, import.meta.url));

/** Real logs that people pasted into public threads, each with its id. */
export function realLogs() {
  return ["dev-a", "dev-b", "held-a", "held-b"].flatMap((name) =>
    readFileSync(logs(name), "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line)),
  );
}

/** A small generator with a fixed seed (mulberry32, public domain, Tommy Ettinger). */
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * Two weeks of real logs: a few failures again and again, one of them in a wave, and some that come
 * once. The server must have been started with `past`. Gives what it answered, oldest first.
 */
export async function fillWithHistory(server, { days = 13, often = 5, rare = 12, reports = 60 } = {}) {
  const next = random(7);
  const known = realLogs().filter((log) => log.code !== null && log.text.length > 80);
  const step = Math.floor(known.length / (often + rare));
  const chosen = Array.from({ length: often + rare }, (_, i) => known[i * step]);
  const planned = chosen.slice(often).map((log) => ({ log, ago: next() * days }));
  while (planned.length < reports) {
    const which = Math.floor(next() * next() * often);
    // The first comes in a wave of the last days, the others evenly.
    planned.push({ log: chosen[which], ago: which === 0 ? 4 * next() * next() : next() * days });
  }
  planned.sort((a, b) => b.ago - a.ago);
  const answers = [];
  for (const { log, ago } of planned) {
    await server.goBack(ago);
    answers.push(await upload(server, log.text.split("\n")));
  }
  await server.goBack(0);
  return answers;
}
