/**
 * What the app sees and may change of a snapshot before it is sealed: rules of its own against
 * secrets, and `beforeSend`. Loaded only where an app asks for either.
 */
import type { Core } from "./core.js";
import type { DiagEvent, EventKind } from "./events.js";
import type { DeviceFacts, Host } from "./host/host.js";
import { clip, layOut, LEVELS, LINE_UNITS_MAX, type LineBatch, type Row } from "./log-ring.js";
import type { Parts } from "./port.js";
import type { DiagOptions, Level, ScrubRule, SnapshotCause, SnapshotDraft } from "./types.js";

/** The kinds that an app may leave or add. */
const KINDS: Readonly<Record<EventKind, true>> = {
  visibility: true,
  network_change: true,
  memory_warning: true,
  exception: true,
  unhandled_rejection: true,
  long_task: true,
  interaction: true,
  unclean_exit: true,
  anr: true,
  suspended: true,
  request: true,
  lifecycle: true,
  rtt_estimate: true,
};

/** What goes into a snapshot, ready for the core. */
export interface Draft {
  readonly batch: LineBatch;
  readonly events: readonly DiagEvent[];
  readonly page: string;
}

interface Material extends Draft {
  readonly rows: readonly Row[];
  readonly cause: SnapshotCause;
  readonly capturedAt: number;
}

const NAMES = Object.keys(LEVELS) as Level[];

/** False where one of the rules is no pattern. */
export const areRules = (rules: readonly ScrubRule[] = []): boolean =>
  rules.every((rule) => typeof patternOf(rule)?.exec === "function");

const patternOf = (rule: ScrubRule | undefined): RegExp | undefined =>
  (rule as { pattern?: RegExp } | undefined)?.pattern ?? (rule as RegExp | undefined);

function compiled(rules: readonly ScrubRule[] = []): (text: string) => string {
  const all = rules.map((rule) => {
    const [pattern, replacement] =
      "pattern" in rule ? [rule.pattern, rule.replacement] : [rule, "[redacted:custom]"];
    const flags = pattern.flags.replace(/[gy]/g, "");
    return [new RegExp(pattern.source, `${flags}g`), replacement] as const;
  });
  return (text) => all.reduce((left, [pattern, instead]) => left.replace(pattern, instead), text);
}

export const applyRules = (text: string, rules: readonly ScrubRule[] | undefined): string =>
  compiled(rules)(text);

/** A draft, or why there is none. This file shares no classes with the others, so it throws none. */
export async function review(
  { device, host, options }: Pick<Parts, "device" | "host" | "options">,
  core: Core,
  material: Material,
): Promise<Draft | string> {
  const clean = compiled(options.scrubRules);
  const rows = material.rows.map((row) => ({ ...row, text: clean(row.text) }));
  const events = material.events.map((event) => ({ ...event, text: clean(event.text) }));
  const page = clean(material.page);
  const { beforeSend } = options;
  if (!beforeSend) return { batch: layOut(rows, material.capturedAt), events, page };
  const texts = core.scrub([...rows, ...events].map((one) => one.text));
  const [seen] = core.scrub([page]);
  const draft: SnapshotDraft = {
    cause: material.cause,
    lines: rows.map(({ atMs, level, source }, index) => ({
      atMs,
      level: NAMES[level] ?? "info",
      source,
      message: texts[index] ?? "",
    })),
    events: events.map((event, index) => ({ ...event, text: texts[rows.length + index] ?? "" })),
    page: seen ?? "",
    facts: factsOf(host, device, options),
  };
  let verdict: unknown;
  try {
    verdict = await beforeSend(draft);
  } catch (error) {
    // What the app could not look at must not go.
    return `beforeSend failed: ${error}`;
  }
  if (verdict === null || verdict === false) return "beforeSend kept the snapshot back";
  try {
    return taken(draft, material.capturedAt);
  } catch (error) {
    return `beforeSend left no draft: ${error}`;
  }
}

/** Reads back what the app left, whatever it made of it. */
function taken(draft: SnapshotDraft, capturedAt: number): Draft {
  const number = (value: unknown): number => (Number.isFinite(value) ? Number(value) : capturedAt);
  const rows = Array.from(draft.lines ?? [], ({ atMs, level, source, message }) => ({
    atMs: number(atMs),
    level: LEVELS[level] ?? LEVELS.info,
    source: String(source),
    text: clip(String(message), LINE_UNITS_MAX),
  }));
  const events = Array.from(draft.events ?? [], ({ kind, atMs, text, value }) => ({
    kind: kind as EventKind,
    atMs: number(atMs),
    text: String(text),
    value: Number(value),
  })).filter(({ kind }) => KINDS[kind] === true);
  return { batch: layOut(rows, capturedAt), events, page: String(draft.page ?? "") };
}

function factsOf(host: Host, device: DeviceFacts, options: DiagOptions): SnapshotDraft["facts"] {
  const facts: Record<string, string | number | boolean> = { host: host.name };
  const { name, version } = options.app ?? {};
  const told = { app: name, appVersion: version };
  try {
    Object.assign(told, device, host.network());
  } catch {
    // For show only.
  }
  for (const [fact, value] of Object.entries(told)) {
    if (value !== undefined && value !== "") facts[fact] = value;
  }
  return facts;
}
