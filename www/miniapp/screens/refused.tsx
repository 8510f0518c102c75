import { dateTime } from "../../lib/format.ts";
import { common } from "../../lib/i18n/common.ts";
import { miniapp } from "../../lib/i18n/miniapp.ts";
import { Notice, type Tone } from "../../lib/ui/notice.tsx";
import type { Refusal, RefusalKind } from "../machine.ts";

/** Trying the very same again can only help where nothing is wrong with the ticket itself. */
const RETRYABLE: readonly RefusalKind[] = [
  "offline",
  "timeout",
  "busy",
  "server",
  "page",
  "not_yet_valid",
];

function tone(kind: RefusalKind): Tone {
  if (kind === "forged") return "fault";
  return RETRYABLE.includes(kind) || kind === "foreign" ? "warn" : "fault";
}

function words(refusal: Refusal): { title: string; body: string } {
  if (refusal.kind === "foreign") {
    return {
      title: miniapp("refused.foreign.title", { host: hostOf(refusal) }),
      body: miniapp("refused.foreign.body"),
    };
  }
  const body = miniapp(`refused.${refusal.kind}.body`);
  const since =
    refusal.kind === "expired" && refusal.expiredAtS !== undefined
      ? ` ${miniapp("refused.expired.since", { when: dateTime(refusal.expiredAtS * 1000) })}`
      : "";
  return { title: miniapp(`refused.${refusal.kind}.title`), body: body + since };
}

function hostOf(refusal: Refusal): string {
  return refusal.url === undefined ? "" : new URL(refusal.url).host;
}

export function RefusedScreen({
  refusal,
  onRetry,
  onScan,
}: {
  refusal: Refusal;
  onRetry: () => void;
  onScan: () => void;
}) {
  const { title, body } = words(refusal);
  const retryable = RETRYABLE.includes(refusal.kind);
  return (
    <Notice
      tone={tone(refusal.kind)}
      title={title}
      body={body}
      note={
        refusal.reason === undefined ? null : common("error.reason", { reason: refusal.reason })
      }
      level={1}
      alert
    >
      {refusal.url === undefined ? null : (
        <a class="button primary" href={refusal.url} rel="noreferrer">
          {miniapp("refused.foreign.open", { host: hostOf(refusal) })}
        </a>
      )}
      {retryable ? (
        <button type="button" class="button primary" onClick={onRetry}>
          {common("action.retry")}
        </button>
      ) : null}
      <button
        type="button"
        class={retryable || refusal.url ? "button" : "button primary"}
        onClick={onScan}
      >
        {miniapp("refused.scan_again")}
      </button>
    </Notice>
  );
}
