import type { SnapshotDraft } from "@faultscan/sdk";
import { useEffect, useRef, useState } from "preact/hooks";
import { review } from "../../lib/i18n/review.ts";
import { pieces, reviews, type Verdict } from "../review.ts";
import "../review.css";

/** Stands beside the button that captures. */
export function ReviewSwitch() {
  return (
    <label class="review-switch">
      <input
        type="checkbox"
        checked={reviews.wanted.value}
        onChange={(event) => reviews.want(event.currentTarget.checked)}
      />
      <span>{review("switch")}</span>
    </label>
  );
}

function Message({ text }: { text: string }) {
  return (
    <pre class="review-text">
      {pieces(text).map((piece, index) =>
        piece.blanked ? <mark key={index}>{piece.text}</mark> : piece.text,
      )}
    </pre>
  );
}

function Lines({
  lines,
  kept,
  onKeep,
}: {
  lines: SnapshotDraft["lines"];
  kept: readonly boolean[];
  onKeep: (kept: boolean[]) => void;
}) {
  if (lines.length === 0) return <p class="small-note">{review("no_lines")}</p>;
  return (
    <ol class="review-lines">
      {lines.map((line, index) => (
        <li key={index} class={kept[index] ? "" : "out"}>
          <label>
            <input
              type="checkbox"
              checked={kept[index]}
              onChange={(event) => {
                const { checked } = event.currentTarget;
                onKeep(kept.map((before, at) => (at === index ? checked : before)));
              }}
            />
            <span class={`review-level level-${line.level}`}>{line.level}</span>
            <Message text={line.message} />
          </label>
        </li>
      ))}
    </ol>
  );
}

function Facts({ facts }: { facts: SnapshotDraft["facts"] }) {
  return (
    <details class="more">
      <summary>{review("facts")}</summary>
      <dl class="review-facts">
        {Object.entries(facts).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{String(value)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function Tick({
  checked,
  onTick,
  children,
}: {
  checked: boolean;
  onTick: (on: boolean) => void;
  children: preact.ComponentChildren;
}) {
  return (
    <label class="review-tick">
      <input
        type="checkbox"
        checked={checked}
        onChange={(event) => onTick(event.currentTarget.checked)}
      />
      <span>{children}</span>
    </label>
  );
}

function Review({
  draft,
  decide,
}: {
  draft: SnapshotDraft;
  decide: (verdict: Verdict | null) => void;
}) {
  const [lines, setLines] = useState<boolean[]>(() => draft.lines.map(() => true));
  const [page, setPage] = useState(true);
  const [events, setEvents] = useState(true);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal?.();
  }, []);
  const n = lines.filter(Boolean).length;
  const blanked = draft.lines.flatMap((line) => pieces(line.message)).filter((p) => p.blanked);
  const set = (on: boolean) => setLines(draft.lines.map(() => on));
  return (
    <dialog
      ref={dialog}
      class="review"
      aria-labelledby="review-title"
      onCancel={(event) => {
        event.preventDefault();
        decide(null);
      }}
    >
      <header>
        <h1 id="review-title" tabIndex={-1}>
          {review("title")}
        </h1>
        <p>{review("body")}</p>
        <div class="review-bar">
          <span>{review("lines", { n: draft.lines.length })}</span>
          {blanked.length > 0 ? (
            <span class="review-blanked">{review("blanked", { n: blanked.length })}</span>
          ) : null}
          <span class="review-all">
            <button type="button" class="button quiet small" onClick={() => set(true)}>
              {review("all")}
            </button>
            <button type="button" class="button quiet small" onClick={() => set(false)}>
              {review("none")}
            </button>
          </span>
        </div>
      </header>
      <div class="review-body">
        <Lines lines={draft.lines} kept={lines} onKeep={setLines} />
        {draft.page === "" ? null : (
          <Tick checked={page} onTick={setPage}>
            {review("page")} <span class="mono">{draft.page}</span>
          </Tick>
        )}
        {draft.events.length === 0 ? null : (
          <Tick checked={events} onTick={setEvents}>
            {review("events", { n: draft.events.length })}{" "}
            <span class="mono">{[...new Set(draft.events.map((one) => one.kind))].join(", ")}</span>
          </Tick>
        )}
        <Facts facts={draft.facts} />
        <p class="small-note">{review("measured")}</p>
      </div>
      <footer>
        <button
          type="button"
          class="button primary big"
          onClick={() => decide({ lines, page, events })}
        >
          {n === 0 ? review("send_bare") : review("send", { n })}
        </button>
        <button type="button" class="button" onClick={() => decide(null)}>
          {review("keep")}
        </button>
      </footer>
    </dialog>
  );
}

/** Covers the page while a draft waits to be looked at. */
export function ReviewDialog() {
  const pending = reviews.pending.value;
  return pending === null ? null : <Review draft={pending.draft} decide={pending.decide} />;
}
