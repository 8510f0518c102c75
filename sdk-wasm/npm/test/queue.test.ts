/** What waits outlives the app, and leaves storage only on the server's word. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fromBase64, toBase64 } from "../src/base64.js";
import { browserHost } from "../src/host/browser.js";
import type { Diag, DiagOptions } from "../src/index.js";
import * as support from "./support.js";

let server: support.Server;
let local: support.Storage;
const opened: Diag[] = [];
beforeEach(async () => {
  server = await support.Server.start();
  local = new support.Storage();
  vi.stubGlobal("localStorage", local);
  vi.stubGlobal("sessionStorage", new support.Storage());
});
afterEach(async () => {
  for (const diag of opened.splice(0)) diag.dispose();
  vi.unstubAllGlobals();
  await server.stop();
});

const open = async (options: Partial<DiagOptions> = {}): Promise<Diag> => {
  const diag = await support.open(server, { uploadPolicy: { attemptsMax: 1 }, ...options });
  opened.push(diag);
  return diag;
};
const ready = (diag: Diag): Promise<void> =>
  vi.waitFor(() => expect(diag.diagnostics().integrations).toContain("persistence"));
const waiting = (): string[] => [...local.items.keys()].filter((key) => key.startsWith("faultscan:q:"));

test("a snapshot that could not be sent goes with the next start, whatever the next ticket is", async () => {
  const first = await open();
  await ready(first);
  server.replies = [support.cut];
  first.log("error", "the last words");
  expect(await support.failure(first.capture())).toMatchObject({ code: "Offline" });
  expect(waiting()).toEqual([`faultscan:q:${"07".repeat(16)}.0`]);
  first.dispose();
  expect(waiting()).toHaveLength(1);
  server.replies = [support.accepted()];
  server.snapshots.length = 0;
  const second = await open({ qrContext: await support.ticket({ id: 8 }) });
  await vi.waitFor(() => expect(server.snapshots).toHaveLength(1));
  await vi.waitFor(() => expect(waiting()).toEqual([]));
  const [late] = server.snapshots;
  expect(late).toMatchObject({ sequence: 0, signatureHolds: true });
  expect(late!.lines.at(-1)!.message).toBe("the last words");
  expect(second.diagnostics()).toMatchObject({
    queue: { items: 0 },
    counts: { restored: 1, accepted: 1 },
    capabilities: { persistentQueue: true },
  });
});

test("it is stored before it is sent, and forgotten only once the server has it", async () => {
  const diag = await open({ uploadPolicy: { attemptsMax: 3 } });
  await ready(diag);
  const seen: number[] = [];
  const watched =
    (reply: typeof support.hang): typeof support.hang =>
    (request, response) => {
      seen.push(waiting().length);
      reply(request, response);
    };
  server.replies = [
    watched(support.problem(503, "overloaded")),
    watched(support.json(200, "garbage")),
    watched(support.accepted()),
  ];
  await diag.capture();
  expect(seen).toEqual([1, 1, 1]);
  expect(waiting()).toEqual([]);
});

test("what the server has taken is out of storage, though the session ends at once", async () => {
  const diag = await open();
  await ready(diag);
  await diag.capture().then(() => diag.dispose());
  expect(waiting()).toEqual([]);
});

test("what is refused for good is forgotten too", async () => {
  const diag = await open();
  await ready(diag);
  server.replies = [support.problem(410, "ticket_expired")];
  expect(await support.failure(diag.capture())).toMatchObject({ code: "TicketExpired" });
  expect(waiting()).toEqual([]);
});

test("a snapshot sealed before the storage's file was loaded is stored once it is", async () => {
  server.replies = [support.hang];
  const diag = await open({ uploadPolicy: { timeoutMs: 5000, attemptsMax: 1 } });
  const capture = support.failure(diag.capture());
  await vi.waitFor(() => expect(waiting()).toHaveLength(1));
  diag.dispose();
  expect(await capture).toMatchObject({ code: "Disposed" });
});

test.each(["full", "refused"] as const)("storage that is %s leaves the queue in memory", async (how) => {
  local[how] = true;
  const diag = await open();
  await ready(diag);
  server.replies = [support.cut];
  expect(await support.failure(diag.capture())).toMatchObject({ code: "Offline" });
  expect(diag.diagnostics()).toMatchObject({ queue: { items: 1 }, counts: { unstored: 1 } });
  server.replies = [support.accepted()];
  expect(await diag.flush()).toEqual({ sent: 1, refused: 0, left: 0 });
});

test("what belongs to another server stays, what is broken or too old goes", async () => {
  const id = "0a".repeat(16);
  const now = Date.now();
  const record = (age: number, to: string): string => `${now - age} ${to} ${toBase64(new Uint8Array(300))}`;
  local.items.set(`faultscan:q:${id}.1`, record(1000, "https://elsewhere.example"));
  local.items.set(`faultscan:q:${id}.2`, "nonsense");
  local.items.set(`faultscan:q:${id}.x`, record(1000, server.origin));
  local.items.set(`faultscan:q:${id}.3`, record(90_000_000, server.origin));
  local.items.set("cart", "3 apples");
  const diag = await open();
  await ready(diag);
  await vi.waitFor(() => expect(waiting()).toEqual([`faultscan:q:${id}.1`]));
  expect(local.items.get("cart")).toBe("3 apples");
  expect(diag.diagnostics().counts.evicted).toBe(1);
  expect(server.snapshots).toHaveLength(0);
});

test("the bounds hold over restarts: the oldest go first", async () => {
  server.replies = [support.cut];
  const first = await open();
  await ready(first);
  for (let i = 0; i < 5; i++) await support.failure(first.capture());
  first.dispose();
  expect(waiting()).toHaveLength(5);
  const second = await open({ uploadPolicy: { attemptsMax: 1, queueItems: 2 } });
  await vi.waitFor(() => expect(waiting()).toHaveLength(2));
  expect(waiting().map((key) => key.at(-1))).toEqual(["3", "4"]);
  expect(second.diagnostics().queue.items).toBe(2);
});

test("two sessions of one page never have the same snapshot in both queues", async () => {
  server.replies = [support.cut];
  const one = await open();
  await ready(one);
  await support.failure(one.capture());
  const two = await open({ qrContext: await support.ticket({ id: 8 }) });
  await ready(two);
  expect([one, two].map((diag) => diag.diagnostics().queue.items)).toEqual([1, 0]);
});

test("when the app is hidden, what waits is tried at once, and again when it is seen", async () => {
  const told: { visibility?(hidden: boolean): void } = {};
  const watch = (events: typeof told) => {
    told.visibility = events.visibility;
    return () => undefined;
  };
  const diag = await open({
    host: { ...browserHost(), watch, hideGraceMs: 100 },
    uploadPolicy: { attemptsMax: 4, backoffMs: 60_000, backoffMaxMs: 60_000 },
  });
  await ready(diag);
  server.replies = [support.problem(500, "x"), support.cut, support.accepted()];
  const capture = diag.capture();
  await vi.waitFor(() => expect(diag.diagnostics().counts.retried).toBe(1));
  capture.catch(() => undefined);
  told.visibility?.(true);
  await vi.waitFor(() => expect(server.snapshots).toHaveLength(2));
  await vi.waitFor(() => expect(diag.diagnostics().counts.parked).toBe(1));
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(server.snapshots).toHaveLength(2);
  told.visibility?.(false);
  await vi.waitFor(() => expect(diag.diagnostics().counts.accepted).toBe(1));
  expect(waiting()).toEqual([]);
});

test("a small body may outlive its page, a large one would use up the browser's budget", async () => {
  const { fetch } = globalThis;
  const seen: [number, boolean | undefined][] = [];
  vi.stubGlobal("fetch", (...given: Parameters<typeof fetch>) => {
    const body = given[1]?.body as Uint8Array | null | undefined;
    if (body) seen.push([body.length, given[1]?.keepalive]);
    return fetch(...given);
  });
  const diag = await open({
    snapshotPolicy: { logLines: 2000, logBytes: 1 << 20, rttIntervalS: 0 },
    uploadPolicy: { timeoutMs: 20_000 },
  });
  await diag.capture();
  for (let i = 0; i < 1500; i++) {
    diag.log("info", Array.from({ length: 60 }, () => String.fromCharCode(0x4e00 + Math.random() * 20000)).join(""));
  }
  await diag.capture();
  expect(seen.map(([bytes, keepalive]) => [bytes > 60_000, keepalive])).toEqual([
    [false, true],
    [true, false],
  ]);
});

test("base64 of every length comes back", () => {
  for (let length = 0; length < 40; length++) {
    const bytes = Uint8Array.from({ length }, (_, at) => (at * 37 + length * 11) & 0xff);
    expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString("base64url"));
    expect([...fromBase64(toBase64(bytes))!]).toEqual([...bytes]);
  }
  expect(fromBase64("a*")).toBeNull();
});
