/** Where a signature's pattern matches a text, and what it captures there. */
export interface Mark {
  start: number;
  end: number;
  /** The capture's name; none for the rest of the match. */
  name: string | null;
}

/**
 * The catalogue's patterns are those of Rust's `regex`, which JavaScript reads once named groups are
 * spelled its way; what it cannot read is not marked.
 */
function compile(pattern: string, ignoreCase: boolean): RegExp | null {
  try {
    return new RegExp(pattern.replaceAll("(?P<", "(?<"), ignoreCase ? "dmi" : "dm");
  } catch {
    return null;
  }
}

/** The match cut into pieces, captures apart, in the order of the text. */
export function marksOf(text: string, pattern: string, ignoreCase = false): Mark[] {
  const found = compile(pattern, ignoreCase)?.exec(text);
  const span = found?.indices?.[0];
  if (span === undefined) return [];
  const captures = Object.entries(found?.indices?.groups ?? {})
    .filter((entry): entry is [string, [number, number]] => entry[1] !== undefined)
    .map(([name, [start, end]]) => ({ name, start, end }))
    .filter((capture) => capture.end > capture.start)
    .sort((a, b) => a.start - b.start);
  const marks: Mark[] = [];
  let [at] = span;
  for (const capture of captures) {
    // A capture inside another one is part of it.
    if (capture.start < at) continue;
    if (capture.start > at) marks.push({ start: at, end: capture.start, name: null });
    marks.push(capture);
    at = capture.end;
  }
  if (at < span[1]) marks.push({ start: at, end: span[1], name: null });
  return marks;
}
