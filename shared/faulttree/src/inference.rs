//! What the evidence says: exact conditioning, posteriors, explanations.
mod condition;
mod cuts;
mod posterior;

pub use cuts::CutSet;
pub use posterior::{Explanation, Posterior};

use crate::analysis::quantified;
use crate::bdd::{Bdd, Edge};
use crate::budget::{Budget, EngineError};
use crate::circuit::{Lit, TreeCircuit};
use crate::model::{FaultTree, NodeId};
use crate::order;

/// What was seen of an event or gate.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Observation {
    /// Seen for certain.
    Is(NodeId, bool),
    /// An unsure observation (virtual evidence): how likely it is if the node is true, and if it
    /// is false. Only the ratio matters for posteriors.
    Likelihood {
        /// The event or gate.
        node: NodeId,
        /// Likelihood of what was seen if the node is true.
        if_true: f64,
        /// Likelihood of what was seen if the node is false.
        if_false: f64,
    },
}

/// A tree compiled for questions of the form "what follows from these observations?". The diagrams
/// of gates are built on first use and kept; what a question adds is freed with its answer.
pub struct Inference {
    circuit: TreeCircuit,
    /// Leaf (event index) to level.
    levels: Vec<u32>,
    /// Level to event index.
    leaves: Vec<u32>,
    priors: Vec<f64>,
    bdd: Bdd,
    /// Diagram of each circuit node.
    edges: Vec<Edge>,
    budget: Budget,
}

impl Inference {
    /// Compiles the tree: every gate's diagram, at the tree's own mission time.
    ///
    /// # Errors
    /// If an event has no probability, or the budget does not suffice.
    pub fn new(tree: &FaultTree, budget: &Budget) -> Result<Self, EngineError> {
        let priors = quantified(tree, tree.probabilities())?;
        Self::with_priors(tree, priors, budget)
    }

    /// Compiles a tree that may lack probabilities, for questions of structure alone: every prior
    /// counts as 1/2.
    ///
    /// # Errors
    /// If the budget does not suffice.
    pub fn structural(tree: &FaultTree, budget: &Budget) -> Result<Self, EngineError> {
        Self::with_priors(tree, vec![0.5; tree.events().len()], budget)
    }

    fn with_priors(
        tree: &FaultTree,
        priors: Vec<f64>,
        budget: &Budget,
    ) -> Result<Self, EngineError> {
        let circuit = TreeCircuit::of(tree);
        let mut roots: Vec<Lit> = tree
            .tops()
            .iter()
            .map(|id| circuit.gates[id.index()])
            .collect();
        // Gates that no top reaches, and events that no gate uses, come last.
        roots.extend(&circuit.gates);
        roots.extend(&circuit.events);
        let leaves = order::depth_first(&circuit.circuit, &roots, order::Walk::Written);
        let mut levels = vec![0; priors.len()];
        for (level, &leaf) in (0u32..).zip(&leaves) {
            levels[leaf as usize] = level;
        }
        let mut bdd = Bdd::new(budget);
        let edges = order::build(&mut bdd, &circuit.circuit, &roots, &levels)
            .map_err(|(spent, _)| EngineError::from_spent(spent, budget))?;
        let budget = budget.clone();
        Ok(Inference {
            circuit,
            levels,
            leaves,
            priors,
            bdd,
            edges,
            budget,
        })
    }

    /// The prior probability of each event, by event index.
    pub fn priors(&self) -> &[f64] {
        &self.priors
    }

    /// Diagram nodes that the compiled tree takes.
    pub fn nodes(&self) -> usize {
        self.bdd.len()
    }

    fn edge(&self, node: NodeId) -> Result<Edge, EngineError> {
        let lit = self.circuit.lit(node).ok_or(EngineError::NoSuchNode)?;
        Ok(self.edges[lit.node()].negate_if(lit.is_negated()))
    }

    fn lit_edge(&self, lit: Lit) -> Edge {
        self.edges[lit.node()].negate_if(lit.is_negated())
    }
}
