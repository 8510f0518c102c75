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

/** The text of `name` in the language at hand, however it is written down. */
export function text(fields: Fields, name: string): string {
  const value = fields[name];
  const chinese = fields[`${name}_zh`];
  if (typeof value === "string" || typeof chinese === "string") {
    const [first, second] = lang.value === "zh" ? [chinese, value] : [value, chinese];
    if (typeof first === "string" && first !== "") return first.trim();
    return typeof second === "string" ? second.trim() : "";
  }
  if (!isFields(value)) return "";
  const [first, second] = lang.value === "zh" ? [value.zh, value.en] : [value.en, value.zh];
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
