/** What a session is made of, and what it lends to the files that are loaded later. No code here. */
import type { Core, CoreModule } from "./core.js";
import type { Events, EventKind } from "./events.js";
import type { DeviceFacts, Host } from "./host/host.js";
import type { UrgentKind } from "./integration.js";
import type { LogRing } from "./log-ring.js";
import type { SessionKey } from "./session-key.js";
import type { DiagCounter, DiagOptions, SnapshotPolicy, TicketView, UploadPolicy } from "./types.js";
import type { Uploader } from "./uploader.js";

export interface Parts {
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
  /** What is known of the device so far. */
  readonly device: DeviceFacts;
  /** There where the console is recorded. */
  readonly hooks: typeof import("./console.js") | undefined;
  /** There where the app wants to see or change what goes. */
  readonly draft: typeof import("./draft.js") | undefined;
}

export interface Port {
  readonly parts: Parts;
  readonly ring: LogRing;
  readonly events: Events;
  readonly uploader: Uploader;
  readonly counts: Record<DiagCounter, number>;
  readonly found: Record<string, boolean>;
  fail(where: string, what: unknown): void;
  event(kind: EventKind, text?: string, value?: number): void;
  /** Keeps the next numbers of snapshots and datagrams. */
  save(): void;
  /** A snapshot that nobody asked for. Never rejects. */
  capture(cause: UrgentKind): Promise<void>;
  recording(): boolean;
  sampled(): boolean;
}

/** The integrations of a session. */
export interface Running {
  readonly names: readonly string[];
  stop(): void;
}
