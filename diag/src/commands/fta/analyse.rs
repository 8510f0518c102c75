//! `diag fta FILE`.

use std::collections::BTreeMap;

use clap::Args;
use faultscan_faulttree::{Analysis, CutSets, FaultTree, GateId, Importance};
use serde::Serialize;

use super::report;
use super::watch::Watch;
use super::{Source, Spend, files};
use crate::cli::Global;
use crate::exit::bad_input;
use crate::output;

/// Options of `diag fta FILE`.
#[derive(Args, Debug)]
pub(super) struct AnalyseArgs {
    /// The tree (.xml, .toml, .json, .dft)
    #[arg(value_name = "FILE", required = true)]
    file: Option<Source>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    /// The gate to analyse (the tree's first top where left out)
    #[arg(long, value_name = "NAME")]
    top: Option<String>,
    /// Count and list only cut sets of at most N events
    #[arg(long, value_name = "N")]
    max_order: Option<usize>,
    /// Show the importance of every event, exact Fussell-Vesely included
    #[arg(long)]
    importance: bool,
    /// List the K most probable cut sets (the first K found, where there are no probabilities)
    #[arg(long, value_name = "K", default_value_t = 0, hide_default_value = true)]
    cut_sets: usize,
    /// Mission time
    #[arg(long, value_name = "T")]
    time: Option<f64>,
    /// Probability at N times up to the mission time
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    curve: usize,
    /// Draw the events' distributions N times
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    samples: u32,
    /// Seed of those draws
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    spend: Spend,
}

/// The document that `--json` prints.
#[derive(Serialize)]
pub(super) struct Document {
    pub(super) top: String,
    pub(super) tops: Vec<String>,
    pub(super) gates: usize,
    pub(super) basic_events: usize,
    pub(super) coherent: bool,
    /// What the counted sets are.
    pub(super) cut_set_definition: &'static str,
    pub(super) mcs_count: Number,
    pub(super) mcs_by_order: BTreeMap<usize, Number>,
    /// Whether sets beyond `--max-order` are left out.
    pub(super) mcs_truncated: bool,
    pub(super) probability: Option<f64>,
    pub(super) rare_event: Option<f64>,
    pub(super) min_cut_upper_bound: Option<f64>,
    pub(super) importance: Vec<Row>,
    pub(super) cut_sets: Vec<Set>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) curve: Vec<Point>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) uncertainty: Option<Spread>,
    pub(super) mission_time: Option<f64>,
    pub(super) modules: usize,
    pub(super) bdd_nodes: usize,
    pub(super) zbdd_nodes: usize,
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
    /// P(union of cut sets with the event) / P(union of all); only with `--importance`, and null
    /// where it would cost too much.
    pub(super) fussell_vesely: Option<f64>,
    /// The same by the rare-event approximation.
    pub(super) cut_set_share: Option<f64>,
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

impl AnalyseArgs {
    pub(super) fn run(&self, global: Global) -> anyhow::Result<()> {
        let Some(file) = &self.file else {
            return Err(bad_input("which file?"));
        };
        let watch = Watch::start(&self.spend);
        let tree = files::read(file, None)?;
        let top = self.top(&tree)?;
        let document = self.analyse(&tree, top, &watch)?;
        if self.json {
            output::json(&document)
        } else {
            output::print(&report::text(&document, self.importance, &global.stdout()))
        }
    }

    fn top(&self, tree: &FaultTree) -> anyhow::Result<GateId> {
        match &self.top {
            Some(name) => tree
                .gate(name)
                .ok_or_else(|| bad_input(format_args!("no gate named '{name}'"))),
            None => tree
                .tops()
                .first()
                .copied()
                .ok_or_else(|| bad_input("the tree has no top")),
        }
    }

    fn time(&self, tree: &FaultTree) -> Option<f64> {
        self.time.or(tree.mission_time())
    }

    /// One probability for each event, or nothing if any has none.
    fn probabilities(&self, tree: &FaultTree) -> anyhow::Result<Option<Vec<f64>>> {
        let values = tree
            .probabilities_at(self.time(tree))
            .map_err(|(id, fault)| {
                let event = tree.events()[id.index()].name();
                bad_input(format_args!("event '{event}': {fault}"))
            })?;
        Ok(values.into_iter().collect())
    }

    fn analyse(&self, tree: &FaultTree, top: GateId, watch: &Watch) -> anyhow::Result<Document> {
        let probabilities = self.probabilities(tree)?;
        watch.stage("building diagrams");
        let analysis =
            Analysis::new(tree, top, &watch.budget).map_err(|error| watch.explain(error))?;
        let fail = |error| watch.explain(error);
        let known = probabilities.as_deref();
        let probability = known
            .map(|p| analysis.probability(p))
            .transpose()
            .map_err(fail)?;
        watch.stage("finding minimal cut sets");
        let sets = analysis.cut_sets().map_err(fail)?;
        let order_max = self.max_order.unwrap_or(usize::MAX);
        let by_order = sets.count_by_order();
        let shown = by_order
            .iter()
            .enumerate()
            .filter(|(n, c)| *n <= order_max && !c.is_zero());
        let total = sets.count_up_to(order_max);
        watch.stage("importance");
        let importance = match known {
            Some(p) => self.importance(tree, &analysis, &sets, p).map_err(fail)?,
            None => Vec::new(),
        };
        Ok(Document {
            top: tree.name_of(top.into()).to_owned(),
            tops: tree
                .tops()
                .iter()
                .map(|id| tree.name_of((*id).into()).to_owned())
                .collect(),
            gates: tree.gates().len(),
            basic_events: tree.events().iter().filter(|e| !is_house(e)).count(),
            coherent: analysis.is_coherent(),
            cut_set_definition: if analysis.is_coherent() {
                "minimal cut sets"
            } else {
                "minimal cut sets of the coherent hull (minimal sets of events that, alone true, make the top true)"
            },
            mcs_count: Number::from(&total),
            mcs_by_order: shown
                .map(|(order, count)| (order, Number::from(count)))
                .collect(),
            mcs_truncated: by_order.len() > order_max.saturating_add(1),
            probability,
            rare_event: known
                .map(|p| sets.rare_event(p))
                .transpose()
                .map_err(fail)?,
            min_cut_upper_bound: known
                .map(|p| sets.min_cut_upper_bound(p))
                .transpose()
                .map_err(fail)?,
            importance,
            cut_sets: self.cut_sets(tree, &sets, known).map_err(fail)?,
            curve: self.curve(tree, &analysis).map_err(fail)?,
            uncertainty: self.uncertainty(tree, &analysis).map_err(fail)?,
            mission_time: self.time(tree),
            modules: analysis.modules(),
            bdd_nodes: analysis.nodes(),
            zbdd_nodes: sets.nodes(),
            seconds: watch.seconds(),
        })
    }

    fn importance(
        &self,
        tree: &FaultTree,
        analysis: &Analysis,
        sets: &CutSets,
        p: &[f64],
    ) -> Result<Vec<Row>, faultscan_faulttree::EngineError> {
        let shares = if self.importance {
            sets.shares(p)?
        } else {
            None
        };
        // Exact unions may cost more than the rest together; the document then says null.
        let unions = if self.importance {
            sets.fussell_vesely(p).ok()
        } else {
            None
        };
        let mut rows = Vec::new();
        for (index, found) in analysis.importance(p)?.into_iter().enumerate() {
            let Some(found) = found else { continue };
            let Importance {
                birnbaum,
                criticality,
                diagnostic,
                raw,
                rrw,
                ..
            } = found;
            let ratio = |value: f64| match value.is_finite() {
                true => Ratio::Finite(value),
                false => Ratio::Infinite("Infinity"),
            };
            rows.push(Row {
                event: tree.events()[index].name().to_owned(),
                probability: p[index],
                birnbaum,
                criticality,
                diagnostic,
                raw,
                rrw: rrw.map(ratio),
                fussell_vesely: unions.as_ref().and_then(|u| u[index]),
                cut_set_share: shares.as_ref().map(|s| s[index]),
            });
        }
        rows.sort_by(|a, b| b.birnbaum.total_cmp(&a.birnbaum));
        Ok(rows)
    }

    fn cut_sets(
        &self,
        tree: &FaultTree,
        sets: &CutSets,
        known: Option<&[f64]>,
    ) -> Result<Vec<Set>, faultscan_faulttree::EngineError> {
        let even = vec![0.5; tree.events().len()];
        let p = known.unwrap_or(&even);
        let found = match self.max_order {
            None => sets.most_probable(self.cut_sets, p)?,
            Some(order_max) => sets.most_probable_up_to(self.cut_sets, order_max, p)?,
        };
        let set = |set: faultscan_faulttree::CutSet| Set {
            order: set.events.len(),
            events: set
                .events
                .iter()
                .map(|id| tree.name_of((*id).into()).to_owned())
                .collect(),
            probability: known.map(|_| set.probability),
        };
        Ok(found.into_iter().map(set).collect())
    }

    fn curve(
        &self,
        tree: &FaultTree,
        analysis: &Analysis,
    ) -> Result<Vec<Point>, faultscan_faulttree::EngineError> {
        let (Some(end), true) = (self.time(tree), self.curve > 0) else {
            return Ok(Vec::new());
        };
        let steps = u32::try_from(self.curve).unwrap_or(u32::MAX);
        let times: Vec<f64> = (0..=steps)
            .map(|step| end * f64::from(step) / f64::from(steps))
            .collect();
        let values = analysis.curve(tree, &times)?;
        let point = |(time, probability)| Point { time, probability };
        Ok(times.into_iter().zip(values).map(point).collect())
    }

    fn uncertainty(
        &self,
        tree: &FaultTree,
        analysis: &Analysis,
    ) -> Result<Option<Spread>, faultscan_faulttree::EngineError> {
        if self.samples == 0 {
            return Ok(None);
        }
        let found = analysis.uncertainty(tree, self.time(tree), self.seed, self.samples)?;
        let [percentile_5, median, percentile_95] = found.percentiles;
        Ok(Some(Spread {
            samples: found.samples,
            seed: self.seed,
            mean: found.mean,
            deviation: found.deviation,
            standard_error: found.error,
            percentile_5,
            median,
            percentile_95,
        }))
    }
}

fn is_house(event: &faultscan_faulttree::Event) -> bool {
    matches!(event.kind(), faultscan_faulttree::EventKind::House(_))
}
