//! The analysis of one gate: exact probability, importance, minimal cut sets.
mod best;
mod bottom_up;
mod bounds;
mod count;
mod cut_sets;
mod diagram;
mod enumerate;
mod fussell_vesely;
mod importance;
mod probability;
mod truncated;
mod uncertainty;

pub(crate) use best::best;
pub use bounds::Bounds;
pub use count::Count;
pub use cut_sets::CutSets;
pub(crate) use cut_sets::Family;
pub use enumerate::Sets;

pub use importance::Importance;
pub use uncertainty::Uncertainty;
pub(crate) use uncertainty::quantified;

use crate::budget::{Budget, EngineError, Phase};
use crate::circuit::TreeCircuit;
use crate::model::{FaultTree, GateId};
use crate::prep::Plan;
use diagram::Diagram;

/// One gate compiled to decision diagrams, one for each module of the tree below it.
///
/// Compiling is what costs; every question after that takes time linear in the diagrams. Cut sets
/// are only computed when asked for.
pub struct Analysis {
    modules: Vec<Diagram>,
    events: usize,
    coherent: bool,
    gates: usize,
    budget: Budget,
}

impl Analysis {
    /// Compiles a gate.
    ///
    /// # Errors
    /// If the budget does not suffice.
    pub fn new(tree: &FaultTree, top: GateId, budget: &Budget) -> Result<Self, EngineError> {
        let circuit = TreeCircuit::of(tree);
        let root = *circuit
            .gates
            .get(top.index())
            .ok_or(EngineError::NoSuchNode)?;
        let plan = Plan::new(&circuit.circuit, root);
        let mut modules = Vec::with_capacity(plan.modules.len());
        for module in &plan.modules {
            let diagram = Diagram::build(module, budget).map_err(|spent| {
                EngineError::from_spent(spent, budget).with_known(|known| {
                    known.phase = Phase::Diagrams;
                    (known.modules_done, known.modules) = (modules.len(), plan.modules.len());
                    known.nodes = modules.iter().map(Diagram::len).sum();
                })
            })?;
            modules.push(diagram);
        }
        Ok(Analysis {
            modules,
            events: tree.events().len(),
            coherent: plan.coherent,
            gates: plan.gates,
            budget: budget.clone(),
        })
    }

    /// Whether the function is built without any negation, so that more failures never help.
    pub fn is_coherent(&self) -> bool {
        self.coherent
    }

    /// Diagram nodes over all modules.
    pub fn nodes(&self) -> usize {
        self.modules.iter().map(Diagram::len).sum()
    }

    /// Modules found, the top among them.
    pub fn modules(&self) -> usize {
        self.modules.len()
    }

    /// Gates left after simplification.
    pub fn simplified_gates(&self) -> usize {
        self.gates
    }

    fn check_weights(&self, probabilities: &[f64]) -> Result<(), EngineError> {
        let good = |p: &f64| (0.0..=1.0).contains(p);
        if probabilities.len() == self.events && probabilities.iter().all(good) {
            Ok(())
        } else {
            Err(EngineError::BadWeights)
        }
    }

    /// Computes the minimal cut sets: the minimal sets of events that, alone true, make the gate
    /// true. For a coherent tree these are its minimal cut sets; for another, those of its
    /// coherent hull (the least coherent function above it).
    ///
    /// # Errors
    /// If the budget does not suffice.
    pub fn cut_sets(&self) -> Result<CutSets, EngineError> {
        CutSets::new(self)
    }
}
