export type Plan = "page" | "keys" | "asset" | "pass";

/** What the service worker does with a request. Everything not named here goes to the network as it is. */
export function planFor(method: string, url: string, ownOrigin: string): Plan {
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== ownOrigin) return "pass";
  if (pathname === "/s" || pathname === "/r") return "page";
  if (pathname === "/.well-known/faultscan/keys.json") return "keys";
  return pathname.startsWith("/assets/") ? "asset" : "pass";
}
