import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startServer } from "../browser/lib/server.mjs";
import { startGate } from "./lib/gate.mjs";
import { startPages } from "./lib/pages.mjs";
import { checkReport } from "./lib/reports.mjs";
import { tickets } from "./lib/world.mjs";

/** In this order. `FAULTSCAN_ENGINES=jsc,wechat` picks some. */
const ENGINES = ["chromium", "firefox", "webkit", "jsc", "wechat", "alipay", "douyin"];
const picked = process.env.FAULTSCAN_ENGINES?.split(",") ?? ENGINES;

let server;
before(async () => {
  server = await startServer();
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
      const given = { endpoint: gate.origin, tickets: await tickets(server) };
      const first = await life(t, engine, gate, "first", given);
      await engine.crash();
      await life(t, engine, gate, "relaunch", { ...given, memory: first.memory });
      await t.test("one request at a time", () => assert.deepEqual(gate.seen.met, []));
      await t.test("nothing uncaught reached the app", () => assert.deepEqual(engine.faults ?? [], []));
    } finally {
      await engine?.close();
      await pages.stop();
      await gate.stop();
    }
  });
}

/** One phase: its steps, then what the server holds of it. */
async function life(t, engine, gate, phase, given) {
  const outcome = await engine.run(phase, given);
  gate.network("pass");
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
