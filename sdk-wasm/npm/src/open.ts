/** What happens before a session: options, ticket, issuer keys, module, key, in order of cost. */
import { loadCore } from "./core.js";
import { DiagError } from "./errors.js";
import { browserHost } from "./host/browser.js";
import { loadConsole, loadDraft } from "./lazy.js";
import { endpointOf, fetchKeys, issuerBytes, policy, SNAPSHOT_POLICY, UPLOAD_POLICY } from "./options.js";
import type { Parts } from "./port.js";
import { ticketError } from "./problem.js";
import { SessionKey } from "./session-key.js";
import { readTicket } from "./ticket.js";
import type { DiagOptions } from "./types.js";

/** Checks options and ticket, and brings together what a session is made of. */
export async function gather(options: DiagOptions): Promise<Parts> {
  const host = options.host ?? browserHost();
  const snapshots = policy(SNAPSHOT_POLICY, options.snapshotPolicy);
  const uploads = policy(UPLOAD_POLICY, options.uploadPolicy);
  const endpoint = endpointOf(options, host);
  const { qrContext, issuerKeys } = options;
  const text = typeof qrContext === "string" ? qrContext : qrContext?.text;
  if (typeof text !== "string") throw new DiagError("BadTicket", "there is no scanned text");
  // A text that is no ticket at all is told as such even without network.
  const { bytes, view: ticket } = readTicket(text);
  const pending =
    issuerKeys === undefined || issuerKeys === "same-origin"
      ? fetchKeys(host, endpoint, uploads.timeoutMs)
      : Promise.resolve({ keys: issuerBytes(issuerKeys), skewMs: null });
  pending.catch(() => undefined);
  const draft = options.beforeSend || options.scrubRules ? loadDraft() : undefined;
  draft?.catch(() => undefined);
  // Beside the module, so that nobody waits longer; without it the session goes on.
  const hooks = options.captureConsole === false ? undefined : loadConsole();
  const hooked = hooks?.catch(() => undefined);
  const module = await loadCore(options.wasm);
  const { keys, skewMs } = await pending;
  const reviewing = await draft;
  if (reviewing?.areRules(options.scrubRules) === false) {
    throw new DiagError("BadOptions", "a scrub rule must be a pattern");
  }
  const nowMs = host.nowMs() + (skewMs ?? 0);
  const core = module.open(bytes, keys, nowMs);
  if (typeof core === "string") {
    const nowS = Math.floor(nowMs / 1000);
    throw ticketError({
      reason: core,
      ...(core === "ticket_expired" && { agoS: nowS - ticket.ttl }),
      ...(core === "ticket_not_yet_valid" && { inS: ticket.issuedAt - nowS }),
    });
  }
  const key = await SessionKey.open(host, ticket.ticketId, endpoint).catch((error) => {
    core.close();
    throw error;
  });
  const parts = { options, host, endpoint, snapshots, uploads, module, core, key, ticket, skewMs };
  return { ...parts, device: {}, draft: reviewing, hooks: await hooked };
}
