/**
 * Looking at a snapshot before it goes: whether the person wants to, what waits to be looked at, and
 * what they decided.
 */
import type { SnapshotDraft } from "@faultscan/sdk";
import { signal } from "@preact/signals";
import { readStored, writeStored } from "../lib/prefs.ts";

const KEY = "faultscan.review";

export interface Pending {
  readonly draft: SnapshotDraft;
  readonly decide: (verdict: Verdict | null) => void;
}

/** What stays in; by position in the draft. */
export interface Verdict {
  readonly lines: readonly boolean[];
  readonly page: boolean;
  readonly events: boolean;
}

export class Reviews {
  readonly wanted = signal(readStored(KEY) === "on");
  readonly pending = signal<Pending | null>(null);

  want(on: boolean): void {
    this.wanted.value = on;
    writeStored(KEY, on ? "on" : "off");
  }

  /** For the SDK: lets the draft go, changed as the person decided, or `null`: it stays here. */
  readonly beforeSend = async (draft: SnapshotDraft): Promise<SnapshotDraft | null> => {
    if (!this.wanted.peek()) return draft;
    // Nobody asked for this one, so nobody looks at it now.
    if (draft.cause !== "capture") return null;
    this.withdraw();
    const verdict = await new Promise<Verdict | null>((decide) => {
      this.pending.value = { draft, decide };
    });
    if (this.pending.peek()?.draft === draft) this.pending.value = null;
    if (verdict === null) return null;
    draft.lines = draft.lines.filter((_line, index) => verdict.lines[index] !== false);
    if (!verdict.page) draft.page = "";
    if (!verdict.events) draft.events = [];
    return draft;
  };

  /** The capture was given up, or another begins: what waits does not go. */
  withdraw(): void {
    this.pending.peek()?.decide(null);
  }
}

export const reviews = new Reviews();

/** True for the SDK's word that a draft was kept back. */
export const isWithheld = (error: unknown): boolean =>
  (error as { code?: unknown } | null)?.code === "Withheld";

/** Pieces of a line, those that the scrubber blanked told apart. */
export function pieces(message: string): { text: string; blanked: boolean }[] {
  return message
    .split(/(\[redacted:[a-z-]+\])/)
    .map((text, index) => ({ text, blanked: index % 2 === 1 }))
    .filter((piece) => piece.text !== "");
}
