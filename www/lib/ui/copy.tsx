import { useEffect, useState } from "preact/hooks";
import { common } from "../i18n/common.ts";
import { Icon } from "./icon.tsx";

/** Pages on plain http (a phone on the local network) have no clipboard API; this still works there. */
function copyBySelection(text: string): boolean {
  const area = document.createElement("textarea");
  area.value = text;
  area.setAttribute("readonly", "");
  area.className = "offscreen";
  document.body.append(area);
  area.select();
  try {
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    area.remove();
  }
}

export async function copyText(text: string): Promise<boolean> {
  try {
    if (navigator.clipboard === undefined) return copyBySelection(text);
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** `of` names what is copied, for those who hear the button without seeing what it stands beside. */
export function CopyButton({
  text,
  of = "",
  label: idle,
}: {
  text: string;
  of?: string;
  /** What stands on the button instead of "Copy". */
  label?: string;
}) {
  const [outcome, setOutcome] = useState<"idle" | "copied" | "failed">("idle");
  useEffect(() => {
    if (outcome === "idle") return;
    const timer = setTimeout(() => setOutcome("idle"), 2500);
    return () => clearTimeout(timer);
  }, [outcome]);
  const label =
    outcome === "copied"
      ? common("action.copied")
      : outcome === "failed"
        ? common("action.copy_failed")
        : (idle ?? common("action.copy"));
  return (
    <button
      type="button"
      class="button quiet small copy"
      onClick={async () => setOutcome((await copyText(text)) ? "copied" : "failed")}
    >
      <Icon name={outcome === "copied" ? "check" : "copy"} />
      <span aria-live="polite">{label}</span>
      {of === "" ? null : <span class="offscreen"> {of}</span>}
    </button>
  );
}

/** A command: read it, copy it. Wraps rather than hides. */
export function Command({ label, text }: { label: string; text: string }) {
  return (
    <figure class="command">
      <figcaption>
        <span>{label}</span>
        <CopyButton text={text} of={label} />
      </figcaption>
      <pre>
        <code>{text}</code>
      </pre>
    </figure>
  );
}
