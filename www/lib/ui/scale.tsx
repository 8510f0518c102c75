import { percent } from "../format.ts";

const TICKS = Array.from({ length: 21 }, (_, i) => i * 5);

/**
 * A probability as an instrument shows it: ruled from 0 to 100 with a needle. `from` marks where it
 * stood before the evidence, so that the distance travelled is seen.
 */
export function Scale({
  value,
  from,
  label,
}: {
  value: number;
  from?: number | null;
  label: string;
}) {
  const at = Math.min(Math.max(value, 0), 1) * 100;
  const start = from === null || from === undefined ? null : Math.min(Math.max(from, 0), 1) * 100;
  return (
    <div class="scale" role="img" aria-label={`${label} ${percent(value)}`}>
      <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        {start === null ? null : (
          <rect
            class="scale-travel"
            x={Math.min(start, at)}
            y="5.5"
            width={Math.abs(at - start)}
            height="3"
          />
        )}
        {TICKS.map((x) => (
          <line
            key={x}
            class="scale-tick"
            x1={x}
            x2={x}
            y1={x % 50 === 0 ? 2 : x % 10 === 0 ? 4.5 : 6.5}
            y2="10"
          />
        ))}
        <line class="scale-base" x1="0" x2="100" y1="9.6" y2="9.6" />
        {start === null ? null : <line class="scale-from" x1={start} x2={start} y1="4" y2="10" />}
        <line class="scale-needle" x1={at} x2={at} y1="0" y2="10" />
      </svg>
      <div class="scale-ends" aria-hidden="true">
        <span>0</span>
        <span>50</span>
        <span>100%</span>
      </div>
    </div>
  );
}

export function Bar({ value, from }: { value: number; from?: number | null }) {
  const width = (p: number) => `${(Math.min(Math.max(p, 0), 1) * 100).toFixed(1)}%`;
  return (
    <span class="bar" aria-hidden="true">
      <span class="bar-fill" style={{ width: width(value) }} />
      {from === null || from === undefined ? null : (
        <span class="bar-from" style={{ left: width(from) }} />
      )}
    </span>
  );
}
