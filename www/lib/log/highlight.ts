import type { CodeMatch, LogLine } from "../api.ts";

/** A code that a log line speaks for. */
export interface Hit {
  readonly code: string;
  readonly primary: boolean;
  readonly captures: Readonly<Record<string, string>>;
}

export interface Segment {
  readonly text: string;
  /** Name of the capture that this text is; null for plain text. */
  readonly capture: string | null;
}

/** Index (0-based) of each log line that is evidence, with what it is evidence for. */
export function evidenceByLine(codes: readonly CodeMatch[], lineCount: number): Map<number, Hit[]> {
  const hits = new Map<number, Hit[]>();
  for (const match of codes) {
    for (const line of match.lines) {
      const at = line - 1;
      if (!Number.isInteger(at) || at < 0 || at >= lineCount) continue;
      const hit = { code: match.code, primary: match.primary, captures: match.captures };
      hits.set(at, [...(hits.get(at) ?? []), hit]);
    }
  }
  return new Map([...hits].sort(([a], [b]) => a - b));
}

const CAPTURE_CHARS_MIN = 2;

/** Longest captures first, so that `10.0.3.21:5432` is marked whole before `5432` alone. */
function wanted(hits: readonly Hit[]): [name: string, value: string][] {
  const pairs = hits.flatMap((hit) => Object.entries(hit.captures));
  const distinct = new Map(pairs.map(([name, value]) => [value, name]));
  return [...distinct]
    .filter(([value]) => value.length >= CAPTURE_CHARS_MIN)
    .map(([value, name]): [string, string] => [name, value])
    .sort((a, b) => b[1].length - a[1].length);
}

/** Splits a line at the captured values in it. The segments' texts join up to the line again. */
export function segments(text: string, hits: readonly Hit[]): Segment[] {
  let parts: Segment[] = [{ text, capture: null }];
  for (const [name, value] of wanted(hits)) {
    parts = parts.flatMap((part) =>
      part.capture === null ? split(part.text, name, value) : [part],
    );
  }
  return parts.filter((part) => part.text !== "");
}

function split(text: string, name: string, value: string): Segment[] {
  const out: Segment[] = [];
  let from = 0;
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, from)) {
    out.push({ text: text.slice(from, at), capture: null }, { text: value, capture: name });
    from = at + value.length;
  }
  out.push({ text: text.slice(from), capture: null });
  return out;
}

/** The lines that the report quotes: the primary code's first, then the others', few of each. */
export function quotedLines(
  codes: readonly CodeMatch[],
  logs: readonly LogLine[],
  perCode: number,
): { match: CodeMatch; index: number; line: LogLine }[] {
  const ordered = [...codes].sort(
    (a, b) => Number(b.primary) - Number(a.primary) || b.score - a.score,
  );
  const seen = new Set<number>();
  return ordered.flatMap((match) =>
    match.lines
      .map((n) => n - 1)
      .filter((index) => logs[index] !== undefined && !seen.has(index))
      .slice(0, perCode)
      .flatMap((index) => {
        const line = logs[index];
        seen.add(index);
        return line === undefined ? [] : [{ match, index, line }];
      }),
  );
}
