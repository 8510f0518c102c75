//! What moved a probability by how much: the evidence is weighed one piece after the other, and each
//! is credited with the change of the log-odds that it made. The changes add up exactly to the way
//! from the prior to the posterior, so nothing of the result is left without a reason. What a piece
//! is credited with depends on what stood before it: the order is that of the findings, answers
//! last and in the order given, so an answer's figure is what was seen to happen when it was given.

use faultscan_faulttree::Arrange as _;
use faultscan_faulttree::{GateId, NodeId, Posterior};
use faultscan_knowledge::Text;

use crate::error::DiagnosisError;
use crate::findings::{Findings, Leaks, Piece, Source};
use crate::model::Model;
use crate::report::{Influence, InfluenceKind};

/// Pieces of one kind that are weighed one by one; the others of the kind are one step together.
const SINGLE_MAX: usize = 12;
/// A change smaller than this, in bits, is none.
const BITS_MIN: f64 = 1e-9;
/// Keeps the log-odds of what a float calls certain finite.
const CERTAINTY: f64 = 1e-15;

/// Log-odds in bits.
pub(crate) fn log_odds(probability: f64) -> f64 {
    let p = probability.clamp(CERTAINTY, 1.0 - CERTAINTY);
    (p / (1.0 - p)).log2()
}

/// One step: pieces that are weighed together.
struct Step<'a> {
    kind: InfluenceKind,
    pieces: Vec<&'a Piece>,
}

/// The way from the priors to the posterior.
pub(crate) struct Course<'a> {
    steps: Vec<Step<'a>>,
    /// What is believed after each step, the last left out: that is the posterior.
    beliefs: Vec<Posterior>,
}

fn kind(source: &Source) -> InfluenceKind {
    match source {
        Source::Code { .. } => InfluenceKind::Code,
        Source::Ticket { .. } => InfluenceKind::Ticket,
        Source::Absent { .. } => InfluenceKind::Absence,
        Source::Indicator { .. } => InfluenceKind::Indicator,
        Source::Answer { .. } => InfluenceKind::Answer,
        Source::Develops { .. } => InfluenceKind::Develops,
    }
}

/// Absences are one step, as are the many after the first few of another kind.
fn steps(findings: &Findings) -> Vec<Step<'_>> {
    let mut steps: Vec<Step<'_>> = Vec::new();
    for piece in &findings.pieces {
        let kind = kind(&piece.source);
        let most = if kind == InfluenceKind::Absence {
            1
        } else {
            SINGLE_MAX
        };
        let same = steps.iter().filter(|step| step.kind == kind).count();
        match steps.iter_mut().rfind(|step| step.kind == kind) {
            Some(step) if same >= most => step.pieces.push(piece),
            _ => steps.push(Step {
                kind,
                pieces: vec![piece],
            }),
        }
    }
    // A step that took late pieces in must not stand before what came between.
    steps.arrange_by_key(|step| step.kind == InfluenceKind::Answer);
    steps
}

impl<'a> Course<'a> {
    /// Weighs the evidence step by step. `gates` are those that will be asked for.
    ///
    /// # Errors
    /// If the engine's budget does not suffice.
    pub(crate) fn of(
        model: &Model,
        findings: &'a Findings,
        gates: &[GateId],
    ) -> Result<Self, DiagnosisError> {
        let steps = steps(findings);
        let mut observations = Vec::new();
        let mut beliefs = Vec::new();
        for step in steps
            .get(..steps.len().saturating_sub(1))
            .unwrap_or_default()
        {
            for piece in &step.pieces {
                piece.observe(model, Leaks::Summed, &mut observations);
            }
            beliefs.push(model.engine.condition_for(&observations, gates)?);
        }
        Ok(Self { steps, beliefs })
    }

    /// What moved a node.
    pub(crate) fn influence(
        &self,
        model: &Model,
        node: NodeId,
        posterior: &Posterior,
    ) -> Vec<Influence> {
        let mut before = model.prior.posterior(node);
        let mut moved = Vec::new();
        for (at, step) in self.steps.iter().enumerate() {
            let belief = self.beliefs.get(at).unwrap_or(posterior);
            let after = belief.posterior(node);
            let bits = log_odds(after) - log_odds(before);
            before = after;
            if bits.abs() >= BITS_MIN {
                moved.push(step.report(bits, after));
            }
        }
        moved
    }
}

impl Step<'_> {
    fn report(&self, bits: f64, after: f64) -> Influence {
        let text = self.sentence();
        let mut lines = Vec::new();
        let (mut code, mut check) = (None, None);
        if let [piece] = self.pieces.as_slice() {
            match &piece.source {
                Source::Code {
                    code: found,
                    lines: of,
                } => {
                    code = Some(found.clone());
                    lines.clone_from(of);
                }
                Source::Ticket { code: named }
                | Source::Absent { code: named }
                | Source::Develops { code: named } => code = Some(named.clone()),
                Source::Answer { check: asked, .. } => check = Some(asked.clone()),
                Source::Indicator { .. } => {}
            }
        }
        Influence {
            kind: self.kind,
            code,
            check,
            lines,
            text: text.en,
            text_zh: text.zh,
            bits,
            after,
        }
    }

    fn sentence(&self) -> Text {
        let (Some(first), more) = (self.pieces.first(), self.pieces.len().saturating_sub(1)) else {
            return Text::default();
        };
        if more == 0 {
            return first.sentence();
        }
        if self.kind == InfluenceKind::Absence {
            let names = absent(&self.pieces);
            let count = self.pieces.len();
            return Text {
                en: format!(
                    "{count} messages that it would also have caused were not logged: {names}"
                ),
                zh: format!("它本应同时引发的 {count} 种报错没有出现在日志中：{names}"),
            };
        }
        let text = first.sentence();
        Text {
            en: format!("{} (and {more} more of the kind)", text.en),
            zh: format!("{}（以及同类的另外 {more} 条）", text.zh),
        }
    }
}

/// The first few codes that are missing.
fn absent(pieces: &[&Piece]) -> String {
    const NAMED_MAX: usize = 4;
    let names = pieces.iter().filter_map(|piece| match &piece.source {
        Source::Absent { code } => Some(code.as_str()),
        _ => None,
    });
    let mut text = names.take(NAMED_MAX).collect::<Vec<_>>().join(", ");
    if pieces.len() > NAMED_MAX {
        text.push_str(", …");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_odds_are_finite_and_odd() {
        assert!(log_odds(0.5).abs() < 1e-15);
        assert!((log_odds(2.0 / 3.0) - 1.0).abs() < 1e-12);
        assert!((log_odds(0.2) + log_odds(0.8)).abs() < 1e-12);
        assert!(log_odds(0.0).is_finite() && log_odds(1.0).is_finite());
    }
}
