import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Fps, Memory, Rtt } from "../api.ts";
import { bytes, milliseconds } from "../format.ts";
import { report } from "../i18n/report.ts";
import { lang, paletteVersion } from "../prefs.ts";
import { Section } from "../report/section.tsx";
import { fpsSeries, memorySeries, rttSeries, type Series, sharedRange } from "./series.ts";

interface PlotProps {
  title: string;
  summary: string;
  series: Series;
  range: [number, number];
  marks: readonly number[];
  format: (value: number) => string;
  colour: "--plot-a" | "--plot-b" | "--plot-c";
  showAxis: boolean;
}

const PLOT_HEIGHT_PX = 110;
const AXIS_HEIGHT_PX = 30;
const SYNC = uPlot.sync("report");

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim() || "#888";
}

/** Evidence in the log as lines across every plot, so that a dip and a message meet the eye together. */
function drawMarks(marks: readonly number[]) {
  return (plot: uPlot) => {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.strokeStyle = token("--fault");
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
    for (const mark of marks) {
      const x = Math.round(plot.valToPos(mark, "x", true));
      if (x < bbox.left || x > bbox.left + bbox.width) continue;
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
    }
    ctx.restore();
  };
}

function optionsFor(props: PlotProps, width: number): uPlot.Options {
  const grid = { stroke: token("--grid-strong"), width: 1 };
  const axis = {
    stroke: token("--ink-3"),
    grid,
    ticks: { show: false },
    font: `11px ${token("--mono")}`,
  };
  return {
    width,
    height: PLOT_HEIGHT_PX + (props.showAxis ? AXIS_HEIGHT_PX : 0),
    padding: [8, 16, props.showAxis ? 0 : 8, 0],
    legend: { show: false },
    cursor: { sync: { key: SYNC.key }, points: { size: 6 }, drag: { x: false, y: false } },
    scales: {
      x: { time: false, range: () => props.range },
      y: { range: (_u, _min, max) => [0, Math.max(max * 1.12, 1)] },
    },
    axes: [
      {
        ...axis,
        show: true,
        size: props.showAxis ? AXIS_HEIGHT_PX : 0,
        values: (_u, splits) => splits.map((s) => (props.showAxis ? `${s} s` : "")),
      },
      { ...axis, size: 62, space: 28, values: (_u, splits) => splits.map(props.format) },
    ],
    series: [
      {},
      {
        stroke: token(props.colour),
        width: 1.5,
        spanGaps: false,
        points: { show: props.series.x.length < 40, size: 5, fill: token(props.colour) },
      },
    ],
    hooks: { draw: [drawMarks(props.marks)] },
  };
}

function Plot(props: PlotProps) {
  const box = useRef<HTMLDivElement>(null);
  const palette = paletteVersion.value;
  useEffect(() => {
    const host = box.current;
    if (host === null) return;
    const plot = new uPlot(
      optionsFor(props, host.clientWidth),
      [[...props.series.x], [...props.series.y]] as uPlot.AlignedData,
      host,
    );
    const observer = new ResizeObserver(() =>
      plot.setSize({ width: host.clientWidth, height: plot.height }),
    );
    observer.observe(host);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [props.series, palette, lang.value]);
  return (
    <figure class="plot">
      <figcaption>
        <strong>{props.title}</strong> <span class="faint">{props.summary}</span>
      </figcaption>
      <div
        class={props.showAxis ? "plot-canvas with-axis" : "plot-canvas"}
        ref={box}
        aria-hidden="true"
      />
    </figure>
  );
}

export function PlotsView({
  fps,
  rtt,
  memory,
  marks,
}: {
  fps: Fps | null | undefined;
  rtt: Rtt | null | undefined;
  memory: Memory | null | undefined;
  /** Seconds (negative: before capture) of the evidence in the log. */
  marks: readonly number[];
}) {
  const all = [fpsSeries(fps), rttSeries(rtt), memorySeries(memory)] as const;
  const range = sharedRange(all, marks);
  const plots = [
    {
      title: report("plots.fps"),
      summary:
        fps?.mean == null
          ? ""
          : report("plots.summary_fps", {
              mean: Math.round(fps.mean),
              min: Math.round(fps.min ?? fps.mean),
            }),
      series: all[0],
      format: (v: number) => String(Math.round(v)),
      colour: "--plot-a" as const,
    },
    {
      title: report("plots.rtt"),
      summary: rttSummary(rtt),
      series: all[1],
      format: milliseconds,
      colour: "--plot-b" as const,
    },
    {
      title: report("plots.memory"),
      summary:
        memory?.used_bytes == null
          ? ""
          : report("plots.summary_memory", { used: bytes(memory.used_bytes) }),
      series: all[2],
      format: (v: number) => bytes(v),
      colour: "--plot-c" as const,
    },
  ].filter((plot) => plot.series.x.length > 0);
  return (
    <Section
      id="plots"
      title={report("plots.title")}
      aside={
        marks.length > 0 && plots.length > 0 ? (
          <span class="mark-key">{report("plots.evidence")}</span>
        ) : undefined
      }
    >
      {plots.length === 0 ? (
        <p class="faint">{report("plots.none")}</p>
      ) : (
        <div class="plots">
          {plots.map((plot, i) => (
            <Plot
              key={plot.colour}
              {...plot}
              range={range}
              marks={marks}
              showAxis={i === plots.length - 1}
            />
          ))}
          <p class="plot-axis faint">{report("plots.axis")}</p>
        </div>
      )}
    </Section>
  );
}

function rttSummary(rtt: Rtt | null | undefined): string {
  if (rtt?.median_ms == null) return "";
  const parts = [
    report("plots.summary_rtt", {
      median: milliseconds(rtt.median_ms),
      jitter: milliseconds(rtt.jitter_ms ?? 0),
    }),
  ];
  if (rtt.sent) parts.push(report("plots.lost", { lost: rtt.lost ?? 0, sent: rtt.sent }));
  return parts.join(" · ");
}
