use super::condition::{Masses, Weight};
use crate::Arrange as _;
use crate::bdd::{Bdd, Edge};
use crate::circuit::Lit;
use crate::model::{EventId, GateId, NodeId};

/// The state of belief after observations.
pub struct Posterior {
    pub(super) ln_evidence: f64,
    pub(super) events: Vec<f64>,
    pub(super) gates: Vec<f64>,
    pub(super) levels: Vec<u32>,
    pub(super) leaves: Vec<u32>,
    pub(super) weights: Vec<Weight>,
    pub(super) circuit_events: Vec<Lit>,
    pub(super) bdd: Bdd,
    pub(super) factors: Vec<Edge>,
    pub(super) masses: Masses,
}

/// The single most probable state of all events given the observations.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Explanation {
    /// The events that are true in it, in order of definition.
    pub events: Vec<EventId>,
    /// Its probability given the observations.
    pub probability: f64,
}

impl Posterior {
    /// Probability of the observations (times likelihoods, where those were unsure).
    pub fn evidence_probability(&self) -> f64 {
        self.ln_evidence.exp()
    }

    /// Natural logarithm of [`Posterior::evidence_probability`], which may be too small for a
    /// float.
    pub fn evidence_log_probability(&self) -> f64 {
        self.ln_evidence
    }

    /// Probability of an event or gate given the observations; 0 for an id of another tree.
    pub fn posterior(&self, node: impl Into<NodeId>) -> f64 {
        let found = match node.into() {
            NodeId::Event(EventId(id)) => self.events.get(id as usize),
            NodeId::Gate(GateId(id)) => self.gates.get(id as usize),
        };
        found.copied().unwrap_or(0.0)
    }

    /// Posterior of every event, by event index: weights for
    /// [`Inference::cut_sets`](super::Inference::cut_sets).
    pub fn events(&self) -> &[f64] {
        &self.events
    }

    /// Posterior of every gate, by gate index.
    pub fn gates(&self) -> &[f64] {
        &self.gates
    }

    /// Probability that all these events are true together, given the observations.
    pub fn all_true(&self, events: &[EventId]) -> f64 {
        let mut weights = self.weights.clone();
        let mut scale = 1.0;
        let mut wanted = vec![false; weights.len()];
        for event in events {
            match self.circuit_events.get(event.index()) {
                Some(&Lit::TRUE) => {}
                Some(&Lit::FALSE) | None => return 0.0,
                Some(_) => {
                    let level = self.levels[event.index()] as usize;
                    if !std::mem::replace(&mut wanted[level], true) {
                        scale *= weights[level].hi;
                        weights[level] = Weight { hi: 1.0, lo: 0.0 };
                    }
                }
            }
        }
        for factor in &self.factors {
            let mut masses = vec![(0.0, 0.0); factor.index() as usize + 1];
            masses[0] = (1.0, 0.0);
            let get = |masses: &[(f64, f64)], edge: Edge| {
                let (on, off) = masses[edge.index() as usize];
                if edge.is_negated() { off } else { on }
            };
            for index in self.bdd.reachable(&[*factor]) {
                let (level, hi, lo) = self.bdd.node(index);
                let Weight { hi: p, lo: q } = weights[level as usize];
                masses[index as usize] = (
                    p * get(&masses, hi) + q * get(&masses, lo),
                    p * get(&masses, !hi) + q * get(&masses, !lo),
                );
            }
            scale *= get(&masses, *factor) / self.masses.get(*factor);
        }
        scale.min(1.0)
    }

    /// The most probable state of all events. Where two are equally probable, an event is rather
    /// false than true.
    pub fn most_probable_explanation(&self) -> Explanation {
        let real = self.leaves.len();
        let mut on: Vec<bool> = self.weights[..real].iter().map(|w| w.hi > w.lo).collect();
        let mut ln = -self
            .factors
            .iter()
            .map(|f| self.masses.get(*f).ln())
            .sum::<f64>();
        for factor in &self.factors {
            let mut best = vec![(0.0, f64::NEG_INFINITY); factor.index() as usize + 1];
            let get = |best: &[(f64, f64)], edge: Edge| {
                let (on, off) = best[edge.index() as usize];
                if edge.is_negated() { off } else { on }
            };
            for index in self.bdd.reachable(&[*factor]) {
                let (level, hi, lo) = self.bdd.node(index);
                let (p, q) = self.gain(level);
                let pick = |hi, lo| f64::max(p + get(&best, hi), q + get(&best, lo));
                best[index as usize] = (pick(hi, lo), pick(!hi, !lo));
            }
            ln += get(&best, *factor);
            let mut at = *factor;
            while !at.is_terminal() {
                let (level, (hi, lo)) = (self.bdd.level(at), self.bdd.children(at));
                let (p, q) = self.gain(level);
                let take = p + get(&best, hi) > q + get(&best, lo);
                if let Some(on) = on.get_mut(level as usize) {
                    *on = take;
                }
                at = if take { hi } else { lo };
            }
        }
        for weight in &self.weights[..real] {
            ln += weight.hi.max(weight.lo).ln();
        }
        let mut events: Vec<EventId> = on
            .iter()
            .zip(&self.leaves)
            .filter(|(on, _)| **on)
            .map(|(_, leaf)| EventId(*leaf))
            .chain(
                (0u32..)
                    .zip(&self.circuit_events)
                    .filter_map(|(event, lit)| (*lit == Lit::TRUE).then_some(EventId(event))),
            )
            .collect();
        events.arrange();
        Explanation {
            events,
            probability: ln.exp().min(1.0),
        }
    }

    /// Logarithms of a variable's weights relative to the larger of the two, so that a level a
    /// path skips adds nothing. A leak variable (beyond the leaves) is summed over, not chosen: it
    /// adds its weight where it is needed and nothing elsewhere.
    fn gain(&self, level: u32) -> (f64, f64) {
        let weight = self.weights[level as usize];
        if level as usize >= self.leaves.len() {
            return (weight.hi.ln(), 0.0);
        }
        let most = weight.hi.max(weight.lo);
        ((weight.hi / most).ln(), (weight.lo / most).ln())
    }

    /// Posteriors of all events: an upward pass is in `masses`, here is the downward one.
    pub(super) fn fill_events(&mut self) {
        let mut by_level: Vec<f64> = self.weights.iter().map(|weight| weight.hi).collect();
        for factor in &self.factors {
            let total = self.masses.get(*factor);
            let nodes = self.bdd.reachable(&[*factor]);
            let mut reach = vec![(0.0, 0.0); factor.index() as usize + 1];
            let add = |reach: &mut [(f64, f64)], edge: Edge, mass: f64| {
                let (on, off) = &mut reach[edge.index() as usize];
                *(if edge.is_negated() { off } else { on }) += mass;
            };
            add(&mut reach, *factor, 1.0);
            // Per level: mass of evidence with the variable true, and through any node of it.
            let mut seen: Vec<Option<(f64, f64)>> = vec![None; self.weights.len()];
            for &index in nodes.iter().rev() {
                let (level, hi, lo) = self.bdd.node(index);
                let Weight { hi: p, lo: q } = self.weights[level as usize];
                let (on, off) = reach[index as usize];
                let (with, through) = seen[level as usize].get_or_insert((0.0, 0.0));
                let gain = on * p * self.masses.get(hi) + off * p * self.masses.get(!hi);
                *with += gain;
                *through += gain + on * q * self.masses.get(lo) + off * q * self.masses.get(!lo);
                for (mass, negated) in [(on, false), (off, true)] {
                    if mass > 0.0 {
                        add(&mut reach, hi.negate_if(negated), mass * p);
                        add(&mut reach, lo.negate_if(negated), mass * q);
                    }
                }
            }
            for (level, seen) in seen.iter().enumerate() {
                if let Some((with, through)) = seen {
                    let around = (total - through).max(0.0) * self.weights[level].hi;
                    by_level[level] = ((with + around) / total).clamp(0.0, 1.0);
                }
            }
        }
        for (event, lit) in self.circuit_events.iter().enumerate() {
            self.events[event] = match *lit {
                Lit::TRUE => 1.0,
                Lit::FALSE => 0.0,
                _ => by_level[self.levels[event] as usize],
            };
        }
    }
}
