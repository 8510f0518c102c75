import { signal } from "@preact/signals";
import type { GroupFacts, Summary } from "../lib/api.ts";
import { LiveFeed } from "../lib/live.ts";

export interface Arrival {
  readonly kind: "report" | "updated";
  readonly summary: Summary;
  readonly serial: number;
}

/** The newest event of the server's stream; pages react to it as it changes. */
export const arrival = signal<Arrival | null>(null);
/** The newest change of a group. */
export const groupMoved = signal<{ readonly group: GroupFacts; readonly serial: number } | null>(
  null,
);
/** Counts connections: whatever shows live data loads it afresh when this changes. */
export const connections = signal(0);

let serial = 0;

/** What an event is about, where it is what it should be: an object with an id. */
function parse<T extends { id: string }>(data: string): T | null {
  try {
    const value = JSON.parse(data) as Partial<T> | null;
    return typeof value?.id === "string" ? (value as T) : null;
  } catch {
    return null;
  }
}

export const feed = new LiveFeed({
  url: "/v1/events",
  onEvent({ event, data }) {
    if (event === "missed") {
      // Too much came at once: what is shown is read anew, as after a lost connection.
      connections.value += 1;
      return;
    }
    serial += 1;
    if (event === "group") {
      const group = parse<GroupFacts>(data);
      if (group !== null) groupMoved.value = { group, serial };
      return;
    }
    if (event !== "report" && event !== "updated") return;
    const summary = parse<Summary>(data);
    if (summary !== null) arrival.value = { kind: event, summary, serial };
  },
  onOpen() {
    connections.value += 1;
  },
});
