/** Checks options and fills in what was left out. */
import { fromBase64, fromHex } from "./base64.js";
import { DiagError } from "./errors.js";
import type { Host } from "./host/host.js";
import type { DiagOptions, IssuerKey, SnapshotPolicy, UploadPolicy } from "./types.js";

export const SNAPSHOT_POLICY: SnapshotPolicy = {
  logLines: 200,
  logWindowS: 30,
  logBytes: 262144,
  memoryThresholdMB: 80,
  rttIntervalS: 5,
};

export const UPLOAD_POLICY: UploadPolicy = {
  timeoutMs: 15000,
  attemptsMax: 4,
  backoffMs: 500,
  backoffMaxMs: 30000,
  queueItems: 8,
  queueBytes: 1 << 20,
  queueAgeS: 86400,
};

/** Lowest and highest value of each number. */
const RANGES: Readonly<Record<keyof SnapshotPolicy | keyof UploadPolicy, [number, number]>> = {
  logLines: [1, 2000],
  logWindowS: [1, 86400],
  logBytes: [1, 1 << 20],
  memoryThresholdMB: [1, 1 << 20],
  rttIntervalS: [0, 3600],
  timeoutMs: [1, 120000],
  attemptsMax: [1, 20],
  backoffMs: [1, 60000],
  backoffMaxMs: [1, 600000],
  queueItems: [1, 100],
  queueBytes: [1, 64 << 20],
  queueAgeS: [1, 604800],
};

/** The defaults, changed by what was given. A number out of range is an error, never bent. */
export function policy<T extends SnapshotPolicy | UploadPolicy>(
  defaults: T,
  given: Partial<T> = {},
): T {
  const result = { ...defaults };
  for (const name of Object.keys(defaults) as (keyof T & keyof typeof RANGES)[]) {
    const value = given[name] as number | undefined;
    if (value === undefined) continue;
    const [least, most] = RANGES[name];
    if (!(value >= least && value <= most)) {
      throw new DiagError("BadOptions", `${name} must be within ${least} and ${most}`);
    }
    Object.assign(result, { [name]: value });
  }
  return result;
}

export function endpointOf(options: DiagOptions, host: Host): string {
  const endpoint = options.endpoint ?? host.origin();
  if (!endpoint) throw new DiagError("BadOptions", "this host has no origin: set endpoint");
  if (!/^https?:\/\/[^/?#]+(\/[^?#]*)?$/.test(endpoint)) {
    throw new DiagError("BadOptions", "endpoint must be an http or https address");
  }
  return endpoint.replace(/\/+$/, "");
}

/** Issuers as the core takes them: eight bytes of key id, or zeros, then the 32 of the key. */
export function issuerBytes(keys: readonly IssuerKey[]): Uint8Array {
  const joined = new Uint8Array(keys.length * 40);
  keys.forEach(({ keyId = "", publicKey }, index) => {
    const bytes = typeof publicKey === "string" ? fromBase64(publicKey) : publicKey;
    if (bytes?.length !== 32 || !/^([0-9a-f]{16})?$/.test(keyId)) {
      throw new DiagError("BadOptions", "an issuer key must be 32 bytes, its id 16 hex digits");
    }
    joined.set(fromHex(keyId), index * 40);
    joined.set(bytes, index * 40 + 8);
  });
  return joined;
}

/** Reads `keys.json`; also tells the server's clock against the device's, where it can be seen. */
export async function fetchKeys(
  host: Host,
  endpoint: string,
  timeoutMs: number,
): Promise<{ keys: Uint8Array; skewMs: number | null }> {
  const url = `${endpoint}/.well-known/faultscan/keys.json`;
  const unavailable = (why: string): DiagError =>
    new DiagError("KeysUnavailable", `issuer keys could not be read: ${why}`, true);
  const sentMs = host.nowMs();
  const response = await host.request({ method: "GET", url, timeoutMs }).catch((fault: Error) => {
    throw unavailable(fault.message);
  });
  const middleMs = (sentMs + host.nowMs()) / 2;
  if (response.status !== 200) throw unavailable(`status ${response.status}`);
  const stamp = response.header("age") ? Number.NaN : Date.parse(response.header("date") ?? "");
  // The header counts whole seconds, so below one second it says nothing.
  const skew = Math.round(stamp + 500 - middleMs);
  const skewMs = Number.isNaN(skew) ? null : Math.abs(skew) < 1000 ? 0 : skew;
  try {
    const { keys } = JSON.parse(response.text) as { keys: { key_id: string; public_key: string }[] };
    const named = keys.map((key) => ({ keyId: key.key_id, publicKey: key.public_key }));
    return { keys: issuerBytes(named), skewMs };
  } catch {
    throw unavailable("not a list of keys");
  }
}
