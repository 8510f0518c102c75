/**
 * What the server's JSON looks like on the wire. Snake case, as sent; no logic lives here.
 * English and Chinese come in pairs: `title` and `title_zh` (see `localized` in i18n/localized.ts).
 */

export type Severity = "low" | "medium" | "high" | "critical" | (string & {});
export type Confidence = "high" | "medium" | "low" | (string & {});
export type Answer = "yes" | "no" | "unsure";
export type Risk = "low" | "medium" | "high" | (string & {});
export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal" | (string & {});

export interface Problem {
  type?: string;
  title?: string;
  status?: number;
  reason?: string;
  detail?: string;
}

export interface Me {
  authenticated: boolean;
  csrf_token: string | null;
  public_origin: string;
}

export interface Verdict {
  text: string;
  text_zh: string;
  code: string | null;
  cause: string | null;
  probability: number | null;
  confidence: Confidence;
}

export interface CodeMatch {
  code: string;
  title: string;
  title_zh: string;
  family: string;
  severity: Severity;
  score: number;
  primary: boolean;
  reason?: string | null;
  reason_zh?: string | null;
  /** 1-based indices into the report's logs. */
  lines: number[];
  captures: Record<string, string>;
}

export interface Cause {
  id: string;
  title: string;
  title_zh: string;
  prior: number;
  posterior: number;
  codes: string[];
  evidence: string[];
  evidence_zh?: string[] | null;
  /** What moved it, in the order in which it was weighed. */
  influence?: Influence[] | null;
}

/** One step from prior to posterior; the bits of all steps add up. */
export interface Influence {
  kind: "code" | "ticket" | "indicator" | "develops" | "absence" | "answer" | (string & {});
  code?: string | null;
  check?: string | null;
  /** 1-based indices into the report's logs. */
  lines: number[];
  text: string;
  text_zh: string;
  /** Change of the log-odds. */
  bits: number;
  /** The probability after this step. */
  after: number;
}

export interface PriorSensitivity {
  cause: string;
  title: string;
  title_zh: string;
  /** What the odds of the prior would have to be multiplied by. */
  factor: number;
  prior: number;
  becomes: string | null;
}

/** How far a prior would have to be off to change the verdict. */
export interface Sensitivity {
  cause: string;
  factor: number | null;
  text: string;
  text_zh: string;
  priors: PriorSensitivity[];
}

export interface CutSet {
  events: string[];
  posterior: number;
}

export interface NextCheck {
  id: string;
  question: string;
  question_zh: string;
  command?: string | null;
  cost_min: number;
  gain_bits: number;
  yes?: string | null;
  yes_zh?: string | null;
  no?: string | null;
  no_zh?: string | null;
}

export interface GivenAnswer {
  check: string;
  answer: Answer;
}

export interface Consequence {
  code: string;
  title: string;
  title_zh: string;
  probability: number;
  prior?: number;
}

export interface Fix {
  cause: string;
  title: string;
  title_zh: string;
  command?: string | null;
  dry_run?: string | null;
  undo?: string | null;
  side_effects?: string | null;
  side_effects_zh?: string | null;
  idempotent: boolean;
  risk: Risk;
}

export type NodeKind = "gate" | "basic" | "undeveloped" | "house" | "code" | (string & {});
export type GateKind =
  | "or"
  | "and"
  | "atleast"
  | "not"
  | "xor"
  | "inhibit"
  | "null"
  | (string & {});

export interface GraphNode {
  id: string;
  kind: NodeKind;
  gate?: GateKind | null;
  k?: number | null;
  title: string;
  title_zh: string;
  probability: number | null;
  prior?: number | null;
  observed?: boolean | null;
  in_best_cut_set?: boolean;
  /** How much it is worth drawing; no probability. */
  weight?: number;
  guideline?: boolean;
  /** Inputs in the whole tree; where fewer are drawn, there is more to load. */
  inputs?: number;
  /** Distinct nodes below it in the whole tree. */
  below?: number;
  /** Inputs that are told with it instead of drawn. */
  merged?: MergedNode[];
}

export interface MergedNode {
  id: string;
  title: string;
  title_zh: string;
  probability: number;
}

export interface GraphEdge {
  from: string;
  to: string;
}

export interface Graph {
  top: string;
  nodes: GraphNode[];
  edges: GraphEdge[];
  /** Names this state of this view. */
  version?: string;
  total?: number;
  merged?: number;
  pruned?: number;
  hidden?: number;
}

export interface GraphDiff {
  from: string;
  to: string;
  top: string;
  added: GraphNode[];
  removed: string[];
  changed: GraphNode[];
  added_edges: GraphEdge[];
  removed_edges: GraphEdge[];
  total: number;
  merged: number;
  pruned: number;
  hidden: number;
}

/** The answer to a question for a graph: the graph, or what changed since the version at hand. */
export interface GraphAnswer {
  graph?: Graph;
  diff?: GraphDiff;
}

export type GraphFormat = "mermaid" | "dot" | "open-psa";

export interface MetricNote {
  name: string;
  text: string;
  text_zh: string;
}

export interface DiagnosisNote {
  reason: string;
  text: string;
  text_zh: string;
}

export interface Diagnosis {
  catalogue_version: string;
  status: "explained" | "unexplained" | (string & {});
  verdict: Verdict;
  codes: CodeMatch[];
  causes: Cause[];
  cut_sets: CutSet[];
  /** What moved the verdict. */
  influence?: Influence[] | null;
  sensitivity?: Sensitivity | null;
  next_checks: NextCheck[];
  answers: GivenAnswer[];
  forward: Consequence[];
  fixes: Fix[];
  graph: Graph | null;
  metrics: MetricNote[];
  /** What the diagnosis wants said about itself, such as an answer it could not use. */
  notes?: DiagnosisNote[] | null;
}

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

export type GroupState = "new" | "confirmed" | "fixed" | "regressed" | (string & {});

/** Reports in equal steps of time; the last step is still going on. */
export interface Curve {
  from_ms: number;
  step_ms: number;
  counts: number[];
}

export interface GroupFacts {
  id: string;
  project: string;
  code: string | null;
  family: string | null;
  title: string;
  title_zh: string;
  cause: string | null;
  cause_title: string;
  cause_title_zh: string;
  severity: Severity | null;
  status: string;
  captures: Record<string, string>;
  state: GroupState;
  state_at_ms: number;
  assignee: string;
  note: string;
  first_seen_ms: number;
  last_seen_ms: number;
  reports: number;
  right: number;
  wrong: number;
}

export interface GroupSummary extends GroupFacts {
  curve: Curve;
}

export interface GroupPage {
  items: GroupSummary[];
  next: string | null;
}

export interface Group extends GroupFacts {
  curve: Curve;
  history: { at_ms: number; state: GroupState; report: string | null }[];
  feedback: {
    verdict: "right" | "wrong";
    cause: string | null;
    cause_title: string;
    cause_title_zh: string;
    entries: number;
  }[];
}

export interface GroupEdit {
  state?: GroupState;
  assignee?: string;
  note?: string;
}

export interface TrendSeries {
  key: string | null;
  title: string;
  title_zh: string;
  total: number;
  counts: number[];
}

export interface Trend {
  from_ms: number;
  step_ms: number;
  series: TrendSeries[];
  others: number[];
  others_count: number;
}

export interface FacetValue {
  value: string;
  title: string;
  title_zh: string;
  reports: number;
}

export interface Facets {
  reports: number;
  states: Record<string, number>;
  projects: FacetValue[];
  families: FacetValue[];
  codes: FacetValue[];
  causes: FacetValue[];
  os: FacetValue[];
  app_versions: FacetValue[];
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

export interface TicketRequest {
  environment: { os: string; arch: string; network_type: string; app_version: string };
  ttl_s: number;
  code?: string;
  context?: Record<string, string>;
  evidence?: { code?: string; line: string }[];
}

export interface IssuedTicket {
  ticket_id: string;
  text: string;
  url: string;
  decimal: string;
  key_id: string;
  issued_at_s: number;
  expires_at_s: number;
  qr_svg: string;
  qr_png: string;
}

export interface CatalogueItem {
  code: string;
  family: string;
  severity: Severity;
  title: string;
  title_zh: string;
  scene?: string | null;
  scene_zh?: string | null;
  proof?: Proof;
  /** Why a search found it. */
  found_by?: "name" | "message" | "words" | (string & {});
}

/** How well a code is proven: seen live, quoted, defined by us, or from memory. */
export type Proof = "live" | "quoted" | "defined" | "memory" | (string & {});

export interface CatalogueList {
  version: string;
  items: CatalogueItem[];
}

/** A catalogue entry is data with more fields than any page needs to know; see dashboard/pages/entry. */
export type CatalogueEntry = CatalogueItem & Record<string, unknown>;
