import { useEffect, useRef, useState } from "preact/hooks";
import type { CatalogueItem } from "../../lib/api.ts";
import { familyName } from "../../lib/i18n/common.ts";
import { dashboard } from "../../lib/i18n/dashboard.ts";
import { localized } from "../../lib/i18n/localized.ts";
import { report } from "../../lib/i18n/report.ts";
import { Severity } from "../../lib/report/verdict.tsx";
import { useResource } from "../../lib/resource.ts";
import { Icon } from "../../lib/ui/icon.tsx";
import { Loaded, Notice } from "../../lib/ui/notice.tsx";
import { ProofTag } from "../entry/parts.tsx";
import { paths, query, setQuery } from "../router.ts";
import { familiesOf } from "../search.ts";
import { client } from "../session.ts";
import { useKeys } from "../shortcuts.ts";

/** What the server takes is 4,096 bytes; a Chinese character has three. */
const SEARCH_CHARACTERS_MAX = 1300;

function Item({ item }: { item: CatalogueItem }) {
  return (
    <li class="code-row">
      <a href={paths.entry(item.code)}>
        <span class="mono code-row-code">{item.code}</span>
        <span class="code-row-title">{localized(item, "title")}</span>
        <span class="code-row-facts">
          <Severity severity={item.severity} />
          <ProofTag proof={item.proof} />
        </span>
        {item.found_by === "message" ? (
          <span class="code-row-scene">{dashboard("catalogue.by_message")}</span>
        ) : null}
      </a>
    </li>
  );
}

/** Families as buttons with how many codes of each are there. */
function FamilyTabs({ items, family }: { items: readonly CatalogueItem[]; family: string }) {
  const families = familiesOf(items);
  return (
    <div class="family-tabs" role="group" aria-label={dashboard("list.family")}>
      <button
        type="button"
        class="button small"
        aria-pressed={family === ""}
        onClick={() => setQuery({ family: "" })}
      >
        {dashboard("catalogue.all")} <span class="tab-count">{items.length}</span>
      </button>
      {families.map((group) => (
        <button
          key={group.family}
          type="button"
          class="button small"
          aria-pressed={family === group.family}
          onClick={() => setQuery({ family: family === group.family ? "" : group.family })}
        >
          {familyName(group.family)} <span class="tab-count">{group.items.length}</span>
        </button>
      ))}
    </div>
  );
}

function Nothing() {
  return (
    <Notice
      tone="plain"
      title={dashboard("catalogue.none.title")}
      body={dashboard("catalogue.none.body")}
    >
      <button type="button" class="button" onClick={() => setQuery({ q: "", family: "" })}>
        {dashboard("list.clear")}
      </button>
    </Notice>
  );
}

/** All codes by family, or what a search found with the best first. */
function List({ items, searched }: { items: readonly CatalogueItem[]; searched: boolean }) {
  const family = query.value.get("family") ?? "";
  const shown = family === "" ? items : items.filter((item) => item.family === family);
  return (
    <>
      <FamilyTabs items={items} family={family} />
      <p class={searched ? "small-note" : "offscreen"} role="status">
        {searched
          ? dashboard("catalogue.found", { n: shown.length })
          : dashboard("catalogue.count", { n: shown.length })}
      </p>
      {shown.length === 0 ? <Nothing /> : null}
      {searched ? (
        <ol class="code-list ranked">
          {shown.map((item) => (
            <Item key={item.code} item={item} />
          ))}
        </ol>
      ) : (
        familiesOf(shown).map((group) => (
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

/** Typing is over when nothing came for this long. */
const TYPING_MS = 180;

export function CataloguePage() {
  const q = query.value.get("q") ?? "";
  const { state, reload } = useResource((signal) => client.catalogue(signal, q), [q]);
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(() => query.peek().get("q") ?? "");
  useEffect(() => {
    if (q === "") setText("");
  }, [q]);
  useEffect(() => {
    const wanted = text.trim();
    if (wanted === (query.peek().get("q") ?? "")) return;
    const timer = setTimeout(() => setQuery({ q: wanted, family: "" }), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
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
            maxLength={SEARCH_CHARACTERS_MAX}
            placeholder={dashboard("catalogue.search")}
            onInput={(e) => setText(e.currentTarget.value)}
          />
        </label>
      </search>
      <Loaded resource={state} what={dashboard("catalogue.what")} onRetry={reload}>
        {(data) => <List items={data.items} searched={q !== ""} />}
      </Loaded>
    </div>
  );
}
