/**
 * What an integration sees of its session. Integrations are parts of the SDK that not every page
 * needs: they come in files of their own and are started after the page is up.
 */
import type { DiagEvent, EventKind } from "./events.js";
import type { DeviceFacts, Host } from "./host/host.js";
import type { DiagCounter } from "./types.js";

/** A snapshot that storage brought back. */
export interface StoredSnapshot {
  readonly bytes: Uint8Array;
  readonly ticketId: string;
  readonly sequence: number;
  /** Unix milliseconds. */
  readonly capturedAt: number;
}

/** Where snapshots wait that must outlive the app. Neither call throws. */
export interface Keeper {
  /** False where it could not be kept. */
  store(snapshot: StoredSnapshot): boolean;
  forget(snapshot: StoredSnapshot): void;
  /** Forgets all that is kept for this session's server: consent was taken back. */
  clear(): void;
}

export type UrgentKind = "anr" | "oom" | "crash" | "memory_warning";

export interface SignalContext {
  readonly host: Host;
  readonly endpoint: string;
  readonly ticketId: string;
  /** UDP address of the server, where the app gave one. */
  readonly udp?: { readonly host: string; readonly port: number };
  /** Records an event; it goes into the next snapshots. Never throws. */
  event(kind: EventKind, text?: string, value?: number): void;
  /** All events so far, then each new one. The result ends it. */
  onEvent(listener: (event: DiagEvent) => void): () => void;
  /** Bytes of the next urgent datagram; none after `dispose()`. */
  urgent(kind: UrgentKind, blockedMs: number, line: string): Uint8Array;
  /** Takes and sends a snapshot that nobody asked for, where the server wants such. Never rejects. */
  capture(cause: UrgentKind): Promise<void>;
  /** False where the server's sampling left this session out. */
  sampled(): boolean;
  /** The newest line of a warning or worse, custom rules applied. */
  lastLine(): string;
  /** Snapshots go to this keeper from now on. */
  keep(keeper: Keeper): void;
  /** Puts snapshots back into the queue, oldest first. */
  restore(snapshots: readonly StoredSnapshot[]): void;
  /** Adds to what is known of the device. */
  device(facts: DeviceFacts): void;
  /** Says for `diagnostics()` whether a sensor or channel is there. */
  found(capability: string, present: boolean): void;
  count(what: DiagCounter): void;
  fail(where: string, what: unknown): void;
}

export interface Integration {
  readonly name: string;
  /** Starts; the result undoes it. What it throws is recorded and stops only this integration. */
  start(context: SignalContext): (() => void) | void;
}

