/** Feeds the core with frames, round trips, memory and events until it is stopped. */
import { type Core, Fact, Op } from "./core.js";
import type { EventKind } from "./events.js";
import { type DeviceFacts, type Host, HostFault } from "./host/host.js";
import type { Gate } from "./uploader.js";

const PROBE_TIMEOUT_MS = 5000;
const BEAT_MS = 5000;

export interface SensorContext {
  readonly core: Core;
  readonly host: Host;
  readonly endpoint: string;
  /** 0: no probes. */
  readonly rttIntervalMs: number;
  fail(where: string, what: unknown): void;
  event(kind: EventKind, text: string, value?: number): void;
  /** The server can be reached again, or somebody sees the page again. */
  reachable(): void;
  hidden(): void;
}

export class Sensors {
  readonly #context: SensorContext;
  readonly #gate: Gate;
  readonly #stops: (() => void)[] = [];
  #stopped = false;
  #cancelBeat: (() => void) | undefined;
  #probing: Promise<void> | undefined;
  #warm = false;
  #lost = false;
  memoryBytes: number | null = null;
  readonly fpsSource: string;

  constructor(context: SensorContext, gate: Gate) {
    this.#context = context;
    this.#gate = gate;
    const { core, host } = context;
    const frames = host.frames((tickMs) => this.#safely("frame", () => core.set(Op.Frame, tickMs)));
    this.fpsSource = frames ? (host.frameSource ?? "raf") : "none";
    core.put(Fact.FpsSource, this.fpsSource);
    if (frames) this.#stops.push(frames);
    this.#stops.push(
      host.watch({
        visibility: (hidden) =>
          this.#safely("visibility", () => {
            context.event("visibility", hidden ? "hidden" : "visible");
            if (!hidden) return context.reachable();
            core.set(Op.Pause);
            context.hidden();
          }),
        network: () =>
          this.#safely("network", () => {
            const { type, effectiveType, online } = host.network();
            const kind = online === false ? "offline" : (type ?? effectiveType ?? "online");
            context.event("network_change", kind);
          }),
        online: () => this.#safely("online", () => context.reachable()),
        memory: (level) => this.#safely("memory", () => context.event("memory_warning", level)),
      }),
    );
    this.#beat();
  }

  /** The probe that is under way, if any. */
  get probing(): Promise<void> | undefined {
    return this.#probing;
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelBeat?.();
    for (const stop of this.#stops.splice(0)) this.#safely("stop", stop);
  }

  /** Whatever goes wrong in a sensor stays here. */
  #safely(where: string, work: () => void): void {
    if (this.#stopped && where !== "stop") return;
    try {
      work();
    } catch (error) {
      this.#context.fail(where, error);
    }
  }

  #beat(): void {
    const { host, rttIntervalMs } = this.#context;
    this.#safely("memory", () => this.readMemory());
    this.#safely("probe", () => {
      if (!(rttIntervalMs > 0) || host.hidden() || this.#probing) return;
      this.#probing = this.#probe().finally(() => {
        this.#probing = undefined;
      });
    });
    this.#cancelBeat = host.timer(rttIntervalMs || BEAT_MS, () => {
      if (!this.#stopped) this.#beat();
    });
  }

  readMemory(): void {
    const { core, host } = this.#context;
    const reading = host.memory();
    if (!reading) return;
    this.memoryBytes = reading.usedBytes;
    core.put(Fact.MemorySource, reading.source);
    const { usedBytes, limitBytes = Number.NaN } = reading;
    if (core.set(Op.Memory, host.nowMs(), usedBytes, limitBytes) > 0) {
      this.#context.event("memory_warning", "", usedBytes);
    }
  }

  async #probe(): Promise<void> {
    await this.#gate.yielding(async (signal) => {
      // The first round trip also opens the connection; only the one after it tells the network's.
      if (!this.#warm) this.#warm = !Number.isNaN((await this.#ping(signal)).rttMs);
      const { atMs, rttMs } = await this.#ping(signal);
      // Given up for an upload, or hidden, where timers and network are throttled: no figure.
      if (signal.aborted || this.#context.host.hidden()) return;
      const lost = Number.isNaN(rttMs);
      this.#safely("probe", () => {
        this.#context.core.set(Op.Probe, atMs, rttMs);
        if (this.#lost && !lost) this.#context.reachable();
      });
      this.#lost = lost;
    });
  }

  async #ping(signal: AbortSignal): Promise<{ atMs: number; rttMs: number }> {
    const { endpoint, host } = this.#context;
    const atMs = host.nowMs();
    const startMs = host.tickMs();
    try {
      if (this.#stopped || signal.aborted) throw new HostFault("aborted");
      await host.request({
        method: "GET",
        url: `${endpoint}/v1/ping`,
        timeoutMs: PROBE_TIMEOUT_MS,
        signal,
      });
      return { atMs, rttMs: host.tickMs() - startMs };
    } catch {
      return { atMs, rttMs: Number.NaN };
    }
  }
}

const DEVICE: Readonly<Record<keyof DeviceFacts, Fact>> = {
  os: Fact.Os,
  osVersion: Fact.OsVersion,
  arch: Fact.Arch,
  model: Fact.Model,
  userAgent: Fact.UserAgent,
  language: Fact.Language,
  screenWidthPx: Fact.ScreenWidthPx,
  screenHeightPx: Fact.ScreenHeightPx,
  pixelRatio: Fact.PixelRatio,
  cores: Fact.Cores,
  memoryGb: Fact.MemoryGb,
};

/** Hands over what is known of the device. */
export function setDevice(core: Core, facts: DeviceFacts): void {
  for (const name of Object.keys(DEVICE) as (keyof DeviceFacts)[]) {
    const value = facts[name];
    if (typeof value === "string") core.put(DEVICE[name], value);
    else if (typeof value === "number") core.set(Op.Fact, DEVICE[name], value);
  }
}
