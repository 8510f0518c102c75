import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Facets, FacetValue } from "../lib/api.ts";
import { dateTime, deviceName } from "../lib/format.ts";
import { familyName } from "../lib/i18n/common.ts";
import { dashboard } from "../lib/i18n/dashboard.ts";
import { localized } from "../lib/i18n/localized.ts";
import { STATES, stateName, work } from "../lib/i18n/work.ts";
import { useResource } from "../lib/resource.ts";
import { Icon } from "../lib/ui/icon.tsx";
import {
  anyFilter,
  type Field,
  type Filters,
  isSpan,
  NO_FILTERS,
  SPANS,
  type Span,
} from "./list.ts";
import { paths, setQuery } from "./router.ts";
import { forgetFilter, queryOf, saved, saveFilter } from "./saved.ts";
import { client } from "./session.ts";
import { useKeys } from "./shortcuts.ts";

const TYPING_PAUSE_MS = 250;

/** A field for words that changes the address once the typing pauses; `/` goes there. */
function SearchField({ value, label, hint }: { value: string; label: string; hint: string }) {
  const [text, setText] = useState(value);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => setQuery({ q: text.trim() }), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  useKeys({ "/": () => input.current?.focus() });
  return (
    <label class="search-field">
      <span class="offscreen">{label}</span>
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        value={text}
        placeholder={hint}
        maxLength={120}
        onInput={(e) => setText(e.currentTarget.value)}
        onKeyDown={(e) => {
          if (e.key === "Escape") e.currentTarget.blur();
        }}
      />
    </label>
  );
}

interface Choice {
  value: string;
  label: string;
}

function counted(values: readonly FacetValue[], name: (value: FacetValue) => string): Choice[] {
  return values.map((value) => ({
    value: value.value,
    label: work("filter.value", { value: name(value), n: value.reports }),
  }));
}

const titled = (value: FacetValue) => {
  const title = localized(value, "title");
  return title === "" || title === value.value ? value.value : `${value.value} ${title}`;
};

function choices(field: Field, facets: Facets): Choice[] {
  switch (field) {
    case "code":
      return counted(facets.codes, titled);
    case "family":
      return counted(facets.families, (v) => familyName(v.value));
    case "cause":
      return counted(facets.causes, (v) => localized(v, "title") || v.value);
    case "project":
      return counted(facets.projects, (v) => v.value);
    case "os":
      return counted(facets.os, (v) => v.value);
    case "app_version":
      return counted(facets.app_versions, (v) => v.value);
    case "state":
      return STATES.map((state) => ({ value: state, label: stateName(state) }));
    case "status":
      return (["explained", "unexplained"] as const).map((status) => ({
        value: status,
        label: work(`filter.${status}`),
      }));
    default:
      return (Object.keys(SPANS) as Span[]).map((span) => ({
        value: span,
        label: work(`filter.since.${span}`),
      }));
  }
}

type Narrowing = Exclude<Field, "group" | "from" | "to">;

/** What a page is narrowed by, in the order in which it is offered. */
export interface FilterPage {
  readonly path: string;
  readonly fields: readonly Narrowing[];
}

export const REPORT_FILTERS: FilterPage = {
  path: paths.reports,
  fields: ["state", "since", "family", "code", "cause", "project", "os", "app_version", "status"],
};

/** Time is chosen beside the curves. */
export const TREND_FILTERS: FilterPage = {
  path: paths.trends,
  fields: ["state", "family", "code", "cause", "project", "os", "app_version", "status"],
};

/** The state has tabs of its own. */
export const GROUP_FILTERS: FilterPage = {
  path: paths.groups,
  fields: ["family", "code", "cause", "project", "status"],
};

function Select({
  field,
  filters,
  facets,
}: {
  field: Narrowing;
  filters: Filters;
  facets: Facets;
}) {
  const value = filters[field];
  const known = choices(field, facets);
  // A value that nothing stored has any more is still what the list is narrowed by.
  const all =
    value === "" || known.some((choice) => choice.value === value)
      ? known
      : [{ value, label: value }, ...known];
  return (
    <label class="field">
      <span>{work(`filter.${field}`)}</span>
      <select
        value={value}
        onChange={(e) =>
          setQuery({
            [field]: e.currentTarget.value,
            ...(field === "since" ? { from: "", to: "" } : {}),
          })
        }
      >
        <option value="">{work("filter.any")}</option>
        {all.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
    </label>
  );
}

function SaveForm({ filters }: { filters: Filters }) {
  const [name, setName] = useState("");
  return (
    <form
      class="save-form"
      onSubmit={(e) => {
        e.preventDefault();
        saveFilter(name, filters);
        setName("");
      }}
    >
      <label class="field">
        <span>{work("saved.name")}</span>
        <input
          type="text"
          value={name}
          maxLength={40}
          onInput={(e) => setName(e.currentTarget.value)}
        />
      </label>
      <button type="submit" class="button" disabled={name.trim() === "" || !anyFilter(filters)}>
        {work("saved.save")}
      </button>
      <p class="small-note">{work("saved.hint")}</p>
    </form>
  );
}

function Panel({ filters, page }: { filters: Filters; page: FilterPage }) {
  const { state } = useResource<Facets>((signal) => client.facets(signal), []);
  const empty: Facets = {
    reports: 0,
    states: {},
    projects: [],
    families: [],
    codes: [],
    causes: [],
    os: [],
    app_versions: [],
  };
  const facets = state.at === "ready" ? state.data : empty;
  return (
    <div class="filter-panel" id="filter-panel">
      {state.at === "failed" ? <p role="alert">{work("filter.facets_failed")}</p> : null}
      <div class="filter-fields">
        {page.fields.map((field) => (
          <Select key={field} field={field} filters={filters} facets={facets} />
        ))}
      </div>
      <SaveForm filters={filters} />
    </div>
  );
}

function shown(field: Field, filters: Filters): string {
  const value = filters[field];
  switch (field) {
    case "family":
      return familyName(value);
    case "state":
      return stateName(value);
    case "status":
      return value === "explained" || value === "unexplained" ? work(`filter.${value}`) : value;
    case "since":
      return isSpan(value) ? work(`filter.since.${value}`) : value;
    case "group":
      return value.slice(0, 8);
    default:
      return field === "os" ? deviceName(value) : value;
  }
}

function Chip({ name, value, clear }: { name: string; value: string; clear: readonly string[] }) {
  return (
    <li>
      <button
        type="button"
        class="chip"
        aria-label={work("filter.remove", { name, value })}
        onClick={() => setQuery(Object.fromEntries(clear.map((field) => [field, ""])))}
      >
        <span class="chip-name">{name}</span>
        <span class="chip-value">{value}</span>
        <Icon name="close" />
      </button>
    </li>
  );
}

function Chips({ filters, page }: { filters: Filters; page: FilterPage }) {
  const timed = page.fields.includes("since");
  const between = timed && (filters.from !== "" || filters.to !== "");
  const fields: readonly (Narrowing | "group")[] =
    page === GROUP_FILTERS ? page.fields : [...page.fields, "group"];
  if (!between && fields.every((field) => filters[field] === "")) return null;
  const at = (text: string) => (text === "" ? "…" : dateTime(Number(text)));
  return (
    <ul class="chips" aria-label={work("filter.active")}>
      {fields
        .filter((field) => filters[field] !== "")
        .map((field) => (
          <Chip
            key={field}
            name={work(`filter.${field}`)}
            value={shown(field, filters)}
            clear={[field]}
          />
        ))}
      {between ? (
        <Chip
          name={work("filter.since")}
          value={work("filter.between", { from: at(filters.from), to: at(filters.to) })}
          clear={["from", "to"]}
        />
      ) : null}
      <li>
        <button type="button" class="link" onClick={() => setQuery(NO_FILTERS)}>
          {dashboard("list.clear")}
        </button>
      </li>
    </ul>
  );
}

function SavedFilters({ filters, page }: { filters: Filters; page: FilterPage }) {
  if (saved.value.length === 0) return null;
  const current = queryOf(filters);
  return (
    <ul class="saved" aria-label={work("saved.title")}>
      {saved.value.map(({ name, query }) => (
        <li key={name}>
          <a
            href={`${page.path}${query === "" ? "" : `?${query}`}`}
            aria-current={query === current ? "true" : undefined}
          >
            {name}
          </a>
          <button
            type="button"
            class="saved-remove"
            aria-label={work("saved.remove", { name })}
            onClick={() => forgetFilter(name)}
          >
            <Icon name="close" />
          </button>
        </li>
      ))}
    </ul>
  );
}

/**
 * What a page is narrowed by: search, filters as chips, a panel with all of them, and filters kept
 * under a name, which mean the same on every page.
 */
export function FilterBar({
  filters,
  page,
  search,
  children,
}: {
  filters: Filters;
  page: FilterPage;
  /** Left out where nothing is searched. */
  search?: { label: string; hint: string };
  /** What stands in the same line. */
  children?: ComponentChildren;
}) {
  const [open, setOpen] = useState(false);
  return (
    <search class="filters">
      <div class="filter-line">
        {search === undefined ? null : <SearchField value={filters.q} {...search} />}
        {children}
        <button
          type="button"
          class="button"
          aria-expanded={open}
          aria-controls="filter-panel"
          onClick={() => setOpen(!open)}
        >
          {work("filter.open")}
          <Icon name={open ? "up" : "down"} />
        </button>
      </div>
      {open ? <Panel filters={filters} page={page} /> : null}
      <SavedFilters filters={filters} page={page} />
      <Chips filters={filters} page={page} />
    </search>
  );
}
