//! Time of one core.

use std::time::Instant;

/// Rounds last at least this long, so that a coarse clock does no harm.
const ROUND_SECONDS: f64 = 0.3;

/// Seconds this process has computed. Other programs on the machine do not count; where the system
/// does not tell, the wall clock has to do.
pub(crate) fn cpu_seconds(started: Instant) -> f64 {
    std::fs::read_to_string("/proc/self/schedstat")
        .ok()
        .and_then(|text| text.split(' ').next()?.parse::<f64>().ok())
        .map_or_else(|| started.elapsed().as_secs_f64(), |ns| ns / 1e9)
}

/// Seconds that `work` takes, the best of several rounds.
pub(crate) fn seconds(rounds: usize, mut work: impl FnMut()) -> f64 {
    let started = Instant::now();
    let mut best = f64::INFINITY;
    for _ in 0..rounds {
        let from = cpu_seconds(started);
        let mut times = 0_u32;
        let took = loop {
            work();
            times += 1;
            let took = cpu_seconds(started) - from;
            if took >= ROUND_SECONDS {
                break took;
            }
        };
        best = best.min(took / f64::from(times));
    }
    best
}

/// The most memory this process has held, in bytes; 0 where the system does not tell.
pub(crate) fn peak_bytes() -> f64 {
    std::fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|text| {
            let line = text.lines().find(|line| line.starts_with("VmHWM:"))?;
            line.split_whitespace().nth(1)?.parse::<f64>().ok()
        })
        .map_or(0.0, |kilobytes| kilobytes * 1024.0)
}
