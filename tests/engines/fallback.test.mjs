import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { runInContext } from "node:vm";
import { startServer } from "../browser/lib/server.mjs";
import { wechat } from "./lib/hosts.mjs";
import { phone } from "./lib/phone.mjs";
import { miniDist, programContext, wrapped } from "./lib/program.mjs";

const LINES = 2000;

describe("the core as JavaScript", () => {
  let server;
  before(async () => {
    server = await startServer();
  });
  after(() => server?.stop());

  it("goes on when its memory grows, which no engine tells its views", async () => {
    const { scope, stop } = programContext({ wx: wechat(phone()) });
    const load = (name) => runInContext(wrapped(readFileSync(join(miniDist, name), "utf8")), scope)();
    const { Diag } = load("index.js");
    const { instantiate } = load("fallback.js");
    try {
      const diag = await Diag.init({
        qrContext: (await server.ticket()).text,
        endpoint: server.origin,
        wasm: instantiate,
        snapshotPolicy: { logLines: LINES, logBytes: 1 << 20, rttIntervalS: 0 },
        uploadPolicy: { timeoutMs: 30_000 },
      });
      const before = diag.diagnostics().wasmBytes;
      for (let n = 0; n < LINES; n++) diag.log("info", `line ${n} ${"购物车 cart ".repeat(12)}${n * 7919}`);
      const answer = await diag.capture();
      assert.ok(diag.diagnostics().wasmBytes > before, `the memory is as large as before: ${before}`);
      const headers = { authorization: `Bearer ${answer.capability}` };
      const { logs } = await (await fetch(`${server.origin}/v1/reports/${answer.reportId}`, { headers })).json();
      assert.equal(logs.length, LINES);
      assert.match(logs.at(-1).message, /^line 1999 购物车 cart .*15830081$/);
      diag.dispose();
    } finally {
      stop();
    }
  });
});
