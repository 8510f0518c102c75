import type { LogLine } from "../api.ts";

/** One row on screen: all rows are equally high, which keeps the list virtual without measuring. */
export interface Row {
  /** 0-based index of the log line. */
  readonly line: number;
  /** True on the first row of its line, which carries number, time and level. */
  readonly first: boolean;
  readonly text: string;
  /** Characters of this physical line that were cut off. */
  readonly cut: number;
}

const UNWRAPPED_CHARS_MAX = 2000;

function width(char: string): number {
  const point = char.codePointAt(0) ?? 0;
  if (point === 9) return 4;
  return point >= 0x1100 && (point <= 0x115f || point >= 0x2e80) ? 2 : 1;
}

/** Breaks text after `columnsMax` columns; wide characters count twice. */
export function wrapColumns(text: string, columnsMax: number): string[] {
  const limit = Math.max(8, columnsMax);
  if (text.length * 2 <= limit) return [text];
  const rows: string[] = [];
  let start = 0;
  let used = 0;
  let at = 0;
  for (const char of text) {
    const w = width(char);
    if (used + w > limit) {
      rows.push(text.slice(start, at));
      start = at;
      used = 0;
    }
    used += w;
    at += char.length;
  }
  rows.push(text.slice(start));
  return rows;
}

/** `columnsMax` null: no wrapping, but a bound on what one row may hold. */
export function rowsOf(logs: readonly LogLine[], columnsMax: number | null): Row[] {
  const rows: Row[] = [];
  logs.forEach((entry, line) => {
    let first = true;
    for (const physical of entry.message.split(/\r\n|\n|\r/)) {
      const kept = columnsMax === null ? physical.slice(0, UNWRAPPED_CHARS_MAX) : physical;
      const pieces = columnsMax === null ? [kept] : wrapColumns(kept, columnsMax);
      pieces.forEach((text, i) => {
        const cut = i === pieces.length - 1 ? physical.length - kept.length : 0;
        rows.push({ line, first, text, cut });
        first = false;
      });
    }
  });
  return rows;
}

/** Index of the first row of each log line. */
export function rowOfLine(rows: readonly Row[], line: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if ((rows[mid]?.line ?? Infinity) < line) low = mid + 1;
    else high = mid;
  }
  return low;
}

/** Which rows are on screen, with a margin so that scrolling never shows white. */
export function visibleRange(
  scrollTop: number,
  viewHeight: number,
  rowHeight: number,
  count: number,
): { from: number; to: number } {
  const margin = 12;
  const from = Math.max(0, Math.floor(scrollTop / rowHeight) - margin);
  const to = Math.min(count, Math.ceil((scrollTop + viewHeight) / rowHeight) + margin);
  return { from: Math.min(from, to), to };
}
