/** Sample diagnoses: small single-fault Bayes over a handful of causes, so that answers really move figures. */
import { CASES, LEAVES, TREES } from "./cases.mjs";

function graphOf(kind, causes, best) {
  const byId = new Map(causes.map((c) => [c.id, c]));
  const nodes = new Map();
  const edges = [];
  const leaf = (id) => {
    const cause = byId.get(id);
    const [title, title_zh, p] = LEAVES[id] ?? [cause.title, cause.title_zh, 0];
    const kindOf = id === "sumdb_unreachable" ? "undeveloped" : "basic";
    nodes.set(id, {
      id,
      kind: kindOf,
      gate: null,
      k: null,
      title,
      title_zh,
      probability: cause?.posterior ?? p,
      prior: cause?.prior ?? p,
      observed: null,
      in_best_cut_set: id === best,
    });
  };
  for (const [id, nodeKind, gate, title, title_zh, children, observed] of TREES[kind]) {
    nodes.set(id, {
      id,
      kind: nodeKind,
      gate,
      k: null,
      title,
      title_zh,
      probability: 0,
      prior: 0.05,
      observed: observed ?? null,
      in_best_cut_set: false,
    });
    for (const to of children) edges.push({ from: id, to });
  }
  for (const { to } of edges) if (!nodes.has(to)) leaf(to);
  const probability = (id) => {
    const node = nodes.get(id);
    const kids = edges.filter((e) => e.from === id).map((e) => probability(e.to));
    if (kids.length > 0)
      node.probability =
        node.gate === "and"
          ? kids.reduce((a, b) => a * b, 1)
          : 1 - kids.reduce((a, b) => a * (1 - b), 1);
    if (node.observed) node.probability = 1;
    return node.probability;
  };
  const top = TREES[kind][0][0];
  probability(top);
  return { top, nodes: [...nodes.values()], edges };
}

const title = (items, code) => items.find((i) => i.code === code);

export function kindOf(logs) {
  const text = logs.map((l) => l.message).join("\n");
  return Object.keys(CASES).find((kind) => CASES[kind].match.test(text)) ?? null;
}

function linesOf(logs, pattern) {
  return logs.flatMap((l, i) => (pattern.test(l.message) ? [i + 1] : []));
}

function unexplained() {
  return {
    catalogue_version: "2026.11.24-dev",
    status: "unexplained",
    verdict: {
      text: "",
      text_zh: "",
      code: null,
      cause: null,
      probability: null,
      confidence: "low",
    },
    codes: [],
    causes: [],
    cut_sets: [],
    next_checks: [],
    answers: [],
    forward: [],
    fixes: [],
    graph: null,
    metrics: [
      {
        name: "rtt_high",
        text: "Round trip 620 ms (median): the network is slow.",
        text_zh: "往返时延中位数 620 ms：网络较慢。",
      },
    ],
  };
}

export function diagnose(items, logs, answers = []) {
  const kind = kindOf(logs);
  if (kind === null) return unexplained();
  const c = CASES[kind];
  const weights = c.causes.map(([id, , , , p]) =>
    answers.reduce((w, { check, answer }) => {
      const likelihood = c.checks.find(([checkId]) => checkId === check)?.[6][id] ?? 0.5;
      return answer === "yes" ? w * likelihood : answer === "no" ? w * (1 - likelihood) : w;
    }, p),
  );
  const scale = c.causes.reduce((s, x) => s + x[4], 0) / weights.reduce((s, w) => s + w, 0);
  const causes = c.causes
    .map(([id, t, z, prior, , evidence], i) => ({
      id,
      title: t,
      title_zh: z,
      prior,
      posterior: Math.min(0.998, weights[i] * scale),
      codes: [c.code],
      evidence: [
        ...evidence,
        ...answers.filter((a) => a.answer !== "unsure").map((a) => `${a.check}: ${a.answer}`),
      ],
    }))
    .sort((a, b) => b.posterior - a.posterior);
  const best = causes[0];
  const item = title(items, c.code);
  const sample = logs.map((l) => c.match.exec(l.message)).find((m) => m !== null);
  return {
    catalogue_version: "2026.11.24-dev",
    status: "explained",
    verdict: {
      text: c.verdict[0],
      text_zh: c.verdict[1],
      code: c.code,
      cause: best.id,
      probability: best.posterior,
      confidence: best.posterior > 0.8 ? "high" : best.posterior > 0.5 ? "medium" : "low",
    },
    codes: [
      {
        code: c.code,
        title: item.title,
        title_zh: item.title_zh,
        family: item.family,
        severity: item.severity,
        score: 0.98,
        primary: true,
        reason: null,
        lines: linesOf(logs, c.match),
        captures: { ...sample?.groups },
      },
      ...c.also
        .filter(([, , , , p]) => linesOf(logs, p).length > 0)
        .map(([code, t, z, family, p]) => ({
          code,
          title: t,
          title_zh: z,
          family,
          severity: "high",
          score: 0.71,
          primary: false,
          reason: "Gives way to the code nested in the same trace.",
          reason_zh: "让位于同一堆栈中的内层错误码。",
          lines: linesOf(logs, p),
          captures: {},
        })),
    ],
    causes,
    cut_sets: [
      { events: [best.id], posterior: best.posterior },
      ...(kind === "go"
        ? [{ events: ["goproxy_5xx", "goproxy_comma_no_fallback"], posterior: 0.034 }]
        : []),
    ],
    next_checks: c.checks
      .filter(([id]) => !answers.some((a) => a.check === id))
      .map(([id, q, qz, command, cost_min, gain_bits, , y, n]) => ({
        id,
        question: q,
        question_zh: qz,
        command,
        cost_min,
        gain_bits,
        yes: y[0],
        yes_zh: y[1],
        no: n[0],
        no_zh: n[1],
      })),
    answers,
    forward: c.forward.map(([code, t, z, probability]) => ({
      code,
      title: t,
      title_zh: z,
      probability,
    })),
    fixes: c.fixes.map(([cause, t, z, command, dry_run, undo, s, sz, idempotent, risk]) => ({
      cause,
      title: t,
      title_zh: z,
      command,
      dry_run,
      undo,
      side_effects: s,
      side_effects_zh: sz,
      idempotent,
      risk,
    })),
    graph: graphOf(kind, causes, best.id),
    metrics:
      kind === "db"
        ? []
        : [
            {
              name: "rtt_loss",
              text: "2 of 6 round-trip probes were lost.",
              text_zh: "6 次往返探测中丢失 2 次。",
            },
          ],
  };
}
