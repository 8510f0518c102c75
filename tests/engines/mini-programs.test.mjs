import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { startServer } from "../browser/lib/server.mjs";
import { startGate } from "./lib/gate.mjs";
import { missingChromium } from "./lib/kit.mjs";
import { faultsOf } from "./lib/looks.mjs";
import { DIALECTS, document, needs, parse, render } from "./lib/markup.mjs";
import { buildNpm, miniApp } from "./lib/mini-app.mjs";
import { sdkDir } from "./lib/pages.mjs";
import { tickets } from "./lib/world.mjs";

const www = fileURLToPath(new URL("../../www", import.meta.url));

/** What each host lets a main package weigh. */
const PACKAGE_BYTES_MAX = 2 << 20;

/** What only a phone can do, done at once: `scanned` is what the camera sees. */
function extras(kind, seen) {
  const going = {
    navigateTo: ({ url }) => seen.visited.push(url),
    redirectTo: ({ url }) => seen.visited.push(url),
    navigateBack: () => seen.visited.push("back"),
  };
  const byKind = {
    wechat: {
      scanCode: ({ success }) => success({ result: seen.scanned }),
      setClipboardData: ({ data, success }) => success(seen.copied.push(data)),
      showToast: () => undefined,
      setNavigationBarTitle: ({ title }) => seen.titles.push(title),
    },
    alipay: {
      scan: ({ success }) => success({ code: seen.scanned }),
      setClipboard: ({ text, success }) => success(seen.copied.push(text)),
      showToast: () => undefined,
      setNavigationBar: ({ title }) => seen.titles.push(title),
    },
  };
  return { ...going, ...(byKind[kind] ?? byKind.wechat) };
}

const files = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

for (const kind of Object.keys(DIALECTS)) {
  const source = join(www, kind);
  const dialect = DIALECTS[kind];

  describe(`the ${kind} mini-program`, () => {
    let server;
    let gate;
    let root;
    /** Pages as the journeys left them. */
    const screens = new Map();

    before(async () => {
      server = await startServer();
      gate = await startGate(server.origin);
      root = mkdtempSync(join(tmpdir(), `faultscan-${kind}-`));
      cpSync(source, root, { recursive: true, filter: (path) => !/node_modules|miniprogram_npm/.test(path) });
      const installed = join(root, "node_modules/@faultscan/sdk");
      mkdirSync(installed, { recursive: true });
      cpSync(join(sdkDir, "package.json"), join(installed, "package.json"));
      cpSync(join(sdkDir, "miniprogram_dist"), join(installed, "miniprogram_dist"), { recursive: true });
      buildNpm(root);
      rmSync(join(root, "node_modules"), { recursive: true });
      const config = readFileSync(join(root, "config.js"), "utf8");
      writeFileSync(join(root, "config.js"), config.replace("https://faultscan.example", gate.origin));
    });

    after(async () => {
      await gate?.stop();
      await server?.stop();
      if (root) rmSync(root, { recursive: true, force: true });
    });

    function start() {
      const seen = { scanned: "", copied: [], visited: [], titles: [] };
      const app = miniApp(root, kind, extras(kind, seen));
      return { app, seen };
    }

    it("names pages that are there, whose markup asks nothing that they lack", async () => {
      const { pages } = JSON.parse(readFileSync(join(root, "app.json"), "utf8"));
      const { TEXTS } = miniTexts();
      const { app } = start();
      const used = new Set();
      for (const route of pages) {
        const page = await app.open(route);
        const tree = parse(readFileSync(join(root, `${route}.${dialect.markup}`), "utf8"));
        const { data, texts, handlers } = needs(tree, dialect);
        for (const name of data) assert.ok(name in page.data, `${route}: no data "${name}"`);
        for (const name of handlers) assert.equal(typeof page[name], "function", `${route}: no handler "${name}"`);
        for (const name of texts) used.add(name);
        assert.ok(existsSync(join(root, `${route}.json`)), `${route}.json`);
        app.close(page);
      }
      for (const name of used) assert.ok(TEXTS[name], `no text "${name}"`);
      for (const [name, pair] of Object.entries(TEXTS)) {
        assert.equal(pair.length, 2, name);
        assert.ok(pair.every((text) => text !== ""), name);
      }
      app.stop();
    });

    function miniTexts() {
      const module = { exports: {} };
      new Function("module", "exports", readFileSync(join(root, "lib/i18n.js"), "utf8"))(module, module.exports);
      return module.exports;
    }

    it("fits into a package, with the SDK and without what its project leaves out", () => {
      const ignored = /\.map$|faultscan_sdk_bg\.wasm$|fallback\.js$|project\.config\.json$|package\.json$|\.d\.ts$/;
      const bytes = files(root).filter((path) => !ignored.test(path)).reduce((sum, path) => sum + statSync(path).size, 0);
      assert.ok(bytes < PACKAGE_BYTES_MAX, `${bytes} bytes`);
      assert.ok(bytes < 128 << 10, `${bytes} bytes: more than docs/sdk-hosts.md promises`);
    });

    /** Keeps how a page looks now, in the language that is set. */
    function look(app, page) {
      const tree = parse(readFileSync(join(root, `${page.route}.${dialect.markup}`), "utf8"));
      const styles = ["app", page.route].map((name) => readFileSync(join(root, `${name}.${dialect.styles}`), "utf8"));
      const { language } = app.app.session;
      const html = render(tree, page.data, dialect);
      screens.set(`${page.route} ${page.data.state ?? ""} ${language}`, document(html, styles.join("\n"), language));
      return html;
    }

    /** From the scan to an open session. */
    async function scanned(app, seen, text, wish = {}) {
      const scan = await app.open("pages/scan/index");
      if (!app.app.session.consent) scan.onConsent();
      if (wish.review) scan.onReview({ detail: { value: true } });
      seen.scanned = text;
      look(app, scan);
      await scan.onScan();
      assert.equal(seen.visited.at(-1), "/pages/session/index");
      const session = await app.open("pages/session/index");
      await session.opened;
      return { scan, session };
    }

    it("goes from the scan to the diagnosis, and on with an answer", async () => {
      const { app, seen } = start();
      const { text } = await server.ticket({ code: "ERR-DB-001" });
      const { session } = await scanned(app, seen, text);
      assert.equal(session.data.state, "ready", session.data.reason);
      assert.equal(session.data.ticket.code, "ERR-DB-001");
      session.onNote({ detail: { value: "dial tcp 10.0.3.21:5432: connect: connection refused" } });
      session.onNoteAdd();
      assert.equal(session.data.meters.lines, 1);
      look(app, session);
      await session.onCapture();
      assert.equal(session.data.message, "");
      assert.equal(seen.visited.at(-1), "/pages/report/index");
      const report = await app.open("pages/report/index");
      assert.equal(report.data.known, true);
      assert.match(report.data.verdict, /10\.0\.3\.21/);
      assert.ok(report.data.causes.length > 1 && report.data.fixes.length > 0);
      const before = JSON.stringify(report.data.causes);
      await report.onAnswer({ currentTarget: { dataset: { answer: "no" } } });
      assert.notEqual(JSON.stringify(report.data.causes), before, "the answer moves the causes");
      report.onCopy({ currentTarget: { dataset: { text: "systemctl status postgresql" } } });
      assert.deepEqual(seen.copied, ["systemctl status postgresql"]);
      const html = look(app, report);
      assert.ok(html.includes(report.data.check.question.replaceAll('"', "&quot;")), "the question is shown");
      app.close(session);
      app.stop();
    });

    it("shows what goes, and sends no more than the person left in", async () => {
      const { app, seen } = start();
      const { session } = await scanned(app, seen, (await server.ticket()).text, { review: true });
      for (const note of ["keep this", "leave this out", "password=hunter2"]) {
        session.onNote({ detail: { value: note } });
        session.onNoteAdd();
      }
      const capture = session.onCapture();
      const review = await visited(app, seen, "pages/review/index");
      const messages = review.data.lines.map(({ message }) => message);
      assert.deepEqual(messages.slice(0, 2), ["keep this", "leave this out"]);
      assert.ok(!messages[2].includes("hunter2"), "blanked before it is shown");
      assert.ok(review.data.facts.length > 2);
      look(app, review);
      review.onLine({ currentTarget: { dataset: { id: 1 } }, detail: { value: false } });
      review.onSend();
      app.close(review);
      await capture;
      const { reportId, capability } = app.app.session.answer;
      const headers = { authorization: `Bearer ${capability}` };
      const { logs } = await (await fetch(`${server.origin}/v1/reports/${reportId}`, { headers })).json();
      assert.deepEqual(logs.map(({ message }) => message).filter((message) => /this/.test(message)), ["keep this"]);

      const kept = session.onCapture();
      const again = await visited(app, seen, "pages/review/index");
      app.close(again);
      await kept;
      assert.equal(session.data.message, app.app.session.t.withheld, "going back sends nothing");
      app.close(session);
      app.stop();
    });

    async function visited(app, seen, route) {
      while (seen.visited.at(-1) !== `/${route}`) await new Promise((resolve) => setTimeout(resolve, 5));
      seen.visited.push("");
      return app.open(route);
    }

    it("records nothing without consent, and says why a code cannot be used", async () => {
      const { app, seen } = start();
      const bad = await tickets(server);
      const { scan, session } = await scanned(app, seen, bad.expired);
      const { t } = app.app.session;
      assert.deepEqual([session.data.state, session.data.refusal], ["refused", t.e_TicketExpired]);
      look(app, session);
      app.close(session);
      scan.onConsent();
      app.app.session.text = bad.fresh[0];
      const asked = await app.open("pages/session/index");
      await asked.opened;
      await asked.onCapture();
      assert.ok(asked.data.message !== "", "the capture says that consent is missing");
      app.close(asked);
      app.stop();
    });

    it("keeps the snapshot while there is no network, and sends it when told", async () => {
      const { app, seen } = start();
      const { session } = await scanned(app, seen, (await server.ticket()).text);
      gate.network("off");
      await session.onCapture();
      assert.equal(session.data.message, app.app.session.t.kept);
      assert.equal(session.data.waiting, 1);
      gate.network("pass");
      await session.onSendNow();
      assert.equal(session.data.waiting, 0);
      app.close(session);
      app.stop();
    });

    it("speaks both languages", async () => {
      const { app } = start();
      const scan = await app.open("pages/scan/index");
      const first = scan.data.t.scan_button;
      scan.onLanguage();
      assert.notEqual(scan.data.t.scan_button, first);
      look(app, scan);
      assert.deepEqual([first, scan.data.t.scan_button].sort(), ["Scan", "扫一扫"]);
      app.stop();
    });

    it("fits a phone of 360 px, by day and by night, in ink that can be read", { skip: missingChromium() ?? false }, async () => {
      assert.ok(screens.size >= 6, `${screens.size} screens`);
      assert.deepEqual(await faultsOf(screens), []);
    });
  });
}
