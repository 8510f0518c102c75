import type { GroupFacts, GroupSummary } from "../lib/api.ts";
import { bump } from "./bars.tsx";

export const ORDERS = ["last_seen", "first_seen", "reports"] as const;
export type Order = (typeof ORDERS)[number];

/** What all reports of a group have in common, so that groups can be narrowed by it. */
export const GROUP_FIELDS = ["code", "family", "cause", "project", "state", "status"] as const;

export interface GroupFilters
  extends Readonly<Record<"q" | (typeof GROUP_FIELDS)[number], string>> {
  readonly order: Order;
}

export function groupFiltersOf(query: URLSearchParams): GroupFilters {
  const read = (name: string) => query.get(name) ?? "";
  const order = read("order");
  return {
    q: read("q"),
    code: read("code"),
    family: read("family"),
    cause: read("cause"),
    project: read("project"),
    state: read("state"),
    status: read("status"),
    order: ORDERS.find((known) => known === order) ?? "last_seen",
  };
}

/**
 * Puts a group as it is now into the list: in its place, or on top where the list is ordered by what
 * came last. A curve grows by what the group has more than before.
 */
export function mergeGroup(
  items: readonly GroupSummary[],
  group: GroupFacts,
  filters: GroupFilters,
): GroupSummary[] {
  const at = items.findIndex((item) => item.id === group.id);
  const known = items[at];
  if (known !== undefined) {
    const more = group.reports > known.reports;
    const curve = more ? bump(known.curve, group.last_seen_ms) : known.curve;
    const next = { ...known, ...group, curve };
    const rest = items.filter((item) => item.id !== group.id);
    if (more && filters.order === "last_seen") return [next, ...rest];
    return items.map((item) => (item.id === group.id ? next : item));
  }
  const same = (field: (typeof GROUP_FIELDS)[number]) =>
    filters[field] === "" || filters[field] === group[field];
  const fits = filters.q === "" && GROUP_FIELDS.every(same);
  if (!fits || filters.order !== "last_seen") return [...items];
  const now = items[0]?.curve;
  const empty = now === undefined ? { from_ms: 0, step_ms: 1, counts: [] } : now;
  const curve = { ...empty, counts: empty.counts.map(() => 0) };
  return [{ ...group, curve: bump(curve, group.last_seen_ms) }, ...items];
}
