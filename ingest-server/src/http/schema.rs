//! The diagnosis as OpenAPI describes it. The crate `faultscan-diagnosis` makes its JSON and knows no
//! OpenAPI; a test reads a real diagnosis through these types and finds every field on both sides.

#![allow(dead_code, reason = "these types only describe")]

use std::collections::BTreeMap;

use serde::Deserialize;
use utoipa::ToSchema;

/// What is wrong, why, and what to do. Texts come in pairs: `x` in English, `x_zh` in Chinese.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Diagnosis {
    catalogue_version: String,
    /// `explained` or `unexplained`.
    status: String,
    verdict: Verdict,
    /// Codes found, best first.
    codes: Vec<FoundCode>,
    /// Root causes, most probable first.
    causes: Vec<RankedCause>,
    cut_sets: Vec<RankedCutSet>,
    /// What moved the verdict, in the order in which it was weighed.
    influence: Vec<Influence>,
    /// How far a prior would have to be off to change the verdict.
    sensitivity: Option<Sensitivity>,
    /// Ids of the causes that are true in the likeliest joint state.
    explanation: Vec<String>,
    /// Most information for its cost first.
    next_checks: Vec<NextCheck>,
    answers: Vec<GivenAnswer>,
    /// What else is likely to fail.
    forward: Vec<Consequence>,
    fixes: Vec<Fix>,
    graph: GraphView,
    metrics: Vec<MetricNote>,
    notes: Vec<Note>,
}

/// The answer in one sentence.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Verdict {
    text: String,
    text_zh: String,
    code: Option<String>,
    cause: Option<String>,
    probability: f64,
    /// `low`, `medium` or `high`.
    confidence: String,
}

/// A code that the evidence shows.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FoundCode {
    code: String,
    title: String,
    title_zh: String,
    family: String,
    severity: String,
    /// 0 to 1.
    score: f64,
    primary: bool,
    reason: String,
    reason_zh: String,
    /// Numbers of the report's log lines, counted from 1.
    lines: Vec<u32>,
    captures: BTreeMap<String, String>,
    probability: f64,
}

/// A root cause before and after the evidence.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RankedCause {
    id: String,
    title: String,
    title_zh: String,
    prior: f64,
    posterior: f64,
    codes: Vec<String>,
    evidence: Vec<String>,
    evidence_zh: Vec<String>,
    /// What moved it, in the order in which it was weighed.
    influence: Vec<Influence>,
}

/// One step from prior to posterior. The bits of all steps add up to the change of the log-odds.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Influence {
    /// `code`, `ticket`, `indicator`, `develops`, `absence` or `answer`.
    kind: String,
    code: Option<String>,
    check: Option<String>,
    /// Numbers of the report's log lines, counted from 1.
    lines: Vec<u32>,
    text: String,
    text_zh: String,
    /// Change of the log-odds: +1 doubles the odds.
    bits: f64,
    /// The probability after this step.
    after: f64,
}

/// How far a prior would have to be off to change the verdict.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Sensitivity {
    /// The cause of the verdict.
    cause: String,
    /// Above 1; none: no single prior can change the verdict.
    factor: Option<f64>,
    text: String,
    text_zh: String,
    /// The most delicate first.
    priors: Vec<PriorSensitivity>,
}

/// What one prior can do to the verdict.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PriorSensitivity {
    cause: String,
    title: String,
    title_zh: String,
    /// What the odds of the prior would have to be multiplied by.
    factor: f64,
    /// The prior that this makes.
    prior: f64,
    /// The cause that would then come first; none: nothing would explain the evidence.
    becomes: Option<String>,
}

/// Causes that together bring about what was observed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RankedCutSet {
    events: Vec<String>,
    posterior: f64,
    codes: Vec<String>,
}

/// A question whose answer would tell most.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NextCheck {
    id: String,
    question: String,
    question_zh: String,
    command: Option<String>,
    /// Where `command` is a sentence: the sentence in Chinese.
    command_zh: Option<String>,
    cost_min: f64,
    gain_bits: f64,
    probability_yes: f64,
    yes: String,
    yes_zh: String,
    no: String,
    no_zh: String,
}

/// A check with its answer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GivenAnswer {
    check: String,
    /// `yes`, `no` or `unsure`.
    answer: String,
}

/// A failure that follows from the same causes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Consequence {
    code: String,
    title: String,
    title_zh: String,
    probability: f64,
    /// Before the evidence.
    prior: f64,
}

/// What follows from assumptions, beside what is believed without them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WhatIf {
    /// What was assumed; `then` is 1 or 0.
    assumed: Vec<Follows>,
    /// Codes above an assumed cause, most probable first.
    codes: Vec<Follows>,
    /// Top events of larger trees above an assumed cause, most probable first.
    tops: Vec<Follows>,
    /// Other causes of what was seen that become more or less likely, those that move most first.
    causes: Vec<Follows>,
}

/// The probability of a code, a cause or a top event, without and with the assumptions.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Follows {
    id: String,
    title: String,
    title_zh: String,
    /// Before any evidence.
    prior: f64,
    /// By the evidence.
    now: f64,
    /// By the evidence and the assumptions.
    then: f64,
}

/// A cause that can be assumed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CauseName {
    id: String,
    title: String,
    title_zh: String,
    /// How likely it is before any evidence.
    prior: f64,
}

/// A step that mends a cause.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Fix {
    cause: String,
    title: String,
    title_zh: String,
    command: Option<String>,
    /// Where `command` is a sentence: the sentence in Chinese.
    command_zh: Option<String>,
    dry_run: Option<String>,
    /// Where `dry_run` is a sentence: the sentence in Chinese.
    dry_run_zh: Option<String>,
    undo: Option<String>,
    /// Where `undo` is a sentence: the sentence in Chinese.
    undo_zh: Option<String>,
    side_effects: String,
    side_effects_zh: String,
    idempotent: bool,
    /// `low`, `medium` or `high`.
    risk: String,
}

/// A view of the fault tree at hand.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GraphView {
    /// Names this state of this view.
    version: String,
    /// Empty where there is nothing to draw.
    top: String,
    nodes: Vec<GraphNode>,
    edges: Vec<GraphEdge>,
    /// Nodes of the whole tree (of an expansion: below its top): those drawn and the next three.
    total: u32,
    /// Told with their gate.
    merged: u32,
    /// Left out as too unlikely.
    pruned: u32,
    /// Left out to keep the bound, or below the levels asked for.
    hidden: u32,
}

/// What leads from one version of a view to another.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GraphChanges {
    /// The version that it starts from.
    from: String,
    /// The version that it leads to.
    to: String,
    top: String,
    added: Vec<GraphNode>,
    removed: Vec<String>,
    /// Nodes that say something else now, whole.
    changed: Vec<GraphNode>,
    added_edges: Vec<GraphEdge>,
    removed_edges: Vec<GraphEdge>,
    total: u32,
    merged: u32,
    pruned: u32,
    hidden: u32,
}

/// A node to draw.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GraphNode {
    id: String,
    /// `gate`, `basic`, `undeveloped`, `house` or `code`.
    kind: String,
    /// `or`, `and`, `atleast`, `not`, `xor`, `inhibit` or `null`.
    gate: Option<String>,
    k: Option<u32>,
    title: String,
    title_zh: String,
    probability: f64,
    prior: f64,
    observed: Option<bool>,
    in_best_cut_set: bool,
    /// How much it is worth drawing, 0 to 1; no probability.
    weight: f64,
    /// Whether a guideline supports it.
    guideline: bool,
    /// Inputs in the whole tree; where fewer are drawn, it can be expanded.
    inputs: u32,
    /// Distinct nodes below it in the whole tree.
    below: u32,
    /// Inputs that are told with it instead of drawn.
    merged: Vec<MergedNode>,
}

/// A node that is told with its gate.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MergedNode {
    id: String,
    title: String,
    title_zh: String,
    probability: f64,
}

/// An edge from a gate to its input.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GraphEdge {
    from: String,
    to: String,
}

/// A metric that is out of the ordinary.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MetricNote {
    name: String,
    text: String,
    text_zh: String,
}

/// A remark on the diagnosis itself.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Note {
    reason: String,
    text: String,
    text_zh: String,
}

#[cfg(test)]
mod tests {
    use faultscan_diagnosis::{Answer, Diagnoser, GivenAnswer, Input};
    use faultscan_knowledge::Catalogue;

    use super::Diagnosis;

    /// Every field of a real diagnosis is described, and every described field is there.
    #[test]
    fn the_description_fits_what_is_sent() {
        let diagnoser = Diagnoser::new(&Catalogue::builtin().unwrap()).unwrap();
        let mut input = Input::from_lines(["/bin/sh: 1: go: command not found"]);
        input.metrics.fps = Some(5.0);
        let first = diagnoser.diagnose(&input).unwrap();
        let check = first
            .next_checks
            .first()
            .expect("something to check")
            .id
            .clone();
        let input = input.with_answer(GivenAnswer {
            check,
            answer: Answer::Unsure,
        });
        let diagnosis = diagnoser.diagnose(&input).unwrap();
        let json = serde_json::to_string(&diagnosis).unwrap();
        serde_json::from_str::<Diagnosis>(&json).unwrap();
        let changes = faultscan_diagnosis::GraphDiff::between(&first.graph, &diagnosis.graph);
        let changes = serde_json::to_string(&changes).unwrap();
        serde_json::from_str::<super::GraphChanges>(&changes).unwrap();
        let parts = [
            diagnosis.codes.len(),
            diagnosis.causes.len(),
            diagnosis.cut_sets.len(),
            diagnosis.answers.len(),
            diagnosis.fixes.len(),
            diagnosis.graph.nodes.len(),
            diagnosis.graph.edges.len(),
            diagnosis.metrics.len(),
            diagnosis.influence.len(),
            diagnosis.sensitivity.iter().len(),
        ];
        assert!(
            parts.iter().all(|part| *part > 0),
            "the sample shows every part: {parts:?}"
        );
    }
}
