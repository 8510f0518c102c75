//! Probability under uncertainty (Monte Carlo) and over time.
use super::Analysis;
use crate::budget::{EngineError, Phase, Spent};
use crate::model::{EventId, FaultTree, Random, ValueError};

/// What repeated draws of the events' distributions say about the gate's probability.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Uncertainty {
    /// How many draws.
    pub samples: u32,
    /// Mean.
    pub mean: f64,
    /// Standard deviation.
    pub deviation: f64,
    /// Standard error of the mean.
    pub error: f64,
    /// 5th, 50th and 95th percentile.
    pub percentiles: [f64; 3],
}

impl Analysis {
    /// Draws the tree's distributions `samples` times from `seed` and gives the distribution of
    /// the gate's probability. The same seed gives the same answer on every machine whose
    /// `exp` and `ln` agree.
    ///
    /// # Errors
    /// If an event has no probability, or the caller's check says stop.
    pub fn uncertainty(
        &self,
        tree: &FaultTree,
        time: Option<f64>,
        seed: u64,
        samples: u32,
    ) -> Result<Uncertainty, EngineError> {
        let mut random = Random::new(seed);
        let mut values = Vec::new();
        for step in 0..samples.max(1) {
            if step % 64 == 0 && self.budget.should_stop() {
                return Err(
                    EngineError::from_spent(Spent::Stopped, &self.budget).during(Phase::Sampling)
                );
            }
            let drawn = tree.evaluate(time, Some(&mut random));
            values.push(self.probability(&quantified(tree, drawn)?)?);
        }
        values.sort_by(f64::total_cmp);
        let count = f64::from(samples.max(1));
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let deviation = (squares / (count - 1.0).max(1.0)).sqrt();
        let last = values.len() - 1;
        let percentile = |percent: usize| values[(last * percent + 50) / 100];
        Ok(Uncertainty {
            samples: samples.max(1),
            mean,
            deviation,
            error: deviation / count.sqrt(),
            percentiles: [percentile(5), percentile(50), percentile(95)],
        })
    }

    /// The gate's probability at each mission time.
    ///
    /// # Errors
    /// If an event has no probability, or no value at one of the times.
    pub fn curve(&self, tree: &FaultTree, times: &[f64]) -> Result<Vec<f64>, EngineError> {
        let mut curve = Vec::with_capacity(times.len());
        for &time in times {
            let values = quantified(tree, tree.probabilities_at(Some(time)))?;
            curve.push(self.probability(&values)?);
        }
        Ok(curve)
    }
}

/// Turns a tree's values into plain probabilities, or says which event has none.
pub(crate) fn quantified(
    tree: &FaultTree,
    values: Result<Vec<Option<f64>>, (EventId, ValueError)>,
) -> Result<Vec<f64>, EngineError> {
    let name = |index: usize| tree.events().get(index).map_or("", |e| e.name()).to_owned();
    let values = values.map_err(|(id, fault)| EngineError::BadValue {
        event: name(id.index()),
        fault,
    })?;
    let one = |(index, value): (usize, Option<f64>)| {
        value.ok_or_else(|| EngineError::NoProbability { event: name(index) })
    };
    values.into_iter().enumerate().map(one).collect()
}
