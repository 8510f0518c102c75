/**
 * The log lines that a capture would take. They stay on the JavaScript side, since keeping a line
 * here costs a few stores and pushing it into WebAssembly costs a copy and an encoding; the core
 * gets them all at once when a snapshot is made.
 */
import type { Level } from "./types.js";

export const LEVELS: Readonly<Record<Level, number>> = {
  trace: 0,
  debug: 1,
  info: 2,
  warn: 3,
  error: 4,
  fatal: 5,
};

/** UTF-16 units of one line; the core cuts again, exactly, by bytes. */
export const LINE_UNITS_MAX = 16384;
const SOURCES_MAX = 256;
const SOURCE_UNITS_MAX = 64;

/** Lines laid out for the core: see `lines.rs`. */
export interface LineBatch {
  readonly text: string;
  readonly meta: Uint8Array;
  readonly sources: string;
}

/** A kept line. */
export interface Row {
  readonly atMs: number;
  readonly level: number;
  readonly source: string;
  readonly text: string;
}

export function layOut(rows: readonly Row[], nowMs: number): LineBatch {
  const meta = new Int32Array(3 * rows.length);
  const sources = new Map<string, number>();
  rows.forEach(({ atMs, level, source, text }, row) => {
    let index = sources.get(source);
    if (index === undefined) {
      index = Math.min(sources.size, SOURCES_MAX - 1);
      if (sources.size < SOURCES_MAX) sources.set(source, index);
    }
    // A clock that was set back makes lines of the future; they count as new.
    meta[3 * row] = Math.min(0, atMs - nowMs);
    meta[3 * row + 1] = level | (index << 8);
    meta[3 * row + 2] = text.length;
  });
  return {
    text: rows.map((row) => row.text).join("\n"),
    meta: new Uint8Array(meta.buffer),
    sources: Array.from(sources.keys(), (source) =>
      clip(source, SOURCE_UNITS_MAX).replaceAll("\n", " "),
    ).join("\n"),
  };
}

/**
 * The first `units` units of `text`, as a string of its own: a plain slice of a huge string would
 * keep all of it alive. Never ends within a surrogate pair.
 */
export function clip(text: string, units: number): string {
  if (text.length <= units) return text;
  const last = text.charCodeAt(units - 1);
  const end = last >= 0xd800 && last < 0xdc00 ? units - 1 : units;
  return ` ${text.slice(0, end)}`.slice(1);
}

export class LogRing {
  /** Lines ever logged, pushed out by the bounds, and cut. */
  logged = 0;
  dropped = 0;
  cut = 0;
  readonly #linesMax: number;
  readonly #unitsMax: number;
  readonly #at: number[];
  readonly #level: number[];
  readonly #source: string[];
  readonly #text: string[];
  #head = 0;
  #count = 0;
  #units = 0;

  constructor(linesMax: number, unitsMax: number) {
    this.#linesMax = linesMax;
    this.#unitsMax = unitsMax;
    this.#at = new Array<number>(linesMax).fill(0);
    this.#level = new Array<number>(linesMax).fill(0);
    this.#source = new Array<string>(linesMax).fill("");
    this.#text = new Array<string>(linesMax).fill("");
  }

  push(atMs: number, level: number, source: string, text: string): void {
    this.logged++;
    if (text.length > LINE_UNITS_MAX) {
      text = clip(text, LINE_UNITS_MAX);
      this.cut++;
    }
    if (this.#count === this.#linesMax) this.#forget();
    this.#units += text.length;
    while (this.#units > this.#unitsMax && this.#count > 0) this.#forget();
    let at = this.#head + this.#count;
    if (at >= this.#linesMax) at -= this.#linesMax;
    this.#at[at] = atMs;
    this.#level[at] = level;
    this.#source[at] = source;
    this.#text[at] = text;
    this.#count++;
  }

  #forget(): void {
    const at = this.#head;
    this.#units -= this.#text[at]!.length;
    this.#text[at] = "";
    this.#head = at + 1 === this.#linesMax ? 0 : at + 1;
    this.#count--;
    this.dropped++;
  }

  /** How many of the kept lines are at most `windowMs` old. */
  count(nowMs: number, windowMs: number): number {
    let count = 0;
    for (let i = 0; i < this.#count; i++) {
      if (this.#at[(this.#head + i) % this.#linesMax]! >= nowMs - windowMs) count++;
    }
    return count;
  }

  /** All kept lines of the window, oldest first. */
  rows(nowMs: number, windowMs: number): Row[] {
    const rows: Row[] = [];
    for (let i = 0; i < this.#count; i++) {
      const at = (this.#head + i) % this.#linesMax;
      const atMs = this.#at[at]!;
      if (nowMs - atMs > windowMs) continue;
      rows.push({ atMs, level: this.#level[at]!, source: this.#source[at]!, text: this.#text[at]! });
    }
    return rows;
  }

  /** The same, laid out for the core. */
  batch(nowMs: number, windowMs: number): LineBatch {
    return layOut(this.rows(nowMs, windowMs), nowMs);
  }

  /** The newest line of at least this level, or an empty text. */
  last(level: number): string {
    for (let i = this.#count - 1; i >= 0; i--) {
      const at = (this.#head + i) % this.#linesMax;
      if (this.#level[at]! >= level) return this.#text[at]!;
    }
    return "";
  }

  clear(): void {
    this.#text.fill("");
    this.#source.fill("");
    this.#count = this.#units = 0;
  }
}
