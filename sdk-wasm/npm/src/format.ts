/**
 * Turns what an app hands to `console` into one bounded line. It must survive everything: cycles,
 * throwing getters, proxies, megabytes.
 */
import { clip, LINE_UNITS_MAX } from "./log-ring.js";

const DEPTH_MAX = 4;
const ENTRIES_MAX = 50;
const CAUSES_MAX = 4;
const UNPRINTABLE = "[unprintable]";

export function format(values: readonly unknown[]): string {
  try {
    const out = new Writer();
    let next = 0;
    const first = values[0];
    if (typeof first === "string" && values.length > 1 && first.includes("%")) {
      next = 1;
      out.add(
        clip(first, LINE_UNITS_MAX).replace(/%[sdifoOc%]/g, (mark) => {
          if (mark === "%%") return "%";
          if (next >= values.length) return mark;
          const value = values[next++];
          if (mark === "%c") return "";
          return mark === "%d" || mark === "%i" || mark === "%f" ? number(value) : describe(value);
        }),
      );
    }
    for (; next < values.length && !out.full; next++) {
      if (next > 0) out.add(" ");
      out.value(values[next], 0, true);
    }
    return out.text();
  } catch {
    return UNPRINTABLE;
  }
}

function number(value: unknown): string {
  return typeof value === "symbol" ? "NaN" : String(Number(value));
}

function describe(value: unknown): string {
  const out = new Writer();
  out.value(value, 0, true);
  return out.text();
}

class Writer {
  #text = "";
  readonly #open: object[] = [];

  get full(): boolean {
    return this.#text.length > LINE_UNITS_MAX;
  }

  text(): string {
    return clip(this.#text, LINE_UNITS_MAX);
  }

  add(text: string): void {
    if (!this.full) this.#text += clip(text, LINE_UNITS_MAX + 1);
  }

  value(value: unknown, depth: number, bare: boolean): void {
    try {
      if (typeof value === "string") {
        const text = clip(value, LINE_UNITS_MAX + 1);
        this.add(bare ? text : JSON.stringify(text));
      } else if (typeof value === "bigint") {
        this.add(`${value}n`);
      } else if (typeof value === "function") {
        this.add(`[function ${value.name}]`);
      } else if (typeof value === "object" && value !== null) {
        this.#object(value, depth);
      } else {
        this.add(String(value));
      }
    } catch {
      this.add(UNPRINTABLE);
    }
  }

  #object(value: object, depth: number): void {
    if (value instanceof Error) return this.#error(value);
    if (value instanceof Date) return this.add(Number.isNaN(+value) ? "Invalid Date" : value.toISOString());
    if (value instanceof RegExp) return this.add(String(value));
    if (ArrayBuffer.isView(value)) return this.add(`[${value.constructor.name} ${value.byteLength} bytes]`);
    const tag = (value as { tagName?: unknown }).tagName;
    if (typeof tag === "string" && "nodeType" in value) return this.add(`<${tag.toLowerCase()}>`);
    if (this.#open.includes(value)) return this.add("[circular]");
    if (depth >= DEPTH_MAX) return this.add(Array.isArray(value) ? "[…]" : "{…}");
    this.#open.push(value);
    if (Array.isArray(value) || value instanceof Set) this.#entries("[]", value, depth, false);
    else this.#entries("{}", value instanceof Map ? value : keysOf(value), depth, true);
    this.#open.pop();
  }

  #entries(brackets: string, entries: Iterable<unknown>, depth: number, named: boolean): void {
    let count = 0;
    this.add(brackets[0]!);
    for (const entry of entries) {
      if (count > 0) this.add(",");
      if (++count > ENTRIES_MAX || this.full) {
        this.add("…");
        break;
      }
      if (named) {
        const [key, value] = entry as [unknown, unknown];
        this.value(key, depth + 1, false);
        this.add(":");
        this.value(value, depth + 1, false);
      } else {
        this.value(entry, depth + 1, false);
      }
    }
    this.add(brackets[1]!);
  }

  #error(error: Error): void {
    let current: unknown = error;
    for (let causes = 0; causes < CAUSES_MAX && current instanceof Error; causes++) {
      if (causes > 0) this.add("\nCaused by: ");
      const head = `${current.name}: ${current.message}`;
      const stack = typeof current.stack === "string" ? current.stack : "";
      // V8 repeats name and message in the stack, the other engines do not.
      this.add(stack.startsWith(head) ? stack : stack ? `${head}\n${stack}` : head);
      current = (current as { cause?: unknown }).cause;
    }
  }
}

/** Own enumerable entries; a getter that throws spoils only its own value. */
function* keysOf(value: object): Generator<[string, unknown]> {
  for (const key of Object.keys(value)) {
    let field: unknown;
    try {
      field = (value as Record<string, unknown>)[key];
    } catch {
      field = UNPRINTABLE;
    }
    yield [key, field];
  }
}
