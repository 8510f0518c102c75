//! Importance of every event from one pass up and one pass down each module.
use super::Analysis;
use super::diagram::Diagram;
use super::probability::{Mass, Masses};
use crate::bdd::Edge;
use crate::budget::EngineError;
use crate::prep::Source;

/// What an event means for the gate. Where a ratio has the probability 0 below the line it is
/// `None` (nothing to compare with) or infinite (RRW of an event without which the gate cannot
/// happen).
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Importance {
    /// P(gate | event).
    pub with: f64,
    /// P(gate | not event).
    pub without: f64,
    /// Birnbaum: P(gate | event) − P(gate | not event).
    pub birnbaum: f64,
    /// Criticality: p · Birnbaum / P(gate).
    pub criticality: Option<f64>,
    /// Diagnostic: P(event | gate).
    pub diagnostic: Option<f64>,
    /// Risk achievement worth: P(gate | event) / P(gate).
    pub raw: Option<f64>,
    /// Risk reduction worth: P(gate) / P(gate | not event); infinite where that is 0.
    pub rrw: Option<f64>,
}

impl Importance {
    fn new(p: f64, total: f64, with: f64, without: f64) -> Self {
        let over = |value: f64| (total > 0.0).then(|| value / total);
        let birnbaum = with - without;
        Importance {
            with,
            without,
            birnbaum,
            criticality: over(p * birnbaum),
            diagnostic: over((p * with).min(total)),
            raw: over(with),
            rrw: over(1.0).map(|_| {
                if without > 0.0 {
                    total / without
                } else {
                    f64::INFINITY
                }
            }),
        }
    }
}

/// P(module | level true) and P(module | level false), as masses.
struct Conditional {
    with: Mass,
    without: Mass,
}

impl Analysis {
    /// The importance of every event, by event index; `None` for events that the gate does not
    /// depend on.
    ///
    /// # Errors
    /// If the probabilities are not one for each event, each in [0, 1].
    pub fn importance(
        &self,
        probabilities: &[f64],
    ) -> Result<Vec<Option<Importance>>, EngineError> {
        self.check_weights(probabilities)?;
        let masses = self.module_masses(probabilities);
        let mut found = vec![None; self.events];
        let Some(total) = masses.last() else {
            return Ok(found);
        };
        // P(gate | module), P(gate | not module), from the top module down.
        let mut given: Vec<Option<(f64, f64)>> = vec![None; self.modules.len()];
        if let Some(last) = given.last_mut() {
            *last = Some((1.0, 0.0));
        }
        for (number, diagram) in self.modules.iter().enumerate().rev() {
            let Some((if_on, if_off)) = given[number] else {
                continue;
            };
            let weights = diagram.weights(probabilities, &masses);
            for (level, cond) in diagram.conditionals(&weights).into_iter().enumerate() {
                let Some(Conditional { with, without }) = cond else {
                    continue;
                };
                let gate = |mass: Mass| if_on * mass.on + if_off * mass.off;
                match diagram.sources[level] {
                    Source::Module(module) => given[module] = Some((gate(with), gate(without))),
                    Source::Event(event) => {
                        let p = probabilities[event as usize];
                        let importance = Importance::new(p, total.on, gate(with), gate(without));
                        found[event as usize] = Some(importance);
                    }
                }
            }
        }
        Ok(found)
    }
}

impl Diagram {
    /// For each level that occurs: the module's mass with the level true, and with it false.
    fn conditionals(&self, weights: &[Mass]) -> Vec<Option<Conditional>> {
        let masses = self.masses(weights);
        let mut on = Downward::new(self, weights);
        on.run(self, weights, &masses, self.root);
        let mut off = Downward::new(self, weights);
        off.run(self, weights, &masses, !self.root);
        let mut found = Vec::with_capacity(weights.len());
        for level in 0..weights.len() {
            let mass = |with: bool| {
                let pick = |d: &Downward| {
                    let (hi, lo) = d.through[level];
                    (if with { hi } else { lo }) + d.around.at(level)
                };
                Mass {
                    on: pick(&on),
                    off: pick(&off),
                }
            };
            let conditional = Conditional {
                with: mass(true),
                without: mass(false),
            };
            found.push(on.seen[level].then_some(conditional));
        }
        found
    }
}

/// Mass of a function's paths to TRUE, per level: through the level's hi and lo edges (less the
/// level's own weight), and around the level.
struct Downward {
    reach: Vec<Mass>,
    through: Vec<(f64, f64)>,
    around: RangeSum,
    seen: Vec<bool>,
}

impl Downward {
    fn new(diagram: &Diagram, weights: &[Mass]) -> Self {
        Downward {
            reach: vec![Mass { on: 0.0, off: 0.0 }; diagram.len()],
            through: vec![(0.0, 0.0); weights.len()],
            around: RangeSum::new(weights.len()),
            seen: vec![false; weights.len()],
        }
    }

    fn run(&mut self, diagram: &Diagram, weights: &[Mass], masses: &Masses, root: Edge) {
        let levels: Vec<usize> = std::iter::once(weights.len())
            .chain(diagram.nodes().map(|(_, (level, ..))| level as usize))
            .collect();
        let add = |reach: &mut Vec<Mass>, edge: Edge, mass: f64| {
            let at = &mut reach[edge.index() as usize];
            *(if edge.is_negated() {
                &mut at.off
            } else {
                &mut at.on
            }) += mass;
        };
        add(&mut self.reach, root, 1.0);
        self.around
            .add(0..levels[root.index() as usize], masses.get(root));
        for (index, (level, hi, lo)) in diagram.nodes().rev() {
            let level = level as usize;
            self.seen[level] = true;
            let reach = self.reach[index];
            let weight = weights[level];
            for (mass, negated) in [(reach.on, false), (reach.off, true)] {
                if mass <= 0.0 {
                    continue;
                }
                for (child, weight, is_hi) in [(hi, weight.on, true), (lo, weight.off, false)] {
                    let child = child.negate_if(negated);
                    let value = mass * masses.get(child);
                    let through = &mut self.through[level];
                    *(if is_hi {
                        &mut through.0
                    } else {
                        &mut through.1
                    }) += value;
                    let below = levels[child.index() as usize];
                    self.around.add(level + 1..below, value * weight);
                    if !child.is_terminal() {
                        add(&mut self.reach, child, mass * weight);
                    }
                }
            }
        }
    }
}

/// Adds to ranges, reads single places, and only ever adds: a place that nothing was added to
/// stays exactly 0, which decides whether a risk reduction worth is infinite.
struct RangeSum {
    leaves: usize,
    sums: Vec<f64>,
}

impl RangeSum {
    fn new(count: usize) -> Self {
        let leaves = count.next_power_of_two();
        RangeSum {
            leaves,
            sums: vec![0.0; leaves * 2],
        }
    }

    fn add(&mut self, range: std::ops::Range<usize>, value: f64) {
        if value <= 0.0 {
            return;
        }
        let (mut from, mut to) = (range.start + self.leaves, range.end + self.leaves);
        while from < to {
            if from % 2 == 1 {
                self.sums[from] += value;
                from += 1;
            }
            if to % 2 == 1 {
                to -= 1;
                self.sums[to] += value;
            }
            from /= 2;
            to /= 2;
        }
    }

    fn at(&self, place: usize) -> f64 {
        let mut at = place + self.leaves;
        let mut sum = 0.0;
        while at > 0 {
            sum += self.sums[at];
            at /= 2;
        }
        sum
    }
}
