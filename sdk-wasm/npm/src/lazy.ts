/**
 * Files that are loaded only when they are needed. In the mini-program build, which has no `import()`,
 * `mini/lazy.ts` takes the place of this.
 */
const IDLE_MS_MAX = 2000;

export const loadSignals = (): Promise<typeof import("./signals.js")> => import("./signals.js");

export const loadConsole = (): Promise<typeof import("./console.js")> => import("./console.js");

export const loadDraft = (): Promise<typeof import("./draft.js")> => import("./draft.js");

/** Calls back when the page has nothing better to do. */
export function whenIdle(run: () => void): void {
  const { requestIdleCallback, setTimeout } = globalThis;
  if (requestIdleCallback) requestIdleCallback(run, { timeout: IDLE_MS_MAX });
  else setTimeout(run, 1);
}
