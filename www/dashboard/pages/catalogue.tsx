import { useEffect, useRef, useState } from "preact/hooks";
import type { CatalogueItem } from "../../lib/api.ts";
import { familyName } from "../../lib/i18n/common.ts";
import { dashboard } from "../../lib/i18n/dashboard.ts";
import { localized } from "../../lib/i18n/localized.ts";
import { report } from "../../lib/i18n/report.ts";
import { useResource } from "../../lib/resource.ts";
import { Icon } from "../../lib/ui/icon.tsx";
import { Loaded, Notice } from "../../lib/ui/notice.tsx";
import { paths, query, setQuery } from "../router.ts";
import { familiesOf, searchCatalogue } from "../search.ts";
import { client } from "../session.ts";
import { useKeys } from "../shortcuts.ts";

function Item({ item }: { item: CatalogueItem }) {
  return (
    <li class="code-row">
      <a href={paths.entry(item.code)}>
        <span class="mono code-row-code">{item.code}</span>
        <span class="code-row-title">{localized(item, "title")}</span>
        <span class="code-row-scene">{localized(item, "scene")}</span>
      </a>
    </li>
  );
}

function List({ items }: { items: readonly CatalogueItem[] }) {
  const q = query.value.get("q") ?? "";
  const family = query.value.get("family") ?? "";
  const found = searchCatalogue(items, q);
  const families = familiesOf(found);
  const shown = family === "" ? families : families.filter((group) => group.family === family);
  const count = shown.reduce((sum, group) => sum + group.items.length, 0);
  return (
    <>
      <div class="family-tabs" role="group" aria-label={dashboard("list.family")}>
        <button
          type="button"
          class="button small"
          aria-pressed={family === ""}
          onClick={() => setQuery({ family: "" })}
        >
          {dashboard("catalogue.all")} <span class="tab-count">{found.length}</span>
        </button>
        {familiesOf(items).map((group) => (
          <button
            key={group.family}
            type="button"
            class="button small"
            aria-pressed={family === group.family}
            onClick={() => setQuery({ family: family === group.family ? "" : group.family })}
          >
            {familyName(group.family)}{" "}
            <span class="tab-count">
              {families.find((f) => f.family === group.family)?.items.length ?? 0}
            </span>
          </button>
        ))}
      </div>
      <p class="offscreen" role="status">
        {dashboard("catalogue.count", { n: count })}
      </p>
      {count === 0 ? (
        <Notice
          tone="plain"
          title={dashboard("catalogue.none.title")}
          body={dashboard("catalogue.none.body")}
        >
          <button type="button" class="button" onClick={() => setQuery({ q: "", family: "" })}>
            {dashboard("list.clear")}
          </button>
        </Notice>
      ) : (
        shown.map((group) => (
          <section key={group.family} class="family" aria-labelledby={`family-${group.family}`}>
            <h2 id={`family-${group.family}`}>
              {familyName(group.family)} <span class="faint">{group.items.length}</span>
            </h2>
            <ul class="code-list">
              {group.items.map((item) => (
                <Item key={item.code} item={item} />
              ))}
            </ul>
          </section>
        ))
      )}
    </>
  );
}

export function CataloguePage() {
  const { state, reload } = useResource((signal) => client.catalogue(signal), []);
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(() => query.peek().get("q") ?? "");
  const q = query.value.get("q") ?? "";
  useEffect(() => {
    if (q === "") setText("");
  }, [q]);
  useKeys({ "/": () => input.current?.focus() });
  return (
    <div class="page catalogue-page">
      <div class="page-head">
        <h1>{dashboard("catalogue.title")}</h1>
        {state.at === "ready" ? (
          <span class="faint">{report("catalogue.version", { v: state.data.version })}</span>
        ) : null}
      </div>
      <search class="filters">
        <label class="search-field">
          <span class="offscreen">{dashboard("catalogue.search")}</span>
          <Icon name="search" />
          <input
            ref={input}
            type="search"
            value={text}
            placeholder={dashboard("catalogue.search")}
            onInput={(e) => {
              setText(e.currentTarget.value);
              setQuery({ q: e.currentTarget.value.trim() });
            }}
          />
        </label>
      </search>
      <Loaded resource={state} what={dashboard("catalogue.what")} onRetry={reload}>
        {(data) => <List items={data.items} />}
      </Loaded>
    </div>
  );
}
