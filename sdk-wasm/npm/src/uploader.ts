/**
 * Carries out what the core's queue decides: one request at a time, the same bytes on every retry.
 * The decisions themselves (order, pauses, bounds) are in `queue.rs`.
 */
import { type Core, Op, STORE } from "./core.js";
import { DiagError } from "./errors.js";
import { type Host, HostFault, type HostResponse } from "./host/host.js";
import type { Keeper, StoredSnapshot } from "./integration.js";
import { answerFrom, type Control, refusalFrom } from "./problem.js";
import type { DiagCounter, FlushResult, SnapshotAnswer, SnapshotPayload } from "./types.js";

/** What the uploader needs from its session. */
export interface UploaderContext {
  readonly core: Core;
  readonly host: Host;
  readonly endpoint: string;
  readonly timeoutMs: number;
  count(what: DiagCounter): void;
  fail(where: string, what: unknown): void;
  /** Of this session. */
  readonly ticketId: string;
  /** The server's word on whether to go on. */
  control(control: Control): void;
  /** Another tab used this sequence number with the same key. */
  conflict(): void;
}

interface Waiter {
  resolve(answer: SnapshotAnswer): void;
  reject(error: DiagError): void;
}

interface Entry {
  readonly snapshot: StoredSnapshot;
  readonly waiters: Waiter[];
  /** The core wants it in storage, but there was no keeper yet. */
  unkept: boolean;
}

/** Lets one request of the SDK through at a time, so that the app's slots stay free. */
export class Gate {
  #last: Promise<unknown> = Promise.resolve();
  #abort = new AbortController();

  /** For requests that may be given up when something matters more. */
  yielding<T>(request: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal } = this.#abort;
    return this.#queue(() => request(signal));
  }

  /** Gives up requests that yield, and goes next. */
  pass<T>(request: () => Promise<T>): Promise<T> {
    this.#abort.abort();
    this.#abort = new AbortController();
    return this.#queue(request);
  }

  #queue<T>(request: () => Promise<T>): Promise<T> {
    const next = this.#last.then(request);
    this.#last = next.catch(() => undefined);
    return next;
  }
}

export class Uploader {
  readonly #entries = new Map<number, Entry>();
  readonly #idle: (() => void)[] = [];
  readonly #abort = new AbortController();
  readonly #context: UploaderContext;
  readonly #gate: Gate;
  #keeper: Keeper | undefined;
  /** Out of the queue, but not yet out of storage. */
  readonly #leaving = new Map<number, StoredSnapshot>();
  #sending = false;
  /** Numbers for the core, by ticket and sequence; a few bytes for each snapshot of a session. */
  readonly #ids = new Map<string, number>();
  #cancelTimer: (() => void) | undefined;
  #sent = 0;
  #refused = 0;

  constructor(context: UploaderContext, gate: Gate) {
    this.#context = context;
    this.#gate = gate;
  }

  get items(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    let bytes = 0;
    for (const { snapshot } of this.#entries.values()) bytes += snapshot.bytes.length;
    return bytes;
  }

  /** Settles with the server's answer, or once the snapshot is refused, parked or evicted. */
  upload(payload: SnapshotPayload): Promise<SnapshotAnswer> {
    return new Promise((resolve, reject) => {
      const snapshot = { ...payload, ticketId: this.#context.ticketId };
      this.#push(snapshot, Number.NaN).waiters.push({ resolve, reject });
      this.#pump();
    });
  }

  /** Takes back what storage kept. */
  restore(snapshots: readonly StoredSnapshot[]): void {
    const nowMs = this.#context.host.nowMs();
    for (const snapshot of snapshots) {
      this.#push(snapshot, Math.max(0, nowMs - snapshot.capturedAt));
      this.#context.count("restored");
    }
    this.#pump();
  }

  /** From now on what waits is kept in storage. */
  keep(keeper: Keeper): void {
    this.#keeper = keeper;
    for (const entry of this.#entries.values()) if (entry.unkept) this.#store(entry);
  }

  #push(snapshot: StoredSnapshot, ageMs: number): Entry {
    const { core, host } = this.#context;
    const name = `${snapshot.ticketId}.${snapshot.sequence}`;
    let id = this.#ids.get(name);
    if (id === undefined) this.#ids.set(name, (id = this.#ids.size));
    const entry = this.#entries.get(id) ?? { snapshot, waiters: [], unkept: false };
    this.#entries.set(id, entry);
    core.set(Op.Push, id, snapshot.bytes.length, host.tickMs(), ageMs);
    return entry;
  }

  #store(entry: Entry): void {
    entry.unkept = !this.#keeper;
    if (this.#keeper && !this.#keeper.store(entry.snapshot)) this.#context.count("unstored");
  }

  /** Tries everything that is parked again, and waits until nothing more can be done now. */
  async flush(): Promise<FlushResult> {
    const { core, host } = this.#context;
    const [sent, refused] = [this.#sent, this.#refused];
    core.set(Op.Wake, host.tickMs());
    const idle = new Promise<void>((resolve) => this.#idle.push(resolve));
    this.#pump();
    await idle;
    return { sent: this.#sent - sent, refused: this.#refused - refused, left: this.items };
  }

  /** Tries everything that is parked again, and lets no error out. */
  wake(): void {
    this.#context.core.set(Op.Wake, this.#context.host.tickMs());
    this.#pump();
  }

  /** Forgets whatever waits. */
  clear(): void {
    const error = new DiagError("ConsentRequired", "consent was taken back");
    for (const id of [...this.#entries.keys()]) this.#settle(id, error, true);
    this.#context.core.set(Op.Clear);
    this.#leaving.clear();
    this.#keeper?.clear();
  }

  dispose(): void {
    // Acknowledged, and not yet out of storage: it would go a second time.
    for (const snapshot of this.#leaving.values()) this.#keeper?.forget(snapshot);
    this.#leaving.clear();
    this.#abort.abort();
    this.#cancelTimer?.();
    const error = new DiagError("Disposed", "the session was disposed");
    for (const id of [...this.#entries.keys()]) this.#settle(id, error, true);
    this.#rest();
  }

  /** Nobody sees the app any more: whatever waits is tried now. */
  hide(graceMs: number): void {
    this.#context.core.set(Op.Hide, this.#context.host.tickMs(), graceMs);
    this.#pump();
  }

  #pump(): void {
    const { core, host } = this.#context;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    while (!this.#abort.signal.aborted) {
      const task = core.set(Op.Next, host.tickMs());
      for (let gone = core.set(Op.Evicted); gone >= 0; gone = core.set(Op.Evicted)) {
        this.#context.count("evicted");
        const error = new DiagError("Evicted", "the queue was full, or it waited too long");
        this.#settle(gone, error, true);
      }
      if (Number.isNaN(task)) {
        if (!this.#sending) this.#rest();
      } else if (task < 0) {
        this.#cancelTimer = host.timer(-1 - task, () => this.#pump());
      } else if (task < STORE) {
        this.#sending = true;
        this.#send(task)
          .catch((error) => this.#context.fail("upload", error))
          .finally(() => {
            this.#sending = false;
            this.#pump();
          });
      } else if (task < 2 * STORE) {
        const entry = this.#entries.get(task - STORE);
        if (entry) this.#store(entry);
        continue;
      } else {
        const snapshot = this.#leaving.get(task - 2 * STORE);
        this.#leaving.delete(task - 2 * STORE);
        if (snapshot) this.#keeper?.forget(snapshot);
        continue;
      }
      return;
    }
  }

  #rest(): void {
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  async #send(id: number): Promise<void> {
    const { endpoint, host, ticketId, timeoutMs } = this.#context;
    const entry = this.#entries.get(id);
    const own = entry?.snapshot.ticketId === ticketId;
    const { signal } = this.#abort;
    let response: HostResponse | undefined;
    let fault: HostFault["kind"] = "offline";
    try {
      response = await this.#gate.pass(async () => {
        if (!entry || signal.aborted) throw new HostFault("aborted");
        const { bytes } = entry.snapshot;
        const url = `${endpoint}/v1/snapshots`;
        return host.request({ method: "POST", url, body: bytes, timeoutMs, signal });
      });
    } catch (error) {
      if (error instanceof HostFault) fault = error.kind;
    }
    if (signal.aborted) return;
    const answer = response && answerFrom(response);
    // A success that makes no sense is a failure: the same bytes get the same answer later.
    const status = !response ? 0 : response.status < 300 && !answer ? 502 : response.status;
    const error = refusalFrom(response, fault);
    const verdict = this.#report(status, response);
    if (verdict === -1 && answer) {
      this.#accept(id, answer.view);
      // Another ticket may be of another project.
      if (own) this.#context.control(answer.control);
      return;
    }
    this.#context.fail("upload", error.reason ?? error.code);
    if (verdict === -2) {
      if (error.reason === "sequence_conflict" && own) this.#context.conflict();
      this.#refused++;
      this.#context.count("refused");
      this.#settle(id, error, true);
    } else if (verdict === -3 || (!response && host.network().online === false)) {
      this.#context.core.set(Op.Park, id);
      this.#context.count("parked");
      this.#settle(id, error, false);
    } else {
      this.#context.count("retried");
    }
  }

  #report(status: number, response: HostResponse | undefined): number {
    const { core, host } = this.#context;
    const asked = response?.header("retry-after") ?? "";
    const retryAfterMs = /^\d+$/.test(asked)
      ? Number(asked) * 1000
      : Math.max(0, Date.parse(asked) - host.nowMs());
    return core.set(Op.Answered, status, retryAfterMs, host.tickMs(), Math.random());
  }

  #accept(id: number, view: SnapshotAnswer): void {
    this.#sent++;
    this.#context.count(view.outcome === "duplicate" ? "duplicate" : "accepted");
    const waiters = this.#entries.get(id)?.waiters ?? [];
    this.#leave(id);
    for (const waiter of waiters) waiter.resolve(view);
  }

  /** Tells everyone who waits; a snapshot that is gone for good is also forgotten. */
  #settle(id: number, error: DiagError, gone: boolean): void {
    const entry = this.#entries.get(id);
    if (gone) this.#leave(id);
    for (const waiter of entry?.waiters.splice(0) ?? []) waiter.reject(error);
  }

  #leave(id: number): void {
    const entry = this.#entries.get(id);
    if (entry) this.#leaving.set(id, entry.snapshot);
    this.#entries.delete(id);
  }
}
