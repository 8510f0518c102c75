//! A bounded load: each connection sends one snapshot after another and waits for each answer.

use faultscan_tests::server::Server;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// What one run took.
pub(crate) struct Measured {
    /// How long each answer took, sorted.
    latencies: Vec<Duration>,
    cpu: Duration,
    wall: Duration,
    resident_kib: u64,
}

/// Uploads all snapshots, once each. Every one must be accepted.
pub(crate) fn run(server: &Server, snapshots: &[Vec<u8>], connections: usize) -> Measured {
    let next = AtomicUsize::new(0);
    let cpu = server.cpu_time();
    let started = Instant::now();
    let mut latencies: Vec<Duration> = thread::scope(|scope| {
        let workers: Vec<_> = (0..connections)
            .map(|_| scope.spawn(|| upload_from(server, snapshots, &next)))
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().expect("a connection's thread"))
            .collect()
    });
    let wall = started.elapsed();
    let cpu = server.cpu_time() - cpu;
    latencies.sort_unstable();
    assert_eq!(latencies.len(), snapshots.len());
    Measured {
        latencies,
        cpu,
        wall,
        resident_kib: server.resident_kib(),
    }
}

/// Takes the next snapshot nobody has sent, until none is left.
fn upload_from(server: &Server, snapshots: &[Vec<u8>], next: &AtomicUsize) -> Vec<Duration> {
    let headers = [("content-type", "application/octet-stream")];
    let mut connection = server.connect();
    let mut latencies = Vec::new();
    while let Some(snapshot) = snapshots.get(next.fetch_add(1, Ordering::Relaxed)) {
        let started = Instant::now();
        let answer = connection
            .request("POST", "/v1/snapshots", &headers, snapshot)
            .expect("an answer");
        latencies.push(started.elapsed());
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    latencies
}

impl Measured {
    pub(crate) fn per_cpu_s(&self) -> f64 {
        self.count() / self.cpu.as_secs_f64()
    }

    pub(crate) fn per_s(&self) -> f64 {
        self.count() / self.wall.as_secs_f64()
    }

    pub(crate) fn resident_mib(&self) -> u64 {
        self.resident_kib / 1024
    }

    /// The latency that `percent` of the answers didn't exceed, to a hundredth of a millisecond.
    pub(crate) fn percentile_ms(&self, percent: f64) -> f64 {
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "an index below the count, which is far below 2^52"
        )]
        let index = ((self.count() - 1.0) * percent / 100.0).round() as usize;
        (self.latencies[index].as_secs_f64() * 100_000.0).round() / 100.0
    }

    fn count(&self) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "a few thousand")]
        let count = self.latencies.len() as f64;
        count
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:.0} a CPU-second, {:.0} a second, p50 {} ms, p99 {} ms, {} MiB resident",
            self.per_cpu_s(),
            self.per_s(),
            self.percentile_ms(50.0),
            self.percentile_ms(99.0),
            self.resident_mib()
        )
    }
}
