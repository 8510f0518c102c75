/** Takes the place of `lazy.ts`: a mini-program has all its files from the start. */
import * as draft from "../draft.js";
import type { Integration } from "../integration.js";
import { defaults } from "../signals.js";

export const loadSignals = async (): Promise<readonly Integration[]> => defaults();

export const loadDraft = async (): Promise<typeof draft> => draft;

export function whenIdle(run: () => void): void {
  setTimeout(run, 1);
}
