//! Proven bounds of a probability whose diagram is too large.
//!
//! Gate by gate, cut sets below a probability are left out. Let `K` be what is kept at the top and
//! `E` the event that any set left out anywhere happens. Where `E` does not happen, each gate has
//! the value that its kept sets give it, so `top` implies `K or E`, and `K` implies `top`:
//! `P(K) <= P(top) <= P(K) + P(E)`. P(E) is at most the sum of the probabilities of all sets left
//! out, and that sum is computed over pairs of nodes without making the sets.
use super::bottom_up::{self, Request};
use super::diagram::Diagram;
use super::fussell_vesely::Union;
use super::probability::Mass;
use super::truncated::Prepared;
use crate::budget::{Budget, EngineError, Phase, Spent};
use crate::model::{FaultTree, GateId};
use crate::prep::{Module, Source, Weighed};

/// Weights are this many steps for each factor of ten.
const STEPS: f64 = 4.0;
/// Weight of what cannot happen.
const NEVER: u32 = 1 << 22;
/// The first round's limit beyond the least weight of any cut set, and how much each round adds: a
/// factor of 100, then of 10.
const FIRST: u32 = 8;
const STEP: u32 = 4;
/// Nodes for the exact diagram of a module, before it is bounded.
const DIAGRAM_NODES: usize = 400_000;
/// Nodes for the union of the sets kept.
const UNION_NODES: usize = 4_000_000;
/// A relative gap that needs no further narrowing.
const GAP: f64 = 1e-9;
/// Bounds take rounding into account: sums of positive terms lose less than this.
const ROUNDING: f64 = 1e-12;

/// Proven bounds of a probability.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Bounds {
    /// The probability is at least this.
    pub lower: f64,
    /// The probability is at most this.
    pub upper: f64,
    /// Probability below which cut sets were left out, in the round that gave the upper bound; 0
    /// where nothing was.
    pub cutoff: f64,
}

const NOTHING: Bounds = Bounds {
    lower: 0.0,
    upper: 0.0,
    cutoff: 0.0,
};

impl Bounds {
    /// Upper less lower bound.
    pub fn gap(&self) -> f64 {
        self.upper - self.lower
    }

    fn narrowed(self, other: Self) -> Self {
        let upper = if other.upper < self.upper {
            other
        } else {
            self
        };
        Bounds {
            lower: self.lower.max(other.lower),
            ..upper
        }
    }

    /// Proven bounds of a gate's probability; `probabilities` by event index. `progress` is told
    /// the bounds of the module under way after each round.
    ///
    /// Modules whose diagrams fit are exact; the others are bounded in rounds, each of which leaves
    /// out less than the one before, until a round spends the budget or the gap is closed. So a
    /// larger budget gives a narrower gap.
    ///
    /// # Errors
    /// If the tree is not coherent ([`EngineError::NotCoherent`]), the probabilities are not one
    /// for each event, or not even the first round fits the budget.
    pub fn of(
        tree: &FaultTree,
        top: GateId,
        probabilities: &[f64],
        budget: &Budget,
        mut progress: impl FnMut(Bounds),
    ) -> Result<Self, EngineError> {
        let good = |p: &f64| (0.0..=1.0).contains(p);
        if probabilities.len() != tree.events().len() || !probabilities.iter().all(good) {
            return Err(EngineError::BadWeights);
        }
        let prepared = Prepared::new(tree, top)?;
        if !prepared.plan.coherent {
            return Err(EngineError::NotCoherent);
        }
        let modules = &prepared.plan.modules;
        let mut found: Vec<Bounds> = Vec::with_capacity(modules.len());
        for (number, module) in modules.iter().enumerate() {
            let leaves = Leaves {
                events: probabilities,
                modules: &found,
            };
            let bounds = module_bounds(module, &leaves, budget, &mut progress);
            found.push(bounds.map_err(|spent| {
                EngineError::from_spent(spent, budget).with_known(|known| {
                    known.phase = Phase::Bounds;
                    (known.modules_done, known.modules) = (number, modules.len());
                })
            })?);
        }
        Ok(found.pop().unwrap_or(NOTHING))
    }
}

/// Lower and upper probability of whatever a leaf stands for.
struct Leaves<'a> {
    events: &'a [f64],
    modules: &'a [Bounds],
}

impl Leaves<'_> {
    fn of(&self, source: &Source) -> (f64, f64) {
        match *source {
            Source::Event(event) => (self.events[event as usize], self.events[event as usize]),
            Source::Module(module) => (self.modules[module].lower, self.modules[module].upper),
        }
    }

    fn lower(&self, sources: &[Source]) -> Vec<Mass> {
        sources
            .iter()
            .map(|source| Mass::of(self.of(source).0))
            .collect()
    }

    fn upper(&self, sources: &[Source]) -> Vec<Mass> {
        sources
            .iter()
            .map(|source| Mass::of(self.of(source).1))
            .collect()
    }
}

fn module_bounds(
    module: &Module,
    leaves: &Leaves<'_>,
    budget: &Budget,
    progress: impl FnMut(Bounds),
) -> Result<Bounds, Spent> {
    match Diagram::build(module, &budget.capped(DIAGRAM_NODES)) {
        Ok(diagram) => {
            let value = |weights: &[Mass]| diagram.masses(weights).mass(diagram.root).on.min(1.0);
            Ok(Bounds {
                lower: value(&leaves.lower(&diagram.sources)),
                upper: value(&leaves.upper(&diagram.sources)),
                cutoff: 0.0,
            })
        }
        Err(Spent::Nodes) => rounds(module, leaves, budget, progress),
        Err(Spent::Stopped) => Err(Spent::Stopped),
    }
}

fn rounds(
    module: &Module,
    leaves: &Leaves<'_>,
    budget: &Budget,
    mut progress: impl FnMut(Bounds),
) -> Result<Bounds, Spent> {
    let upper: Vec<f64> = module
        .leaves
        .iter()
        .map(|source| leaves.of(source).1)
        .collect();
    let impossible: Vec<u32> = upper.iter().map(|p| u32::from(*p <= 0.0)).collect();
    if Weighed::new(module, &impossible).least() > 0 {
        // Every cut set needs something that cannot happen.
        return Ok(NOTHING);
    }
    let weights: Vec<u32> = upper.iter().map(|p| weight(*p)).collect();
    let mut best: Option<Bounds> = None;
    let mut union_nodes = UNION_NODES;
    let mut limit = Weighed::new(module, &weights).least().saturating_add(FIRST);
    while limit < NEVER {
        // A leaf is never left out by itself, unless it cannot happen.
        let within = |weight: &u32| {
            if *weight < NEVER {
                (*weight).min(limit)
            } else {
                NEVER
            }
        };
        let weights: Vec<u32> = weights.iter().map(within).collect();
        let request = Request {
            module,
            weights: &weights,
            limit,
            limits: None,
            signed: false,
            probabilities: Some(&upper),
        };
        let found = match bottom_up::run(&request, budget) {
            Ok(answer) => evaluate(&answer, leaves, limit, &mut union_nodes, budget),
            Err(spent) => match best {
                Some(best) => return Ok(best),
                None => return Err(spent),
            },
        };
        let narrowed = best.map_or(found, |best| best.narrowed(found));
        best = Some(narrowed);
        progress(narrowed);
        if narrowed.gap() <= GAP * narrowed.upper {
            break;
        }
        limit += STEP;
    }
    best.ok_or(Spent::Nodes)
}

/// Bounds from what was kept and what was left out. A union that needs more than `union_nodes` is
/// the last that is tried: the rounds to come have larger ones.
fn evaluate(
    answer: &bottom_up::Answer,
    leaves: &Leaves<'_>,
    limit: u32,
    union_nodes: &mut usize,
    budget: &Budget,
) -> Bounds {
    let family = &answer.family;
    let sum = family.sum(|source| leaves.of(source).1);
    let (mut lower, mut kept) = (0.0, sum);
    match Union::over(family, &budget.capped(*union_nodes)) {
        Ok(mut union) => {
            lower = union.probability(leaves.lower(&family.sources));
            kept = union.probability(leaves.upper(&family.sources)).min(sum);
        }
        Err(_) => *union_nodes = 0,
    }
    let cutoff = if answer.left_out > 0.0 {
        10f64.powf(-f64::from(limit) / STEPS)
    } else {
        0.0
    };
    Bounds {
        lower: lower * (1.0 - ROUNDING),
        upper: ((kept + answer.left_out) * (1.0 + ROUNDING)).min(1.0),
        cutoff,
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // positive and small
fn weight(p: f64) -> u32 {
    if p > 0.0 {
        (-p.log10() * STEPS).round().clamp(0.0, 1300.0) as u32
    } else {
        NEVER
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::analysis::Analysis;
    use crate::model::{FaultTreeBuilder, Formula};

    /// A coherent tree from a seed: gates over late names, so that much is shared.
    fn tree(seed: u64) -> (FaultTree, Vec<f64>) {
        let mut state = seed;
        let mut next = |below: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap() % below
        };
        let mut builder = FaultTreeBuilder::new();
        let mut names = Vec::new();
        let mut probabilities = Vec::new();
        for at in 0..14 {
            let p = [0.3, 0.1, 0.05, 0.01, 0.001, 0.9, 0.0, 1.0][next(if at < 11 { 6 } else { 8 })];
            probabilities.push(p);
            names.push(format!("e{at}"));
            builder.basic_event(&names[at], p).unwrap();
        }
        for at in 0..12 {
            let of: Vec<Formula> = (0..2 + next(3))
                .map(|_| Formula::named(names[names.len() - 1 - next(names.len().min(9))].clone()))
                .collect();
            let formula = match next(5) {
                0 | 1 => Formula::And(of),
                2 | 3 => Formula::Or(of),
                _ => Formula::AtLeast { k: 2, of },
            };
            names.push(format!("g{at}"));
            builder.gate(&names[names.len() - 1], formula).unwrap();
        }
        builder.top("g11");
        (builder.build().unwrap(), probabilities)
    }

    /// Every round's bounds hold the exact value, they narrow, and the last leave nothing open.
    #[test]
    fn bounds_hold_the_exact_probability() {
        let mut rounds_seen = 0;
        for seed in 0..400 {
            let (tree, p) = tree(seed);
            let top = tree.tops()[0];
            let budget = Budget::default();
            let exact = Analysis::new(&tree, top, &budget)
                .unwrap()
                .probability(&p)
                .unwrap();
            let prepared = Prepared::new(&tree, top).unwrap();
            let mut found: Vec<Bounds> = Vec::new();
            for module in &prepared.plan.modules {
                let leaves = Leaves {
                    events: &p,
                    modules: &found,
                };
                let mut before = Bounds {
                    lower: 0.0,
                    upper: 1.0,
                    cutoff: 1.0,
                };
                let truth = module_bounds(module, &leaves, &budget, |_| {}).unwrap();
                let by_rounds = rounds(module, &leaves, &budget, |bounds| {
                    rounds_seen += 1;
                    assert!(bounds.lower >= before.lower && bounds.upper <= before.upper);
                    assert!(
                        bounds.lower <= truth.upper && truth.lower <= bounds.upper,
                        "{seed}"
                    );
                    before = bounds;
                });
                found.push(by_rounds.unwrap());
            }
            let last = found.last().unwrap();
            assert!(last.lower <= exact * (1.0 + 1e-12) && exact <= last.upper * (1.0 + 1e-12));
            assert!(last.gap() <= 1e-8 * last.upper, "{seed}: {last:?} {exact}");
            let whole = Bounds::of(&tree, top, &p, &budget, |_| {}).unwrap();
            assert!((whole.lower - exact).abs() <= 1e-12 && (whole.upper - exact).abs() <= 1e-12);
        }
        assert!(rounds_seen > 500, "{rounds_seen}");
    }
}
