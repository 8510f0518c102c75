//! Evidence as the engine takes it: each piece says how likely it is if a node of the tree is true,
//! and if it is false.

use faultscan_faulttree::{EventId, NodeId, Observation};
use faultscan_knowledge::Text;
use std::collections::BTreeMap;

use crate::model::{LEAK_PRIOR, Model};
use crate::report::Answer;

/// One piece of evidence.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    /// What it is about.
    pub(crate) node: NodeId,
    /// P(piece | node).
    pub(crate) if_true: f64,
    /// P(piece | not node).
    pub(crate) if_false: f64,
    /// Where it comes from.
    pub(crate) source: Source,
}

/// Where a piece of evidence comes from.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// A code's message stands in these lines.
    Code { code: String, lines: Vec<u32> },
    /// The ticket names the code.
    Ticket { code: String },
    /// A code's message is missing where it would have been logged.
    Absent { code: String },
    /// An indicator of a cause speaks.
    Indicator { note: Text },
    /// A person answered a check.
    Answer {
        check: String,
        question: Text,
        answer: Answer,
    },
    /// A code that develops this event further was found.
    Develops { code: String },
}

/// A code that was found, in the catalogue's terms.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) code: String,
    pub(crate) node: NodeId,
    pub(crate) score: f64,
    pub(crate) primary: bool,
    /// Whether it is evidence: primary, and not given up.
    pub(crate) counts: bool,
    pub(crate) reason: Text,
    pub(crate) lines: Vec<u32>,
    pub(crate) captures: BTreeMap<String, String>,
}

/// What becomes of leaks. They are no events of the world: a sum over states must sum over them, and
/// a maximum over states must not choose among them, so there each counts 1 where it is not needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leaks {
    /// For probabilities.
    Summed,
    /// For the most probable explanation.
    Maximised,
}

/// All evidence of one input.
#[derive(Clone, Debug, Default)]
pub(crate) struct Findings {
    /// Codes found, best first; those that are not primary are no evidence.
    pub(crate) found: Vec<Found>,
    /// The evidence.
    pub(crate) pieces: Vec<Piece>,
}

impl Piece {
    /// A likelihood ratio on a cause: how much more often the piece is seen with it than without.
    pub(crate) fn ratio(node: NodeId, ratio: f64, source: Source) -> Self {
        let (if_true, if_false) = if ratio >= 1.0 {
            (1.0, 1.0 / ratio)
        } else {
            (ratio, 1.0)
        };
        Self {
            node,
            if_true,
            if_false,
            source,
        }
    }

    /// What the engine is told. No likelihood is 0, as the catalogue's rates are not, so evidence
    /// that contradicts itself makes belief small, never impossible.
    pub(crate) fn observe(&self, model: &Model, leaks: Leaks, observations: &mut Vec<Observation>) {
        let (node, if_true, if_false) = (self.node, self.if_true, self.if_false);
        let ratio = if_false / if_true;
        // The engine makes a leak of its own for a message that is missing.
        let Some(leak) = model.leak(node).filter(|_| ratio < 1.0) else {
            observations.push(Observation::Likelihood {
                node,
                if_true,
                if_false,
            });
            return;
        };
        let otherwise = match leaks {
            Leaks::Summed => 1.0 - ratio,
            Leaks::Maximised => 1.0,
        };
        observations.push(Observation::Is(leak.found, true));
        observations.push(Observation::Likelihood {
            node: leak.event.into(),
            if_true: ratio / LEAK_PRIOR,
            if_false: otherwise / (1.0 - LEAK_PRIOR),
        });
    }

    /// P(piece) by the priors alone, as the engine scales it: relative to `if_true` where the piece
    /// is observed through a leak.
    fn prior_probability(&self, model: &Model) -> f64 {
        let p = model.prior.posterior(self.node);
        let ratio = self.if_false / self.if_true;
        if model.leak(self.node).is_some() && ratio < 1.0 {
            p + (1.0 - p) * ratio
        } else {
            p * self.if_true + (1.0 - p) * self.if_false
        }
    }

    /// The piece in a sentence.
    pub(crate) fn sentence(&self) -> Text {
        match &self.source {
            Source::Code { code, lines } => found_in(code, lines),
            Source::Ticket { code } => Text {
                en: format!("The ticket names {code}"),
                zh: format!("票据指明了 {code}"),
            },
            Source::Absent { code } => Text {
                en: format!("{code}, which it would also have caused, was not logged"),
                zh: format!("它本应同时引发的 {code} 没有出现在日志中"),
            },
            Source::Indicator { note } => note.clone(),
            Source::Answer {
                question, answer, ..
            } => {
                let (en, zh) = match answer {
                    Answer::Yes => ("yes", "是"),
                    Answer::No => ("no", "否"),
                    Answer::Unsure => ("unsure", "不确定"),
                };
                Text {
                    en: format!("Answered {en}: {}", question.en),
                    zh: format!("回答“{zh}”：{}", question.zh),
                }
            }
            Source::Develops { code } => Text {
                en: format!("{code}, which develops this event, was found"),
                zh: format!("发现了展开该事件的 {code}"),
            },
        }
    }
}

fn found_in(code: &str, lines: &[u32]) -> Text {
    match lines {
        [] => Text {
            en: format!("{code} was found"),
            zh: format!("发现 {code}"),
        },
        [line] => Text {
            en: format!("{code} was found in line {line}"),
            zh: format!("第 {line} 行出现 {code}"),
        },
        [first, rest @ ..] => Text {
            en: format!("{code} was found in line {first} and {} more", rest.len()),
            zh: format!("第 {first} 行等 {} 行出现 {code}", rest.len() + 1),
        },
    }
}

impl Findings {
    /// Codes that count as observed.
    pub(crate) fn observed(&self) -> impl Iterator<Item = &Found> {
        self.found.iter().filter(|found| found.counts)
    }

    /// What the engine is told.
    pub(crate) fn observations(&self, model: &Model, leaks: Leaks) -> Vec<Observation> {
        let mut observations = Vec::new();
        for piece in &self.pieces {
            piece.observe(model, leaks, &mut observations);
        }
        observations
    }

    /// How many times less likely the pieces are together than apart, if at all (Jensen's measure of
    /// conflict, without the logarithm): evidence of one story is likelier together.
    pub(crate) fn conflict(&self, model: &Model, ln_evidence: f64) -> f64 {
        let apart: f64 = self
            .pieces
            .iter()
            .map(|piece| piece.prior_probability(model).ln())
            .sum();
        (apart - ln_evidence).exp()
    }

    /// Gives up the least of the evidence, where there is more than can be computed: first what is
    /// missing, then the lesser half of the codes. Says whether there was anything to give up.
    pub(crate) fn reduce(&mut self) -> bool {
        let before = self.pieces.len();
        self.pieces
            .retain(|piece| !matches!(piece.source, Source::Absent { .. }));
        if self.pieces.len() < before {
            return true;
        }
        let used: Vec<NodeId> = self.observed().map(|found| found.node).collect();
        let given_up = used
            .get(used.len().div_ceil(2).max(1)..)
            .unwrap_or_default();
        for found in &mut self.found {
            found.counts &= !given_up.contains(&found.node);
        }
        self.pieces.retain(|piece| {
            let is_code = matches!(piece.source, Source::Code { .. } | Source::Ticket { .. });
            !(is_code && given_up.contains(&piece.node))
        });
        !given_up.is_empty()
    }

    /// Causes that the evidence speaks of: below an observed code, with an indicator, or in the
    /// test of a check that was answered.
    pub(crate) fn causes(&self, model: &Model) -> Vec<EventId> {
        let mut causes = faultscan_faulttree::SortedSet::new();
        for found in self.observed() {
            causes.extend(model.leaves(found.node));
        }
        for piece in &self.pieces {
            if !matches!(piece.source, Source::Absent { .. }) {
                causes.extend(model.leaves(piece.node));
            }
        }
        causes.into_iter().collect()
    }
}
