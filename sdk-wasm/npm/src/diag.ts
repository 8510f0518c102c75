/** One diagnostic session: opened by a ticket, recording until disposed. */
import { Core, type CoreModule, Fact, loadCore, Op, Sealed } from "./core.js";
import { DiagError } from "./errors.js";
import { format } from "./format.js";
import { browserHost } from "./host/browser.js";
import type { Host } from "./host/host.js";
import { LEVELS, LogRing } from "./log-ring.js";
import { endpointOf, fetchKeys, issuerBytes, policy, SNAPSHOT_POLICY, UPLOAD_POLICY } from "./options.js";
import { ticketError } from "./problem.js";
import { Sensors, setDevice } from "./sensors.js";
import { SessionKey } from "./session-key.js";
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
  SnapshotPayload,
  SnapshotPolicy,
  TicketView,
  UploadPolicy,
} from "./types.js";
import { Gate, Uploader } from "./uploader.js";
import { VERSION } from "./version.js";

const FAILURES_MAX = 16;
/** How long a capture waits for the first round trip. */
const FIRST_PROBE_MS = 400;
const HELD = {
  outcome: "held",
  reportId: "",
  capability: "",
  reportUrl: "",
  receivedAtMs: 0,
  clockSkewMs: 0,
  diagnosis: undefined,
} as const;

interface Parts {
  readonly options: DiagOptions;
  readonly host: Host;
  readonly endpoint: string;
  readonly snapshots: SnapshotPolicy;
  readonly uploads: UploadPolicy;
  readonly module: CoreModule;
  readonly core: Core;
  readonly key: SessionKey;
  readonly ticket: TicketView;
  readonly skewMs: number | null;
}

function readReport(report: string): { ticket: TicketView; handle: number } {
  const parsed = JSON.parse(report) as { ticket: TicketView; handle: number; reason?: string };
  if (parsed.reason !== undefined) throw ticketError({ ...parsed });
  return parsed;
}

/** Reads a ticket without checking its signature or its time: for display only. */
export async function decodeTicket(
  text: string,
  options: Pick<DiagOptions, "wasm"> = {},
): Promise<TicketView> {
  return readReport((await loadCore(options.wasm)).decode(text)).ticket;
}

export class Diag {
  /** The verified ticket. */
  readonly ticket: TicketView;
  readonly #parts: Parts;
  readonly #ring: LogRing;
  readonly #sensors: Sensors;
  readonly #uploader: Uploader;
  readonly #counts: Record<DiagCounter, number>;
  readonly #failures: { atMs: number; where: string; what: string }[] = [];
  #unhook: (() => void) | undefined;
  #droppedBefore = 0;
  #enabled = true;
  #disposed = false;

  /**
   * Reads and verifies the ticket, in this order: its form, its signature, its time. Then
   * recording starts. Rejects with a `DiagError` only.
   */
  static async init(options: DiagOptions): Promise<Diag> {
    try {
      return new Diag(await Diag.#open(options));
    } catch (error) {
      if (error instanceof DiagError) throw error;
      throw new DiagError("Internal", `init failed: ${error}`);
    }
  }

  static async #open(options: DiagOptions): Promise<Parts> {
    const host = options.host ?? browserHost();
    const snapshots = policy(SNAPSHOT_POLICY, options.snapshotPolicy);
    const uploads = policy(UPLOAD_POLICY, options.uploadPolicy);
    const endpoint = endpointOf(options, host);
    const { qrContext, issuerKeys } = options;
    const text = typeof qrContext === "string" ? qrContext : qrContext?.text;
    if (typeof text !== "string") throw new DiagError("BadTicket", "there is no scanned text");
    const pending =
      issuerKeys === undefined || issuerKeys === "same-origin"
        ? fetchKeys(host, endpoint, uploads.timeoutMs)
        : Promise.resolve({ keys: issuerBytes(issuerKeys), skewMs: null });
    pending.catch(() => undefined);
    const module = await loadCore(options.wasm);
    // A text that is no ticket at all is told as such even without network.
    readReport(module.decode(text));
    const { keys, skewMs } = await pending;
    const nowMs = host.nowMs() + (skewMs ?? 0);
    const { ticket, handle } = readReport(module.open(text, keys, nowMs));
    const core = new Core(handle);
    const key = await SessionKey.open(host, ticket.ticketId).catch((error) => {
      core.close();
      throw error;
    });
    return { options, host, endpoint, snapshots, uploads, module, core, key, ticket, skewMs };
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
      linesLogged: 0,
      linesDropped: 0,
      linesCut: 0,
    };
    core.key(key.seed, key.nextSequence);
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
    ].forEach((value, which) => core.set(Op.Bound, which, value));
    core.put(Fact.SdkVersion, VERSION);
    core.put(Fact.SdkHost, host.name);
    core.put(Fact.AppName, options.app?.name ?? "");
    core.put(Fact.AppVersion, options.app?.version ?? "");
    core.set(Op.Fact, Fact.ClockSkewMs, parts.skewMs ?? Number.NaN);
    Promise.resolve(host.device()).then(
      (facts) => setDevice(core, facts),
      (error) => this.#fail("device", error),
    );
    this.#ring = new LogRing(snapshots.logLines, snapshots.logBytes);
    const gate = new Gate();
    const fail = (where: string, what: unknown): void => this.#fail(where, what);
    this.#uploader = new Uploader(
      {
        core,
        host,
        endpoint,
        timeoutMs: uploads.timeoutMs,
        count: (what) => {
          this.#counts[what]++;
        },
        fail,
        control: (enabled) => {
          if (!enabled) this.#stop();
        },
        conflict: () => this.#skip(1 + Math.floor(Math.random() * 65536)),
      },
      gate,
    );
    this.#sensors = new Sensors(
      {
        core,
        host,
        endpoint,
        rttIntervalMs: snapshots.rttIntervalS * 1000,
        fail,
        reachable: () => this.#uploader.wake(),
      },
      gate,
    );
    if (options.captureConsole !== false) {
      this.#unhook = host.hook((line) => this.log(line.level, line.message, line.source));
    }
  }

  /** Records a line. Never throws; costs a few stores until a capture. */
  log(level: Level, message: string, source = "app"): void {
    if (!this.#enabled) return;
    try {
      const text = typeof message === "string" ? message : format([message]);
      this.#ring.push(this.#parts.host.nowMs(), LEVELS[level] ?? LEVELS.info, String(source), text);
    } catch (error) {
      this.#fail("log", error);
    }
  }

  /** Takes a snapshot and, unless `onSnapshotReady` does otherwise, uploads it. */
  async capture(options: CaptureOptions = {}): Promise<SnapshotAnswer> {
    this.#alive();
    if (!this.#enabled) throw new DiagError("Disabled", "the server switched recording off");
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
    this.#alive();
    step("packing", 0.3);
    const payload = this.#seal(step);
    step("uploading", 0.6);
    const { onSnapshotReady } = this.#parts.options;
    const handled = onSnapshotReady ? onSnapshotReady(payload) : this.upload(payload);
    const answer = (await orAborted(Promise.resolve(handled), signal)) ?? HELD;
    step("done", 1);
    return answer;
  }

  /**
   * Uploads a snapshot, with retries. Where the server can't be reached the promise rejects and the
   * snapshot waits in memory for `flush()` or for the network to come back.
   */
  async upload(payload: SnapshotPayload): Promise<SnapshotAnswer> {
    this.#alive();
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
      fpsSource: this.#sensors.fpsSource,
      rttMs: known(Op.RttMedian),
      rttLost: rttSamples.filter((sample) => sample === null).length,
      rttSent: rttSamples.length,
      memoryBytes: this.#sensors.memoryBytes,
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
      enabled: this.#enabled,
      capabilities: host.capabilities(),
      clockSkewMs: skewMs,
      nextSequence: this.#disposed ? key.stored() : core.set(Op.NextSequence),
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
    this.#parts.core.close();
  }

  #stop(): void {
    this.#enabled = false;
    this.#unhook?.();
    this.#unhook = undefined;
    this.#sensors.stop();
  }

  #alive(): void {
    if (this.#disposed) throw new DiagError("Disposed", "the session was disposed");
  }

  #fail(where: string, what: unknown): void {
    const text = what instanceof Error ? what.message : String(what);
    this.#failures.push({ atMs: this.#parts.host.nowMs(), where, what: text.slice(0, 200) });
    if (this.#failures.length > FAILURES_MAX) this.#failures.shift();
  }

  /** Waits for the first round trip if it is under way, and lets the page paint. */
  async #sample(): Promise<void> {
    const { core, host } = this.#parts;
    const probing = core.set(Op.RttCount) === 0 ? this.#sensors.probing : undefined;
    const pause = new Promise<void>((resolve) => {
      host.timer(probing ? FIRST_PROBE_MS : 0, resolve);
    });
    await Promise.race(probing ? [probing, pause] : [pause]);
  }

  #seal(step: (stage: CaptureStage, fraction: number) => void): SnapshotPayload {
    const { core, host, key, snapshots } = this.#parts;
    this.#sensors.readMemory();
    const { online, downlinkMbps, type, effectiveType } = host.network();
    core.put(Fact.NetworkType, type ?? "");
    core.put(Fact.EffectiveType, effectiveType ?? "");
    core.set(Op.Fact, Fact.DownlinkMbps, downlinkMbps ?? Number.NaN);
    core.set(Op.Fact, Fact.Online, online === undefined ? Number.NaN : Number(online));
    core.put(Fact.AppPage, host.page() ?? "");
    const capturedAt = host.nowMs();
    const { text, meta, sources } = this.#ring.batch(capturedAt, snapshots.logWindowS * 1000);
    const dropped = this.#ring.dropped - this.#droppedBefore;
    this.#skip(key.stored() - core.set(Op.NextSequence));
    core.pack(capturedAt, text, meta, sources, dropped);
    step("signing", 0.5);
    const bytes = core.seal();
    const sequence = core.set(Op.Sealed, Sealed.Sequence);
    if (sequence < 0) {
      const reason = String.fromCharCode(...bytes);
      throw new DiagError("SnapshotTooLarge", `no snapshot was made: ${reason}`, false, reason);
    }
    this.#droppedBefore = this.#ring.dropped;
    this.#counts.captured++;
    // Before the bytes leave: a number must never be used for two snapshots.
    key.save(core.set(Op.NextSequence));
    return {
      bytes,
      sequence,
      capturedAt,
      uncompressedBytes: core.set(Op.Sealed, Sealed.UncompressedBytes),
      logLines: core.set(Op.Sealed, Sealed.LogLines),
    };
  }

  /** Leaves out sequence numbers that another session with this key may have used. */
  #skip(by: number): void {
    const { core, key } = this.#parts;
    if (!(by > 0)) return;
    core.set(Op.Skip, by);
    key.save(core.set(Op.NextSequence));
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
