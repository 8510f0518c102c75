//! Minimal cut sets up to an order, for trees whose diagrams are too large: the order bounds the
//! work, not just what is shown.
use super::bottom_up::{self, Request};
use super::count::Count;
use super::cut_sets::{CutSets, Family};
use crate::budget::{Budget, EngineError, Phase, Spent};
use crate::circuit::TreeCircuit;
use crate::model::{FaultTree, GateId};
use crate::prep::{Module, Plan, Source, Weighed};

/// Orders beyond this are all alike.
const ORDER_MAX: u32 = 1 << 20;

/// A tree prepared for truncated analysis.
pub(super) struct Prepared {
    pub(super) plan: Plan,
    pub(super) events: usize,
}

impl Prepared {
    pub(super) fn new(tree: &FaultTree, top: GateId) -> Result<Self, EngineError> {
        let circuit = TreeCircuit::of(tree);
        let root = circuit
            .gates
            .get(top.index())
            .ok_or(EngineError::NoSuchNode)?;
        Ok(Prepared {
            plan: Plan::factored(&circuit.circuit, *root),
            events: tree.events().len(),
        })
    }

    /// Greatest order that each module's cut sets can have as parts of one within `limit`.
    fn module_limits(&self, limit: u32) -> Vec<u32> {
        let modules = &self.plan.modules;
        let mut limits = vec![limit; modules.len()];
        if !self.plan.coherent {
            return limits;
        }
        let mut least: Vec<u32> = Vec::with_capacity(modules.len());
        for module in modules {
            let weights = leaf_weights(module, &least);
            least.push(Weighed::new(module, &weights).least());
        }
        let mut known: Vec<Option<u32>> = vec![None; modules.len()];
        if let Some(last) = known.last_mut() {
            *last = Some(limit);
        }
        for (number, module) in modules.iter().enumerate().rev() {
            limits[number] = known[number].unwrap_or(0);
            let Some(limit) = known[number] else { continue };
            let weights = leaf_weights(module, &least);
            let below = Weighed::new(module, &weights).limits(limit);
            for (node, limit) in module.circuit.nodes.iter().zip(below) {
                if let crate::circuit::Node::Leaf(leaf) = node
                    && let Source::Module(inner) = module.leaves[*leaf as usize]
                {
                    known[inner] = known[inner].max(limit);
                }
            }
        }
        limits
    }

    fn families(&self, limit: u32, budget: &Budget) -> Result<Vec<Family>, (Spent, usize)> {
        let limits = self.module_limits(limit);
        let mut families = Vec::with_capacity(limits.len());
        let mut least: Vec<u32> = Vec::with_capacity(limits.len());
        for (module, limit) in self.plan.modules.iter().zip(limits) {
            let weights = leaf_weights(module, &least);
            let coherent = self.plan.coherent;
            let inner = coherent.then(|| Weighed::new(module, &weights).limits(limit));
            let request = Request {
                module,
                weights: &weights,
                limit,
                limits: inner.as_deref(),
                signed: !coherent,
                probabilities: None,
            };
            let answer =
                bottom_up::run(&request, budget).map_err(|spent| (spent, families.len()))?;
            least.push(answer.least);
            families.push(answer.family);
        }
        Ok(families)
    }

    pub(super) fn cut_sets(
        &self,
        order_max: usize,
        budget: &Budget,
    ) -> Result<CutSets, (Spent, usize)> {
        let limit = u32::try_from(order_max).unwrap_or(ORDER_MAX).min(ORDER_MAX);
        Ok(CutSets {
            families: self.families(limit, budget)?,
            events: self.events,
            coherent: self.plan.coherent,
            order_max: Some(order_max),
            budget: budget.clone(),
        })
    }
}

/// Order that each leaf adds: 1 for an event, the least order of its cut sets for a module.
fn leaf_weights(module: &Module, least: &[u32]) -> Vec<u32> {
    let weight = |source: &Source| match *source {
        Source::Event(_) => 1,
        Source::Module(inner) => least[inner],
    };
    module.leaves.iter().map(weight).collect()
}

impl CutSets {
    /// Computes the minimal cut sets of at most `order_max` events without a diagram of the gate.
    /// Sets beyond the order are cut off wherever they would come up, so a low order stays cheap
    /// where all cut sets are out of reach. For a tree that is not coherent they are those of its
    /// coherent hull, as in [`Analysis::cut_sets`](super::Analysis::cut_sets).
    ///
    /// # Errors
    /// If the budget does not suffice; [`EngineError::known`] then has the counts of the lower
    /// orders that did fit.
    pub fn up_to(
        tree: &FaultTree,
        top: GateId,
        order_max: usize,
        budget: &Budget,
    ) -> Result<Self, EngineError> {
        let prepared = Prepared::new(tree, top)?;
        prepared
            .cut_sets(order_max, budget)
            .map_err(|(spent, done)| {
                let known = match spent {
                    Spent::Nodes => prepared
                        .climb(order_max, budget)
                        .map(|sets| sets.count_by_order()),
                    Spent::Stopped => None,
                };
                let modules = prepared.plan.modules.len();
                failure(spent, budget, known.unwrap_or_default(), (done, modules))
            })
    }

    /// Computes the minimal cut sets up to the highest order that the budget allows, at most
    /// `order_max`: order 1, then 2, and so on. The budget counts for each order by itself.
    ///
    /// # Errors
    /// If the budget does not suffice even for order 1.
    pub fn as_far_as_possible(
        tree: &FaultTree,
        top: GateId,
        order_max: usize,
        budget: &Budget,
    ) -> Result<Self, EngineError> {
        let prepared = Prepared::new(tree, top)?;
        prepared.climb(order_max, budget).ok_or_else(|| {
            let spent = if budget.should_stop() {
                Spent::Stopped
            } else {
                Spent::Nodes
            };
            failure(spent, budget, Vec::new(), (0, prepared.plan.modules.len()))
        })
    }

    /// The greatest order of the sets, if others are left out.
    pub fn order_max(&self) -> Option<usize> {
        self.order_max
    }
}

impl Prepared {
    fn climb(&self, order_max: usize, budget: &Budget) -> Option<CutSets> {
        let mut best = None;
        for order in 1..=order_max.min(self.events) {
            match self.cut_sets(order, budget) {
                Ok(found) => best = Some(found),
                Err(_) => break,
            }
        }
        best
    }
}

fn failure(
    spent: Spent,
    budget: &Budget,
    by_order: Vec<Count>,
    (modules_done, modules): (usize, usize),
) -> EngineError {
    EngineError::from_spent(spent, budget).with_known(|known| {
        known.phase = Phase::TruncatedCutSets;
        known.cut_sets_by_order = by_order;
        (known.modules_done, known.modules) = (modules_done, modules);
    })
}
