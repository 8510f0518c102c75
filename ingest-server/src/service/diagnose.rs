//! From a stored body to a diagnosis, with what lists and searches need of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use faultscan_diagnosis::{
    Answer, CauseName, Diagnoser, Diagnosis, DiagnosisError, EvidenceLine, GivenAnswer, Graph,
    GraphOptions, GraphPart, Input, WhatIf,
};
use faultscan_evidence::{Matcher, Metrics};
use faultscan_knowledge::Catalogue;
use faultscan_wire::{Claims, Level, SnapshotBody};

use super::refusal::{Class, Refusal};
use crate::fingerprint::Likeness;
use crate::ids::ProjectId;
use crate::store::{Answered, Facets};

/// Why there is no engine.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The catalogue makes no fault tree.
    #[error("the catalogue makes no fault tree: {0}")]
    Diagnoser(#[from] DiagnosisError),
}

/// A diagnosis, as it is stored and sent, and what lists and searches need of it.
#[derive(Debug, Clone)]
pub(super) struct Diagnosed {
    pub(super) json: Arc<str>,
    pub(super) facets: Facets,
    /// All codes found.
    pub(super) codes: Vec<String>,
    /// Numbers of the lines that show them, counted from 1.
    pub(super) lines: Vec<usize>,
    /// The verdict, English and Chinese.
    pub(super) verdict: [String; 2],
    /// What is captured of the best code; for a failure that nothing explains its worst line.
    pub(super) captures: BTreeMap<String, String>,
}

impl Diagnosed {
    /// The group of like failures that it belongs to.
    pub(super) fn likeness(&self, project: &ProjectId) -> Likeness {
        let (code, cause) = (self.facets.code.as_deref(), self.facets.cause.as_deref());
        Likeness::of(project, code, cause, &self.captures)
    }
}

/// The catalogue and what diagnoses by it.
pub(super) struct Engine(Diagnoser);

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Engine({})", self.catalogue().version())
    }
}

impl Engine {
    /// The engine of a catalogue.
    pub(super) fn new(catalogue: Catalogue) -> Result<Self, EngineError> {
        Ok(Self(Diagnoser::from_shared(Arc::new(catalogue))?))
    }

    pub(super) fn catalogue(&self) -> &Catalogue {
        self.0.catalogue()
    }

    pub(super) fn matcher(&self) -> &Matcher {
        self.0.matcher()
    }

    /// Diagnoses a scrubbed body under its ticket.
    pub(super) fn diagnose(
        &self,
        claims: &Claims,
        body: &SnapshotBody,
        answers: &[Answered],
    ) -> Result<Diagnosed, Refusal> {
        let input = input(claims, body, answers)?;
        let diagnosis = self.0.diagnose(&input).map_err(|error| refuse(&error))?;
        diagnosed(&diagnosis, body)
    }

    /// A part of the fault tree of a body's diagnosis.
    pub(super) fn graph(
        &self,
        claims: &Claims,
        body: &SnapshotBody,
        answers: &[Answered],
        part: GraphPart<'_>,
        options: &GraphOptions,
    ) -> Result<Graph, Refusal> {
        let input = input(claims, body, answers)?;
        self.0
            .graph(&input, part, options)
            .map_err(|error| refuse(&error))
    }
}

impl Engine {
    /// What follows from assumed causes beside a body's evidence.
    pub(super) fn what_if(
        &self,
        claims: &Claims,
        body: &SnapshotBody,
        answers: &[Answered],
        assumed: &[(String, bool)],
    ) -> Result<WhatIf, Refusal> {
        let input = input(claims, body, answers)?;
        let assumed: Vec<(&str, bool)> = assumed
            .iter()
            .map(|(cause, is_true)| (cause.as_str(), *is_true))
            .collect();
        self.0
            .what_if_beside(&input, &assumed)
            .map_err(|error| refuse(&error))
    }

    /// Causes that can be assumed, by words.
    pub(super) fn find_causes(&self, words: &str) -> Vec<CauseName> {
        self.0.find_causes(words)
    }
}

fn refuse(error: &DiagnosisError) -> Refusal {
    match error {
        DiagnosisError::UnknownNode { .. } => {
            Refusal::new(Class::Missing, error.reason(), error.to_string())
        }
        DiagnosisError::UnknownCheck { .. }
        | DiagnosisError::UnknownCause { .. }
        | DiagnosisError::BadOption { .. } => {
            Refusal::new(Class::Unacceptable, error.reason(), error.to_string())
        }
        _ if error.reason() == "impossible_observations" => {
            let detail = "the assumptions contradict each other or what was seen";
            Refusal::new(Class::Unacceptable, error.reason(), detail)
        }
        _ => {
            tracing::error!(%error, "a diagnosis failed");
            Refusal::internal(error.reason())
        }
    }
}

fn input(claims: &Claims, body: &SnapshotBody, answers: &[Answered]) -> Result<Input, Refusal> {
    let given = |answered: &Answered| -> Result<GivenAnswer, Refusal> {
        let answer: Answer = answered
            .answer
            .parse()
            .map_err(|error| Refusal::new(Class::Unacceptable, "bad_answer", format!("{error}")))?;
        Ok(GivenAnswer {
            check: answered.check.clone(),
            answer,
        })
    };
    let evidence = |evidence: &faultscan_wire::TicketEvidence| EvidenceLine {
        code: evidence.code.clone(),
        line: evidence.line.clone(),
    };
    Ok(Input {
        lines: body
            .logs
            .lines
            .iter()
            .map(|line| line.message.clone())
            .collect(),
        ticket_evidence: claims.evidence.iter().map(evidence).collect(),
        ticket_code: claims.code.clone(),
        context: claims.context.clone(),
        metrics: metrics(body),
        answers: answers.iter().map(given).collect::<Result<_, _>>()?,
    })
}

fn metrics(body: &SnapshotBody) -> Metrics {
    const MEGABYTE: f64 = 1_048_576.0;
    let rtt = body.rtt.as_ref();
    let memory = body.memory.as_ref();
    let loss = |rtt: &faultscan_wire::body::Rtt| match (rtt.sent, rtt.lost) {
        (Some(sent), Some(lost)) if sent > 0 => Some(f64::from(lost) / f64::from(sent)),
        _ => None,
    };
    let megabytes = |bytes: u64| bytes as f64 / MEGABYTE;
    Metrics {
        fps: body.fps.as_ref().and_then(|fps| fps.mean).map(f64::from),
        rtt_ms: rtt.and_then(|rtt| rtt.median_ms).map(f64::from),
        loss_ratio: rtt.and_then(loss),
        memory_mb: memory.and_then(|memory| memory.used_bytes).map(megabytes),
        memory_limit_mb: memory.and_then(|memory| memory.limit_bytes).map(megabytes),
    }
}

fn diagnosed(diagnosis: &Diagnosis, body: &SnapshotBody) -> Result<Diagnosed, Refusal> {
    let json = serde_json::to_string(diagnosis).map_err(|error| {
        tracing::error!(%error, "a diagnosis cannot be written as JSON");
        Refusal::internal("diagnosis_json")
    })?;
    let mut lines: Vec<usize> = diagnosis
        .codes
        .iter()
        .flat_map(|code| &code.lines)
        .filter_map(|line| usize::try_from(*line).ok())
        .collect();
    lines.sort_unstable();
    lines.dedup();
    let facets = facets(diagnosis);
    Ok(Diagnosed {
        json: Arc::from(json),
        captures: captures(diagnosis, &facets, body),
        verdict: [
            diagnosis.verdict.text.clone(),
            diagnosis.verdict.text_zh.clone(),
        ],
        facets,
        codes: diagnosis
            .codes
            .iter()
            .map(|code| code.code.clone())
            .collect(),
        lines,
    })
}

/// What makes a failure like others: see [`crate::fingerprint`].
fn captures(
    diagnosis: &Diagnosis,
    facets: &Facets,
    body: &SnapshotBody,
) -> BTreeMap<String, String> {
    if let Some(code) = &facets.code {
        let found = diagnosis.codes.iter().find(|found| found.code == *code);
        return found
            .map(|found| found.captures.clone())
            .unwrap_or_default();
    }
    let lines = body.logs.lines.iter();
    // The last of the worst level: `max_by_key` takes the last of equals.
    let worst = lines
        .filter(|line| level_rank(line.level) >= level_rank(Level::Warn))
        .max_by_key(|line| level_rank(line.level));
    worst
        .map(|line| ("line".to_owned(), line.message.clone()))
        .into_iter()
        .collect()
}

/// Worse levels have higher ranks.
pub(super) fn level_rank(level: Level) -> u8 {
    match level {
        Level::Fatal => 3,
        Level::Error => 2,
        Level::Warn => 1,
        _ => 0,
    }
}

fn facets(diagnosis: &Diagnosis) -> Facets {
    let verdict = &diagnosis.verdict;
    let code = verdict
        .code
        .as_ref()
        .and_then(|code| diagnosis.codes.iter().find(|found| found.code == *code))
        .or(diagnosis.codes.first());
    let cause = verdict
        .cause
        .as_ref()
        .and_then(|cause| diagnosis.causes.iter().find(|ranked| ranked.id == *cause));
    Facets {
        code: code.map(|code| code.code.clone()),
        family: code.map(|code| code.family.clone()),
        title: code.map_or_else(|| verdict.text.clone(), |code| code.title.clone()),
        title_zh: code.map_or_else(|| verdict.text_zh.clone(), |code| code.title_zh.clone()),
        cause: verdict.cause.clone(),
        cause_title: cause.map(|cause| cause.title.clone()).unwrap_or_default(),
        cause_title_zh: cause
            .map(|cause| cause.title_zh.clone())
            .unwrap_or_default(),
        probability: verdict.cause.is_some().then_some(verdict.probability),
        severity: code.map(|code| code.severity.clone()),
        status: match diagnosis.status {
            faultscan_diagnosis::Status::Explained => "explained",
            faultscan_diagnosis::Status::Unexplained => "unexplained",
        }
        .to_owned(),
    }
}
