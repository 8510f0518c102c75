import { signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { GroupFacts, Summary } from "../lib/api.ts";
import { LiveFeed } from "../lib/live.ts";

/** A report that is new or has changed, or a group that moved. */
export type News =
  | { readonly kind: "report" | "updated"; readonly summary: Summary }
  | { readonly kind: "group"; readonly group: GroupFacts };

type Listener = (news: News) => void;

const listeners = new Set<Listener>();

/** Counts connections: whatever shows live data loads it afresh when this changes. */
export const connections = signal(0);

/** What an event is about, where it is what it should be: an object with an id. */
function parse<T extends { id: string }>(data: string): T | null {
  try {
    const value = JSON.parse(data) as Partial<T> | null;
    return typeof value?.id === "string" ? (value as T) : null;
  } catch {
    return null;
  }
}

function newsOf(event: string, data: string): News | null {
  if (event === "group") {
    const group = parse<GroupFacts>(data);
    return group === null ? null : { kind: event, group };
  }
  if (event !== "report" && event !== "updated") return null;
  const summary = parse<Summary>(data);
  return summary === null ? null : { kind: event, summary };
}

export const feed = new LiveFeed({
  url: "/v1/events",
  onEvent({ event, data }) {
    if (event === "missed") {
      // Too much came at once: what is shown is read anew, as after a lost connection.
      connections.value += 1;
      return;
    }
    const news = newsOf(event, data);
    if (news !== null) for (const listener of listeners) listener(news);
  },
  onOpen() {
    connections.value += 1;
  },
});

/**
 * Gives a component every event of the stream, one by one. A signal would not do: of several events
 * that came in one chunk a component would see only the last.
 */
export function useNews(listener: Listener): void {
  const current = useRef(listener);
  useLayoutEffect(() => {
    current.current = listener;
  });
  useLayoutEffect(() => {
    const hear: Listener = (news) => current.current(news);
    listeners.add(hear);
    return () => void listeners.delete(hear);
  }, []);
}

/** Runs `then` once calls have stopped coming for `pauseMs`. */
export function useAfterBurst(pauseMs: number, then: () => void): () => void {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(then, pauseMs);
  };
}
