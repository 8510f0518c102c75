import type { CatalogueEntry, Fix } from "../../lib/api.ts";
import { dashboard } from "../../lib/i18n/dashboard.ts";
import { report } from "../../lib/i18n/report.ts";
import { FixStep } from "../../lib/report/fixes.tsx";
import { Instruction } from "../../lib/report/instruction.tsx";
import { type Fields, isFields, list, text } from "../entry.ts";
import { causeTitle, Part, plainTemplate } from "./parts.tsx";
import { Prose } from "./prose.tsx";

type Instructed<K extends string> = Partial<Record<K | `${K}_zh`, string>>;

/** A command alone, or a sentence `{en, zh}` as the pair that a report has for it. */
function instruction<K extends string>(fields: Fields, name: K): Instructed<K> {
  const value = fields[name];
  const pair = isFields(value)
    ? {
        [name]: plainTemplate(text({ value: value.en }, "value")),
        [`${name}_zh`]: plainTemplate(text({ value: value.zh }, "value")),
      }
    : { [name]: plainTemplate(text(fields, name)) };
  return pair as Instructed<K>;
}

function fixOf(fields: Fields): Fix {
  return {
    cause: text(fields, "cause"),
    title: text(fields, "title"),
    title_zh: text(fields, "title"),
    ...instruction(fields, "command"),
    ...instruction(fields, "dry_run"),
    ...instruction(fields, "undo"),
    side_effects: text(fields, "side_effects"),
    side_effects_zh: text(fields, "side_effects"),
    idempotent: fields.idempotent === true,
    risk: text(fields, "risk"),
  };
}

function CheckItem({ check }: { check: Fields }) {
  const minutes = typeof check.cost_min === "number" ? check.cost_min : 0;
  return (
    <li>
      <h3>{plainTemplate(text(check, "question"))}</h3>
      <p class="faint small-note">
        {minutes < 1
          ? report("check.under_minute")
          : report("check.minutes", { n: Math.round(minutes) })}
      </p>
      <Instruction
        label={report("check.run")}
        source={instruction(check, "command")}
        field="command"
      />
      <dl class="meanings">
        <dt>{report("check.if_yes")}</dt>
        <dd>
          <Prose text={text(check, "yes")} />
        </dd>
        <dt>{report("check.if_no")}</dt>
        <dd>
          <Prose text={text(check, "no")} />
        </dd>
      </dl>
    </li>
  );
}

export function Checks({ entry }: { entry: CatalogueEntry }) {
  const checks = list(entry.checks);
  return (
    <Part id="checks" title={dashboard("entry.checks")} items={checks}>
      <ol class="entry-checks">
        {checks.map((check) => (
          <CheckItem key={text(check, "id")} check={check} />
        ))}
      </ol>
    </Part>
  );
}

export function Fixes({ entry }: { entry: CatalogueEntry }) {
  const fixes = list(entry.fixes);
  return (
    <Part id="fixes" title={dashboard("entry.fixes")} items={fixes}>
      <ol class="fixes">
        {fixes.map((fix, i) => (
          <FixStep key={i} fix={fixOf(fix)} cause={causeTitle(entry, text(fix, "cause")) || null} />
        ))}
      </ol>
    </Part>
  );
}

const LEVELS = ["level1", "level2", "level3"] as const;

/** What to do in an emergency: each level says who does it and how long it may take. */
export function Runbook({ entry }: { entry: CatalogueEntry }) {
  const runbook = isFields(entry.runbook) ? entry.runbook : {};
  const levels = LEVELS.filter((level) => text(runbook, level) !== "");
  return (
    <Part id="runbook" title={dashboard("entry.runbook")} items={levels}>
      <ol class="runbook">
        {levels.map((level) => (
          <li key={level}>
            <h3>{dashboard(`entry.runbook.${level}`)}</h3>
            <p>
              <Prose text={text(runbook, level)} />
            </p>
          </li>
        ))}
      </ol>
    </Part>
  );
}

const CLASSES = ["common", "occasional", "rare"] as const;

function classOf(value: unknown): string {
  const known = CLASSES.find((name) => name === value);
  return known === undefined ? "" : dashboard(`class.${known}`);
}

/** Every cause below the gate: how often, why that is thought, how it shows. */
export function Causes({ entry }: { entry: CatalogueEntry }) {
  const causes = list(entry.cause_facts);
  return (
    <Part id="causes" title={report("causes.title")} items={causes}>
      <ul class="entry-causes">
        {causes.map((cause) => (
          <li key={text(cause, "id")}>
            <h3>
              {text(cause, "title")} <span class="class-tag">{classOf(cause.class)}</span>
            </h3>
            <p>
              <Prose text={text(cause, "evidence")} />
            </p>
            <p class="small-note">
              <span class="mono">{text(cause, "id")}</span> · {text(cause, "basis")}
            </p>
          </li>
        ))}
      </ul>
    </Part>
  );
}
