import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { type ApiError, asApiError } from "./errors.ts";

export type Resource<T> =
  | { at: "loading"; slow: boolean }
  | { at: "ready"; data: T; refreshing: boolean }
  | { at: "failed"; error: ApiError };

/** After this long a wait says that it is slow and offers a way on. */
export const SLOW_AFTER_MS = 6000;

/** True once something has been under way for too long. */
export function useSlow(): boolean {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return slow;
}

export interface ResourceHandle<T> {
  state: Resource<T>;
  reload(): void;
  /**
   * Changes the data in place, e.g. by what came another way. While data are being loaded, the update
   * is also applied to what arrives: the server may have read it before. So it must bear being applied
   * to data that already contain it.
   */
  set(update: (data: T) => T): void;
}

/**
 * Loads once per change of `deps`; data stays on screen while it is loaded afresh. When the network
 * comes back, what had failed for want of it is loaded again.
 */
export function useResource<T>(
  load: (signal: AbortSignal) => Promise<T>,
  deps: readonly unknown[],
): ResourceHandle<T> {
  const [state, setState] = useState<Resource<T>>({ at: "loading", slow: false });
  const [round, setRound] = useState(0);
  const loaded = useRef(load);
  loaded.current = load;
  const late = useRef<((data: T) => T)[] | null>(null);

  useEffect(() => {
    const abort = new AbortController();
    const updates: ((data: T) => T)[] = [];
    late.current = updates;
    setState((before) =>
      before.at === "ready" ? { ...before, refreshing: true } : { at: "loading", slow: false },
    );
    const slow = setTimeout(() => {
      setState((before) => (before.at === "loading" ? { at: "loading", slow: true } : before));
    }, SLOW_AFTER_MS);
    loaded
      .current(abort.signal)
      .then(
        (data) => {
          if (abort.signal.aborted) return;
          const newest = updates.reduce((before, update) => update(before), data);
          setState({ at: "ready", data: newest, refreshing: false });
        },
        (error: unknown) => {
          if (!abort.signal.aborted) setState({ at: "failed", error: asApiError(error) });
        },
      )
      .finally(() => {
        clearTimeout(slow);
        if (late.current === updates) late.current = null;
      });
    return () => {
      abort.abort();
      clearTimeout(slow);
    };
  }, [...deps, round]);

  const reload = useCallback(() => setRound((n) => n + 1), []);
  useEffect(() => {
    if (state.at !== "failed" || !state.error.retryable) return;
    globalThis.addEventListener("online", reload);
    return () => globalThis.removeEventListener("online", reload);
  }, [state, reload]);

  const set = useCallback((update: (data: T) => T) => {
    late.current?.push(update);
    setState((before) =>
      before.at === "ready" ? { ...before, data: update(before.data) } : before,
    );
  }, []);
  return { state, reload, set };
}
