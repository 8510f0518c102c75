/** A hostile page, a broken host, a bad server: the app never sees an exception from us. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Diag, type DiagOptions, type Level } from "../src/index.js";
import { puppet } from "./puppet.js";
import * as support from "./support.js";

let server: support.Server;
const opened: Diag[] = [];
const escaped: unknown[] = [];
const onEscape = (error: unknown): void => void escaped.push(error);
beforeEach(async () => {
  server = await support.Server.start();
  escaped.length = 0;
  process.on("uncaughtException", onEscape);
  process.on("unhandledRejection", onEscape);
});
afterEach(async () => {
  for (const diag of opened.splice(0)) diag.dispose();
  vi.unstubAllGlobals();
  await server.stop();
  await new Promise((resolve) => setTimeout(resolve, 5));
  process.off("uncaughtException", onEscape);
  process.off("unhandledRejection", onEscape);
  expect(escaped).toEqual([]);
});
const open = async (options: Partial<DiagOptions> = {}): Promise<Diag> => {
  const diag = await support.open(server, options);
  opened.push(diag);
  return diag;
};
const no = (): never => {
  throw new Error("not here");
};

test("a page that redefined its console before us keeps it, and gets it back", async () => {
  const log = vi.fn();
  const original = console.log;
  try {
    console.log = log;
    const diag = await open({ captureConsole: true });
    console.log("one");
    console.error(new Proxy({}, { get: no, ownKeys: no, getPrototypeOf: no }));
    diag.dispose();
    expect(console.log).toBe(log);
    expect(log.mock.calls).toEqual([["one"]]);
  } finally {
    console.log = original;
  }
});

test("a console frozen, a console without methods, no console at all", async () => {
  const { error, warn } = console;
  for (const broken of [Object.freeze({ log: () => undefined }), {}, { log: 3 }]) {
    vi.stubGlobal("console", broken);
    const diag = await open({ captureConsole: true });
    diag.log("info", "x");
    expect(await diag.capture()).toMatchObject({ outcome: "accepted" });
    diag.dispose();
  }
  vi.unstubAllGlobals();
  expect([console.error, console.warn]).toEqual([error, warn]);
});

test.each([
  ["throws", no],
  ["gives nothing", () => undefined],
  ["gives garbage", async () => ({ status: "yes" })],
  ["rejects with nothing", () => Promise.reject()],
])("a fetch that %s is a network that is not there", async (_name, fetch) => {
  const keys = [{ publicKey: (await support.issuer(1)).publicKey }];
  vi.stubGlobal("fetch", fetch);
  expect(await support.failure(open())).toMatchObject({ code: "KeysUnavailable" });
  const diag = await open({ issuerKeys: keys, uploadPolicy: { attemptsMax: 2 } });
  expect(await support.failure(diag.capture())).toMatchObject({ code: "Offline", retryable: true });
  expect(diag.diagnostics().queue.items).toBe(1);
});

test.each([
  ["lies by hours", () => Date.now() + 7 * 3_600_000],
  ["is set to 1970", () => 1],
])("a clock that %s: the server's is trusted where it can be seen", async (_name, nowMs) => {
  const host = puppet({ nowMs }).host;
  const { publicKey } = await support.issuer(1);
  const key = { key_id: "", public_key: Buffer.from(publicKey).toString("base64url") };
  server.keys = support.json(200, { keys: [key] }, { date: new Date().toUTCString() });
  const diag = await open({ host });
  expect(Math.abs(diag.diagnostics().clockSkewMs!)).toBeGreaterThan(3_000_000);
  diag.log("info", "x");
  expect(await diag.capture()).toMatchObject({ outcome: "accepted" });
  expect(server.snapshots[0]!.body["clock_skew_ms"]).toBe(diag.diagnostics().clockSkewMs);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, -1e18, "never" as never, undefined as never])(
  "a clock that says %s does no harm",
  async (time) => {
    let broken = false;
    const diag = await open({ host: puppet({ nowMs: () => (broken ? time : Date.now()) }).host });
    broken = true;
    diag.log("info", "x");
    await diag.capture();
    expect(server.snapshots).toHaveLength(1);
  },
);

test("time that runs backwards, stands still or leaps", async () => {
  let tick = 1e6;
  const steps = [5000, -9000, 0, 1e7, -1e7];
  let turn = 0;
  const tickMs = (): number => {
    tick += steps[turn++ % steps.length]!;
    return turn % 7 === 0 ? Number.NaN : tick;
  };
  const host = puppet({ tickMs }).host;
  const diag = await open({ host, snapshotPolicy: { rttIntervalS: 0.02 } });
  await diag.capture();
  for (let i = 0; i < 50; i++) diag.meters();
  expect(server.snapshots).toHaveLength(1);
});

test("whatever is logged: huge, cyclic, trapped, of the wrong type", async () => {
  const diag = await open();
  const cyclic: Record<string, unknown> = {};
  cyclic["self"] = cyclic;
  const values: unknown[] = [
    "m".repeat(10 << 20),
    cyclic,
    new Proxy({}, { get: no, ownKeys: no }),
    { toString: no, toJSON: no },
    null,
    undefined,
    Symbol("s"),
    10n,
    () => undefined,
    new Error("e", { cause: cyclic }),
    "\ud800 lone",
    "nul \0 byte",
    "line\nline",
  ];
  for (const value of values) {
    diag.log("error", value as string);
    diag.log(value as Level, value as string, value as string);
  }
  await diag.capture();
  const [snapshot] = server.snapshots;
  expect(snapshot!.lines.length).toBeGreaterThan(values.length);
  expect(snapshot!.bytes.length).toBeLessThan(40_000);
});

test("a storm of logs stays within the bounds", async () => {
  const diag = await open({ snapshotPolicy: { logLines: 50, logBytes: 10_000, rttIntervalS: 0 } });
  for (let i = 0; i < 20_000; i++) diag.log("info", `request ${i} `.repeat(50));
  await diag.capture();
  const { counts } = diag.diagnostics();
  expect(counts.linesLogged).toBe(20_000);
  expect(server.snapshots[0]!.lines.length).toBeLessThanOrEqual(50);
});

test("init twice: each session stands by itself and both leave the page whole", async () => {
  const { debug } = console;
  console.debug = () => undefined;
  const quiet = console.debug;
  const [one, two] = await Promise.all([open({ captureConsole: true }), open({ captureConsole: true })]);
  console.debug("to both");
  await one.capture();
  one.dispose();
  await two.capture();
  two.dispose();
  expect(server.snapshots.map((snapshot) => snapshot.lines.map((line) => line.message))).toEqual([
    ["to both"],
    ["to both"],
  ]);
  expect(console.debug).toBe(quiet);
  console.debug = debug;
});

test("init that is given nonsense rejects with an error of ours", async () => {
  for (const options of [undefined, null, {}, { qrContext: 5 }, { qrContext: {} }, { qrContext: "", host: {} }]) {
    const error = await support.failure(Diag.init(options as never));
    expect(error).toMatchObject({ name: "DiagError", code: expect.any(String) });
  }
});

test.each([
  ["refused", new Uint8Array([0, 97, 115, 109, 1, 0, 0, 1])],
  ["empty", new Uint8Array()],
  ["not there", "http://127.0.0.1:1/x.wasm"],
])("a module that is %s is told, and can be tried again", async (_name, wasm) => {
  vi.resetModules();
  const fresh = (await import("../src/index.js")) as typeof import("../src/index.js");
  const options = { qrContext: await support.ticket(), endpoint: server.origin };
  const error = await support.failure(fresh.Diag.init({ ...options, wasm }));
  expect(error).toMatchObject({ code: "WasmUnavailable", retryable: true });
  const diag = await fresh.Diag.init({ ...options, wasm: support.wasm, captureConsole: false });
  diag.dispose();
});

test("dispose at any moment of a capture ends it with an error of ours", async () => {
  for (const stage of ["sampling", "packing", "signing", "uploading"]) {
    const diag = await open();
    const capture = diag.capture({ onProgress: (at) => { if (at === stage) diag.dispose(); } });
    expect(await support.failure(capture)).toMatchObject({ code: "Disposed" });
  }
});

test("dispose restores every hook, and only what is still ours", async () => {
  const { fetch } = globalThis;
  const { log, error } = console;
  const target = new EventTarget();
  const listeners = new Map<string, number>();
  const count = (by: number) => (name: string, ...rest: [never, never]): void => {
    listeners.set(name, (listeners.get(name) ?? 0) + by);
    if (by > 0) target.addEventListener(name, ...rest);
  };
  vi.stubGlobal("addEventListener", count(1));
  vi.stubGlobal("removeEventListener", count(-1));
  const diag = await open({ captureConsole: true });
  await vi.waitFor(() => expect(diag.diagnostics().integrations).toContain("lifecycle"));
  expect(globalThis.fetch).not.toBe(fetch);
  const theirs = (): void => undefined;
  console.error = theirs;
  diag.dispose();
  expect([globalThis.fetch, console.log, console.error]).toEqual([fetch, log, theirs]);
  console.error = error;
  expect([...listeners.values()].every((left) => left === 0)).toBe(true);
  expect(listeners.size).toBeGreaterThan(4);
});

test("a network that flaps neither loses nor doubles a snapshot", async () => {
  const page = puppet();
  const diag = await open({ host: page.host, uploadPolicy: { attemptsMax: 3, backoffMs: 1, timeoutMs: 100 } });
  const { cut, hang, problem, accepted } = support;
  server.replies = [cut, hang, problem(502, ""), cut, accepted("a"), cut, problem(429, "", { "retry-after": "0" }), accepted("b")];
  const captures = [0, 1, 2].map((n) => {
    diag.log("info", `capture ${n}`);
    return diag.capture().then((answer) => answer.outcome, (error) => error.code);
  });
  const flap = setInterval(() => {
    page.events.network();
    page.events.online();
  }, 7);
  await Promise.all(captures);
  for (let i = 0; i < 20 && diag.diagnostics().queue.items > 0; i++) await diag.flush();
  clearInterval(flap);
  expect(diag.diagnostics()).toMatchObject({ queue: { items: 0 }, counts: { accepted: 3 } });
  const bySequence = new Map(server.snapshots.map((one) => [one.sequence, String(one.bytes)]));
  for (const one of server.snapshots) expect(String(one.bytes)).toBe(bySequence.get(one.sequence));
  expect([...bySequence.keys()].sort()).toEqual([0, 1, 2]);
});

test("a server that is slow: the capture waits no longer than it may, the snapshot stays", async () => {
  const diag = await open({ uploadPolicy: { attemptsMax: 2, timeoutMs: 60, backoffMs: 1 } });
  server.replies = [
    (request, response) => void setTimeout(() => support.accepted()(request, response), 300),
    support.hang,
    support.accepted(),
  ];
  const start = Date.now();
  expect(await support.failure(diag.capture())).toMatchObject({ code: "Timeout", retryable: true });
  expect(Date.now() - start).toBeLessThan(5000);
  expect(await diag.flush()).toMatchObject({ sent: 1, left: 0 });
});

test("answers of every kind of garbage are errors of ours", async () => {
  const raw =
    (head: string): typeof support.hang =>
    (request) => void request.socket.end(head);
  const garbage = [
    raw("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n"),
    raw("\u0000\u0001\u0002"),
    raw("HTTP/9.9 banana\r\n\r\n"),
    support.json(200, "x".repeat(1 << 20)),
    support.json(200, { outcome: "accepted", report_id: "r", capability: "c", control: "off" }),
    support.json(418, []),
    support.json(500, { reason: { deep: true } }),
  ];
  for (const reply of garbage) {
    const diag = await open({ uploadPolicy: { attemptsMax: 1 } });
    server.replies = [reply];
    const result = await diag.capture().then((answer) => answer.outcome, (error) => error.name);
    expect(["DiagError", "accepted"]).toContain(result);
    expect(diag.diagnostics().enabled).toBe(true);
    diag.dispose();
  }
});

test("a host whose every sensor fails still captures", async () => {
  const page = puppet({
    memory: no,
    network: no as never,
    page: no as never,
    device: no as never,
    hidden: no as never,
    capabilities: no as never,
    requests: no as never,
    durable: { keys: no, load: no, store: no },
  });
  const diag = await open({ host: page.host });
  diag.log("info", "x");
  expect(await diag.capture()).toMatchObject({ outcome: "accepted" });
  expect(diag.diagnostics().failures.length).toBeGreaterThan(0);
});
