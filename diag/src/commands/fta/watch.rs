//! The clock that the engine lacks: a time limit, and a word on stderr when it takes long.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use faultscan_faulttree::{Budget, EngineError, Resource};

use super::Spend;

/// Seconds of silence before, and between, words on stderr.
const QUIET_S: u64 = 3;

/// A running analysis.
pub(super) struct Watch {
    start: Instant,
    stage: Arc<Mutex<&'static str>>,
    pub(super) budget: Budget,
    seconds_max: Option<u64>,
}

impl Watch {
    pub(super) fn start(spend: &Spend) -> Self {
        let start = Instant::now();
        let stage = Arc::new(Mutex::new("starting"));
        let told = Arc::new(AtomicU64::new(0));
        let seconds_max = spend.seconds_max;
        let watched = Arc::clone(&stage);
        let budget = Budget::nodes(spend.nodes_max).with_stop(move || {
            let seconds = start.elapsed().as_secs();
            if seconds >= told.load(Ordering::Relaxed) + QUIET_S {
                told.store(seconds, Ordering::Relaxed);
                let stage = watched.lock().map_or("working", |stage| *stage);
                eprintln!("diag: {stage}, {seconds} s");
            }
            seconds_max.is_some_and(|max| start.elapsed() >= Duration::from_secs(max))
        });
        Watch {
            start,
            stage,
            budget,
            seconds_max,
        }
    }

    /// Says what comes next.
    pub(super) fn stage(&self, name: &'static str) {
        if let Ok(mut stage) = self.stage.lock() {
            *stage = name;
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
