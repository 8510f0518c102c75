import { afterAll, beforeAll, expect, test } from "vitest";
import { decodeTicket, Diag, DiagError } from "../src/index.js";
import * as support from "./support.js";

let server: support.Server;
beforeAll(async () => {
  server = await support.Server.start();
});
afterAll(() => server.stop());

const full = {
  issuedAt: 1_700_000_000,
  ttl: 600,
  rest: [
    "ERR-DB-001",
    { pod_uid: "a\u00e9", region: 'cn"north' },
    [["ERR-DB-001", "Connection refused"], [null, "second"]],
  ],
};

test("every text form decodes to the same view", async () => {
  const bytes = await support.ticketBytes(full);
  const text = support.asText(bytes);
  const digits = support.asDigits(bytes);
  const view = await decodeTicket(text);
  expect(view).toEqual({
    text,
    ticketId: "07".repeat(16),
    keyId: expect.stringMatching(/^[0-9a-f]{16}$/),
    fingerprint: `sha256:${"09".repeat(32)}`,
    ttl: 1_700_000_600,
    issuedAt: 1_700_000_000,
    code: "ERR-DB-001",
    context: { pod_uid: "a\u00e9", region: 'cn"north' },
    evidence: [{ code: "ERR-DB-001", line: "Connection refused" }, { line: "second" }],
  });
  for (const form of [`https://h.example/s#${text}`, ` ${text}\n`, digits, `https://h.example/s#${digits}`]) {
    expect(await decodeTicket(form)).toEqual(view);
  }
});

test.each([
  ["empty", "", "BadTicket"],
  ["another QR code", "https://example.com/menu", "BadTicket"],
  ["cut short", "FS1.AAAA", "BadTicket"],
  ["not base64url", "FS1.****", "BadTicket"],
  ["digits that are none", "99999999999999999", "BadTicket"],
  ["huge", "FS1.".padEnd(100_000, "A"), "BadTicket"],
])("%s: refused as no ticket, even without network", async (_name, qrContext, code) => {
  const endpoint = "http://127.0.0.1:1";
  const error = await support.failure(Diag.init({ qrContext, endpoint, wasm: support.wasm }));
  expect(error).toBeInstanceOf(DiagError);
  expect(error).toMatchObject({ code, retryable: false, reason: expect.stringMatching(/^ticket_/) });
});

test("a newer ticket version is told apart", async () => {
  const qrContext = await support.ticket({ version: 2 });
  expect(await support.failure(support.open(server, { qrContext }))).toMatchObject({
    code: "TicketUnsupported",
  });
});

test("signature comes before time: a forged ticket that is also expired is forged", async () => {
  const bytes = await support.ticketBytes({ issuedAt: 1000 });
  bytes[bytes.length - 1]! ^= 1;
  const qrContext = support.asText(bytes);
  expect(await support.failure(support.open(server, { qrContext }))).toMatchObject({
    code: "BadSignature",
    reason: "bad_ticket_signature",
  });
});

test("any flipped bit is refused", async () => {
  const good = await support.ticketBytes();
  for (let at = 0; at < good.length; at++) {
    const bytes = good.slice();
    bytes[at]! ^= 1 << at % 8;
    const qrContext = support.asText(bytes);
    const error = await support.failure(support.open(server, { qrContext }));
    expect(error["code"], `byte ${at}`).toMatch(/^(BadTicket|BadSignature|UnknownIssuer|TicketUnsupported)$/);
  }
});

test.each([
  ["just expired, within the allowance", { issuedAt: -800, ttl: 600 }, null],
  ["expired", { issuedAt: -1000, ttl: 600 }, "TicketExpired"],
  ["a little ahead, within the allowance", { issuedAt: 200 }, null],
  ["from the future", { issuedAt: 400 }, "TicketNotYetValid"],
])("%s", async (_name, { issuedAt, ttl }: { issuedAt: number; ttl?: number }, code) => {
  const parts = { issuedAt: support.now() + issuedAt, ...(ttl && { ttl }) };
  const opening = support.open(server, { qrContext: await support.ticket(parts) });
  if (code === null) return (await opening).dispose();
  expect(await support.failure(opening)).toMatchObject({ code, details: expect.anything() });
});

test("an issuer that is not accepted", async () => {
  const qrContext = await support.ticket({ issuer: await support.issuer(2) });
  expect(await support.failure(support.open(server, { qrContext }))).toMatchObject({
    code: "UnknownIssuer",
  });
  const { publicKey } = await support.issuer(2);
  const keyId = support.keyIdOf(publicKey).toString("hex");
  for (const key of [{ publicKey }, { publicKey, keyId }]) {
    const diag = await support.open(server, { qrContext, issuerKeys: [key] });
    expect(diag.ticket.text).toBe(qrContext);
    diag.dispose();
  }
});

test("a pinned key without its id can't tell a forged ticket from a stranger's", async () => {
  const bytes = await support.ticketBytes();
  bytes[bytes.length - 1]! ^= 1;
  const qrContext = support.asText(bytes);
  const { publicKey } = await support.issuer(1);
  const keyId = support.keyIdOf(publicKey).toString("hex");
  const open = (key: object): Promise<Record<string, unknown>> =>
    support.failure(support.open(server, { qrContext, issuerKeys: [{ publicKey, ...key }] }));
  expect(await open({})).toMatchObject({ code: "UnknownIssuer" });
  expect(await open({ keyId })).toMatchObject({ code: "BadSignature" });
});

test("pinned keys in base64url need no request; a decoded ticket opens a session too", async () => {
  const { publicKey } = await support.issuer(1);
  const key = Buffer.from(publicKey).toString("base64url");
  const qrContext = await decodeTicket(await support.ticket());
  const diag = await support.open(server, {
    qrContext,
    endpoint: "http://127.0.0.1:1",
    issuerKeys: [{ publicKey: key }],
  });
  expect(diag.ticket).toEqual(qrContext);
  diag.dispose();
});

test("keys that can't be read are an error of their own", async () => {
  const other = await support.Server.start();
  for (const reply of [support.json(500, {}), support.json(200, { keys: 3 }), support.cut, support.hang]) {
    other.keys = reply;
    expect(await support.failure(support.open(other))).toMatchObject({
      code: "KeysUnavailable",
      retryable: true,
    });
  }
  await other.stop();
});

test("the server's clock decides where it can be seen", async () => {
  const other = await support.Server.start();
  const publicKey = Buffer.from((await support.issuer(1)).publicKey).toString("base64url");
  const later = Date.now() + 7_200_000;
  const date = new Date(later).toUTCString();
  const key = { key_id: "", public_key: publicKey };
  other.keys = support.json(200, { keys: [key] }, { date });
  const qrContext = await support.ticket({ issuedAt: Math.floor(later / 1000) });
  const diag = await support.open(other, { qrContext });
  expect(diag.diagnostics().clockSkewMs).toBeGreaterThan(7_100_000);
  diag.dispose();
  await other.stop();
});

test.each([
  [{ endpoint: "ftp://x" }],
  [{ endpoint: "" }],
  [{ snapshotPolicy: { logLines: 0 } }],
  [{ snapshotPolicy: { logLines: 5000 } }],
  [{ snapshotPolicy: { logBytes: Number.NaN } }],
  [{ uploadPolicy: { attemptsMax: 1000 } }],
  [{ issuerKeys: [{ publicKey: "short" }] }],
  [{ issuerKeys: [{ publicKey: "A".repeat(43), keyId: "xyz" }] }],
])("options that make no sense: %j", async (options) => {
  expect(await support.failure(support.open(server, options))).toMatchObject({ code: "BadOptions" });
});
