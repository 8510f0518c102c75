/** Takes the place of `lazy.ts`: a mini-program has all its files from the start. */
import * as hooks from "../console.js";
import * as draft from "../draft.js";
import * as signals from "./signals.js";

export const loadSignals = async (): Promise<typeof signals> => signals;

export const loadConsole = async (): Promise<typeof hooks> => hooks;

export const loadDraft = async (): Promise<typeof draft> => draft;

export function whenIdle(run: () => void): void {
  setTimeout(run, 1);
}
