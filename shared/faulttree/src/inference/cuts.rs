//! Minimal cut sets of gates under given weights, most probable first.
use super::Inference;
use crate::analysis::{Family, best};
use crate::bdd::{Edge, Zdd, minimal_solutions};
use crate::budget::EngineError;
use crate::model::{EventId, NodeId};
use crate::prep::Source;

/// A minimal cut set with the product of its events' weights.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CutSet {
    /// Its events, in order of definition.
    pub events: Vec<EventId>,
    /// Product of their probabilities.
    pub probability: f64,
}

impl CutSet {
    pub(crate) fn new(events: Vec<EventId>, probability: f64) -> Self {
        CutSet {
            events,
            probability,
        }
    }
}

impl Inference {
    /// The `k` most probable minimal cut sets of `nodes` together (of the one node, if there is
    /// one): sets of events that, alone true, make all of them true, and none of whose subsets
    /// does. `weights` gives each event's probability: [`Inference::priors`],
    /// [`Posterior::events`](super::Posterior::events), or the caller's own. Sets of equal
    /// probability come by size, then by the order of their events.
    ///
    /// # Errors
    /// If a node is not of this tree, the weights are not one probability for each event, or the
    /// budget does not suffice.
    pub fn cut_sets(
        &self,
        nodes: &[NodeId],
        k: usize,
        weights: &[f64],
    ) -> Result<Vec<CutSet>, EngineError> {
        if weights.len() != self.priors.len()
            || weights.iter().any(|weight| !(0.0..=1.0).contains(weight))
        {
            return Err(EngineError::BadWeights);
        }
        let spent = |spent| EngineError::from_spent(spent, &self.budget);
        let mut edges = Vec::with_capacity(nodes.len());
        for node in nodes {
            edges.push(self.edge(*node)?);
        }
        let mut zdd = Zdd::new(&self.budget);
        let root = match edges.as_slice() {
            [edge] => minimal_solutions(&self.bdd, *edge, &mut zdd),
            _ => {
                let mut scratch = self.bdd.scratch();
                let mut all = Edge::TRUE;
                for edge in edges {
                    all = scratch.and(all, edge).map_err(spent)?;
                }
                minimal_solutions(&scratch, all, &mut zdd)
            }
        }
        .map_err(spent)?;
        let sources = self
            .leaves
            .iter()
            .map(|leaf| Source::Event(*leaf))
            .collect();
        best(
            &[Family::keep(&zdd, root, sources)],
            k,
            usize::MAX,
            weights,
            &self.budget,
        )
        .map_err(spent)
    }
}
