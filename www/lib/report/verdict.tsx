import type { ComponentChildren } from "preact";
import type { Diagnosis } from "../api.ts";
import { percent } from "../format.ts";
import { familyName, severityName } from "../i18n/common.ts";
import { localized } from "../i18n/localized.ts";
import { confidenceName, report } from "../i18n/report.ts";
import { Breakable } from "../ui/breakable.tsx";
import { Scale } from "../ui/scale.tsx";

export function CodeTag({ code, href }: { code: string; href?: string | undefined }) {
  return href === undefined ? (
    <span class="code-tag mono">
      <Breakable text={code} />
    </span>
  ) : (
    <a class="code-tag mono" href={href}>
      <Breakable text={code} />
    </a>
  );
}

export function Severity({ severity }: { severity: string }) {
  return <span class={`severity ${severity}`}>{severityName(severity)}</span>;
}

/** A sentence of more columns is set smaller, so that the figures below it stay in sight. */
const LONG_COLUMNS = 130;

function sizeOf(text: string): string | undefined {
  const columns = [...text].reduce((sum, char) => sum + (char > "\u2e80" ? 2 : 1), 0);
  return columns > LONG_COLUMNS ? "long" : undefined;
}

/** The first thing read: one sentence, how sure, and which code. */
export function VerdictView({
  diagnosis,
  level = 1,
  codeHref,
  children,
}: {
  diagnosis: Diagnosis;
  level?: 1 | 2;
  codeHref?: (code: string) => string;
  children?: ComponentChildren;
}) {
  const { verdict } = diagnosis;
  const Heading = `h${level}` as "h1" | "h2";
  const explained = diagnosis.status !== "unexplained";
  const primary = diagnosis.codes.find((c) => c.code === verdict.code) ?? diagnosis.codes[0];
  const others = diagnosis.codes.filter((c) => c !== primary);
  const cause = diagnosis.causes.find((c) => c.id === verdict.cause);
  if (!explained) {
    return (
      <header class="verdict unexplained">
        <Heading>{localized(verdict, "text") || report("verdict.unexplained")}</Heading>
        <p class="lead">{report("verdict.unexplained.body")}</p>
        {children}
      </header>
    );
  }
  return (
    <header class="verdict">
      {primary === undefined ? null : (
        <p class="verdict-code">
          <CodeTag code={primary.code} href={codeHref?.(primary.code)} />
          <span>{localized(primary, "title")}</span>
          <Severity severity={primary.severity} />
          <span class="faint">{familyName(primary.family)}</span>
        </p>
      )}
      <Heading class={sizeOf(localized(verdict, "text"))}>{localized(verdict, "text")}</Heading>
      {verdict.probability === null || cause === undefined ? (
        <p class="lead">{report("verdict.no_cause")}</p>
      ) : (
        <div class="verdict-sure">
          <p class="figure">{percent(verdict.probability)}</p>
          <div>
            <p>
              <span class="faint">{report("verdict.cause")}: </span>
              <strong>{localized(cause, "title")}</strong>
            </p>
            <p class="faint">
              {confidenceName(verdict.confidence)} ·{" "}
              {report("verdict.before", { p: percent(cause.prior) })}
            </p>
          </div>
          <Scale value={verdict.probability} from={cause.prior} label={report("verdict.cause")} />
        </div>
      )}
      {(diagnosis.notes ?? []).map((note) => (
        <p key={note.reason} class="small-note verdict-note">
          {localized(note, "text")}
        </p>
      ))}
      {others.length > 0 ? (
        <p class="also">
          <span class="faint">{report("verdict.also")}</span>
          {others.slice(0, 6).map((c) => (
            <span key={c.code} title={localized(c, "title")}>
              <CodeTag code={c.code} href={codeHref?.(c.code)} />
            </span>
          ))}
        </p>
      ) : null}
      {children}
    </header>
  );
}
