import { createHash, createPrivateKey, createPublicKey, randomBytes, sign } from "node:crypto";

/** What stands before the 32 bytes of an Ed25519 seed in PKCS #8. */
const PKCS8_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");

const CONTEXT = Buffer.from("faultscan/ticket/v1\0");

/**
 * A ticket made offline, from nothing but docs/spec/ticket.md and node's own crypto: a project's
 * secret signs whatever times are asked for.
 */
export function offlineTicket(secret, issuedAtS, ttlS) {
  if (ttlS > 127) throw new Error("this writer knows only short numbers");
  const key = createPrivateKey({
    key: Buffer.concat([PKCS8_HEAD, Buffer.from(secret, "base64url")]),
    format: "der",
    type: "pkcs8",
  });
  const publicKey = createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32);
  const sha256 = (bytes) => createHash("sha256").update(bytes).digest();
  const bin = (bytes) => Buffer.concat([Buffer.from([0xc4, bytes.length]), bytes]);
  const issued = Buffer.alloc(5, 0xce);
  issued.writeUInt32BE(issuedAtS, 1);
  const message = Buffer.concat([
    Buffer.from([0x96, 1]),
    bin(sha256(publicKey).subarray(0, 8)),
    bin(randomBytes(16)),
    issued,
    Buffer.from([ttlS]),
    bin(sha256("os=linux\narch=amd64\nnetwork_type=ethernet\napp_version=1.0\n")),
  ]);
  const signature = sign(null, Buffer.concat([CONTEXT, message]), key);
  return `FS1.${Buffer.concat([message, signature]).toString("base64url")}`;
}
