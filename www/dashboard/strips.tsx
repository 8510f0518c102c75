import { useState } from "preact/hooks";
import { work } from "../lib/i18n/work.ts";
import { lang } from "../lib/prefs.ts";
import { Bars } from "./bars.tsx";

export interface Strip {
  readonly id: string;
  readonly title: string;
  /** Shown small beside the title, such as a code. */
  readonly tag?: string;
  readonly href?: string;
  readonly counts: readonly number[];
}

const DAY_MS = 86_400_000;
const TICKS_MAX = 5;

/** Day, and time of day where steps are shorter than a day. Days are those of UTC, as counted. */
export function stepName(ms: number, stepMs: number): string {
  const byDay = stepMs >= DAY_MS;
  return new Intl.DateTimeFormat(lang.value === "zh" ? "zh-CN" : "en-GB", {
    month: "short",
    day: "numeric",
    ...(byDay ? { timeZone: "UTC" } : { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
  }).format(ms);
}

/** What stands at a tick: only the time of day where all steps are within one, else the day. */
export function tickName(ms: number, stepMs: number, count: number): string {
  if (stepMs >= DAY_MS) return stepName(ms, stepMs);
  const day = stepMs * count <= DAY_MS;
  return new Intl.DateTimeFormat(lang.value === "zh" ? "zh-CN" : "en-GB", {
    ...(day
      ? { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }
      : { month: "short", day: "numeric" }),
  }).format(ms);
}

/** Places of at most five ticks, evenly spaced, the first step included. */
export function ticks(count: number): number[] {
  const every = Math.max(1, Math.ceil(count / TICKS_MAX));
  return Array.from({ length: Math.ceil(count / every) }, (_, i) => i * every);
}

const sum = (counts: readonly number[]) => counts.reduce((all, n) => all + n, 0);

function Reading({ strip, at, when }: { strip: Strip; at: number | null; when: string }) {
  const peak = Math.max(0, ...strip.counts);
  return (
    <span class="strip-reading">
      {at === null ? (
        <>
          <strong>{sum(strip.counts)}</strong>
          <span class="faint">{work("trends.peak", { n: peak })}</span>
        </>
      ) : (
        <>
          <strong>{strip.counts[at] ?? 0}</strong>
          <span class="faint">{when}</span>
        </>
      )}
    </span>
  );
}

/**
 * Counts over time as a chart recorder draws them: one strip for each channel under one time axis,
 * with one reading line across all. Moved by pointer, touch or the slider below; the figures beside each
 * strip are what it reads.
 */
export function Strips({
  from_ms,
  step_ms,
  strips,
  shared,
}: {
  from_ms: number;
  step_ms: number;
  strips: readonly Strip[];
  /** Whether all strips have one scale. */
  shared: boolean;
}) {
  const [at, setAt] = useState<number | null>(null);
  const count = strips[0]?.counts.length ?? 0;
  const top = shared ? Math.max(1, ...strips.flatMap((strip) => [...strip.counts])) : undefined;
  const when = at === null ? "" : stepName(from_ms + at * step_ms, step_ms);
  const point = (event: PointerEvent) => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const share = (event.clientX - box.left) / Math.max(box.width, 1);
    setAt(Math.min(Math.max(Math.floor(share * count), 0), count - 1));
  };
  const read = (place: number) => {
    const name = stepName(from_ms + place * step_ms, step_ms);
    return work("trends.at", { n: strips[0]?.counts[place] ?? 0, when: name });
  };
  return (
    <div class="strips">
      <ul>
        {strips.map((strip) => (
          <li key={strip.id} class={strip.title === "" ? "strip plain" : "strip"}>
            {strip.title === "" ? null : (
              <span class="strip-name">
                {strip.href === undefined ? (
                  <span class="strip-title">{strip.title}</span>
                ) : (
                  <a class="strip-title row-link-plain" href={strip.href}>
                    {strip.title}
                  </a>
                )}
                {strip.tag === undefined ? null : <span class="mono faint">{strip.tag}</span>}
              </span>
            )}
            <div
              class="strip-plot"
              role="img"
              aria-label={work("trends.total", { n: sum(strip.counts) })}
              onPointerMove={point}
              onPointerDown={point}
              onPointerLeave={() => setAt(null)}
            >
              <Bars counts={strip.counts} at={at} {...(top === undefined ? {} : { top })} />
            </div>
            <Reading strip={strip} at={at} when={when} />
          </li>
        ))}
      </ul>
      <div class={strips.some((strip) => strip.title !== "") ? "strip-axis" : "strip-axis plain"}>
        <div class="strip-ticks" aria-hidden="true">
          {ticks(count).map((tick, i, all) => (
            <span key={tick} style={{ flexGrow: (all[i + 1] ?? count) - tick }}>
              {tickName(from_ms + tick * step_ms, step_ms, count)}
            </span>
          ))}
        </div>
        <input
          class="strip-range"
          type="range"
          min={0}
          max={Math.max(count - 1, 0)}
          value={at ?? count - 1}
          aria-label={work("trends.reading")}
          aria-valuetext={read(at ?? count - 1)}
          onInput={(e) => setAt(Number(e.currentTarget.value))}
          onBlur={() => setAt(null)}
        />
      </div>
    </div>
  );
}
