import { useEffect, useRef, useState } from "preact/hooks";
import type { Group, GroupEdit, Summary } from "../../lib/api.ts";
import { type ApiError, asApiError, tell } from "../../lib/errors.ts";
import { ago, dateTime } from "../../lib/format.ts";
import { dashboard } from "../../lib/i18n/dashboard.ts";
import { localized } from "../../lib/i18n/localized.ts";
import { stateName, work } from "../../lib/i18n/work.ts";
import { Section } from "../../lib/report/section.tsx";
import { useResource } from "../../lib/resource.ts";
import { Icon } from "../../lib/ui/icon.tsx";
import { Loaded } from "../../lib/ui/notice.tsx";
import { bump } from "../bars.tsx";
import { connections, useNews } from "../feed.ts";
import { merge } from "../list.ts";
import { nowMs } from "../now.ts";
import { go, paths } from "../router.ts";
import { client } from "../session.ts";
import { useKeys, useListKeys } from "../shortcuts.ts";
import { StateMark } from "../state.tsx";
import { Strips } from "../strips.tsx";
import { ReportRow } from "./row.tsx";

const REPORTS_SHOWN = 20;
const BY_HAND = ["new", "confirmed", "fixed"] as const;

type Save = (edit: GroupEdit) => Promise<void>;

function When({ ms }: { ms: number }) {
  return (
    <time dateTime={new Date(ms).toISOString()} title={dateTime(ms)}>
      {ago(ms, nowMs.value)}
    </time>
  );
}

function Head({ group }: { group: Group }) {
  const title = localized(group, "title") || group.code || dashboard("list.unexplained");
  const cause = localized(group, "cause_title");
  return (
    <header class="group-head">
      <a class="back" href={paths.groups}>
        <Icon name="left" />
        {work("group.back")}
      </a>
      <p class="group-tags">
        <StateMark state={group.state} />
        {group.code === null ? null : (
          <a class="code-tag mono" href={paths.entry(group.code)}>
            {group.code}
          </a>
        )}
        <span class="faint">{dashboard("report.project", { name: group.project })}</span>
      </p>
      <h1>{title}</h1>
      {cause === "" || cause === title ? null : <p class="lead">{cause}</p>}
      <dl class="group-figures">
        <div>
          <dt>{work("group.reports")}</dt>
          <dd>{group.reports}</dd>
        </div>
        <div>
          <dt>{work("group.first")}</dt>
          <dd>
            <When ms={group.first_seen_ms} />
          </dd>
        </div>
        <div>
          <dt>{work("group.last")}</dt>
          <dd>
            <When ms={group.last_seen_ms} />
          </dd>
        </div>
      </dl>
    </header>
  );
}

function StateForm({ group, onSave }: { group: Group; onSave: Save }) {
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const change = async (state: (typeof BY_HAND)[number]) => {
    setBusy(true);
    setError(null);
    await onSave({ state }).catch((failure: unknown) => setError(asApiError(failure)));
    setBusy(false);
  };
  const culprit = group.history.find((entry) => entry.state === "regressed")?.report;
  return (
    <Section id="state" title={work("group.state")}>
      {group.state === "regressed" ? (
        <p class="regressed-note">
          {work("group.regressed", { when: ago(group.state_at_ms, nowMs.value) })}{" "}
          {culprit ? <a href={paths.report(culprit)}>{work("group.culprit")}</a> : null}
        </p>
      ) : null}
      <fieldset class="segmented">
        <legend class="offscreen">{work("group.state")}</legend>
        {BY_HAND.map((state) => (
          <button
            key={state}
            type="button"
            class="button"
            aria-pressed={group.state === state}
            disabled={busy}
            onClick={() => void change(state)}
          >
            {stateName(state)}
          </button>
        ))}
      </fieldset>
      <p class="small-note">
        {stateName(group.state)}, {work("group.since", { when: dateTime(group.state_at_ms) })}
      </p>
      {error === null ? null : (
        <p class="inline-error" role="alert">
          {tell(error).title}. {tell(error).body}
        </p>
      )}
    </Section>
  );
}

function NoteForm({ group, onSave }: { group: Group; onSave: Save }) {
  const [assignee, setAssignee] = useState(group.assignee);
  const [note, setNote] = useState(group.note);
  const [said, setSaid] = useState<"" | "saved">("");
  const [error, setError] = useState<ApiError | null>(null);
  const base = useRef({ assignee: group.assignee, note: group.note });
  // What somebody else wrote meanwhile is shown, unless it would overwrite what is being typed.
  useEffect(() => {
    if (assignee === base.current.assignee) setAssignee(group.assignee);
    if (note === base.current.note) setNote(group.note);
    base.current = { assignee: group.assignee, note: group.note };
  }, [group.assignee, group.note]);
  const changed = assignee !== group.assignee || note !== group.note;
  const save = async (event: Event) => {
    event.preventDefault();
    setError(null);
    try {
      await onSave({ assignee, note });
      setSaid("saved");
    } catch (failure) {
      setError(asApiError(failure));
    }
  };
  return (
    <form class="note-form" onSubmit={(e) => void save(e)}>
      <label class="field">
        <span>{work("group.assignee")}</span>
        <input
          type="text"
          value={assignee}
          maxLength={64}
          placeholder={work("group.assignee_hint")}
          onInput={(e) => {
            setAssignee(e.currentTarget.value);
            setSaid("");
          }}
        />
      </label>
      <label class="field">
        <span>{work("group.note")}</span>
        <textarea
          rows={3}
          maxLength={600}
          value={note}
          onInput={(e) => {
            setNote(e.currentTarget.value);
            setSaid("");
          }}
        />
      </label>
      <div class="note-end">
        <button type="submit" class="button" disabled={!changed}>
          {work("group.save")}
        </button>
        <span class="small-note" role="status">
          {changed ? work("group.unsaved") : said === "saved" ? work("group.saved") : ""}
        </span>
      </div>
      {error === null ? null : (
        <p class="inline-error" role="alert">
          {tell(error).title}. {tell(error).body}
        </p>
      )}
    </form>
  );
}

function Captures({ group }: { group: Group }) {
  const captures = Object.entries(group.captures);
  if (captures.length === 0) return null;
  return (
    <Section id="captures" title={work("group.captures")}>
      <dl class="captures">
        {captures.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd class="mono break">{value}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}

function Said({ group }: { group: Group }) {
  const of = (verdict: "right" | "wrong") =>
    group.feedback.filter((said) => said.verdict === verdict);
  return (
    <Section id="feedback" title={work("group.feedback")}>
      {group.right + group.wrong === 0 ? (
        <p class="faint">{work("group.no_feedback")}</p>
      ) : (
        <>
          <p class="said">
            <span class="said-right">{work("group.right", { n: group.right })}</span>
            <span class="said-wrong">{work("group.wrong", { n: group.wrong })}</span>
          </p>
          <ul class="said-list">
            {of("wrong").map((said) => (
              <li key={said.cause}>
                <span class="said-count">{said.entries}×</span>{" "}
                {said.cause === null
                  ? work("group.was_other")
                  : work("group.was", { cause: localized(said, "cause_title") || said.cause })}
              </li>
            ))}
          </ul>
        </>
      )}
    </Section>
  );
}

function History({ group }: { group: Group }) {
  if (group.history.length === 0) return null;
  return (
    <Section id="history" title={work("group.history")}>
      <ol class="history">
        {group.history.map((entry) => (
          <li key={`${entry.at_ms} ${entry.state}`}>
            <time dateTime={new Date(entry.at_ms).toISOString()}>{dateTime(entry.at_ms)}</time>
            <span>
              {work("group.became", { state: stateName(entry.state) })}
              {entry.report === null ? null : (
                <>
                  {" "}
                  <a href={paths.report(entry.report)}>{work("group.by_report")}</a>
                </>
              )}
            </span>
          </li>
        ))}
      </ol>
    </Section>
  );
}

function Reports({ group }: { group: Group }) {
  const list = useRef<HTMLOListElement>(null);
  const { state, reload, set } = useResource<{ items: Summary[]; fresh: ReadonlySet<string> }>(
    async (signal) => {
      const page = await client.reports({ group: group.id, limit: REPORTS_SHOWN }, signal);
      return { items: page.items, fresh: new Set() };
    },
    [group.id, connections.value],
  );
  useNews((news) => {
    if (news.kind === "group" || news.summary.group !== group.id) return;
    set((d) => ({
      items: merge(d.items, news.summary, true).slice(0, REPORTS_SHOWN),
      fresh: new Set(d.fresh).add(news.summary.id),
    }));
  });
  useListKeys(list);
  return (
    <Section
      id="reports"
      title={work("group.reports")}
      aside={<a href={paths.list({ group: group.id })}>{work("group.all_reports")}</a>}
    >
      <Loaded resource={state} what={dashboard("list.what")} onRetry={reload}>
        {(loaded) =>
          loaded.items.length === 0 ? (
            <p class="faint">{work("group.no_reports")}</p>
          ) : (
            <ol class="report-list narrow-list" ref={list}>
              {loaded.items.map((summary) => (
                <ReportRow
                  key={summary.id}
                  summary={summary}
                  fresh={loaded.fresh.has(summary.id)}
                />
              ))}
            </ol>
          )
        }
      </Loaded>
    </Section>
  );
}

export function GroupPage({ id }: { id: string }) {
  const { state, reload, set } = useResource<Group>(
    (signal) => client.group(id, signal),
    [id, connections.value],
  );
  useNews((news) => {
    if (news.kind !== "group" || news.group.id !== id) return;
    const { group } = news;
    set((before) => {
      const more = group.reports > before.reports;
      const curve = more ? bump(before.curve, group.last_seen_ms) : before.curve;
      return { ...before, ...group, curve };
    });
    // The history and what people said are not part of the event, and an answer under way may lack them.
    const settled = state.at === "ready" && !state.refreshing ? state.data : null;
    const said = settled !== null && group.right + group.wrong !== settled.right + settled.wrong;
    if (settled === null || said || settled.state !== group.state) reload();
  });
  useKeys({ u: () => go(paths.groups) });
  const save: Save = async (edit) => {
    const now = await client.changeGroup(id, edit);
    set(() => now);
  };
  return (
    <div class="page group-page">
      <Loaded
        resource={state}
        what={work("group.what")}
        onRetry={reload}
        onward={
          <a class="button" href={paths.groups}>
            {work("group.back")}
          </a>
        }
      >
        {(group) => (
          <article>
            <Head group={group} />
            <div class="group-columns">
              <div>
                <StateForm group={group} onSave={save} />
                <NoteForm key={group.id} group={group} onSave={save} />
                <Captures group={group} />
                <Said group={group} />
                <History group={group} />
              </div>
              <div>
                <Section id="trend" title={work("group.trend")}>
                  <Strips
                    from_ms={group.curve.from_ms}
                    step_ms={group.curve.step_ms}
                    strips={[{ id: "all", title: "", counts: group.curve.counts }]}
                    shared={false}
                  />
                </Section>
                <Reports group={group} />
              </div>
            </div>
          </article>
        )}
      </Loaded>
    </div>
  );
}
