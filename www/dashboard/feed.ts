import { signal } from "@preact/signals";
import type { Summary } from "../lib/api.ts";
import { LiveFeed } from "../lib/live.ts";

export interface Arrival {
  readonly kind: "report" | "updated";
  readonly summary: Summary;
  readonly serial: number;
}

/** The newest event of the server's stream; pages react to it as it changes. */
export const arrival = signal<Arrival | null>(null);
/** Counts reconnections: whatever shows live data loads it afresh when this changes. */
export const reconnections = signal(0);

let serial = 0;

function parseSummary(data: string): Summary | null {
  try {
    const value = JSON.parse(data) as Partial<Summary> | null;
    return typeof value?.id === "string" ? (value as Summary) : null;
  } catch {
    return null;
  }
}

export const feed = new LiveFeed({
  url: "/v1/events",
  onEvent({ event, data }) {
    if (event !== "report" && event !== "updated") return;
    const summary = parseSummary(data);
    if (summary === null) return;
    serial += 1;
    arrival.value = { kind: event, summary, serial };
  },
  onReconnect() {
    reconnections.value += 1;
  },
});
