/** One diagnostic session: opened by a ticket, recording until disposed. */
import { EVENT, Fact, Made, Op, Sealed } from "./core.js";
import { recallControl, rememberControl } from "./control.js";
import type { Draft } from "./draft.js";
import { DiagError } from "./errors.js";
import { type EventKind, Events } from "./events.js";
import { loadSignals, whenIdle } from "./lazy.js";
import { clip, LEVELS, LogRing } from "./log-ring.js";
import { gather } from "./open.js";
import type { Parts, Running } from "./port.js";
import type { Control } from "./problem.js";
import { Sensors, setDevice } from "./sensors.js";
import { readTicket } from "./ticket.js";
import type {
  CaptureOptions,
  CaptureStage,
  DiagCounter,
  Diagnostics,
  DiagOptions,
  FlushResult,
  Level,
  Meters,
  SnapshotAnswer,
  SnapshotCause,
  SnapshotPayload,
  TicketView,
} from "./types.js";
import { Gate, Uploader } from "./uploader.js";
import { VERSION } from "./version.js";

const FAILURES_MAX = 16;
/** How long a capture waits for what is not there yet. */
const FIRST_MS = 400;
const HELD = {
  outcome: "held",
  reportId: "",
  capability: "",
  reportUrl: "",
  receivedAtMs: 0,
  clockSkewMs: 0,
  diagnosis: undefined,
} as const;

/** Reads a ticket without checking its signature or its time: for display only. */
export async function decodeTicket(text: string): Promise<TicketView> {
  return readTicket(text).view;
}

export class Diag {
  /** The verified ticket. */
  readonly ticket: TicketView;
  readonly #parts: Parts;
  readonly #ring: LogRing;
  readonly #gate = new Gate();
  readonly #events = new Events();
  readonly #found: Record<string, boolean> = {};
  #running: Running | undefined;
  #sensors: Sensors | undefined;
  readonly #uploader: Uploader;
  readonly #counts: Record<DiagCounter, number>;
  readonly #failures: { atMs: number; where: string; what: string }[] = [];
  #unhook: (() => void) | undefined;
  #droppedBefore = 0;
  #control: Control;
  #consent: boolean;
  #disposed = false;

  /**
   * Reads and verifies the ticket, in this order: its form, its signature, its time. Then
   * recording starts. Rejects with a `DiagError` only.
   */
  static async init(options: DiagOptions): Promise<Diag> {
    try {
      return new Diag(await gather(options));
    } catch (error) {
      if (error instanceof DiagError) throw error;
      throw new DiagError("Internal", `init failed: ${error}`);
    }
  }

  private constructor(parts: Parts) {
    this.#parts = parts;
    this.ticket = parts.ticket;
    const { core, host, key, endpoint, options, snapshots, uploads } = parts;
    this.#counts = {
      captured: 0,
      accepted: 0,
      duplicate: 0,
      refused: 0,
      retried: 0,
      parked: 0,
      evicted: 0,
      restored: 0,
      unstored: 0,
      urgent: 0,
      linesLogged: 0,
      linesDropped: 0,
      linesCut: 0,
    };
    core.key(key.seed, key.nextSequence, key.nextUrgent);
    // In the order of `bound` in `bindings.rs`.
    [
      snapshots.logLines,
      snapshots.logWindowS * 1000,
      snapshots.logBytes,
      snapshots.memoryThresholdMB * 1048576,
      snapshots.rttIntervalS * 1000,
      uploads.attemptsMax,
      uploads.backoffMs,
      uploads.backoffMaxMs,
      uploads.queueItems,
      uploads.queueBytes,
      uploads.queueAgeS * 1000,
    ].forEach((value, which) => core.set(Op.Bound, which, value));
    core.put(Fact.SdkVersion, VERSION);
    core.put(Fact.SdkHost, host.name);
    core.put(Fact.AppName, options.app?.name ?? "");
    core.put(Fact.AppVersion, options.app?.version ?? "");
    core.set(Op.Fact, Fact.ClockSkewMs, parts.skewMs ?? Number.NaN);
    Promise.resolve(this.#ask("device", () => host.device())).then(
      (facts) => void Object.assign(parts.device, facts),
      (error) => this.#fail("device", error),
    );
    this.#ring = new LogRing(snapshots.logLines, snapshots.logBytes);
    this.#control = recallControl(host, parts.ticket.keyId);
    this.#consent = options.consent !== "required";
    this.#uploader = new Uploader(
      {
        core,
        host,
        endpoint,
        timeoutMs: uploads.timeoutMs,
        count: (what) => {
          this.#counts[what]++;
        },
        ticketId: parts.ticket.ticketId,
        fail: (where, what) => this.#fail(where, what),
        control: (control) => {
          this.#control = control;
          rememberControl(host, parts.ticket.keyId, control);
          if (!control.enabled) this.#stop();
        },
        conflict: () => this.#skip(1 + Math.floor(Math.random() * 65536)),
      },
      this.#gate,
    );
    this.#start();
  }

  /**
   * Says whether the person agrees. Taken back, everything that was recorded or waits is deleted,
   * the session's key too.
   */
  consent(given: boolean): void {
    if (this.#disposed || given === this.#consent) return;
    this.#consent = given;
    if (given) return this.#start();
    this.#stop();
    this.#ring.clear();
    this.#events.clear();
    this.#uploader.clear();
    this.#parts.key.forget();
  }

  /** True where lines and events are recorded. */
  get #recording(): boolean {
    return this.#consent && this.#control.enabled && !this.#disposed;
  }

  #start(): void {
    if (!this.#recording || this.#sensors) return;
    const { core, endpoint, hooks, host, options, snapshots } = this.#parts;
    this.#save();
    this.#sensors = new Sensors(
      {
        core,
        host,
        endpoint,
        rttIntervalMs: snapshots.rttIntervalS * 1000,
        fail: (where, what) => this.#fail(where, what),
        event: (kind, text, value) => this.#event(kind, text, value),
        reachable: () => this.#uploader.wake(),
        hidden: () => this.#uploader.hide(host.hideGraceMs ?? Number.MAX_VALUE),
      },
      this.#gate,
    );
    if (options.captureConsole !== false) {
      const hook = host.hook ?? hooks?.hookConsole;
      this.#found["console"] = !!hook;
      this.#unhook = hook?.((line) => {
        this.log(line.level, line.message, line.source);
        if (line.source === "uncaught") this.#event("exception", line.message);
        if (line.source === "rejection") this.#event("unhandled_rejection", line.message);
      });
    }
    whenIdle(() => void this.#integrate());
  }

  /** Starts the integrations; a file that could not be loaded is tried again with the next capture. */
  async #integrate(): Promise<void> {
    const { integrations } = this.#parts.options;
    if (!this.#recording || this.#running || integrations?.length === 0) return;
    try {
      const { start } = await loadSignals();
      if (!this.#recording || this.#running) return;
      this.#running = start(
        {
          parts: this.#parts,
          ring: this.#ring,
          events: this.#events,
          uploader: this.#uploader,
          counts: this.#counts,
          found: this.#found,
          fail: (where, what) => this.#fail(where, what),
          event: (kind, text, value) => this.#event(kind, text, value),
          save: () => this.#save(),
          capture: async (cause) => {
            if (!this.#recording || !this.#sampled) return;
            await this.#capture({}, cause).catch((error) => this.#fail(cause, error));
          },
          recording: () => this.#recording,
          sampled: () => this.#sampled,
        },
        integrations,
      );
    } catch (error) {
      this.#fail("signals", error);
    }
  }

  #event(kind: EventKind, text = "", value = Number.NaN): void {
    if (!this.#recording) return;
    try {
      this.#events.push({ kind, atMs: this.#parts.host.nowMs(), text: clip(text, 300), value });
    } catch (error) {
      this.#fail(kind, error);
    }
  }

  /** Which sessions send by themselves is decided by the ticket, so a reload changes nothing. */
  get #sampled(): boolean {
    return Number.parseInt(this.ticket.ticketId.slice(0, 8), 16) < this.#control.rate * 2 ** 32;
  }

  /** Records a line. Never throws; costs a few stores until a capture. */
  log(level: Level, message: string, source = "app"): void {
    if (!this.#recording) return;
    try {
      const text =
        typeof message === "string"
          ? message
          : (this.#parts.hooks?.format([message]) ?? String(message));
      this.#ring.push(this.#parts.host.nowMs(), LEVELS[level] ?? LEVELS.info, String(source), text);
    } catch (error) {
      this.#fail("log", error);
    }
  }

  /** Takes a snapshot and, unless `onSnapshotReady` does otherwise, uploads it. */
  async capture(options: CaptureOptions = {}): Promise<SnapshotAnswer> {
    return this.#capture(options, "capture");
  }

  async #capture(options: CaptureOptions, cause: SnapshotCause): Promise<SnapshotAnswer> {
    this.#mayRecord();
    const { signal } = options;
    const step = (stage: CaptureStage, fraction: number): void => {
      if (signal?.aborted) throw new DiagError("Aborted", "the capture was given up", true);
      try {
        options.onProgress?.(stage, fraction);
      } catch (error) {
        this.#fail("onProgress", error);
      }
    };
    step("sampling", 0);
    await this.#sample();
    this.#mayRecord();
    step("packing", 0.3);
    const payload = await this.#seal(step, cause).catch((error) => {
      if (error instanceof DiagError) throw error;
      throw new DiagError("Internal", `no snapshot was made: ${error}`);
    });
    step("uploading", 0.6);
    const { onSnapshotReady } = this.#parts.options;
    const handled = onSnapshotReady ? onSnapshotReady(payload) : this.upload(payload);
    const answer = (await orAborted(Promise.resolve(handled), signal)) ?? HELD;
    step("done", 1);
    return answer;
  }

  /**
   * Uploads a snapshot, with retries. Where the server can't be reached the promise rejects and the
   * snapshot waits for `flush()`, for the network to come back, or for the next start of the app.
   */
  async upload(payload: SnapshotPayload): Promise<SnapshotAnswer> {
    this.#alive();
    if (!this.#consent) throw new DiagError("ConsentRequired", "nobody has agreed");
    return this.#uploader.upload(payload);
  }

  /** Sends now whatever waits. Never rejects. */
  async flush(): Promise<FlushResult> {
    if (this.#disposed) return { sent: 0, refused: 0, left: 0 };
    return this.#uploader.flush();
  }

  /** Live figures; cheap enough for every frame. */
  meters(): Meters {
    const { core, host, snapshots } = this.#parts;
    const known = (what: Op, a?: number): number | null => {
      const value = core.set(what, a);
      return Number.isNaN(value) ? null : value;
    };
    const series = (count: Op, sample: Op): (number | null)[] =>
      Array.from({ length: known(count) ?? 0 }, (_, index) => known(sample, index));
    const rttSamples = series(Op.RttCount, Op.RttSample);
    return {
      fps: known(Op.Fps, host.tickMs()),
      fpsSource: this.#sensors?.fpsSource ?? "none",
      rttMs: known(Op.RttMedian),
      rttLost: rttSamples.filter((sample) => sample === null).length,
      rttSent: rttSamples.length,
      memoryBytes: this.#sensors?.memoryBytes ?? null,
      logLines: this.#ring.count(host.nowMs(), snapshots.logWindowS * 1000),
      fpsSamples: series(Op.FpsCount, Op.FpsSample).map(Number),
      rttSamples,
    };
  }

  /** What happened inside. */
  diagnostics(): Diagnostics {
    const { core, endpoint, host, key, module, skewMs } = this.#parts;
    const { logged, dropped, cut } = this.#ring;
    return {
      sdkVersion: VERSION,
      host: host.name,
      endpoint,
      disposed: this.#disposed,
      enabled: this.#control.enabled,
      consent: this.#consent,
      sampled: this.#sampled,
      integrations: this.#running?.names ?? [],
      capabilities: { ...this.#ask("capabilities", () => host.capabilities()), ...this.#found },
      clockSkewMs: skewMs,
      nextSequence: this.#disposed ? key.stored()[0] : core.set(Op.NextSequence),
      sessionPersisted: key.persisted,
      wasmBytes: module.memoryBytes(),
      queue: { items: this.#uploader.items, bytes: this.#uploader.bytes },
      counts: { ...this.#counts, linesLogged: logged, linesDropped: dropped, linesCut: cut },
      failures: this.#failures.slice(),
    };
  }

  /** Restores every hook, gives up what is under way, and frees memory. Can be called again. */
  dispose(): void {
    if (this.#disposed) return;
    this.#stop();
    this.#disposed = true;
    this.#uploader.dispose();
    this.#ring.clear();
    this.#events.clear();
    this.#parts.core.close();
  }

  #stop(): void {
    this.#unhook?.();
    this.#unhook = undefined;
    this.#sensors?.stop();
    this.#sensors = undefined;
    this.#running?.stop();
    this.#running = undefined;
  }

  #mayRecord(): void {
    this.#alive();
    if (!this.#consent) throw new DiagError("ConsentRequired", "nobody has agreed to a capture");
    if (!this.#control.enabled) throw new DiagError("Disabled", "the server switched recording off");
  }

  #alive(): void {
    if (this.#disposed) throw new DiagError("Disposed", "the session was disposed");
  }

  /** What a host says, or nothing where it fails to. */
  #ask<T>(where: string, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.#fail(where, error);
      return undefined;
    }
  }

  #fail(where: string, what: unknown): void {
    const text = what instanceof Error ? what.message : String(what);
    this.#failures.push({ atMs: this.#parts.host.nowMs(), where, what: text.slice(0, 200) });
    if (this.#failures.length > FAILURES_MAX) this.#failures.shift();
  }

  /** Waits a moment for integrations and the first round trip, and lets the page paint. */
  async #sample(): Promise<void> {
    const { core, host } = this.#parts;
    const pause = (ms: number): Promise<void> =>
      new Promise((resolve) => void host.timer(ms, resolve));
    const probing = core.set(Op.RttCount) === 0 ? this.#sensors?.probing : undefined;
    const first = Promise.all([probing, this.#integrate(), pause(0)]);
    await Promise.race([first, pause(FIRST_MS)]);
  }

  async #seal(
    step: (stage: CaptureStage, fraction: number) => void,
    cause: SnapshotCause,
  ): Promise<SnapshotPayload> {
    const { core, device, host, key, options, snapshots, draft } = this.#parts;
    setDevice(core, device);
    this.#ask("memory", () => this.#sensors?.readMemory());
    const network = this.#ask("network", () => host.network()) ?? {};
    const { online, downlinkMbps, type, effectiveType } = network;
    core.put(Fact.NetworkType, type ?? "");
    core.put(Fact.EffectiveType, effectiveType ?? "");
    core.set(Op.Fact, Fact.DownlinkMbps, downlinkMbps ?? Number.NaN);
    core.set(Op.Fact, Fact.Online, online === undefined ? Number.NaN : Number(online));
    const capturedAt = host.nowMs();
    const windowMs = snapshots.logWindowS * 1000;
    const { dropped } = this.#ring;
    let made: Draft = {
      batch: this.#ring.batch(capturedAt, windowMs),
      events: this.#events.all(),
      page: this.#ask("page", () => host.page()) ?? "",
    };
    if (draft) {
      const rows = this.#ring.rows(capturedAt, windowMs);
      const reviewed = await draft.review(this.#parts, core, { ...made, rows, cause, capturedAt });
      this.#mayRecord();
      if (typeof reviewed === "string") throw new DiagError("Withheld", reviewed);
      made = reviewed;
    }
    core.put(Fact.AppPage, made.page);
    for (const event of made.events) {
      core.put(EVENT, `${event.kind}\n${event.text}`, event.atMs, event.value);
    }
    core.set(Op.EventsDropped, this.#events.dropped);
    this.#skip(key.stored()[0] - core.set(Op.NextSequence));
    const { text, meta, sources } = made.batch;
    core.pack(capturedAt, text, meta, sources, dropped - this.#droppedBefore);
    step("signing", 0.5);
    const { encryption } = options;
    const bytes = core.make(encryption ? Made.Unsigned : Made.Snapshot);
    const sequence = core.set(Op.Sealed, Sealed.Sequence);
    if (sequence < 0) {
      const reason = String.fromCharCode(...bytes);
      throw new DiagError("SnapshotTooLarge", `no snapshot was made: ${reason}`, false, reason);
    }
    this.#droppedBefore = dropped;
    this.#counts.captured++;
    // Before the bytes leave: a number must never be used for two snapshots.
    this.#save();
    const payload = {
      bytes,
      sequence,
      capturedAt,
      uncompressedBytes: core.set(Op.Sealed, Sealed.UncompressedBytes),
      logLines: core.set(Op.Sealed, Sealed.LogLines),
      cause,
    };
    if (!encryption) return payload;
    // Where that fails nothing goes: the app relies on it.
    const encrypted = await encryption(bytes);
    this.#mayRecord();
    return { ...payload, bytes: core.sign(encrypted) };
  }

  #save(): void {
    const { core, key } = this.#parts;
    key.save(core.set(Op.NextSequence), core.set(Op.NextUrgent));
  }

  /** Leaves out sequence numbers that another session with this key may have used. */
  #skip(by: number): void {
    const { core } = this.#parts;
    if (!(by > 0)) return;
    core.set(Op.Skip, by);
    this.#save();
  }
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const abort = (): void =>
      reject(new DiagError("Aborted", "the capture was given up; its snapshot is kept", true));
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
    if (signal.aborted) abort();
  });
}
