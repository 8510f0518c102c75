/** What happened, beside log lines: bounded, and told to whoever listens. */
import { Happened } from "./core.js";

/** Kinds that come by the dozen get a ring of their own, so that they can't push out the others. */
const EVENTS_MAX = 64;

/** Names of `docs/spec/snapshot.md`, in the order of `Happened`. */
export const EVENT_KINDS = [
  "visibility",
  "network_change",
  "memory_warning",
  "exception",
  "unhandled_rejection",
  "long_task",
  "interaction",
  "unclean_exit",
  "anr",
  "suspended",
  "request",
  "lifecycle",
  "rtt_estimate",
] as const;

export type EventKind = (typeof EVENT_KINDS)[number];

export interface DiagEvent {
  readonly kind: EventKind;
  /** Unix milliseconds. */
  readonly atMs: number;
  readonly text: string;
  /** `NaN`: none. */
  readonly value: number;
}

const CHATTY: readonly EventKind[] = ["request", "long_task", "interaction", "lifecycle"];

export const numberOf = (kind: EventKind): number =>
  Happened.First + EVENT_KINDS.indexOf(kind);

export class Events {
  dropped = 0;
  readonly #rings: [DiagEvent[], DiagEvent[]] = [[], []];
  readonly #listeners = new Set<(event: DiagEvent) => void>();

  push(event: DiagEvent): void {
    const ring = this.#rings[CHATTY.includes(event.kind) ? 1 : 0];
    ring.push(event);
    if (ring.length > EVENTS_MAX) {
      ring.shift();
      this.dropped++;
    }
    for (const listener of this.#listeners) listener(event);
  }

  /** Oldest first. */
  all(): DiagEvent[] {
    return this.#rings.flat().sort((a, b) => a.atMs - b.atMs);
  }

  /** Tells what is there, then what comes. */
  listen(listener: (event: DiagEvent) => void): () => void {
    for (const event of this.all()) listener(event);
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  clear(): void {
    for (const ring of this.#rings) ring.length = 0;
  }
}
