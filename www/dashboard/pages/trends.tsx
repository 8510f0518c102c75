import { useState } from "preact/hooks";
import type { Trend, TrendSeries } from "../../lib/api.ts";
import { familyName } from "../../lib/i18n/common.ts";
import { dashboard } from "../../lib/i18n/dashboard.ts";
import { localized } from "../../lib/i18n/localized.ts";
import { work } from "../../lib/i18n/work.ts";
import { useResource } from "../../lib/resource.ts";
import { Loaded, Notice } from "../../lib/ui/notice.tsx";
import { bump } from "../bars.tsx";
import { connections, useAfterBurst, useNews } from "../feed.ts";
import { FilterBar, TREND_FILTERS } from "../filters.tsx";
import { belongs, type Filters, filtersOf, NO_FILTERS, narrowed } from "../list.ts";
import { paths, query, setQuery } from "../router.ts";
import { queryOf } from "../saved.ts";
import { client } from "../session.ts";
import { type Strip, Strips, stepName } from "../strips.tsx";

const BYS = ["code", "cause", "family"] as const;
type By = (typeof BYS)[number];

/** Hours covered, and hours in each step: enough bars to see a shape, few enough to tell apart. */
const SPANS = { "24": 1, "168": 6, "336": 24, "720": 24, "2160": 72 } as const;
type Hours = keyof typeof SPANS;
const TOP = 10;
/** News come in bursts; what has to be read anew is read once a burst is over. */
const BURST_MS = 800;

interface Choice<T extends string> {
  readonly name: string;
  readonly value: T;
  readonly options: readonly { value: T; label: string }[];
}

function Segments<T extends string>({
  choice,
  onChange,
}: {
  choice: Choice<T>;
  onChange: (value: T) => void;
}) {
  return (
    <fieldset class="segments">
      <legend>{choice.name}</legend>
      <div class="tabs">
        {choice.options.map(({ value, label }) => (
          <button
            key={value}
            type="button"
            class="tab"
            aria-pressed={choice.value === value}
            onClick={() => onChange(value)}
          >
            {label}
          </button>
        ))}
      </div>
    </fieldset>
  );
}

function titleOf(series: TrendSeries, by: By): string {
  if (series.key === null) return work("trends.none");
  if (by === "family") return familyName(series.key);
  return localized(series, "title") || series.key;
}

/** The list with just these reports; a bar's own reports are found by their time. */
function hrefOf(series: TrendSeries, by: By, trend: Trend, filters: Filters): string {
  const [field, value] = series.key === null ? ["status", "unexplained"] : [by, series.key];
  return paths.list({ ...narrowed(filters), [field]: value, from: String(trend.from_ms) });
}

function stripsOf(trend: Trend, by: By, filters: Filters): Strip[] {
  const strips: Strip[] = trend.series.map((series) => ({
    id: series.key ?? "",
    title: titleOf(series, by),
    ...(by === "code" && series.key !== null ? { tag: series.key } : {}),
    href: hrefOf(series, by, trend, filters),
    counts: series.counts,
  }));
  if (trend.others_count > 0) {
    strips.push({
      id: " others",
      title: work("trends.others", { n: trend.others_count }),
      counts: trend.others,
    });
  }
  return strips;
}

function totals(strips: readonly Strip[]): number[] {
  const steps = strips[0]?.counts.length ?? 0;
  return Array.from({ length: steps }, (_, i) =>
    strips.reduce((all, strip) => all + (strip.counts[i] ?? 0), 0),
  );
}

function Table({ trend, strips }: { trend: Trend; strips: readonly Strip[] }) {
  return (
    <details class="trend-table">
      <summary>{work("trends.table")}</summary>
      <div class="table-scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">{work("trends.when")}</th>
              {strips.map((strip) => (
                <th key={strip.id} scope="col">
                  {strip.tag ?? strip.title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {totals(strips).map((_, i) => (
              <tr key={trend.from_ms + i * trend.step_ms}>
                <th scope="row">{stepName(trend.from_ms + i * trend.step_ms, trend.step_ms)}</th>
                {strips.map((strip) => (
                  <td key={strip.id}>{strip.counts[i]}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function Shown({
  trend,
  by,
  shared,
  filters,
}: {
  trend: Trend;
  by: By;
  shared: boolean;
  filters: Filters;
}) {
  const strips = stripsOf(trend, by, filters);
  if (strips.length === 0 && Object.values(narrowed(filters)).some((value) => value !== "")) {
    return (
      <Notice
        tone="plain"
        title={work("trends.no_match.title")}
        body={work("trends.no_match.body")}
      >
        <button type="button" class="button" onClick={() => setQuery(NO_FILTERS)}>
          {dashboard("list.clear")}
        </button>
      </Notice>
    );
  }
  if (strips.length === 0) {
    return (
      <Notice tone="plain" title={work("trends.empty.title")} body={work("trends.empty.body")}>
        <a class="button" href={paths.ticket()}>
          {work("groups.empty.go")}
        </a>
      </Notice>
    );
  }
  const all: Strip = {
    id: " all",
    title: work("trends.all"),
    href: paths.list({ ...narrowed(filters), from: String(trend.from_ms) }),
    counts: totals(strips),
  };
  return (
    <>
      <Strips
        from_ms={trend.from_ms}
        step_ms={trend.step_ms}
        strips={[all, ...strips]}
        shared={shared}
      />
      <Table trend={trend} strips={strips} />
    </>
  );
}

/** A report that arrives is counted where its series is shown; otherwise the trend is read anew. */
function withReport(trend: Trend, key: string | null, atMs: number): Trend | null {
  if (!trend.series.some((series) => series.key === key)) return null;
  const { from_ms, step_ms } = trend;
  if (atMs >= from_ms + step_ms * (trend.series[0]?.counts.length ?? 0)) return null;
  return {
    ...trend,
    series: trend.series.map((series) =>
      series.key === key
        ? {
            ...series,
            total: series.total + 1,
            counts: bump({ from_ms, step_ms, counts: series.counts }, atMs).counts,
          }
        : series,
    ),
  };
}

export function TrendsPage() {
  const asked = query.value;
  // A trend is narrowed as the list is; its time has a control of its own, and it is not searched.
  const filters: Filters = { ...filtersOf(asked), q: "", since: "", from: "", to: "" };
  const by = BYS.find((known) => known === asked.get("by")) ?? "code";
  const hours = (Object.keys(SPANS) as Hours[]).find((h) => h === asked.get("hours")) ?? "336";
  const shared = asked.get("scale") === "shared";
  const [round, setRound] = useState(0);
  const { state, reload, set } = useResource<Trend>(
    (signal) => {
      const step = SPANS[hours];
      const asking = { by, hours: Number(hours), step, top: TOP, ...narrowed(filters) };
      return client.trends(asking, signal);
    },
    [by, hours, queryOf(filters), round, connections.value],
  );
  const askAgain = useAfterBurst(BURST_MS, () => setRound((n) => n + 1));
  useNews((news) => {
    if (news.kind !== "report") return;
    const { summary } = news;
    if (belongs(summary, filters) === false) return;
    const key = by === "code" ? summary.code : by === "cause" ? summary.cause : summary.family;
    const counted = (trend: Trend) => withReport(trend, key ?? null, summary.received_at_ms);
    // Whether an answer under way has this report is not known; counting it could count it twice.
    const settled = state.at === "ready" && !state.refreshing;
    if (settled && counted(state.data) !== null) set((trend) => counted(trend) ?? trend);
    else askAgain();
  });

  return (
    <div class="page trends-page">
      <div class="page-head">
        <h1>{work("trends.title")}</h1>
        <span class="faint">
          {work("trends.step", { step: work(`trends.step.${SPANS[hours]}`) })}
        </span>
      </div>
      <FilterBar filters={filters} page={TREND_FILTERS} />
      <div class="trend-controls">
        <Segments
          choice={{
            name: work("trends.by"),
            value: by,
            options: BYS.map((value) => ({ value, label: work(`trends.by.${value}`) })),
          }}
          onChange={(value) => setQuery({ by: value === "code" ? "" : value })}
        />
        <Segments
          choice={{
            name: work("trends.span"),
            value: hours,
            options: (Object.keys(SPANS) as Hours[]).map((value) => ({
              value,
              label: work(`trends.span.${value}`),
            })),
          }}
          onChange={(value) => setQuery({ hours: value === "336" ? "" : value })}
        />
        <Segments
          choice={{
            name: work("trends.scale"),
            value: shared ? "shared" : "own",
            options: (["own", "shared"] as const).map((value) => ({
              value,
              label: work(`trends.scale.${value}`),
            })),
          }}
          onChange={(value) => setQuery({ scale: value === "own" ? "" : value })}
        />
      </div>
      <Loaded resource={state} what={work("trends.what")} onRetry={reload}>
        {(trend) => <Shown trend={trend} by={by} shared={shared} filters={filters} />}
      </Loaded>
    </div>
  );
}
