/**
 * Finds, once it is over, that the app did not respond: a timer that should have fired each second
 * comes seconds late. A device that slept looks the same, so where the browser reports long tasks one
 * must have been seen.
 */
import type { Integration } from "../integration.js";

export const BEAT_MS = 1000;
/** As Android has it: five seconds without an answer. */
export const ANR_MS = 5000;
/** Longer than that is sleep. */
export const SLEEP_MS = 120_000;
/** The browser tells of a long task a moment after it ended. */
const PROOF_MS = 500;

export const hangs = (): Integration => ({
  name: "hangs",
  start(context) {
    const { host } = context;
    let longest = 0;
    const watching = observe((ms) => {
      longest = Math.max(longest, ms);
    });
    context.found("hangs", true);
    context.found("longTasks", !!watching);
    let lastMs = host.tickMs();
    let wasHidden = host.hidden();
    let stopped = false;
    let cancel: () => void;
    const judge = (lateMs: number): void => {
      if (stopped) return;
      const asleep = lateMs > SLEEP_MS || (!!watching && longest < lateMs / 2);
      longest = 0;
      context.event(asleep ? "suspended" : "anr", watching ? "longtask" : "timer-drift", lateMs);
    };
    const beat = (): void => {
      const nowMs = host.tickMs();
      const lateMs = nowMs - lastMs - BEAT_MS;
      // Timers of hidden pages are slowed down on purpose.
      if (lateMs >= ANR_MS && !wasHidden && !host.hidden()) {
        cancel = host.timer(PROOF_MS, () => {
          judge(lateMs);
          next();
        });
        return;
      }
      longest = 0;
      next();
    };
    const next = (): void => {
      if (stopped) return;
      lastMs = host.tickMs();
      wasHidden = host.hidden();
      cancel = host.timer(BEAT_MS, beat);
    };
    next();
    return () => {
      stopped = true;
      cancel();
      watching?.();
    };
  },
});

/** Durations of long tasks, or `null` where they are not told. */
function observe(told: (ms: number) => void): (() => void) | null {
  const { PerformanceObserver } = globalThis;
  if (!PerformanceObserver?.supportedEntryTypes?.includes("longtask")) return null;
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) told(duration);
  });
  observer.observe({ type: "longtask" });
  return () => observer.disconnect();
}
