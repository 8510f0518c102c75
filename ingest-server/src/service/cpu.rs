//! Work that burns CPU or blocks on the store runs off the executor's threads, a bounded number of
//! jobs at a time, with a bounded queue before them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Semaphore;

use super::refusal::Refusal;

/// Runs jobs on threads that may block.
#[derive(Debug, Clone)]
pub struct Cpu {
    running: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    waiting_max: usize,
}

/// Counts a job that waits, also where its requester goes away meanwhile.
struct Place<'a>(&'a AtomicUsize);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Cpu {
    /// Room for `jobs_max` jobs at a time (0: one for each core) and `waiting_max` in the queue.
    #[must_use]
    pub fn new(jobs_max: usize, waiting_max: usize) -> Self {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        let jobs_max = if jobs_max == 0 { cores() } else { jobs_max };
        Self {
            running: Arc::new(Semaphore::new(jobs_max)),
            waiting: Arc::new(AtomicUsize::new(0)),
            waiting_max,
        }
    }

    /// Runs a job when its turn comes.
    ///
    /// # Errors
    /// `overloaded` where too many wait already; what the job says otherwise.
    pub async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let place = Place(&self.waiting);
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= self.waiting_max {
            return Err(Refusal::overloaded());
        }
        let turn = Arc::clone(&self.running).acquire_owned().await;
        drop(place);
        let Ok(turn) = turn else {
            return Err(Refusal::overloaded());
        };
        let job = tokio::task::spawn_blocking(move || {
            let result = job();
            drop(turn);
            result
        });
        job.await.unwrap_or_else(|error| {
            tracing::error!(%error, "a job failed");
            Err(Refusal::internal("job_failed"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn more_than_the_queue_holds_is_refused_and_places_come_back() {
        let cpu = Cpu::new(1, 2);
        let (release, held) = std::sync::mpsc::channel::<()>();
        let busy = tokio::spawn({
            let cpu = cpu.clone();
            async move { cpu.run(move || Ok(held.recv().is_ok())).await }
        });
        while cpu.running.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let queued: Vec<_> = (0..2)
            .map(|n| {
                let cpu = cpu.clone();
                tokio::spawn(async move { cpu.run(move || Ok(n)).await })
            })
            .collect();
        while cpu.waiting.load(Ordering::Relaxed) < 2 {
            tokio::task::yield_now().await;
        }
        let refused = cpu.run(|| Ok(())).await.unwrap_err();
        assert_eq!(refused.reason, "overloaded");
        release.send(()).unwrap();
        assert!(busy.await.unwrap().unwrap());
        for job in queued {
            job.await.unwrap().unwrap();
        }
        assert_eq!(cpu.waiting.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn a_panicking_job_is_an_error_and_gives_its_turn_back() {
        let cpu = Cpu::new(1, 1);
        let refused = cpu
            .run(|| -> Result<(), Refusal> { panic!("on purpose") })
            .await
            .unwrap_err();
        assert_eq!(refused.reason, "job_failed");
        assert_eq!(cpu.run(|| Ok(3)).await.unwrap(), 3);
    }
}
