import type { CatalogueItem } from "../lib/api.ts";
import { KNOWN_FAMILIES } from "../lib/i18n/common.ts";

export interface FamilyGroup {
  family: string;
  items: CatalogueItem[];
}

/** Known families in their usual order, any others after them. */
export function familiesOf(items: readonly CatalogueItem[]): FamilyGroup[] {
  const groups = new Map<string, CatalogueItem[]>();
  for (const item of items) groups.set(item.family, [...(groups.get(item.family) ?? []), item]);
  const rank = (family: string) => {
    const at = KNOWN_FAMILIES.indexOf(family);
    return at < 0 ? KNOWN_FAMILIES.length : at;
  };
  return [...groups]
    .map(([family, list]) => ({ family, items: list }))
    .sort((a, b) => rank(a.family) - rank(b.family) || a.family.localeCompare(b.family));
}
