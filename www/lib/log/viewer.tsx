import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { CodeMatch, LogLine } from "../api.ts";
import { relativeSeconds } from "../format.ts";
import { report } from "../i18n/report.ts";
import { reducedMotion } from "../prefs.ts";
import { MarkedText } from "../report/evidence.tsx";
import { Section } from "../report/section.tsx";
import { Icon } from "../ui/icon.tsx";
import { evidenceByLine, type Hit } from "./highlight.ts";
import { type Row, rowOfLine, rowsOf, visibleRange } from "./rows.ts";

const ROW_HEIGHT_PX = 20;
const ROWS_SHOWN_MAX = 26;
const SETTLE_MS = 120;

interface Metrics {
  columns: number;
  viewHeight: number;
}

/** How many characters fit beside the gutter, measured once for each width. */
function useMetrics(
  view: RefObject<HTMLDivElement | null>,
  probe: RefObject<HTMLSpanElement | null>,
): Metrics {
  const [metrics, setMetrics] = useState<Metrics>({ columns: 100, viewHeight: 400 });
  useLayoutEffect(() => {
    const measure = () => {
      const box = view.current;
      const char = (probe.current?.getBoundingClientRect().width ?? 80) / 10;
      if (box === null || char === 0) return;
      const gutter = Number.parseFloat(getComputedStyle(box).getPropertyValue("--gutter")) || 0;
      setMetrics({
        columns: Math.max(16, Math.floor((box.clientWidth - 28) / char - gutter)),
        viewHeight: box.clientHeight,
      });
    };
    measure();
    if (view.current === null || typeof ResizeObserver === "undefined") return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const observer = new ResizeObserver(() => {
      clearTimeout(timer);
      timer = setTimeout(measure, SETTLE_MS);
    });
    observer.observe(view.current);
    return () => {
      clearTimeout(timer);
      observer.disconnect();
    };
  }, []);
  return metrics;
}

function LogRow({
  row,
  entry,
  hits,
  top,
  current,
}: {
  row: Row;
  entry: LogLine;
  hits: readonly Hit[] | undefined;
  top: number;
  current: boolean;
}) {
  const classes = ["log-row", `level-${entry.level}`];
  if (hits !== undefined) classes.push("evidence");
  if (current) classes.push("current");
  return (
    <div class={classes.join(" ")} style={{ top: `${top}px` }}>
      <span class="log-n">{row.first ? row.line + 1 : ""}</span>
      <span class="log-t">{row.first ? relativeSeconds(entry.at_ms) : ""}</span>
      <span class="log-l" title={entry.source}>
        {row.first ? entry.level : ""}
      </span>
      <span class="log-m">
        {hits === undefined ? row.text : <MarkedText text={row.text} hits={hits} />}
        {row.cut > 0 ? <em> … {report("log.cut", { n: row.cut })}</em> : null}
      </span>
    </div>
  );
}

interface JumpProps {
  lines: readonly number[];
  evidence: ReadonlyMap<number, readonly Hit[]>;
  at: number;
  onJump: (line: number) => void;
}

function JumpBar({ lines, evidence, at, onJump }: JumpProps) {
  const go = (step: number) => {
    const next = lines[(at + step + lines.length) % lines.length];
    if (next !== undefined) onJump(next);
  };
  return (
    <nav class="jump" aria-label={report("log.evidence_jump")}>
      <button
        type="button"
        class="button quiet small icon-only"
        onClick={() => go(-1)}
        aria-label={report("log.previous")}
      >
        <Icon name="up" />
      </button>
      <button
        type="button"
        class="button quiet small icon-only"
        onClick={() => go(1)}
        aria-label={report("log.next")}
      >
        <Icon name="down" />
      </button>
      <span class="jump-position" aria-live="polite">
        {report("log.position", { i: at >= 0 ? at + 1 : "–", n: lines.length })}
      </span>
      <ul>
        {lines.map((line, i) => (
          <li key={line}>
            <button
              type="button"
              class="jump-line mono"
              aria-current={i === at}
              onClick={() => onJump(line)}
            >
              {line + 1} <span>{evidence.get(line)?.[0]?.code}</span>
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/**
 * The whole log, however long: only the rows on screen are in the document. `target` is the line that
 * others on the page ask to see; `step` moves to the next or previous evidence.
 */
export function LogView({
  logs,
  codes,
  target,
  onTarget,
}: {
  logs: readonly LogLine[];
  codes: readonly CodeMatch[];
  target: number | null;
  onTarget: (line: number) => void;
}) {
  const view = useRef<HTMLDivElement>(null);
  const probe = useRef<HTMLSpanElement>(null);
  const [wrap, setWrap] = useState(true);
  const [scrollTop, setScrollTop] = useState(0);
  const { columns, viewHeight } = useMetrics(view, probe);
  const evidence = useMemo(() => evidenceByLine(codes, logs.length), [codes, logs]);
  const rows = useMemo(() => rowsOf(logs, wrap ? columns : null), [logs, wrap, columns]);
  const lines = [...evidence.keys()];
  const { from, to } = visibleRange(scrollTop, viewHeight, ROW_HEIGHT_PX, rows.length);

  useEffect(() => {
    if (target === null || view.current === null) return;
    const top = rowOfLine(rows, target) * ROW_HEIGHT_PX - viewHeight / 3;
    view.current.scrollTo({ top: Math.max(0, top), behavior: reducedMotion() ? "auto" : "smooth" });
  }, [target, rows, viewHeight]);

  // Opens at the first evidence, so that the lines that matter need no search; and when the rows
  // change under the reader (wrapping, another width), the line on top stays on top.
  const topLine = useRef<number | null>(null);
  useLayoutEffect(() => {
    const box = view.current;
    if (box === null || rows.length === 0) return;
    const wanted = topLine.current ?? Math.max(0, (lines[0] ?? 0) - (lines[0] ? 4 : 0));
    topLine.current = wanted;
    box.scrollTop = rowOfLine(rows, wanted) * ROW_HEIGHT_PX;
  }, [rows]);
  const onScroll = (box: HTMLDivElement) => {
    topLine.current = rows[Math.floor(box.scrollTop / ROW_HEIGHT_PX)]?.line ?? 0;
    setScrollTop(box.scrollTop);
  };

  const height = Math.min(Math.max(rows.length, 1), ROWS_SHOWN_MAX) * ROW_HEIGHT_PX + 2;
  return (
    <Section
      id="log"
      title={report("log.title")}
      aside={
        <div class="section-tools">
          <span class="faint">{report("log.lines", { n: logs.length })}</span>
          <label class="switch">
            <input
              type="checkbox"
              checked={wrap}
              onChange={(e) => setWrap(e.currentTarget.checked)}
            />
            <span>{report("log.wrap")}</span>
          </label>
        </div>
      }
    >
      {lines.length > 0 ? (
        <JumpBar
          lines={lines}
          evidence={evidence}
          at={target === null ? -1 : lines.indexOf(target)}
          onJump={onTarget}
        />
      ) : null}
      {logs.length === 0 ? (
        <p class="faint">{report("log.empty")}</p>
      ) : (
        <div
          class={wrap ? "log wrap" : "log"}
          ref={view}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard.
          tabIndex={0}
          role="region"
          aria-label={report("log.region")}
          style={{ height: `${height}px` }}
          onScroll={(e) => onScroll(e.currentTarget)}
        >
          <span class="log-probe" ref={probe} aria-hidden="true">
            0000000000
          </span>
          <div class="log-rows" style={{ height: `${rows.length * ROW_HEIGHT_PX}px` }}>
            {rows.slice(from, to).map((row, i) => {
              const entry = logs[row.line];
              return entry === undefined ? null : (
                <LogRow
                  key={from + i}
                  row={row}
                  entry={entry}
                  hits={evidence.get(row.line)}
                  top={(from + i) * ROW_HEIGHT_PX}
                  current={row.line === target}
                />
              );
            })}
          </div>
        </div>
      )}
    </Section>
  );
}
