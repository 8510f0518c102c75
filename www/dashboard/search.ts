import type { CatalogueItem } from "../lib/api.ts";
import { KNOWN_FAMILIES } from "../lib/i18n/common.ts";

const fold = (text: string) => text.normalize("NFKC").toLowerCase();

/** Every word must occur, in either language, wherever in the entry. The code's own match comes first. */
export function searchCatalogue(items: readonly CatalogueItem[], query: string): CatalogueItem[] {
  const words = fold(query)
    .split(/\s+/)
    .filter((word) => word !== "");
  if (words.length === 0) return [...items];
  const scored = items.flatMap((item) => {
    const code = fold(item.code);
    const text = fold([item.code, item.title, item.title_zh, item.scene, item.scene_zh].join(" "));
    if (!words.every((word) => text.includes(word))) return [];
    const score = words.some((word) => code === word || code.endsWith(word)) ? 0 : 1;
    return [{ item, score }];
  });
  return scored.sort((a, b) => a.score - b.score).map(({ item }) => item);
}

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
