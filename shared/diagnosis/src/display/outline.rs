//! The tree as the drawing sees it: nodes by number, with what decides whether each is shown.

use faultscan_knowledge::EvidenceLevel;

/// Boost of a node that a guideline supports.
const GUIDELINE_BOOST: f64 = 1.5;

/// What the drawing needs to know of a node.
#[derive(Clone, Debug)]
pub(crate) struct Spot {
    /// P(node | evidence).
    pub(crate) probability: f64,
    /// Whether it can lose inputs and keep its meaning: an OR.
    pub(crate) is_or: bool,
    /// Whether a guideline refers to this very node.
    pub(crate) is_referenced: bool,
    /// Whether a guideline supports this node or the code it develops.
    pub(crate) is_supported: bool,
    /// How well the code it belongs to is proven.
    pub(crate) level: EvidenceLevel,
    /// Whether it was observed, or asked for.
    pub(crate) is_observed: bool,
    /// Whether it belongs to the most probable cut set.
    pub(crate) is_best: bool,
    /// Its inputs, each once.
    pub(crate) children: Vec<usize>,
}

impl Spot {
    /// The recalibrated weight, `min(max(0.8 p, 0.01) · boost · decay, 1)`.
    pub(crate) fn weight(&self) -> f64 {
        let boost = if self.is_supported {
            GUIDELINE_BOOST
        } else {
            1.0
        };
        ((0.8 * self.probability).max(0.01) * boost * self.level.decay()).min(1.0)
    }
}

/// A directed acyclic graph with one top.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outline {
    pub(crate) spots: Vec<Spot>,
    pub(crate) top: usize,
}

impl Outline {
    /// The inputs of a node.
    pub(crate) fn children(&self, spot: usize) -> &[usize] {
        self.spots
            .get(spot)
            .map_or(&[], |spot| spot.children.as_slice())
    }

    /// How many gates each node is an input of.
    pub(crate) fn in_degrees(&self) -> Vec<usize> {
        let mut degrees = vec![0; self.spots.len()];
        for child in self.spots.iter().flat_map(|spot| &spot.children) {
            if let Some(degree) = degrees.get_mut(*child) {
                *degree += 1;
            }
        }
        degrees
    }

    /// What can be reached from a node, itself included, over the nodes that `may` be walked.
    pub(crate) fn reach(&self, from: usize, may: impl Fn(usize) -> bool) -> Vec<bool> {
        let mut seen = vec![false; self.spots.len()];
        let mut open = vec![from];
        while let Some(at) = open.pop() {
            let Some(slot) = seen.get_mut(at) else {
                continue;
            };
            if *slot || !may(at) {
                continue;
            }
            *slot = true;
            open.extend(self.children(at));
        }
        seen
    }

    /// Distinct nodes below a node.
    pub(crate) fn count_below(&self, spot: usize) -> usize {
        let reached = self.reach(spot, |_| true);
        reached
            .iter()
            .filter(|seen| **seen)
            .count()
            .saturating_sub(1)
    }

    /// The nodes of one shortest way from the top to a node, both included.
    pub(crate) fn way_to(&self, goal: usize) -> Vec<usize> {
        let mut came_from: Vec<Option<usize>> = vec![None; self.spots.len()];
        let mut open = std::collections::VecDeque::from([self.top]);
        let mut seen = vec![false; self.spots.len()];
        if let Some(slot) = seen.get_mut(self.top) {
            *slot = true;
        }
        while let Some(at) = open.pop_front() {
            if at == goal {
                break;
            }
            for child in self.children(at) {
                if let Some(slot @ false) = seen.get_mut(*child) {
                    *slot = true;
                    if let Some(slot) = came_from.get_mut(*child) {
                        *slot = Some(at);
                    }
                    open.push_back(*child);
                }
            }
        }
        let mut way = vec![goal];
        let mut at = goal;
        while let Some(Some(before)) = came_from.get(at) {
            at = *before;
            way.push(at);
        }
        way.reverse();
        way
    }
}
