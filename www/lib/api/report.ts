/** Reports, and what the phone sent with them. */
import type { Diagnosis, Severity } from "./diagnosis.ts";
import type { GroupState } from "./groups.ts";

export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal" | (string & {});

export interface Summary {
  id: string;
  received_at_ms: number;
  captured_at_ms: number;
  project: string | null;
  ticket_id: string;
  code: string | null;
  family?: string | null;
  title: string | null;
  title_zh: string | null;
  cause: string | null;
  cause_title: string | null;
  cause_title_zh: string | null;
  probability: number | null;
  severity: Severity | null;
  status: string;
  device: string | null;
  os: string | null;
  app_version: string | null;
  log_lines: number;
  urgent: number;
  /** Its group of like failures, and how that stands. */
  group: string;
  state: GroupState;
}

export interface ReportPage {
  items: Summary[];
  /** `before` of the next page. */
  next: string | number | null;
  /** How many there are, where asked for. */
  total?: number | null;
  /** False: there are more. */
  total_exact?: boolean | null;
}

export interface LogLine {
  at_ms: number;
  level: LogLevel;
  source: string;
  message: string;
}

export interface Fps {
  source?: string | null;
  window_ms?: number | null;
  interval_ms?: number | null;
  samples?: number[] | null;
  mean?: number | null;
  min?: number | null;
  frames?: number | null;
  jank?: number | null;
  freeze?: number | null;
}

/** `at_ms` and `rtt_ms` are columns of one table; null is a probe without an answer. */
export interface Rtt {
  interval_ms?: number | null;
  at_ms?: number[] | null;
  rtt_ms?: (number | null)[] | null;
  median_ms?: number | null;
  jitter_ms?: number | null;
  sent?: number | null;
  lost?: number | null;
}

/** `at_ms` and `samples_bytes` are columns of one table. */
export interface Memory {
  source?: string | null;
  used_bytes?: number | null;
  limit_bytes?: number | null;
  at_ms?: number[] | null;
  samples_bytes?: number[] | null;
}

export type Facts = Record<string, unknown>;

export interface Environment {
  device?: Facts | null;
  network?: Facts | null;
  app?: Facts | null;
  sdk?: Facts | null;
}

export interface ReportTicket {
  id: string;
  fingerprint: string;
  code: string | null;
  context: Record<string, string> | null;
  issued_at_s: number;
  expires_at_s: number;
}

export interface Urgent {
  kind: string;
  occurred_at_ms: number;
  line?: string | null;
  metrics?: Record<string, number> | null;
}

export interface Feedback {
  verdict: "right" | "wrong";
  cause?: string | null;
  note?: string | null;
  at_ms?: number | null;
}

export interface Report extends Omit<Summary, "urgent"> {
  logs: LogLine[];
  fps?: Fps | null;
  rtt?: Rtt | null;
  memory?: Memory | null;
  environment?: Environment | null;
  ticket?: ReportTicket | null;
  items?: unknown[] | null;
  urgent?: Urgent[] | null;
  diagnosis: Diagnosis;
  feedback?: Feedback[] | null;
  /** Path that opens this report and nothing else, without signing in. */
  link?: string | null;
}
