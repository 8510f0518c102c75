/**
 * The mini-app's service worker: its page, its assets and the issuers' public keys stay at hand, so
 * that a ticket can be checked and a snapshot taken without network; so do the diagnosis modules,
 * once the page is idle. Nothing that was sent or received is ever answered
 * from a cache.
 */
import { AHEAD, isForLater, planFor } from "./sw-plan.ts";

interface ExtendableEventLike extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface FetchEventLike extends ExtendableEventLike {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

interface WorkerScope {
  readonly location: Location;
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", on: (event: ExtendableEventLike) => void): void;
  addEventListener(type: "fetch", on: (event: FetchEventLike) => void): void;
  addEventListener(
    type: "message",
    on: (event: ExtendableEventLike & { readonly data: unknown }) => void,
  ): void;
}

declare const __PRECACHE__: { readonly version: string; readonly files: readonly string[] };

const worker = globalThis as unknown as WorkerScope;
const { version, files } = __PRECACHE__;
const CACHE = `faultscan-${version}`;
const PAGE = "/s";
const KEYS = "/.well-known/faultscan/keys.json";
const NETWORK_WAIT_MS = 4000;

async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll([PAGE, ...files.filter((file) => !isForLater(file))]);
  await worker.skipWaiting();
}

/**
 * The diagnosis module, and the server's keys. Large, and not needed for a scan, so that whatever of
 * it fails is left for the next time. The page itself keeps the catalogue.
 */
async function ahead(): Promise<void> {
  const cache = await caches.open(CACHE);
  const missing = async (file: string) => (await cache.match(file)) === undefined;
  const add = async (file: string) => {
    if (await missing(file)) await cache.add(file);
  };
  await Promise.allSettled([...files.filter(isForLater).map(add), add(KEYS)]);
}

async function activate(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("faultscan-") && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** A full or refused cache costs the next offline visit, never this answer. */
async function keep(cache: Cache, key: Request | string, response: Response): Promise<void> {
  if (response.ok) await cache.put(key, response.clone()).catch(() => undefined);
}

async function cacheFirst(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request);
  if (kept !== undefined) return kept;
  const fresh = await fetch(request);
  await keep(cache, request, fresh);
  return fresh;
}

/** The network's answer if it comes in time; else what was kept; else the network's, however late. */
async function networkFirst(request: Request, key: string): Promise<Response> {
  const cache = await caches.open(CACHE);
  const fresh = fetch(request).then(async (response) => {
    await keep(cache, key, response);
    return response;
  });
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, NETWORK_WAIT_MS));
  const first = await Promise.race([fresh.catch(() => undefined), late]);
  return first ?? (await cache.match(key)) ?? fresh;
}

worker.addEventListener("install", (event) => event.waitUntil(install()));
worker.addEventListener("activate", (event) => event.waitUntil(activate()));
worker.addEventListener("message", (event) => {
  if (event.data === AHEAD) event.waitUntil(ahead());
});
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const plan = planFor(request.method, request.url, worker.location.origin);
  if (plan === "page") event.respondWith(networkFirst(request, PAGE));
  else if (plan === "keys") event.respondWith(networkFirst(request, new URL(request.url).pathname));
  else if (plan === "asset") event.respondWith(cacheFirst(request));
});
