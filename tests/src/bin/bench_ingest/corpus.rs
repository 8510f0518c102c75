//! The snapshots of the benchmark: logs that look like an application's, sealed in advance.

use faultscan_tests::craft::{self, Issuer, Session};
use faultscan_wire::{Level, LogLine, SnapshotBody};

/// Log text of one snapshot.
const LOG_BYTES: usize = 60_000;
/// Bodies that differ; more would only cost time before the measurement.
const BODIES: u32 = 24;
/// Snapshots of one phone.
const PER_SESSION: usize = 8;

/// What is uploaded.
pub(crate) struct Corpus {
    pub(crate) snapshots: Vec<Vec<u8>>,
    pub(crate) log_bytes: usize,
    pub(crate) wire_bytes: usize,
}

impl Corpus {
    /// Seals `count` snapshots under tickets of this issuer.
    pub(crate) fn make(issuer: &Issuer, count: usize) -> Self {
        let bodies: Vec<(SnapshotBody, Vec<u8>)> = (0..BODIES)
            .map(|seed| {
                let body = body(seed);
                let bytes = body.encode().expect("within the limits");
                (body, bytes)
            })
            .collect();
        let mut snapshots = Vec::with_capacity(count);
        while snapshots.len() < count {
            let session = Session::new(&issuer.ticket());
            for sequence in 0..PER_SESSION.min(count - snapshots.len()) {
                let (_, bytes) = &bodies[snapshots.len() % bodies.len()];
                snapshots.push(session.of_bytes(u32::try_from(sequence).expect("few"), bytes));
            }
        }
        let log_bytes = bodies[0].0.logs.iter().map(|line| line.message.len()).sum();
        let wire_bytes = snapshots.iter().map(Vec::len).sum::<usize>() / snapshots.len();
        Self {
            snapshots,
            log_bytes,
            wire_bytes,
        }
    }
}

/// A repeatable stream of numbers; xorshift is plenty for made-up logs.
struct Numbers(u32);

impl Numbers {
    fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0
    }

    fn below(&mut self, end: u32) -> u32 {
        self.next() % end
    }
}

fn body(seed: u32) -> SnapshotBody {
    let mut numbers = Numbers(seed.wrapping_mul(0x9e37_79b9) | 1);
    let mut lines = Vec::new();
    let mut bytes = 0;
    while bytes < LOG_BYTES {
        let line = line(&mut numbers, lines.len());
        bytes += line.message.len();
        lines.push(line);
    }
    let last = i32::try_from(lines.len()).expect("few lines");
    for (line, at) in lines.iter_mut().zip(-last..) {
        line.at_ms = at * 60;
    }
    SnapshotBody {
        captured_at_ms: craft::now_ms(),
        logs: lines.into(),
        ..SnapshotBody::default()
    }
}

/// One line as an application logs: mostly traffic, now and then the failure.
fn line(numbers: &mut Numbers, index: usize) -> LogLine {
    let id = format!("{:08x}{:08x}", numbers.next(), numbers.next());
    let (level, source, message) = match numbers.below(12) {
        0 => (
            Level::Warn,
            "pool",
            format!(
                "HikariPool-1 - Connection is not available, request timed out after {}ms (total={}, active={}, idle=0, waiting={})",
                30_000 + numbers.below(900),
                10,
                10,
                numbers.below(40)
            ),
        ),
        1 => (
            Level::Error,
            "http",
            format!(
                "request {id} to 10.{}.{}.{}:5432 failed: dial tcp: connect: connection refused",
                numbers.below(255),
                numbers.below(255),
                numbers.below(255)
            ),
        ),
        2..=4 => (
            Level::Debug,
            "cache",
            format!(
                "cache miss key=user:{}:profile shard={} took={}us trace={id}",
                numbers.below(1_000_000),
                numbers.below(64),
                numbers.below(5000)
            ),
        ),
        _ => (
            Level::Info,
            "http",
            format!(
                "{} /api/v1/orders/{}/items?page={} {} {}ms bytes={} request_id={id}",
                ["GET", "POST", "PUT"][numbers.below(3) as usize],
                numbers.below(9_000_000),
                numbers.below(40),
                [200, 200, 200, 201, 304, 404, 502][numbers.below(7) as usize],
                numbers.below(900),
                numbers.below(90_000),
            ),
        ),
    };
    LogLine {
        at_ms: 0,
        level,
        source: source.to_owned(),
        message: format!("#{index} {message}"),
    }
}
