//! The fault tree of a report: its first view, an opened node, the whole, and what changed.

use std::sync::Arc;

use faultscan_diagnosis::{Graph, GraphDiff, GraphOptions, GraphPart};

use super::Core;
use super::refusal::Refusal;
use super::reports::{self, Report};
use crate::ids::ReportId;

/// Earlier states of a dialogue that are tried when somebody asks what has changed.
const EARLIER_STATES_MAX: usize = 6;

/// Which part of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// The compressed first view.
    First,
    /// Everything.
    Whole,
    /// A node with the levels below it.
    Below(String),
}

impl Part {
    fn as_asked(&self) -> GraphPart<'_> {
        match self {
            Self::First => GraphPart::First,
            Self::Whole => GraphPart::Whole,
            Self::Below(node) => GraphPart::Below(node),
        }
    }
}

/// A graph, or what leads to it from the one that somebody has.
#[derive(Debug, Clone)]
pub enum Answer {
    /// The graph.
    Whole(Graph),
    /// What leads to it.
    Changes(GraphDiff),
    /// Nothing has changed.
    Same,
}

/// A part of a report's fault tree. With `have`, the version of the part that somebody has, it is
/// the difference where that version can be made again: the state before the latest answers.
///
/// # Errors
/// `not_found`, `unknown_node`, `bad_option`, or the store's failure.
pub async fn graph(
    core: &Arc<Core>,
    id: ReportId,
    part: Part,
    options: GraphOptions,
    have: Option<String>,
) -> Result<Answer, Refusal> {
    let report = reports::get(core, id).await?;
    let job = Arc::clone(core);
    core.cpu
        .run(move || answer(&job, &report, &part, &options, have.as_deref()))
        .await
}

fn answer(
    core: &Core,
    report: &Report,
    part: &Part,
    options: &GraphOptions,
    have: Option<&str>,
) -> Result<Answer, Refusal> {
    let answers = &report.stored.answers;
    let draw = |answers| {
        let (claims, body) = (&report.claims, &report.body);
        core.engine
            .graph(claims, body, answers, part.as_asked(), options)
    };
    let graph = draw(answers)?;
    let Some(have) = have else {
        return Ok(Answer::Whole(graph));
    };
    if graph.version == have {
        return Ok(Answer::Same);
    }
    let earlier = (0..answers.len()).rev().take(EARLIER_STATES_MAX);
    for given in earlier {
        // A node that an earlier state did not have is no failure of this one.
        let Ok(old) = draw(answers.get(..given).unwrap_or_default()) else {
            continue;
        };
        if old.version == have {
            return Ok(Answer::Changes(GraphDiff::between(&old, &graph)));
        }
    }
    Ok(Answer::Whole(graph))
}
