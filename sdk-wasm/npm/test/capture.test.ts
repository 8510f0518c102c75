import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Diag, type DiagOptions, DiagError } from "../src/index.js";
import * as support from "./support.js";

let server: support.Server;
let diag: Diag | undefined;
beforeEach(async () => {
  server = await support.Server.start();
});
afterEach(async () => {
  diag?.dispose();
  diag = undefined;
  vi.unstubAllGlobals();
  await server.stop();
});
const open = async (options: Partial<DiagOptions> = {}): Promise<Diag> => {
  diag = await support.open(server, options);
  return diag;
};

test("a captured snapshot is what the server reads", async () => {
  const diag = await open({ app: { name: "shop", version: "1.2" } });
  diag.log("error", "dial tcp 10.0.0.7:5432: connect: connection refused", "net");
  diag.log("info", "日本語 😀");
  diag.log("fatal", "token=abcdef0123456789abcdef password=hunter2secret");
  const stages: string[] = [];
  const answer = await diag.capture({ onProgress: (stage) => stages.push(stage) });
  expect(stages).toEqual(["sampling", "packing", "signing", "uploading", "done"]);
  expect(answer).toEqual({
    outcome: "accepted",
    reportId: "r1",
    capability: "c1",
    reportUrl: "/r#r1.c1",
    receivedAtMs: 5,
    clockSkewMs: -3,
    diagnosis: { status: "explained" },
  });
  const [snapshot] = server.snapshots;
  expect(snapshot).toMatchObject({ sequence: 0, signatureHolds: true });
  expect(support.asText(snapshot!.ticket)).toBe(diag.ticket.text);
  const { body } = snapshot!;
  expect(Math.abs(body["captured_at_ms"] - Date.now())).toBeLessThan(10_000);
  expect(body["sdk"]).toEqual({ name: "faultscan-sdk-wasm", version: "0.0.0", host: "browser" });
  expect(body["app"]).toEqual({ name: "shop", version: "1.2" });
  const { lines } = snapshot!;
  expect(lines.slice(0, 2)).toEqual([
    { level: 4, source: "net", message: "dial tcp 10.0.0.7:5432: connect: connection refused" },
    { level: 2, source: "app", message: "日本語 😀" },
  ]);
  expect(lines[2]!.message).not.toMatch(/hunter2|abcdef0123/);
});

test("sequence numbers rise, and the newest lines within the bounds go", async () => {
  const diag = await open({ snapshotPolicy: { logLines: 5, rttIntervalS: 0 } });
  for (let i = 0; i < 20; i++) diag.log("info", `line ${i}`);
  await diag.capture();
  await diag.capture();
  expect(server.snapshots.map((snapshot) => snapshot.sequence)).toEqual([0, 1]);
  const [first, second] = server.snapshots;
  expect(first!.lines.map((line) => line.message)).toEqual(["line 15", "line 16", "line 17", "line 18", "line 19"]);
  expect(first!.body["dropped"]).toEqual({ log_lines: 15 });
  expect(second!.body["dropped"]).toBeUndefined();
  expect(first!.sessionKey).toBe(second!.sessionKey);
});

test("retries send the same bytes, with pauses, until the server takes them", async () => {
  const diag = await open();
  const { cut, problem, accepted, hang } = support;
  server.replies = [problem(503, "overloaded", { "retry-after": "1" }), cut, hang, accepted()];
  diag.log("warn", "x");
  const start = Date.now();
  expect((await diag.capture()).outcome).toBe("accepted");
  expect(Date.now() - start).toBeGreaterThanOrEqual(1000);
  expect(server.snapshots).toHaveLength(4);
  const [first, ...others] = server.snapshots;
  for (const other of others) expect(other.bytes).toEqual(first!.bytes);
  expect(diag.diagnostics().counts).toMatchObject({ retried: 3, accepted: 1, captured: 1 });
});

test.each([
  [400, "bad_body", "Refused"],
  [401, "bad_ticket_signature", "BadSignature"],
  [403, "unknown_issuer", "UnknownIssuer"],
  [403, "issuer_revoked", "UnknownIssuer"],
  [409, "ticket_bound_to_other_session", "Refused"],
  [410, "ticket_expired", "TicketExpired"],
  [425, "", "ServerError"],
  [401, "ticket_not_yet_valid", "TicketNotYetValid"],
  [413, "body_too_large", "Refused"],
  [500, "internal", "ServerError"],
  [503, "overloaded", "ServerError"],
])("status %i %s is %s", async (status, reason, code) => {
  const diag = await open({ uploadPolicy: { attemptsMax: 1 } });
  server.replies = [support.problem(status, reason)];
  const error = await support.failure(diag.capture());
  expect(error).toBeInstanceOf(DiagError);
  const retryable = code === "ServerError";
  expect(error).toMatchObject({ code, retryable, details: { status } });
  if (reason) expect(error).toMatchObject({ reason, message: `it is ${reason}` });
  expect(diag.diagnostics().queue.items).toBe(retryable ? 1 : 0);
});

test.each([
  ["not JSON", support.json(200, "<html>")],
  ["another JSON", support.json(200, { ok: true })],
  ["an outcome nobody knows", support.json(200, { outcome: "eaten", report_id: "", capability: "" })],
  ["no content", ((_q, r) => void r.writeHead(204).end()) as typeof support.hang],
])("an answer that makes no sense is a server error, and is tried again: %s", async (_name, reply) => {
  const diag = await open({ uploadPolicy: { attemptsMax: 2 } });
  server.replies = [reply];
  expect(await support.failure(diag.capture())).toMatchObject({
    code: "ServerError",
    reason: "bad_answer",
    retryable: true,
  });
  expect(server.snapshots).toHaveLength(2);
});

test("a snapshot that could not be sent waits, and flush sends it", async () => {
  const diag = await open({ uploadPolicy: { attemptsMax: 2 } });
  server.replies = [support.cut];
  expect(await support.failure(diag.capture())).toMatchObject({ code: "Offline", retryable: true });
  expect(diag.diagnostics()).toMatchObject({ queue: { items: 1 }, counts: { parked: 1 } });
  expect(await diag.flush()).toEqual({ sent: 0, refused: 0, left: 1 });
  server.replies = [support.accepted()];
  expect(await diag.flush()).toEqual({ sent: 1, refused: 0, left: 0 });
  expect(new Set(server.snapshots.map((snapshot) => String(snapshot.bytes))).size).toBe(1);
  expect(await diag.flush()).toEqual({ sent: 0, refused: 0, left: 0 });
});

test("timeouts are told as such", async () => {
  const diag = await open({ uploadPolicy: { attemptsMax: 1, timeoutMs: 50 } });
  server.replies = [support.hang];
  expect(await support.failure(diag.capture())).toMatchObject({ code: "Timeout", retryable: true });
});

test("a full queue gives up the oldest", async () => {
  const diag = await open({ uploadPolicy: { attemptsMax: 1, queueItems: 2 } });
  server.replies = [support.cut];
  for (let i = 0; i < 4; i++) await support.failure(diag.capture());
  expect(diag.diagnostics()).toMatchObject({ queue: { items: 2 }, counts: { evicted: 2 } });
  server.replies = [support.accepted()];
  server.snapshots.length = 0;
  expect(await diag.flush()).toMatchObject({ sent: 2, left: 0 });
  expect(server.snapshots.map((snapshot) => snapshot.sequence)).toEqual([2, 3]);
});

test("never more than one request at a time", async () => {
  let [running, most] = [0, 0];
  const { fetch } = globalThis;
  vi.stubGlobal("fetch", (...given: Parameters<typeof fetch>) => {
    most = Math.max(most, ++running);
    return fetch(...given).finally(() => running--);
  });
  const diag = await open({ snapshotPolicy: { rttIntervalS: 0.01 } });
  const slow = (reply: typeof support.hang) => (q: never, r: never) => void setTimeout(() => reply(q, r), 20);
  server.ping = slow(server.ping);
  server.replies = [slow(support.accepted())];
  await Promise.all([diag.capture(), diag.capture(), diag.capture()]);
  await vi.waitFor(() => expect(server.pings).toBeGreaterThan(3));
  expect(most).toBe(1);
  expect(server.snapshots.map((snapshot) => snapshot.sequence)).toEqual([0, 1, 2]);
});

test("an upload does not wait for a probe that hangs", async () => {
  server.ping = support.hang;
  const diag = await open({ snapshotPolicy: { rttIntervalS: 60 } });
  const start = Date.now();
  await diag.capture();
  expect(Date.now() - start).toBeLessThan(3000);
  expect(diag.meters()).toMatchObject({ rttSent: 0, rttLost: 0 });
});

test("round trips are measured, losses counted, and both are in the snapshot", async () => {
  const diag = await open({ snapshotPolicy: { rttIntervalS: 0.02 } });
  await vi.waitFor(() => expect(diag.meters().rttSent).toBeGreaterThanOrEqual(2));
  server.ping = support.cut;
  await vi.waitFor(() => expect(diag.meters().rttLost).toBeGreaterThanOrEqual(2));
  const { rttMs, rttSamples, rttLost, rttSent } = diag.meters();
  expect(rttMs).toBeGreaterThan(0);
  expect(rttSamples).toHaveLength(rttSent);
  expect(rttSamples.filter((sample) => sample === null)).toHaveLength(rttLost);
  await diag.capture();
  const rtt = server.snapshots[0]!.body["rtt"];
  expect(rtt.at_ms).toHaveLength(rtt.sent);
  expect(rtt.rtt_ms.filter((value: unknown) => value === null)).toHaveLength(rtt.lost);
  expect(rtt.at_ms.every((at: number) => at <= 0)).toBe(true);
});

test("onSnapshotReady decides what happens with the bytes", async () => {
  const seen: number[] = [];
  const held = await open({ onSnapshotReady: (payload) => void seen.push(payload.bytes.length) });
  expect(await held.capture()).toMatchObject({ outcome: "held", reportId: "" });
  expect(seen).toHaveLength(1);
  expect(server.snapshots).toHaveLength(0);
  held.dispose();
  const sent: Diag = await open({
    onSnapshotReady: (payload) => {
      expect(payload).toMatchObject({ sequence: 0, logLines: 1 });
      return sent.upload(payload);
    },
  });
  sent.log("info", "x");
  expect(await sent.capture()).toMatchObject({ outcome: "accepted" });
});

test("the server can switch the SDK off", async () => {
  const diag = await open();
  server.replies = [
    support.json(200, { outcome: "accepted", report_id: "r", capability: "c", control: { enabled: false } }),
  ];
  await diag.capture();
  diag.log("info", "not kept");
  expect(diag.diagnostics()).toMatchObject({ enabled: false, counts: { linesLogged: 0 } });
  expect(await support.failure(diag.capture())).toMatchObject({ code: "Disabled" });
});

test("abort gives up waiting, and the snapshot is kept", async () => {
  const diag = await open({ uploadPolicy: { attemptsMax: 1 } });
  server.replies = [support.hang];
  const abort = new AbortController();
  const capture = support.failure(diag.capture({ signal: abort.signal }));
  await vi.waitFor(() => expect(server.snapshots).toHaveLength(1));
  abort.abort();
  expect(await capture).toMatchObject({ code: "Aborted" });
  await vi.waitFor(() => expect(diag.diagnostics().counts.parked).toBe(1));
  server.replies = [support.accepted()];
  expect(await diag.flush()).toMatchObject({ sent: 1 });
  const gone = AbortSignal.abort();
  expect(await support.failure(diag.capture({ signal: gone }))).toMatchObject({ code: "Aborted" });
});

test("dispose during an upload rejects it and leaves nothing running", async () => {
  const diag = await open({ snapshotPolicy: { rttIntervalS: 0.01 } });
  server.replies = [support.hang];
  const capture = support.failure(diag.capture());
  await vi.waitFor(() => expect(server.snapshots).toHaveLength(1));
  diag.dispose();
  diag.dispose();
  expect(await capture).toMatchObject({ code: "Disposed" });
  expect(await support.failure(diag.capture())).toMatchObject({ code: "Disposed" });
  diag.log("info", "ignored");
  expect(diag.meters()).toMatchObject({ fps: null, logLines: 0, rttSent: 0 });
  expect(diag.diagnostics()).toMatchObject({ disposed: true, queue: { items: 0 } });
  expect(await diag.flush()).toEqual({ sent: 0, refused: 0, left: 0 });
  const { pings } = server;
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(server.pings).toBe(pings);
});

class Storage {
  readonly items = new Map<string, string>();
  full = false;
  getItem = (key: string): string | null => this.items.get(key) ?? null;
  removeItem = (key: string): void => void this.items.delete(key);
  setItem = (key: string, value: string): void => {
    if (this.full) throw new Error("QuotaExceededError");
    this.items.set(key, value);
  };
}

test("a reload goes on with the same key and the next number", async () => {
  const storage = new Storage();
  vi.stubGlobal("sessionStorage", storage);
  const first = await open();
  await first.capture();
  first.dispose();
  const second = await open();
  expect(second.diagnostics()).toMatchObject({ sessionPersisted: true, nextSequence: 1 });
  await second.capture();
  const [before, after] = server.snapshots;
  expect(after!.sessionKey).toBe(before!.sessionKey);
  expect(after!.sequence).toBe(1);
  second.dispose();
  const other = await open({ qrContext: await support.ticket({ id: 8 }) });
  await other.capture();
  expect(server.snapshots[2]!.sessionKey).not.toBe(before!.sessionKey);
});

test("two sessions with one ticket on one page never use a number twice", async () => {
  vi.stubGlobal("sessionStorage", new Storage());
  const one = await open();
  const two = await support.open(server);
  for (const session of [one, two, two, one]) await session.capture();
  two.dispose();
  expect(server.snapshots.map((snapshot) => snapshot.sequence)).toEqual([0, 1, 2, 3]);
  expect(new Set(server.snapshots.map((snapshot) => snapshot.sessionKey)).size).toBe(1);
});

test("a number that is taken is left behind", async () => {
  const diag = await open();
  server.replies = [support.problem(409, "sequence_conflict"), support.accepted()];
  expect(await support.failure(diag.capture())).toMatchObject({ reason: "sequence_conflict" });
  await diag.capture();
  expect(server.snapshots[1]!.sequence).toBeGreaterThan(1);
});

test.each([
  ["full", (storage: Storage) => (storage.full = true)],
  ["holding nonsense", (storage: Storage) => storage.items.set(`faultscan:${"07".repeat(16)}`, "{}")],
])("storage that is %s does no harm", async (_name, spoil) => {
  const storage = new Storage();
  spoil(storage);
  vi.stubGlobal("sessionStorage", storage);
  expect(await (await open()).capture()).toMatchObject({ outcome: "accepted" });
});

test("without secure randomness there is no session", async () => {
  const qrContext = await support.ticket();
  vi.stubGlobal("crypto", {});
  expect(await support.failure(support.open(server, { qrContext }))).toMatchObject({ code: "RandomUnavailable" });
});

test("a page that redefines its world later does not reach the SDK", async () => {
  const diag = await open();
  vi.stubGlobal("fetch", () => { throw new Error("mine"); });
  const RealDate = Date;
  vi.stubGlobal("Date", class { static now = (): string => "never"; static parse = RealDate.parse; });
  diag.log("info", "x");
  expect(await diag.capture()).toMatchObject({ outcome: "accepted" });
});

test("an app's callback that throws changes nothing", async () => {
  const diag = await open();
  const onProgress = (): never => { throw new Error("app bug"); };
  expect(await diag.capture({ onProgress })).toMatchObject({ outcome: "accepted" });
  expect(diag.diagnostics().failures).toHaveLength(5);
});
