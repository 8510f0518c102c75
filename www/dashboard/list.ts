import type { Summary } from "../lib/api.ts";

export interface Filters {
  readonly q: string;
  readonly family: string;
  readonly code: string;
}

export function filtersOf(query: URLSearchParams): Filters {
  return {
    q: query.get("q") ?? "",
    family: query.get("family") ?? "",
    code: query.get("code") ?? "",
  };
}

export function anyFilter(filters: Filters): boolean {
  return filters.q !== "" || filters.family !== "" || filters.code !== "";
}

/**
 * Whether a report that has just arrived belongs in the list as filtered. Full-text search is the
 * server's: with a search word the answer is not known here.
 */
export function belongs(summary: Summary, filters: Filters): boolean | "unknown" {
  if (filters.code !== "" && summary.code !== filters.code) return false;
  if (filters.family !== "" && summary.family !== filters.family) return false;
  return filters.q === "" ? true : "unknown";
}

/** Puts a report into the list: in its place where it was there before, else on top. */
export function merge(items: readonly Summary[], summary: Summary, addNew: boolean): Summary[] {
  const at = items.findIndex((item) => item.id === summary.id);
  if (at >= 0) return items.map((item, i) => (i === at ? summary : item));
  return addNew ? [summary, ...items] : [...items];
}

/** Appends an older page; what live events brought meanwhile is not shown twice. */
export function append(items: readonly Summary[], older: readonly Summary[]): Summary[] {
  const known = new Set(items.map((item) => item.id));
  return [...items, ...older.filter((item) => !known.has(item.id))];
}
