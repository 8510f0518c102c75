/** Starts the integrations of a session, and is what they see of it. */
import { Made, Op } from "../core.js";
import type { Integration, SignalContext } from "../integration.js";
import type { Port, Running } from "../port.js";

const WARN = 3;
const MADE = {
  anr: Made.Anr,
  oom: Made.Oom,
  crash: Made.Crash,
  memory_warning: Made.MemoryWarning,
} as const;

/** One that fails stops nobody else. */
export function start(port: Port, given: readonly Integration[]): Running {
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
