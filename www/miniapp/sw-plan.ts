/**
 * What the page tells its worker once nobody waits for anything. The page has its own copy: the worker
 * is one file and shares none with it.
 */
export const AHEAD = "fetch-ahead";

/** Files that only a diagnosis without network needs. */
export function isForLater(file: string): boolean {
  return /diagnosis/.test(file);
}

export type Plan = "page" | "keys" | "asset" | "pass";

/** What the service worker does with a request. Everything not named here goes to the network as it is. */
export function planFor(method: string, url: string, ownOrigin: string): Plan {
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== ownOrigin) return "pass";
  if (pathname === "/s" || pathname === "/r") return "page";
  if (pathname === "/.well-known/faultscan/keys.json") return "keys";
  return pathname.startsWith("/assets/") ? "asset" : "pass";
}
