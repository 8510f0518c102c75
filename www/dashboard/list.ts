import type { Summary } from "../lib/api.ts";
import type { ReportQuery } from "../lib/client.ts";

/** What the list can be narrowed by besides words; each is a parameter of the page's address. */
export const FIELDS = [
  "code",
  "family",
  "cause",
  "project",
  "state",
  "status",
  "os",
  "app_version",
  "group",
  "since",
  "from",
  "to",
] as const;

export type Field = (typeof FIELDS)[number];
export type Filters = Readonly<Record<"q" | Field, string>>;

const HOUR_MS = 3_600_000;

/** Spans that end now. */
export const SPANS = { "1h": 1, "24h": 24, "7d": 168, "30d": 720 } as const;
export type Span = keyof typeof SPANS;

export function isSpan(text: string): text is Span {
  return Object.hasOwn(SPANS, text);
}

function moment(text: string): string {
  return /^\d{1,16}$/.test(text) ? text : "";
}

export function filtersOf(query: URLSearchParams): Filters {
  const read = (name: string) => query.get(name) ?? "";
  const since = read("since");
  return {
    q: read("q"),
    code: read("code"),
    family: read("family"),
    cause: read("cause"),
    project: read("project"),
    state: read("state"),
    status: read("status"),
    os: read("os"),
    app_version: read("app_version"),
    group: read("group"),
    since: isSpan(since) ? since : "",
    from: moment(read("from")),
    to: moment(read("to")),
  };
}

/** Every filter empty; with `setQuery` it clears them all. */
export const NO_FILTERS: Filters = filtersOf(new URLSearchParams());

export function anyFilter(filters: Filters): boolean {
  return filters.q !== "" || FIELDS.some((field) => filters[field] !== "");
}

/** What trends and groups are asked to narrow by: all but words and time. */
export function narrowed(filters: Filters): Omit<Filters, "q" | "since" | "from" | "to"> {
  const { q: _, since: __, from: ___, to: ____, ...same } = filters;
  return same;
}

/** The beginning of the time asked for; null: no bound. */
export function startOf(filters: Filters, nowMs: number): number | null {
  if (filters.from !== "") return Number(filters.from);
  return isSpan(filters.since) ? nowMs - SPANS[filters.since] * HOUR_MS : null;
}

/** What the server is asked. */
export function toQuery(filters: Filters, nowMs: number): ReportQuery {
  const { since: _, from: __, to, ...same } = filters;
  const from = startOf(filters, nowMs);
  return {
    ...same,
    ...(from === null ? {} : { from }),
    ...(to === "" ? {} : { to: Number(to) }),
  };
}

/**
 * Whether a report that has just arrived belongs in the list as filtered. Full-text search is the
 * server's: with a search word the answer is not known here.
 */
export function belongs(summary: Summary, filters: Filters): boolean | "unknown" {
  const same = (field: Field, value: string | null | undefined) =>
    filters[field] === "" || filters[field] === value;
  const fits =
    same("code", summary.code) &&
    same("family", summary.family) &&
    same("cause", summary.cause) &&
    same("project", summary.project) &&
    same("state", summary.state) &&
    same("status", summary.status) &&
    same("app_version", summary.app_version) &&
    same("group", summary.group) &&
    (same("os", summary.os) || (summary.os ?? "").startsWith(`${filters.os} `)) &&
    (filters.to === "" || summary.received_at_ms < Number(filters.to)) &&
    (filters.from === "" || summary.received_at_ms >= Number(filters.from));
  if (!fits) return false;
  return filters.q === "" ? true : "unknown";
}

/** Puts a report into the list: in its place where it was there before, else on top. */
export function merge(items: readonly Summary[], summary: Summary, addNew: boolean): Summary[] {
  const at = items.findIndex((item) => item.id === summary.id);
  if (at >= 0) return items.map((item, i) => (i === at ? summary : item));
  return addNew ? [summary, ...items] : [...items];
}

/** Appends an older page; what live events brought meanwhile is not shown twice. */
export function append<T extends { id: string }>(items: readonly T[], older: readonly T[]): T[] {
  const known = new Set(items.map((item) => item.id));
  return [...items, ...older.filter((item) => !known.has(item.id))];
}
