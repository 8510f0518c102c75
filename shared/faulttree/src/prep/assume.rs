//! What a gate need not ask again: below `x AND g` the event `x` counts as true, and below
//! `x OR g` as false, wherever nothing else can see the difference.
use crate::circuit::{Circuit, Lit, Node};

/// Literals carried down at most.
const CONTEXT_MAX: usize = 24;

/// Replaces leaves by what every way up from them asserts; `None` where there is nothing to do.
///
/// If a literal does not hold, then every way from the gates below its assertion to the root is
/// blocked there, so their values do not matter; the assertion itself stays where it is highest.
pub(super) fn assume(circuit: &Circuit, root: Lit) -> Option<(Circuit, Lit)> {
    let count = circuit.nodes.len();
    let mut context: Vec<Option<Vec<Lit>>> = vec![None; count];
    context[root.node()] = Some(Vec::new());
    let mut operands: Vec<Option<Vec<Lit>>> = vec![None; count];
    let mut changed = false;
    for index in (1..count).rev() {
        let Some(here) = context[index].take() else {
            continue;
        };
        let node = &circuit.nodes[index];
        let below = asserted(circuit, node, &here);
        let mut of = node.operands().to_vec();
        for lit in &mut of {
            match &circuit.nodes[lit.node()] {
                Node::Constant => {}
                Node::Leaf(_) => {
                    if let Some(known) = here.iter().find(|known| known.node() == lit.node()) {
                        *lit = Lit::FALSE.negate_if(known == lit);
                        changed = true;
                    }
                }
                _ => match &mut context[lit.node()] {
                    Some(all) => all.retain(|known| below.contains(known)),
                    empty => *empty = Some(below.clone()),
                },
            }
        }
        operands[index] = Some(of);
    }
    changed.then(|| rebuild(circuit, root, &operands))
}

/// What holds below a gate: what holds at it, and its own leaves.
fn asserted(circuit: &Circuit, node: &Node, here: &[Lit]) -> Vec<Lit> {
    let mut below = here.to_vec();
    let (of, negated) = match node {
        Node::And(of) => (of, false),
        Node::Or(of) => (of, true),
        _ => return below,
    };
    for lit in of {
        let is_leaf = matches!(circuit.nodes[lit.node()], Node::Leaf(_));
        if is_leaf
            && below.len() < CONTEXT_MAX
            && below.iter().all(|known| known.node() != lit.node())
        {
            below.push(lit.negate_if(negated));
        }
    }
    below
}

fn rebuild(circuit: &Circuit, root: Lit, operands: &[Option<Vec<Lit>>]) -> (Circuit, Lit) {
    let mut made = Circuit::new();
    let mut new = vec![Lit::TRUE; circuit.nodes.len()];
    for (index, node) in circuit.nodes.iter().enumerate().skip(1) {
        let image = |lit: &Lit| new[lit.node()].negate_if(lit.is_negated());
        let of: Vec<Lit> = match &operands[index] {
            Some(of) => of.iter().map(image).collect(),
            None if matches!(node, Node::Leaf(_)) => Vec::new(),
            None => continue,
        };
        new[index] = made.add(match node {
            Node::Constant => Node::Constant,
            Node::Leaf(leaf) => Node::Leaf(*leaf),
            Node::And(_) => Node::And(of),
            Node::Or(_) => Node::Or(of),
            Node::Xor(_) => Node::Xor(of),
            Node::AtLeast(k, _) => Node::AtLeast(*k, of),
        });
    }
    (made, new[root.node()].negate_if(root.is_negated()))
}
