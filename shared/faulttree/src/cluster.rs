//! Which causes explain which tops: minimal cut sets over many top gates.
use crate::Arrange as _;
use crate::budget::{Budget, EngineError};
use crate::inference::Inference;
use crate::model::{EventId, FaultTree, Formula, GateId, NodeId};
use std::collections::BTreeMap;

/// A minimal cut set and the tops that it is one of.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Cluster {
    /// The events, in order of definition.
    pub events: Vec<EventId>,
    /// The tops that the set is a minimal cut set of, in order of the tree's tops.
    pub tops: Vec<GateId>,
}

/// The minimal cut sets of every top with the tops that each covers: first those with few events,
/// then those that cover many tops, then by the tops' names, then by the events' names.
///
/// # Errors
/// If the budget does not suffice, or a top has more than `sets_max` minimal cut sets.
pub fn clusters(
    tree: &FaultTree,
    budget: &Budget,
    sets_max: usize,
) -> Result<Vec<Cluster>, EngineError> {
    let engine = Inference::structural(tree, budget)?;
    let even = vec![0.5; tree.events().len()];
    let mut covered: BTreeMap<Vec<EventId>, Vec<GateId>> = BTreeMap::new();
    for &top in tree.tops() {
        let found = engine.cut_sets(&[top.into()], sets_max.saturating_add(1), &even)?;
        if found.len() > sets_max {
            return Err(EngineError::TooManySets { sets_max });
        }
        for set in found {
            covered.entry(set.events).or_default().push(top);
        }
    }
    let mut clusters: Vec<Cluster> = covered
        .into_iter()
        .map(|(events, tops)| Cluster { events, tops })
        .collect();
    let tops = |cluster: &Cluster| -> Vec<&str> {
        cluster
            .tops
            .iter()
            .map(|id| tree.name_of((*id).into()))
            .collect()
    };
    let events = |cluster: &Cluster| -> Vec<&str> {
        cluster
            .events
            .iter()
            .map(|id| tree.name_of((*id).into()))
            .collect()
    };
    clusters.arrange_by(|a, b| {
        a.events
            .len()
            .cmp(&b.events.len())
            .then(b.tops.len().cmp(&a.tops.len()))
            .then_with(|| tops(a).cmp(&tops(b)))
            .then_with(|| events(a).cmp(&events(b)))
    });
    Ok(clusters)
}

/// How a set of events brings a gate about: every gate that the set alone makes true and that is
/// reached from `top` through such gates, each before those it refers to.
pub fn path(tree: &FaultTree, top: GateId, events: &[EventId]) -> Vec<GateId> {
    let mut on = vec![false; tree.events().len()];
    for (state, event) in on.iter_mut().zip(tree.events()) {
        *state = matches!(event.kind(), crate::EventKind::House(true));
    }
    for event in events {
        if let Some(state) = on.get_mut(event.index()) {
            *state = true;
        }
    }
    let mut gates = vec![false; tree.gates().len()];
    for id in tree.gates_bottom_up() {
        gates[id.index()] = holds(tree.gates()[id.index()].formula(), &on, &gates);
    }
    let mut wanted = vec![false; gates.len()];
    if let Some(wanted) = wanted.get_mut(top.index()) {
        *wanted = gates[top.index()];
    }
    let mut path = Vec::new();
    for &id in tree.gates_bottom_up().iter().rev() {
        if wanted[id.index()] {
            path.push(id);
            for node in tree.gates()[id.index()].formula().references() {
                if let NodeId::Gate(inner) = node {
                    wanted[inner.index()] |= gates[inner.index()];
                }
            }
        }
    }
    path
}

/// Value of a formula in one state. Recursion is bounded by the nesting the builder allows.
fn holds(formula: &Formula<NodeId>, on: &[bool], gates: &[bool]) -> bool {
    let count = |of: &[Formula<NodeId>]| of.iter().filter(|f| holds(f, on, gates)).count();
    match formula {
        Formula::Ref(NodeId::Event(id)) => on[id.index()],
        Formula::Ref(NodeId::Gate(id)) => gates[id.index()],
        Formula::Constant(value) => *value,
        Formula::And(of) => count(of) == of.len(),
        Formula::Or(of) => count(of) > 0,
        Formula::Nand(of) => count(of) < of.len(),
        Formula::Nor(of) => count(of) == 0,
        Formula::AtLeast { k, of } => count(of) >= *k as usize,
        Formula::Not(of) => !holds(of, on, gates),
        Formula::Xor(of) => count(of) % 2 == 1,
        Formula::Inhibit { of, condition } => holds(of, on, gates) && holds(condition, on, gates),
    }
}
