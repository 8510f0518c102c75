import type { CaptureStage } from "@faultscan/sdk";
import { common } from "../../lib/i18n/common.ts";
import { miniapp } from "../../lib/i18n/miniapp.ts";
import { Icon } from "../../lib/ui/icon.tsx";
import { Notice } from "../../lib/ui/notice.tsx";
import { STAGES } from "../machine.ts";

/** Stages as a list that fills up; each names what happens, so that waiting is never blank. */
export function CapturingScreen({
  stage,
  fraction,
  slow,
  onCancel,
}: {
  stage: CaptureStage;
  fraction: number;
  slow: boolean;
  onCancel: () => void;
}) {
  const at = STAGES.indexOf(stage);
  const overall = Math.min(1, (at + fraction) / (STAGES.length - 1));
  return (
    <div class="capturing">
      <h1 tabIndex={-1}>{miniapp("capture.title")}</h1>
      <div
        class="progress"
        role="progressbar"
        aria-label={miniapp("capture.title")}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(overall * 100)}
        aria-valuetext={miniapp(`capture.stage.${stage}`)}
      >
        <span style={{ width: `${(overall * 100).toFixed(1)}%` }} />
      </div>
      <ol class="stages">
        {STAGES.map((name, i) => (
          <li
            key={name}
            class={i < at || stage === "done" ? "past" : i === at ? "now" : "later"}
            aria-current={i === at ? "step" : undefined}
          >
            <span class="stage-mark" aria-hidden="true">
              {i < at || stage === "done" ? <Icon name="check" /> : null}
            </span>
            {miniapp(`capture.stage.${name}`)}
          </li>
        ))}
      </ol>
      {slow ? <p role="status">{miniapp("capture.slow")}</p> : null}
      <button type="button" class="button" onClick={onCancel}>
        {common("action.cancel")}
      </button>
    </div>
  );
}

export function OpeningScreen({
  slow,
  onRetry,
  onScan,
}: {
  slow: boolean;
  onRetry: () => void;
  onScan: () => void;
}) {
  return (
    <div class="capturing" role="status">
      <h1 tabIndex={-1}>{miniapp("opening.title")}</h1>
      <span class="sweep" aria-hidden="true" />
      <p>{miniapp("opening.body")}</p>
      {slow ? (
        <div class="actions">
          <p>{common("wait.slow")}</p>
          <button type="button" class="button" onClick={onRetry}>
            {common("action.retry")}
          </button>
          <button type="button" class="button" onClick={onScan}>
            {miniapp("refused.scan_again")}
          </button>
        </div>
      ) : null}
    </div>
  );
}

export function QueuedScreen({
  sending,
  diagnosed,
  onSend,
  onBack,
}: {
  sending: boolean;
  /** The phone has made a diagnosis by itself, shown below. */
  diagnosed: boolean;
  onSend: () => void;
  onBack: () => void;
}) {
  return (
    <Notice
      tone="warn"
      title={miniapp("capture.queued.title")}
      body={miniapp(diagnosed ? "capture.queued.diagnosed" : "capture.queued.body")}
      level={1}
      alert
    >
      <button
        type="button"
        class="button primary"
        disabled={sending}
        aria-busy={sending}
        onClick={onSend}
      >
        {miniapp("capture.send_now")}
      </button>
      <button type="button" class="button" onClick={onBack}>
        {miniapp("result.again")}
      </button>
    </Notice>
  );
}
