/**
 * The catalogue on the phone: kept in Cache Storage, brought up to date by difference. Whatever goes
 * wrong here costs the offline diagnosis, never the capture.
 */
import type { LocalDiagnosis } from "@faultscan/sdk/diagnosis";

/** Not among the service worker's caches, which go with each version of the page. */
const CACHE = "catalogue-pack";
const ADDRESS = "/v1/catalogue/pack?lang=all";
export const KEYS = "/.well-known/faultscan/keys.json";
const PACK_MAGIC = "FSPK";
const DELTA_MAGIC = "FSPD";

interface KeyList {
  keys: { public_key: string; state: string }[];
}

type Module = Pick<typeof import("@faultscan/sdk/diagnosis"), "loadDiagnosis">;

export function base64url(text: string): Uint8Array {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}

/** The server's keys as it has them now, else as they were: they lie beside the pack. */
async function issuerKeys(): Promise<Uint8Array[]> {
  const cache = await caches.open(CACHE);
  const fresh = await fetch(KEYS).catch(() => undefined);
  if (fresh?.ok) await cache.put(KEYS, fresh.clone());
  const response = fresh?.ok ? fresh : await cache.match(KEYS);
  if (response === undefined) throw new Error("no keys");
  return ((await response.json()) as KeyList).keys.map((key) => base64url(key.public_key));
}

async function kept(): Promise<Uint8Array | null> {
  const cache = await caches.open(CACHE);
  const found = await cache.match(ADDRESS);
  return found === undefined ? null : new Uint8Array(await found.arrayBuffer());
}

async function keep(bytes: Uint8Array): Promise<void> {
  const cache = await caches.open(CACHE);
  const body = new Blob([bytes as BlobPart], { type: "application/vnd.faultscan.pack" });
  await cache.put(ADDRESS, new Response(body));
}

async function download(address: string): Promise<Uint8Array | null> {
  const response = await fetch(address, { cache: "no-store" });
  if (response.status === 304 || response.status === 204) return null;
  if (!response.ok) throw new Error(`pack: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

const magic = (bytes: Uint8Array): string => String.fromCharCode(...bytes.subarray(0, 4));

/** Loads the module and the catalogue: what was kept, or what the server has. */
export async function loadLocal(load: () => Promise<Module>): Promise<LocalDiagnosis> {
  const [{ loadDiagnosis }, keys, old] = await Promise.all([load(), issuerKeys(), kept()]);
  if (old !== null) {
    try {
      return await loadDiagnosis(old, keys);
    } catch {
      // A pack of another format, or signed by a key that is gone: the server has a good one.
    }
  }
  const bytes = await download(ADDRESS);
  if (bytes === null) throw new Error("no catalogue");
  const local = await loadDiagnosis(bytes, keys);
  await keep(bytes);
  return local;
}

/** Asks for what has changed; true where the catalogue is another one now. */
export async function updateLocal(
  local: LocalDiagnosis,
  load: () => Promise<Module>,
): Promise<boolean> {
  const bytes = await download(`${ADDRESS}&have=${encodeURIComponent(local.version)}`);
  if (bytes === null) return false;
  const keys = await issuerKeys();
  if (magic(bytes) === DELTA_MAGIC) {
    await local.update(bytes, keys);
    await keep(await local.packBytes());
    return true;
  }
  if (magic(bytes) !== PACK_MAGIC) throw new Error("neither a pack nor a difference");
  await (await load()).loadDiagnosis(bytes, keys);
  await keep(bytes);
  return true;
}

/** Has pack and module at hand before they are needed, so that the network may go. */
export async function fetchAhead(): Promise<void> {
  await issuerKeys();
  if ((await kept()) !== null) return;
  const bytes = await download(ADDRESS);
  if (bytes !== null && magic(bytes) === PACK_MAGIC) await keep(bytes);
}
