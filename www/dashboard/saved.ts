import { signal } from "@preact/signals";
import { readStored, writeStored } from "../lib/prefs.ts";
import { FIELDS, type Filters } from "./list.ts";

/** A filter under a name: the part of the address behind the question mark. */
export interface SavedFilter {
  readonly name: string;
  readonly query: string;
}

const KEY = "faultscan.filters";
const NAME_CHARS_MAX = 40;
const SAVED_MAX = 30;

/** What was stored may be of another version, or somebody else's: only what fits is taken. */
export function parseSaved(text: string | null): SavedFilter[] {
  try {
    const value: unknown = JSON.parse(text ?? "[]");
    if (!Array.isArray(value)) return [];
    return value
      .filter(
        (entry): entry is SavedFilter =>
          typeof entry?.name === "string" && typeof entry?.query === "string",
      )
      .map(({ name, query }) => ({ name: name.slice(0, NAME_CHARS_MAX), query }))
      .slice(0, SAVED_MAX);
  } catch {
    return [];
  }
}

export const saved = signal<readonly SavedFilter[]>(parseSaved(readStored(KEY)));

function store(next: readonly SavedFilter[]): void {
  saved.value = next;
  writeStored(KEY, JSON.stringify(next));
}

/** The filters as they stand in the address, in a fixed order. */
export function queryOf(filters: Filters): string {
  const params = new URLSearchParams();
  for (const name of ["q", ...FIELDS] as const) {
    if (filters[name] !== "") params.set(name, filters[name]);
  }
  return params.toString();
}

/** Keeps a filter; one of the same name is replaced. */
export function saveFilter(name: string, filters: Filters): void {
  const trimmed = name.trim().slice(0, NAME_CHARS_MAX);
  if (trimmed === "") return;
  const others = saved.peek().filter((entry) => entry.name !== trimmed);
  store([...others, { name: trimmed, query: queryOf(filters) }].slice(-SAVED_MAX));
}

export function forgetFilter(name: string): void {
  store(saved.peek().filter((entry) => entry.name !== name));
}
