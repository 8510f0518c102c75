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
        // Sorted by insertion: the library's sort is fifty times the code, for sixty figures.
        let mut sorted: Vec<f32> = Vec::new();
        let (mut before, mut steps) = (f32::NAN, 0.0);
        for probe in self.probes() {
            let Some(rtt_ms) = probe.rtt_ms else { continue };
            if !before.is_nan() {
                steps += (rtt_ms - before).abs();
            }
            before = rtt_ms;
            let place = sorted.iter().take_while(|&&other| other < rtt_ms).count();
            sorted.insert(place, rtt_ms);
        }
        let answered = sorted.len();
        let sent = self.probes().len() as u32;
        let lost = sent - answered as u32;
        let jitter_ms = (answered > 1).then(|| steps / (answered as f32 - 1.0));
        let lower = sorted.get(answered.wrapping_sub(1) / 2);
        let upper = sorted.get(answered / 2);
        let median_ms = lower.zip(upper).map(|(lower, upper)| (lower + upper) / 2.0);
        ProbeSummary {
            median_ms,
            jitter_ms,
            sent,
            lost,
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
