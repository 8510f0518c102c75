import { useEffect, useRef, useState } from "preact/hooks";
import type { Answer, Diagnosis, NextCheck } from "../api.ts";
import { type ApiError, asApiError, tell } from "../errors.ts";
import { localized } from "../i18n/localized.ts";
import { report } from "../i18n/report.ts";
import { Instruction } from "./instruction.tsx";
import { Section } from "./section.tsx";
import { WhyNumber } from "./why.tsx";

const ANSWERS = ["yes", "no", "unsure"] as const;

function cost(minutes: number): string {
  return minutes < 1
    ? report("check.under_minute")
    : report("check.minutes", { n: Math.round(minutes) });
}

function Meanings({ check }: { check: NextCheck }) {
  const yes = localized(check, "yes");
  const no = localized(check, "no");
  if (yes === "" && no === "") return null;
  return (
    <dl class="meanings">
      {yes ? (
        <>
          <dt>{report("check.if_yes")}</dt>
          <dd>{yes}</dd>
        </>
      ) : null}
      {no ? (
        <>
          <dt>{report("check.if_no")}</dt>
          <dd>{no}</dd>
        </>
      ) : null}
    </dl>
  );
}

function Given({ diagnosis }: { diagnosis: Diagnosis }) {
  if (diagnosis.answers.length === 0) return null;
  return (
    <p class="given">
      <span class="faint">{report("check.given")}</span>
      {diagnosis.answers.map((given) => (
        <span key={given.check} class="given-answer">
          <span class="mono">{given.check}</span> <strong>{report(`check.${given.answer}`)}</strong>
        </span>
      ))}
    </p>
  );
}

/**
 * The next best check as a question. Answering posts it and brings the new diagnosis; while that is
 * under way the buttons are held, and a failure leaves the question as it was.
 */
export function CheckView({
  diagnosis,
  onAnswer,
}: {
  diagnosis: Diagnosis;
  onAnswer: (check: string, answer: Answer) => Promise<void>;
}) {
  const [saving, setSaving] = useState<Answer | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const question = useRef<HTMLParagraphElement>(null);
  const answered = useRef(false);
  const check = diagnosis.next_checks.find((c) => c.id === chosen) ?? diagnosis.next_checks[0];
  const others = diagnosis.next_checks.filter((c) => c !== check);

  useEffect(() => {
    if (!answered.current) return;
    answered.current = false;
    question.current?.focus();
  }, [check?.id]);

  const answer = async (value: Answer) => {
    if (check === undefined) return;
    setSaving(value);
    setError(null);
    try {
      await onAnswer(check.id, value);
      answered.current = true;
      setChosen(null);
    } catch (cause) {
      setError(asApiError(cause));
    } finally {
      setSaving(null);
    }
  };

  return (
    <Section id="check" title={report("check.title")} class="check">
      {check === undefined ? (
        <p class="faint">{report("check.none")}</p>
      ) : (
        <>
          <p class="question" ref={question} tabIndex={-1}>
            {localized(check, "question")}
          </p>
          <Instruction label={report("check.run")} source={check} field="command" />
          <div class="answers" role="group" aria-label={localized(check, "question")}>
            {ANSWERS.map((value) => (
              <button
                key={value}
                type="button"
                class={`button ${value === "unsure" ? "quiet" : ""}`}
                disabled={saving !== null}
                aria-busy={saving === value}
                onClick={() => void answer(value)}
              >
                {report(`check.${value}`)}
              </button>
            ))}
          </div>
          <p class="small-note" role="status">
            {saving !== null
              ? report("check.saving")
              : `${cost(check.cost_min)} · ${report("check.worth", { bits: check.gain_bits.toFixed(2) })}`}
          </p>
          <WhyNumber of={report("check.title")}>{report("check.why")}</WhyNumber>
          {error === null ? null : (
            <p class="inline-error" role="alert">
              {report("check.failed")} {tell(error).title}.
            </p>
          )}
          <Meanings check={check} />
        </>
      )}
      {others.length > 0 ? (
        <details class="more">
          <summary>
            {report("check.others")} ({others.length})
          </summary>
          <ul class="plain-list">
            {others.map((other) => (
              <li key={other.id}>
                <button type="button" class="link" onClick={() => setChosen(other.id)}>
                  {localized(other, "question")}
                </button>
              </li>
            ))}
          </ul>
        </details>
      ) : null}
      <Given diagnosis={diagnosis} />
    </Section>
  );
}
