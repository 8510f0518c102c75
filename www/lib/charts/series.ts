import type { Fps, Memory, Rtt } from "../api.ts";

/** Seconds before capture (negative) against a value; null is a gap, such as a lost probe. */
export interface Series {
  readonly x: readonly number[];
  readonly y: readonly (number | null)[];
}

const EMPTY: Series = { x: [], y: [] };

function finite(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** uPlot needs rising times; equal or falling ones are put in order. */
function ordered(points: [x: number, y: number | null][]): Series {
  const sorted = points.filter(([x]) => Number.isFinite(x)).sort((a, b) => a[0] - b[0]);
  return { x: sorted.map(([x]) => x), y: sorted.map(([, y]) => y) };
}

/** FPS samples carry no times: they are evenly spaced and end at the capture. */
export function fpsSeries(fps: Fps | null | undefined): Series {
  const samples = fps?.samples ?? [];
  if (samples.length === 0) return EMPTY;
  const byWindow = fps?.window_ms ? fps.window_ms / samples.length : undefined;
  const stepS = (fps?.interval_ms ?? byWindow ?? 500) / 1000;
  return ordered(samples.map((value, i) => [(i + 1 - samples.length) * stepS, finite(value)]));
}

function columns(
  times: readonly number[] | null | undefined,
  values: readonly (number | null)[] | null | undefined,
): Series {
  return ordered((times ?? []).map((at, i) => [at / 1000, finite(values?.[i])]));
}

export function rttSeries(rtt: Rtt | null | undefined): Series {
  return columns(rtt?.at_ms, rtt?.rtt_ms);
}

export function memorySeries(memory: Memory | null | undefined): Series {
  return columns(memory?.at_ms, memory?.samples_bytes);
}

/** One time axis for all plots: from the earliest point to the capture. */
export function sharedRange(all: readonly Series[], marks: readonly number[]): [number, number] {
  const xs = [...all.flatMap((series) => series.x), ...marks];
  const from = Math.min(0, ...xs);
  const to = Math.max(0, ...xs);
  return from === to ? [-30, 0] : [from, to];
}

/** Points of a spark line in a box; gaps split it into runs. */
export function sparkRuns(
  values: readonly (number | null)[],
  width: number,
  height: number,
  floor = 0,
): string[] {
  const known = values.filter((v): v is number => v !== null && Number.isFinite(v));
  if (known.length === 0) return [];
  const top = Math.max(...known, floor + 1e-9);
  const stepX = values.length > 1 ? width / (values.length - 1) : 0;
  const runs: string[] = [];
  let run: string[] = [];
  values.forEach((value, i) => {
    if (value === null || !Number.isFinite(value)) {
      if (run.length > 0) runs.push(run.join(" "));
      run = [];
      return;
    }
    const y = height - ((value - floor) / (top - floor)) * height;
    run.push(`${(i * stepX).toFixed(1)},${Math.min(Math.max(y, 0), height).toFixed(1)}`);
  });
  if (run.length > 0) runs.push(run.join(" "));
  return runs;
}
