import type { Summary } from "../../lib/api.ts";
import { ago, dateTime, deviceName, percent } from "../../lib/format.ts";
import { severityName } from "../../lib/i18n/common.ts";
import { dashboard } from "../../lib/i18n/dashboard.ts";
import { localized } from "../../lib/i18n/localized.ts";
import { Breakable } from "../../lib/ui/breakable.tsx";
import { Bar } from "../../lib/ui/scale.tsx";
import { nowMs } from "../now.ts";
import { paths } from "../router.ts";
import { StateMark } from "../state.tsx";

/** One report in the list. The whole row is one link; its name is what failed and why. */
export function ReportRow({ summary, fresh }: { summary: Summary; fresh: boolean }) {
  const explained = summary.code !== null;
  const title = explained
    ? localized(summary, "title") || summary.code
    : dashboard("list.unexplained");
  const cause = localized(summary, "cause_title");
  const where = [deviceName(summary.device), summary.os, summary.app_version].filter((x) => x);
  return (
    <li class={`report-row ${fresh ? "fresh" : ""}`}>
      <a class="row-link" href={paths.report(summary.id)}>
        <span
          class={`row-severity ${summary.severity ?? "none"}`}
          title={summary.severity === null ? "" : severityName(summary.severity)}
        />
        <span class="row-main">
          <span class="row-title">{title}</span>
          {cause === "" || cause === title ? null : <span class="row-cause">{cause}</span>}
        </span>
        <span class="row-state">
          <StateMark state={summary.state} />
        </span>
        <span class="row-code mono">
          <Breakable text={summary.code ?? "–"} />
        </span>
        <span class="row-sure">
          {summary.probability === null ? null : (
            <>
              <span class="row-percent">{percent(summary.probability)}</span>
              <Bar value={summary.probability} />
            </>
          )}
        </span>
        <span class="row-where">{where.join(" · ")}</span>
        <time
          class="row-time"
          dateTime={new Date(summary.received_at_ms).toISOString()}
          title={dateTime(summary.received_at_ms)}
        >
          {ago(summary.received_at_ms, nowMs.value)}
        </time>
        {summary.urgent > 0 ? (
          <span class="row-urgent">{dashboard("list.urgent", { n: summary.urgent })}</span>
        ) : null}
      </a>
    </li>
  );
}
