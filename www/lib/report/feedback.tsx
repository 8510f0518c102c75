import { useState } from "preact/hooks";
import type { Diagnosis, Feedback } from "../api.ts";
import { type ApiError, asApiError, tell } from "../errors.ts";
import { localized } from "../i18n/localized.ts";
import { report } from "../i18n/report.ts";
import { Section } from "./section.tsx";

const OTHER = "";

export interface FeedbackInput {
  verdict: "right" | "wrong";
  cause?: string;
  note?: string;
}

export function FeedbackView({
  diagnosis,
  given,
  onSend,
}: {
  diagnosis: Diagnosis;
  given: readonly Feedback[] | null | undefined;
  onSend: (feedback: FeedbackInput) => Promise<void>;
}) {
  const [verdict, setVerdict] = useState<"right" | "wrong" | null>(null);
  const [cause, setCause] = useState(OTHER);
  const [note, setNote] = useState("");
  const [state, setState] = useState<"open" | "sending" | "sent">("open");
  const [error, setError] = useState<ApiError | null>(null);

  const send = async (event: Event) => {
    event.preventDefault();
    if (verdict === null) return;
    setState("sending");
    setError(null);
    try {
      await onSend({
        verdict,
        ...(verdict === "wrong" && cause !== OTHER ? { cause } : {}),
        ...(note.trim() === "" ? {} : { note: note.trim() }),
      });
      setState("sent");
    } catch (failure) {
      setError(asApiError(failure));
      setState("open");
    }
  };

  return (
    <Section
      id="feedback"
      title={report("feedback.title")}
      aside={
        given && given.length > 0 ? (
          <span class="faint">{report("feedback.given", { n: given.length })}</span>
        ) : undefined
      }
    >
      {state === "sent" ? (
        <p role="status">{report("feedback.thanks")}</p>
      ) : (
        <form class="feedback" onSubmit={(e) => void send(e)}>
          <div class="segmented" role="group" aria-label={report("feedback.title")}>
            {(["right", "wrong"] as const).map((value) => (
              <button
                key={value}
                type="button"
                class="button"
                aria-pressed={verdict === value}
                onClick={() => setVerdict(value)}
              >
                {report(`feedback.${value}`)}
              </button>
            ))}
          </div>
          {verdict === "wrong" ? (
            <label class="field">
              <span>{report("feedback.it_was")}</span>
              <select value={cause} onChange={(e) => setCause(e.currentTarget.value)}>
                <option value={OTHER}>{report("feedback.other")}</option>
                {diagnosis.causes
                  .filter((c) => c.id !== diagnosis.verdict.cause)
                  .map((c) => (
                    <option key={c.id} value={c.id}>
                      {localized(c, "title")}
                    </option>
                  ))}
              </select>
            </label>
          ) : null}
          {verdict === null ? null : (
            <>
              <label class="field">
                <span>{report("feedback.note")}</span>
                <textarea
                  rows={2}
                  maxLength={1000}
                  value={note}
                  onInput={(e) => setNote(e.currentTarget.value)}
                />
              </label>
              <button type="submit" class="button primary" disabled={state === "sending"}>
                {report("feedback.send")}
              </button>
            </>
          )}
          {error === null ? null : (
            <p class="inline-error" role="alert">
              {tell(error).title}. {tell(error).body}
            </p>
          )}
        </form>
      )}
    </Section>
  );
}
