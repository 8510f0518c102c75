/**
 * What the server said last on whether to record, remembered over restarts: an app that was switched
 * off must not start again by being restarted. It fades, since who sends nothing hears nothing.
 */
import type { Host } from "./host/host.js";
import type { Control } from "./problem.js";

const SLOT = "faultscan:control";
const LIFE_MS = 3_600_000;

const DEFAULT: Control = { enabled: true, rate: 1 };

/** Settings are a project's; the key that signed the ticket is the nearest that a phone knows. */
export function recallControl(host: Host, keyId: string): Control {
  let text: string | null | undefined;
  try {
    text = host.durable?.load(SLOT);
  } catch {
    // Nothing is remembered, then.
  }
  const [by, atMs, enabled, rate] = (text ?? "").split(" ");
  const ageMs = host.nowMs() - Number(atMs);
  if (by !== keyId || !(Math.abs(ageMs) < LIFE_MS)) return DEFAULT;
  return { enabled: enabled !== "0", rate: Number(rate ?? 1) };
}

export function rememberControl(host: Host, keyId: string, { enabled, rate }: Control): void {
  const value = `${keyId} ${host.nowMs()} ${Number(enabled)} ${rate}`;
  try {
    host.durable?.store(SLOT, enabled && rate >= 1 ? null : value);
  } catch {
    // It holds for this session, then.
  }
}
