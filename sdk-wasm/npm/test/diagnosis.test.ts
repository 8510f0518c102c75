/** Whose catalogue the diagnosis takes, on the modules that the package ships. */
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { loadDiagnosis } from "../src/diagnosis.js";

const file = (path: string) => readFileSync(new URL(path, import.meta.url));
const module = (name: string) => file(`../src/wasm/faultscan_${name}_bg.wasm`);
const hex = (text: string) => Uint8Array.from(Buffer.from(text, "hex"));

interface Vectors {
  public_key: string;
  good: Record<string, { bytes: string; version: string }> | { bytes: string; version: string }[];
  bad: { name: string; bytes: string; reason: string }[];
}
const vectors = JSON.parse(file("../../../docs/spec/vectors/pack.json").toString()) as Vectors;
const good = Object.values(vectors.good);
const key = hex(vectors.public_key);

const options = {
  wasm: module("diagnosis"),
  moreWasm: module("diagnosis_more"),
  sdkWasm: module("sdk"),
};
const load = (pack: Uint8Array, ...keys: Uint8Array[]) => loadDiagnosis(pack, keys, options);
const refused = (reason: string) => expect.objectContaining({ reason });

/** Where a pack names its key, and where its signature is. */
const [KEY_ID_AT, SIGNATURE_AT, SIGNATURE_BYTES] = [12, 164, 64];
const CONTEXT = Buffer.from("faultscan/pack/v1\0");

function renamed(pack: Uint8Array, publicKey: Uint8Array, signature: (covered: Buffer) => Uint8Array): Uint8Array {
  const made = pack.slice();
  made.set(createHash("sha256").update(publicKey).digest().subarray(0, 8), KEY_ID_AT);
  made.set(signature(Buffer.concat([CONTEXT, made.subarray(0, SIGNATURE_AT)])), SIGNATURE_AT);
  return made;
}

const raw = (key: KeyObject) => Uint8Array.from(Buffer.from(key.export({ format: "jwk" }).x!, "base64url"));

describe("a catalogue's pack", () => {
  test.each(good.map((vector, i) => [i, vector] as const))("good pack %i is opened", async (_i, { bytes, version }) => {
    expect((await load(hex(bytes), key)).version).toBe(version);
  });

  // What is wrong only in texts that people read on a server, no phone looks at.
  const UNREAD = ["entries_in_another_order", "reference_of_another_code"];
  const bad = vectors.bad.filter(({ name }) => !UNREAD.includes(name));
  test.each(bad.map((vector) => [vector.name, vector] as const))("%s is refused", async (_name, vector) => {
    await expect(load(hex(vector.bytes), key)).rejects.toEqual(refused(vector.reason));
  });

  const pack = hex(good[0]!.bytes);

  test("any key that is trusted will do, and no other", async () => {
    const ours = generateKeyPairSync("ed25519");
    const signed = renamed(pack, raw(ours.publicKey), (covered) => sign(null, covered, ours.privateKey));
    await load(signed, key, raw(ours.publicKey));
    await expect(load(signed, key)).rejects.toEqual(refused("unknown_key"));
    await expect(load(signed)).rejects.toEqual(refused("unknown_key"));
  });

  test("another key's signature under a trusted name is refused", async () => {
    const theirs = generateKeyPairSync("ed25519");
    const forged = renamed(pack, key, (covered) => sign(null, covered, theirs.privateKey));
    await expect(load(forged, key)).rejects.toEqual(refused("bad_pack_signature"));
  });

  test.each([0, 31, 32, 63])("a signature with byte %i bent is refused", async (at) => {
    const bent = pack.slice();
    bent[SIGNATURE_AT + at]! ^= 1;
    await expect(load(bent, key)).rejects.toEqual(refused("bad_pack_signature"));
  });

  test("a key of small order, whose signatures anybody makes, is trusted by mistake and refused all the same", async () => {
    // The neutral point: with it and 0 as a signature the bare equation holds for every message.
    const neutral = new Uint8Array(32);
    neutral[0] = 1;
    const signature = new Uint8Array(SIGNATURE_BYTES);
    signature.set(neutral);
    await expect(load(renamed(pack, neutral, () => signature), neutral)).rejects.toEqual(
      refused("bad_pack_signature"),
    );
  });

  test("a pack that is refused leaves the one before in place", async () => {
    const before = await load(pack, key);
    const bent = pack.slice();
    bent[SIGNATURE_AT]! ^= 1;
    await expect(load(bent, key)).rejects.toEqual(refused("bad_pack_signature"));
    expect(before.diagnose<{ status: string }>({ lines: ["mill: wheel stands still at sluice 7"] }).status).toBe(
      "explained",
    );
  });
});
