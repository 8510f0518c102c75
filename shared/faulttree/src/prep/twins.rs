//! Leaves that always occur together: events that are operands of the same OR gates act as one
//! event, the OR of them, and likewise for AND. Each such group becomes a gate, hence a module.
use crate::circuit::{Circuit, Lit, Node};
use crate::sorted::LookupMap;
use std::collections::BTreeMap;

/// How a leaf occurs: as if under OR (a plain operand of OR, a negated one of AND), or under AND.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Under {
    Or,
    And,
}

/// Where a leaf is an operand: (gate, sign).
type Places = Vec<(usize, bool)>;

/// Replaces each group by one gate; `None` where there is no group.
pub(super) fn merge(circuit: &Circuit, root: Lit) -> Option<(Circuit, Lit)> {
    let groups = groups(circuit, root);
    if groups.is_empty() {
        return None;
    }
    // Each member's group, and whether it is the one that stands for the group.
    let mut member: LookupMap<usize, (usize, bool)> = LookupMap::default();
    for (number, (_, leaves)) in groups.iter().enumerate() {
        for (at, leaf) in leaves.iter().enumerate() {
            member.insert(*leaf, (number, at == 0));
        }
    }
    let mut merged = Circuit::new();
    let mut new = vec![Lit::TRUE; circuit.nodes.len()];
    for (index, node) in circuit.nodes.iter().enumerate().skip(1) {
        if let Node::Leaf(leaf) = node {
            new[index] = merged.add(Node::Leaf(*leaf));
        }
    }
    let mut gates = Vec::with_capacity(groups.len());
    for (under, leaves) in &groups {
        let of = leaves.iter().map(|leaf| new[*leaf]).collect();
        gates.push(merged.add(if *under == Under::And {
            Node::And(of)
        } else {
            Node::Or(of)
        }));
    }
    for (index, node) in circuit.nodes.iter().enumerate() {
        let image = |lit: &Lit| new[lit.node()].negate_if(lit.is_negated());
        let kept = |of: &[Lit]| -> Vec<Lit> {
            let one = |lit: &Lit| match member.get(&lit.node()) {
                None => Some(image(lit)),
                Some((group, true)) => Some(gates[*group].negate_if(lit.is_negated())),
                Some((_, false)) => None,
            };
            of.iter().filter_map(one).collect()
        };
        new[index] = match node {
            Node::Constant | Node::Leaf(_) => continue,
            Node::And(of) => merged.add(Node::And(kept(of))),
            Node::Or(of) => merged.add(Node::Or(kept(of))),
            Node::Xor(of) => merged.add(Node::Xor(of.iter().map(image).collect())),
            Node::AtLeast(k, of) => merged.add(Node::AtLeast(*k, of.iter().map(image).collect())),
        };
    }
    Some((merged, new[root.node()].negate_if(root.is_negated())))
}

fn groups(circuit: &Circuit, root: Lit) -> Vec<(Under, Vec<usize>)> {
    let count = circuit.nodes.len();
    // For each leaf its operand places (gate, sign), or none if it can not be grouped.
    let mut places: Vec<Option<Places>> = vec![Some(Vec::new()); count];
    let mut under: Vec<Option<Under>> = vec![None; count];
    places[root.node()] = None;
    for (index, node) in circuit.nodes.iter().enumerate() {
        for lit in node.operands() {
            if !matches!(circuit.nodes[lit.node()], Node::Leaf(_)) {
                continue;
            }
            let here = match node {
                Node::Or(_) => Some(if lit.is_negated() {
                    Under::And
                } else {
                    Under::Or
                }),
                Node::And(_) => Some(if lit.is_negated() {
                    Under::Or
                } else {
                    Under::And
                }),
                _ => None,
            };
            let seen = under[lit.node()].get_or_insert(here.unwrap_or(Under::Or));
            match (here, &mut places[lit.node()]) {
                (Some(here), Some(list)) if *seen == here => list.push((index, lit.is_negated())),
                (_, list) => *list = None,
            }
        }
    }
    let mut by_places: BTreeMap<(Under, Places), Vec<usize>> = BTreeMap::new();
    for (index, list) in places.into_iter().enumerate() {
        if let (Some(list), Some(under)) = (list, under[index])
            && !list.is_empty()
        {
            by_places.entry((under, list)).or_default().push(index);
        }
    }
    by_places
        .into_iter()
        // A gate's private leaves are grouped elsewhere; a group needs two places to pay.
        .filter(|((_, list), leaves)| leaves.len() > 1 && list.len() > 1)
        .map(|((under, _), leaves)| (under, leaves))
        .collect()
}
