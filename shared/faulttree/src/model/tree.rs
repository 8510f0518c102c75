use super::expression::{Expression, Scope, ValueError};
use super::formula::Formula;
use super::random::Random;
use crate::sorted::LookupMap;
use std::collections::BTreeMap;

/// An event of one tree: its index among [`FaultTree::events`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub(crate) u32);

/// A gate of one tree: its index among [`FaultTree::gates`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GateId(pub(crate) u32);

impl EventId {
    /// Position in [`FaultTree::events`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl GateId {
    /// Position in [`FaultTree::gates`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// An event or a gate of one tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodeId {
    /// A leaf.
    Event(EventId),
    /// A gate.
    Gate(GateId),
}

impl From<EventId> for NodeId {
    fn from(id: EventId) -> Self {
        NodeId::Event(id)
    }
}

impl From<GateId> for NodeId {
    fn from(id: GateId) -> Self {
        NodeId::Gate(id)
    }
}

/// What kind of leaf an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventKind {
    /// A basic event.
    Basic,
    /// An event that could be developed further but is not.
    Undeveloped,
    /// A condition on an INHIBIT gate.
    Conditioning,
    /// A switch, on or off: no probability of its own.
    House(bool),
}

/// Human-readable extras of an event or gate; the engine never looks at them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Note {
    /// Label, in English unless the source says otherwise.
    pub label: Option<String>,
    /// Label in Chinese.
    pub label_zh: Option<String>,
    /// Further attributes by name.
    pub attributes: BTreeMap<String, String>,
}

/// A leaf of the tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub(crate) name: String,
    pub(crate) kind: EventKind,
    pub(crate) expression: Option<Expression>,
    pub(crate) note: Note,
}

impl Event {
    /// The unique name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What kind of leaf it is.
    pub fn kind(&self) -> EventKind {
        self.kind
    }

    /// What gives its probability, if anything does.
    pub fn expression(&self) -> Option<&Expression> {
        self.expression.as_ref()
    }

    /// Labels and attributes.
    pub fn note(&self) -> &Note {
        &self.note
    }
}

/// A gate of the tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Gate {
    pub(crate) name: String,
    pub(crate) formula: Formula<NodeId>,
    pub(crate) transfer: bool,
    pub(crate) note: Note,
}

impl Gate {
    /// The unique name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the gate stands for.
    pub fn formula(&self) -> &Formula<NodeId> {
        &self.formula
    }

    /// Whether the gate is a transfer: another name for its only operand.
    pub fn is_transfer(&self) -> bool {
        self.transfer
    }

    /// Labels and attributes.
    pub fn note(&self) -> &Note {
        &self.note
    }
}

/// The largest tree that is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Events at most.
    pub events_max: usize,
    /// Gates at most.
    pub gates_max: usize,
    /// Operands of all gates together at most.
    pub operands_max: usize,
    /// Bytes of a name at most.
    pub name_bytes_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            events_max: 1_000_000,
            gates_max: 1_000_000,
            operands_max: 10_000_000,
            name_bytes_max: 256,
        }
    }
}

/// A valid fault tree: a directed acyclic graph of gates over events, with any number of tops.
#[derive(Clone, Debug, PartialEq)]
pub struct FaultTree {
    pub(crate) name: String,
    pub(crate) note: Note,
    pub(crate) events: Vec<Event>,
    pub(crate) gates: Vec<Gate>,
    pub(crate) tops: Vec<GateId>,
    /// Gates so that each comes after those it refers to.
    pub(crate) bottom_up: Vec<GateId>,
    /// Parameters so that each comes after those it refers to.
    pub(crate) parameters: Vec<(String, Expression)>,
    pub(crate) mission_time: Option<f64>,
    pub(crate) names: LookupMap<String, NodeId>,
}

impl FaultTree {
    /// The tree's own name; may be empty.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Label and attributes of the tree as a whole.
    pub fn note(&self) -> &Note {
        &self.note
    }

    /// Every event, in order of definition.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Every gate, in order of definition.
    pub fn gates(&self) -> &[Gate] {
        &self.gates
    }

    /// The top gates: those that were named as such, or else all that no other gate refers to.
    pub fn tops(&self) -> &[GateId] {
        &self.tops
    }

    /// Gates so that each comes after those it refers to.
    pub fn gates_bottom_up(&self) -> &[GateId] {
        &self.bottom_up
    }

    /// Parameters, each after those it refers to.
    pub fn parameters(&self) -> &[(String, Expression)] {
        &self.parameters
    }

    /// The mission time that the tree was given with.
    pub fn mission_time(&self) -> Option<f64> {
        self.mission_time
    }

    /// The event or gate of that name.
    pub fn node(&self, name: &str) -> Option<NodeId> {
        self.names.get(name).copied()
    }

    /// The event of that name.
    pub fn event(&self, name: &str) -> Option<EventId> {
        match self.node(name) {
            Some(NodeId::Event(id)) => Some(id),
            _ => None,
        }
    }

    /// The gate of that name.
    pub fn gate(&self, name: &str) -> Option<GateId> {
        match self.node(name) {
            Some(NodeId::Gate(id)) => Some(id),
            _ => None,
        }
    }

    /// The name of an event or gate.
    pub fn name_of(&self, node: NodeId) -> &str {
        match node {
            NodeId::Event(id) => &self.events[id.index()].name,
            NodeId::Gate(id) => &self.gates[id.index()].name,
        }
    }

    /// Every event's id, in order.
    pub fn event_ids(&self) -> impl Iterator<Item = EventId> + use<> {
        (0..u32::try_from(self.events.len()).unwrap_or(u32::MAX)).map(EventId)
    }

    /// Every gate's id, in order.
    pub fn gate_ids(&self) -> impl Iterator<Item = GateId> + use<> {
        (0..u32::try_from(self.gates.len()).unwrap_or(u32::MAX)).map(GateId)
    }

    /// The probability of every event at the tree's own mission time, house events as 0 or 1;
    /// `None` for an event without one.
    ///
    /// # Errors
    /// Where an expression has no value or its value is no probability.
    pub fn probabilities(&self) -> Result<Vec<Option<f64>>, (EventId, ValueError)> {
        self.probabilities_at(self.mission_time)
    }

    /// Like [`FaultTree::probabilities`], at a given mission time.
    ///
    /// # Errors
    /// Where an expression has no value or its value is no probability.
    pub fn probabilities_at(
        &self,
        time: Option<f64>,
    ) -> Result<Vec<Option<f64>>, (EventId, ValueError)> {
        self.evaluate(time, None)
    }

    /// Whether every event has a probability.
    pub fn is_quantified(&self) -> bool {
        self.events
            .iter()
            .all(|e| matches!(e.kind, EventKind::House(_)) || e.expression.is_some())
    }

    pub(crate) fn parameter_values(
        &self,
        time: Option<f64>,
        mut random: Option<&mut Random>,
    ) -> Result<BTreeMap<String, f64>, (String, ValueError)> {
        let mut values = BTreeMap::new();
        for (name, expression) in &self.parameters {
            let random = random.as_deref_mut();
            let value = expression
                .value(&mut Scope {
                    time,
                    parameters: &values,
                    random,
                })
                .map_err(|fault| (name.clone(), fault))?;
            values.insert(name.clone(), value);
        }
        Ok(values)
    }

    pub(crate) fn evaluate(
        &self,
        time: Option<f64>,
        mut random: Option<&mut Random>,
    ) -> Result<Vec<Option<f64>>, (EventId, ValueError)> {
        let drawing = random.is_some();
        let parameters = self
            .parameter_values(time, random.as_deref_mut())
            .map_err(|(_, fault)| (EventId(0), fault))?;
        let mut values = Vec::with_capacity(self.events.len());
        for (id, event) in self.event_ids().zip(&self.events) {
            let value = match (event.kind, &event.expression) {
                (EventKind::House(on), _) => Some(if on { 1.0 } else { 0.0 }),
                (_, None) => None,
                (_, Some(expression)) => {
                    let random = random.as_deref_mut();
                    let mut scope = Scope {
                        time,
                        parameters: &parameters,
                        random,
                    };
                    let value = expression.value(&mut scope).map_err(|fault| (id, fault))?;
                    // A draw may fall outside (a normal has no bounds): it counts as the bound.
                    let value = if drawing {
                        value.clamp(0.0, 1.0)
                    } else {
                        value
                    };
                    if !(0.0..=1.0).contains(&value) {
                        return Err((id, ValueError::OutOfRange(value)));
                    }
                    Some(value)
                }
            };
            values.push(value);
        }
        Ok(values)
    }
}
