/**
 * Files that are loaded only when they are needed. In the mini-program build, which has no `import()`,
 * `mini/lazy.ts` takes the place of this.
 */
import type { Integration } from "./integration.js";

const IDLE_MS_MAX = 2000;

/** The default integrations. */
export const loadSignals = async (): Promise<readonly Integration[]> =>
  (await import("./signals.js")).defaults();

export const loadDraft = (): Promise<typeof import("./draft.js")> => import("./draft.js");

/** Calls back when the page has nothing better to do. */
export function whenIdle(run: () => void): void {
  const { requestIdleCallback, setTimeout } = globalThis;
  if (requestIdleCallback) requestIdleCallback(run, { timeout: IDLE_MS_MAX });
  else setTimeout(run, 1);
}
