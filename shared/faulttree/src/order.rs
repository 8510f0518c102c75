//! Orders of variables by the structure of the circuit, and the building of diagrams in one.
use crate::Arrange as _;
use crate::bdd::{Bdd, Edge};
use crate::budget::Spent;
use crate::circuit::{Circuit, Lit, Node};

/// How a depth-first walk takes the operands of a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Walk {
    /// As they stand.
    Written,
    /// Small subtrees first.
    Light,
    /// Large subtrees first.
    Heavy,
    /// Operands that many gates use first.
    Shared,
    /// Operands that few gates use first.
    Private,
    /// Leaves last.
    LeavesLast,
    /// Backwards.
    Reverse,
}

/// Which order to try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Strategy {
    Depth(Walk),
    Weighed,
    /// [`force`] from the depth-first order.
    Force,
    /// [`force`] from the weighed order.
    ForceWeighed,
}

/// The portfolio. No order is good for every tree.
pub(crate) const PORTFOLIO: [Strategy; 10] = [
    Strategy::Depth(Walk::Heavy),
    Strategy::Depth(Walk::LeavesLast),
    Strategy::Depth(Walk::Shared),
    Strategy::Depth(Walk::Reverse),
    Strategy::Depth(Walk::Light),
    Strategy::Depth(Walk::Written),
    Strategy::Depth(Walk::Private),
    Strategy::Weighed,
    Strategy::ForceWeighed,
    Strategy::Force,
];

/// Circuits beyond this get no [`weighed`] order, as it takes quadratic time.
const WEIGHED_NODES_MAX: usize = 20_000;
const FORCE_ROUNDS: usize = 40;

/// Leaves in the order that a strategy gives.
pub(crate) fn order(circuit: &Circuit, root: Lit, leaves: usize, by: Strategy) -> Vec<u32> {
    let small = circuit.nodes.len() <= WEIGHED_NODES_MAX;
    match by {
        Strategy::Depth(walk) => depth_first(circuit, &[root], walk),
        Strategy::Weighed if small => weighed(circuit, root, leaves),
        Strategy::ForceWeighed if small => {
            force(circuit, root, &weighed(circuit, root, leaves), FORCE_ROUNDS)
        }
        Strategy::Weighed | Strategy::Force | Strategy::ForceWeighed => force(
            circuit,
            root,
            &depth_first(circuit, &[root], Walk::Written),
            FORCE_ROUNDS,
        ),
    }
}

/// Leaves in the order in which a depth-first walk from `roots` meets them.
pub(crate) fn depth_first(circuit: &Circuit, roots: &[Lit], walk: Walk) -> Vec<u32> {
    let measures = Measures::of(circuit, walk);
    let mut seen = vec![false; circuit.nodes.len()];
    let mut order = Vec::new();
    let mut open: Vec<usize> = roots.iter().rev().map(|lit| lit.node()).collect();
    while let Some(node) = open.pop() {
        if std::mem::replace(&mut seen[node], true) {
            continue;
        }
        if let Node::Leaf(leaf) = circuit.nodes[node] {
            order.push(leaf);
        }
        let mut next: Vec<usize> = circuit.nodes[node]
            .operands()
            .iter()
            .map(|lit| lit.node())
            .collect();
        if walk == Walk::Reverse {
            next.reverse();
        }
        // The stack gives back the last first.
        next.arrange_by(|a, b| measures.key(*a).total_cmp(&measures.key(*b)));
        next.reverse();
        open.extend(next);
    }
    order
}

struct Measures {
    keys: Vec<f64>,
}

impl Measures {
    fn of(circuit: &Circuit, walk: Walk) -> Self {
        let count = circuit.nodes.len();
        let mut keys = vec![0.0; count];
        match walk {
            Walk::Written | Walk::Reverse => {}
            Walk::LeavesLast => {
                for (key, node) in keys.iter_mut().zip(&circuit.nodes) {
                    *key = if matches!(node, Node::Leaf(_)) {
                        1.0
                    } else {
                        0.0
                    };
                }
            }
            Walk::Light | Walk::Heavy => {
                for (index, node) in circuit.nodes.iter().enumerate() {
                    let below = node.operands().iter().map(|lit| f64::abs(keys[lit.node()]));
                    let size = below.sum::<f64>().max(1.0);
                    keys[index] = if walk == Walk::Light { size } else { -size };
                }
            }
            Walk::Shared | Walk::Private => {
                let step = if walk == Walk::Shared { -1.0 } else { 1.0 };
                for lit in circuit.nodes.iter().flat_map(Node::operands) {
                    keys[lit.node()] += step;
                }
            }
        }
        Measures { keys }
    }

    fn key(&self, node: usize) -> f64 {
        self.keys[node]
    }
}

/// Minato's order (1990): the root's weight is shared out among operands; the heaviest leaf comes
/// first, is taken out, and the rest weighed anew. Quadratic, so for small circuits.
pub(crate) fn weighed(circuit: &Circuit, root: Lit, leaves: usize) -> Vec<u32> {
    let count = circuit.nodes.len();
    let mut taken = vec![false; count];
    let mut order = Vec::with_capacity(leaves);
    while order.len() < leaves {
        let mut alive = vec![false; count];
        for (index, node) in circuit.nodes.iter().enumerate() {
            alive[index] = match node {
                Node::Constant => false,
                Node::Leaf(_) => !taken[index],
                other => other.operands().iter().any(|lit| alive[lit.node()]),
            };
        }
        let mut weight = vec![0.0; count];
        weight[root.node()] = 1.0;
        let mut best: Option<(f64, usize)> = None;
        for index in (0..count).rev().filter(|index| alive[*index]) {
            if let Node::Leaf(_) = circuit.nodes[index] {
                if best.is_none_or(|(most, _)| weight[index] >= most) {
                    best = Some((weight[index], index));
                }
                continue;
            }
            let of = circuit.nodes[index].operands().iter().map(|lit| lit.node());
            let of: Vec<usize> = of.filter(|node| alive[*node]).collect();
            let share = weight[index] / f64::from(u32::try_from(of.len()).unwrap_or(u32::MAX));
            for node in of {
                weight[node] += share;
            }
        }
        let Some((_, index)) = best else { break };
        taken[index] = true;
        if let Node::Leaf(leaf) = circuit.nodes[index] {
            order.push(leaf);
        }
    }
    order
}

/// FORCE (Aloul, Markov and Sakallah 2003): every gate pulls its operands towards their centre.
pub(crate) fn force(circuit: &Circuit, root: Lit, start: &[u32], rounds: usize) -> Vec<u32> {
    let count = circuit.nodes.len();
    let mut place = vec![f64::NAN; count];
    let mut leaf_node = vec![0usize; start.len()];
    for (index, node) in circuit.nodes.iter().enumerate() {
        if let Node::Leaf(leaf) = node {
            leaf_node[*leaf as usize] = index;
        }
    }
    let float = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
    for (at, leaf) in start.iter().enumerate() {
        place[leaf_node[*leaf as usize]] = float(at);
    }
    for (index, node) in circuit.nodes.iter().enumerate() {
        let of = node.operands();
        if !of.is_empty() {
            place[index] = of.iter().map(|lit| place[lit.node()]).sum::<f64>() / float(of.len());
        }
    }
    let mut best = (u64::MAX, start.to_vec());
    for _ in 0..rounds {
        let mut pull = vec![(0.0, 0usize); count];
        for (index, node) in circuit.nodes.iter().enumerate() {
            let of = node.operands();
            if of.is_empty() {
                continue;
            }
            let centre = (of.iter().map(|lit| place[lit.node()]).sum::<f64>() + place[index])
                / float(of.len() + 1);
            for at in of.iter().map(|lit| lit.node()).chain([index]) {
                pull[at].0 += centre;
                pull[at].1 += 1;
            }
        }
        let mut all: Vec<(f64, usize)> = pull
            .iter()
            .enumerate()
            .filter(|(_, (_, n))| *n > 0)
            .map(|(index, (sum, n))| (sum / float(*n), index))
            .collect();
        all.arrange_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut order = Vec::with_capacity(start.len());
        for (at, (_, index)) in all.into_iter().enumerate() {
            place[index] = float(at);
            if let Node::Leaf(leaf) = circuit.nodes[index] {
                order.push(leaf);
            }
        }
        let span = span(circuit, root, &order);
        if span < best.0 {
            best = (span, order);
        }
    }
    best.1
}

/// Sum over gates of the distance between their first and last leaf in the order.
fn span(circuit: &Circuit, root: Lit, order: &[u32]) -> u64 {
    let mut at = vec![0u32; order.len()];
    for (place, leaf) in (0u32..).zip(order) {
        at[*leaf as usize] = place;
    }
    let mut ends = vec![(u32::MAX, 0u32); circuit.nodes.len()];
    let mut sum = 0;
    for (index, node) in circuit.nodes.iter().enumerate().take(root.node() + 1) {
        ends[index] = match node {
            Node::Constant => (u32::MAX, 0),
            Node::Leaf(leaf) => (at[*leaf as usize], at[*leaf as usize]),
            other => other
                .operands()
                .iter()
                .fold((u32::MAX, 0), |(low, high), lit| {
                    let (a, b) = ends[lit.node()];
                    (low.min(a), high.max(b))
                }),
        };
        sum += u64::from(ends[index].1.saturating_sub(ends[index].0));
    }
    sum
}

/// Builds the diagram of every node under `roots`, bottom-up. `levels` gives each leaf's level.
/// A failure tells how many nodes of the circuit were done.
pub(crate) fn build(
    bdd: &mut Bdd,
    circuit: &Circuit,
    roots: &[Lit],
    levels: &[u32],
) -> Result<Vec<Edge>, (Spent, usize)> {
    let mut wanted = vec![false; circuit.nodes.len()];
    for root in roots {
        wanted[root.node()] = true;
    }
    for index in (0..circuit.nodes.len()).rev() {
        if wanted[index] {
            for operand in circuit.nodes[index].operands() {
                wanted[operand.node()] = true;
            }
        }
    }
    let mut edges = vec![Edge::TRUE; circuit.nodes.len()];
    for (index, node) in circuit.nodes.iter().enumerate().filter(|(i, _)| wanted[*i]) {
        let made = match node {
            Node::Constant => Ok(Edge::TRUE),
            Node::Leaf(leaf) => bdd.variable(levels[*leaf as usize]),
            other => combine(bdd, other, &edges),
        };
        edges[index] = made.map_err(|spent| (spent, index))?;
    }
    Ok(edges)
}

/// The diagram of a gate, given those of its operands. Operands deep in the order come first, so
/// that each step adds on top of what is there.
pub(crate) fn combine(bdd: &mut Bdd, node: &Node, edges: &[Edge]) -> Result<Edge, Spent> {
    let mut of: Vec<Edge> = node
        .operands()
        .iter()
        .map(|lit| edges[lit.node()].negate_if(lit.is_negated()))
        .collect();
    of.arrange_by_key(|edge| bdd.level(*edge));
    let mut of = of.into_iter();
    match node {
        Node::Constant | Node::Leaf(_) => Ok(Edge::TRUE),
        Node::And(_) => of.try_rfold(Edge::TRUE, |all, edge| bdd.and(all, edge)),
        Node::Or(_) => of.try_rfold(Edge::FALSE, |all, edge| bdd.or(all, edge)),
        Node::Xor(_) => of.try_rfold(Edge::FALSE, |all, edge| bdd.xor(all, edge)),
        Node::AtLeast(k, _) => bdd.at_least(
            usize::try_from(*k).unwrap_or(usize::MAX),
            &of.collect::<Vec<_>>(),
        ),
    }
}
