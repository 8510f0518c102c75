//! The data files as they are written. Everything here is turned into domain types by the loader.

use crate::{
    action::{Instruction, Risk},
    cause::CauseKind,
    code::{
        ClientNote, EvidenceLevel, Family, Guideline, MetricName, NearMiss, Probability,
        ProbabilityClass, Provenance, Runbook, Sample, Severity, VersionRange,
    },
    text::Text,
};
use serde::Deserialize;
use std::collections::BTreeMap;

/// `codes/<family>/<CODE>.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CodeFile {
    pub(crate) schema: u32,
    pub(crate) code: String,
    pub(crate) family: Family,
    pub(crate) severity: Severity,
    pub(crate) evidence_level: EvidenceLevel,
    pub(crate) title: Text,
    pub(crate) explanation: Text,
    pub(crate) verdict: Text,
    pub(crate) gate: String,
    pub(crate) probability: Probability,
    pub(crate) signatures: Vec<RawSignature>,
    pub(crate) samples: Vec<Sample>,
    pub(crate) near_misses: Vec<NearMiss>,
    pub(crate) indicators: Vec<RawIndicator>,
    pub(crate) checks: Vec<RawCheck>,
    #[serde(default)]
    pub(crate) fixes: Vec<RawFix>,
    pub(crate) runbook: Runbook,
    pub(crate) prevention: Text,
    pub(crate) versions: Vec<VersionRange>,
    pub(crate) provenance: Vec<Provenance>,
    pub(crate) client_notes: Vec<ClientNote>,
    pub(crate) guideline: Option<Guideline>,
    #[serde(default)]
    pub(crate) related: Vec<String>,
    #[serde(default)]
    pub(crate) wraps: Vec<String>,
    #[serde(default)]
    pub(crate) yields_to: Vec<String>,
}

/// `causes/<domain>.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CauseFile {
    pub(crate) schema: u32,
    pub(crate) domain: String,
    pub(crate) causes: Vec<RawCause>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawCause {
    pub(crate) id: String,
    #[serde(default = "basic")]
    pub(crate) kind: CauseKind,
    pub(crate) develops: Option<String>,
    pub(crate) title: Text,
    pub(crate) prior: Probability,
    pub(crate) evidence: Text,
    #[serde(default)]
    pub(crate) indicators: Vec<RawIndicator>,
    #[serde(default)]
    pub(crate) checks: Vec<RawCheck>,
    #[serde(default)]
    pub(crate) fixes: Vec<RawFix>,
}

fn basic() -> CauseKind {
    CauseKind::Basic
}

/// `trees/<id>.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TreeFile {
    pub(crate) schema: u32,
    pub(crate) tree: String,
    pub(crate) family: Family,
    pub(crate) title: Text,
    pub(crate) top: RawTop,
    pub(crate) axes: Vec<RawAxis>,
    pub(crate) gates: Vec<RawGate>,
    pub(crate) events: Vec<RawEvent>,
    pub(crate) runbook: Runbook,
    pub(crate) prevention: Text,
    pub(crate) versions: Vec<VersionRange>,
    pub(crate) client_notes: Vec<ClientNote>,
    pub(crate) guideline: Option<Guideline>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawTop {
    pub(crate) id: String,
    pub(crate) title: Text,
    pub(crate) gate: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawAxis {
    pub(crate) id: String,
    pub(crate) title: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawGate {
    pub(crate) id: String,
    pub(crate) axis: String,
    pub(crate) title: Text,
    pub(crate) gate: String,
    pub(crate) symptom: Option<RawSymptom>,
    #[serde(default)]
    pub(crate) checks: Vec<RawCheck>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawEvent {
    pub(crate) id: String,
    pub(crate) axis: String,
    pub(crate) title: Text,
    pub(crate) prior: Probability,
    pub(crate) evidence: Text,
    /// Why no software names this event; then it has no symptom of its own.
    pub(crate) silent: Option<String>,
    pub(crate) symptom: Option<RawSymptom>,
    #[serde(default)]
    pub(crate) indicators: Vec<RawIndicator>,
    pub(crate) checks: Vec<RawCheck>,
    pub(crate) fixes: Vec<RawFix>,
}

/// What makes an event or gate of a tree a code.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawSymptom {
    pub(crate) severity: Severity,
    pub(crate) evidence_level: EvidenceLevel,
    pub(crate) explanation: Text,
    pub(crate) verdict: Text,
    pub(crate) signatures: Vec<RawSignature>,
    pub(crate) samples: Vec<Sample>,
    pub(crate) near_misses: Vec<NearMiss>,
    #[serde(default)]
    pub(crate) indicators: Vec<RawIndicator>,
    pub(crate) provenance: Vec<Provenance>,
    #[serde(default)]
    pub(crate) versions: Vec<VersionRange>,
    #[serde(default)]
    pub(crate) related: Vec<String>,
    #[serde(default)]
    pub(crate) wraps: Vec<String>,
    #[serde(default)]
    pub(crate) yields_to: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawSignature {
    pub(crate) id: String,
    pub(crate) software: Vec<String>,
    pub(crate) since: Option<String>,
    pub(crate) pattern: String,
    pub(crate) literals: Vec<String>,
    #[serde(default)]
    pub(crate) ignore_case: bool,
    #[serde(default)]
    pub(crate) multiline: bool,
    pub(crate) sensitivity: Option<f64>,
    pub(crate) false_alarm: Option<f64>,
    #[serde(default)]
    pub(crate) rare: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawIndicator {
    pub(crate) cause: Option<String>,
    pub(crate) when: RawCondition,
    pub(crate) likelihood_ratio: f64,
    pub(crate) note: Text,
}

/// Exactly one of `line`, `metric`, `context`, `capture`, `code` says what kind it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawCondition {
    pub(crate) line: Option<String>,
    #[serde(default)]
    pub(crate) literals: Vec<String>,
    #[serde(default)]
    pub(crate) ignore_case: bool,
    pub(crate) metric: Option<MetricName>,
    pub(crate) below: Option<f64>,
    pub(crate) above: Option<f64>,
    pub(crate) context: Option<String>,
    pub(crate) capture: Option<String>,
    pub(crate) matches: Option<String>,
    pub(crate) code: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawCheck {
    pub(crate) id: String,
    pub(crate) question: Text,
    pub(crate) command: Instruction,
    pub(crate) cost_min: f64,
    pub(crate) test: String,
    pub(crate) hit: Option<f64>,
    pub(crate) false_alarm: Option<f64>,
    pub(crate) yes: Text,
    pub(crate) no: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawFix {
    pub(crate) cause: Option<String>,
    pub(crate) title: Text,
    pub(crate) command: Instruction,
    pub(crate) dry_run: Instruction,
    pub(crate) undo: Instruction,
    pub(crate) side_effects: Text,
    pub(crate) idempotent: bool,
    pub(crate) risk: Risk,
}

/// `priors.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PriorsFile {
    pub(crate) schema: u32,
    pub(crate) basis: String,
    pub(crate) classes: Vec<RawClass>,
    pub(crate) signature: RawSignatureDefaults,
    pub(crate) check: RawCheckDefaults,
    pub(crate) metrics: RawMetrics,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawClass {
    pub(crate) class: ProbabilityClass,
    pub(crate) probability: f64,
    pub(crate) basis: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawSignatureDefaults {
    pub(crate) sensitivity: f64,
    pub(crate) false_alarm: f64,
    pub(crate) basis: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawCheckDefaults {
    pub(crate) hit: f64,
    pub(crate) false_alarm: f64,
    pub(crate) basis: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawMetrics {
    pub(crate) fps_below: f64,
    pub(crate) rtt_ms_above: f64,
    pub(crate) loss_ratio_above: f64,
    pub(crate) memory_mb_above: f64,
    pub(crate) memory_ratio_above: f64,
    pub(crate) basis: String,
}

/// `proofs.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProofFile {
    pub(crate) schema: u32,
    #[serde(default)]
    pub(crate) proof: Vec<RawProof>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawProof {
    pub(crate) code: String,
    pub(crate) case: String,
    pub(crate) software: String,
    pub(crate) line: String,
}

/// `release.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReleaseFile {
    pub(crate) schema: u32,
    pub(crate) release: String,
    /// How many codes each family has; what is not named may be any number.
    #[serde(default)]
    pub(crate) codes: BTreeMap<Family, usize>,
    /// How many events each tree has.
    #[serde(default)]
    pub(crate) events: BTreeMap<String, usize>,
}
