//! All evidence of one report: codes, indicators, metrics.

use crate::{
    matcher::Matcher,
    metrics::{self, MetricFinding, Metrics},
    pattern::Pattern,
    report::{MatchReport, Owner},
};
use faultscan_knowledge::{Catalogue, Code, Condition, Indicator, Text};
use serde::Serialize;
use std::collections::BTreeMap;

/// What a report brings along.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// Log lines, oldest first.
    pub lines: &'a [String],
    /// Measured numbers.
    pub metrics: Metrics,
    /// The ticket's context.
    pub context: &'a BTreeMap<String, String>,
}

/// What kind of thing spoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Speaker {
    /// A log line.
    Line,
    /// A measured number.
    Metric,
    /// A pair of the ticket's context.
    Context,
    /// A value that a signature captured.
    Capture,
    /// Another code in the same report.
    Code,
}

/// Evidence for or against one cause.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Witness {
    /// The cause.
    pub cause: String,
    /// P(seen | cause) / P(seen | no such cause).
    pub likelihood_ratio: f64,
    /// What it means, for people.
    pub note: Text,
    /// Whose indicator it is.
    pub owner: Owner,
    /// What spoke.
    pub speaker: Speaker,
    /// The lines, where lines spoke.
    pub lines: Vec<u32>,
}

/// All evidence of one report.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Evidence {
    /// Codes found in the lines.
    pub report: MatchReport,
    /// What speaks for or against single causes.
    pub witnesses: Vec<Witness>,
    /// Metrics beyond their thresholds.
    pub metrics: Vec<MetricFinding>,
}

/// Gathers all evidence. A code's indicators count only where the code was found; a cause's
/// indicators always do.
#[must_use]
pub fn gather(catalogue: &Catalogue, matcher: &Matcher, input: &Input<'_>) -> Evidence {
    let mut report = matcher.match_lines(input.lines);
    matcher.add_indicators(input.lines, &mut report);
    let mut witnesses = Vec::new();
    for found in &report.codes {
        let Some(code) = catalogue.code(&found.code) else {
            continue;
        };
        let owner = Owner::Code(code.code.clone());
        for (index, indicator) in code.indicators.iter().enumerate() {
            let scene = Scene {
                report: &report,
                input,
                owner: &owner,
                index,
                code: Some(code),
            };
            witnesses.extend(scene.witness(indicator));
        }
    }
    for cause in catalogue.causes() {
        let owner = Owner::Cause(cause.id.clone());
        for (index, indicator) in cause.indicators.iter().enumerate() {
            let scene = Scene {
                report: &report,
                input,
                owner: &owner,
                index,
                code: None,
            };
            witnesses.extend(scene.witness(indicator));
        }
    }
    let metrics = metrics::findings(&input.metrics, &catalogue.priors().thresholds);
    Evidence {
        report,
        witnesses,
        metrics,
    }
}

struct Scene<'a> {
    report: &'a MatchReport,
    input: &'a Input<'a>,
    owner: &'a Owner,
    index: usize,
    code: Option<&'a Code>,
}

impl Scene<'_> {
    /// The indicator as a witness, if its condition holds.
    fn witness(&self, indicator: &Indicator) -> Option<Witness> {
        let (speaker, lines) = match &indicator.when {
            Condition::Line { .. } => {
                let hits = &self.report.indicators;
                let hit = hits
                    .iter()
                    .find(|hit| hit.owner == *self.owner && hit.index == self.index)?;
                (Speaker::Line, hit.lines.clone())
            }
            Condition::MetricBelow { metric, bound } => {
                self.input
                    .metrics
                    .value(*metric)
                    .filter(|value| value < bound)?;
                (Speaker::Metric, Vec::new())
            }
            Condition::MetricAbove { metric, bound } => {
                self.input
                    .metrics
                    .value(*metric)
                    .filter(|value| value > bound)?;
                (Speaker::Metric, Vec::new())
            }
            Condition::Context { key, pattern } => {
                holds(pattern, self.input.context.get(key)?)?;
                (Speaker::Context, Vec::new())
            }
            Condition::Capture { name, pattern } => {
                let found = self.report.code(&self.code?.code)?;
                holds(pattern, found.captures.get(name)?)?;
                (Speaker::Capture, found.lines.clone())
            }
            Condition::Code(code) => (Speaker::Code, self.report.code(code)?.lines.clone()),
            _ => return None,
        };
        Some(Witness {
            cause: indicator.cause.clone(),
            likelihood_ratio: indicator.likelihood_ratio,
            note: indicator.note.clone(),
            owner: self.owner.clone(),
            speaker,
            lines,
        })
    }
}

/// `Some` if the value matches.
fn holds(pattern: &str, value: &str) -> Option<()> {
    Pattern::new(pattern, false)
        .matches(value.as_bytes())
        .then_some(())
}
