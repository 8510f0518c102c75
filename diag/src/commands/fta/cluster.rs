//! `diag fta cluster`: which sets of causes explain which codes.

use std::fmt::Write as _;

use clap::Args;
use faultscan_faulttree::{EventId, FaultTree, GateId, clusters, path};
use serde::Serialize;

use super::watch::Watch;
use super::{Source, Spend, files};
use crate::cli::Global;
use crate::output;
use crate::term::{pad, printable, widest};

/// Probability of a cause that the file gives none for: all alike.
const EVEN: f64 = 0.01;

/// Options of `diag fta cluster`.
#[derive(Args, Debug)]
pub(super) struct ClusterArgs {
    /// errcode.json, or a tree with many tops
    #[arg(value_name = "FILE")]
    file: Source,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    /// Show the first N sets
    #[arg(long, value_name = "N")]
    first: Option<usize>,
    /// Refuse codes with more minimal cut sets than this
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    sets_max: usize,
    #[command(flatten)]
    spend: Spend,
}

#[derive(Serialize)]
struct Row {
    id: String,
    causes: Vec<String>,
    order: usize,
    codes: Vec<String>,
    coverage: usize,
    probability: f64,
}

#[derive(Serialize)]
struct Critical {
    code: String,
    causes: Vec<String>,
    probability: f64,
    /// From the code down to the gates that the causes feed.
    path: Vec<String>,
}

#[derive(Serialize)]
struct Document {
    codes: usize,
    causes: usize,
    cut_sets: Vec<Row>,
    /// The most probable cut set of each code, the most probable code first.
    critical_paths: Vec<Critical>,
    seconds: f64,
}

impl ClusterArgs {
    pub(super) fn run(&self, global: Global) -> anyhow::Result<()> {
        let watch = Watch::start(&self.spend);
        let tree = files::read(&self.file, Some(EVEN))?;
        watch.stage("finding minimal cut sets");
        let found = clusters(&tree, &watch.budget(), self.sets_max)
            .map_err(|error| watch.explain(error))?;
        let values = tree.probabilities().unwrap_or_default();
        let p = |id: &EventId| values.get(id.index()).copied().flatten().unwrap_or(EVEN);
        let product = |events: &[EventId]| -> f64 { events.iter().map(p).product() };
        let names = |ids: &[EventId]| ids.iter().map(|id| name(&tree, *id)).collect::<Vec<_>>();
        let mut critical: Vec<(GateId, &[EventId], f64)> = Vec::new();
        for &top in tree.tops() {
            let of_top = found.iter().filter(|cluster| cluster.tops.contains(&top));
            let best = of_top.map(|c| (top, c.events.as_slice(), product(&c.events)));
            // The first of equals, so the smallest set and the widest coverage.
            critical.extend(best.reduce(|a, b| if b.2 > a.2 { b } else { a }));
        }
        critical.sort_by(|a, b| b.2.total_cmp(&a.2));
        let rows = found.iter().zip(1..).map(|(cluster, number)| Row {
            id: format!("S{number}"),
            causes: names(&cluster.events),
            order: cluster.events.len(),
            codes: cluster
                .tops
                .iter()
                .map(|id| tree.name_of((*id).into()).to_owned())
                .collect(),
            coverage: cluster.tops.len(),
            probability: product(&cluster.events),
        });
        let document = Document {
            codes: tree.tops().len(),
            causes: tree.events().len(),
            cut_sets: rows.take(self.first.unwrap_or(usize::MAX)).collect(),
            critical_paths: critical
                .into_iter()
                .map(|(top, events, probability)| Critical {
                    code: tree.name_of(top.into()).to_owned(),
                    causes: names(events),
                    probability,
                    path: path(&tree, top, events)
                        .into_iter()
                        .map(|id| tree.name_of(id.into()).to_owned())
                        .collect(),
                })
                .collect(),
            seconds: watch.seconds(),
        };
        if self.json {
            return output::json(&document);
        }
        output::print(&text(&document, global))
    }
}

fn name(tree: &FaultTree, id: EventId) -> String {
    tree.name_of(id.into()).to_owned()
}

fn text(document: &Document, global: Global) -> String {
    let term = global.stdout();
    let mut out = String::new();
    let causes: Vec<String> = document
        .cut_sets
        .iter()
        .map(|row| printable(&row.causes.join(" + ")))
        .collect();
    let width = widest(causes.iter().map(String::as_str)).max(7);
    let _ = writeln!(
        out,
        "{}",
        term.bold(&format!("set   {}  codes", pad("cut set", width)))
    );
    for (row, causes) in document.cut_sets.iter().zip(&causes) {
        let codes = printable(&row.codes.join(" "));
        let _ = writeln!(out, "{:<5} {}  {codes}", row.id, pad(causes, width));
    }
    if let Some(best) = document.critical_paths.first() {
        let steps: Vec<&str> = best
            .causes
            .iter()
            .chain(best.path.iter().rev())
            .map(String::as_str)
            .collect();
        let _ = writeln!(out, "\ncritical path  {}", printable(&steps.join(" -> ")));
    }
    out
}
