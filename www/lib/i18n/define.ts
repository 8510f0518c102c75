import { lang } from "../prefs.ts";

/** English first, Chinese second. A string without its translation does not type-check. */
export type Pair = readonly [en: string, zh: string];

type Params<S extends string> = S extends `${string}{${infer P}}${infer Rest}`
  ? P | Params<Rest>
  : never;

type Args<P extends Pair> = [Params<P[0]>] extends [never]
  ? []
  : [params: Record<Params<P[0]>, string | number>];

export interface Translator<D extends Record<string, Pair>> {
  <K extends keyof D & string>(key: K, ...args: Args<D[K]>): string;
  readonly entries: D;
}

/** `one|many`: the part before the bar is used when `n` is 1. */
function chooseForm(template: string, params: Record<string, string | number> | undefined): string {
  const bar = template.indexOf("|");
  if (bar < 0 || params === undefined) return template;
  return Number(params.n) === 1 ? template.slice(0, bar) : template.slice(bar + 1);
}

export function fill(template: string, params?: Record<string, string | number>): string {
  const chosen = chooseForm(template, params);
  if (params === undefined) return chosen;
  return chosen.replace(/\{(\w+)\}/g, (whole, name: string) =>
    name in params ? String(params[name]) : whole,
  );
}

/** A dictionary of pairs becomes a function whose keys and placeholders are checked by the compiler. */
export function define<const D extends Record<string, Pair>>(entries: D): Translator<D> {
  const translate = (key: string, params?: Record<string, string | number>): string => {
    const pair = entries[key];
    if (pair === undefined) return key;
    return fill(pair[lang.value === "zh" ? 1 : 0], params);
  };
  return Object.assign(translate, { entries }) as unknown as Translator<D>;
}
