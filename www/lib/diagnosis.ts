import type { Diagnosis, Report } from "./api.ts";

const LISTS = [
  "codes",
  "causes",
  "cut_sets",
  "next_checks",
  "answers",
  "forward",
  "fixes",
  "metrics",
] as const;

function list<T>(value: T[] | null | undefined): T[] {
  return Array.isArray(value) ? value : [];
}

/**
 * A server of another version may leave fields out. What is missing becomes empty, so that the rest
 * is still shown; what is no diagnosis at all becomes an unexplained one.
 */
export function completeDiagnosis(from: unknown): Diagnosis {
  const d = (typeof from === "object" && from !== null ? from : {}) as Partial<Diagnosis>;
  const graph = d.graph ?? null;
  const complete: Diagnosis = {
    ...(d as Diagnosis),
    catalogue_version: d.catalogue_version ?? "",
    status: d.status ?? "unexplained",
    verdict: {
      text: "",
      text_zh: "",
      code: null,
      cause: null,
      probability: null,
      confidence: "low",
      ...d.verdict,
    },
    graph:
      graph !== null && Array.isArray(graph.nodes) && Array.isArray(graph.edges) ? graph : null,
  };
  const lists = Object.fromEntries(LISTS.map((name) => [name, list<unknown>(d[name])]));
  const codes = list(d.codes).map((c) => ({
    ...c,
    lines: list(c.lines),
    captures: c.captures ?? {},
  }));
  const causes = list(d.causes).map((c) => ({
    ...c,
    codes: list(c.codes),
    evidence: list(c.evidence),
  }));
  return Object.assign(complete, lists, { codes, causes });
}

export function completeReport(report: Report): Report {
  return { ...report, logs: list(report.logs), diagnosis: completeDiagnosis(report.diagnosis) };
}
