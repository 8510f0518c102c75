import { lang } from "../prefs.ts";

/** Picks `title_zh` over `title` in Chinese; falls back to whichever of the two has text. */
export function localized<K extends string>(
  source: Partial<Record<K | `${K}_zh`, string | null | undefined>> | null | undefined,
  field: K,
): string {
  if (source === null || source === undefined) return "";
  const english = source[field];
  const chinese = source[`${field}_zh` as const];
  const [first, second] = lang.value === "zh" ? [chinese, english] : [english, chinese];
  return first || second || "";
}

/** For `{en, zh}` objects, plain strings, and lists of either, as catalogue entries carry them. */
export function localizedValue(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return "";
  const pair = value as { en?: unknown; zh?: unknown };
  const [first, second] = lang.value === "zh" ? [pair.zh, pair.en] : [pair.en, pair.zh];
  if (typeof first === "string" && first !== "") return first;
  return typeof second === "string" ? second : "";
}
