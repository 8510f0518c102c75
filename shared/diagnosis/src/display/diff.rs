//! What changed between two versions of a graph, so that a cached one is updated by little.

use faultscan_faulttree::Arrange as _;
use faultscan_faulttree::one_by_one;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::report::{Graph, GraphEdge, GraphNode};

/// The difference between two versions of a graph.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GraphDiff {
    /// The version that it starts from.
    pub from: String,
    /// The version that it leads to.
    pub to: String,
    /// The new top.
    pub top: String,
    /// Nodes that are new.
    pub added: Vec<GraphNode>,
    /// Nodes that are gone.
    pub removed: Vec<String>,
    /// Nodes that say something else now, whole.
    pub changed: Vec<GraphNode>,
    /// Edges that are new.
    pub added_edges: Vec<GraphEdge>,
    /// Edges that are gone.
    pub removed_edges: Vec<GraphEdge>,
    /// Nodes of the whole tree, as in [`Graph::total`].
    pub total: u32,
    /// Nodes told with others, as in [`Graph::merged`].
    pub merged: u32,
    /// Nodes pruned, as in [`Graph::pruned`].
    pub pruned: u32,
    /// Nodes hidden, as in [`Graph::hidden`].
    pub hidden: u32,
}

/// Why a difference cannot be applied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DiffError {
    /// It starts from another version.
    #[error("the difference starts from version {from}; the graph is version {have}")]
    OtherVersion {
        /// The version that it starts from.
        from: String,
        /// The version at hand.
        have: String,
    },
    /// It does not lead to what it says.
    #[error("the difference leads to another graph than it says")]
    Broken,
}

impl DiffError {
    /// Stable name of the kind of error.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::OtherVersion { .. } => "other_graph_version",
            Self::Broken => "broken_graph_diff",
        }
    }
}

impl GraphDiff {
    /// What leads from `old` to `new`.
    #[must_use]
    pub fn between(old: &Graph, new: &Graph) -> Self {
        let before: BTreeMap<&str, &GraphNode> = by_id(&old.nodes);
        let after: BTreeMap<&str, &GraphNode> = by_id(&new.nodes);
        let (old_edges, new_edges) = (edges(old), edges(new));
        let only = |a: &BTreeSet<&GraphEdge>, b: &BTreeSet<&GraphEdge>| {
            a.difference(b).map(|edge| (*edge).clone()).collect()
        };
        Self {
            from: old.version.clone(),
            to: new.version.clone(),
            top: new.top.clone(),
            added: new
                .nodes
                .iter()
                .filter(|node| !before.contains_key(node.id.as_str()))
                .cloned()
                .collect(),
            removed: old
                .nodes
                .iter()
                .filter(|node| !after.contains_key(node.id.as_str()))
                .map(|node| node.id.clone())
                .collect(),
            changed: new
                .nodes
                .iter()
                .filter(|node| before.get(node.id.as_str()).is_some_and(|old| old != node))
                .cloned()
                .collect(),
            added_edges: only(&new_edges, &old_edges),
            removed_edges: only(&old_edges, &new_edges),
            total: new.total,
            merged: new.merged,
            pruned: new.pruned,
            hidden: new.hidden,
        }
    }

    /// The newer graph.
    ///
    /// # Errors
    /// [`DiffError`], if `old` is not the graph that this starts from.
    pub fn apply(&self, old: &Graph) -> Result<Graph, DiffError> {
        if old.version != self.from {
            return Err(DiffError::OtherVersion {
                from: self.from.clone(),
                have: old.version.clone(),
            });
        }
        let mut nodes = by_id(&old.nodes);
        for id in &self.removed {
            nodes.remove(id.as_str());
        }
        for node in self.added.iter().chain(&self.changed) {
            nodes.insert(&node.id, node);
        }
        let mut kept = edges(old);
        for edge in &self.removed_edges {
            kept.remove(edge);
        }
        kept.extend(&self.added_edges);
        let mut graph = Graph {
            version: String::new(),
            top: self.top.clone(),
            nodes: nodes.into_values().cloned().collect(),
            edges: kept.into_iter().cloned().collect(),
            total: self.total,
            merged: self.merged,
            pruned: self.pruned,
            hidden: self.hidden,
        };
        graph.settle();
        if graph.version != self.to {
            return Err(DiffError::Broken);
        }
        Ok(graph)
    }
}

fn by_id(nodes: &[GraphNode]) -> BTreeMap<&str, &GraphNode> {
    one_by_one(nodes.iter().map(|node| (node.id.as_str(), node)))
}

fn edges(graph: &Graph) -> BTreeSet<&GraphEdge> {
    one_by_one(&graph.edges)
}

/// FNV-1a, 64 bits: no more is asked of it than to tell versions of one graph apart.
struct Fnv(u64);

impl Fnv {
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
        // What no text holds, so that "ab", "c" is not "a", "bc".
        self.0 = (self.0 ^ 0xff).wrapping_mul(0x0100_0000_01b3);
    }

    fn number(&mut self, number: u64) {
        self.add(&number.to_le_bytes());
    }
}

impl Graph {
    /// Puts nodes and edges in their order (the top first, the rest by id) and names the version.
    pub(crate) fn settle(&mut self) {
        let top = &self.top;
        self.nodes
            .arrange_by(|a, b| (a.id != *top, &a.id).cmp(&(b.id != *top, &b.id)));
        self.edges.arrange();
        self.version = self.hash();
    }

    fn hash(&self) -> String {
        let mut fnv = Fnv(0xcbf2_9ce4_8422_2325);
        fnv.add(self.top.as_bytes());
        for count in [self.total, self.merged, self.pruned, self.hidden] {
            fnv.number(count.into());
        }
        for node in &self.nodes {
            for text in [&node.id, &node.title, &node.title_zh] {
                fnv.add(text.as_bytes());
            }
            for number in [node.probability, node.prior, node.weight] {
                fnv.number(billionths(number));
            }
            let gate = node.gate.map_or(0, |gate| gate as u64 + 1);
            let k = node.k.map_or(0, |k| u64::from(k) + 1);
            let observed = node.observed.map_or(0, |observed| u64::from(observed) + 1);
            for number in [
                node.kind as u64,
                gate,
                k,
                observed,
                node.in_best_cut_set.into(),
                node.guideline.into(),
                node.inputs.into(),
                node.below.into(),
            ] {
                fnv.number(number);
            }
            for merged in &node.merged {
                fnv.add(merged.id.as_bytes());
                fnv.number(billionths(merged.probability));
            }
        }
        for edge in &self.edges {
            fnv.add(edge.from.as_bytes());
            fnv.add(edge.to.as_bytes());
        }
        hex(fnv.0)
    }
}

/// A probability as it enters the version: readers of JSON may be off in a float's last digit.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "0 to a billion"
)]
fn billionths(probability: f64) -> u64 {
    (probability.clamp(0.0, 1.0) * 1e9).round() as u64
}

fn hex(number: u64) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    (0..16)
        .rev()
        .map(|at| char::from(DIGITS[(number >> (at * 4) & 15) as usize]))
        .collect()
}
