/**
 * The public types of `@faultscan/sdk`. No code lives here.
 */

/** Severity of a log line. */
export type Level = "trace" | "debug" | "info" | "warn" | "error" | "fatal";

/** A decoded ticket, as scanned from a QR code. */
export interface TicketView {
  /** Canonical text form, `FS1.<base64url>`. */
  readonly text: string;
  /** 32 lower-case hex digits. */
  readonly ticketId: string;
  /** 16 lower-case hex digits: which issuer key signed it. */
  readonly keyId: string;
  /** Environment fingerprint, `sha256:<64 hex digits>`. */
  readonly fingerprint: string;
  /** When the ticket expires, in Unix seconds. */
  readonly ttl: number;
  /** When the ticket was issued, in Unix seconds. */
  readonly issuedAt: number;
  /** Error code known to the issuer, if any. */
  readonly code?: string;
  /** Short facts about the failing environment, such as `region` or `pod_uid`. */
  readonly context: Readonly<Record<string, string>>;
  /** Log lines found at the failing machine, with the code they matched. */
  readonly evidence: readonly TicketEvidence[];
}

/** One line of evidence that travels inside a ticket. */
export interface TicketEvidence {
  readonly code?: string;
  readonly line: string;
}

/** A pinned Ed25519 key of a ticket issuer. */
export interface IssuerKey {
  /**
   * 16 hex digits, as `keys.json` and the server's command line print them. Left out, a ticket that
   * this key did not sign counts as from an unknown issuer, not as forged.
   */
  readonly keyId?: string;
  /** The 32 bytes of the key, or the same in base64url. */
  readonly publicKey: string | Uint8Array;
}

/** What the SDK keeps and measures. Every bound is enforced, whatever the app logs. */
export interface SnapshotPolicy {
  /** Newest log lines kept, 1 to 2000. Default 200. */
  readonly logLines: number;
  /** Age of the oldest line that goes into a snapshot, in seconds. Default 30. */
  readonly logWindowS: number;
  /** Bytes of log text kept. Default 262144. */
  readonly logBytes: number;
  /** Memory use that counts as a warning, in MiB. Default 80. */
  readonly memoryThresholdMB: number;
  /** Seconds between two round-trip probes; 0 turns them off. Default 5. */
  readonly rttIntervalS: number;
}

/** Limits of the upload path. The defaults suit a phone. */
export interface UploadPolicy {
  /** One request is given up after this time. Default 15000. */
  readonly timeoutMs: number;
  /** Requests per `upload()` before the payload is parked in the queue. Default 4. */
  readonly attemptsMax: number;
  /** First pause between two attempts; doubles, with jitter. Default 500. */
  readonly backoffMs: number;
  /** Longest pause, also the longest `Retry-After` that is waited for. Default 30000. */
  readonly backoffMaxMs: number;
  /** Snapshots kept while they can't be sent. Default 8. */
  readonly queueItems: number;
  /** Bytes kept while they can't be sent. Default 1 MiB. */
  readonly queueBytes: number;
  /** How long a snapshot is kept, over restarts too, in seconds. Default 86400. */
  readonly queueAgeS: number;
}

/** A secret of your own: what matches becomes `[redacted:custom]`, or `replacement`. */
export type ScrubRule = RegExp | { readonly pattern: RegExp; readonly replacement: string };

/** Encrypts what follows the ticket of an envelope; see `@faultscan/sdk/encrypt`. */
export type Encryption = (envelope: Uint8Array) => Promise<Uint8Array>;

/** A line as `beforeSend` sees it. */
export interface DraftLine {
  readonly atMs: number;
  readonly level: Level;
  readonly source: string;
  message: string;
}

/** What a snapshot will hold, with secrets already taken out, before it is sealed. */
export interface SnapshotDraft {
  /** `capture`, or what made the SDK take it by itself. */
  readonly cause: SnapshotCause;
  /** May be changed, shortened, or filled anew. */
  lines: DraftLine[];
  /** Likewise. */
  events: { readonly kind: string; readonly atMs: number; text: string; readonly value: number }[];
  /** Address of the page; set to an empty text to leave it out. */
  page: string;
  /** What goes besides, for show: changes here have no effect. */
  readonly facts: Readonly<Record<string, string | number | boolean>>;
}

export type SnapshotCause = "capture" | import("./integration.js").UrgentKind;

/**
 * Where the WebAssembly module comes from: an address, bytes, a compiled module, or a function that gives
 * the exports, such as `instantiate` of `@faultscan/sdk/fallback` for hosts without WebAssembly.
 */
export type WasmSource =
  | string
  | URL
  | BufferSource
  | WebAssembly.Module
  | (() => WebAssembly.Exports | Promise<WebAssembly.Exports>);

export interface DiagOptions {
  /** The scanned text (URL, bare `FS1.…`, or digits), or an already decoded ticket. */
  readonly qrContext: string | TicketView;
  /**
   * Issuers whose tickets are accepted. `"same-origin"` (the default) reads
   * `<endpoint>/.well-known/faultscan/keys.json`.
   */
  readonly issuerKeys?: readonly IssuerKey[] | "same-origin";
  /**
   * Origin of the Faultscan server. Default: the page's own origin. It is never taken from the
   * scanned text, since a QR code must not be able to choose where logs go.
   */
  readonly endpoint?: string;
  readonly snapshotPolicy?: Partial<SnapshotPolicy>;
  readonly uploadPolicy?: Partial<UploadPolicy>;
  /**
   * Called with each finished snapshot. Left out, the snapshot is uploaded. An answer that it
   * returns (such as `diag.upload(payload)`) becomes the answer of `capture()`.
   */
  readonly onSnapshotReady?: (
    payload: SnapshotPayload,
  ) => SnapshotAnswer | void | Promise<SnapshotAnswer | void>;
  /** Where the WebAssembly module is. Default: beside the package's script. */
  readonly wasm?: WasmSource;
  /** Name and version of the app, shown in the report. */
  readonly app?: { readonly name?: string; readonly version?: string };
  /** Record `console.*` and uncaught errors. Default true. */
  readonly captureConsole?: boolean;
  /**
   * `"required"`: nothing is recorded, stored or sent before `diag.consent(true)`. Default
   * `"given"`.
   */
  readonly consent?: "given" | "required";
  /** Secrets of your own, taken out of lines, events, page and urgent datagrams. */
  readonly scrubRules?: readonly ScrubRule[];
  /**
   * Sees each snapshot before it is sealed, may change it, and withholds it by returning `null` or
   * `false`, or by throwing. Whatever else it returns lets the draft go as it is then.
   */
  readonly beforeSend?: (draft: SnapshotDraft) => unknown;
  /**
   * Parts that not every page needs, such as those of `@faultscan/sdk/signals`. Left out, all of
   * those are loaded once the page is idle; `[]` leaves them out.
   */
  readonly integrations?: readonly import("./integration.js").Integration[];
  /** Encrypts each snapshot's body to the server: `await encryption(publicKey)`. */
  readonly encryption?: Encryption;
  /** UDP address of the server, for urgent datagrams of hosts that have UDP. */
  readonly udp?: { readonly host: string; readonly port: number };
  /** What surrounds the SDK. Default: the browser. See `Host`. */
  readonly host?: import("./host/host.js").Host;
}

/** Live figures for display. `null` means: not known here, never a guess. */
export interface Meters {
  /** Frames per second over the newest interval; `null` while hidden or not yet measured. */
  readonly fps: number | null;
  /** `raf`, or `none` where the host has no frame clock. */
  readonly fpsSource: string;
  /** Median round trip of the kept window, in milliseconds. */
  readonly rttMs: number | null;
  readonly rttLost: number;
  readonly rttSent: number;
  /** Memory of the page, where the browser tells. */
  readonly memoryBytes: number | null;
  /** Lines that a capture would take now. */
  readonly logLines: number;
  /** Frames per second by half-second interval, oldest first. */
  readonly fpsSamples: number[];
  /** Round trips, oldest first; `null` is a lost probe. */
  readonly rttSamples: (number | null)[];
}

/** A sealed snapshot: the bytes that are uploaded, the same on every retry. */
export interface SnapshotPayload {
  readonly bytes: Uint8Array;
  readonly sequence: number;
  /** Unix milliseconds by the device's clock. */
  readonly capturedAt: number;
  readonly uncompressedBytes: number;
  readonly logLines: number;
  readonly cause: SnapshotCause;
}

/** The server's answer to a snapshot. */
export interface SnapshotAnswer {
  /**
   * `accepted`: stored durably. `duplicate`: these bytes were stored before. `held`: the app's
   * `onSnapshotReady` took the payload and gave no answer back; the ids are empty then.
   */
  readonly outcome: "accepted" | "duplicate" | "held";
  readonly reportId: string;
  /** Grants read access to this one report. */
  readonly capability: string;
  /** Path of the report page, `/r#<id>.<capability>`. */
  readonly reportUrl: string;
  readonly receivedAtMs: number;
  /** Server time less device time, in milliseconds. */
  readonly clockSkewMs: number;
  /** The server's diagnosis, unchanged; its shape is in the server's OpenAPI document. */
  readonly diagnosis: unknown;
}

export type CaptureStage = "sampling" | "packing" | "signing" | "uploading" | "done";

export interface CaptureOptions {
  /** Gives up waiting. A snapshot that is already sealed stays in the queue. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (stage: CaptureStage, fraction: number) => void;
}

export interface FlushResult {
  /** Snapshots that the server acknowledged during this flush. */
  readonly sent: number;
  /** Snapshots that the server refused for good. */
  readonly refused: number;
  /** Snapshots still waiting. */
  readonly left: number;
}

/** What happened inside the SDK; for support and for the curious. */
export interface Diagnostics {
  readonly sdkVersion: string;
  readonly host: string;
  readonly endpoint: string;
  readonly disposed: boolean;
  /** False after the server switched the SDK off. */
  readonly enabled: boolean;
  /** False while consent is missing. */
  readonly consent: boolean;
  /** False where the server's sampling left this session out: it then sends nothing by itself. */
  readonly sampled: boolean;
  /** Names of the integrations that run. */
  readonly integrations: readonly string[];
  /** Capability by capability: what this host offers. */
  readonly capabilities: Readonly<Record<string, boolean>>;
  /** Server time less device time by the server's `Date` header; `null` where it can't be seen. */
  readonly clockSkewMs: number | null;
  readonly nextSequence: number;
  /** True where the session key survives a reload. */
  readonly sessionPersisted: boolean;
  /** Memory of the WebAssembly module. */
  readonly wasmBytes: number;
  readonly queue: { readonly items: number; readonly bytes: number };
  readonly counts: Readonly<Record<DiagCounter, number>>;
  /** The newest inner failures, oldest first, at most 16. Never secrets or log text. */
  readonly failures: readonly { readonly atMs: number; readonly where: string; readonly what: string }[];
}

export type DiagCounter =
  | "captured"
  | "accepted"
  | "duplicate"
  | "refused"
  | "retried"
  | "parked"
  | "evicted"
  /** Brought back by storage. */
  | "restored"
  /** Could not be kept in storage. */
  | "unstored"
  /** Urgent datagrams handed to a channel. */
  | "urgent"
  | "linesLogged"
  | "linesDropped"
  | "linesCut";

/** Why an operation failed. An app can switch over it. */
export type DiagErrorCode =
  /** The scanned text is not a ticket, or is damaged. */
  | "BadTicket"
  /** The ticket names a known issuer, but the signature does not hold. */
  | "BadSignature"
  /** No accepted issuer key has this key id. */
  | "UnknownIssuer"
  | "TicketExpired"
  /** Issued in the future, beyond the allowed clock skew. */
  | "TicketNotYetValid"
  /** A ticket of a newer format than this SDK reads. */
  | "TicketUnsupported"
  /** The issuer keys could not be read from the endpoint. */
  | "KeysUnavailable"
  /** The server can't be reached. The snapshot is kept and sent later. */
  | "Offline"
  | "Timeout"
  /** The server refused this snapshot for good; `reason` says why. */
  | "Refused"
  /** The server failed or is overloaded, or answered nonsense. The snapshot is kept. */
  | "ServerError"
  /** The queue was full and this snapshot was the oldest. */
  | "Evicted"
  /** The snapshot breaks a limit of the format. */
  | "SnapshotTooLarge"
  /** The module could not be fetched, compiled or started. */
  | "WasmUnavailable"
  /** The host has no source of secure random bytes. */
  | "RandomUnavailable"
  /** An option makes no sense. */
  | "BadOptions"
  /** The server switched the SDK off. */
  | "Disabled"
  | "ConsentRequired"
  /** `beforeSend` kept it back. */
  | "Withheld"
  | "Aborted"
  | "Disposed"
  | "Internal";
