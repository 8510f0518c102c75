/** What is wrong, why, and what to do. */
import type { Graph } from "./graph.ts";

export type Severity = "low" | "medium" | "high" | "critical" | (string & {});
export type Confidence = "high" | "medium" | "low" | (string & {});
export type Answer = "yes" | "no" | "unsure";
export type Risk = "low" | "medium" | "high" | (string & {});

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
  /** Where `command` is a sentence: the sentence in Chinese. */
  command_zh?: string | null;
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
  /** The Chinese forms are there where a command is a sentence instead; so for each of the three. */
  command_zh?: string | null;
  dry_run?: string | null;
  dry_run_zh?: string | null;
  undo?: string | null;
  undo_zh?: string | null;
  side_effects?: string | null;
  side_effects_zh?: string | null;
  idempotent: boolean;
  risk: Risk;
}

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

/** The probability of a code, a cause or a top event, without and with assumptions. */
export interface Follows {
  id: string;
  title: string;
  title_zh: string;
  /** Before any evidence. */
  prior: number;
  /** By the evidence. */
  now: number;
  /** By the evidence and the assumptions. */
  then: number;
}

/** What follows from assumed causes, beside what is believed without them. */
export interface WhatIf {
  assumed: Follows[];
  codes: Follows[];
  /** Top events of larger trees above an assumed cause. */
  tops: Follows[];
  /** Other causes of what was seen that become more or less likely. */
  causes: Follows[];
}

/** A cause that can be assumed. */
export interface CauseName {
  id: string;
  title: string;
  title_zh: string;
  prior: number;
}
