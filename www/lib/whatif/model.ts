import type { CauseName, Diagnosis, Follows } from "../api.ts";

/** Causes that are assumed: true means that it has failed, false that it works. */
export type Assumptions = Readonly<Record<string, boolean>>;

/** The server takes no more at once. */
export const ASSUMED_MAX = 16;

const FAILED = "failed";
const WORKING = "working";

/** Assumptions as they stand in an address. */
export function assumptionsOf(query: URLSearchParams): Assumptions {
  const ids = (name: string) =>
    (query.get(name) ?? "")
      .split(",")
      .map((id) => id.trim())
      .filter((id) => id !== "");
  const all = [
    ...ids(FAILED).map((id) => [id, true] as const),
    ...ids(WORKING).map((id) => [id, false] as const),
  ];
  return Object.fromEntries(all.slice(0, ASSUMED_MAX));
}

/** The same as parameters of an address; empty ones are to be left out. */
export function assumptionParams(assumed: Assumptions): { failed: string; working: string } {
  const ids = (value: boolean) =>
    Object.entries(assumed)
      .filter(([, holds]) => holds === value)
      .map(([id]) => id)
      .join(",");
  return { [FAILED]: ids(true), [WORKING]: ids(false) } as { failed: string; working: string };
}

/** An address that asks the same; what else it says stays, its fragment too. */
export function withAssumptions(address: string, assumed: Assumptions): string {
  const url = new URL(address);
  for (const [name, value] of Object.entries(assumptionParams(assumed))) {
    if (value === "") url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  return url.href;
}

/** Assumes a cause so; assumed so already, it is assumed no more. */
export function toggled(assumed: Assumptions, cause: string, holds: boolean): Assumptions {
  const { [cause]: before, ...others } = assumed;
  if (before === holds) return others;
  return before === undefined && Object.keys(others).length >= ASSUMED_MAX
    ? others
    : { ...others, [cause]: holds };
}

/** A cause that can be assumed, with what is believed of it now. */
export interface Candidate extends CauseName {
  readonly now: number | null;
}

function ofDiagnosis(diagnosis: Diagnosis): Candidate[] {
  return diagnosis.causes.map(({ id, title, title_zh, prior, posterior }) => ({
    id,
    title,
    title_zh,
    prior,
    now: posterior,
  }));
}

/** Those that are assumed, in the order in which they were, then what was found or is likely. */
export function candidates(
  diagnosis: Diagnosis,
  assumed: Assumptions,
  told: readonly Follows[],
  found: readonly CauseName[] | null,
  offeredMax: number,
): { chosen: Candidate[]; offered: Candidate[] } {
  const known = new Map<string, Candidate>();
  for (const cause of found ?? []) known.set(cause.id, { ...cause, now: null });
  for (const cause of told) known.set(cause.id, cause);
  for (const cause of ofDiagnosis(diagnosis)) known.set(cause.id, cause);
  const chosen = Object.keys(assumed).map(
    (id) => known.get(id) ?? { id, title: "", title_zh: "", prior: 0, now: null },
  );
  const pool = found === null ? ofDiagnosis(diagnosis) : found.map((one) => known.get(one.id));
  const offered = pool
    .filter((one): one is Candidate => one !== undefined && !(one.id in assumed))
    .slice(0, offeredMax);
  return { chosen, offered };
}

/** Less than this is no change that anybody would act on. */
const MOVED_MIN = 0.005;

export function moves(all: readonly Follows[]): { up: number; down: number } {
  return {
    up: all.filter((one) => one.then - one.now >= MOVED_MIN).length,
    down: all.filter((one) => one.now - one.then >= MOVED_MIN).length,
  };
}

/** Likeliest first; what is and stays out of the question comes last. */
export function byThen(all: readonly Follows[]): Follows[] {
  const weight = (one: Follows) => Math.max(one.then, Math.abs(one.then - one.now));
  return [...all].sort((a, b) => weight(b) - weight(a) || a.id.localeCompare(b.id));
}
