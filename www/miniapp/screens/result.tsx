import type { SnapshotAnswer } from "@faultscan/sdk";
import { useState } from "preact/hooks";
import type { Answer, Diagnosis, LogLine } from "../../lib/api.ts";
import { Client } from "../../lib/client.ts";
import { milliseconds } from "../../lib/format.ts";
import { miniapp } from "../../lib/i18n/miniapp.ts";
import { CausesView, CutSetsView, ForwardView } from "../../lib/report/causes.tsx";
import { CheckView } from "../../lib/report/check.tsx";
import { EvidenceView } from "../../lib/report/evidence.tsx";
import { EnvironmentView, TicketView } from "../../lib/report/facts.tsx";
import { FeedbackView } from "../../lib/report/feedback.tsx";
import { FixesView } from "../../lib/report/fixes.tsx";
import { RelatedView } from "../../lib/report/related.tsx";
import { VerdictView } from "../../lib/report/verdict.tsx";
import { WhyView } from "../../lib/report/why.tsx";
import { useResource } from "../../lib/resource.ts";
import { reportSource, type TreeSource } from "../../lib/tree/source.ts";
import { FaultTreeView } from "../../lib/tree/view.tsx";
import { copyText } from "../../lib/ui/copy.tsx";
import { Icon } from "../../lib/ui/icon.tsx";
import { Loaded } from "../../lib/ui/notice.tsx";
import { type Assumptions, assumptionsOf, withAssumptions } from "../../lib/whatif/model.ts";
import { reportWhatIf, type WhatIfSource } from "../../lib/whatif/source.ts";
import { WhatIfView } from "../../lib/whatif/view.tsx";
import type { Local } from "../machine.ts";

const SKEW_WORTH_SAYING_MS = 30_000;

async function share(url: string): Promise<"shared" | "copied" | "failed"> {
  if (navigator.share !== undefined) {
    try {
      await navigator.share({ url });
      return "shared";
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return "shared";
    }
  }
  return (await copyText(url)) ? "copied" : "failed";
}

function ShareButton({ url }: { url: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <button
      type="button"
      class="button"
      onClick={async () => setCopied((await share(url)) === "copied")}
    >
      <Icon name="share" />
      <span aria-live="polite">{miniapp(copied ? "result.shared" : "result.share")}</span>
    </button>
  );
}

/** Verdict first, then the question that would change it, then what to do. */
function DiagnosisBody({
  diagnosis,
  logs,
  level = 1,
  source,
  whatIf,
  page = null,
  onAnswer,
}: {
  diagnosis: Diagnosis;
  logs: readonly LogLine[] | null;
  level?: 1 | 2;
  source: TreeSource | undefined;
  whatIf: WhatIfSource | undefined;
  /** The report's own page; null where it has none yet. */
  page?: string | null;
  onAnswer: (check: string, answer: Answer) => Promise<void>;
}) {
  // A report's own page keeps the question in its address; a fresh capture begins without one.
  const kept = location.pathname === "/r";
  const [assumed, setAssumed] = useState<Assumptions>(() =>
    kept ? assumptionsOf(new URLSearchParams(location.search)) : {},
  );
  const assume = (next: Assumptions) => {
    setAssumed(next);
    if (kept) history.replaceState(null, "", withAssumptions(location.href, next));
  };
  const explained = diagnosis.status !== "unexplained";
  return (
    <>
      <VerdictView diagnosis={diagnosis} level={level} />
      {explained ? (
        <>
          <CheckView diagnosis={diagnosis} onAnswer={onAnswer} />
          <WhyView diagnosis={diagnosis} />
          <CausesView diagnosis={diagnosis} />
          <FixesView diagnosis={diagnosis} />
        </>
      ) : null}
      {logs === null ? null : <EvidenceView diagnosis={diagnosis} logs={logs} />}
      <CutSetsView diagnosis={diagnosis} />
      {diagnosis.graph === null ? null : (
        <FaultTreeView graph={diagnosis.graph} source={source} causes={diagnosis.causes} />
      )}
      <ForwardView diagnosis={diagnosis} />
      {whatIf === undefined ? null : (
        <WhatIfView
          diagnosis={diagnosis}
          source={whatIf}
          assumed={assumed}
          onAssume={assume}
          link={page === null ? null : withAssumptions(page, assumed)}
        />
      )}
    </>
  );
}

/** The diagnosis that the phone has made by itself, while the snapshot waits for the network. */
export function LocalScreen({
  local,
  source,
  whatIf,
  onAnswer,
}: {
  local: Local;
  source: TreeSource | undefined;
  whatIf: WhatIfSource | undefined;
  onAnswer: (check: string, answer: Answer) => Promise<void>;
}) {
  return (
    <article class="result" data-diagnosed="here">
      <DiagnosisBody
        diagnosis={local.diagnosis}
        logs={local.logs}
        level={2}
        source={source}
        whatIf={whatIf}
        onAnswer={onAnswer}
      />
    </article>
  );
}

export function ResultScreen({
  answer,
  diagnosis,
  logs,
  unsent,
  source,
  whatIf,
  onAnswer,
  onAgain,
  onScan,
}: {
  answer: SnapshotAnswer;
  diagnosis: Diagnosis;
  logs: readonly LogLine[] | null;
  /** Answers wait for the network. */
  unsent: boolean;
  source: TreeSource | undefined;
  whatIf: WhatIfSource | undefined;
  onAnswer: (check: string, answer: Answer) => Promise<void>;
  onAgain: () => void;
  onScan: () => void;
}) {
  const url = new URL(answer.reportUrl, location.origin).href;
  return (
    <article class="result">
      {answer.outcome === "duplicate" ? (
        <p class="small-note">{miniapp("result.duplicate")}</p>
      ) : null}
      {unsent ? (
        <p class="small-note" role="status">
          {miniapp("result.unsent")}
        </p>
      ) : null}
      <DiagnosisBody
        diagnosis={diagnosis}
        logs={logs}
        source={source}
        whatIf={whatIf}
        page={url}
        onAnswer={onAnswer}
      />
      {Math.abs(answer.clockSkewMs) > SKEW_WORTH_SAYING_MS ? (
        <p class="small-note">{miniapp("result.skew", { t: milliseconds(answer.clockSkewMs) })}</p>
      ) : null}
      <div class="dock">
        <a class="button primary" href={answer.reportUrl}>
          {miniapp("result.open")}
        </a>
        <ShareButton url={url} />
        <button type="button" class="button" onClick={onAgain}>
          {miniapp("result.again")}
        </button>
        <button type="button" class="link" onClick={onScan}>
          {miniapp("result.new")}
        </button>
      </div>
    </article>
  );
}

/** One report by its capability link: what a phone may see, and no more. */
export function ReportScreen({
  id,
  capability,
  onScan,
}: {
  id: string;
  capability: string;
  onScan: () => void;
}) {
  const client = new Client({ capability });
  const { state, reload, set } = useResource(
    (signal) => client.report(id, signal),
    [id, capability],
  );
  const answer = async (check: string, value: Answer) => {
    const diagnosis = await client.answer(id, check, value);
    set((before) => ({ ...before, diagnosis }));
  };
  return (
    <>
      <Loaded resource={state} what={miniapp("report.what")} onRetry={reload}>
        {(data) => (
          <article class="result">
            <DiagnosisBody
              diagnosis={data.diagnosis}
              logs={data.logs}
              source={reportSource(client, id)}
              whatIf={reportWhatIf(client, id)}
              page={location.href}
              onAnswer={answer}
            />
            <EnvironmentView environment={data.environment} />
            <TicketView ticket={data.ticket} />
            <RelatedView code={data.diagnosis.verdict.code} client={client} />
            <FeedbackView
              diagnosis={data.diagnosis}
              given={data.feedback}
              onSend={(f) => client.feedback(id, f)}
            />
          </article>
        )}
      </Loaded>
      {/* Under a report that is still on its way it would be pushed down. */}
      {state.at === "loading" && !state.slow ? null : (
        <div class="dock">
          {state.at === "ready" ? <ShareButton url={location.href} /> : null}
          <button type="button" class="button" onClick={onScan}>
            {miniapp("result.new")}
          </button>
        </div>
      )}
    </>
  );
}
