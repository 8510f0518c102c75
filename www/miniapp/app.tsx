import { lazy, Suspense } from "preact/compat";
import { useEffect, useRef } from "preact/hooks";
import { common } from "../lib/i18n/common.ts";
import { miniapp } from "../lib/i18n/miniapp.ts";
import { Boundary } from "../lib/ui/boundary.tsx";
import { Mark } from "../lib/ui/icon.tsx";
import { Notice, WaitingFor } from "../lib/ui/notice.tsx";
import { PrefSwitches } from "../lib/ui/prefs.tsx";
import type { Controller } from "./controller.ts";
import { CapturingScreen, OpeningScreen, QueuedScreen } from "./screens/capture.tsx";
import { ReadyScreen } from "./screens/ready.tsx";
import { RefusedScreen } from "./screens/refused.tsx";
import { ReviewDialog } from "./screens/review.tsx";
import { ScanScreen } from "./screens/scan.tsx";

// The diagnosis view brings D3; nobody waits for it before there is a diagnosis.
const ResultScreen = lazy(() =>
  import("./screens/result.tsx").then((m) => ({ default: m.ResultScreen })),
);
const LocalScreen = lazy(() =>
  import("./screens/result.tsx").then((m) => ({ default: m.LocalScreen })),
);
const ReportScreen = lazy(() =>
  import("./screens/result.tsx").then((m) => ({ default: m.ReportScreen })),
);

function Screen({ controller }: { controller: Controller }) {
  const state = controller.state.value;
  const rescan = () => controller.rescan();
  switch (state.at) {
    case "scan":
      return <ScanScreen onText={(text) => controller.submit(text)} />;
    case "opening":
      return <OpeningScreen slow={state.slow} onRetry={() => controller.retry()} onScan={rescan} />;
    case "refused":
      return (
        <RefusedScreen refusal={state.refusal} onRetry={() => controller.retry()} onScan={rescan} />
      );
    case "ready":
      return (
        <ReadyScreen
          ticket={state.ticket}
          diag={controller.diag}
          onCapture={() => void controller.capture()}
          onScan={rescan}
        />
      );
    case "capturing":
      return (
        <CapturingScreen
          stage={state.stage}
          fraction={state.fraction}
          slow={state.slow}
          onCancel={() => controller.cancelCapture()}
        />
      );
    case "queued":
      return (
        <>
          <QueuedScreen
            sending={state.sending}
            diagnosed={state.local !== null}
            onSend={() => void controller.sendKept()}
            onBack={() => controller.ready()}
          />
          {state.local === null ? null : (
            <LocalScreen
              local={state.local}
              source={controller.treeSource()}
              whatIf={controller.whatIfSource()}
              onAnswer={(check, answer) => controller.answer(check, answer)}
            />
          )}
        </>
      );
    case "result":
      return (
        <ResultScreen
          answer={state.answer}
          diagnosis={state.diagnosis}
          logs={state.logs}
          unsent={state.unsent}
          source={controller.treeSource()}
          whatIf={controller.whatIfSource()}
          onAnswer={(check, answer) => controller.answer(check, answer)}
          onAgain={() => controller.ready()}
          onScan={rescan}
        />
      );
    case "report":
      return <ReportScreen id={state.id} capability={state.capability} onScan={rescan} />;
    case "bad_link":
      return (
        <Notice
          tone="fault"
          title={miniapp("report.bad_link.title")}
          body={miniapp("report.bad_link.body")}
          level={1}
        >
          <button type="button" class="button primary" onClick={rescan}>
            {miniapp("refused.scan_again")}
          </button>
        </Notice>
      );
  }
}

export function App({ controller }: { controller: Controller }) {
  const main = useRef<HTMLElement>(null);
  const at = controller.state.value.at;
  const before = useRef(at);

  useEffect(() => {
    document.title = miniapp("title");
  });
  // A new screen is announced by moving to its heading, and starts at its top.
  useEffect(() => {
    if (before.current === at) return;
    before.current = at;
    globalThis.scrollTo({ top: 0 });
    main.current?.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
  }, [at]);

  return (
    <div class={`mini at-${at}`}>
      <header class="mini-bar">
        <span class="brand">
          <Mark />
          {common("app.name")}
        </span>
        <PrefSwitches />
      </header>
      <main ref={main}>
        <Boundary key={at}>
          <Suspense
            fallback={
              <WaitingFor what={miniapp("report.what")} onRetry={() => location.reload()} />
            }
          >
            <Screen controller={controller} />
          </Suspense>
        </Boundary>
      </main>
      <ReviewDialog />
    </div>
  );
}
