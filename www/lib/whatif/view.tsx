import { useEffect, useState } from "preact/hooks";
import type { CauseName, Diagnosis, Follows, WhatIf } from "../api.ts";
import { type ApiError, asApiError, tell } from "../errors.ts";
import { percent } from "../format.ts";
import { common } from "../i18n/common.ts";
import { localized } from "../i18n/localized.ts";
import { whatif } from "../i18n/whatif.ts";
import { Section } from "../report/section.tsx";
import { CodeTag } from "../report/verdict.tsx";
import { useResource } from "../resource.ts";
import { CopyButton } from "../ui/copy.tsx";
import { Bar } from "../ui/scale.tsx";
import { type Assumptions, byThen, type Candidate, candidates, moves, toggled } from "./model.ts";
import type { WhatIfSource } from "./source.ts";

const OFFERED_MAX = 4;
const SHOWN_FIRST = 6;
const TYPING_PAUSE_MS = 200;

function Choice({
  cause,
  holds,
  onAssume,
}: {
  cause: Candidate;
  holds: boolean | undefined;
  onAssume: (cause: string, holds: boolean) => void;
}) {
  const title = localized(cause, "title") || cause.id;
  const button = (value: boolean) => (
    <button
      type="button"
      class={`button small ${value ? "is-failed" : "is-working"}`}
      aria-pressed={holds === value}
      onClick={() => onAssume(cause.id, value)}
    >
      {whatif(value ? "failed" : "working")}
    </button>
  );
  return (
    <li class={holds === undefined ? "assume" : "assume chosen"}>
      <span class="assume-title">
        {title}
        {cause.now === null ? null : (
          <span class="faint"> {whatif("now", { p: percent(cause.now) })}</span>
        )}
      </span>
      <fieldset class="assume-buttons">
        <legend class="offscreen">{title}</legend>
        {button(true)}
        {button(false)}
      </fieldset>
    </li>
  );
}

interface Found {
  /** Null where nothing was typed, or nothing could be asked. */
  readonly causes: CauseName[] | null;
  readonly error: ApiError | null;
}

const NOT_ASKED: Found = { causes: null, error: null };

/** What the source finds for what was typed. */
function useFound(source: WhatIfSource, text: string): Found {
  const [found, setFound] = useState(NOT_ASKED);
  useEffect(() => {
    const words = text.trim();
    if (words === "") {
      setFound(NOT_ASKED);
      return;
    }
    const abort = new AbortController();
    const timer = setTimeout(() => {
      source
        .find(words, abort.signal)
        .then(
          (causes): Found => ({ causes, error: null }),
          (error: unknown): Found => ({ causes: null, error: asApiError(error) }),
        )
        .then((result) => abort.signal.aborted || setFound(result));
    }, TYPING_PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [text]);
  return found;
}

function Row({ one, isCode }: { one: Follows; isCode: boolean }) {
  const change = one.then > one.now ? "up" : "down";
  const moved = percent(one.then) !== percent(one.now);
  return (
    <tr>
      <th scope="row">
        {isCode ? <CodeTag code={one.id} /> : null} {localized(one, "title") || one.id}
        <Bar value={one.then} from={one.now} />
      </th>
      <td class="faint">{percent(one.now)}</td>
      <td class={moved ? `moved ${change}` : undefined}>
        {moved ? <span aria-hidden="true">{change === "up" ? "▲ " : "▼ "}</span> : null}
        {percent(one.then)}
      </td>
    </tr>
  );
}

function Table({ title, all, isCode }: { title: string; all: Follows[]; isCode: boolean }) {
  const [whole, setWhole] = useState(false);
  if (all.length === 0) return null;
  const ranked = byThen(all);
  const shown = whole ? ranked : ranked.slice(0, SHOWN_FIRST);
  return (
    <>
      <table class="follows">
        <thead>
          <tr>
            <th scope="col">{title}</th>
            <th scope="col">{whatif("column.now")}</th>
            <th scope="col">{whatif("column.then")}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((one) => (
            <Row key={one.id} one={one} isCode={isCode} />
          ))}
        </tbody>
      </table>
      {all.length > SHOWN_FIRST ? (
        <button
          type="button"
          class="button quiet small"
          aria-expanded={whole}
          onClick={() => setWhole(!whole)}
        >
          {whole ? common("action.show_fewer") : common("action.show_all", { n: all.length })}
        </button>
      ) : null}
    </>
  );
}

function Answer({ answer }: { answer: WhatIf }) {
  const { codes, tops, causes } = answer;
  const moved = moves([...codes, ...tops, ...causes]);
  return (
    <>
      <p class="small-note" role="status">
        {whatif("summary", moved)}
      </p>
      <Table title={whatif("codes")} all={codes} isCode />
      <Table title={whatif("tops")} all={tops} isCode={false} />
      <Table title={whatif("causes")} all={causes} isCode={false} />
    </>
  );
}

function problem(error: ApiError): string {
  if (error.details.reason === "impossible_observations") return whatif("impossible");
  if (error.details.reason === "unknown_cause") return whatif("unknown");
  return `${tell(error).title}. ${tell(error).body}`;
}

/**
 * "What if …": causes are assumed to have failed or to work, and what would follow is shown beside
 * what is believed now. The assumptions belong to whoever shows this, who keeps them in the address.
 */
export function WhatIfView({
  diagnosis,
  source,
  assumed,
  onAssume,
  link,
}: {
  diagnosis: Diagnosis;
  source: WhatIfSource;
  assumed: Assumptions;
  onAssume: (next: Assumptions) => void;
  /** Where the same question can be asked by somebody else; null where it can't. */
  link: string | null;
}) {
  const [text, setText] = useState("");
  const found = useFound(source, text);
  const count = Object.keys(assumed).length;
  // Assumptions are weighed anew when an answer has changed the evidence beside them.
  const { state, reload } = useResource<WhatIf | null>(
    (signal) => (count === 0 ? Promise.resolve(null) : source.ask(assumed, signal)),
    [JSON.stringify(assumed), JSON.stringify(diagnosis.answers), diagnosis.catalogue_version],
  );
  const answer = state.at === "ready" && count > 0 ? state.data : null;
  const { chosen, offered } = candidates(
    diagnosis,
    assumed,
    answer?.assumed ?? [],
    found.causes,
    OFFERED_MAX,
  );
  const assume = (cause: string, holds: boolean) => onAssume(toggled(assumed, cause, holds));
  const row = (cause: Candidate) => (
    <Choice key={cause.id} cause={cause} holds={assumed[cause.id]} onAssume={assume} />
  );
  return (
    <Section
      id="what-if"
      title={whatif("title")}
      aside={
        count === 0 ? undefined : (
          <div class="section-tools">
            {link === null ? null : <CopyButton text={link} label={whatif("link")} />}
            <button type="button" class="button quiet small" onClick={() => onAssume({})}>
              {whatif("clear")}
            </button>
          </div>
        )
      }
    >
      <p class="faint">{whatif("body")}</p>
      <ul class="assumptions">{[...chosen, ...offered].map(row)}</ul>
      <label class="field assume-find">
        <span>{whatif("find")}</span>
        <input
          type="search"
          value={text}
          maxLength={80}
          placeholder={whatif("find.hint")}
          onInput={(e) => setText(e.currentTarget.value)}
        />
      </label>
      <p class="small-note" role="status">
        {found.error === null ? null : problem(found.error)}
        {found.causes === null ? null : whatif("found", { n: offered.length })}
      </p>
      {count === 0 ? null : (
        <div
          class="follow"
          aria-busy={state.at !== "failed" && (state.at === "loading" || state.refreshing)}
        >
          {state.at === "failed" ? (
            <p class="inline-error" role="alert">
              {problem(state.error)}{" "}
              {state.error.retryable ? (
                <button type="button" class="link" onClick={reload}>
                  {common("action.retry")}
                </button>
              ) : null}
            </p>
          ) : answer === null ? (
            <p class="faint">{whatif("asking")}</p>
          ) : (
            <Answer answer={answer} />
          )}
        </div>
      )}
    </Section>
  );
}
