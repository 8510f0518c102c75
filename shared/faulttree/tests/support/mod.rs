//! Random trees, and the truth about them by trying every state of the events.
#![allow(dead_code)]
use faultscan_faulttree::{EventId, FaultTree, FaultTreeBuilder, Formula, NodeId};
use proptest::prelude::*;

/// Which operators a random tree may have.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    Coherent,
    Any,
}

/// Trees of up to `events_max` events and `gates_max` gates; the last gate is the top `top`.
pub(crate) fn trees(
    kind: Kind,
    events_max: usize,
    gates_max: usize,
) -> impl Strategy<Value = FaultTree> {
    let event = prop_oneof![8 => 0.0..=1.0f64, 4 => 1e-6..1e-2f64, 1 => Just(0.0), 1 => Just(1.0)];
    let events = prop::collection::vec(event, 1..=events_max);
    let operands = prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 1..5);
    let gate = (0..10u8, 1..4u32, operands);
    (events, prop::collection::vec(gate, 1..=gates_max)).prop_map(move |(events, gates)| {
        let mut builder = FaultTreeBuilder::new();
        let mut names = Vec::new();
        for (i, p) in events.iter().enumerate() {
            let name = format!("e{i}");
            builder.basic_event(&name, *p).unwrap();
            names.push(name);
        }
        let count = gates.len();
        for (i, (op, k, operands)) in gates.into_iter().enumerate() {
            let of: Vec<Formula> = operands
                .iter()
                .map(|(index, negated)| {
                    // Lean towards late names, so that gates stack up.
                    let at = names.len() - 1 - index.index(names.len().min(8));
                    let named = Formula::named(names[at].clone());
                    match *negated && kind == Kind::Any {
                        true => Formula::Not(Box::new(named)),
                        false => named,
                    }
                })
                .collect();
            let formula = formula(kind, op, k, of);
            let name = if i + 1 == count {
                "top".into()
            } else {
                format!("g{i}")
            };
            builder.gate(&name, formula).unwrap();
            names.push(name);
        }
        builder.top("top");
        builder.build().unwrap()
    })
}

fn formula(kind: Kind, op: u8, k: u32, of: Vec<Formula>) -> Formula {
    let least = Formula::AtLeast {
        k: k.min(of.len() as u32),
        of: of.clone(),
    };
    match (kind, op) {
        (_, 0..=2) => Formula::And(of),
        (_, 3..=4) => Formula::Or(of),
        (_, 5) => least,
        (Kind::Coherent, 6) => {
            let condition = Box::new(of[0].clone());
            Formula::Inhibit {
                of: Box::new(Formula::Or(of)),
                condition,
            }
        }
        (Kind::Coherent, 7..) => Formula::Or(of),
        (Kind::Any, 6) => Formula::Nand(of),
        (Kind::Any, 7) => Formula::Nor(of),
        (Kind::Any, 8) if of.len() > 1 => Formula::Xor(of),
        (Kind::Any, 8) => Formula::Not(Box::new(of[0].clone())),
        (Kind::Any, _) => Formula::Or(vec![Formula::And(of), Formula::Constant(false)]),
    }
}

/// Value of a formula; `gates` holds those of the gates it refers to.
fn holds(formula: &Formula<NodeId>, state: u32, gates: &[bool]) -> bool {
    let count = |of: &[Formula<NodeId>]| of.iter().filter(|f| holds(f, state, gates)).count();
    match formula {
        Formula::Ref(NodeId::Event(id)) => state >> id.index() & 1 == 1,
        Formula::Ref(NodeId::Gate(id)) => gates[id.index()],
        Formula::Constant(value) => *value,
        Formula::And(of) => count(of) == of.len(),
        Formula::Or(of) => count(of) > 0,
        Formula::Nand(of) => count(of) < of.len(),
        Formula::Nor(of) => count(of) == 0,
        Formula::AtLeast { k, of } => count(of) >= *k as usize,
        Formula::Not(of) => !holds(of, state, gates),
        Formula::Xor(of) => count(of) % 2 == 1,
        Formula::Inhibit { of, condition } => {
            holds(of, state, gates) && holds(condition, state, gates)
        }
        _ => unreachable!(),
    }
}

/// Values of all gates in a state of the events (a bit for each).
pub(crate) fn gates(tree: &FaultTree, state: u32) -> Vec<bool> {
    let mut values = vec![false; tree.gates().len()];
    for id in tree.gates_bottom_up() {
        values[id.index()] = holds(tree.gates()[id.index()].formula(), state, &values);
    }
    values
}

pub(crate) fn value(tree: &FaultTree, state: u32, node: NodeId) -> bool {
    match node {
        NodeId::Event(id) => state >> id.index() & 1 == 1,
        NodeId::Gate(id) => gates(tree, state)[id.index()],
    }
}

pub(crate) fn states(tree: &FaultTree) -> std::ops::Range<u32> {
    0..1 << tree.events().len()
}

pub(crate) fn weight(state: u32, probabilities: &[f64]) -> f64 {
    let factor = |(i, p): (usize, &f64)| if state >> i & 1 == 1 { *p } else { 1.0 - *p };
    probabilities.iter().enumerate().map(factor).product()
}

/// Minimal states (as sets of true events) that satisfy a node.
pub(crate) fn minimal_solutions(tree: &FaultTree, nodes: &[NodeId]) -> Vec<u32> {
    let mut all: Vec<u32> = states(tree)
        .filter(|state| nodes.iter().all(|node| value(tree, *state, *node)))
        .collect();
    all.sort_by_key(|state| state.count_ones());
    let mut minimal: Vec<u32> = Vec::new();
    for state in all {
        if !minimal.iter().any(|small| small & state == *small) {
            minimal.push(state);
        }
    }
    minimal.sort_unstable();
    minimal
}

pub(crate) fn bits(events: &[EventId]) -> u32 {
    events.iter().map(|id| 1 << id.index()).sum()
}

/// Equal but for rounding, relative to the larger.
pub(crate) fn close(a: f64, b: f64) -> bool {
    a == b || (a - b).abs() <= 1e-9 * a.abs().max(b.abs()) || (a - b).abs() < 1e-300
}
