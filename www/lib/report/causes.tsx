import { useState } from "preact/hooks";
import type { Cause, Diagnosis } from "../api.ts";
import { percent } from "../format.ts";
import { common } from "../i18n/common.ts";
import { localized } from "../i18n/localized.ts";
import { report } from "../i18n/report.ts";
import { lang } from "../prefs.ts";
import { Bar } from "../ui/scale.tsx";
import { Section } from "./section.tsx";
import { CodeTag } from "./verdict.tsx";
import { InfluenceList, WhyNumber } from "./why.tsx";

const SHOWN_FIRST = 4;

function evidenceOf(cause: Cause): string[] {
  const chinese = cause.evidence_zh ?? [];
  return lang.value === "zh" && chinese.length > 0 ? chinese : cause.evidence;
}

function CauseRow({ cause, leading }: { cause: Cause; leading: boolean }) {
  return (
    <li class={leading ? "cause leading" : "cause"}>
      <details>
        <summary>
          <span class="cause-title">{localized(cause, "title")}</span>
          <span class="cause-figure">{percent(cause.posterior)}</span>
          <Bar value={cause.posterior} from={cause.prior} />
          <span class="cause-prior faint">
            {report("causes.prior", { p: percent(cause.prior) })}
          </span>
        </summary>
        <div class="cause-why">
          <h3>{report("causes.why")}</h3>
          {(cause.influence ?? []).length > 0 ? (
            <InfluenceList influence={cause.influence ?? []} />
          ) : evidenceOf(cause).length === 0 ? (
            <p>{report("causes.why_none")}</p>
          ) : (
            <ul>
              {evidenceOf(cause).map((reason) => (
                <li key={reason}>{reason}</li>
              ))}
            </ul>
          )}
          {cause.codes.length > 0 ? (
            <p class="also">
              <span class="faint">{report("causes.codes")}</span>
              {cause.codes.map((code) => (
                <CodeTag key={code} code={code} />
              ))}
            </p>
          ) : null}
        </div>
      </details>
    </li>
  );
}

export function CausesView({ diagnosis }: { diagnosis: Diagnosis }) {
  const [all, setAll] = useState(false);
  const causes = diagnosis.causes;
  const shown = all ? causes : causes.slice(0, SHOWN_FIRST);
  return (
    <Section id="causes" title={report("causes.title")}>
      {causes.length === 0 ? (
        <p class="faint">{report("causes.none")}</p>
      ) : (
        <ol class="causes">
          {shown.map((cause) => (
            <CauseRow key={cause.id} cause={cause} leading={cause.id === diagnosis.verdict.cause} />
          ))}
        </ol>
      )}
      {causes.length > SHOWN_FIRST ? (
        <button
          type="button"
          class="button quiet small"
          aria-expanded={all}
          onClick={() => setAll(!all)}
        >
          {all ? common("action.show_fewer") : common("action.show_all", { n: causes.length })}
        </button>
      ) : null}
    </Section>
  );
}

/** Only sets of two and more say something that the list of causes does not. */
export function CutSetsView({ diagnosis }: { diagnosis: Diagnosis }) {
  const joint = diagnosis.cut_sets.filter((set) => set.events.length > 1);
  if (joint.length === 0) return null;
  const titles = new Map<string, string>();
  const alone = new Map(diagnosis.causes.map((cause) => [cause.id, cause.posterior]));
  for (const cause of diagnosis.causes) titles.set(cause.id, localized(cause, "title"));
  for (const node of diagnosis.graph?.nodes ?? []) {
    if (!titles.has(node.id)) titles.set(node.id, localized(node, "title"));
  }
  return (
    <Section id="cut-sets" title={report("cut_sets.title")}>
      <p class="faint">{report("cut_sets.body")}</p>
      <ol class="cut-sets">
        {joint.slice(0, 6).map((set) => (
          <li key={set.events.join("+")}>
            <span>{set.events.map((id) => titles.get(id) ?? id).join(" + ")}</span>
            <span class="cause-figure">{percent(set.posterior)}</span>
            <Bar value={set.posterior} />
            <WhyNumber of={report("cut_sets.title")}>
              {report("cut_sets.why", {
                each: set.events
                  .map((id) => `${titles.get(id) ?? id} ${percent(alone.get(id))}`)
                  .join(", "),
              })}
            </WhyNumber>
          </li>
        ))}
      </ol>
    </Section>
  );
}

export function ForwardView({ diagnosis }: { diagnosis: Diagnosis }) {
  if (diagnosis.forward.length === 0) return null;
  return (
    <Section id="forward" title={report("forward.title")}>
      <p class="faint">{report("forward.body")}</p>
      <ul class="cut-sets">
        {diagnosis.forward.slice(0, 8).map((next) => (
          <li key={next.code}>
            <span>
              <CodeTag code={next.code} /> {localized(next, "title")}
            </span>
            <span class="cause-figure">{percent(next.probability)}</span>
            <Bar value={next.probability} from={next.prior ?? null} />
            <WhyNumber of={next.code}>
              {report("forward.why", {
                prior: percent(next.prior),
                p: percent(next.probability),
              })}
            </WhyNumber>
          </li>
        ))}
      </ul>
    </Section>
  );
}
