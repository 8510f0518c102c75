import { type ReadonlySignal, signal } from "@preact/signals";
import { EventParser, type ServerEvent } from "./sse.ts";

export type LiveState =
  | { at: "connecting" }
  | { at: "live" }
  | { at: "retrying"; inS: number }
  | { at: "offline" }
  | { at: "ended" };

/** The server sends a heartbeat each 15 s; three missed ones mean the connection is dead. */
export const SILENCE_MAX_MS = 45_000;
const BACKOFF_MAX_S = 30;

/** 1, 2, 4, … 30 s, with up to a quarter taken off so that many pages don't return in step. */
export function backoffSeconds(attempt: number, random: number): number {
  const full = Math.min(2 ** Math.min(attempt, 10), BACKOFF_MAX_S);
  return Math.max(1, Math.round(full * (1 - random * 0.25)));
}

export interface LiveOptions {
  url: string;
  onEvent(event: ServerEvent): void;
  /**
   * Called on every connection, the first included: what is shown may have been read before the
   * stream was open, and events between the two are on neither.
   */
  onOpen(): void;
}

/** One event stream with reconnect; its state is a signal that the page shows. */
export class LiveFeed {
  readonly #state = signal<LiveState>({ at: "connecting" });
  #abort: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #stopped = false;

  constructor(private readonly options: LiveOptions) {}

  get state(): ReadonlySignal<LiveState> {
    return this.#state;
  }

  start(): void {
    this.#stopped = false;
    globalThis.addEventListener?.("online", this.reconnect);
    globalThis.addEventListener?.("offline", this.#onOffline);
    void this.#connect();
  }

  stop(): void {
    this.#stopped = true;
    globalThis.removeEventListener?.("online", this.reconnect);
    globalThis.removeEventListener?.("offline", this.#onOffline);
    clearTimeout(this.#timer);
    clearTimeout(this.#silence);
    this.#abort?.abort();
  }

  readonly reconnect = (): void => {
    if (this.#stopped || this.#state.peek().at === "live") return;
    this.#attempt = 0;
    void this.#connect();
  };

  readonly #onOffline = (): void => {
    this.#abort?.abort();
    clearTimeout(this.#timer);
    this.#state.value = { at: "offline" };
  };

  async #connect(): Promise<void> {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.#state.value = { at: "connecting" };
    this.#watch(abort);
    try {
      const response = await fetch(this.options.url, {
        headers: { accept: "text/event-stream" },
        credentials: "same-origin",
        cache: "no-store",
        signal: abort.signal,
      });
      if (response.status === 401 || response.status === 403) {
        this.#state.value = { at: "ended" };
        return;
      }
      if (!response.ok || response.body === null) throw new Error(`status ${response.status}`);
      this.#opened();
      await this.#read(response.body, abort);
    } catch {
      // Every failure ends in the same place: a retry, below.
    } finally {
      clearTimeout(this.#silence);
    }
    if (this.#abort === abort && this.#state.peek().at !== "ended") this.#retryLater();
  }

  #opened(): void {
    this.#attempt = 0;
    this.#state.value = { at: "live" };
    this.options.onOpen();
  }

  async #read(body: ReadableStream<Uint8Array>, abort: AbortController): Promise<void> {
    const parser = new EventParser();
    const decoder = new TextDecoder();
    const reader = body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      this.#watch(abort);
      for (const event of parser.push(decoder.decode(value, { stream: true }))) {
        this.options.onEvent(event);
      }
    }
  }

  #watch(abort: AbortController): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => abort.abort(), SILENCE_MAX_MS);
  }

  #retryLater(): void {
    if (this.#stopped || this.#state.peek().at === "offline") return;
    if (globalThis.navigator?.onLine === false) {
      this.#state.value = { at: "offline" };
      return;
    }
    const inS = backoffSeconds(this.#attempt, Math.random());
    this.#attempt += 1;
    this.#state.value = { at: "retrying", inS };
    this.#timer = setTimeout(() => void this.#connect(), inS * 1000);
  }
}
