//! The clock that the engine lacks: a time limit, and a word on stderr when it takes long.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use faultscan_faulttree::{Budget, EngineError, Resource};

use super::Spend;

/// Shares of the time limit after which each stage gives way to the next, in percent.
const EXACT_UNTIL: u64 = 50;
const CUT_SETS_UNTIL: u64 = 75;

/// Seconds of silence before, and between, words on stderr.
const QUIET_S: u64 = 3;

/// A running analysis.
pub(super) struct Watch {
    start: Instant,
    stage: Arc<Mutex<String>>,
    told: Arc<AtomicU64>,
    nodes_max: usize,
    seconds_max: Option<u64>,
}

impl Watch {
    pub(super) fn start(spend: &Spend) -> Self {
        Watch {
            start: Instant::now(),
            stage: Arc::new(Mutex::new("starting".to_owned())),
            told: Arc::new(AtomicU64::new(0)),
            nodes_max: spend.nodes_max,
            seconds_max: spend.seconds_max,
        }
    }

    /// All of the nodes and of the time.
    pub(super) fn budget(&self) -> Budget {
        self.share(1, 100)
    }

    /// For exact answers, where an answer in part can follow.
    pub(super) fn exact(&self) -> Budget {
        self.share(1, EXACT_UNTIL)
    }

    /// For cut sets up to an order, after exact answers have failed.
    pub(super) fn cut_sets(&self) -> Budget {
        self.share(4, CUT_SETS_UNTIL)
    }

    /// For the bounds of a probability, after exact answers have failed.
    pub(super) fn bounds(&self) -> Budget {
        self.share(10, 100)
    }

    fn share(&self, of_nodes: usize, percent: u64) -> Budget {
        let (start, watched, told) = (self.start, Arc::clone(&self.stage), Arc::clone(&self.told));
        let end = self
            .seconds_max
            .map(|seconds| Duration::from_millis(seconds.saturating_mul(10 * percent)));
        Budget::nodes(self.nodes_max / of_nodes).with_stop(move || {
            let seconds = start.elapsed().as_secs();
            if seconds >= told.load(Ordering::Relaxed) + QUIET_S {
                told.store(seconds, Ordering::Relaxed);
                if let Ok(stage) = watched.lock() {
                    eprintln!("diag: {stage}, {seconds} s");
                }
            }
            end.is_some_and(|end| start.elapsed() >= end)
        })
    }

    /// Says what comes next.
    pub(super) fn stage(&self, name: impl Into<String>) {
        if let Ok(mut stage) = self.stage.lock() {
            *stage = name.into();
        }
    }

    pub(super) fn seconds(&self) -> f64 {
        self.start.elapsed().as_secs_f64()
    }

    /// What to do about an engine error.
    pub(super) fn explain(&self, error: EngineError) -> anyhow::Error {
        let hint = match error.spent() {
            Some(Resource::Nodes) => "raise --nodes-max",
            Some(Resource::Time) => match self.seconds_max {
                Some(_) => "raise --seconds-max",
                None => "stopped",
            },
            _ => return crate::exit::bad_input(error),
        };
        anyhow::anyhow!("{error} ({hint})")
    }
}
