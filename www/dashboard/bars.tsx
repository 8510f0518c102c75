import type { Curve } from "../lib/api.ts";

/** Bars of counts over time in a box of 100 by 24; the last one, still going on, is hollow. */
export function Bars({
  counts,
  top,
  at,
}: {
  counts: readonly number[];
  /** The count that fills the height; left out: the largest. */
  top?: number;
  /** The bar that is being read. */
  at?: number | null;
}) {
  const full = Math.max(top ?? 0, ...(top === undefined ? counts : []), 1);
  const step = 100 / Math.max(counts.length, 1);
  const gap = counts.length > 60 ? 0.1 : 0.18;
  return (
    <svg class="bars" viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">
      <line class="bars-base" x1="0" x2="100" y1="23.500" y2="23.500" />
      {at === null || at === undefined ? null : (
        <rect class="bars-at" x={at * step} y="0" width={step} height="24" />
      )}
      {counts.map((count, i) =>
        count === 0 ? null : (
          <rect
            key={i}
            class={i === counts.length - 1 ? "bars-bar now" : "bars-bar"}
            x={i * step + (step * gap) / 2}
            width={step * (1 - gap)}
            y={23 - Math.max((count / full) * 22, 0.9)}
            height={Math.max((count / full) * 22, 0.9)}
          />
        ),
      )}
    </svg>
  );
}

/** Adds one report that has just arrived to the step it falls into. */
export function bump(curve: Curve, atMs: number): Curve {
  const step = Math.floor((atMs - curve.from_ms) / curve.step_ms);
  if (step < 0 || step >= curve.counts.length) return curve;
  return { ...curve, counts: curve.counts.map((n, i) => (i === step ? n + 1 : n)) };
}
