//! Round trips: median, jitter and loss over a bounded window.

use crate::ring::Ring;
use alloc::vec::Vec;

/// Probes kept: five minutes at the default interval.
pub const PROBES_MAX: usize = 60;

/// One probe: when it was sent and how long the answer took.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Probe {
    /// Unix milliseconds.
    pub at_ms: f64,
    /// `None`: no answer in time.
    pub rtt_ms: Option<f32>,
}

/// What goes into a snapshot, beside the probes themselves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProbeSummary {
    /// `None` while no probe was answered.
    pub median_ms: Option<f32>,
    /// Mean difference between one answered probe and the next; `None` below two of them.
    pub jitter_ms: Option<f32>,
    /// Probes in the window.
    pub sent: u32,
    /// Those without an answer.
    pub lost: u32,
}

/// A bounded series of round trips.
pub struct ProbeMeter {
    probes: Ring<Probe>,
}

impl Default for ProbeMeter {
    fn default() -> Self {
        Self {
            probes: Ring::new(PROBES_MAX),
        }
    }
}

impl ProbeMeter {
    /// Takes the outcome of one probe. Anything but a finite, non-negative time counts as lost.
    pub fn push(&mut self, at_ms: f64, rtt_ms: f64) {
        let answered = rtt_ms.is_finite() && rtt_ms >= 0.0;
        self.probes.push(Probe {
            at_ms,
            rtt_ms: answered.then_some(rtt_ms as f32),
        });
    }

    /// Probes, oldest first.
    pub fn probes(&self) -> &[Probe] {
        self.probes.entries()
    }

    /// The window in figures.
    pub fn summary(&self) -> ProbeSummary {
        let mut answered: Vec<f32> = self
            .probes()
            .iter()
            .filter_map(|probe| probe.rtt_ms)
            .collect();
        let sent = self.probes().len() as u32;
        let lost = sent - answered.len() as u32;
        let steps = answered
            .windows(2)
            .map(|pair| (pair[1] - pair[0]).abs())
            .sum::<f32>();
        let jitter_ms = (answered.len() > 1).then(|| steps / (answered.len() - 1) as f32);
        sort(&mut answered);
        let middle = answered.len() / 2;
        let median_ms = answered.get(middle).map(|&upper| {
            let lower = if answered.len().is_multiple_of(2) {
                answered[middle - 1]
            } else {
                upper
            };
            f32::midpoint(lower, upper)
        });
        ProbeSummary {
            median_ms,
            jitter_ms,
            sent,
            lost,
        }
    }
}

/// By insertion: the library's sort is fifty times the code, for sixty figures.
fn sort(figures: &mut [f32]) {
    for end in 1..figures.len() {
        let mut at = end;
        while at > 0 && figures[at - 1] > figures[at] {
            figures.swap(at - 1, at);
            at -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rtts: &[f64], median: Option<f32>, jitter: Option<f32>, lost: u32) {
        let mut meter = ProbeMeter::default();
        for (index, &rtt) in rtts.iter().enumerate() {
            meter.push(index as f64, rtt);
        }
        let summary = meter.summary();
        assert_eq!(summary.median_ms, median, "{rtts:?}");
        assert_eq!(summary.jitter_ms, jitter, "{rtts:?}");
        assert_eq!(
            (summary.sent, summary.lost),
            (rtts.len() as u32, lost),
            "{rtts:?}"
        );
    }

    #[test]
    fn figures_of_small_windows() {
        let lost = f64::NAN;
        check(&[], None, None, 0);
        check(&[lost], None, None, 1);
        check(&[40.0], Some(40.0), None, 0);
        check(&[40.0, 60.0], Some(50.0), Some(20.0), 0);
        check(&[40.0, lost, 60.0, 30.0], Some(40.0), Some(25.0), 1);
        check(&[-1.0, f64::INFINITY, 7.0], Some(7.0), None, 2);
    }

    #[test]
    fn only_the_newest_probes_are_kept() {
        let mut meter = ProbeMeter::default();
        for index in 0..PROBES_MAX * 3 {
            meter.push(index as f64, 1.0);
        }
        assert_eq!(meter.summary().sent as usize, PROBES_MAX);
        assert_eq!(meter.probes()[0].at_ms as usize, PROBES_MAX * 2);
    }
}
