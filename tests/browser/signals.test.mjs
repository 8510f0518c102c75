import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { after, before, describe, it } from "node:test";
import { createContext, runInContext } from "node:vm";
import { brotliDecompressSync } from "node:zlib";
import { launch, openPage } from "./lib/browser.mjs";
import { logIn, miniDist, startShop } from "./lib/sdk-page.mjs";
import { startServer } from "./lib/server.mjs";

const kinds = (report) => report.items.map((item) => item.kind);
const until = async (what, test, ms = 15_000) => {
  for (let end = Date.now() + ms; !(await test()); await new Promise((resolve) => setTimeout(resolve, 50))) {
    if (Date.now() > end) throw new Error(`${what} did not come`);
  }
};

describe("signals and the urgent channel, from another origin to the real server", () => {
  let server;
  let shop;
  let browser;
  let person;

  before(async () => {
    server = await startServer();
    shop = await startShop();
    browser = await launch();
    person = await logIn(server);
  });

  after(async () => {
    await browser?.close();
    await shop?.stop();
    await server?.stop();
  });

  /** A shop's page with a session, and its integrations running. */
  async function visit(ticket, { page, context } = {}) {
    context ??= await browser.newContext();
    page ??= (await openPage(context)).page;
    await page.goto(shop.origin);
    await page.waitForFunction(() => globalThis.sdk);
    await page.evaluate(
      async ([qrContext, endpoint]) => {
        globalThis.diag = await sdk.Diag.init({ qrContext, endpoint, uploadPolicy: { attemptsMax: 1 } });
      },
      [ticket.text, server.origin],
    );
    await page.waitForFunction(() => diag.diagnostics().integrations.includes("lifecycle"));
    return { page, context };
  }

  it("joins a datagram and the snapshot behind it in one report", async () => {
    const ticket = await server.ticket();
    const { page, context } = await visit(ticket);
    await page.evaluate(() => {
      diag.log("warn", "cart is empty after reload", "cart");
      for (let i = 0; i < 5; i++) setTimeout(() => undefinedFunction(i));
    });
    const [report] = await person.reportsOf(ticket.ticket_id, 1);
    await until("the datagram", async () => (await person.read(`/v1/reports/${report.id}`)).urgent.length > 0);
    const whole = await person.read(`/v1/reports/${report.id}`);
    assert.equal(whole.urgent.length, 1);
    assert.equal(whole.urgent[0].kind, "crash");
    assert.match(whole.urgent[0].line, /undefinedFunction is not defined/);
    assert.equal(kinds(whole).filter((kind) => kind === "exception").length, 5);
    assert.ok(whole.logs.some((line) => line.message === "cart is empty after reload"));
    const { counts, capabilities } = await page.evaluate(() => diag.diagnostics());
    assert.equal(counts.urgent, 1);
    assert.equal(capabilities["urgent:keepalive"], true);
    await context.close();
  });

  it("finds a hang once it is over, long tasks, slow interactions and requests", async () => {
    const ticket = await server.ticket();
    const { page, context } = await visit(ticket);
    await page.click("#slow");
    await page.evaluate(async () => {
      await fetch("/api?token=secret");
      await fetch("/missing");
      const end = performance.now() + 7000;
      while (performance.now() < end);
    });
    const [report] = await person.reportsOf(ticket.ticket_id, 1);
    await until("the datagram", async () => (await person.read(`/v1/reports/${report.id}`)).urgent.length > 0);
    const whole = await person.read(`/v1/reports/${report.id}`);
    assert.equal(whole.urgent[0].kind, "anr");
    assert.ok(whole.urgent[0].metrics.blocked_ms >= 5000, JSON.stringify(whole.urgent[0].metrics));
    for (const kind of ["anr", "long_task", "interaction", "request"]) {
      assert.ok(kinds(whole).includes(kind), `${kind} in ${kinds(whole)}`);
    }
    const requests = whole.items.filter((item) => item.kind === "request").map((item) => item.text);
    const host = new URL(shop.origin).host;
    assert.deepEqual(requests, [`GET ${host} 200`, `GET ${host} 404`]);
    assert.ok(!JSON.stringify(whole.items).includes("secret"));
    await context.close();
  });

  it("keeps what could not be sent over a reload, and says goodbye when it leaves", async () => {
    const ticket = await server.ticket();
    const { page, context } = await visit(ticket);
    await context.setOffline(true);
    const code = await page.evaluate(() => {
      diag.log("error", "written before the reload");
      return diag.capture().then(() => "sent", (error) => error.code);
    });
    assert.equal(code, "Offline");
    const stored = () => page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("faultscan:q:")));
    assert.equal((await stored()).length, 1);
    await context.setOffline(false);
    await visit(ticket, { page, context });
    const [report] = await person.reportsOf(ticket.ticket_id, 1);
    assert.ok(report.logs.some((line) => line.message === "written before the reload"));
    await until("an empty store", async () => (await stored()).length === 0);
    // A reload is no crash.
    const last = await page.evaluate(() => diag.capture().then((answer) => answer.reportId));
    assert.ok(!kinds(await person.read(`/v1/reports/${last}`)).includes("unclean_exit"));
    await context.close();
  });

  it("encrypts a body that only the server reads", async () => {
    const { encryption } = await (await fetch(`${server.origin}/.well-known/faultscan/keys.json`)).json();
    const ticket = await server.ticket();
    const { page, context } = await visit(ticket);
    const sent = [];
    page.on("request", (request) => request.url().endsWith("/v1/snapshots") && sent.push(request.postDataBuffer()));
    const outcome = async (key) =>
      page.evaluate(
        async ([qrContext, endpoint, key]) => {
          const { encryption } = await import("/encrypt.js");
          diag.dispose();
          globalThis.diag = await sdk.Diag.init({ qrContext, endpoint, encryption: await encryption(key) });
          diag.log("error", "dial tcp 10.0.3.21:5432: connect: connection refused");
          return diag.capture().then((answer) => answer.outcome, (error) => error.reason ?? error.code);
        },
        [ticket.text, server.origin, key],
      );
    assert.equal(await outcome(encryption.public_key), "accepted");
    const [report] = await person.reportsOf(ticket.ticket_id, 1);
    assert.ok(report.logs.some((line) => line.message.includes("connection refused")));
    assert.equal(sent[0][5], 1);
    assert.ok(!sent[0].includes("connection refused"));
    // The base point is nobody's secret, but a key that X25519 takes.
    assert.equal(await outcome(`CQ${"A".repeat(41)}`), "unknown_body_key");
    await context.close();
  });

  it("speaks UDP where the host does, to the same report", async () => {
    const ticket = await server.ticket();
    const warnings = [];
    const scope = createContext({ console: {}, setTimeout, clearTimeout, wx: wx(warnings), WXWebAssembly: packaged() });
    runInContext("delete globalThis.WebAssembly", scope);
    const source = readFileSync(`${miniDist}index.js`, "utf8");
    const { Diag } = runInContext(`((module) => { ((exports) => {${source}\n})(module.exports); return module.exports; })`, scope)({ exports: {} });
    const diag = await Diag.init({ qrContext: ticket.text, endpoint: server.origin, udp: server.udp });
    await until("the integrations", () => diag.diagnostics().integrations.includes("urgent"));
    diag.log("error", "java.lang.OutOfMemoryError: Java heap space");
    for (const warn of warnings) warn({ level: 15 });
    const [report] = await person.reportsOf(ticket.ticket_id, 1);
    await until("the packet", async () => (await person.read(`/v1/reports/${report.id}`)).urgent.length > 0);
    const whole = await person.read(`/v1/reports/${report.id}`);
    assert.equal(whole.urgent[0].kind, "memory_warning");
    assert.equal(whole.urgent[0].line, "java.lang.OutOfMemoryError: Java heap space");
    assert.match(await server.metrics(), /urgent_udp[^\n]*accepted[^\n]* 1|accepted[^\n]*urgent_udp[^\n]* 1/);
    assert.ok(kinds(whole).includes("memory_warning"));
    diag.dispose();
  });
});

/** As much of WeChat's object as this needs, made of node's parts. */
function wx(warnings) {
  const storage = new Map();
  return {
    request({ url, method, data, header, success, fail }) {
      const task = httpRequest(url, { method, headers: header }, (response) => {
        let text = "";
        response.on("data", (chunk) => (text += chunk));
        response.on("end", () => success({ statusCode: response.statusCode, data: text, header: response.headers }));
      });
      task.on("error", (error) => fail({ errMsg: String(error) }));
      task.end(data && Buffer.from(data));
      return { abort: () => task.destroy() };
    },
    getRandomValues: ({ length, success }) => success({ randomValues: Uint8Array.from(randomBytes(length)).buffer }),
    getStorageSync: (key) => storage.get(key) ?? "",
    setStorageSync: (key, value) => void storage.set(key, value),
    removeStorageSync: (key) => void storage.delete(key),
    getStorageInfoSync: () => ({ keys: [...storage.keys()] }),
    onMemoryWarning: (listener) => void warnings.push(listener),
    createUDPSocket() {
      const socket = createSocket("udp4");
      return {
        bind: () => 0,
        send: ({ address, port, message }) => socket.send(Buffer.from(message), port, address),
        close: () => socket.close(),
      };
    },
  };
}

function packaged() {
  return {
    async instantiate(path) {
      const bytes = brotliDecompressSync(readFileSync(miniDist + path.split("/").at(-1)));
      return { instance: new WebAssembly.Instance(new WebAssembly.Module(bytes), {}) };
    },
  };
}
