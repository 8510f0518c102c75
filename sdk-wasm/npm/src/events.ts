/** What happened, beside log lines: bounded, and told to whoever listens. */
/** Kinds that come by the dozen get a ring of their own, so that they can't push out the others. */
const EVENTS_MAX = 64;

/** The kinds of `docs/spec/snapshot.md`. */
export type EventKind =
  | "visibility"
  | "network_change"
  | "memory_warning"
  | "exception"
  | "unhandled_rejection"
  | "long_task"
  | "interaction"
  | "unclean_exit"
  | "anr"
  | "suspended"
  | "request"
  | "lifecycle"
  | "rtt_estimate";

export interface DiagEvent {
  readonly kind: EventKind;
  /** Unix milliseconds. */
  readonly atMs: number;
  readonly text: string;
  /** `NaN`: none. */
  readonly value: number;
}

const CHATTY = /^(request|long_task|interaction|lifecycle)$/;

export class Events {
  dropped = 0;
  readonly #rings: DiagEvent[][] = [[], []];
  readonly #listeners = new Set<(event: DiagEvent) => void>();

  push(event: DiagEvent): void {
    const ring = this.#rings[+CHATTY.test(event.kind)]!;
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
