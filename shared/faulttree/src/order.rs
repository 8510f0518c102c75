//! Orders of variables by the structure of the circuit, and the building of diagrams in one.
use crate::bdd::{Bdd, Edge};
use crate::budget::Spent;
use crate::circuit::{Circuit, Lit, Node};

/// Leaves in the order in which a depth-first walk from `roots` meets them.
pub(crate) fn depth_first(circuit: &Circuit, roots: &[Lit]) -> Vec<u32> {
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
        open.extend(
            circuit.nodes[node]
                .operands()
                .iter()
                .rev()
                .map(|lit| lit.node()),
        );
    }
    order
}

/// Builds the diagram of every node under `roots`, bottom-up. `levels` gives each leaf's level.
pub(crate) fn build(
    bdd: &mut Bdd,
    circuit: &Circuit,
    roots: &[Lit],
    levels: &[u32],
) -> Result<Vec<Edge>, Spent> {
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
        edges[index] = match node {
            Node::Constant => Edge::TRUE,
            Node::Leaf(leaf) => bdd.variable(levels[*leaf as usize])?,
            other => combine(bdd, other, &edges)?,
        };
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
    of.sort_by_key(|edge| bdd.level(*edge));
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
