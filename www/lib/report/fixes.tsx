import type { Diagnosis, Fix } from "../api.ts";
import { localized } from "../i18n/localized.ts";
import { report, riskName } from "../i18n/report.ts";
import { Instruction } from "./instruction.tsx";
import { Section } from "./section.tsx";

export function FixStep({ fix, cause }: { fix: Fix; cause: string | null }) {
  const sideEffects = localized(fix, "side_effects");
  return (
    <li class="fix">
      <h3>{localized(fix, "title")}</h3>
      <p class="fix-facts">
        {cause === null ? null : <span class="faint">{report("fixes.for", { cause })}</span>}
        <span class={`risk ${fix.risk}`}>{riskName(fix.risk)}</span>
        <span class="faint">
          {report(fix.idempotent ? "fixes.idempotent" : "fixes.not_idempotent")}
        </span>
      </p>
      <Instruction label={report("fixes.dry_run")} source={fix} field="dry_run" />
      <Instruction label={report("fixes.command")} source={fix} field="command" />
      <Instruction label={report("fixes.undo")} source={fix} field="undo" />
      {sideEffects ? (
        <p class="small-note">
          {report("fixes.side_effects")}: {sideEffects}
        </p>
      ) : null}
    </li>
  );
}

export function FixesView({ diagnosis }: { diagnosis: Diagnosis }) {
  const titles = new Map(diagnosis.causes.map((c) => [c.id, localized(c, "title")]));
  return (
    <Section id="fixes" title={report("fixes.title")}>
      {diagnosis.fixes.length === 0 ? (
        <p class="faint">{report("fixes.none")}</p>
      ) : (
        <ol class="fixes">
          {diagnosis.fixes.map((fix, i) => (
            <FixStep key={`${fix.cause}-${i}`} fix={fix} cause={titles.get(fix.cause) ?? null} />
          ))}
        </ol>
      )}
    </Section>
  );
}
