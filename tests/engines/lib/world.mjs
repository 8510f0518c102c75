import { randomBytes } from "node:crypto";
import { offlineTicket } from "../../browser/lib/ticket.mjs";

/** Sessions of the scenario that need a ticket of their own. */
const FRESH = 18;

/** Twice the skew that server and SDK forgive. */
const FAR_S = 600;
const TTL_S = 60;

function forged(text) {
  const bytes = Buffer.from(text.slice("FS1.".length), "base64url");
  bytes[bytes.length - 33] ^= 1;
  return `FS1.${bytes.toString("base64url")}`;
}

/** Tickets good and bad, as `scenario.js` wants them. */
export async function tickets(server) {
  const fresh = [];
  for (let n = 0; n < FRESH; n++) fresh.push((await server.ticket({ code: "ERR-DB-001" })).text);
  const nowS = Math.floor(Date.now() / 1000);
  const { ticket_secret: secret } = server.project;
  return {
    fresh,
    forged: forged(offlineTicket(secret, nowS, TTL_S)),
    unknown: offlineTicket(randomBytes(32).toString("base64url"), nowS, TTL_S),
    expired: offlineTicket(secret, nowS - FAR_S - TTL_S, TTL_S),
    future: offlineTicket(secret, nowS + FAR_S, TTL_S),
  };
}
