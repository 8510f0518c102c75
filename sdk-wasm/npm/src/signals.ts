/** Parts of the SDK that load after the page is up. See `docs/sdk.md` for what each records. */
import { Made, Op } from "./core.js";
import type { Integration, SignalContext } from "./integration.js";
import type { Port, Running } from "./port.js";
import { device } from "./signals/device.js";
import { exits } from "./signals/exits.js";
import { hangs } from "./signals/hangs.js";
import { lifecycle } from "./signals/lifecycle.js";
import { persistence } from "./signals/persistence.js";
import { requests } from "./signals/requests.js";
import { urgent } from "./signals/urgent.js";
import { vitals } from "./signals/vitals.js";

export type { Integration, Keeper, SignalContext, StoredSnapshot, UrgentKind } from "./integration.js";
export { device, exits, hangs, lifecycle, persistence, requests, urgent, vitals };

const WARN = 3;
const MADE = {
  anr: Made.Anr,
  oom: Made.Oom,
  crash: Made.Crash,
  memory_warning: Made.MemoryWarning,
} as const;

/** All of them; the queue first, so that nothing that the others send can be lost. */
export const defaults = (): readonly Integration[] => [
  persistence(),
  device(),
  urgent(),
  exits(),
  hangs(),
  vitals(),
  requests(),
  lifecycle(),
];

/** @internal Starts the integrations of a session; one that fails stops nobody else. */
export function start(port: Port, given: readonly Integration[] = defaults()): Running {
  const running = new Map<string, () => void>();
  const context = contextOf(port);
  const safely = (name: string, work: () => void): void => {
    try {
      work();
    } catch (error) {
      port.fail(name, error);
    }
  };
  for (const integration of given) {
    const { name } = integration;
    if (!port.recording() || running.has(name)) continue;
    safely(name, () => running.set(name, integration.start(context) ?? (() => undefined)));
  }
  return {
    names: [...running.keys()],
    stop() {
      for (const [name, stop] of running) safely(name, stop);
      running.clear();
    },
  };
}

function contextOf(port: Port): SignalContext {
  const { parts, events, uploader } = port;
  const { core, draft, endpoint, host, key, options, ticket } = parts;
  return {
    host,
    endpoint,
    ticketId: ticket.ticketId,
    ...(options.udp && { udp: options.udp }),
    event: port.event,
    onEvent: (listener) => events.listen(listener),
    urgent: (kind, blockedMs, line) => {
      core.set(Op.SkipUrgent, key.stored()[1]);
      const bytes = core.make(MADE[kind], line, host.nowMs(), blockedMs);
      // Before the bytes leave: a number must never be used for two datagrams.
      port.save();
      return bytes;
    },
    capture: port.capture,
    sampled: port.sampled,
    lastLine: () => {
      const line = port.ring.last(WARN);
      return draft ? draft.applyRules(line, options.scrubRules) : line;
    },
    keep: (keeper) => uploader.keep(keeper),
    restore: (snapshots) => uploader.restore(snapshots),
    device: (facts) => void Object.assign(parts.device, facts),
    found: (capability, present) => {
      port.found[capability] = present;
    },
    count: (what) => {
      port.counts[what]++;
    },
    fail: port.fail,
  };
}
