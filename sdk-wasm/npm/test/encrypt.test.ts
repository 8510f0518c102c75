/** The receiver's side of RFC 9180 by node's own functions, so that both sides must be right. */
import { createHash, createHmac, createPrivateKey, createPublicKey, diffieHellman, createDecipheriv } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { encryption } from "../src/encrypt.js";
import type { Diag } from "../src/index.js";
import * as support from "./support.js";

const PKCS8 = Buffer.from("302e020100300506032b656e04220420", "hex");
const SPKI = Buffer.from("302a300506032b656e032100", "hex");
const ours = createPrivateKey({
  key: Buffer.concat([PKCS8, Buffer.alloc(32, 7)]),
  format: "der",
  type: "pkcs8",
});
const publicKey = createPublicKey(ours).export({ format: "der", type: "spki" }).subarray(-32);

const latin = (text: string): Buffer => Buffer.from(text, "latin1");
const extract = (suite: Buffer, salt: Buffer, label: string, ikm: Buffer): Buffer =>
  createHmac("sha256", salt).update(Buffer.concat([latin("HPKE-v1"), suite, latin(label), ikm])).digest();
/** Expand alone: HKDF's own with an extraction taken out is HMAC, so it is written as RFC 5869 says. */
const expand = (suite: Buffer, prk: Buffer, label: string, info: Buffer, length: number): Buffer => {
  const full = Buffer.concat([Buffer.from([0, length]), latin("HPKE-v1"), suite, latin(label), info]);
  return createHmac("sha256", prk).update(full).update(Buffer.from([1])).digest().subarray(0, length);
};

/** Decrypts as a server does: key id, encapsulated key, ciphertext. */
function open(block: Buffer, before: Buffer): Buffer {
  expect(block.subarray(0, 8)).toEqual(createHash("sha256").update(publicKey).digest().subarray(0, 8));
  const encapsulated = block.subarray(8, 40);
  const theirs = createPublicKey({ key: Buffer.concat([SPKI, encapsulated]), format: "der", type: "spki" });
  const shared = diffieHellman({ privateKey: ours, publicKey: theirs });
  const kem = Buffer.concat([latin("KEM"), Buffer.from([0, 0x20])]);
  const suite = Buffer.concat([latin("HPKE"), Buffer.from([0, 0x20, 0, 1, 0, 2])]);
  const none = Buffer.alloc(0);
  const prk = extract(kem, none, "eae_prk", shared);
  const secret = expand(kem, prk, "shared_secret", Buffer.concat([encapsulated, publicKey]), 32);
  const context = Buffer.concat([
    Buffer.from([0]),
    extract(suite, none, "psk_id_hash", none),
    extract(suite, none, "info_hash", latin("faultscan/snapshot/hpke/v1\0")),
  ]);
  const schedule = extract(suite, secret, "secret", none);
  const key = expand(suite, schedule, "key", context, 32);
  const aes = createDecipheriv("aes-256-gcm", key, expand(suite, schedule, "base_nonce", context, 12));
  aes.setAAD(before);
  aes.setAuthTag(block.subarray(-16));
  return Buffer.concat([aes.update(block.subarray(40, -16)), aes.final()]);
}

let server: support.Server;
let diag: Diag | undefined;
beforeEach(async () => {
  server = await support.Server.start();
});
afterEach(async () => {
  diag?.dispose();
  diag = undefined;
  await server.stop();
});

test("only the server's key opens the body, and the envelope is what it says", async () => {
  const sent: Uint8Array[] = [];
  diag = await support.open(server, {
    encryption: await encryption(publicKey.toString("base64url")),
    onSnapshotReady: (payload) => void sent.push(payload.bytes),
  });
  diag.log("error", "dial tcp 10.0.0.7:5432: connect: connection refused");
  await diag.capture();
  await diag.capture();
  const texts = sent.map((bytes) => Buffer.from(bytes));
  expect(texts[0]!.includes("connection refused")).toBe(false);
  for (const [sequence, bytes] of texts.entries()) {
    expect(bytes[5]).toBe(1);
    const length = 48 + bytes.readUInt16LE(6);
    const plain = open(bytes.subarray(length, -64), bytes.subarray(0, length));
    // What the server reads is the same envelope without encryption.
    const header = Buffer.from(bytes.subarray(0, length));
    header[5] = 0;
    const whole = await support.openSnapshot(Buffer.concat([header, plain, bytes.subarray(-64)]));
    expect(whole).toMatchObject({ sequence, signatureHolds: false });
    expect(whole.lines[0]!.message).toContain("connection refused");
  }
  // A fresh key for each.
  const encapsulated = texts.map((bytes) => bytes.subarray(48 + bytes.readUInt16LE(6) + 8).subarray(0, 32));
  expect(encapsulated[0]).not.toEqual(encapsulated[1]);
});

test("where encryption fails nothing is sent", async () => {
  diag = await support.open(server, { encryption: () => Promise.reject(new Error("no X25519")) });
  expect(await support.failure(diag.capture())).toMatchObject({ code: "Internal" });
  expect(server.snapshots).toHaveLength(0);
  expect(diag.diagnostics().queue.items).toBe(0);
});

test("a key that is none is refused at once", async () => {
  for (const key of ["", "AAAA", new Uint8Array(31), "*".repeat(43)]) {
    await expect(encryption(key)).rejects.toThrow(TypeError);
  }
  // Of small order: whatever is encrypted to it, everybody can read.
  await expect(encryption("A".repeat(43))).rejects.toThrow();
});
