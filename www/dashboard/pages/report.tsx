import { useRef, useState } from "preact/hooks";
import type { Answer, Report } from "../../lib/api.ts";
import { PlotsView } from "../../lib/charts/plots.tsx";
import { exportPath } from "../../lib/client.ts";
import { dateTime } from "../../lib/format.ts";
import { dashboard } from "../../lib/i18n/dashboard.ts";
import { localized } from "../../lib/i18n/localized.ts";
import { report as words } from "../../lib/i18n/report.ts";
import { whatif } from "../../lib/i18n/whatif.ts";
import { work } from "../../lib/i18n/work.ts";
import { evidenceByLine } from "../../lib/log/highlight.ts";
import { LogView } from "../../lib/log/viewer.tsx";
import { lang } from "../../lib/prefs.ts";
import { CausesView, CutSetsView, ForwardView } from "../../lib/report/causes.tsx";
import { CheckView } from "../../lib/report/check.tsx";
import { EvidenceView } from "../../lib/report/evidence.tsx";
import { EnvironmentView, TicketView, UrgentView } from "../../lib/report/facts.tsx";
import { FeedbackView } from "../../lib/report/feedback.tsx";
import { FixesView } from "../../lib/report/fixes.tsx";
import { RelatedView } from "../../lib/report/related.tsx";
import { Section } from "../../lib/report/section.tsx";
import { VerdictView } from "../../lib/report/verdict.tsx";
import { WhyView } from "../../lib/report/why.tsx";
import { useResource } from "../../lib/resource.ts";
import { reportSource } from "../../lib/tree/source.ts";
import { FaultTreeView } from "../../lib/tree/view.tsx";
import { CopyButton } from "../../lib/ui/copy.tsx";
import { Icon } from "../../lib/ui/icon.tsx";
import { Loaded } from "../../lib/ui/notice.tsx";
import { assumptionParams, assumptionsOf, withAssumptions } from "../../lib/whatif/model.ts";
import { reportWhatIf } from "../../lib/whatif/source.ts";
import { WhatIfView } from "../../lib/whatif/view.tsx";
import { connections, useNews } from "../feed.ts";
import { go, paths, query, setQuery } from "../router.ts";
import { client } from "../session.ts";
import { useKeys } from "../shortcuts.ts";
import { StateMark } from "../state.tsx";

const SECTIONS = [
  ["check", () => words("check.title")],
  ["causes", () => words("causes.title")],
  ["fixes", () => words("fixes.title")],
  ["evidence", () => words("evidence.title")],
  ["tree", () => words("graph.title")],
  ["log", () => words("log.title")],
  ["plots", () => words("plots.title")],
  ["what-if", () => whatif("title")],
  ["environment", () => words("env.title")],
] as const;

/** What only a diagnosis that explains something has. */
const OF_CAUSES: readonly string[] = ["check", "causes", "fixes"];

function Contents({ explained }: { explained: boolean }) {
  const shown = SECTIONS.filter(([id]) => explained || !OF_CAUSES.includes(id));
  return (
    <nav class="contents" aria-label={dashboard("report.sections")}>
      <ul>
        {shown.map(([id, title]) => (
          <li key={id}>
            <a href={`#${id}`}>{title()}</a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Head({ data }: { data: Report }) {
  return (
    <div class="report-head">
      <a class="back" href={paths.reports}>
        <Icon name="left" />
        {dashboard("report.back")}
      </a>
      <p class="faint">
        {dashboard("report.received", { when: dateTime(data.received_at_ms) })}
        {data.project ? ` · ${dashboard("report.project", { name: data.project })}` : ""}
      </p>
      {data.group ? (
        <a class="report-group" href={paths.group(data.group)}>
          <StateMark state={data.state} />
          {work("group.title")}
        </a>
      ) : null}
      <div class="report-actions">
        {data.link ? (
          <span title={work("share.hint")}>
            <CopyButton
              text={new URL(data.link, location.origin).href}
              label={work("share.link")}
            />
          </span>
        ) : null}
        {(["md", "json"] as const).map((format) => (
          <a
            key={format}
            class="button quiet small"
            href={exportPath(data.id, format, lang.value)}
            download
          >
            <span class="offscreen">{work("export.label")} </span>
            {work(`export.${format}`)}
          </a>
        ))}
        <button
          type="button"
          class="button quiet small pointer-only"
          onClick={() => globalThis.print()}
        >
          {dashboard("report.print")}
        </button>
      </div>
    </div>
  );
}

/** What people said of this report's diagnosis, newest first. */
function SaidView({ data }: { data: Report }) {
  const given = data.feedback ?? [];
  if (given.length === 0) return null;
  const titles = new Map(data.diagnosis.causes.map((c) => [c.id, localized(c, "title")]));
  return (
    <Section id="said" title={work("said.title")}>
      <ol class="history">
        {given.toReversed().map((said) => (
          <li key={`${said.at_ms} ${said.note} ${said.cause}`}>
            {said.at_ms ? (
              <time dateTime={new Date(said.at_ms).toISOString()}>{dateTime(said.at_ms)}</time>
            ) : null}
            <span class="break">
              <strong class={`said-${said.verdict}`}>{work(`said.${said.verdict}`)}</strong>
              {said.cause
                ? ` · ${work("group.was", { cause: titles.get(said.cause) ?? said.cause })}`
                : ""}
            </span>
            {said.note ? <span class="break">{said.note}</span> : null}
          </li>
        ))}
      </ol>
    </Section>
  );
}

function Body({
  data,
  onAnswer,
  notice,
}: {
  data: Report;
  onAnswer: (check: string, answer: Answer) => Promise<void>;
  notice: string;
}) {
  const { diagnosis, logs } = data;
  const assumed = assumptionsOf(query.value);
  const explained = diagnosis.status !== "unexplained";
  const [target, setTarget] = useState<number | null>(null);
  const log = useRef<HTMLDivElement>(null);
  const evidence = [...evidenceByLine(diagnosis.codes, logs.length).keys()];
  const marks = evidence.map((i) => (logs[i]?.at_ms ?? 0) / 1000);

  const jump = (line: number) => {
    setTarget(line);
    log.current?.scrollIntoView({ block: "nearest" });
  };
  const step = (by: number) => {
    const at = target === null ? -1 : evidence.indexOf(target);
    const next = evidence[(at + by + evidence.length) % Math.max(evidence.length, 1)];
    if (next !== undefined) jump(next);
  };
  useKeys({ n: () => step(1), p: () => step(-1), u: () => go(paths.reports) });

  return (
    <article class="report">
      <Head data={data} />
      <p class="report-notice" role="status">
        {notice}
      </p>
      <VerdictView diagnosis={diagnosis} codeHref={paths.entry} />
      <Contents explained={explained} />
      <div class="report-columns">
        <div class="report-act">
          {explained ? (
            <>
              <WhyView diagnosis={diagnosis} />
              <CheckView diagnosis={diagnosis} onAnswer={onAnswer} />
              <CausesView diagnosis={diagnosis} />
              <CutSetsView diagnosis={diagnosis} />
              <FixesView diagnosis={diagnosis} />
              <ForwardView diagnosis={diagnosis} />
            </>
          ) : null}
          <FeedbackView
            diagnosis={diagnosis}
            given={data.feedback}
            onSend={(f) => client.feedback(data.id, f)}
          />
          <SaidView data={data} />
        </div>
        <div class="report-why">
          <EvidenceView diagnosis={diagnosis} logs={logs} onJump={jump} />
          <UrgentView urgent={data.urgent} />
          {diagnosis.graph === null ? null : (
            <FaultTreeView
              graph={diagnosis.graph}
              source={reportSource(client, data.id)}
              causes={diagnosis.causes}
            />
          )}
          <div ref={log}>
            <LogView logs={logs} codes={diagnosis.codes} target={target} onTarget={jump} />
          </div>
          <PlotsView fps={data.fps} rtt={data.rtt} memory={data.memory} marks={marks} />
          <WhatIfView
            diagnosis={diagnosis}
            source={reportWhatIf(client, data.id)}
            assumed={assumed}
            onAssume={(next) => setQuery(assumptionParams(next))}
            link={withAssumptions(location.href, assumed)}
          />
          <EnvironmentView environment={data.environment} />
          <TicketView ticket={data.ticket} />
          <RelatedView code={diagnosis.verdict.code} client={client} codeHref={paths.entry} />
          <p class="small-note">{words("catalogue.version", { v: diagnosis.catalogue_version })}</p>
        </div>
      </div>
    </article>
  );
}

export function ReportPage({ id }: { id: string }) {
  const { state, reload, set } = useResource<Report>(
    (signal) => client.report(id, signal),
    [id, connections.value],
  );
  const [notice, setNotice] = useState("");
  const own = useRef(0);
  useNews((news) => {
    if (news.kind === "group") {
      const { id: group, state: now } = news.group;
      set((before) => (before.group === group ? { ...before, state: now } : before));
      return;
    }
    // An answer given elsewhere (on the phone) moves this page too; our own is already shown.
    if (news.kind !== "updated" || news.summary.id !== id) return;
    if (own.current > 0) {
      own.current -= 1;
      return;
    }
    setNotice(dashboard("report.updated_live"));
    reload();
  });

  const answer = async (check: string, value: Answer) => {
    own.current += 1;
    try {
      const diagnosis = await client.answer(id, check, value);
      set((before) => ({ ...before, diagnosis }));
      setNotice(words("check.updated", { text: localized(diagnosis.verdict, "text") }));
    } catch (error) {
      own.current -= 1;
      throw error;
    }
  };

  return (
    <div class="page report-page">
      <Loaded
        resource={state}
        what={dashboard("report.what")}
        onRetry={reload}
        onward={
          <a class="button" href={paths.reports}>
            {dashboard("report.back")}
          </a>
        }
      >
        {(data) => <Body data={data} onAnswer={answer} notice={notice} />}
      </Loaded>
    </div>
  );
}
