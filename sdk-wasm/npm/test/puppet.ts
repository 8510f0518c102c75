/** A host whose events, clock and timers the test tells. */
import { browserHost } from "../src/host/browser.js";
import type { DeviceFacts, EventKind, Host, HostEvents, HostLine, SignalContext, UrgentKind } from "../src/index.js";

export interface Puppet {
  readonly host: Host;
  say(line: HostLine): void;
  readonly events: HostEvents;
}

export function puppet(changes: Partial<Host> = {}): Puppet {
  let say: (line: HostLine) => void = () => undefined;
  let events = {} as HostEvents;
  const host: Host = {
    ...browserHost(),
    hook: (sink) => {
      say = sink;
      return () => undefined;
    },
    watch: (given) => {
      events = given;
      return () => undefined;
    },
    ...changes,
  };
  return {
    host,
    say: (line) => say(line),
    get events() {
      return events;
    },
  };
}

/** Time that passes only when told to. */
export class Clock {
  ms = 0;
  #timers: { at: number; run: () => void }[] = [];
  timer = (ms: number, run: () => void): (() => void) => {
    const timer = { at: this.ms + ms, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };
  /** Runs what is due, at its time. */
  pass(ms: number): void {
    const end = this.ms + ms;
    for (;;) {
      const next = this.#timers.sort((a, b) => a.at - b.at)[0];
      if (!next || next.at > end) break;
      this.#timers.shift();
      this.ms = Math.max(this.ms, next.at);
      next.run();
    }
    this.ms = end;
  }
  /** Nothing runs for so long; then what was due runs late. */
  block(ms: number): void {
    this.ms += ms;
    this.pass(0);
  }
}

/** What an integration told. */
export interface Told {
  readonly context: SignalContext;
  readonly events: [EventKind, string, number][];
  readonly found: Record<string, boolean>;
  readonly device: DeviceFacts;
  readonly failures: string[];
  readonly captures: UrgentKind[];
}

export function context(host: Partial<Host>, endpoint = "https://faultscan.example"): Told {
  const listeners = new Set<(event: { kind: EventKind; atMs: number; text: string; value: number }) => void>();
  const told: Told = {
    events: [],
    found: {},
    device: {},
    failures: [],
    captures: [],
    context: {
      host: { ...browserHost(), ...host },
      endpoint,
      ticketId: "07".repeat(16),
      event: (kind, text = "", value = Number.NaN) => {
        told.events.push([kind, text, value]);
        for (const listener of listeners) listener({ kind, atMs: 0, text, value });
      },
      onEvent: (listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
      urgent: () => new Uint8Array(),
      capture: async (cause) => void told.captures.push(cause),
      sampled: () => true,
      lastLine: () => "the last line",
      keep: () => undefined,
      restore: () => undefined,
      device: (facts) => void Object.assign(told.device, facts),
      found: (capability, present) => {
        told.found[capability] = present;
      },
      count: () => undefined,
      fail: (where, what) => void told.failures.push(`${where}: ${what}`),
    },
  };
  return told;
}
