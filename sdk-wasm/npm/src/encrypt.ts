/**
 * Encrypts the body of each snapshot to the server's key, for uploads that pass through machines of
 * others: HPKE (RFC 9180), base mode, with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM, by
 * the browser's own cryptography. The envelope around it stays readable: ticket, session key, sizes.
 */
import { fromBase64 } from "./base64.js";
import type { Encryption } from "./types.js";

const KEY_BYTES = 32;
const KEY_ID_BYTES = 8;
const NONCE_BYTES = 12;
const HEADER_BYTES = 48;
const INFO = "faultscan/snapshot/hpke/v1\0";
/** Numbers of RFC 9180, section 7. */
const KEM_SUITE = [...text("KEM"), 0, 0x20];
const SUITE = [...text("HPKE"), 0, 0x20, 0, 1, 0, 2];

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * For `Diag.init({ encryption })`. `publicKey` is the server's: 32 bytes, or the same in base64url as
 * `encryption.public_key` of its `keys.json` says. Build it into the app: a key that comes the way that
 * you do not trust protects from nothing. Rejects where the host lacks X25519 or the key is unusable.
 */
export async function encryption(publicKey: string | Uint8Array): Promise<Encryption> {
  const { crypto } = globalThis;
  const given = typeof publicKey === "string" ? fromBase64(publicKey) : publicKey;
  if (given?.length !== KEY_BYTES) throw new TypeError("the server's key must be 32 bytes");
  const pinned = Uint8Array.from(given);
  const { subtle } = crypto;
  const theirs = await subtle.importKey("raw", pinned, { name: "X25519" }, true, []);
  const id = new Uint8Array(await subtle.digest("SHA-256", pinned)).slice(0, KEY_ID_BYTES);

  const hmac = async (key: Bytes, ...parts: ArrayLike<number>[]): Promise<Bytes> => {
    // An empty key is the same as one of zeros, and not every browser takes it.
    const raw = key.length > 0 ? key : new Uint8Array(KEY_BYTES);
    const imported = await subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    return new Uint8Array(await subtle.sign("HMAC", imported, join(...parts)));
  };
  const extract = (suite: number[], salt: Bytes, label: string, ikm: Bytes): Promise<Bytes> =>
    hmac(salt, text("HPKE-v1"), suite, text(label), ikm);
  /** At most 32 bytes, which one round gives. */
  const expand = async (suite: number[], prk: Bytes, label: string, info: Bytes, length: number): Promise<Bytes> =>
    (await hmac(prk, [0, length], text("HPKE-v1"), suite, text(label), info, [1])).slice(0, length);
  const none = new Uint8Array();

  /** Key and nonce for one message, and what the server needs to find them. */
  const setup = async (): Promise<{ key: Bytes; nonce: Bytes; encapsulated: Bytes }> => {
    const pair = (await subtle.generateKey({ name: "X25519" }, false, ["deriveBits"])) as CryptoKeyPair;
    const shared = await subtle.deriveBits({ name: "X25519", public: theirs }, pair.privateKey, 256);
    const encapsulated = new Uint8Array(await subtle.exportKey("raw", pair.publicKey));
    const prk = await extract(KEM_SUITE, none, "eae_prk", new Uint8Array(shared));
    const secret = await expand(KEM_SUITE, prk, "shared_secret", join(encapsulated, pinned), KEY_BYTES);
    const context = join(
      [0],
      await extract(SUITE, none, "psk_id_hash", none),
      await extract(SUITE, none, "info_hash", text(INFO)),
    );
    const schedule = await extract(SUITE, secret, "secret", none);
    return {
      key: await expand(SUITE, schedule, "key", context, KEY_BYTES),
      nonce: await expand(SUITE, schedule, "base_nonce", context, NONCE_BYTES),
      encapsulated,
    };
  };

  // A key of small order, or a host without X25519, is told now and not with the first capture.
  await setup();

  return async (envelope) => {
    const ticketBytes = envelope[6]! | (envelope[7]! << 8);
    const before = Uint8Array.from(envelope.subarray(0, HEADER_BYTES + ticketBytes));
    const block = Uint8Array.from(envelope.subarray(before.length));
    const { key, nonce, encapsulated } = await setup();
    const aes = await subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]);
    const how = { name: "AES-GCM", iv: nonce, additionalData: before };
    return join(before, id, encapsulated, new Uint8Array(await subtle.encrypt(how, aes, block)));
  };
}

function text(value: string): Bytes {
  return Uint8Array.from(value, (letter) => letter.charCodeAt(0));
}

function join(...parts: ArrayLike<number>[]): Bytes {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
