//! Lower bounds of the weight of cut sets, and from them how heavy a gate's cut sets can be if they
//! are to be part of one within a limit.
use super::Module;
use crate::Arrange as _;
use crate::circuit::{Lit, Node};

/// Modules with more nodes than this get no limits of their own, as these take quadratic time.
const NODES_MAX: usize = 6_000;

/// The leaves below each node, as bits.
type Support = Vec<u64>;

/// A weighted module of positive gates.
pub(crate) struct Weighed<'a> {
    module: &'a Module,
    /// Weight of each leaf.
    weights: &'a [u32],
    supports: Vec<Support>,
}

fn meets(a: &[u64], b: &[u64]) -> bool {
    a.iter().zip(b).any(|(a, b)| a & b != 0)
}

impl<'a> Weighed<'a> {
    pub(crate) fn new(module: &'a Module, weights: &'a [u32]) -> Self {
        let words = weights.len().div_ceil(64);
        let mut supports: Vec<Support> = Vec::with_capacity(module.circuit.nodes.len());
        for node in &module.circuit.nodes {
            let mut support = vec![0; words];
            if let Node::Leaf(leaf) = node {
                support[*leaf as usize / 64] |= 1 << (leaf % 64);
            }
            for lit in node.operands() {
                for (all, more) in support.iter_mut().zip(&supports[lit.node()]) {
                    *all |= more;
                }
            }
            supports.push(support);
        }
        Weighed {
            module,
            weights,
            supports,
        }
    }

    /// A lower bound of the weight of any cut set of the module.
    pub(crate) fn least(&self) -> u32 {
        let root = self.module.root.node();
        let free = vec![0; self.weights.len().div_ceil(64)];
        self.bounds(&free, root)[root]
    }

    /// Lower bounds of the weight of the cut sets of the nodes up to `last`, where `free` leaves
    /// count nothing.
    fn bounds(&self, free: &[u64], last: usize) -> Vec<u32> {
        let mut least = vec![0u32; last + 1];
        for (index, node) in self.module.circuit.nodes.iter().enumerate().take(last + 1) {
            let each = |of: &[Lit]| -> Vec<u32> { of.iter().map(|l| least[l.node()]).collect() };
            least[index] = match node {
                Node::Constant | Node::Xor(_) => 0,
                Node::Leaf(leaf) if free[*leaf as usize / 64] >> (leaf % 64) & 1 == 1 => 0,
                Node::Leaf(leaf) => self.weights[*leaf as usize],
                Node::Or(of) => each(of).into_iter().min().unwrap_or(0),
                Node::And(of) => self.together(of.iter(), &least, free),
                Node::AtLeast(k, of) => {
                    let mut sorted = each(of);
                    sorted.arrange();
                    (*k as usize).checked_sub(1).map_or(0, |at| sorted[at])
                }
            };
        }
        least
    }

    /// A lower bound for all of the operands together: the sum over some that have no leaf in
    /// common but free ones, small ones first; or the heaviest alone.
    fn together<'l>(&self, of: impl Iterator<Item = &'l Lit>, least: &[u32], free: &[u64]) -> u32 {
        let mut nodes: Vec<usize> = of.map(|l| l.node()).filter(|n| least[*n] > 0).collect();
        let size = |node: &usize| {
            self.supports[*node]
                .iter()
                .map(|w| w.count_ones())
                .sum::<u32>()
        };
        nodes.arrange_by_key(size);
        let heaviest = nodes.iter().map(|node| least[*node]).max().unwrap_or(0);
        let mut used = vec![0u64; free.len()];
        let mut sum = 0u32;
        for node in nodes {
            let own: Support = self.supports[node]
                .iter()
                .zip(free)
                .map(|(all, free)| all & !free)
                .collect();
            if !meets(&own, &used) {
                sum = sum.saturating_add(least[node]);
                for (all, more) in used.iter_mut().zip(&own) {
                    *all |= more;
                }
            }
        }
        sum.max(heaviest)
    }

    /// For each node the weight beyond which its cut sets are part of none of the module's within
    /// `limit`; `None` for nodes that are part of none at all.
    pub(crate) fn limits(&self, limit: u32) -> Vec<Option<u32>> {
        let nodes = &self.module.circuit.nodes;
        let root = self.module.root.node();
        if nodes.len() > NODES_MAX {
            return vec![Some(limit); nodes.len()];
        }
        let mut limits: Vec<Option<u32>> = vec![None; nodes.len()];
        limits[root] = Some(limit);
        for index in (1..=root).rev() {
            let Some(here) = limits[index] else { continue };
            for operand in nodes[index].operands() {
                let left = match &nodes[index] {
                    Node::And(of) => {
                        // What the others need beyond what this operand may bring along.
                        let free = &self.supports[operand.node()];
                        let least = self.bounds(free, index);
                        let others = of.iter().filter(|lit| *lit != operand);
                        here.checked_sub(self.together(others, &least, free))
                    }
                    _ => Some(here),
                };
                let known = &mut limits[operand.node()];
                *known = (*known).max(left);
            }
        }
        limits
    }
}
