/** Who may be recorded, and who says so: the person, the server, the app. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Diag, DiagOptions, SnapshotDraft } from "../src/index.js";
import { puppet } from "./puppet.js";
import * as support from "./support.js";

let server: support.Server;
let local: support.Storage;
let session: support.Storage;
const opened: Diag[] = [];
beforeEach(async () => {
  server = await support.Server.start();
  [local, session] = [new support.Storage(), new support.Storage()];
  vi.stubGlobal("localStorage", local);
  vi.stubGlobal("sessionStorage", session);
});
afterEach(async () => {
  for (const diag of opened.splice(0)) diag.dispose();
  vi.unstubAllGlobals();
  vi.useRealTimers();
  await server.stop();
});
const open = async (options: Partial<DiagOptions> = {}): Promise<Diag> => {
  const diag = await support.open(server, { uploadPolicy: { attemptsMax: 1 }, ...options });
  opened.push(diag);
  return diag;
};
const says = (control: object) =>
  support.json(200, { outcome: "accepted", report_id: "r", capability: "c", control });

test("before consent nothing is recorded, stored or sent", async () => {
  const { log } = console;
  const diag = await open({ consent: "required", captureConsole: true, snapshotPolicy: { rttIntervalS: 0.01 } });
  expect(console.log).toBe(log);
  diag.log("error", "unseen");
  for (const work of [diag.capture(), diag.upload({} as never)]) {
    expect(await support.failure(work)).toMatchObject({ code: "ConsentRequired" });
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(server.pings).toBe(0);
  expect([local.items.size, session.items.size]).toEqual([0, 0]);
  expect(diag.diagnostics()).toMatchObject({ consent: false, integrations: [], counts: { linesLogged: 0 } });
  expect(diag.meters()).toMatchObject({ logLines: 0, fpsSource: "none" });

  diag.consent(true);
  expect(console.log).not.toBe(log);
  diag.log("error", "seen");
  expect(await diag.capture()).toMatchObject({ outcome: "accepted" });
  expect(server.snapshots[0]!.lines.map((line) => line.message)).toEqual(["seen"]);
});

test("consent taken back deletes what was recorded and what waits", async () => {
  const { log } = console;
  const diag = await open({ captureConsole: true });
  await vi.waitFor(() => expect(diag.diagnostics().integrations).toContain("persistence"));
  server.replies = [support.cut];
  diag.log("error", "regretted");
  await support.failure(diag.capture());
  expect([...local.items.keys()]).toHaveLength(1);
  diag.consent(false);
  expect([local.items.size, session.items.size]).toEqual([0, 0]);
  expect(console.log).toBe(log);
  expect(diag.diagnostics()).toMatchObject({ queue: { items: 0, bytes: 0 }, integrations: [] });
  server.replies = [support.accepted()];
  expect(await diag.flush()).toEqual({ sent: 0, refused: 0, left: 0 });
  expect(server.snapshots).toHaveLength(1);
  diag.consent(true);
  diag.log("info", "anew");
  await diag.capture();
  expect(server.snapshots[1]!.lines.map((line) => line.message)).toEqual(["anew"]);
  expect(server.snapshots[1]!.sequence).toBe(1);
});

test("a capture under way when consent is taken back is not sent", async () => {
  let release: () => void = () => undefined;
  const diag = await open({
    beforeSend: () => new Promise<void>((resolve) => { release = resolve; }),
  });
  const capture = support.failure(diag.capture());
  await vi.waitFor(() => expect(release).not.toBe(undefined));
  await new Promise((resolve) => setTimeout(resolve, 20));
  diag.consent(false);
  release();
  expect(await capture).toMatchObject({ code: "ConsentRequired" });
  expect(server.snapshots).toHaveLength(0);
});

test("the kill switch holds over a restart, for a while, and for tickets of the same issuer", async () => {
  const first = await open();
  server.replies = [says({ enabled: false, sample_rate: 1 })];
  await first.capture();
  first.dispose();
  const second = await open({ captureConsole: true });
  second.log("info", "not kept");
  expect(second.diagnostics()).toMatchObject({ enabled: false, integrations: [], counts: { linesLogged: 0 } });
  expect(await support.failure(second.capture())).toMatchObject({ code: "Disabled" });
  expect(server.snapshots).toHaveLength(1);

  const issuer = await support.issuer(2);
  const qrContext = await support.ticket({ issuer, id: 9 });
  const other = await open({ qrContext, issuerKeys: [{ publicKey: issuer.publicKey }] });
  expect(other.diagnostics().enabled).toBe(true);

  const { nowMs, ...rest } = puppet().host;
  const later = await open({ host: { ...rest, nowMs: () => nowMs() + 3_700_000 }, qrContext: await support.ticket({ id: 8, ttl: 9000 }) });
  expect(later.diagnostics().enabled).toBe(true);
  server.replies = [says({ enabled: true, sample_rate: 1 })];
  await later.capture();
  expect((await open()).diagnostics().enabled).toBe(true);
});

test("sampling holds over a restart and chooses the same sessions", async () => {
  const first = await open({ qrContext: await support.ticket({ id: 0x80 }) });
  server.replies = [says({ enabled: true, sample_rate: 0.4 })];
  await first.capture();
  expect(first.diagnostics().sampled).toBe(false);
  for (const [id, sampled] of [[0x80, false], [0x20, true], [0x70, false], [0x60, true]] as const) {
    const diag = await open({ qrContext: await support.ticket({ id }) });
    expect(diag.diagnostics().sampled).toBe(sampled);
  }
});

test.each(["nonsense", `${"0".repeat(16)} NaN 0 0`, ""])("a remembered word that makes no sense is none: %j", async (text) => {
  local.items.set("faultscan:control", text);
  expect((await open()).diagnostics()).toMatchObject({ enabled: true, sampled: true });
});

test("beforeSend sees the scrubbed snapshot and decides what goes", async () => {
  vi.stubGlobal("location", { origin: "https://shop.example", pathname: "/orders/4711" });
  const seen: SnapshotDraft[] = [];
  const diag = await open({
    app: { name: "shop", version: "1" },
    scrubRules: [/order-\d+/, { pattern: /\/orders\/\d+/g, replacement: "/orders/…" }],
    beforeSend(draft) {
      seen.push(structuredClone(draft));
      draft.lines = draft.lines.filter((line) => line.level !== "debug");
      draft.lines.push({ atMs: Date.now(), level: "warn", source: "note", message: "it happens on Mondays" });
      draft.page = "";
      draft.events = [];
    },
  });
  diag.log("debug", "private");
  diag.log("error", "order-4711 failed, password=hunter2hunter2");
  await diag.capture();
  const [draft] = seen;
  expect(draft).toMatchObject({
    cause: "capture",
    page: "https://shop.example/orders/…",
    facts: { host: "browser", app: "shop", appVersion: "1" },
  });
  expect(draft!.lines.map((line) => line.level)).toEqual(["debug", "error"]);
  expect(draft!.lines[1]!.message).toMatch(/^\[redacted:custom\] failed, password=\[redacted/);
  const [snapshot] = server.snapshots;
  expect(snapshot!.lines.map(({ level, source, message }) => [level, source, message.slice(0, 20)])).toEqual([
    [4, "app", "[redacted:custom] fa"],
    [3, "note", "it happens on Monday"],
  ]);
  expect(snapshot!.body["app"]).toEqual({ name: "shop", version: "1" });
  expect(snapshot!.body["items"]).toBeUndefined();
});

test.each([
  ["null", () => null],
  ["false", async () => false],
  ["an error", () => { throw new Error("app bug"); }],
  ["a draft that is none", (draft: SnapshotDraft) => void Object.assign(draft, { lines: [null] })],
])("beforeSend withholds by %s", async (_name, beforeSend) => {
  const diag = await open({ beforeSend });
  expect(await support.failure(diag.capture())).toMatchObject({ code: "Withheld", retryable: false });
  expect(server.snapshots).toHaveLength(0);
  expect(diag.diagnostics().queue.items).toBe(0);
});

test("what beforeSend puts in is bounded and scrubbed like everything else", async () => {
  const diag = await open({
    beforeSend(draft) {
      draft.lines = [
        { atMs: Number.NaN, level: "loud" as never, source: 5 as never, message: "token=abcdef0123456789abcdef" },
        { atMs: 0, level: "info", source: "x", message: { toString: () => "an object" } as never },
        { atMs: Date.now(), level: "info", source: "x", message: "y".repeat(1 << 20) },
      ];
      draft.events.push({ kind: "forged", atMs: 0, text: "x", value: 1 });
    },
  });
  await diag.capture();
  const { lines, body } = server.snapshots[0]!;
  expect(lines.some((line) => line.message.includes("abcdef0123"))).toBe(false);
  expect(Math.max(...lines.map((line) => line.message.length))).toBe(16384);
  expect(body["items"]).toBeUndefined();
});

test("rules that are none are refused before anything is recorded", async () => {
  for (const scrubRules of [["secret"], [{ pattern: "x", replacement: "" }]] as never[]) {
    expect(await support.failure(open({ scrubRules }))).toMatchObject({ code: "BadOptions" });
  }
});

test("rules with flags of their own hold everywhere in a line", async () => {
  const diag = await open({ scrubRules: [/id=\w+/gi, /^x/y] });
  diag.log("info", "x ID=one id=two");
  await diag.capture();
  expect(server.snapshots[0]!.lines[0]!.message).toBe(
    "[redacted:custom] [redacted:custom] [redacted:custom]",
  );
});
