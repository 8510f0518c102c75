//! Factors that operands have in common: `(c OR a) AND (c OR b)` is `c OR (a AND b)`, and its dual.
use crate::Arrange as _;
use crate::circuit::{Circuit, Lit, Node};
use std::collections::BTreeMap;

/// Gates with more operands than this are left as they are.
const OPERANDS_MAX: usize = 400;

/// An operand of a junction under way.
enum Operand {
    Plain(Lit),
    /// A junction of the other kind that nothing else uses.
    Dual(Vec<Lit>),
}

/// Takes common factors out of the operands of AND and OR gates; `None` where there are none.
pub(super) fn factor(circuit: &Circuit, root: Lit) -> Option<(Circuit, Lit)> {
    let mut uses = vec![0u32; circuit.nodes.len()];
    uses[root.node()] = 1;
    for lit in circuit.nodes.iter().flat_map(Node::operands) {
        uses[lit.node()] += 1;
    }
    let mut made = Circuit::new();
    let mut new = vec![Lit::TRUE; circuit.nodes.len()];
    let mut changed = false;
    for (index, node) in circuit.nodes.iter().enumerate().skip(1) {
        let image = |lit: &Lit| new[lit.node()].negate_if(lit.is_negated());
        let of: Vec<Lit> = node.operands().iter().map(image).collect();
        let and = matches!(node, Node::And(_));
        if (and || matches!(node, Node::Or(_))) && of.len() <= OPERANDS_MAX {
            let operand = |(old, now): (&Lit, &Lit)| match uses[old.node()] {
                1 => dual(&made, and, *now).map_or(Operand::Plain(*now), Operand::Dual),
                _ => Operand::Plain(*now),
            };
            let operands: Vec<Operand> = node.operands().iter().zip(&of).map(operand).collect();
            if shared(&operands).is_some() {
                changed = true;
                new[index] = junction(&mut made, and, operands);
                continue;
            }
        }
        new[index] = match node {
            Node::Constant => Lit::TRUE,
            Node::Leaf(leaf) => made.add(Node::Leaf(*leaf)),
            Node::And(_) => made.add(Node::And(of)),
            Node::Or(_) => made.add(Node::Or(of)),
            Node::Xor(_) => made.add(Node::Xor(of)),
            Node::AtLeast(k, _) => made.add(Node::AtLeast(*k, of)),
        };
    }
    changed.then(|| (made, new[root.node()].negate_if(root.is_negated())))
}

/// The operands of `lit` as a disjunction (below an AND) or conjunction (below an OR), if it is one.
fn dual(circuit: &Circuit, and: bool, lit: Lit) -> Option<Vec<Lit>> {
    let of = match &circuit.nodes[lit.node()] {
        Node::Or(of) if and != lit.is_negated() => of,
        Node::And(of) if and == lit.is_negated() => of,
        _ => return None,
    };
    Some(
        of.iter()
            .map(|inner| inner.negate_if(lit.is_negated()))
            .collect(),
    )
}

/// The literal that most dual operands hold, if two do.
fn shared(operands: &[Operand]) -> Option<Lit> {
    let mut counts: BTreeMap<Lit, usize> = BTreeMap::new();
    for operand in operands {
        if let Operand::Dual(of) = operand {
            for lit in of {
                *counts.entry(*lit).or_default() += 1;
            }
        }
    }
    let mut best: Option<(usize, Lit)> = None;
    for (lit, count) in counts {
        if count > 1 && best.is_none_or(|(most, _)| count > most) {
            best = Some((count, lit));
        }
    }
    best.map(|(_, lit)| lit)
}

/// Recursion is as deep as factors nest, and each level has fewer literals than the one above.
fn junction(circuit: &mut Circuit, and: bool, mut operands: Vec<Operand>) -> Lit {
    while let Some(lit) = shared(&operands) {
        let mut group: Vec<Vec<Lit>> = Vec::new();
        let mut others = Vec::with_capacity(operands.len());
        for operand in operands {
            match operand {
                Operand::Dual(of) if of.contains(&lit) => group.push(of),
                other => others.push(other),
            }
        }
        operands = others;
        let in_all = |lit: &Lit| group.iter().all(|of| of.contains(lit));
        let mut joined: Vec<Lit> = group[0].iter().copied().filter(in_all).collect();
        let rest = |of: &Vec<Lit>| of.iter().copied().filter(|l| !joined.contains(l)).collect();
        let rests: Vec<Vec<Lit>> = group.iter().map(rest).collect();
        // One that is nothing but the common part decides alone.
        if !rests.iter().any(Vec::is_empty) {
            let inner = rests.into_iter().map(Operand::Dual).collect();
            joined.push(junction(circuit, and, inner));
        }
        operands.push(Operand::Dual(joined));
    }
    let mut done = Vec::with_capacity(operands.len());
    for operand in operands {
        done.push(match operand {
            Operand::Plain(lit) => lit,
            Operand::Dual(of) => make(circuit, !and, of),
        });
    }
    make(circuit, and, done)
}

fn make(circuit: &mut Circuit, and: bool, mut of: Vec<Lit>) -> Lit {
    of.arrange();
    of.dedup();
    match of.as_slice() {
        [only] => *only,
        _ => circuit.add(if and { Node::And(of) } else { Node::Or(of) }),
    }
}
