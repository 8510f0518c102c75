import type { Diag, SnapshotAnswer, SnapshotPayload } from "@faultscan/sdk";
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Answer } from "../lib/api.ts";
import { Client } from "../lib/client.ts";
import { completeDiagnosis } from "../lib/diagnosis.ts";
import { type Action, INITIAL, type Refusal, type State, step } from "./machine.ts";
import { curedByNetwork, isParked, refusalOf } from "./refusal.ts";
import { classify, fromLocation, type Scanned } from "./scanned.ts";

/** The part of the SDK that the mini-app uses; loaded when the first ticket arrives. */
export interface Sdk {
  Diag: Pick<typeof Diag, "init">;
}

const SLOW_MS = 8000;
const LINES_WAIT_MS = 2000;

const online = () => globalThis.navigator?.onLine !== false;

/** Drives the state machine: owns the SDK's session, the address bar and the retries. */
export class Controller {
  readonly #state = signal<State>(INITIAL);
  #diag: Diag | null = null;
  #payload: SnapshotPayload | null = null;
  #capture: AbortController | null = null;
  /** Answers of an attempt that was overtaken by a newer one are dropped. */
  #attempt = 0;
  #foreignUrl: string | null = null;

  constructor(private readonly loadSdk: () => Promise<Sdk>) {}

  get state(): ReadonlySignal<State> {
    return this.#state;
  }

  get diag(): Diag | null {
    return this.#diag;
  }

  start(): void {
    globalThis.addEventListener("hashchange", () => this.#fromAddress());
    globalThis.addEventListener("online", () => this.#onOnline());
    this.#fromAddress();
  }

  #fromAddress(): void {
    this.#take(fromLocation(location.pathname, location.hash));
  }

  #do(action: Action): void {
    this.#state.value = step(this.#state.peek(), action);
  }

  /** A text from camera, image or clipboard. False where it holds nothing at all. */
  submit(text: string): boolean {
    const scanned = classify(text, location.origin);
    if (scanned.kind === "nothing") return false;
    this.#take(scanned);
    return true;
  }

  #take(scanned: Scanned): void {
    if (scanned.kind === "nothing") return;
    if (scanned.kind === "bad_link") {
      this.#do({ do: "bad_link" });
    } else if (scanned.kind === "report") {
      this.#do({ do: "show_report", id: scanned.id, capability: scanned.capability });
    } else {
      void this.#open(scanned.text, scanned.foreignUrl);
    }
  }

  async #open(text: string, foreignUrl: string | null): Promise<void> {
    const attempt = ++this.#attempt;
    this.#drop();
    this.#foreignUrl = foreignUrl;
    this.#do({ do: "open", text });
    const slow = setTimeout(() => this.#do({ do: "slow" }), SLOW_MS);
    try {
      const sdk = await this.loadSdk();
      const diag = await sdk.Diag.init({
        qrContext: text,
        issuerKeys: "same-origin",
        app: { name: "faultscan-miniapp" },
        onSnapshotReady: (payload) => {
          this.#payload = payload;
          return this.#diag?.upload(payload);
        },
      });
      if (attempt !== this.#attempt) {
        diag.dispose();
        return;
      }
      this.#diag = diag;
      this.#do({ do: "opened", ticket: diag.ticket });
    } catch (error) {
      if (attempt === this.#attempt) this.#do({ do: "refused", refusal: this.#refusal(error) });
    } finally {
      clearTimeout(slow);
    }
  }

  /** A ticket that our server does not know, but whose link names another server, belongs there. */
  #refusal(error: unknown): Refusal {
    const refusal = refusalOf(error, online());
    return refusal.kind === "unknown_issuer" && this.#foreignUrl !== null
      ? { ...refusal, kind: "foreign", url: this.#foreignUrl }
      : refusal;
  }

  async capture(): Promise<void> {
    const diag = this.#diag;
    if (diag === null) return;
    const abort = new AbortController();
    this.#capture = abort;
    this.#payload = null;
    this.#do({ do: "capture" });
    const slow = setTimeout(() => this.#do({ do: "slow" }), SLOW_MS);
    try {
      const answer = await diag.capture({
        signal: abort.signal,
        onProgress: (stage, fraction) => this.#do({ do: "progress", stage, fraction }),
      });
      if (!abort.signal.aborted) await this.#answered(answer);
    } catch (error) {
      if (!abort.signal.aborted) this.#failed(error);
    } finally {
      clearTimeout(slow);
    }
  }

  /** The snapshot that could not be sent: the very same bytes again, so it can't count twice. */
  async sendKept(): Promise<void> {
    const [diag, payload] = [this.#diag, this.#payload];
    if (diag === null || payload === null) return this.capture();
    this.#do({ do: "send" });
    try {
      await this.#answered(await diag.upload(payload));
    } catch (error) {
      this.#failed(error);
    }
  }

  /**
   * The answer has the diagnosis but not the stored lines that it points to. They are asked for at
   * once and waited for a moment, so that verdict and evidence appear together; if they are late or
   * don't come, the verdict is shown without them.
   */
  async #answered(answer: SnapshotAnswer): Promise<void> {
    const [attempt, capture] = [this.#attempt, this.#capture];
    const client = new Client({ capability: answer.capability });
    const logs = client.report(answer.reportId).then(
      (report) => report.logs,
      () => [],
    );
    const late = new Promise<null>((resolve) => setTimeout(resolve, LINES_WAIT_MS, null));
    await Promise.race([logs, late]);
    if (attempt !== this.#attempt || capture !== this.#capture || capture?.signal.aborted) return;
    this.#do({ do: "answered", answer, diagnosis: completeDiagnosis(answer.diagnosis) });
    this.#do({ do: "logs", reportId: answer.reportId, logs: await logs });
  }

  #failed(error: unknown): void {
    if (isParked(error) && this.#payload !== null) this.#do({ do: "parked" });
    else this.#do({ do: "refused", refusal: this.#refusal(error) });
  }

  async answer(check: string, answer: Answer): Promise<void> {
    const state = this.#state.peek();
    if (state.at !== "result") return;
    const client = new Client({ capability: state.answer.capability });
    this.#do({
      do: "diagnosis",
      diagnosis: await client.answer(state.answer.reportId, check, answer),
    });
  }

  cancelCapture(): void {
    this.#capture?.abort();
    this.#do({ do: "ready_again" });
  }

  ready(): void {
    this.#do({ do: "ready_again" });
  }

  retry(): void {
    const state = this.#state.peek();
    if (state.at === "opening") void this.#open(state.text, this.#foreignUrl);
    if (state.at !== "refused") return;
    if (state.ticket !== null && this.#diag !== null) {
      this.#do({ do: "ready_again" });
      void this.capture();
    } else {
      void this.#open(state.text, this.#foreignUrl);
    }
  }

  /** Back to the scanner. The ticket leaves the address, so that a reload does not bring it back. */
  rescan(): void {
    this.#attempt += 1;
    this.#drop();
    history.replaceState(null, "", "/s");
    this.#do({ do: "rescan" });
  }

  #onOnline(): void {
    const state = this.#state.peek();
    if (state.at === "queued" && !state.sending) void this.sendKept();
    else if (state.at === "refused" && curedByNetwork(state.refusal)) this.retry();
  }

  #drop(): void {
    this.#capture?.abort();
    this.#diag?.dispose();
    this.#diag = null;
    this.#payload = null;
  }
}
