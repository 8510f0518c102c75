import { lazy, Suspense } from "preact/compat";
import { useEffect, useRef } from "preact/hooks";
import { dashboard } from "../lib/i18n/dashboard.ts";
import { work } from "../lib/i18n/work.ts";
import { Boundary } from "../lib/ui/boundary.tsx";
import { Notice, WaitingFor } from "../lib/ui/notice.tsx";
import { feed } from "./feed.ts";
import { LoginPage } from "./pages/login.tsx";
import { ReportsPage } from "./pages/reports.tsx";
import { paths, route } from "./router.ts";
import { session } from "./session.ts";
import { Shell } from "./shell.tsx";
import { useGlobalKeys } from "./shortcuts.ts";

// The first view is the list; everything else comes when it is asked for.
const ReportPage = lazy(() =>
  import("./pages/report.tsx").then((m) => ({ default: m.ReportPage })),
);
const GroupsPage = lazy(() =>
  import("./pages/groups.tsx").then((m) => ({ default: m.GroupsPage })),
);
const GroupPage = lazy(() => import("./pages/group.tsx").then((m) => ({ default: m.GroupPage })));
const TrendsPage = lazy(() =>
  import("./pages/trends.tsx").then((m) => ({ default: m.TrendsPage })),
);
const TicketPage = lazy(() =>
  import("./pages/ticket.tsx").then((m) => ({ default: m.TicketPage })),
);
const CataloguePage = lazy(() =>
  import("./pages/catalogue.tsx").then((m) => ({ default: m.CataloguePage })),
);
const EntryPage = lazy(() => import("./pages/entry.tsx").then((m) => ({ default: m.EntryPage })));

function Page() {
  const current = route.value;
  switch (current.page) {
    case "login":
    case "reports":
      return <ReportsPage />;
    case "report":
      return <ReportPage key={current.id} id={current.id} />;
    case "groups":
      return <GroupsPage />;
    case "group":
      return <GroupPage key={current.id} id={current.id} />;
    case "trends":
      return <TrendsPage />;
    case "ticket":
      return <TicketPage />;
    case "catalogue":
      return <CataloguePage />;
    case "entry":
      return <EntryPage key={current.code} code={current.code} />;
    case "missing":
      return (
        <Notice
          tone="plain"
          title={dashboard("missing.title")}
          body={dashboard("missing.body")}
          level={1}
        >
          <a class="button primary" href={paths.reports}>
            {dashboard("report.back")}
          </a>
        </Notice>
      );
  }
}

function pageTitle(): string {
  const current = route.value;
  switch (current.page) {
    case "report":
      return dashboard("report.title");
    case "groups":
      return work("nav.groups");
    case "group":
      return work("group.title");
    case "trends":
      return work("trends.title");
    case "ticket":
      return dashboard("ticket.title");
    case "catalogue":
      return dashboard("catalogue.title");
    case "entry":
      return current.code;
    default:
      return dashboard("list.title");
  }
}

function SignedIn() {
  const current = route.value;
  const key = JSON.stringify(current);
  const before = useRef(key);
  useGlobalKeys();
  useEffect(() => {
    feed.start();
    return () => feed.stop();
  }, []);
  const ended = feed.state.value.at === "ended";
  useEffect(() => {
    if (ended) session.value = { at: "out" };
  }, [ended]);
  useEffect(() => {
    if (before.current === key) return;
    before.current = key;
    globalThis.scrollTo({ top: 0 });
    document.getElementById("main")?.focus({ preventScroll: true });
  }, [key]);
  return (
    <Boundary key={key}>
      <Suspense fallback={<WaitingFor what={pageTitle()} onRetry={() => location.reload()} />}>
        <Page />
      </Suspense>
    </Boundary>
  );
}

export function App() {
  useEffect(() => {
    document.title = `${pageTitle()} – ${dashboard("title")}`;
  });
  return <Shell>{session.value.at === "in" ? <SignedIn /> : <LoginPage />}</Shell>;
}
