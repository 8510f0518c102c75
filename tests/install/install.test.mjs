import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { launch } from "../browser/lib/browser.mjs";
import { startServer } from "../browser/lib/server.mjs";
import { buildNpm, miniApp } from "../engines/lib/mini-app.mjs";
import { sdkDir, startPages } from "../engines/lib/pages.mjs";
import { bundle, install, pack, remove } from "./lib.mjs";

const STEP_MS = 30_000;

/** How each project becomes pages: the folder that is served then. */
const PROJECTS = {
  vite(folder) {
    bundle(folder, "vite", "build", "--logLevel", "warn");
    return join(folder, "dist");
  },
  webpack(folder) {
    bundle(folder, "webpack", "--config", "webpack.config.cjs");
    copyFileSync(join(folder, "index.html"), join(folder, "dist/index.html"));
    return join(folder, "dist");
  },
  esbuild(folder) {
    const flags = ["--bundle", "--minify", "--splitting", "--format=esm", "--target=es2022", "--loader:.wasm=file"];
    bundle(folder, "esbuild", "main.js", "--outdir=dist", ...flags);
    copyFileSync(join(folder, "index.html"), join(folder, "dist/index.html"));
    return join(folder, "dist");
  },
  page: (folder) => folder,
  script: (folder) => folder,
};

describe("the packed package", () => {
  let server;
  let packed;
  let browser;

  before(async () => {
    server = await startServer();
    packed = pack(sdkDir);
    browser = await launch();
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
    if (packed) remove(packed);
  });

  async function report(answer, app) {
    assert.equal(answer.outcome, "accepted");
    const headers = { authorization: `Bearer ${answer.capability}` };
    const found = await (await fetch(`${server.origin}/v1/reports/${answer.reportId}`, { headers })).json();
    assert.equal(found.environment.app.name, app);
    assert.equal(found.logs.at(-1).message, "dial tcp 10.0.3.21:5432: connect: connection refused");
  }

  it("holds what it promises, and nothing of its sources", () => {
    for (const file of ["dist/index.js", "dist/index.d.ts", "dist/global.js", "dist/fallback.js", "miniprogram_dist/index.js"]) {
      assert.ok(packed.files.includes(file), file);
    }
    assert.deepEqual(packed.files.filter((file) => /^(src|test|bench|scripts)\//.test(file)), []);
  });

  for (const [name, make] of Object.entries(PROJECTS)) {
    it(`works in a project with ${name}`, async () => {
      const served = make(install(packed, name));
      const pages = await startPages(undefined, { "/": served }, server.origin);
      const context = await browser.newContext();
      try {
        const page = await context.newPage();
        const faults = [];
        page.on("pageerror", (error) => faults.push(error.message));
        page.on("console", (message) => {
          if (/Content.Security.Policy/i.test(message.text())) faults.push(message.text());
        });
        const { text: ticket } = await server.ticket();
        await page.goto(`${pages.origin}/?${new URLSearchParams({ ticket, endpoint: server.origin })}`);
        await page.waitForFunction(() => document.body.textContent.trim().startsWith("{"), undefined, { timeout: STEP_MS })
          .catch((error) => assert.fail(`${error.message}\n${faults.join("\n")}`));
        await report(JSON.parse(await page.textContent("body")), name);
        // The signals come later, as a file of their own.
        await page.waitForTimeout(300);
        assert.deepEqual(faults, []);
      } finally {
        await context.close();
        await pages.stop();
      }
    });
  }

  it("gives frameworks that bundle for mini-programs their build, and hosts without WebAssembly theirs", () => {
    const folder = install(packed, "mini");
    const require = createRequire(join(folder, "app.js"));
    const { Diag, miniHost } = require("@faultscan/sdk/miniprogram");
    assert.equal(typeof Diag.init, "function");
    assert.throws(() => miniHost(), /no mini-program host/);
    const { instantiate } = require(join(folder, "node_modules/@faultscan/sdk/miniprogram_dist/fallback.js"));
    assert.ok(instantiate().memory.buffer.byteLength > 0);
    assert.equal(instantiate(), instantiate(), "one instance");
  });

  it("works in a mini-program after \"build npm\"", async () => {
    const folder = install(packed, "mini");
    buildNpm(folder);
    const app = miniApp(folder, "wechat");
    try {
      const { text: ticket } = await server.ticket();
      const page = await app.open("pages/index/index", { ticket, endpoint: server.origin });
      await page.ready;
      await report(JSON.parse(page.data.report), "mini");
    } finally {
      app.stop();
    }
  });
});
