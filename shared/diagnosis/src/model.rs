//! The catalogue as one fault tree: causes are its basic events, every code and every gate of a
//! larger tree is a gate, and so is every check's test. Compiled once, asked many times.

use faultscan_faulttree::SortedMap;
use faultscan_faulttree::SortedSet;
use faultscan_faulttree::one_by_one;
use std::sync::Arc;

use faultscan_faulttree::{
    Budget, EventId, FaultTree, FaultTreeBuilder, Formula, GateId, Inference, ModelError, NodeId,
    Posterior,
};
use faultscan_knowledge::{Catalogue, Check};

use crate::error::DiagnosisError;

/// Diagram nodes that the catalogue and one diagnosis may take together: a few megabytes.
const NODES_MAX: usize = 200_000;

/// A check, and the gate that stands for its test.
pub(crate) struct TestedCheck {
    pub(crate) check: Check,
    pub(crate) node: NodeId,
}

/// How a code's message is observed through noise: "the gate, or else the leak". The leak stands
/// beside its gate in the diagram's order, which keeps diagrams of many observations small.
#[derive(Clone, Copy)]
pub(crate) struct Leak {
    pub(crate) event: EventId,
    pub(crate) found: NodeId,
}

/// A leak's prior in the tree. Every use gives it a weight of its own, so this one never counts.
pub(crate) const LEAK_PRIOR: f64 = 0.5;

/// The compiled catalogue.
pub(crate) struct Model {
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) tree: FaultTree,
    pub(crate) engine: Inference,
    /// P(node) before any evidence.
    pub(crate) prior: Posterior,
    checks: SortedMap<String, TestedCheck>,
    /// The node that stands for each code.
    codes: SortedMap<String, NodeId>,
    /// The leak of each code's gate; a code that is an event needs none.
    leaks: SortedMap<NodeId, Leak>,
    /// Events below each gate, by gate index.
    leaves: Vec<SortedSet<EventId>>,
    /// Gates of larger trees above each node.
    parents: SortedMap<NodeId, Vec<GateId>>,
    /// Codes above each event.
    codes_of_event: SortedMap<EventId, SortedSet<String>>,
}

impl Model {
    /// Builds and compiles the tree.
    pub(crate) fn new(catalogue: Arc<Catalogue>) -> Result<Self, DiagnosisError> {
        let mut builder = FaultTreeBuilder::new();
        for cause in catalogue.causes() {
            builder.basic_event(&cause.id, cause.probability)?;
        }
        for gate in catalogue.trees().iter().flat_map(|tree| &tree.gates) {
            add_gate(&mut builder, &gate.id, &gate.formula)?;
        }
        for code in catalogue.codes() {
            // A symptom of a larger tree is that tree's event or gate.
            if !builder.contains(&code.code) {
                add_gate(&mut builder, &code.code, &code.formula)?;
            }
            if catalogue.cause(&code.code).is_none() {
                add_leak(&mut builder, &code.code)?;
            }
        }
        let mut all_checks: SortedMap<String, Check> = SortedMap::new();
        let of_codes = catalogue.codes().iter().flat_map(|code| &code.checks);
        let of_causes = catalogue.causes().iter().flat_map(|cause| &cause.checks);
        for check in of_codes.chain(of_causes) {
            if !all_checks.contains_key(&check.id) {
                add_gate(&mut builder, &test_name(&check.id), &check.formula)?;
                all_checks.insert(check.id.clone(), check.clone());
            }
        }
        let tree = builder.build()?;
        let engine = Inference::new(&tree, &Budget::nodes(NODES_MAX))?;
        let prior = engine.condition(&[])?;
        let checks = one_by_one(all_checks.into_iter().filter_map(|(id, check)| {
            let node = tree.node(&test_name(&id))?;
            Some((id, TestedCheck { check, node }))
        }));
        let codes = catalogue
            .codes()
            .iter()
            .filter_map(|code| Some((code.code.clone(), tree.node(&code.code)?)));
        let codes = one_by_one(codes);
        let leaks = leaks(&tree, &catalogue);
        let leaves = leaves(&tree);
        let parents = parents(&tree, &catalogue);
        let mut model = Self {
            catalogue,
            tree,
            engine,
            prior,
            checks,
            codes,
            leaks,
            leaves,
            parents,
            codes_of_event: SortedMap::new(),
        };
        model.codes_of_event = model.index_codes();
        Ok(model)
    }

    fn index_codes(&self) -> SortedMap<EventId, SortedSet<String>> {
        let mut index: SortedMap<EventId, SortedSet<String>> = SortedMap::new();
        for (code, node) in self.codes.iter() {
            for event in self.leaves(*node) {
                index
                    .get_or_insert_with(event, SortedSet::new)
                    .insert(code.clone());
            }
        }
        index
    }

    /// The node of a code.
    pub(crate) fn code(&self, code: &str) -> Option<NodeId> {
        self.codes.get(code).copied()
    }

    /// How a code's gate is observed.
    pub(crate) fn leak(&self, node: NodeId) -> Option<Leak> {
        self.leaks.get(&node).copied()
    }

    /// The basic event of a cause.
    pub(crate) fn cause(&self, id: &str) -> Option<EventId> {
        self.tree.event(id)
    }

    /// Undeveloped events that this code's gate develops further.
    pub(crate) fn developed_by(&self, code: &str) -> impl Iterator<Item = EventId> {
        let causes = self.catalogue.causes().iter();
        let developed = causes.filter(move |cause| cause.develops.as_deref() == Some(code));
        developed.filter_map(|cause| self.cause(&cause.id))
    }

    /// A check by its id.
    pub(crate) fn check(&self, id: &str) -> Option<&TestedCheck> {
        self.checks.get(id)
    }

    /// A node's name: a cause's id, a code, a gate's id.
    pub(crate) fn name(&self, node: impl Into<NodeId>) -> &str {
        self.tree.name_of(node.into())
    }

    /// The events below a node; an event is below itself.
    pub(crate) fn leaves(&self, node: NodeId) -> SortedSet<EventId> {
        match node {
            NodeId::Event(event) => one_by_one([event]),
            NodeId::Gate(gate) => self.leaves.get(gate.index()).cloned().unwrap_or_default(),
        }
    }

    /// Whether an event is below a node.
    pub(crate) fn is_below(&self, event: EventId, node: NodeId) -> bool {
        match node {
            NodeId::Event(other) => other == event,
            NodeId::Gate(gate) => self
                .leaves
                .get(gate.index())
                .is_some_and(|below| below.contains(&event)),
        }
    }

    /// The gates of larger trees directly above a node.
    pub(crate) fn parents(&self, node: NodeId) -> &[GateId] {
        self.parents.get(&node).map_or(&[], Vec::as_slice)
    }

    /// The codes that an event can bring about, by name.
    pub(crate) fn codes_above(&self, event: EventId) -> impl Iterator<Item = &str> {
        self.codes_of_event
            .get(&event)
            .into_iter()
            .flatten()
            .map(String::as_str)
    }
}

/// The name of the gate that stands for a check's test. No cause or code has a colon in it.
fn test_name(check: &str) -> String {
    format!("check:{check}")
}

/// Adds a code's leak and the gate by which its message is observed.
fn add_leak(builder: &mut FaultTreeBuilder, code: &str) -> Result<(), ModelError> {
    let (leak, gate) = (Formula::named(leak_name(code)), Formula::named(code));
    builder.basic_event(&leak_name(code), LEAK_PRIOR)?;
    builder.gate(&found_name(code), Formula::Or(vec![gate, leak]))
}

fn leak_name(code: &str) -> String {
    format!("leak:{code}")
}

fn found_name(code: &str) -> String {
    format!("found:{code}")
}

fn leaks(tree: &FaultTree, catalogue: &Catalogue) -> SortedMap<NodeId, Leak> {
    let leak = |code: &str| {
        let leak = Leak {
            event: tree.event(&leak_name(code))?,
            found: tree.node(&found_name(code))?,
        };
        Some((tree.node(code)?, leak))
    };
    one_by_one(catalogue.codes().iter().filter_map(|code| leak(&code.code)))
}

/// Adds a gate with one operator; operators inside it become gates of their own, so that each can
/// be drawn and has a probability.
fn add_gate(
    builder: &mut FaultTreeBuilder,
    name: &str,
    formula: &Formula,
) -> Result<(), ModelError> {
    let mut inner = Vec::new();
    let flat = flatten(name, formula, &mut inner);
    for (name, formula) in inner {
        builder.gate(&name, formula)?;
    }
    builder.gate(name, flat)
}

/// The formula with every operand that is itself an operator replaced by the name of a new gate.
fn flatten(name: &str, formula: &Formula, inner: &mut Vec<(String, Formula)>) -> Formula {
    let mut operand = |operand: &Formula| match operand {
        Formula::Ref(_) | Formula::Constant(_) => operand.clone(),
        operator => {
            let flat = flatten(name, operator, inner);
            let inner_name = format!("{name}#{}", inner.len() + 1);
            inner.push((inner_name.clone(), flat));
            Formula::Ref(inner_name)
        }
    };
    match formula {
        Formula::And(of) => Formula::And(of.iter().map(&mut operand).collect()),
        Formula::Or(of) => Formula::Or(of.iter().map(&mut operand).collect()),
        Formula::Xor(of) => Formula::Xor(of.iter().map(&mut operand).collect()),
        Formula::AtLeast { k, of } => Formula::AtLeast {
            k: *k,
            of: of.iter().map(&mut operand).collect(),
        },
        Formula::Not(of) => Formula::Not(Box::new(operand(of))),
        // There is no symbol for these; they are NOT over AND and OR.
        Formula::Nand(of) => Formula::Not(Box::new(operand(&Formula::And(of.clone())))),
        Formula::Nor(of) => Formula::Not(Box::new(operand(&Formula::Or(of.clone())))),
        Formula::Inhibit { of, condition } => Formula::Inhibit {
            of: Box::new(operand(of)),
            condition: Box::new(operand(condition)),
        },
        other => other.clone(),
    }
}

fn leaves(tree: &FaultTree) -> Vec<SortedSet<EventId>> {
    let mut leaves: Vec<SortedSet<EventId>> = vec![SortedSet::new(); tree.gates().len()];
    for gate in tree.gates_bottom_up() {
        let mut below = SortedSet::new();
        let Some(definition) = tree.gates().get(gate.index()) else {
            continue;
        };
        for operand in definition.formula().references() {
            match operand {
                NodeId::Event(event) => {
                    below.insert(*event);
                }
                NodeId::Gate(inner) => {
                    below.extend(leaves.get(inner.index()).into_iter().flatten());
                }
            }
        }
        if let Some(slot) = leaves.get_mut(gate.index()) {
            *slot = below;
        }
    }
    leaves
}

/// The gates of the larger trees (with the gates inside their formulas) above each node.
fn parents(tree: &FaultTree, catalogue: &Catalogue) -> SortedMap<NodeId, Vec<GateId>> {
    let gates = catalogue.trees().iter().flat_map(|tree| &tree.gates);
    let named: SortedSet<&str> = one_by_one(gates.map(|gate| gate.id.as_str()));
    let mut parents: SortedMap<NodeId, Vec<GateId>> = SortedMap::new();
    for gate in tree.gate_ids() {
        let Some(definition) = tree.gates().get(gate.index()) else {
            continue;
        };
        let outer = definition.name().split('#').next().unwrap_or_default();
        if named.contains(outer) {
            for operand in definition.formula().references() {
                parents.get_or_insert_with(*operand, Vec::new).push(gate);
            }
        }
    }
    parents
}
