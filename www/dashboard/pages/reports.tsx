import { useEffect, useRef, useState } from "preact/hooks";
import type { Summary } from "../../lib/api.ts";
import { type ApiError, asApiError } from "../../lib/errors.ts";
import { familyName, KNOWN_FAMILIES } from "../../lib/i18n/common.ts";
import { dashboard } from "../../lib/i18n/dashboard.ts";
import { localized } from "../../lib/i18n/localized.ts";
import { useResource } from "../../lib/resource.ts";
import { Icon } from "../../lib/ui/icon.tsx";
import { Failed, Loaded, Notice } from "../../lib/ui/notice.tsx";
import { arrival, reconnections } from "../feed.ts";
import { anyFilter, append, belongs, type Filters, filtersOf, merge } from "../list.ts";
import { go, paths, query, setQuery } from "../router.ts";
import { client } from "../session.ts";
import { useKeys } from "../shortcuts.ts";
import { FirstReport } from "./first.tsx";
import { ReportRow } from "./row.tsx";

const PAGE_SIZE = 50;
const TYPING_PAUSE_MS = 250;

interface ListData {
  items: Summary[];
  next: string | number | null;
  /** Ids that came while the page was open; they are marked. */
  fresh: ReadonlySet<string>;
  /** Arrived, but whether they match the search is for the server to say. */
  unseen: number;
}

function SearchBar({ filters }: { filters: Filters }) {
  const [text, setText] = useState(filters.q);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => setText(filters.q), [filters.q]);
  useEffect(() => {
    if (text === filters.q) return;
    const timer = setTimeout(() => setQuery({ q: text.trim() }), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  useKeys({ "/": () => input.current?.focus() });
  return (
    <search class="filters">
      <label class="search-field">
        <span class="offscreen">{dashboard("list.search")}</span>
        <Icon name="search" />
        <input
          ref={input}
          type="search"
          value={text}
          placeholder={dashboard("list.search_hint")}
          onInput={(e) => setText(e.currentTarget.value)}
        />
      </label>
      <label class="select-field">
        <span class="offscreen">{dashboard("list.family")}</span>
        <select
          value={filters.family}
          onChange={(e) => setQuery({ family: e.currentTarget.value })}
        >
          <option value="">{dashboard("list.all_families")}</option>
          {KNOWN_FAMILIES.map((family) => (
            <option key={family} value={family}>
              {familyName(family)}
            </option>
          ))}
        </select>
      </label>
      {filters.code === "" ? null : (
        <button type="button" class="button small chip" onClick={() => setQuery({ code: "" })}>
          <span class="mono">{filters.code}</span>
          <Icon name="close" />
        </button>
      )}
      {anyFilter(filters) ? (
        <button
          type="button"
          class="link"
          onClick={() => setQuery({ q: "", family: "", code: "" })}
        >
          {dashboard("list.clear")}
        </button>
      ) : null}
    </search>
  );
}

function useOlder(
  data: ListData | null,
  filters: Filters,
  set: (update: (d: ListData) => ListData) => void,
) {
  const [state, setState] = useState<"idle" | "loading">("idle");
  const [error, setError] = useState<ApiError | null>(null);
  const load = async () => {
    if (data?.next == null) return;
    setState("loading");
    setError(null);
    try {
      const page = await client.reports({ ...filters, before: data.next, limit: PAGE_SIZE });
      set((d) => ({ ...d, items: append(d.items, page.items), next: page.next }));
    } catch (failure) {
      setError(asApiError(failure));
    } finally {
      setState("idle");
    }
  };
  return { loading: state === "loading", error, load: () => void load() };
}

/** j and k walk the list; the list itself is plain links, so Tab and Enter work as well. */
function useListKeys(list: { current: HTMLOListElement | null }): void {
  const move = (step: number) => {
    const links = [...(list.current?.querySelectorAll<HTMLAnchorElement>("a.row-link") ?? [])];
    const at = links.indexOf(document.activeElement as HTMLAnchorElement);
    const next = links[at < 0 ? 0 : Math.min(Math.max(at + step, 0), links.length - 1)];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };
  useKeys({ j: () => move(1), k: () => move(-1) });
}

function useArrivals(filters: Filters, set: (update: (d: ListData) => ListData) => void): string {
  const [spoken, setSpoken] = useState("");
  const latest = arrival.value;
  useEffect(() => {
    if (latest === null) return;
    const { summary, kind } = latest;
    const fits = belongs(summary, filters);
    set((d) => ({
      ...d,
      items: merge(d.items, summary, kind === "report" && fits === true),
      fresh: kind === "report" ? new Set(d.fresh).add(summary.id) : d.fresh,
      unseen: d.unseen + (kind === "report" && fits === "unknown" ? 1 : 0),
    }));
    if (kind === "report" && fits !== false) {
      setSpoken(
        dashboard("list.arrived", {
          title: localized(summary, "title") || dashboard("list.unexplained"),
        }),
      );
    }
  }, [latest?.serial]);
  return spoken;
}

export function ReportsPage() {
  const filters = filtersOf(query.value);
  const list = useRef<HTMLOListElement>(null);
  const { state, reload, set } = useResource<ListData>(
    async (signal) => {
      const page = await client.reports({ ...filters, limit: PAGE_SIZE }, signal);
      return { items: page.items, next: page.next, fresh: new Set(), unseen: 0 };
    },
    [filters.q, filters.family, filters.code, reconnections.value],
  );
  const data = state.at === "ready" ? state.data : null;
  const older = useOlder(data, filters, set);
  const spoken = useArrivals(filters, set);
  useListKeys(list);

  return (
    <div class="page reports-page">
      <div class="page-head">
        <h1>{dashboard("list.title")}</h1>
        {data !== null && data.items.length > 0 ? (
          <span class="faint">{dashboard("list.count", { n: data.items.length })}</span>
        ) : null}
      </div>
      <SearchBar filters={filters} />
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
              anyFilter(filters) ? (
                <Notice
                  tone="plain"
                  title={dashboard("list.no_match.title")}
                  body={dashboard("list.no_match.body")}
                >
                  <button
                    type="button"
                    class="button"
                    onClick={() => setQuery({ q: "", family: "", code: "" })}
                  >
                    {dashboard("list.clear")}
                  </button>
                </Notice>
              ) : (
                <FirstReport onMake={() => go(paths.ticket())} />
              )
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
