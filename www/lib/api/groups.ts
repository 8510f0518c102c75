/** Groups of like failures, trends, and what there is to narrow by. */
import type { Severity } from "./diagnosis.ts";

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
