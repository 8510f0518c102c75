//! The tree as the engine sees it: a graph of AND, OR, k-of-n and XOR over signed operands.
use crate::model::{EventKind, FaultTree, Formula, NodeId};

/// An operand: a node of the circuit and whether it is negated (the low bit).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Lit(pub(crate) u32);

impl Lit {
    pub(crate) const TRUE: Lit = Lit(0);
    pub(crate) const FALSE: Lit = Lit(1);

    pub(crate) fn new(node: usize) -> Lit {
        // A tree's limits keep this far from the sign bit.
        Lit(u32::try_from(node).unwrap_or(u32::MAX >> 1) << 1)
    }

    pub(crate) fn node(self) -> usize {
        (self.0 >> 1) as usize
    }

    pub(crate) fn is_negated(self) -> bool {
        self.0 & 1 == 1
    }

    pub(crate) fn negate_if(self, condition: bool) -> Lit {
        Lit(self.0 ^ u32::from(condition))
    }
}

impl std::ops::Not for Lit {
    type Output = Lit;
    fn not(self) -> Lit {
        Lit(self.0 ^ 1)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Node {
    /// The constant `true`: always and only node 0.
    Constant,
    /// A leaf, by its number.
    Leaf(u32),
    And(Vec<Lit>),
    Or(Vec<Lit>),
    AtLeast(u32, Vec<Lit>),
    Xor(Vec<Lit>),
}

impl Node {
    pub(crate) fn operands(&self) -> &[Lit] {
        match self {
            Node::Constant | Node::Leaf(_) => &[],
            Node::And(of) | Node::Or(of) | Node::AtLeast(_, of) | Node::Xor(of) => of,
        }
    }
}

/// Nodes, each after its operands.
#[derive(Clone, Debug, Default)]
pub(crate) struct Circuit {
    pub(crate) nodes: Vec<Node>,
}

impl Circuit {
    pub(crate) fn new() -> Self {
        Circuit {
            nodes: vec![Node::Constant],
        }
    }

    pub(crate) fn add(&mut self, node: Node) -> Lit {
        self.nodes.push(node);
        Lit::new(self.nodes.len() - 1)
    }
}

/// A circuit of a whole tree, with the literal of each event and gate.
pub(crate) struct TreeCircuit {
    pub(crate) circuit: Circuit,
    pub(crate) events: Vec<Lit>,
    pub(crate) gates: Vec<Lit>,
}

impl TreeCircuit {
    /// Leaf numbers are event indices; house events become constants.
    pub(crate) fn of(tree: &FaultTree) -> Self {
        let mut circuit = Circuit::new();
        let events = tree
            .event_ids()
            .zip(tree.events())
            .map(|(id, event)| match event.kind() {
                EventKind::House(on) => Lit::FALSE.negate_if(on),
                _ => circuit.add(Node::Leaf(id.0)),
            })
            .collect();
        let mut this = TreeCircuit {
            circuit,
            events,
            gates: vec![Lit::FALSE; tree.gates().len()],
        };
        for &id in tree.gates_bottom_up() {
            let lit = this.formula(tree.gates()[id.index()].formula());
            this.gates[id.index()] = lit;
        }
        this
    }

    pub(crate) fn lit(&self, node: NodeId) -> Option<Lit> {
        match node {
            NodeId::Event(id) => self.events.get(id.index()).copied(),
            NodeId::Gate(id) => self.gates.get(id.index()).copied(),
        }
    }

    /// Recursion is bounded by [`Formula::NESTING_MAX`].
    fn formula(&mut self, formula: &Formula<NodeId>) -> Lit {
        let mut all = |of: &[Formula<NodeId>]| -> Vec<Lit> {
            of.iter().map(|operand| self.formula(operand)).collect()
        };
        let (node, negated) = match formula {
            Formula::Ref(node) => return self.lit(*node).unwrap_or(Lit::FALSE),
            Formula::Constant(value) => return Lit::FALSE.negate_if(*value),
            Formula::Not(of) => return !self.formula(of),
            Formula::And(of) => (Node::And(all(of)), false),
            Formula::Or(of) => (Node::Or(all(of)), false),
            Formula::Nand(of) => (Node::And(all(of)), true),
            Formula::Nor(of) => (Node::Or(all(of)), true),
            Formula::AtLeast { k, of } => (Node::AtLeast(*k, all(of)), false),
            Formula::Xor(of) => (Node::Xor(all(of)), false),
            Formula::Inhibit { of, condition } => (
                Node::And(vec![self.formula(of), self.formula(condition)]),
                false,
            ),
        };
        self.circuit.add(node).negate_if(negated)
    }
}
