//! Exact probability, bottom-up over the modules.
use super::Analysis;
use super::diagram::Diagram;
use crate::bdd::Edge;
use crate::budget::EngineError;
use crate::prep::Source;

/// Probability of something and of its opposite, each by sums of positive terms only, so that a
/// probability of 1e-13 keeps its digits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mass {
    pub(super) on: f64,
    pub(super) off: f64,
}

impl Mass {
    pub(super) fn of(p: f64) -> Self {
        Mass {
            on: p,
            off: 1.0 - p,
        }
    }

    pub(super) fn signed(self, negated: bool) -> f64 {
        if negated { self.off } else { self.on }
    }

    fn negate_if(self, negated: bool) -> Self {
        if negated {
            Mass {
                on: self.off,
                off: self.on,
            }
        } else {
            self
        }
    }
}

/// Masses of every node of a module.
pub(super) struct Masses {
    of: Vec<Mass>,
}

impl Masses {
    pub(super) fn get(&self, edge: Edge) -> f64 {
        self.of[edge.index() as usize].signed(edge.is_negated())
    }

    pub(super) fn mass(&self, edge: Edge) -> Mass {
        self.of[edge.index() as usize].negate_if(edge.is_negated())
    }
}

impl Diagram {
    /// One pass from the leaves; `weights` by level.
    pub(super) fn masses(&self, weights: &[Mass]) -> Masses {
        let mut masses = Masses {
            of: Vec::with_capacity(self.len()),
        };
        masses.of.push(Mass { on: 1.0, off: 0.0 });
        for (_, (level, hi, lo)) in self.nodes() {
            let weight = weights[level as usize];
            let (hi, lo) = (masses.mass(hi), masses.mass(lo));
            masses.of.push(Mass {
                on: weight.on * hi.on + weight.off * lo.on,
                off: weight.on * hi.off + weight.off * lo.off,
            });
        }
        masses
    }

    pub(super) fn weights(&self, events: &[f64], modules: &[Mass]) -> Vec<Mass> {
        let weight = |source: &Source| match *source {
            Source::Event(event) => Mass::of(events[event as usize]),
            Source::Module(module) => modules[module],
        };
        self.sources.iter().map(weight).collect()
    }
}

impl Analysis {
    /// Mass of each module; the last is the gate's.
    pub(super) fn module_masses(&self, probabilities: &[f64]) -> Vec<Mass> {
        let mut modules = Vec::with_capacity(self.modules.len());
        for diagram in &self.modules {
            let masses = diagram.masses(&diagram.weights(probabilities, &modules));
            modules.push(masses.mass(diagram.root));
        }
        modules
    }

    /// The exact probability of the gate; `probabilities` by event index.
    ///
    /// # Errors
    /// If the probabilities are not one for each event, each in [0, 1].
    pub fn probability(&self, probabilities: &[f64]) -> Result<f64, EngineError> {
        self.check_weights(probabilities)?;
        Ok(self
            .module_masses(probabilities)
            .last()
            .map_or(0.0, |mass| mass.on.min(1.0)))
    }
}
