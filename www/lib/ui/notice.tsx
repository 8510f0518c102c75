import type { ComponentChildren } from "preact";
import { type ApiError, type FailureKind, tell } from "../errors.ts";
import { common } from "../i18n/common.ts";
import { type Resource, useSlow } from "../resource.ts";

export type Tone = "plain" | "fault" | "warn" | "good";

interface NoticeProps {
  tone: Tone;
  title: string;
  body?: string | undefined;
  note?: string | null | undefined;
  /** Buttons and links: the way on. */
  children?: ComponentChildren;
  level?: 1 | 2 | 3;
  /** Spoken at once. For what happens without the person's doing. */
  alert?: boolean;
}

export function Notice({ tone, title, body, note, children, level = 2, alert }: NoticeProps) {
  const Heading = `h${level}` as "h1" | "h2" | "h3";
  return (
    <section class={`notice ${tone}`} role={alert ? "alert" : undefined}>
      <Heading>{title}</Heading>
      {body ? <p>{body}</p> : null}
      {note ? <p class="small-note mono">{note}</p> : null}
      {children ? <div class="actions">{children}</div> : null}
    </section>
  );
}

/** Asking again can't help where the thing itself is not there or not ours. */
const FINAL: readonly FailureKind[] = ["not_found", "forbidden", "gone"];

export function Failed({
  error,
  onRetry,
  children,
}: {
  error: ApiError;
  onRetry?: () => void;
  children?: ComponentChildren;
}) {
  const told = tell(error);
  return (
    <Notice
      tone={error.retryable ? "warn" : "fault"}
      title={told.title}
      body={told.body}
      note={told.note}
      alert
    >
      {onRetry && !FINAL.includes(error.kind) ? (
        <button type="button" class="button" onClick={onRetry}>
          {common("action.retry")}
        </button>
      ) : null}
      {children}
    </Notice>
  );
}

/** A wait that says what it waits for and, once it is slow, offers a way on. Never an endless spinner. */
export function Waiting({
  what,
  slow,
  onRetry,
}: {
  what: string;
  slow: boolean;
  onRetry: () => void;
}) {
  return (
    <div class="waiting" role="status">
      <span class="sweep" aria-hidden="true" />
      <p>{common("wait.loading", { what })}</p>
      {slow ? (
        <div class="actions">
          <p>{common("wait.slow")}</p>
          <button type="button" class="button" onClick={onRetry}>
            {common("action.retry")}
          </button>
        </div>
      ) : null}
    </div>
  );
}

/** A wait without a state of its own, such as for a part of the page's code. */
export function WaitingFor({ what, onRetry }: { what: string; onRetry: () => void }) {
  return <Waiting what={what} slow={useSlow()} onRetry={onRetry} />;
}

export function Loaded<T>({
  resource,
  what,
  onRetry,
  onward,
  children,
}: {
  resource: Resource<T>;
  what: string;
  onRetry: () => void;
  /** Another way on, shown with a failure. */
  onward?: ComponentChildren;
  children: (data: T) => ComponentChildren;
}) {
  if (resource.at === "loading")
    return <Waiting what={what} slow={resource.slow} onRetry={onRetry} />;
  if (resource.at === "failed") {
    return (
      <Failed error={resource.error} onRetry={onRetry}>
        {onward}
      </Failed>
    );
  }
  return <>{children(resource.data)}</>;
}
