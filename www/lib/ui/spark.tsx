import { sparkRuns } from "../charts/series.ts";

/** A small live trace on ruled paper. Decorative: the figure beside it is read out. */
export function Spark({
  values,
  floor = 0,
}: {
  values: readonly (number | null)[];
  floor?: number;
}) {
  const runs = sparkRuns(values, 120, 30, floor);
  return (
    <svg class="spark" viewBox="0 0 120 32" preserveAspectRatio="none" aria-hidden="true">
      {runs.map((points) =>
        points.includes(" ") ? (
          <polyline key={points} points={points} transform="translate(0 1)" />
        ) : (
          <circle key={points} r="1.6" cx={points.split(",")[0]} cy={points.split(",")[1]} />
        ),
      )}
    </svg>
  );
}
