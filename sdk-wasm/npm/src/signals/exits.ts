/**
 * Finds at start that the run before ended without a word while somebody saw the app: it crashed, or
 * the system took it away. A flag says that the app runs; a hidden or ended app takes it down.
 */
import type { Integration } from "../integration.js";

const SLOT = "faultscan:alive";
export const BEAT_MS = 5000;
/** Use of memory in the last beat, as a share of the most seen possible, that points to memory. */
const OOM_SHARE = 0.9;
const LINE_UNITS_MAX = 300;
/** Between two beats that errors cause. */
const PAUSE_MS = 500;

/** Sessions of this page that watch already: their flag is no leftover. */
let watching = 0;

export const exits = (): Integration => ({
  name: "exits",
  start(context) {
    const { host } = context;
    let warned = false;
    let cancel: (() => void) | undefined;
    let beatMs = 0;
    const before = watching++ > 0 ? null : host.load(SLOT);
    const beat = (): void => {
      const memory = host.memory();
      const full = !!memory?.limitBytes && memory.usedBytes > OOM_SHARE * memory.limitBytes;
      const cause = warned || full ? "oom" : "crash";
      beatMs = host.tickMs();
      const line = context.lastLine().slice(0, LINE_UNITS_MAX);
      const kept = host.store(SLOT, `${host.nowMs()} ${cause} ${line}`);
      if (kept) cancel = host.timer(BEAT_MS, beat);
    };
    const down = (): void => {
      cancel?.();
      cancel = undefined;
      host.store(SLOT, null);
    };
    const up = (): void => {
      cancel?.();
      cancel = undefined;
      if (!host.hidden()) beat();
    };
    const ended = before === null ? null : /^(\d+) (oom|crash) ?([^]*)$/.exec(before);
    if (ended) {
      const agoMs = host.nowMs() - Number(ended[1]);
      context.event("unclean_exit", `${ended[2]}: ${ended[3]}`, Math.max(0, agoMs));
    }
    const unlisten = context.onEvent(({ kind, text }) => {
      // Only the host's own word; the app's threshold may be far from the end.
      if (kind === "memory_warning" && text) warned = true;
      // What was thrown last may be why.
      const thrown = kind === "exception" || kind === "unhandled_rejection";
      if (thrown && host.tickMs() - beatMs > PAUSE_MS) up();
      if (kind === "visibility") (text === "hidden" ? down : up)();
    });
    // The page may end without being hidden first.
    const page = globalThis as Partial<Pick<EventTarget, "addEventListener" | "removeEventListener">>;
    page.addEventListener?.("pagehide", down);
    page.addEventListener?.("pageshow", up);
    up();
    context.found("uncleanExit", host.load(SLOT) !== null || host.hidden());
    return () => {
      watching--;
      unlisten();
      page.removeEventListener?.("pagehide", down);
      page.removeEventListener?.("pageshow", up);
      down();
    };
  },
});
