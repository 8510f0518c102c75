import type { CatalogueEntry, Graph } from "../../lib/api.ts";
import { familyName } from "../../lib/i18n/common.ts";
import { dashboard } from "../../lib/i18n/dashboard.ts";
import { report } from "../../lib/i18n/report.ts";
import { CodeTag, Severity } from "../../lib/report/verdict.tsx";
import { useResource } from "../../lib/resource.ts";
import { FaultTreeView } from "../../lib/tree/view.tsx";
import { Icon } from "../../lib/ui/icon.tsx";
import { Loaded } from "../../lib/ui/notice.tsx";
import { Causes, Checks, Fixes, Runbook } from "../entry/act.tsx";
import { Background, Guideline, Indicators } from "../entry/background.tsx";
import { ProofTag, plainTemplate } from "../entry/parts.tsx";
import { Prose } from "../entry/prose.tsx";
import { Samples } from "../entry/samples.tsx";
import { isFields, text } from "../entry.ts";
import { paths } from "../router.ts";
import { client } from "../session.ts";

export { plainTemplate } from "../entry/parts.tsx";

function graphOf(entry: CatalogueEntry): Graph | null {
  const graph = entry.graph;
  return isFields(graph) && Array.isArray(graph.nodes) ? (graph as unknown as Graph) : null;
}

function Head({ entry }: { entry: CatalogueEntry }) {
  const verdict = plainTemplate(text(entry, "verdict"));
  return (
    <header class="verdict">
      <p class="verdict-code">
        <CodeTag code={entry.code} />
        <Severity severity={entry.severity} />
        <span class="faint">{familyName(entry.family)}</span>
        <ProofTag proof={entry.proof} />
      </p>
      <h1>{text(entry, "title")}</h1>
      <p class="lead">
        <Prose text={text(entry, "explanation") || text(entry, "scene")} />
      </p>
      {verdict === "" ? null : (
        <p class="entry-verdict">
          <span class="faint">{dashboard("entry.verdict")}</span> {verdict}
        </p>
      )}
      <div class="actions">
        <a class="button primary" href={paths.ticket(entry.code)}>
          {dashboard("entry.make_qr")}
        </a>
        <a class="button" href={`${paths.reports}?code=${encodeURIComponent(entry.code)}`}>
          {dashboard("entry.reports")}
        </a>
      </div>
    </header>
  );
}

function Entry({ entry }: { entry: CatalogueEntry }) {
  const version = text(entry, "catalogue_version");
  return (
    <article class="entry">
      <Head entry={entry} />
      <FaultTreeView graph={graphOf(entry)} />
      <div class="report-columns">
        <div class="report-act">
          <Runbook entry={entry} />
          <Checks entry={entry} />
          <Fixes entry={entry} />
          <Guideline entry={entry} />
        </div>
        <div class="report-why">
          <Samples entry={entry} />
          <Causes entry={entry} />
          <Indicators entry={entry} />
          <Background entry={entry} />
          {version === "" ? null : (
            <p class="small-note">{report("catalogue.version", { v: version })}</p>
          )}
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
