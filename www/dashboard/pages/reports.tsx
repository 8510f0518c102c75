import { useRef, useState } from "preact/hooks";
import type { Summary } from "../../lib/api.ts";
import { type ApiError, asApiError } from "../../lib/errors.ts";
import { dashboard } from "../../lib/i18n/dashboard.ts";
import { localized } from "../../lib/i18n/localized.ts";
import { work } from "../../lib/i18n/work.ts";
import { useResource } from "../../lib/resource.ts";
import { Failed, Loaded, Notice } from "../../lib/ui/notice.tsx";
import { connections, useNews } from "../feed.ts";
import { FilterBar, REPORT_FILTERS } from "../filters.tsx";
import {
  anyFilter,
  append,
  belongs,
  type Filters,
  filtersOf,
  merge,
  NO_FILTERS,
  narrowed,
  toQuery,
} from "../list.ts";
import { go, paths, query, setQuery } from "../router.ts";
import { queryOf } from "../saved.ts";
import { client } from "../session.ts";
import { useListKeys } from "../shortcuts.ts";
import { FirstReport } from "./first.tsx";
import { ReportRow } from "./row.tsx";

const PAGE_SIZE = 50;

interface ListData {
  items: Summary[];
  next: string | number | null;
  total: number;
  exact: boolean;
  /** Ids that came while the page was open; they are marked. */
  fresh: ReadonlySet<string>;
  /** Arrived, but whether they match the search is for the server to say. */
  unseen: number;
}

type Update = (update: (data: ListData) => ListData) => void;

function useOlder(data: ListData | null, filters: Filters, set: Update) {
  const [state, setState] = useState<"idle" | "loading">("idle");
  const [error, setError] = useState<ApiError | null>(null);
  const load = async () => {
    if (data?.next == null) return;
    setState("loading");
    setError(null);
    try {
      const asked = { ...toQuery(filters, Date.now()), before: data.next, limit: PAGE_SIZE };
      const page = await client.reports(asked);
      set((d) => ({ ...d, items: append(d.items, page.items), next: page.next }));
    } catch (failure) {
      setError(asApiError(failure));
    } finally {
      setState("idle");
    }
  };
  return { loading: state === "loading", error, load: () => void load() };
}

function useArrivals(filters: Filters, set: Update): string {
  const [spoken, setSpoken] = useState("");
  useNews((news) => {
    if (news.kind === "group") {
      const { id, state } = news.group;
      set((d) => ({
        ...d,
        items: d.items.map((item) => (item.group === id ? { ...item, state } : item)),
      }));
      return;
    }
    const { summary, kind } = news;
    const fits = belongs(summary, filters);
    set((d) => {
      const isNew = kind === "report" && !d.items.some((item) => item.id === summary.id);
      return {
        ...d,
        items: merge(d.items, summary, isNew && fits === true),
        fresh: kind === "report" ? new Set(d.fresh).add(summary.id) : d.fresh,
        total: d.total + (isNew && fits === true ? 1 : 0),
        unseen: d.unseen + (isNew && fits === "unknown" ? 1 : 0),
      };
    });
    if (kind === "report" && fits !== false) {
      const title = localized(summary, "title") || dashboard("list.unexplained");
      setSpoken(dashboard("list.arrived", { title }));
    }
  });
  return spoken;
}

function Total({ data }: { data: ListData }) {
  return (
    <span class="faint total">
      {work(data.exact ? "count.of" : "count.more", { n: data.total })}
    </span>
  );
}

function Empty({ filters }: { filters: Filters }) {
  if (!anyFilter(filters)) return <FirstReport onMake={() => go(paths.ticket())} />;
  return (
    <Notice
      tone="plain"
      title={dashboard("list.no_match.title")}
      body={dashboard("list.no_match.body")}
    >
      <button type="button" class="button" onClick={() => setQuery(NO_FILTERS)}>
        {dashboard("list.clear")}
      </button>
    </Notice>
  );
}

export function ReportsPage() {
  const filters = filtersOf(query.value);
  const list = useRef<HTMLOListElement>(null);
  const { state, reload, set } = useResource<ListData>(
    async (signal) => {
      const asked = { ...toQuery(filters, Date.now()), count: "true", limit: PAGE_SIZE };
      const page = await client.reports(asked, signal);
      return {
        items: page.items,
        next: page.next,
        total: page.total ?? page.items.length,
        exact: page.total_exact ?? page.next === null,
        fresh: new Set(),
        unseen: 0,
      };
    },
    [queryOf(filters), connections.value],
  );
  const data = state.at === "ready" ? state.data : null;
  const older = useOlder(data, filters, set);
  const spoken = useArrivals(filters, set);
  useListKeys(list);

  return (
    <div class="page reports-page">
      <div class="page-head">
        <h1>{dashboard("list.title")}</h1>
        {data !== null && data.total > 0 ? <Total data={data} /> : null}
        {data !== null && data.total > 0 ? (
          <a class="head-link" href={paths.trendsOf(narrowed(filters))}>
            {work("trends.of_these")}
          </a>
        ) : null}
      </div>
      <FilterBar
        filters={filters}
        page={REPORT_FILTERS}
        search={{ label: dashboard("list.search"), hint: dashboard("list.search_hint") }}
      />
      <p class="offscreen" role="status">
        {spoken}
      </p>
      <Loaded resource={state} what={dashboard("list.what")} onRetry={reload}>
        {(loaded) => (
          <>
            {loaded.unseen > 0 ? (
              <p class="unseen">
                {dashboard("list.new", { n: loaded.unseen })}
                <button type="button" class="button small" onClick={reload}>
                  {dashboard("list.show_new")}
                </button>
              </p>
            ) : null}
            {loaded.items.length === 0 ? (
              <Empty filters={filters} />
            ) : (
              <ol
                class="report-list"
                ref={list}
                aria-busy={state.at === "ready" && state.refreshing}
              >
                {loaded.items.map((summary) => (
                  <ReportRow
                    key={summary.id}
                    summary={summary}
                    fresh={loaded.fresh.has(summary.id)}
                  />
                ))}
              </ol>
            )}
            {older.error === null ? null : <Failed error={older.error} onRetry={older.load} />}
            {loaded.next !== null ? (
              <button
                type="button"
                class="button more-button"
                disabled={older.loading}
                aria-busy={older.loading}
                onClick={older.load}
              >
                {older.loading ? dashboard("list.loading_more") : dashboard("list.more")}
              </button>
            ) : loaded.items.length >= PAGE_SIZE ? (
              <p class="faint list-end">{dashboard("list.end")}</p>
            ) : null}
          </>
        )}
      </Loaded>
    </div>
  );
}
