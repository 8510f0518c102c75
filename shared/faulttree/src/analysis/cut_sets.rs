//! Minimal cut sets as families of sets, one for each module, and what can be computed from them
//! without listing a single one.
use super::Analysis;
use super::best;
use super::count::{Count, Number, Tally, tally_product, tally_sum};
use super::enumerate::Sets;
use crate::bdd::{EMPTY, UNIT, Zdd, minimal_solutions};
use crate::budget::{Budget, EngineError, Phase, Spent};
use crate::inference::CutSet;
use crate::prep::Source;

/// A family of sets over the leaves of one module.
pub(crate) struct Family {
    /// (level, hi, lo); the first two stand for the terminals. Children come first.
    pub(super) nodes: Vec<(u32, u32, u32)>,
    pub(super) root: u32,
    pub(super) sources: Vec<Source>,
}

impl Family {
    /// Copies what `root` needs out of the kernel.
    pub(crate) fn keep(zdd: &Zdd, root: u32, sources: Vec<Source>) -> Self {
        let reachable = zdd.reachable(root);
        let mut new = vec![0u32; root as usize + 2];
        new[UNIT as usize] = UNIT;
        let mut nodes = Vec::with_capacity(reachable.len() + 2);
        nodes.resize(2, (u32::MAX, EMPTY, EMPTY));
        for (at, index) in (2u32..).zip(reachable) {
            let (level, hi, lo) = zdd.node(index);
            new[index as usize] = at;
            nodes.push((level, new[hi as usize], new[lo as usize]));
        }
        Family {
            nodes,
            root: new[root as usize],
            sources,
        }
    }

    /// Sum over the sets of the product of their leaves' weights.
    pub(super) fn sum(&self, weight: impl Fn(&Source) -> f64) -> f64 {
        let values = self.fold(0.0, 1.0, |source, hi, lo| weight(&source) * hi + lo);
        values[self.root as usize]
    }

    /// One value for each node, children first.
    fn fold<T>(&self, empty: T, unit: T, mut join: impl FnMut(Source, &T, &T) -> T) -> Vec<T> {
        let mut values = Vec::with_capacity(self.nodes.len());
        values.push(empty);
        values.push(unit);
        for &(level, hi, lo) in &self.nodes[2..] {
            let source = self.sources[level as usize];
            let value = join(source, &values[hi as usize], &values[lo as usize]);
            values.push(value);
        }
        values
    }
}

/// The minimal cut sets of a gate. They are never listed but on demand.
pub struct CutSets {
    pub(super) families: Vec<Family>,
    pub(super) events: usize,
    pub(super) coherent: bool,
    /// The greatest order of the sets, if others are left out.
    pub(super) order_max: Option<usize>,
    pub(super) budget: Budget,
}

impl CutSets {
    pub(super) fn new(analysis: &Analysis) -> Result<Self, EngineError> {
        let mut families = Vec::with_capacity(analysis.modules.len());
        for diagram in &analysis.modules {
            let mut zdd = Zdd::new(&analysis.budget);
            let root = minimal_solutions(diagram, diagram.root, &mut zdd).map_err(|spent| {
                let error = EngineError::from_spent(spent, &analysis.budget);
                error.with_known(|known| {
                    known.phase = Phase::CutSets;
                    known.modules = analysis.modules.len();
                    known.modules_done = families.len();
                })
            })?;
            families.push(Family::keep(&zdd, root, diagram.sources.clone()));
        }
        Ok(CutSets {
            families,
            events: analysis.events,
            coherent: analysis.coherent,
            order_max: None,
            budget: analysis.budget.clone(),
        })
    }

    /// Whether these are the minimal cut sets of the function itself; if not, of its coherent
    /// hull.
    pub fn is_coherent(&self) -> bool {
        self.coherent
    }

    /// Diagram nodes over all modules.
    pub fn nodes(&self) -> usize {
        self.families.iter().map(|family| family.nodes.len()).sum()
    }

    /// How many minimal cut sets there are.
    pub fn count(&self) -> Count {
        self.count_up_to(usize::MAX)
    }

    /// How many minimal cut sets of at most `order_max` events there are.
    pub fn count_up_to(&self, order_max: usize) -> Count {
        let by_order = self.count_by_order();
        let total = |total: Count, count: &Count| total.add(count).unwrap_or(total);
        by_order
            .iter()
            .take(order_max.saturating_add(1))
            .fold(Count::default(), total)
    }

    /// How many minimal cut sets there are of each order (number of events): entry `n` for order
    /// `n`. Computed, not counted, so 10^10 or 10^100 take no longer than 10.
    pub fn count_by_order(&self) -> Vec<Count> {
        let tally = match self.tally::<u128>() {
            Some(tally) => tally.into_iter().map(Count::from).collect(),
            None => self.tally::<Count>().unwrap_or_default(),
        };
        let mut tally: Vec<Count> = tally;
        while tally.last().is_some_and(Count::is_zero) {
            tally.pop();
        }
        tally
    }

    fn tally<N: Number>(&self) -> Option<Tally<N>> {
        let order_max = self.order_max.unwrap_or(usize::MAX);
        let event: Tally<N> = vec![N::zero(), N::one()];
        let mut modules: Vec<Tally<N>> = Vec::with_capacity(self.families.len());
        for family in &self.families {
            let mut overflow = false;
            let unit = vec![N::one()];
            let values = family.fold(Vec::new(), unit, |source, hi, lo| {
                let with = match source {
                    Source::Event(_) => tally_product(&event, hi, order_max),
                    Source::Module(module) => tally_product(&modules[module], hi, order_max),
                };
                with.and_then(|with| tally_sum(&with, lo))
                    .unwrap_or_else(|| {
                        overflow = true;
                        Vec::new()
                    })
            });
            if overflow {
                return None;
            }
            modules.push(values[family.root as usize].clone());
        }
        modules.pop()
    }

    /// Sum of all cut sets' probabilities, each to the power `power`.
    fn power_sum(&self, probabilities: &[f64], power: i32) -> f64 {
        if let Some(order_max) = self.order_max {
            return self.power_sum_up_to(order_max, probabilities, power);
        }
        let mut modules: Vec<f64> = Vec::with_capacity(self.families.len());
        for family in &self.families {
            let sum = family.sum(|source| match *source {
                Source::Event(event) => probabilities[event as usize].powi(power),
                Source::Module(module) => modules[module],
            });
            modules.push(sum);
        }
        modules.pop().unwrap_or(0.0)
    }

    /// The same by order, as modules joined may exceed what each keeps to.
    fn power_sum_up_to(&self, order_max: usize, probabilities: &[f64], power: i32) -> f64 {
        let mut modules: Vec<Tally<f64>> = Vec::with_capacity(self.families.len());
        for family in &self.families {
            let values = family.fold(Vec::new(), vec![1.0], |source, hi, lo| {
                let with = match source {
                    Source::Event(event) => {
                        let event = [0.0, probabilities[event as usize].powi(power)];
                        tally_product(&event, hi, order_max)
                    }
                    Source::Module(module) => tally_product(&modules[module], hi, order_max),
                };
                with.and_then(|with| tally_sum(&with, lo))
                    .unwrap_or_default()
            });
            modules.push(values[family.root as usize].clone());
        }
        // An empty sum of floats is -0.
        0.0 + modules.pop().unwrap_or_default().iter().sum::<f64>()
    }

    /// Rare-event approximation: the sum of the cut sets' probabilities. It may exceed 1.
    ///
    /// # Errors
    /// If the probabilities are not one for each event, each in [0, 1].
    pub fn rare_event(&self, probabilities: &[f64]) -> Result<f64, EngineError> {
        self.check_weights(probabilities)?;
        Ok(self.power_sum(probabilities, 1))
    }

    /// Each event's share of the rare-event approximation: the sum of the probabilities of the cut
    /// sets that hold it over that of all. What is often called Fussell-Vesely; compare
    /// [`CutSets::fussell_vesely`]. `None` if no cut set is possible.
    ///
    /// # Errors
    /// If the probabilities are not one for each event, each in [0, 1].
    pub fn shares(&self, probabilities: &[f64]) -> Result<Option<Vec<f64>>, EngineError> {
        let total = self.rare_event(probabilities)?;
        if total <= 0.0 {
            return Ok(None);
        }
        let mut probabilities = probabilities.to_vec();
        let mut shares = Vec::with_capacity(probabilities.len());
        for event in 0..probabilities.len() {
            let p = std::mem::replace(&mut probabilities[event], 0.0);
            let others = if p > 0.0 {
                self.power_sum(&probabilities, 1)
            } else {
                total
            };
            probabilities[event] = p;
            shares.push((1.0 - others / total).clamp(0.0, 1.0));
        }
        Ok(Some(shares))
    }

    /// Min-cut upper bound: 1 − ∏ (1 − P(cut set)), over all cut sets without listing them, since
    /// ln ∏ (1 − P) = −∑ₖ ∑ Pᵏ / k.
    ///
    /// # Errors
    /// If the probabilities are not one for each event, each in [0, 1].
    pub fn min_cut_upper_bound(&self, probabilities: &[f64]) -> Result<f64, EngineError> {
        // Sets at or above one half, each by itself: so many of them leave nothing of the product.
        const LARGE: f64 = 0.5;
        const LARGE_MAX: usize = 1100;
        const TERMS_MAX: i32 = 80;
        let large: Vec<f64> = self
            .sets(usize::MAX, LARGE, probabilities)?
            .take(LARGE_MAX)
            .map(|set| set.probability)
            .collect();
        if large.len() == LARGE_MAX || large.iter().any(|p| *p >= 1.0) {
            return Ok(1.0);
        }
        let mut sum = -large.iter().map(|p| f64::ln_1p(-p)).sum::<f64>();
        for power in 1..=TERMS_MAX {
            let apart: f64 = large.iter().map(|p| p.powi(power)).sum();
            let term = (self.power_sum(probabilities, power) - apart).max(0.0);
            sum += term / f64::from(power);
            // The sets left are below one half, so each term is at most half of the one before.
            if term <= sum * 1e-17 {
                break;
            }
        }
        Ok(-f64::exp_m1(-sum))
    }

    /// The `k` most probable cut sets, best first, without listing the others; sets of equal
    /// probability come by size, then by the order of their events.
    ///
    /// # Errors
    /// If the probabilities are not one for each event, each in [0, 1].
    pub fn most_probable(
        &self,
        k: usize,
        probabilities: &[f64],
    ) -> Result<Vec<CutSet>, EngineError> {
        self.most_probable_up_to(k, usize::MAX, probabilities)
    }

    /// Like [`CutSets::most_probable`], among the cut sets of at most `order_max` events.
    ///
    /// # Errors
    /// If the probabilities are not one for each event, each in [0, 1].
    pub fn most_probable_up_to(
        &self,
        k: usize,
        order_max: usize,
        probabilities: &[f64],
    ) -> Result<Vec<CutSet>, EngineError> {
        self.check_weights(probabilities)?;
        let order_max = order_max.min(self.order_max.unwrap_or(usize::MAX));
        best(&self.families, k, order_max, probabilities, &self.budget)
            .map_err(|spent| EngineError::from_spent(spent, &self.budget))
    }

    /// All cut sets of at most `order_max` events and at least `probability_min`, one after the
    /// other, as they are asked for.
    ///
    /// # Errors
    /// If the probabilities are not one for each event, each in [0, 1].
    pub fn sets<'a>(
        &'a self,
        order_max: usize,
        probability_min: f64,
        probabilities: &'a [f64],
    ) -> Result<Sets<'a>, EngineError> {
        self.check_weights(probabilities)?;
        Ok(Sets::new(
            &self.families,
            order_max.min(self.order_max.unwrap_or(usize::MAX)),
            probability_min,
            probabilities,
        ))
    }

    pub(super) fn check_weights(&self, probabilities: &[f64]) -> Result<(), EngineError> {
        let good = |p: &f64| (0.0..=1.0).contains(p);
        if probabilities.len() == self.events && probabilities.iter().all(good) {
            Ok(())
        } else {
            Err(EngineError::BadWeights)
        }
    }
}

/// Best product and least size of the sets of each node, for every module.
pub(super) struct Bounds {
    pub(super) best: Vec<Vec<f64>>,
    pub(super) least: Vec<Vec<usize>>,
}

/// Larger than any order, and safe to add to.
pub(super) const NO_SET: usize = usize::MAX / 4;

impl Bounds {
    pub(super) fn of(families: &[Family], probabilities: &[f64]) -> Self {
        let mut bounds = Bounds {
            best: Vec::new(),
            least: Vec::new(),
        };
        let root = |values: &[Vec<f64>], m: usize| values[m][families[m].root as usize];
        let root_least = |values: &[Vec<usize>], m: usize| values[m][families[m].root as usize];
        for family in families {
            let best = family.fold(f64::NEG_INFINITY, 1.0, |source, hi, lo| {
                let p = match source {
                    Source::Event(event) => probabilities[event as usize],
                    Source::Module(module) => root(&bounds.best, module),
                };
                // 0 times "no set" must stay "no set".
                let with = if *hi < 0.0 || p < 0.0 {
                    f64::NEG_INFINITY
                } else {
                    p * hi
                };
                with.max(*lo)
            });
            let least = family.fold(NO_SET, 0, |source, hi, lo| {
                let size = match source {
                    Source::Event(_) => 1,
                    Source::Module(module) => root_least(&bounds.least, module),
                };
                (size + hi).min(*lo).min(NO_SET)
            });
            bounds.best.push(best);
            bounds.least.push(least);
        }
        bounds
    }
}

pub(super) fn stop_check(budget: &Budget, step: usize) -> Result<(), Spent> {
    if step >= budget.nodes_max {
        return Err(Spent::Nodes);
    }
    if step & 0xfff == 0 && budget.should_stop() {
        return Err(Spent::Stopped);
    }
    Ok(())
}
