import type { Diag, SnapshotAnswer, SnapshotPayload } from "@faultscan/sdk";
import type { DiagnosisInput, LocalDiagnosis } from "@faultscan/sdk/diagnosis";
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Answer, Diagnosis, Graph, LogLine } from "../lib/api.ts";
import { Client } from "../lib/client.ts";
import { completeDiagnosis } from "../lib/diagnosis.ts";
import { reportSource, type TreeSource } from "../lib/tree/source.ts";
import { localWhatIf, reportWhatIf, type WhatIfSource } from "../lib/whatif/source.ts";
import { type Action, INITIAL, type Refusal, type State, step } from "./machine.ts";
import { fetchAhead, loadLocal, updateLocal } from "./pack.ts";
import { isNetworkFault, PendingAnswers } from "./pending.ts";
import { curedByNetwork, isParked, refusalOf } from "./refusal.ts";
import { isWithheld, reviews } from "./review.ts";
import { classify, fromLocation, type Scanned } from "./scanned.ts";

/** The part of the SDK that the mini-app uses; loaded when the first ticket arrives. */
export interface Sdk {
  Diag: Pick<typeof Diag, "init">;
}

/** The second module of the SDK; loaded after a capture, where the server's word cannot be had. */
export type LoadDiagnosis = () => Promise<
  Pick<typeof import("@faultscan/sdk/diagnosis"), "loadDiagnosis">
>;

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
  #engine: Promise<LocalDiagnosis> | null = null;
  readonly #pending = new PendingAnswers();

  constructor(
    private readonly loadSdk: () => Promise<Sdk>,
    private readonly loadDiagnosis: LoadDiagnosis,
  ) {}

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
    if (online()) void this.#tellAnswers("");
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
        beforeSend: reviews.beforeSend,
        onSnapshotReady: (payload) => {
          // One that the SDK took by itself is not the one that the person waits for.
          if (payload.cause === "capture") this.#payload = payload;
          return this.#diag?.upload(payload);
        },
      });
      if (attempt !== this.#attempt) {
        diag.dispose();
        return;
      }
      this.#diag = diag;
      this.#do({ do: "opened", ticket: diag.ticket });
      // The network may be gone when it is needed.
      fetchAhead().catch(() => undefined);
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
      if (abort.signal.aborted) return;
      if (isWithheld(error)) this.ready();
      else this.#failed(error);
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
   * don't come, the verdict is shown without them. Answers that were given before the snapshot could
   * be sent are told first: what is shown then is the server's word on all of it.
   */
  async #answered(answer: SnapshotAnswer): Promise<void> {
    const [attempt, capture] = [this.#attempt, this.#capture];
    const before = this.#state.peek();
    const local = before.at === "queued" ? before.local : null;
    const { reportId, capability } = answer;
    this.#pending.add(reportId, capability, local?.answers ?? []);
    const latest = await this.#tellAnswers(reportId);
    const unsent = this.#pending.has(reportId);
    const client = new Client({ capability });
    const logs = client.report(reportId).then(
      (report) => report.logs,
      () => local?.logs ?? [],
    );
    const late = new Promise<null>((resolve) => setTimeout(resolve, LINES_WAIT_MS, null));
    await Promise.race([logs, late]);
    if (attempt !== this.#attempt || capture !== this.#capture || capture?.signal.aborted) return;
    const diagnosis =
      unsent && local !== null ? local.diagnosis : completeDiagnosis(latest ?? answer.diagnosis);
    this.#do({ do: "answered", answer, diagnosis, unsent });
    this.#do({ do: "logs", reportId, logs: await logs });
    // Later captures are diagnosed by what the server knows now.
    if (this.#engine !== null) void this.#update(this.#engine);
  }

  async #tellAnswers(reportId: string): Promise<Diagnosis | null> {
    return this.#pending.send(reportId, (capability) => new Client({ capability }));
  }

  async #update(engine: Promise<LocalDiagnosis>): Promise<void> {
    await engine.then((local) => updateLocal(local, this.loadDiagnosis)).catch(() => undefined);
  }

  #failed(error: unknown): void {
    if (isParked(error) && this.#payload !== null) {
      this.#do({ do: "parked" });
      void this.#diagnoseHere();
    } else this.#do({ do: "refused", refusal: this.#refusal(error) });
  }

  #local(): Promise<LocalDiagnosis> {
    this.#engine ??= loadLocal(this.loadDiagnosis).catch((error: unknown) => {
      this.#engine = null;
      throw error;
    });
    return this.#engine;
  }

  /** Diagnoses the snapshot that waits, on the phone. Where that cannot be, it simply waits. */
  async #diagnoseHere(): Promise<void> {
    const payload = this.#payload;
    const state = this.#state.peek();
    if (payload === null || state.at !== "queued" || state.local !== null) return;
    try {
      const local = await this.#local();
      if (payload !== this.#payload) return;
      const input = local.inputOf(payload);
      const diagnosis = completeDiagnosis(local.diagnose(input));
      this.#do({ do: "local", local: { diagnosis, logs: linesOf(input), answers: [] } });
    } catch {
      // Without module or catalogue there is no diagnosis before the network is back.
    }
  }

  async answer(check: string, answer: Answer): Promise<void> {
    const state = this.#state.peek();
    if (state.at === "queued") {
      const local = await this.#local();
      const diagnosis = completeDiagnosis(local.answer(check, answer));
      this.#do({ do: "local_answer", diagnosis, given: { check, answer } });
      return;
    }
    if (state.at !== "result") return;
    const { reportId, capability } = state.answer;
    if (state.unsent) return this.#answerHere(state, check, answer);
    try {
      const client = new Client({ capability });
      this.#do({ do: "diagnosis", diagnosis: await client.answer(reportId, check, answer) });
    } catch (error) {
      if (!isNetworkFault(error)) throw error;
      await this.#answerHere(state, check, answer).catch(() => {
        throw error;
      });
    }
  }

  /** The network went away during the dialogue: it goes on here, and the server is told later. */
  async #answerHere(
    state: Extract<State, { at: "result" }>,
    check: string,
    answer: Answer,
  ): Promise<void> {
    const payload = this.#payload;
    if (payload === null) throw new Error("the snapshot is gone");
    const local = await this.#local();
    local.diagnose({ ...local.inputOf(payload), answers: state.diagnosis.answers });
    const diagnosis = completeDiagnosis(local.answer(check, answer));
    this.#pending.add(state.answer.reportId, state.answer.capability, [{ check, answer }]);
    this.#do({ do: "diagnosis", diagnosis, unsent: true });
  }

  /** Where the tree on screen gets what is not drawn yet. */
  treeSource(): TreeSource | undefined {
    const state = this.#state.peek();
    if (state.at === "result" && !state.unsent) {
      const { reportId, capability } = state.answer;
      return reportSource(new Client({ capability }), reportId);
    }
    if (state.at !== "queued" && state.at !== "result") return undefined;
    return {
      first: async (options) => (await this.#local()).diagnosis<{ graph: Graph }>(options).graph,
      expand: async (node, options) => (await this.#local()).expand<Graph>(node, options),
      text: async (format, lang) =>
        (await this.#local()).exportAs(format, lang === "zh" ? "zh" : "en"),
    };
  }

  /** Who tells what would follow from assumptions: the server, or where it is away the phone. */
  whatIfSource(): WhatIfSource | undefined {
    const state = this.#state.peek();
    if (state.at !== "queued" && state.at !== "result") return undefined;
    const here = localWhatIf(() => this.#dialogue());
    if (state.at === "queued" || state.unsent) return here;
    const { reportId, capability } = state.answer;
    return orHere(reportWhatIf(new Client({ capability }), reportId), here);
  }

  /** The engine on the phone, in the dialogue that is on screen. */
  async #dialogue(): Promise<LocalDiagnosis> {
    const [local, state, payload] = [await this.#local(), this.#state.peek(), this.#payload];
    if (state.at === "result" && payload !== null) {
      local.diagnose({ ...local.inputOf(payload), answers: state.diagnosis.answers });
    }
    return local;
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
    else void this.#catchUp();
  }

  /** Tells what waits; the server's word on it replaces the phone's. */
  async #catchUp(): Promise<void> {
    const state = this.#state.peek();
    const reportId = state.at === "result" ? state.answer.reportId : "";
    const latest = await this.#tellAnswers(reportId);
    const now = this.#state.peek();
    if (latest !== null && now.at === "result" && now.answer.reportId === reportId) {
      this.#do({ do: "diagnosis", diagnosis: latest, unsent: this.#pending.has(reportId) });
    }
  }

  #drop(): void {
    reviews.withdraw();
    this.#capture?.abort();
    this.#diag?.dispose();
    this.#diag = null;
    this.#payload = null;
  }
}

/** Asks the one, and where the network is at fault the other. */
function orHere(there: WhatIfSource, here: WhatIfSource): WhatIfSource {
  const either = <T>(first: Promise<T>, second: () => Promise<T>): Promise<T> =>
    first.catch((error: unknown) => {
      if (!isNetworkFault(error)) throw error;
      return second().catch(() => {
        throw error;
      });
    });
  return {
    ask: (assumed, signal) => either(there.ask(assumed, signal), () => here.ask(assumed)),
    find: (words, signal) => either(there.find(words, signal), () => here.find(words)),
  };
}

/** The lines that a diagnosis counts, as a report shows them: the ticket's first. */
function linesOf(input: DiagnosisInput): LogLine[] {
  const line = (source: string) => (message: string) => ({
    at_ms: 0,
    level: "info",
    source,
    message,
  });
  return [
    ...(input.ticket_evidence ?? []).map((one) => one.line).map(line("ticket")),
    ...(input.lines ?? []).map(line("log")),
  ];
}
