import type { Diagnosis, LogLine } from "../api.ts";
import { localized } from "../i18n/localized.ts";
import { report } from "../i18n/report.ts";
import { evidenceByLine, quotedLines, segments } from "../log/highlight.ts";
import { Section } from "./section.tsx";
import { CodeTag } from "./verdict.tsx";

const QUOTED_PER_CODE = 3;
const QUOTED_CHARS_MAX = 600;
const QUOTED_LINES_MAX = 8;

/** A log line with what was recognised in it marked. */
export function MarkedText({ text, hits }: { text: string; hits: Parameters<typeof segments>[1] }) {
  return (
    <>
      {segments(text, hits).map((part, i) =>
        part.capture === null ? (
          part.text
        ) : (
          <mark key={i} title={part.capture}>
            {part.text}
          </mark>
        ),
      )}
    </>
  );
}

export function EvidenceView({
  diagnosis,
  logs,
  onJump,
}: {
  diagnosis: Diagnosis;
  logs: readonly LogLine[];
  onJump?: (index: number) => void;
}) {
  const hits = evidenceByLine(diagnosis.codes, logs.length);
  const quoted = quotedLines(diagnosis.codes, logs, QUOTED_PER_CODE);
  return (
    <Section id="evidence" title={report("evidence.title")}>
      {quoted.length === 0 ? (
        <p class="faint">
          {report(diagnosis.codes.length === 0 ? "evidence.none" : "evidence.not_here")}
        </p>
      ) : (
        <ol class="quotes">
          {quoted.map(({ match, index, line }) => (
            <li key={index}>
              <p class="quote-head">
                <CodeTag code={match.code} />
                {onJump === undefined ? (
                  <span class="faint">{report("evidence.line", { n: index + 1 })}</span>
                ) : (
                  <button
                    type="button"
                    class="link"
                    aria-label={report("evidence.in_log", { n: index + 1 })}
                    onClick={() => onJump(index)}
                  >
                    {report("evidence.line", { n: index + 1 })}
                  </button>
                )}
              </p>
              <pre>
                <MarkedText text={cut(line.message)} hits={hits.get(index) ?? []} />
              </pre>
              {match.primary || !match.reason ? null : (
                <p class="small-note">{localized(match, "reason")}</p>
              )}
            </li>
          ))}
        </ol>
      )}
      {diagnosis.metrics.length > 0 ? (
        <ul class="metric-notes">
          {diagnosis.metrics.map((note) => (
            <li key={note.name}>{localized(note, "text")}</li>
          ))}
        </ul>
      ) : null}
    </Section>
  );
}

/** A quote is short; the log below has the rest. */
export function cut(text: string): string {
  const lines = text.split("\n");
  const short = lines.slice(0, QUOTED_LINES_MAX).join("\n").slice(0, QUOTED_CHARS_MAX);
  return short.length < text.length ? `${short}…` : text;
}
