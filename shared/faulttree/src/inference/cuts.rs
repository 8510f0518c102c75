//! Minimal cut sets of gates under given weights, most probable first.
use super::Inference;
use crate::bdd::{Edge, UNIT, Zdd};
use crate::budget::EngineError;
use crate::model::{EventId, NodeId};
use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// A minimal cut set with the product of its events' weights.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CutSet {
    /// Its events, in order of definition.
    pub events: Vec<EventId>,
    /// Product of their probabilities.
    pub probability: f64,
}

impl Inference {
    /// The `k` most probable minimal cut sets of `nodes` together (of the one node, if there is
    /// one): sets of events that, alone true, make all of them true, and none of whose subsets
    /// does. `weights` gives each event's probability: [`Inference::priors`],
    /// [`Posterior::events`](super::Posterior::events), or the caller's own. Ties are broken by
    /// size, then by the order of events.
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
            [edge] => self.bdd.minimal_solutions(*edge, &mut zdd),
            _ => {
                let mut scratch = self.bdd.scratch();
                let mut all = Edge::TRUE;
                for edge in edges {
                    all = scratch.and(all, edge).map_err(spent)?;
                }
                scratch.minimal_solutions(all, &mut zdd)
            }
        }
        .map_err(spent)?;
        let by_level: Vec<f64> = self
            .leaves
            .iter()
            .map(|leaf| weights[*leaf as usize])
            .collect();
        let found = best(&zdd, root, &by_level, k);
        let mut sets: Vec<CutSet> = found
            .into_iter()
            .map(|(levels, probability)| {
                let mut events: Vec<EventId> = levels
                    .iter()
                    .map(|level| EventId(self.leaves[*level as usize]))
                    .collect();
                events.sort_unstable();
                CutSet {
                    events,
                    probability,
                }
            })
            .collect();
        sets.sort_by(|a, b| {
            b.probability
                .total_cmp(&a.probability)
                .then(a.events.len().cmp(&b.events.len()))
                .then_with(|| a.events.cmp(&b.events))
        });
        Ok(sets)
    }
}

struct Partial {
    /// Weight of the best set that this can grow into.
    bound: f64,
    chosen: Vec<u32>,
    so_far: f64,
    family: u32,
}

impl PartialEq for Partial {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Partial {}

impl PartialOrd for Partial {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Partial {
    fn cmp(&self, other: &Self) -> Ordering {
        self.bound
            .total_cmp(&other.bound)
            .then_with(|| other.chosen.len().cmp(&self.chosen.len()))
            .then_with(|| other.chosen.cmp(&self.chosen))
    }
}

/// Best-first search with an exact bound, so only sets that are asked for are ever completed.
fn best(zdd: &Zdd, root: u32, weights: &[f64], k: usize) -> Vec<(Vec<u32>, f64)> {
    let mut bounds = vec![f64::NEG_INFINITY; root as usize + 2];
    bounds[UNIT as usize] = 1.0;
    for index in zdd.reachable(root) {
        let (level, hi, lo) = zdd.node(index);
        bounds[index as usize] = f64::max(
            weights[level as usize] * bounds[hi as usize],
            bounds[lo as usize],
        );
    }
    let mut open = BinaryHeap::new();
    let mut found = Vec::new();
    let first = Partial {
        bound: bounds[root as usize],
        chosen: Vec::new(),
        so_far: 1.0,
        family: root,
    };
    if first.bound >= 0.0 && k > 0 {
        open.push(first);
    }
    while let Some(Partial {
        bound,
        chosen,
        so_far,
        family,
    }) = open.pop()
    {
        if family == UNIT {
            found.push((chosen, so_far));
            if found.len() == k {
                break;
            }
            continue;
        }
        let (level, hi, lo) = zdd.node(family);
        if bounds[lo as usize] >= 0.0 {
            let bound = bound.min(so_far * bounds[lo as usize]);
            open.push(Partial {
                bound,
                chosen: chosen.clone(),
                so_far,
                family: lo,
            });
        }
        let so_far = so_far * weights[level as usize];
        let mut chosen = chosen;
        chosen.push(level);
        open.push(Partial {
            bound: so_far * bounds[hi as usize],
            chosen,
            so_far,
            family: hi,
        });
    }
    found
}
