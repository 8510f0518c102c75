import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import encodeQR from "qr";

/** Real tickets, signed as docs/spec/ticket.md says, so that the real SDK takes them. */
const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const rawPublic = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
const keyId = createHash("sha256").update(rawPublic).digest().subarray(0, 8);

export const keys = {
  keys: [
    { key_id: keyId.toString("hex"), public_key: rawPublic.toString("base64url"), state: "active" },
  ],
};

const u = (n) => {
  if (n < 128) return Buffer.from([n]);
  if (n < 256) return Buffer.from([0xcc, n]);
  if (n < 65_536) return Buffer.from([0xcd, n >> 8, n & 255]);
  const b = Buffer.alloc(5);
  b[0] = 0xce;
  b.writeUInt32BE(n, 1);
  return b;
};
const bin = (b) => Buffer.concat([Buffer.from([0xc4, b.length]), b]);
const str = (s) => {
  const b = Buffer.from(s);
  return Buffer.concat([
    b.length < 32 ? Buffer.from([0xa0 | b.length]) : Buffer.from([0xd9, b.length]),
    b,
  ]);
};
const nil = Buffer.from([0xc0]);
const map = (o) =>
  Buffer.concat([
    Buffer.from([0x80 | Object.keys(o).length]),
    ...Object.keys(o)
      .sort()
      .flatMap((k) => [str(k), str(o[k])]),
  ]);

function decimal(bytes) {
  const tail = [0, 3, 5, 8, 10, 13, 15];
  let out = "";
  for (let i = 0; i < bytes.length; i += 7) {
    const part = bytes.subarray(i, i + 7);
    out += BigInt(`0x${part.toString("hex")}`)
      .toString()
      .padStart(part.length === 7 ? 17 : tail[part.length], "0");
  }
  return out;
}

const issued = new Map();

export function issue(request, origin) {
  const id = randomBytes(16);
  const now = Math.floor(Date.now() / 1000);
  const e = request.environment ?? {};
  const canonical = ["os", "arch", "network_type", "app_version"]
    .map((k) => `${k}=${(e[k] ?? "").trim().toLowerCase()}\n`)
    .join("");
  const fields = [
    u(1),
    bin(keyId),
    bin(id),
    u(now),
    u(request.ttl_s ?? 600),
    bin(createHash("sha256").update(canonical).digest()),
  ];
  const context = Object.keys(request.context ?? {}).length > 0 ? map(request.context) : null;
  const code = request.code ? str(request.code) : null;
  if (code !== null || context !== null) fields.push(code ?? nil);
  if (context !== null) fields.push(context);
  const message = Buffer.concat([Buffer.from([0x90 | fields.length]), ...fields]);
  const signature = sign(
    null,
    Buffer.concat([Buffer.from("faultscan/ticket/v1\0"), message]),
    privateKey,
  );
  const bytes = Buffer.concat([message, signature]);
  const ticket_id = id.toString("hex");
  const text = `FS1.${bytes.toString("base64url")}`;
  const view = {
    ticket_id,
    text,
    url: `${origin}/s#${text}`,
    decimal: decimal(bytes),
    key_id: keyId.toString("hex"),
    issued_at_s: now,
    expires_at_s: now + (request.ttl_s ?? 600),
    qr_svg: `/v1/tickets/${ticket_id}/qr.svg`,
    qr_png: `/v1/tickets/${ticket_id}/qr.png`,
  };
  issued.set(ticket_id, view);
  return view;
}

export function qrSvg(ticketId) {
  const ticket = issued.get(ticketId);
  return ticket === undefined ? null : encodeQR(ticket.url, "svg", { ecc: "medium", border: 4 });
}
