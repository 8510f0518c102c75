//! Fussell-Vesely importance: P(union of the cut sets that hold an event) / P(union of all).
//! For each leaf of each module the union is a diagram of its own, so this costs more than the
//! other importances; it shares all that it can.
use super::cut_sets::{CutSets, Family};
use super::probability::Mass;
use crate::bdd::{Bdd, EMPTY, Edge, UNIT};
use crate::budget::{Budget, EngineError, Phase, Spent};
use crate::prep::Source;

/// Unions are a side question: they get no more than this of the budget, per module.
const UNION_NODES_MAX: usize = 1_000_000;

impl CutSets {
    /// Fussell-Vesely importance of every event, by event index; `None` for events in no cut set,
    /// and for all if no cut set is possible.
    ///
    /// # Errors
    /// If the probabilities are not one for each event, each in [0, 1], or the budget does not
    /// suffice.
    pub fn fussell_vesely(&self, probabilities: &[f64]) -> Result<Vec<Option<f64>>, EngineError> {
        self.check_weights(probabilities)?;
        self.unions(probabilities)
            .map_err(|spent| self.spent(spent))
    }

    fn spent(&self, spent: Spent) -> EngineError {
        EngineError::from_spent(spent, &self.budget.capped(UNION_NODES_MAX)).during(Phase::Unions)
    }

    /// Probability of the union of all cut sets: that of the gate if it is coherent, and of its
    /// coherent hull if not.
    ///
    /// # Errors
    /// If the probabilities are not one for each event, each in [0, 1], or the budget does not
    /// suffice.
    pub fn hull_probability(&self, probabilities: &[f64]) -> Result<f64, EngineError> {
        self.check_weights(probabilities)?;
        let budget = self.budget.capped(UNION_NODES_MAX);
        let mut modules = Vec::with_capacity(self.families.len());
        for family in &self.families {
            let union = Union::new(family, &budget, probabilities, &modules)
                .map_err(|spent| self.spent(spent))?;
            modules.push(union.mass(union.whole()));
        }
        Ok(modules.last().map_or(0.0, |mass| mass.on))
    }

    fn unions(&self, probabilities: &[f64]) -> Result<Vec<Option<f64>>, Spent> {
        let budget = self.budget.capped(UNION_NODES_MAX);
        let mut unions: Vec<Union<'_>> = Vec::with_capacity(self.families.len());
        let mut modules: Vec<Mass> = Vec::with_capacity(self.families.len());
        for family in &self.families {
            let union = Union::new(family, &budget, probabilities, &modules)?;
            modules.push(union.mass(union.whole()));
            unions.push(union);
        }
        let mut found = vec![None; self.events];
        let Some(total) = modules.last().map(|m| m.on).filter(|p| *p > 0.0) else {
            return Ok(found);
        };
        // Probability of the rest of the cut sets that hold each module.
        let mut rest = vec![0.0; unions.len()];
        if let Some(last) = rest.last_mut() {
            *last = 1.0;
        }
        for number in (0..unions.len()).rev() {
            for level in 0..self.families[number].sources.len() {
                let Some(others) = unions[number].holding(level)? else {
                    continue;
                };
                let others = rest[number] * unions[number].mass(others).on;
                match self.families[number].sources[level] {
                    Source::Module(module) => rest[module] = others,
                    Source::Event(event) => {
                        let share = others * probabilities[event as usize] / total;
                        found[event as usize] = Some(share.min(1.0));
                    }
                }
            }
        }
        Ok(found)
    }
}

/// Unions of a family's sets, as functions: for each node the OR over its sets of their AND.
pub(super) struct Union<'a> {
    family: &'a Family,
    bdd: Bdd,
    whole: Vec<Edge>,
    weights: Vec<Mass>,
    masses: Vec<Mass>,
}

impl<'a> Union<'a> {
    fn new(
        family: &'a Family,
        budget: &Budget,
        probabilities: &[f64],
        modules: &[Mass],
    ) -> Result<Self, Spent> {
        let weight = |source: &Source| match *source {
            Source::Event(event) => Mass::of(probabilities[event as usize]),
            Source::Module(module) => modules[module],
        };
        let mut union = Union::over(family, budget)?;
        union.weights = family.sources.iter().map(weight).collect();
        union.weigh();
        Ok(union)
    }

    /// The union as a function, without any weights yet.
    pub(super) fn over(family: &'a Family, budget: &Budget) -> Result<Self, Spent> {
        let mut bdd = Bdd::new(budget);
        let mut whole = vec![Edge::FALSE, Edge::TRUE];
        for &(level, hi, lo) in &family.nodes[2..] {
            let (hi, lo) = (whole[hi as usize], whole[lo as usize]);
            let with = bdd.or(hi, lo)?;
            whole.push(bdd.make(level, with, lo)?);
        }
        Ok(Union {
            family,
            bdd,
            whole,
            weights: Vec::new(),
            masses: vec![Mass { on: 1.0, off: 0.0 }],
        })
    }

    /// Probability of the whole union under these weights of the levels.
    pub(super) fn probability(&mut self, weights: Vec<Mass>) -> f64 {
        self.weights = weights;
        self.masses.truncate(1);
        self.weigh();
        self.mass(self.whole()).on
    }

    fn whole(&self) -> Edge {
        self.whole[self.family.root as usize]
    }

    /// Union of the sets that hold the leaf, less the leaf itself; `None` if there are none.
    fn holding(&mut self, leaf: usize) -> Result<Option<Edge>, Spent> {
        self.bdd.step()?;
        let mut unions: Vec<Edge> = vec![Edge::FALSE; self.family.nodes.len()];
        for (index, &(level, hi, lo)) in self.family.nodes.iter().enumerate().skip(2) {
            unions[index] = match (level as usize).cmp(&leaf) {
                std::cmp::Ordering::Greater => Edge::FALSE,
                std::cmp::Ordering::Equal => self.whole[hi as usize],
                std::cmp::Ordering::Less => {
                    let (hi, lo) = (unions[hi as usize], unions[lo as usize]);
                    self.bdd.step()?;
                    let with = self.bdd.or(hi, lo)?;
                    self.bdd.make(level, with, lo)?
                }
            };
        }
        self.weigh();
        let root = self.family.root;
        debug_assert!(root > UNIT || root == EMPTY || self.family.nodes.len() == 2);
        Ok(Some(unions[root as usize]).filter(|edge| *edge != Edge::FALSE))
    }

    fn weigh(&mut self) {
        for index in (0u32..).take(self.bdd.len()).skip(self.masses.len()) {
            let (level, hi, lo) = self.bdd.node(index);
            let weight = self.weights[level as usize];
            let (hi, lo) = (self.mass(hi), self.mass(lo));
            self.masses.push(Mass {
                on: weight.on * hi.on + weight.off * lo.on,
                off: weight.on * hi.off + weight.off * lo.off,
            });
        }
    }

    fn mass(&self, edge: Edge) -> Mass {
        let mass = self.masses[edge.index() as usize];
        Mass {
            on: mass.signed(edge.is_negated()),
            off: mass.signed(!edge.is_negated()),
        }
    }
}
