import type { CatalogueEntry } from "../../lib/api.ts";
import { dashboard } from "../../lib/i18n/dashboard.ts";
import { Section } from "../../lib/report/section.tsx";
import { CodeTag } from "../../lib/report/verdict.tsx";
import { conditionText, isFields, list, strings, text } from "../entry.ts";
import { paths } from "../router.ts";
import { causeTitle, Part } from "./parts.tsx";
import { Prose } from "./prose.tsx";

export function Guideline({ entry }: { entry: CatalogueEntry }) {
  const guideline = isFields(entry.guideline) ? entry.guideline : {};
  const url = text(guideline, "url");
  if (!url.startsWith("https://")) return null;
  return (
    <Section id="guideline" title={dashboard("entry.guideline")}>
      <a href={url} target="_blank" rel="noreferrer">
        {text(guideline, "title") || url}
      </a>
    </Section>
  );
}

export function Indicators({ entry }: { entry: CatalogueEntry }) {
  const indicators = list(entry.indicators);
  return (
    <Part id="indicators" title={dashboard("entry.indicators")} items={indicators}>
      <ul class="indicators">
        {indicators.map((indicator, i) => (
          <li key={i}>
            <strong>{causeTitle(entry, text(indicator, "cause"))}</strong>{" "}
            <span class="ratio">
              {dashboard("entry.ratio", { r: String(indicator.likelihood_ratio ?? "?") })}
            </span>
            <p>{text(indicator, "note")}</p>
            <code class="break small-note">{conditionText(indicator.when)}</code>
          </li>
        ))}
      </ul>
    </Part>
  );
}

/** Pairs of a name and what is said of it. */
function Notes({
  id,
  title,
  items,
  name,
  body,
}: {
  id: string;
  title: string;
  items: ReturnType<typeof list>;
  name: string;
  body: string;
}) {
  return (
    <Part id={id} title={title} items={items}>
      <dl class="notes">
        {items.map((item, i) => (
          <div key={i}>
            <dt>{text(item, name)}</dt>
            <dd>
              <Prose text={text(item, body)} />
            </dd>
          </div>
        ))}
      </dl>
    </Part>
  );
}

export function Background({ entry }: { entry: CatalogueEntry }) {
  const provenance = list(entry.provenance);
  const signatures = list(entry.signatures);
  const related = strings(entry.related);
  const titles = isFields(entry.related_titles) ? entry.related_titles : {};
  return (
    <>
      <Part id="prevention" title={dashboard("entry.prevention")} items={text(entry, "prevention")}>
        <p>
          <Prose text={text(entry, "prevention")} />
        </p>
      </Part>
      <Notes
        id="client-notes"
        title={dashboard("entry.client_notes")}
        items={list(entry.client_notes)}
        name="client"
        body="note"
      />
      <Notes
        id="versions"
        title={dashboard("entry.versions")}
        items={list(entry.versions)}
        name="range"
        body="reason"
      />
      <Part id="signatures" title={dashboard("entry.signatures")} items={signatures}>
        <details class="more">
          <summary>{dashboard("entry.signature_count", { n: signatures.length })}</summary>
          <ul class="quotes muted">
            {signatures.map((signature) => (
              <li key={text(signature, "id")}>
                <p class="quote-head">
                  <span class="mono">{text(signature, "id")}</span>
                  <span class="faint">{strings(signature.software).join(", ")}</span>
                </p>
                <pre>{text(signature, "pattern")}</pre>
              </li>
            ))}
          </ul>
        </details>
      </Part>
      <Part id="provenance" title={dashboard("entry.provenance")} items={provenance}>
        <ul class="plain-list">
          {provenance.map((source, i) => (
            <li key={i}>
              <strong>{text(source, "project")}</strong>{" "}
              <span class="mono break">{text(source, "file")}</span>
              {text(source, "since") ? ` · ${text(source, "since")}` : ""}
              {text(source, "note") ? <p class="small-note">{text(source, "note")}</p> : null}
            </li>
          ))}
        </ul>
      </Part>
      <Part id="related" title={dashboard("entry.related")} items={related}>
        <ul class="plain-list">
          {related.map((code) => (
            <li key={code}>
              <CodeTag code={code} href={paths.entry(code)} /> {text(titles, code)}
            </li>
          ))}
        </ul>
      </Part>
    </>
  );
}
