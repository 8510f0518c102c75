//! Numbers that stand in one place: probability classes, defaults and thresholds.

use crate::code::ProbabilityClass;
use serde::Serialize;

/// The numbers of `priors.toml`.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Priors {
    /// Where the numbers come from.
    pub basis: String,
    /// Probability of a `common` cause.
    pub common: f64,
    /// Probability of an `occasional` cause.
    pub occasional: f64,
    /// Probability of a `rare` cause.
    pub rare: f64,
    /// P(signature seen | code applies) where the signature says nothing else.
    pub signature_sensitivity: f64,
    /// P(signature seen | code does not apply) where the signature says nothing else.
    pub signature_false_alarm: f64,
    /// P(yes | test true) where the check says nothing else.
    pub check_hit: f64,
    /// P(yes | test false) where the check says nothing else.
    pub check_false_alarm: f64,
    /// When a metric counts as evidence.
    pub thresholds: Thresholds,
}

impl Priors {
    /// The number of a class.
    #[must_use]
    pub fn probability(&self, class: ProbabilityClass) -> f64 {
        match class {
            ProbabilityClass::Common => self.common,
            ProbabilityClass::Occasional => self.occasional,
            ProbabilityClass::Rare => self.rare,
        }
    }
}

/// When a metric counts as evidence.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Thresholds {
    /// Frames per second below this are low.
    pub fps_below: f64,
    /// Round-trip times above this, in milliseconds, are slow.
    pub rtt_ms_above: f64,
    /// Loss above this share is high.
    pub loss_ratio_above: f64,
    /// Memory above this, in megabytes, is high where no limit is known.
    pub memory_mb_above: f64,
    /// Memory above this share of the limit is high.
    pub memory_ratio_above: f64,
}
