/** The golden vectors of docs/spec/vectors, which the Rust code reads too. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { browserHost } from "../src/host/browser.js";
import { decodeTicket, Diag } from "../src/index.js";
import * as support from "./support.js";

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../docs/spec/vectors/${name}.json`, import.meta.url), "utf8"));

interface Tickets {
  issuers: string[];
  keys: { name: string; key_id: string; public_key_base64url: string }[];
  good: {
    about: string;
    bytes: string;
    base64url: string;
    decimal: string;
    url: string;
    claims: Record<string, never> & { issued_at_s: number; ttl_s: number };
  }[];
  bad: { name: string; bytes?: string; text?: string; now_s?: number; reason: string }[];
}
const tickets = read("ticket") as Tickets;
const issuerKeys = tickets.keys
  .filter((key) => tickets.issuers.includes(key.name))
  .map((key) => ({ keyId: key.key_id, publicKey: key.public_key_base64url }));

const open = (qrContext: string, nowS: number): Promise<Diag> =>
  Diag.init({
    qrContext,
    issuerKeys,
    wasm: support.wasm,
    endpoint: "http://127.0.0.1:1",
    captureConsole: false,
    snapshotPolicy: { rttIntervalS: 0 },
    host: { ...browserHost(), nowMs: () => nowS * 1000 },
  });

test.each(tickets.good.map((vector) => [vector.about, vector] as const))("%s", async (_about, vector) => {
  const { claims } = vector;
  const view = await decodeTicket(vector.base64url);
  expect(view).toMatchObject({
    text: vector.base64url,
    ticketId: claims["ticket_id"],
    keyId: claims["key_id"],
    fingerprint: claims["fingerprint"],
    issuedAt: claims.issued_at_s,
    ttl: claims.issued_at_s + claims.ttl_s,
    context: claims["context"] ?? {},
    evidence: claims["evidence"] ?? [],
  });
  expect(view.code).toBe(claims["code"]);
  for (const text of [vector.decimal, vector.url]) expect(await decodeTicket(text)).toEqual(view);
  const diag = await open(vector.base64url, claims.issued_at_s + 1);
  diag.dispose();
});

test.each(tickets.bad.map((vector) => [vector.name, vector] as const))("%s is refused", async (_name, vector) => {
  const text = vector.text ?? support.asText(Buffer.from(vector.bytes!, "hex"));
  const error = await support.failure(open(text, vector.now_s ?? 1_790_000_000));
  expect(error).toMatchObject({ reason: vector.reason });
});

test("there are vectors of both kinds", () => {
  expect(tickets.good.length).toBeGreaterThan(3);
  expect(tickets.bad.length).toBeGreaterThan(20);
});
