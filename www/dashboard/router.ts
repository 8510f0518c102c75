import { signal } from "@preact/signals";

export type Route =
  | { readonly page: "login" }
  | { readonly page: "reports" }
  | { readonly page: "report"; readonly id: string }
  | { readonly page: "groups" }
  | { readonly page: "group"; readonly id: string }
  | { readonly page: "trends" }
  | { readonly page: "ticket" }
  | { readonly page: "catalogue" }
  | { readonly page: "entry"; readonly code: string }
  | { readonly page: "missing" };

const BASE = "/dashboard";

function decode(part: string | undefined): string {
  try {
    return decodeURIComponent(part ?? "");
  } catch {
    return part ?? "";
  }
}

export function parseRoute(pathname: string): Route {
  if (pathname === "/login" || pathname === "/login/") return { page: "login" };
  if (pathname !== BASE && !pathname.startsWith(`${BASE}/`)) return { page: "missing" };
  const parts = pathname
    .slice(BASE.length)
    .split("/")
    .filter((part) => part !== "")
    .map(decode);
  const [first, second] = parts;
  if (parts.length > 2) return { page: "missing" };
  switch (first) {
    case undefined:
      return { page: "reports" };
    case "reports":
      return second === undefined ? { page: "reports" } : { page: "report", id: second };
    case "groups":
      return second === undefined ? { page: "groups" } : { page: "group", id: second };
    case "trends":
      return second === undefined ? { page: "trends" } : { page: "missing" };
    case "tickets":
      return second === "new" ? { page: "ticket" } : { page: "missing" };
    case "catalogue":
      return second === undefined ? { page: "catalogue" } : { page: "entry", code: second };
    default:
      return { page: "missing" };
  }
}

/** A page narrowed by filters, of which empty ones are left out. */
function narrowedTo(path: string, filters: Readonly<Record<string, string>>): string {
  const kept = Object.entries(filters).filter(([, value]) => value !== "");
  const text = new URLSearchParams(kept).toString();
  return `${path}${text === "" ? "" : `?${text}`}`;
}

export const paths = {
  reports: `${BASE}/`,
  report: (id: string) => `${BASE}/reports/${encodeURIComponent(id)}`,
  groups: `${BASE}/groups`,
  group: (id: string) => `${BASE}/groups/${encodeURIComponent(id)}`,
  trends: `${BASE}/trends`,
  /** The list of reports, narrowed. */
  list: (filters: Readonly<Record<string, string>>) => narrowedTo(`${BASE}/`, filters),
  /** Trends, narrowed. */
  trendsOf: (filters: Readonly<Record<string, string>>) => narrowedTo(`${BASE}/trends`, filters),
  ticket: (code?: string) =>
    `${BASE}/tickets/new${code === undefined ? "" : `?code=${encodeURIComponent(code)}`}`,
  catalogue: `${BASE}/catalogue`,
  entry: (code: string) => `${BASE}/catalogue/${encodeURIComponent(code)}`,
} as const;

/** Path and query of the page; every link and filter goes through here. */
export const route = signal<Route>(parseRoute(globalThis.location?.pathname ?? BASE));
export const query = signal(new URLSearchParams(globalThis.location?.search ?? ""));

function read(): void {
  route.value = parseRoute(location.pathname);
  query.value = new URLSearchParams(location.search);
}

export function go(href: string): void {
  history.pushState(null, "", href);
  read();
}

/** Filters replace the address instead of adding to the history: Back leaves the page in one step. */
export function setQuery(changes: Readonly<Record<string, string>>): void {
  const next = new URLSearchParams(query.peek());
  for (const [name, value] of Object.entries(changes)) {
    if (value === "") next.delete(name);
    else next.set(name, value);
  }
  const text = next.toString();
  history.replaceState(null, "", `${location.pathname}${text === "" ? "" : `?${text}`}`);
  query.value = next;
}

/** A plain left click on a link into the dashboard is a move within the page. */
function onClick(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element | null)?.closest?.("a");
  if (link?.target !== "" || link.hasAttribute("download")) return;
  const url = new URL(link.href, location.href);
  if (url.origin !== location.origin || !url.pathname.startsWith(BASE)) return;
  if (url.hash !== "" && url.pathname === location.pathname) return;
  event.preventDefault();
  go(url.pathname + url.search);
}

export function startRouter(): void {
  globalThis.addEventListener("popstate", read);
  document.addEventListener("click", onClick);
}
