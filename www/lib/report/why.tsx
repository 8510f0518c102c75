import type { ComponentChildren } from "preact";
import type { Diagnosis, Influence } from "../api.ts";
import { percent } from "../format.ts";
import { localized } from "../i18n/localized.ts";
import { report } from "../i18n/report.ts";
import { Section } from "./section.tsx";

/** Less than this, in bits, is not worth a row. */
const BITS_SHOWN_MIN = 0.01;

/** How a change of the log-odds is said: a factor on the odds. */
export function oddsText(bits: number): string {
  const factor = 2 ** Math.abs(bits);
  const n = factor >= 1000 ? "1000+" : factor >= 10 ? factor.toFixed(0) : factor.toFixed(1);
  return report(bits >= 0 ? "why.for" : "why.against", { n });
}

/** Where a bar begins and how long it is, in percent: against to the left, for to the right. */
export function influenceBar(bits: number, most: number): { left: number; width: number } {
  const half = most > 0 ? (Math.min(Math.abs(bits) / most, 1) * 100) / 2 : 0;
  return { left: bits >= 0 ? 50 : 50 - half, width: half };
}

/** A sentence that says why a number is what it is, for who asks. */
export function WhyNumber({
  of,
  children,
}: {
  /** What the number says something about, for those who hear the question by itself. */
  of: string;
  children: ComponentChildren;
}) {
  return (
    <details class="why-number">
      <summary>
        {report("number.why")}
        <span class="offscreen"> {of}</span>
      </summary>
      <p>{children}</p>
    </details>
  );
}

/** Pieces of evidence with bars to the right (for) and to the left (against). */
export function InfluenceList({ influence }: { influence: readonly Influence[] }) {
  const shown = influence.filter((one) => Math.abs(one.bits) >= BITS_SHOWN_MIN);
  if (shown.length === 0) return <p class="faint">{report("why.none")}</p>;
  const most = Math.max(...shown.map((one) => Math.abs(one.bits)));
  return (
    <ol class="influence">
      {shown.map((one, i) => {
        const bar = influenceBar(one.bits, most);
        return (
          <li key={`${i} ${one.text}`} class={one.bits >= 0 ? "for" : "against"}>
            <span class="influence-text">{localized(one, "text")}</span>
            <span class="influence-figure">
              {oddsText(one.bits)}
              <span class="faint"> {report("why.after", { p: percent(one.after) })}</span>
            </span>
            <span class="influence-bar" aria-hidden="true">
              <span style={{ left: `${bar.left}%`, width: `${bar.width}%` }} />
            </span>
          </li>
        );
      })}
    </ol>
  );
}

/** Under the verdict: the evidence that moved it, and how wrong a prior would have to be. */
export function WhyView({ diagnosis }: { diagnosis: Diagnosis }) {
  const influence = diagnosis.influence ?? [];
  const { sensitivity, verdict } = diagnosis;
  const cause = diagnosis.causes.find((one) => one.id === verdict.cause);
  if (cause === undefined || (influence.length === 0 && !sensitivity)) return null;
  const title = (id: string | null) => {
    const found = diagnosis.causes.find((one) => one.id === id);
    return found === undefined ? report("why.becomes_none") : localized(found, "title");
  };
  return (
    <Section id="why" title={report("why.title")} class="why">
      <p class="faint">
        {report("why.body", { from: percent(cause.prior), to: percent(cause.posterior) })}
      </p>
      <InfluenceList influence={influence} />
      {sensitivity ? (
        <div class="firm">
          <h3>{report("why.firm")}</h3>
          <p>{localized(sensitivity, "text")}</p>
          {sensitivity.priors.length > 1 ? (
            <details class="more">
              <summary>{report("why.priors")}</summary>
              <dl class="firm-priors">
                {sensitivity.priors.map((prior) => (
                  <div key={prior.cause}>
                    <dt>{localized(prior, "title")}</dt>
                    <dd>
                      {report("why.prior_row", {
                        factor: Number(prior.factor.toPrecision(2)),
                        prior: percent(prior.prior),
                        next: title(prior.becomes),
                      })}
                    </dd>
                  </div>
                ))}
              </dl>
            </details>
          ) : null}
        </div>
      ) : null}
    </Section>
  );
}
