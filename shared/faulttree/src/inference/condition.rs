//! Conditioning: observations become weights on events and factors over independent groups.
use super::posterior::Posterior;
use super::{Inference, Observation};
use crate::Arrange as _;
use crate::bdd::{Bdd, Edge};
use crate::budget::{EngineError, Spent};
use crate::model::{EventId, GateId, NodeId};

/// Bit for "an event's own weight has changed"; the others stand for factors.
const REWEIGHTED: u64 = 1 << 63;
const FACTORS_MAX: usize = 63;

/// Weight of a variable being true and being false.
#[derive(Clone, Copy)]
pub(super) struct Weight {
    pub(super) hi: f64,
    pub(super) lo: f64,
}

/// Probability of a node's function and of its negation, each by its own sum: `1 − p` would lose
/// the digits of a small probability.
#[derive(Clone, Copy)]
pub(super) struct Mass {
    pub(super) on: f64,
    pub(super) off: f64,
}

/// Masses of the first nodes of a diagram, extended as the diagram grows.
pub(super) struct Masses {
    pub(super) of: Vec<Mass>,
}

impl Masses {
    pub(super) fn new() -> Self {
        Masses {
            of: vec![Mass { on: 1.0, off: 0.0 }],
        }
    }

    pub(super) fn extend(&mut self, bdd: &Bdd, weights: &[Weight]) {
        for index in (0u32..).take(bdd.len()).skip(self.of.len()) {
            let (level, hi, lo) = bdd.node(index);
            let Weight { hi: p, lo: q } = weights[level as usize];
            let mass = Mass {
                on: p * self.get(hi) + q * self.get(lo),
                off: p * self.get(!hi) + q * self.get(!lo),
            };
            self.of.push(mass);
        }
    }

    pub(super) fn get(&self, edge: Edge) -> f64 {
        let mass = self.of[edge.index() as usize];
        if edge.is_negated() { mass.off } else { mass.on }
    }
}

impl Inference {
    /// The exact consequences of the observations. No observation at all gives the priors.
    ///
    /// # Errors
    /// If the observations are impossible together, a likelihood is no number, a node is not of
    /// this tree, or the budget does not suffice.
    pub fn condition(&self, observations: &[Observation]) -> Result<Posterior, EngineError> {
        self.condition_wanted(observations, None)
    }

    /// As [`Inference::condition`], for all events and for these gates alone; the posterior of
    /// another gate is NaN. Most of the cost of a question is in gates that nobody reads.
    ///
    /// # Errors
    /// As [`Inference::condition`].
    pub fn condition_for(
        &self,
        observations: &[Observation],
        gates: &[GateId],
    ) -> Result<Posterior, EngineError> {
        self.condition_wanted(observations, Some(gates))
    }

    fn condition_wanted(
        &self,
        observations: &[Observation],
        gates: Option<&[GateId]>,
    ) -> Result<Posterior, EngineError> {
        let mut work = Work {
            engine: self,
            bdd: self.bdd.scratch(),
            weights: self
                .leaves
                .iter()
                .map(|leaf| prior(self.priors[*leaf as usize]))
                .collect(),
            reweighted: vec![false; self.leaves.len()],
            ln_scale: 0.0,
            functions: Vec::new(),
        };
        for observation in observations {
            work.observe(*observation)?;
        }
        work.finish(gates).map_err(|error| match error {
            Fault::Spent(spent) => EngineError::from_spent(spent, &self.budget),
            Fault::Impossible => EngineError::Impossible,
        })
    }
}

fn prior(p: f64) -> Weight {
    Weight { hi: p, lo: 1.0 - p }
}

enum Fault {
    Spent(Spent),
    Impossible,
}

impl From<Spent> for Fault {
    fn from(spent: Spent) -> Self {
        Fault::Spent(spent)
    }
}

struct Work<'a> {
    engine: &'a Inference,
    bdd: Bdd,
    weights: Vec<Weight>,
    reweighted: Vec<bool>,
    ln_scale: f64,
    /// What was observed of gates.
    functions: Vec<Edge>,
}

impl Work<'_> {
    fn observe(&mut self, observation: Observation) -> Result<(), EngineError> {
        let (node, if_true, if_false) = match observation {
            Observation::Is(node, true) => (node, 1.0, 0.0),
            Observation::Is(node, false) => (node, 0.0, 1.0),
            Observation::Likelihood {
                node,
                if_true,
                if_false,
            } => (node, if_true, if_false),
        };
        for likelihood in [if_true, if_false] {
            if !likelihood.is_finite() || likelihood < 0.0 {
                return Err(EngineError::BadLikelihood(likelihood));
            }
        }
        let edge = self.engine.edge(node)?;
        if edge.is_terminal() {
            let likelihood = if edge == Edge::TRUE {
                if_true
            } else {
                if_false
            };
            self.ln_scale += likelihood.ln();
            return Ok(());
        }
        if let NodeId::Event(EventId(event)) = node {
            let level = self.engine.levels[event as usize] as usize;
            let Weight { hi, lo } = self.weights[level];
            let (hi, lo) = (hi * if_true, lo * if_false);
            let total = hi + lo;
            self.ln_scale += total.ln();
            self.weights[level] = Weight {
                hi: hi / total,
                lo: lo / total,
            };
            self.reweighted[level] = true;
            return Ok(());
        }
        let (likely, high, low) = if if_true >= if_false {
            (edge, if_true, if_false)
        } else {
            (!edge, if_false, if_true)
        };
        self.ln_scale += high.ln();
        if low == 0.0 {
            self.functions.push(likely);
        } else if low < high {
            // `likely`, or else a fresh variable that is true with probability low / high.
            let spent = |spent| EngineError::from_spent(spent, &self.engine.budget);
            let level = u32::try_from(self.weights.len()).unwrap_or(u32::MAX - 1);
            let leak = self.bdd.variable(level).map_err(spent)?;
            self.weights.push(Weight {
                hi: low / high,
                lo: 1.0 - low / high,
            });
            self.functions
                .push(self.bdd.or(likely, leak).map_err(spent)?);
        }
        Ok(())
    }

    /// Joins observed functions that share events; gives the factors and the factor (a bit) that
    /// each level belongs to.
    fn factors(&mut self) -> Result<(Vec<Edge>, Vec<u64>), Spent> {
        let levels = self.weights.len();
        let mut groups = Groups::new(levels);
        let supports: Vec<Vec<u32>> = self
            .functions
            .iter()
            .map(|edge| self.bdd.support(*edge))
            .collect();
        for support in &supports {
            for pair in support.windows(2) {
                groups.join(pair[0] as usize, pair[1] as usize);
            }
        }
        let mut factor_of = vec![usize::MAX; levels];
        let mut members: Vec<Vec<Edge>> = Vec::new();
        let mut constant = Edge::TRUE;
        for (function, support) in self.functions.iter().zip(&supports) {
            let Some(&first) = support.first() else {
                constant = self.bdd.and(constant, *function)?;
                continue;
            };
            let root = groups.root(first as usize);
            if factor_of[root] == usize::MAX {
                factor_of[root] = members.len();
                members.push(Vec::new());
            }
            members[factor_of[root]].push(*function);
        }
        let mut factors = Vec::with_capacity(members.len());
        for mut of in members {
            of.arrange_by_key(|edge| std::cmp::Reverse(self.bdd.level(*edge)));
            let mut all = constant;
            for edge in of {
                all = self.bdd.and(all, edge)?;
            }
            factors.push(all);
        }
        if constant == Edge::FALSE && factors.is_empty() {
            factors.push(constant);
        }
        let mut bits = vec![0; levels];
        for (level, bit) in bits.iter_mut().enumerate() {
            let factor = factor_of[groups.root(level)];
            if factor != usize::MAX {
                *bit = 1 << (factor % FACTORS_MAX);
            } else if self.reweighted.get(level) == Some(&true) {
                *bit = REWEIGHTED;
            }
        }
        Ok((factors, bits))
    }

    fn finish(mut self, wanted: Option<&[GateId]>) -> Result<Posterior, Fault> {
        if self.ln_scale == f64::NEG_INFINITY || self.ln_scale.is_nan() {
            return Err(Fault::Impossible);
        }
        let (factors, bits) = self.factors()?;
        let mut masses = Masses::new();
        masses.extend(&self.bdd, &self.weights);
        let mut ln_evidence = self.ln_scale;
        for factor in &factors {
            let mass = masses.get(*factor);
            if mass <= 0.0 {
                return Err(Fault::Impossible);
            }
            ln_evidence += mass.ln();
        }
        let gates = self.gates(&factors, &bits, &mut masses, wanted)?;
        let mut posterior = Posterior {
            ln_evidence,
            events: vec![0.0; self.engine.priors.len()],
            gates,
            levels: self.engine.levels.clone(),
            leaves: self.engine.leaves.clone(),
            weights: self.weights,
            circuit_events: self.engine.circuit.events.clone(),
            bdd: self.bdd,
            factors,
            masses,
        };
        posterior.fill_events();
        Ok(posterior)
    }

    /// P(gate | evidence) for every gate that is wanted, by joining it with the factors that it touches.
    fn gates(
        &mut self,
        factors: &[Edge],
        bits: &[u64],
        masses: &mut Masses,
        wanted: Option<&[GateId]>,
    ) -> Result<Vec<f64>, Spent> {
        let engine = self.engine;
        let count = engine.circuit.gates.len();
        let mut is_wanted = vec![wanted.is_none(); count];
        for gate in wanted.unwrap_or_default() {
            if let Some(slot) = is_wanted.get_mut(gate.index()) {
                *slot = true;
            }
        }
        if !is_wanted.contains(&true) {
            return Ok(vec![f64::NAN; count]);
        }
        let mut touched = vec![0u64; engine.bdd.len()];
        for index in 1..engine.bdd.len() {
            let (level, hi, lo) = engine.bdd.node(u32::try_from(index).unwrap_or(0));
            touched[index] =
                bits[level as usize] | touched[hi.index() as usize] | touched[lo.index() as usize];
        }
        let mut joint: Vec<Option<(Edge, f64)>> = vec![None; FACTORS_MAX];
        for (slot, joint) in joint.iter_mut().enumerate() {
            for factor in factors.iter().skip(slot).step_by(FACTORS_MAX) {
                let all = joint.map_or(Edge::TRUE, |(all, _)| all);
                let all = self.bdd.and(all, *factor)?;
                *joint = Some((all, 0.0));
            }
        }
        masses.extend(&self.bdd, &self.weights);
        for (all, mass) in joint.iter_mut().flatten() {
            *mass = masses.get(*all);
        }
        let mut posteriors = Vec::with_capacity(count);
        for (lit, is_wanted) in engine.circuit.gates.iter().zip(is_wanted) {
            if !is_wanted {
                posteriors.push(f64::NAN);
                continue;
            }
            let edge = engine.lit_edge(*lit);
            let bits = touched[edge.index() as usize];
            let (mut with, mut evidence) = (edge, 1.0);
            for (slot, joint) in joint.iter().enumerate() {
                if let (true, Some((all, mass))) = (bits & 1 << slot != 0, joint) {
                    with = self.bdd.and(with, *all)?;
                    evidence *= mass;
                }
            }
            masses.extend(&self.bdd, &self.weights);
            posteriors.push((masses.get(with) / evidence).clamp(0.0, 1.0));
        }
        Ok(posteriors)
    }
}

/// Disjoint sets of levels.
struct Groups {
    parent: Vec<usize>,
}

impl Groups {
    fn new(count: usize) -> Self {
        Groups {
            parent: (0..count).collect(),
        }
    }

    fn root(&mut self, mut at: usize) -> usize {
        while self.parent[at] != at {
            self.parent[at] = self.parent[self.parent[at]];
            at = self.parent[at];
        }
        at
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.parent[a.max(b)] = a.min(b);
    }
}
