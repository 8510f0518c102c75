//! `diag fta FILE`.

use clap::Args;
use faultscan_faulttree::{Analysis, Bounds, CutSets, EngineError, FaultTree, GateId, Importance};

use super::document::{Document, Number, Point, Ratio, Row, Set, Spread};
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
        let known = probabilities.as_deref();
        let fail = |error| watch.explain(error);
        let mut notes = Vec::new();
        watch.stage("building diagrams");
        let analysis = spent_is_none(Analysis::new(tree, top, &watch.exact()), &mut notes);
        let analysis = analysis.map_err(fail)?;
        let found = self.find_cut_sets(tree, top, analysis.as_ref(), watch, &mut notes);
        let sets = found.map_err(fail)?;
        let bounds = match (&analysis, known) {
            (None, Some(p)) => bounds(tree, top, p, watch, &mut notes).map_err(fail)?,
            _ => None,
        };
        if analysis.is_none() && sets.is_none() && bounds.is_none() {
            anyhow::bail!("{}", notes.join("; "));
        }
        let probability = match (&analysis, known) {
            (Some(analysis), Some(p)) => Some(analysis.probability(p).map_err(fail)?),
            _ => None,
        };
        watch.stage("importance");
        let importance = match (&analysis, known) {
            (Some(analysis), Some(p)) => self
                .importance(tree, analysis, sets.as_ref(), p)
                .map_err(fail)?,
            _ => Vec::new(),
        };
        let mut document = Document {
            top: tree.name_of(top.into()).to_owned(),
            tops: tree
                .tops()
                .iter()
                .map(|id| tree.name_of((*id).into()).to_owned())
                .collect(),
            gates: tree.gates().len(),
            basic_events: tree.events().iter().filter(|e| !is_house(e)).count(),
            exact: analysis.is_some() && sets.is_some(),
            probability,
            probability_bounds: bounds.map(|bounds| [bounds.lower, bounds.upper]),
            probability_bounds_proof: bounds.map(|_| PROOF),
            importance,
            modules: analysis.as_ref().map(Analysis::modules),
            bdd_nodes: analysis.as_ref().map(Analysis::nodes),
            mission_time: self.time(tree),
            ..Document::default()
        };
        if let Some(analysis) = &analysis {
            document.coherent = Some(analysis.is_coherent());
            document.curve = self.curve(tree, analysis).map_err(fail)?;
            document.uncertainty = self.uncertainty(tree, analysis).map_err(fail)?;
        }
        if let Some(sets) = &sets {
            self.describe(tree, sets, known, &mut document)
                .map_err(fail)?;
        }
        document.note = (!notes.is_empty()).then(|| notes.join("; "));
        document.seconds = watch.seconds();
        Ok(document)
    }

    /// All cut sets, or those up to an order: the one asked for, or where the budget does not
    /// suffice, the highest that it allows.
    fn find_cut_sets(
        &self,
        tree: &FaultTree,
        top: GateId,
        analysis: Option<&Analysis>,
        watch: &Watch,
        notes: &mut Vec<String>,
    ) -> Result<Option<CutSets>, EngineError> {
        watch.stage("finding minimal cut sets");
        if let Some(order_max) = self.max_order {
            let mut unsaid = Vec::new();
            let found = CutSets::up_to(tree, top, order_max, &watch.cut_sets());
            if let Some(sets) = spent_is_none(found, &mut unsaid)? {
                return Ok(Some(sets));
            }
            if analysis.is_none() {
                notes.append(&mut unsaid);
            }
        }
        if let Some(analysis) = analysis
            && let Some(sets) = spent_is_none(analysis.cut_sets(), notes)?
        {
            return Ok(Some(sets));
        }
        watch.stage("finding minimal cut sets, order by order");
        let order_max = self.max_order.unwrap_or(usize::MAX);
        let found = CutSets::as_far_as_possible(tree, top, order_max, &watch.cut_sets());
        spent_is_none(found, notes)
    }

    /// Writes what is known of the cut sets.
    fn describe(
        &self,
        tree: &FaultTree,
        sets: &CutSets,
        known: Option<&[f64]>,
        document: &mut Document,
    ) -> Result<(), EngineError> {
        let order_max = self.max_order.unwrap_or(usize::MAX);
        let by_order = sets.count_by_order();
        let reached = sets.order_max().unwrap_or(usize::MAX);
        let total = Number::from(&sets.count_up_to(order_max));
        let all_counted = reached >= order_max.min(document.basic_events);
        (document.mcs_count, document.mcs_count_at_least) = match all_counted {
            true => (Some(total), None),
            false => (None, Some(total)),
        };
        document.exact &= all_counted;
        document.coherent = Some(sets.is_coherent());
        document.cut_set_definition = if sets.is_coherent() {
            "minimal cut sets"
        } else {
            "minimal cut sets of the coherent hull (minimal sets of events that, alone true, make the top true)"
        };
        document.mcs_truncated = match sets.order_max() {
            Some(reached) => reached < document.basic_events,
            None => by_order.len() > order_max.saturating_add(1),
        };
        document.mcs_order_max = document.mcs_truncated.then(|| reached.min(order_max));
        document.mcs_by_order = by_order
            .iter()
            .enumerate()
            .filter(|(order, count)| *order <= order_max && !count.is_zero())
            .map(|(order, count)| (order, Number::from(count)))
            .collect();
        document.zbdd_nodes = Some(sets.nodes());
        document.cut_sets = self.cut_sets(tree, sets, known)?;
        if let Some(p) = known {
            document.rare_event = Some(sets.rare_event(p)?);
            if sets.order_max().is_none() {
                document.min_cut_upper_bound = Some(sets.min_cut_upper_bound(p)?);
            }
        }
        Ok(())
    }

    fn importance(
        &self,
        tree: &FaultTree,
        analysis: &Analysis,
        sets: Option<&CutSets>,
        p: &[f64],
    ) -> Result<Vec<Row>, EngineError> {
        // Unions and shares of some of the cut sets would be other measures.
        let all = match sets.filter(|_| self.importance) {
            Some(sets) if sets.order_max().is_some() => analysis.cut_sets().ok(),
            _ => None,
        };
        let sets = all.as_ref().or(sets).filter(|_| self.importance);
        let sets = sets.filter(|sets| sets.order_max().is_none());
        let shares = match sets {
            Some(sets) => sets.shares(p)?,
            None => None,
        };
        // Exact unions may cost more than the rest together; the document then says null.
        let unions = sets.and_then(|sets| sets.fussell_vesely(p).ok());
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
                fussell_vesely_kind: match (&unions, &shares) {
                    (Some(_), _) => Some("exact"),
                    (None, Some(_)) => Some("rare-event (cut_set_share)"),
                    (None, None) => None,
                },
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
    ) -> Result<Vec<Set>, EngineError> {
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

    fn curve(&self, tree: &FaultTree, analysis: &Analysis) -> Result<Vec<Point>, EngineError> {
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
    ) -> Result<Option<Spread>, EngineError> {
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

/// What proves the bounds of a probability.
const PROOF: &str = "P(kept cut sets) <= P(top) <= P(kept cut sets) + sum of P(what was left out at any gate); docs/faulttree.md, Bounds";

/// A spent budget is something to note, not an end: an answer in part can follow.
fn spent_is_none<T>(
    result: Result<T, EngineError>,
    notes: &mut Vec<String>,
) -> Result<Option<T>, EngineError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.spent().is_some() => {
            let mut note = error.to_string();
            if let Some(known) = error.known().filter(|known| known.modules > 0) {
                let (done, all) = (known.modules_done, known.modules);
                note.push_str(&format!(" ({done} of {all} modules done)"));
            }
            if !notes.contains(&note) {
                notes.push(note);
            }
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn bounds(
    tree: &FaultTree,
    top: GateId,
    p: &[f64],
    watch: &Watch,
    notes: &mut Vec<String>,
) -> Result<Option<Bounds>, EngineError> {
    watch.stage("bounding the probability");
    let found = Bounds::of(tree, top, p, &watch.bounds(), |bounds| {
        let (lower, upper) = (bounds.lower, bounds.upper);
        watch.stage(format!(
            "bounding the probability: {lower:.6e} to {upper:.6e}"
        ));
    });
    match found {
        Err(EngineError::NotCoherent) => {
            notes.push("bounds of the probability need a coherent tree".to_owned());
            Ok(None)
        }
        found => spent_is_none(found, notes),
    }
}

fn is_house(event: &faultscan_faulttree::Event) -> bool {
    matches!(event.kind(), faultscan_faulttree::EventKind::House(_))
}
