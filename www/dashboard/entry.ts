import { lang } from "../lib/prefs.ts";

/** Readers for catalogue entries, whose many fields may come as `{en, zh}`, as pairs, or plain. */
export type Fields = Record<string, unknown>;

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function list(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

export function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((v): v is string => typeof v === "string") : [];
}

/** The text of `name` in the language at hand: `{en, zh}`, `name` beside `name_zh`, or plain. */
export function text(fields: Fields, name: string): string {
  const value = fields[name];
  const [english, chinese] = isFields(value) ? [value.en, value.zh] : [value, fields[`${name}_zh`]];
  const [first, second] = lang.value === "zh" ? [chinese, english] : [english, chinese];
  if (typeof first === "string" && first !== "") return first.trim();
  return typeof second === "string" ? second.trim() : "";
}

/** One condition of an indicator in short: `line /…/`, `fps < 30`, `code ERR-…`. */
export function conditionText(when: unknown): string {
  if (!isFields(when)) return typeof when === "string" ? when : "";
  const [kind, body] = Object.entries(when)[0] ?? ["", ""];
  if (!isFields(body)) return `${kind} ${String(body)}`;
  const parts = Object.entries(body)
    .filter(([name]) => name !== "literals" && name !== "ignore_case")
    .map(([, value]) => String(value));
  return `${kind.replaceAll("_", " ")} ${parts.join(" ")}`;
}
