import { useRef, useState } from "preact/hooks";
import type { Facets, GroupSummary } from "../../lib/api.ts";
import { asApiError } from "../../lib/errors.ts";
import { ago, dateTime } from "../../lib/format.ts";
import { dashboard } from "../../lib/i18n/dashboard.ts";
import { localized } from "../../lib/i18n/localized.ts";
import { STATES, stateName, work } from "../../lib/i18n/work.ts";
import { useResource } from "../../lib/resource.ts";
import { Breakable } from "../../lib/ui/breakable.tsx";
import { Failed, Loaded, Notice } from "../../lib/ui/notice.tsx";
import { Bars } from "../bars.tsx";
import { connections, useAfterBurst, useNews } from "../feed.ts";
import { FilterBar, GROUP_FILTERS } from "../filters.tsx";
import { GROUP_FIELDS, type GroupFilters, groupFiltersOf, mergeGroup, ORDERS } from "../groups.ts";
import { append, filtersOf, NO_FILTERS } from "../list.ts";
import { nowMs } from "../now.ts";
import { paths, query, setQuery } from "../router.ts";
import { client } from "../session.ts";
import { useListKeys } from "../shortcuts.ts";
import { StateMark } from "../state.tsx";

const PAGE_SIZE = 50;
/** News come in bursts; the counts on the tabs are asked for once a burst is over. */
const COUNTS_PAUSE_MS = 800;

interface Listed {
  items: GroupSummary[];
  next: string | null;
}

function useCounts(): Facets["states"] | null {
  const [round, setRound] = useState(0);
  const askAgain = useAfterBurst(COUNTS_PAUSE_MS, () => setRound((n) => n + 1));
  useNews((news) => {
    if (news.kind === "group") askAgain();
  });
  const { state } = useResource<Facets>(
    (signal) => client.facets(signal),
    [round, connections.value],
  );
  return state.at === "ready" ? state.data.states : null;
}

function Tabs({ filters }: { filters: GroupFilters }) {
  const counts = useCounts();
  const all = counts === null ? null : STATES.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
  const tab = (value: string, name: string, n: number | null | undefined) => (
    <button
      key={value}
      type="button"
      class="tab"
      aria-pressed={filters.state === value}
      onClick={() => setQuery({ state: value })}
    >
      {name} <span class="tab-count">{n ?? ""}</span>
    </button>
  );
  return (
    <fieldset class="tabs">
      <legend class="offscreen">{work("groups.states")}</legend>
      {tab("", work("state.any"), all)}
      {STATES.map((state) => tab(state, stateName(state), counts?.[state]))}
    </fieldset>
  );
}

function GroupRow({ group }: { group: GroupSummary }) {
  const title =
    group.code === null
      ? localized(group, "title") || dashboard("list.unexplained")
      : localized(group, "title") || group.code;
  const cause = localized(group, "cause_title");
  const captures = Object.entries(group.captures);
  return (
    <li class="report-row">
      <a class="row-link group-link" href={paths.group(group.id)}>
        <span class={`row-severity ${group.severity ?? "none"}`} />
        <span class="row-main">
          <span class="row-title">{title}</span>
          {cause === "" || cause === title ? null : <span class="row-cause">{cause}</span>}
          {captures.length === 0 ? null : (
            <span class="row-captures mono">{captures.map(([, value]) => value).join(" · ")}</span>
          )}
        </span>
        <span class="group-state">
          <StateMark state={group.state} />
          {group.assignee === "" ? null : <span class="group-assignee">{group.assignee}</span>}
        </span>
        <span class="group-code mono">
          <Breakable text={group.code ?? "–"} />
        </span>
        <span class="group-spark" title={work("groups.spark")}>
          <Bars counts={group.curve.counts} />
        </span>
        <span class="group-count">{work("count.of", { n: group.reports })}</span>
        <span class="group-times">
          <time
            dateTime={new Date(group.last_seen_ms).toISOString()}
            title={dateTime(group.last_seen_ms)}
          >
            {work("groups.last", { when: ago(group.last_seen_ms, nowMs.value) })}
          </time>
          <time
            class="group-first"
            dateTime={new Date(group.first_seen_ms).toISOString()}
            title={dateTime(group.first_seen_ms)}
          >
            {work("groups.first", { when: ago(group.first_seen_ms, nowMs.value) })}
          </time>
        </span>
      </a>
    </li>
  );
}

function Empty({ filters }: { filters: GroupFilters }) {
  if (filters.q === "" && GROUP_FIELDS.every((field) => filters[field] === "")) {
    return (
      <Notice tone="plain" title={work("groups.empty.title")} body={work("groups.empty.body")}>
        <a class="button primary" href={paths.ticket()}>
          {work("groups.empty.go")}
        </a>
      </Notice>
    );
  }
  return (
    <Notice tone="plain" title={work("groups.none.title")} body={work("groups.none.body")}>
      <button type="button" class="button" onClick={() => setQuery(NO_FILTERS)}>
        {dashboard("list.clear")}
      </button>
    </Notice>
  );
}

function More({ next, onMore }: { next: string; onMore: (next: string) => Promise<void> }) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const load = async () => {
    setBusy(true);
    setError(null);
    await onMore(next).catch(setError);
    setBusy(false);
  };
  return (
    <>
      {error === null ? null : <Failed error={asApiError(error)} />}
      <button
        type="button"
        class="button more-button"
        disabled={busy}
        aria-busy={busy}
        onClick={() => void load()}
      >
        {work("groups.more")}
      </button>
    </>
  );
}

export function GroupsPage() {
  const filters = groupFiltersOf(query.value);
  const list = useRef<HTMLOListElement>(null);
  const { state, reload, set } = useResource<Listed>(
    (signal) => client.groups({ ...filters, limit: PAGE_SIZE }, signal),
    [JSON.stringify(filters), connections.value],
  );
  useNews((news) => {
    if (news.kind !== "group") return;
    set((d) => ({ ...d, items: mergeGroup(d.items, news.group, filters) }));
  });
  useListKeys(list);
  const more = async (after: string) => {
    const page = await client.groups({ ...filters, after, limit: PAGE_SIZE });
    set((d) => ({ items: append(d.items, page.items), next: page.next }));
  };

  return (
    <div class="page groups-page">
      <div class="page-head">
        <h1>{work("groups.title")}</h1>
      </div>
      <FilterBar
        filters={filtersOf(query.value)}
        page={GROUP_FILTERS}
        search={{ label: work("groups.search"), hint: work("groups.search_hint") }}
      >
        <label class="select-field">
          <span class="offscreen">{work("groups.order")}</span>
          <select
            value={filters.order}
            onChange={(e) => setQuery({ order: e.currentTarget.value })}
          >
            {ORDERS.map((order) => (
              <option key={order} value={order}>
                {work(`groups.order.${order}`)}
              </option>
            ))}
          </select>
        </label>
      </FilterBar>
      <Tabs filters={filters} />
      <Loaded resource={state} what={work("groups.what")} onRetry={reload}>
        {(loaded) =>
          loaded.items.length === 0 ? (
            <Empty filters={filters} />
          ) : (
            <>
              <ol class="report-list" ref={list}>
                {loaded.items.map((group) => (
                  <GroupRow key={group.id} group={group} />
                ))}
              </ol>
              {loaded.next === null ? null : <More next={loaded.next} onMore={more} />}
            </>
          )
        }
      </Loaded>
    </div>
  );
}
