//! Frame rate from frame times.
//!
//! Time is cut into intervals of half a second; each becomes one sample. A hidden page draws no
//! frames, which says nothing about its speed, so [`FrameMeter::pause`] closes the series instead
//! of letting the gap look like a freeze.

use crate::ring::Ring;

/// Length of one sample.
pub const INTERVAL_MS: f64 = 500.0;
/// Samples kept: half a minute.
pub const SAMPLES_MAX: usize = 60;
/// A frame later than this after the one before it counts as jank: three refreshes at 60 Hz.
pub const JANK_MS: f64 = 50.0;
/// A frame later than this counts as a freeze instead.
pub const FREEZE_MS: f64 = 700.0;
/// Beyond this the device slept or the clock was paused: the gap is not measured.
pub const SUSPENDED_MS: f64 = 10_000.0;
/// A frame older than this no longer says how fast the page is now.
const STALE_MS: f64 = 2_000.0;

/// One finished sample.
#[derive(Clone, Copy)]
pub struct Interval {
    /// Frames per second.
    pub fps: f32,
    frames: u32,
    jank: u32,
    freeze: u32,
}

/// What goes into a snapshot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FrameSummary {
    /// Mean over the samples.
    pub mean: f32,
    /// Lowest sample.
    pub min: f32,
    /// Frames drawn.
    pub frames: u32,
    /// Late frames.
    pub jank: u32,
    /// Very late frames.
    pub freeze: u32,
}

/// Turns frame times into a bounded series of frames per second.
pub struct FrameMeter {
    done: Ring<Interval>,
    open: Interval,
    started_ms: f64,
    last_ms: Option<f64>,
}

const EMPTY: Interval = Interval {
    fps: 0.0,
    frames: 0,
    jank: 0,
    freeze: 0,
};

impl Default for FrameMeter {
    fn default() -> Self {
        Self {
            done: Ring::new(SAMPLES_MAX),
            open: EMPTY,
            started_ms: 0.0,
            last_ms: None,
        }
    }
}

impl FrameMeter {
    /// Takes the time of a frame, by a clock that does not jump.
    pub fn frame(&mut self, tick_ms: f64) {
        let gap_ms = self.last_ms.map_or(f64::INFINITY, |last| tick_ms - last);
        if gap_ms <= 0.0 || tick_ms.is_nan() {
            return;
        }
        self.last_ms = Some(tick_ms);
        if gap_ms > SUSPENDED_MS {
            self.open = EMPTY;
            self.started_ms = tick_ms;
            return;
        }
        self.open.frames += 1;
        if gap_ms > FREEZE_MS {
            self.open.freeze += 1;
        } else if gap_ms > JANK_MS {
            self.open.jank += 1;
        }
        let elapsed_ms = tick_ms - self.started_ms;
        if elapsed_ms >= INTERVAL_MS {
            self.close(tick_ms, elapsed_ms);
        }
    }

    /// A freeze can span several intervals; each gets the same rate, the counts go to the first.
    fn close(&mut self, tick_ms: f64, elapsed_ms: f64) {
        self.open.fps = (f64::from(self.open.frames) * 1000.0 / elapsed_ms) as f32;
        let fps = self.open.fps;
        self.done.push(self.open);
        for _ in 1..(elapsed_ms / INTERVAL_MS) as u32 {
            self.done.push(Interval { fps, ..EMPTY });
        }
        self.open = EMPTY;
        self.started_ms = tick_ms;
    }

    /// The page is no longer seen: the next frame starts anew.
    pub fn pause(&mut self) {
        self.last_ms = None;
        self.open = EMPTY;
    }

    /// The newest sample, if it still speaks of the present.
    pub fn current(&self, tick_ms: f64) -> Option<f32> {
        let last_ms = self.last_ms?;
        let newest = self.intervals().last()?;
        (tick_ms - last_ms < STALE_MS).then_some(newest.fps)
    }

    /// Finished samples, oldest first.
    pub fn intervals(&self) -> &[Interval] {
        self.done.entries()
    }

    /// The kept window in figures; `None` before the first sample.
    pub fn summary(&self) -> Option<FrameSummary> {
        let intervals = self.intervals();
        let mut summary = FrameSummary {
            mean: 0.0,
            min: f32::INFINITY,
            frames: 0,
            jank: 0,
            freeze: 0,
        };
        for interval in intervals {
            summary.mean += interval.fps;
            summary.min = summary.min.min(interval.fps);
            summary.frames += interval.frames;
            summary.jank += interval.jank;
            summary.freeze += interval.freeze;
        }
        summary.mean /= intervals.len() as f32;
        (!intervals.is_empty()).then_some(summary)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(meter: &FrameMeter) -> Vec<f32> {
        meter
            .intervals()
            .iter()
            .map(|interval| interval.fps)
            .collect()
    }

    fn run(meter: &mut FrameMeter, from_ms: f64, gap_ms: f64, frames: u32) -> f64 {
        let mut tick_ms = from_ms;
        for _ in 0..frames {
            tick_ms += gap_ms;
            meter.frame(tick_ms);
        }
        tick_ms
    }

    #[test]
    fn sixty_hertz_reads_sixty() {
        let mut meter = FrameMeter::default();
        let end = run(&mut meter, 0.0, 1000.0 / 60.0, 181);
        let summary = meter.summary().unwrap();
        assert_eq!(samples(&meter).len(), 5);
        assert!(
            samples(&meter).iter().all(|fps| (fps - 60.0).abs() < 0.1),
            "{summary:?}"
        );
        assert_eq!((summary.jank, summary.freeze), (0, 0));
        assert!((meter.current(end).unwrap() - 60.0).abs() < 0.1);
    }

    #[test]
    fn slow_frames_are_jank_and_a_block_is_a_freeze_over_its_whole_length() {
        let mut meter = FrameMeter::default();
        let tick = run(&mut meter, 0.0, 100.0, 6);
        assert_eq!(samples(&meter), [10.0]);
        meter.frame(tick + 2000.0);
        let summary = meter.summary().unwrap();
        assert_eq!((summary.jank, summary.freeze), (5, 1));
        assert_eq!(samples(&meter), [10.0, 0.5, 0.5, 0.5, 0.5]);
        assert!((summary.min - 0.5).abs() < f32::EPSILON);
    }

    #[test]
    fn a_hidden_tab_adds_no_sample_and_reads_as_unknown() {
        let mut meter = FrameMeter::default();
        let tick = run(&mut meter, 0.0, 20.0, 60);
        let before = samples(&meter);
        meter.pause();
        assert_eq!(meter.current(tick + 1.0), None);
        meter.frame(tick + 5000.0);
        assert_eq!(samples(&meter), before);
        assert_eq!(meter.summary().unwrap().freeze, 0);
    }

    #[test]
    fn sleep_of_the_device_is_no_freeze() {
        let mut meter = FrameMeter::default();
        let tick = run(&mut meter, 0.0, 20.0, 60);
        let before = meter.summary().unwrap();
        meter.frame(tick + 3_600_000.0);
        assert_eq!(meter.summary().unwrap(), before);
    }

    #[test]
    fn time_that_stands_still_or_goes_back_is_ignored() {
        let mut meter = FrameMeter::default();
        for tick in [100.0, 100.0, 50.0, f64::NAN] {
            meter.frame(tick);
        }
        assert_eq!(meter.summary(), None);
    }

    #[test]
    fn the_series_stays_bounded() {
        let mut meter = FrameMeter::default();
        let mut tick = 0.0;
        for _ in 0..200 {
            tick = run(&mut meter, tick, 9_000.0, 1);
        }
        assert_eq!(samples(&meter).len(), SAMPLES_MAX);
    }
}
