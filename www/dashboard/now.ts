import { signal } from "@preact/signals";

const STEP_MS = 5000;

/** One clock for all relative times, so that a list of hundreds has one timer. */
export const nowMs = signal(Date.now());

setInterval(() => {
  if (!document.hidden) nowMs.value = Date.now();
}, STEP_MS);
