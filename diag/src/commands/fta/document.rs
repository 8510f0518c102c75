//! The document that `diag fta FILE --json` prints.

use std::collections::BTreeMap;

use serde::Serialize;

/// The document that `--json` prints.
#[derive(Default, Serialize)]
pub(super) struct Document {
    pub(super) top: String,
    pub(super) tops: Vec<String>,
    pub(super) gates: usize,
    pub(super) basic_events: usize,
    pub(super) coherent: Option<bool>,
    /// What the counted sets are.
    pub(super) cut_set_definition: &'static str,
    /// Whether `probability` (where the events have one) and the counts are exact: false where a
    /// budget was spent, and the document then says in `note` what it could do instead.
    pub(super) exact: bool,
    /// How many cut sets there are, up to `--max-order` where that is given; null where a budget
    /// ended the count before.
    pub(super) mcs_count: Option<Number>,
    /// At least so many; only where `mcs_count` is null.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) mcs_count_at_least: Option<Number>,
    /// Every number is exact; where `mcs_truncated`, orders beyond `mcs_order_max` are left out.
    pub(super) mcs_by_order: BTreeMap<usize, Number>,
    /// Whether sets of higher orders may be left out.
    pub(super) mcs_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) mcs_order_max: Option<usize>,
    pub(super) probability: Option<f64>,
    /// Proven bounds, where the exact probability could not be had.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) probability_bounds: Option<[f64; 2]>,
    /// What proves the bounds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) probability_bounds_proof: Option<&'static str>,
    /// Sum of the probabilities of the cut sets counted.
    pub(super) rare_event: Option<f64>,
    /// Null where cut sets are left out: it would bound nothing.
    pub(super) min_cut_upper_bound: Option<f64>,
    /// What was left undone and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) note: Option<String>,
    pub(super) importance: Vec<Row>,
    pub(super) cut_sets: Vec<Set>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) curve: Vec<Point>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) uncertainty: Option<Spread>,
    pub(super) mission_time: Option<f64>,
    /// Null where the exact diagrams could not be built.
    pub(super) modules: Option<usize>,
    pub(super) bdd_nodes: Option<usize>,
    pub(super) zbdd_nodes: Option<usize>,
    pub(super) seconds: f64,
}

/// A count: a number in JSON as far as 128 bits go, its digits as a string beyond.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Number {
    Plain(u128),
    Digits(String),
}

impl From<&faultscan_faulttree::Count> for Number {
    fn from(count: &faultscan_faulttree::Count) -> Self {
        count
            .to_u128()
            .map_or_else(|| Number::Digits(count.to_string()), Number::Plain)
    }
}

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Number::Plain(number) => number.fmt(f),
            Number::Digits(digits) => f.write_str(digits),
        }
    }
}

#[derive(Serialize)]
pub(super) struct Row {
    pub(super) event: String,
    pub(super) probability: f64,
    pub(super) birnbaum: f64,
    pub(super) criticality: Option<f64>,
    pub(super) diagnostic: Option<f64>,
    pub(super) raw: Option<f64>,
    /// A number, or "Infinity".
    pub(super) rrw: Option<Ratio>,
    /// P(union of cut sets with the event) / P(union of all), exact; only with `--importance`, and
    /// null where it would cost too much.
    pub(super) fussell_vesely: Option<f64>,
    /// The same by the rare-event approximation: the share of the cut sets with the event in the
    /// sum of all cut sets' probabilities. Only with `--importance`.
    pub(super) cut_set_share: Option<f64>,
    /// Which of the two Fussell-Vesely importances this row has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fussell_vesely_kind: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Ratio {
    Finite(f64),
    Infinite(&'static str),
}

#[derive(Serialize)]
pub(super) struct Set {
    pub(super) events: Vec<String>,
    pub(super) order: usize,
    pub(super) probability: Option<f64>,
}

#[derive(Serialize)]
pub(super) struct Point {
    pub(super) time: f64,
    pub(super) probability: f64,
}

#[derive(Serialize)]
pub(super) struct Spread {
    pub(super) samples: u32,
    pub(super) seed: u64,
    pub(super) mean: f64,
    pub(super) deviation: f64,
    pub(super) standard_error: f64,
    pub(super) percentile_5: f64,
    pub(super) median: f64,
    pub(super) percentile_95: f64,
}
