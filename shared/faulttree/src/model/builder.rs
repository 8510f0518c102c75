use super::error::ModelError;
use super::expression::{Expression, Scope, ValueError};
use super::formula::Formula;
use super::parse::is_name_char;
use super::sort::bottom_up;
use super::tree::{Event, EventId, EventKind, FaultTree, Gate, GateId, Limits, NodeId, Note};
use crate::sorted::{LookupMap, LookupSet};
use std::collections::BTreeMap;

struct PendingGate {
    name: String,
    formula: Formula,
    transfer: bool,
    note: Note,
}

/// Collects events and gates in any order; [`FaultTreeBuilder::build`] checks the whole.
#[derive(Default)]
pub struct FaultTreeBuilder {
    name: String,
    note: Note,
    limits: Limits,
    events: Vec<Event>,
    gates: Vec<PendingGate>,
    index: LookupMap<String, NodeId>,
    parameters: Vec<(String, Expression)>,
    parameter_names: LookupSet<String>,
    tops: Vec<String>,
    mission_time: Option<f64>,
    operands: usize,
}

impl FaultTreeBuilder {
    /// An empty tree with the default limits.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the limits that apply from here on.
    pub fn limits(&mut self, limits: Limits) -> &mut Self {
        self.limits = limits;
        self
    }

    /// Names the tree.
    pub fn name(&mut self, name: impl Into<String>) -> &mut Self {
        self.name = name.into();
        self
    }

    /// Label and attributes of the tree as a whole.
    pub fn note(&mut self, note: Note) -> &mut Self {
        self.note = note;
        self
    }

    /// The mission time that laws of failure are evaluated at.
    ///
    /// # Errors
    /// If it is negative or not finite.
    pub fn mission_time(&mut self, time: f64) -> Result<(), ModelError> {
        if !time.is_finite() || time < 0.0 {
            let fault = ValueError::Domain(format!("mission time {time}"));
            return Err(ModelError::BadValue {
                name: "mission-time".into(),
                fault,
            });
        }
        self.mission_time = Some(time);
        Ok(())
    }

    /// Names a top gate; without any, every gate that no other refers to is a top.
    pub fn top(&mut self, gate: impl Into<String>) -> &mut Self {
        self.tops.push(gate.into());
        self
    }

    /// A basic event with a constant probability.
    ///
    /// # Errors
    /// On a bad or duplicate name, or a probability outside [0, 1].
    pub fn basic_event(&mut self, name: &str, probability: f64) -> Result<(), ModelError> {
        if !(0.0..=1.0).contains(&probability) {
            let fault = ValueError::OutOfRange(probability);
            return Err(ModelError::BadValue {
                name: name.into(),
                fault,
            });
        }
        let expression = Some(Expression::Number(probability));
        self.event(name, EventKind::Basic, expression, Note::default())
    }

    /// A house event: a switch.
    ///
    /// # Errors
    /// On a bad or duplicate name.
    pub fn house_event(&mut self, name: &str, on: bool) -> Result<(), ModelError> {
        self.event(name, EventKind::House(on), None, Note::default())
    }

    /// An event of any kind. A house event's expression is ignored.
    ///
    /// # Errors
    /// On a bad or duplicate name, too many events, or an expression that nests too deep.
    pub fn event(
        &mut self,
        name: &str,
        kind: EventKind,
        expression: Option<Expression>,
        note: Note,
    ) -> Result<(), ModelError> {
        self.check_depth(name, expression.as_ref())?;
        let max = self.limits.events_max;
        let id = u32::try_from(self.events.len())
            .ok()
            .filter(|_| self.events.len() < max);
        let id = id.ok_or(ModelError::TooMany {
            what: "events",
            max,
        })?;
        self.claim(name, NodeId::Event(EventId(id)))?;
        let expression = if matches!(kind, EventKind::House(_)) {
            None
        } else {
            expression
        };
        self.events.push(Event {
            name: name.into(),
            kind,
            expression,
            note,
        });
        Ok(())
    }

    /// A gate.
    ///
    /// # Errors
    /// On a bad or duplicate name, bad arity, too deep nesting or too many gates.
    pub fn gate(&mut self, name: &str, formula: Formula) -> Result<(), ModelError> {
        self.gate_with(name, formula, Note::default())
    }

    /// A gate with labels and attributes.
    ///
    /// # Errors
    /// On a bad or duplicate name, bad arity, too deep nesting or too many gates.
    pub fn gate_with(
        &mut self,
        name: &str,
        formula: Formula,
        note: Note,
    ) -> Result<(), ModelError> {
        self.add_gate(PendingGate {
            name: name.into(),
            formula,
            transfer: false,
            note,
        })
    }

    /// A transfer gate: another name for `target`.
    ///
    /// # Errors
    /// On a bad or duplicate name, or too many gates.
    pub fn transfer(&mut self, name: &str, target: &str) -> Result<(), ModelError> {
        let formula = Formula::named(target);
        let note = Note::default();
        self.add_gate(PendingGate {
            name: name.into(),
            formula,
            transfer: true,
            note,
        })
    }

    /// A named parameter for expressions.
    ///
    /// # Errors
    /// On a bad or duplicate name, or an expression that nests too deep.
    pub fn parameter(&mut self, name: &str, expression: Expression) -> Result<(), ModelError> {
        self.check_name(name)?;
        self.check_depth(name, Some(&expression))?;
        if self.parameters.len() >= self.limits.events_max {
            let max = self.limits.events_max;
            return Err(ModelError::TooMany {
                what: "parameters",
                max,
            });
        }
        if !self.parameter_names.insert(name.into()) {
            return Err(ModelError::Duplicate(name.into()));
        }
        self.parameters.push((name.into(), expression));
        Ok(())
    }

    fn add_gate(&mut self, gate: PendingGate) -> Result<(), ModelError> {
        let max = Formula::<String>::NESTING_MAX;
        if gate.formula.depth() > max {
            return Err(ModelError::TooDeep {
                name: gate.name,
                max,
            });
        }
        if let Some(fault) = gate.formula.arity_fault() {
            return Err(ModelError::BadArity {
                gate: gate.name,
                fault,
            });
        }
        self.operands += gate.formula.references().len();
        let max = self.limits.operands_max;
        if self.operands > max {
            return Err(ModelError::TooMany {
                what: "operands",
                max,
            });
        }
        let max = self.limits.gates_max;
        let id = u32::try_from(self.gates.len())
            .ok()
            .filter(|_| self.gates.len() < max);
        let id = id.ok_or(ModelError::TooMany { what: "gates", max })?;
        self.claim(&gate.name, NodeId::Gate(GateId(id)))?;
        self.gates.push(gate);
        Ok(())
    }

    fn check_name(&self, name: &str) -> Result<(), ModelError> {
        let good = !name.is_empty()
            && name.len() <= self.limits.name_bytes_max
            && name.chars().all(is_name_char);
        if good {
            Ok(())
        } else {
            Err(ModelError::BadName(name.chars().take(80).collect()))
        }
    }

    fn check_depth(&self, name: &str, expression: Option<&Expression>) -> Result<(), ModelError> {
        let max = Expression::NESTING_MAX;
        if expression.is_some_and(|e| e.depth() > max) {
            return Err(ModelError::TooDeep {
                name: name.into(),
                max,
            });
        }
        Ok(())
    }

    fn claim(&mut self, name: &str, id: NodeId) -> Result<(), ModelError> {
        self.check_name(name)?;
        if self.index.contains_key(name) {
            return Err(ModelError::Duplicate(name.into()));
        }
        self.index.insert(name.into(), id);
        Ok(())
    }

    /// Whether an event or gate of that name was added.
    pub fn contains(&self, name: &str) -> bool {
        self.index.contains_key(name)
    }

    /// Checks the whole and gives the tree.
    ///
    /// # Errors
    /// On undefined names, cycles, values that are no probability, or no gate at all.
    pub fn build(self) -> Result<FaultTree, ModelError> {
        if self.gates.is_empty() {
            return Err(ModelError::NoGate);
        }
        let index = self.index;
        let mut gates = Vec::with_capacity(self.gates.len());
        for PendingGate {
            name,
            formula,
            transfer,
            note,
        } in self.gates
        {
            let formula = formula.try_map(&mut |operand: &String| {
                index
                    .get(operand)
                    .copied()
                    .ok_or_else(|| ModelError::Undefined {
                        name: operand.clone(),
                        used_in: name.clone(),
                    })
            })?;
            gates.push(Gate {
                name,
                formula,
                transfer,
                note,
            });
        }
        let children: Vec<Vec<usize>> = gates
            .iter()
            .map(|gate| {
                let gates = gate
                    .formula
                    .references()
                    .into_iter()
                    .filter_map(|node| match node {
                        NodeId::Gate(id) => Some(id.index()),
                        NodeId::Event(_) => None,
                    });
                gates.collect()
            })
            .collect();
        let bottom_up = bottom_up(&children, |i| gates[i].name.clone())?;
        let tops = top_gates(&self.tops, &index, &children)?;
        let mut tree = FaultTree {
            name: self.name,
            note: self.note,
            events: self.events,
            gates,
            tops,
            bottom_up: bottom_up
                .into_iter()
                .filter_map(|i| u32::try_from(i).ok())
                .map(GateId)
                .collect(),
            parameters: Vec::new(),
            mission_time: self.mission_time,
            names: index,
        };
        tree.parameters = sorted_parameters(self.parameters)?;
        check_values(&tree)?;
        Ok(tree)
    }
}

fn top_gates(
    named: &[String],
    index: &LookupMap<String, NodeId>,
    children: &[Vec<usize>],
) -> Result<Vec<GateId>, ModelError> {
    let mut tops = Vec::new();
    for name in named {
        match index.get(name) {
            Some(NodeId::Gate(id)) if tops.contains(id) => {}
            Some(NodeId::Gate(id)) => tops.push(*id),
            _ => {
                let name = name.clone();
                return Err(ModelError::Undefined {
                    name,
                    used_in: "top".into(),
                });
            }
        }
    }
    if tops.is_empty() {
        let mut used = vec![false; children.len()];
        for &child in children.iter().flatten() {
            used[child] = true;
        }
        let free = (0u32..).zip(&used).filter(|(_, used)| !**used);
        tops = free.map(|(i, _)| GateId(i)).collect();
    }
    Ok(tops)
}

fn sorted_parameters(
    parameters: Vec<(String, Expression)>,
) -> Result<Vec<(String, Expression)>, ModelError> {
    let mut index: LookupMap<&str, usize> = LookupMap::default();
    let names = parameters.iter().map(|(name, _)| name.as_str());
    index.extend(names.zip(0..));
    let mut children = Vec::with_capacity(parameters.len());
    for (name, expression) in &parameters {
        let mut used = Vec::new();
        for other in expression.parameters() {
            used.push(*index.get(other).ok_or_else(|| ModelError::Undefined {
                name: other.into(),
                used_in: name.clone(),
            })?);
        }
        children.push(used);
    }
    let order = bottom_up(&children, |i| parameters[i].0.clone())?;
    let mut parameters: Vec<Option<(String, Expression)>> =
        parameters.into_iter().map(Some).collect();
    Ok(order
        .into_iter()
        .filter_map(|i| parameters[i].take())
        .collect())
}

/// Every value that can be known now must be a probability. Values that wait for a mission time
/// are checked when it is given.
fn check_values(tree: &FaultTree) -> Result<(), ModelError> {
    let mut defined: LookupSet<&str> = LookupSet::default();
    defined.extend(tree.parameters.iter().map(|(name, _)| name.as_str()));
    for event in &tree.events {
        let used = event.expression.iter().flat_map(Expression::parameters);
        for name in used {
            if !defined.contains(name) {
                let used_in = event.name.clone();
                return Err(ModelError::Undefined {
                    name: name.into(),
                    used_in,
                });
            }
        }
    }
    let mut values = BTreeMap::new();
    let mut waiting = LookupSet::default();
    for (name, expression) in &tree.parameters {
        let waits = expression.parameters().iter().any(|p| waiting.contains(*p));
        if waits || (expression.uses_time() && tree.mission_time.is_none()) {
            waiting.insert(name.as_str());
            continue;
        }
        let mut scope = Scope {
            time: tree.mission_time,
            parameters: &values,
            random: None,
        };
        let value = expression
            .value(&mut scope)
            .map_err(|fault| ModelError::BadValue {
                name: name.clone(),
                fault,
            })?;
        values.insert(name.clone(), value);
    }
    for event in &tree.events {
        let Some(expression) = &event.expression else {
            continue;
        };
        let waits = expression.parameters().iter().any(|p| waiting.contains(*p));
        if waits || (expression.uses_time() && tree.mission_time.is_none()) {
            continue;
        }
        let mut scope = Scope {
            time: tree.mission_time,
            parameters: &values,
            random: None,
        };
        let checked = match expression.value(&mut scope) {
            Ok(value) if (0.0..=1.0).contains(&value) => Ok(()),
            Ok(value) => Err(ValueError::OutOfRange(value)),
            Err(fault) => Err(fault),
        };
        checked.map_err(|fault| ModelError::BadValue {
            name: event.name.clone(),
            fault,
        })?;
    }
    Ok(())
}
