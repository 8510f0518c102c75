import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { startServer } from "../browser/lib/server.mjs";
import { startGate } from "./lib/gate.mjs";
import { startPages } from "./lib/pages.mjs";
import { checkReport, loggedIn } from "./lib/reports.mjs";
import { tickets } from "./lib/world.mjs";

/** In this order. `FAULTSCAN_ENGINES=jsc,wechat` picks some. */
const ENGINES = ["chromium", "firefox", "webkit", "jsc", "wechat", "alipay", "douyin", "quickjs"];
const picked = process.env.FAULTSCAN_ENGINES?.split(",") ?? ENGINES;

const ARRIVES_MS = 8000;

let server;
let search;
before(async () => {
  // Eight phones at one address, in a minute: more than one person's rate.
  server = await startServer({ "limits.address_rate_per_s": 160, "limits.address_burst": 1600 });
  search = await loggedIn(server);
});
after(() => server?.stop());

for (const name of ENGINES.filter((engine) => picked.includes(engine))) {
  test(name, async (t) => {
    const gate = await startGate(server.origin);
    const pages = await startPages(gate);
    const { open, missing } = await import(`./drivers/${name}.mjs`);
    const why = await missing?.();
    let engine;
    try {
      if (why) return t.skip(why);
      engine = await open({ pages, gate });
      t.diagnostic(engine.version);
      const mark = `mark${randomBytes(6).toString("hex")}`;
      const given = { endpoint: gate.origin, tickets: await tickets(server), mark, udp: server.udp };
      const first = await life(t, engine, "first", given);
      await engine.crash();
      gate.network("pass");
      given.tickets = await tickets(server);
      const killed = engine.survivesCrash !== false;
      await life(t, engine, "relaunch", { ...given, memory: first.memory, killed });
      await t.test("the server got what was written before the crash, once", () => arrives(`${mark} crash`));
      if (engine.leave) {
        await life(t, engine, "leave", given);
        await engine.leave();
        await t.test("the server gets what waited when the page was left", () => arrives(`${mark} left`));
      }
      await t.test("one request at a time", () => assert.deepEqual(gate.met, []));
      await t.test("nothing uncaught reached the app", () => assert.deepEqual(engine.faults?.() ?? [], []));
    } finally {
      await engine?.close();
      await pages.stop();
      await gate.stop();
    }
  });
}

/** Exactly one report with these words comes. */
async function arrives(words) {
  let found = [];
  for (const untilMs = Date.now() + ARRIVES_MS; found.length === 0 && Date.now() < untilMs; ) {
    found = await search(words);
  }
  assert.equal(found.length, 1, words);
}

/** One phase: its steps, then what the server holds of it. */
async function life(t, engine, phase, given) {
  const outcome = await engine.run(phase, given);
  if (Object.keys(outcome.notes).length > 0) t.diagnostic(JSON.stringify(outcome.notes));
  for (const { name, error, skipped } of outcome.steps) {
    await t.test(name, (step) => {
      if (skipped) step.skip(skipped);
      assert.equal(error, undefined, error);
    });
  }
  await t.test(`the server holds what was sent (${phase})`, async () => {
    for (const report of outcome.reports) await checkReport(server.origin, report);
  });
  return outcome;
}
