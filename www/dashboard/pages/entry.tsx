import type { ComponentChildren } from "preact";
import type { CatalogueEntry, Fix } from "../../lib/api.ts";
import { familyName } from "../../lib/i18n/common.ts";
import { dashboard } from "../../lib/i18n/dashboard.ts";
import { report } from "../../lib/i18n/report.ts";
import { FixStep } from "../../lib/report/fixes.tsx";
import { Section } from "../../lib/report/section.tsx";
import { CodeTag, Severity } from "../../lib/report/verdict.tsx";
import { useResource } from "../../lib/resource.ts";
import { Command } from "../../lib/ui/copy.tsx";
import { Icon } from "../../lib/ui/icon.tsx";
import { Loaded } from "../../lib/ui/notice.tsx";
import { conditionText, type Fields, isFields, list, strings, text } from "../entry.ts";
import { paths } from "../router.ts";
import { client } from "../session.ts";

/** A section that is only there when it has something in it. */
function Part({
  id,
  title,
  items,
  children,
}: {
  id: string;
  title: string;
  items: readonly unknown[] | string;
  children: ComponentChildren;
}) {
  return items.length === 0 ? null : (
    <Section id={id} title={title}>
      {children}
    </Section>
  );
}

/** Template places `{{name|default}}` are shown as what stands there without a capture. */
export function plainTemplate(template: string): string {
  return template.replace(
    /\{\{(\w+)(?:\|([^}]*))?\}\}/g,
    (_all, name: string, fallback?: string) => fallback || `<${name}>`,
  );
}

function Samples({ entry }: { entry: CatalogueEntry }) {
  const samples = list(entry.samples);
  const misses = list(entry.near_misses);
  return (
    <>
      <Part id="samples" title={dashboard("entry.samples")} items={samples}>
        <ul class="quotes">
          {samples.map((sample) => (
            <li key={text(sample, "text")}>
              <pre>{text(sample, "text")}</pre>
              <p class="small-note">{text(sample, "source")}</p>
            </li>
          ))}
        </ul>
      </Part>
      <Part id="near-misses" title={dashboard("entry.near_misses")} items={misses}>
        <ul class="quotes muted">
          {misses.map((miss) => (
            <li key={text(miss, "text")}>
              <pre>{text(miss, "text")}</pre>
              <p class="small-note">
                {text(miss, "why")}{" "}
                {typeof miss.expect === "string" ? <CodeTag code={miss.expect} /> : null}
              </p>
            </li>
          ))}
        </ul>
      </Part>
    </>
  );
}

function Act({ entry }: { entry: CatalogueEntry }) {
  const checks = list(entry.checks);
  const fixes = list(entry.fixes);
  return (
    <>
      <Part id="checks" title={dashboard("entry.checks")} items={checks}>
        <ol class="entry-checks">
          {checks.map((check) => (
            <li key={text(check, "id")}>
              <h3>{plainTemplate(text(check, "question"))}</h3>
              {text(check, "command") ? (
                <Command label={report("check.run")} text={plainTemplate(text(check, "command"))} />
              ) : null}
            </li>
          ))}
        </ol>
      </Part>
      <Part id="fixes" title={dashboard("entry.fixes")} items={fixes}>
        <ol class="fixes">
          {fixes.map((fix, i) => (
            <FixStep
              key={i}
              fix={fixOf(fix)}
              cause={causeTitle(entry, text(fix, "cause")) || null}
            />
          ))}
        </ol>
      </Part>
    </>
  );
}

function causeTitle(entry: CatalogueEntry, cause: string): string {
  const titles = isFields(entry.cause_titles) ? entry.cause_titles : {};
  return text(titles, cause) || cause;
}

function Guideline({ entry }: { entry: CatalogueEntry }) {
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

function fixOf(fields: Fields): Fix {
  const command = (name: string) => plainTemplate(text(fields, name));
  return {
    cause: text(fields, "cause"),
    title: text(fields, "title"),
    title_zh: text(fields, "title"),
    command: command("command"),
    dry_run: command("dry_run"),
    undo: command("undo"),
    side_effects: text(fields, "side_effects"),
    side_effects_zh: text(fields, "side_effects"),
    idempotent: fields.idempotent === true,
    risk: text(fields, "risk"),
  };
}

function Runbook({ entry }: { entry: CatalogueEntry }) {
  const runbook = isFields(entry.runbook) ? entry.runbook : {};
  const levels = ["level1", "level2", "level3"]
    .map((level) => text(runbook, level))
    .filter((t) => t !== "");
  return (
    <Part id="runbook" title={dashboard("entry.runbook")} items={levels}>
      <ol class="runbook">
        {levels.map((level) => (
          <li key={level}>{level}</li>
        ))}
      </ol>
    </Part>
  );
}

function Background({ entry }: { entry: CatalogueEntry }) {
  const indicators = list(entry.indicators);
  const versions = list(entry.versions);
  const notes = list(entry.client_notes);
  const provenance = list(entry.provenance);
  const signatures = list(entry.signatures);
  const related = strings(entry.related);
  return (
    <>
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
      <Part id="prevention" title={dashboard("entry.prevention")} items={text(entry, "prevention")}>
        <p>{text(entry, "prevention")}</p>
      </Part>
      <Part id="client-notes" title={dashboard("entry.client_notes")} items={notes}>
        <dl class="notes">
          {notes.map((note) => (
            <div key={text(note, "client")}>
              <dt>{text(note, "client")}</dt>
              <dd>{text(note, "note")}</dd>
            </div>
          ))}
        </dl>
      </Part>
      <Part id="versions" title={dashboard("entry.versions")} items={versions}>
        <dl class="notes">
          {versions.map((version) => (
            <div key={text(version, "range")}>
              <dt class="mono">{text(version, "range")}</dt>
              <dd>{text(version, "reason")}</dd>
            </div>
          ))}
        </dl>
      </Part>
      <Part id="gate" title={dashboard("entry.gate")} items={text(entry, "gate")}>
        <pre class="terminal">{text(entry, "gate")}</pre>
      </Part>
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
        <p class="also">
          {related.map((code) => (
            <CodeTag key={code} code={code} href={paths.entry(code)} />
          ))}
        </p>
      </Part>
    </>
  );
}

function Entry({ entry }: { entry: CatalogueEntry }) {
  return (
    <article class="entry">
      <header class="verdict">
        <p class="verdict-code">
          <CodeTag code={entry.code} />
          <Severity severity={entry.severity} />
          <span class="faint">{familyName(entry.family)}</span>
        </p>
        <h1>{text(entry, "title")}</h1>
        <p class="lead">{text(entry, "explanation") || text(entry, "scene")}</p>
        <div class="actions">
          <a class="button primary" href={paths.ticket(entry.code)}>
            {dashboard("entry.make_qr")}
          </a>
          <a class="button" href={`${paths.reports}?code=${encodeURIComponent(entry.code)}`}>
            {dashboard("entry.reports")}
          </a>
        </div>
      </header>
      <div class="report-columns">
        <div class="report-act">
          <Act entry={entry} />
          <Runbook entry={entry} />
          <Guideline entry={entry} />
        </div>
        <div class="report-why">
          <Samples entry={entry} />
          <Background entry={entry} />
        </div>
      </div>
    </article>
  );
}

export function EntryPage({ code }: { code: string }) {
  const { state, reload } = useResource((signal) => client.catalogueEntry(code, signal), [code]);
  return (
    <div class="page entry-page">
      <a class="back" href={paths.catalogue}>
        <Icon name="left" />
        {dashboard("entry.back")}
      </a>
      <Loaded resource={state} what={dashboard("entry.what")} onRetry={reload}>
        {(entry) => <Entry entry={entry} />}
      </Loaded>
    </div>
  );
}
