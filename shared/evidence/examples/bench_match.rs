//! Measures the matcher beside `regex::bytes::RegexSet` on the same logs and patterns, in one run.
//! Prints `{"name":"match","figures":{…},"ratios":{…}}`; figures are megabytes per second.

use faultscan_evidence::Matcher;
use faultscan_knowledge::Catalogue;
use regex::bytes::RegexSetBuilder;
use std::{error::Error, hint::black_box, time::Instant};

const LOG_BYTES: usize = 16 * 1024 * 1024;
/// The set is far slower and sees a part of the log only.
const SET_BYTES: usize = 256 * 1024;
const ROUNDS: usize = 3;

fn main() -> Result<(), Box<dyn Error>> {
    let catalogue = Catalogue::builtin()?;
    let started = Instant::now();
    let matcher = Matcher::new(&catalogue)?;
    let build_ms = started.elapsed().as_secs_f64() * 1e3;
    let patterns: Vec<&str> = catalogue
        .codes()
        .iter()
        .flat_map(|code| code.signatures.iter())
        .filter(|signature| !signature.multiline)
        .map(|signature| signature.pattern.as_str())
        .collect();
    let set = RegexSetBuilder::new(&patterns)
        .unicode(false)
        .multi_line(true)
        .size_limit(1 << 30)
        .build()?;

    let samples: Vec<&str> = catalogue
        .codes()
        .iter()
        .flat_map(|code| code.samples.iter().map(|sample| sample.text.as_str()))
        .filter(|text| !text.contains('\n'))
        .collect();
    let healthy = log(&[], 0);
    let hits = log(&samples, 100);

    let mut figures = vec![
        ("patterns".to_owned(), matcher.pattern_count() as f64),
        ("build_ms".to_owned(), build_ms),
    ];
    let mut ratios = Vec::new();
    for (name, log) in [("healthy", &healthy), ("hits_1_percent", &hits)] {
        let ours = speed(log.len(), || {
            black_box(matcher.match_bytes(log));
        });
        let part = &log[..SET_BYTES];
        let theirs = speed(part.len(), || {
            for line in part.split(|byte| *byte == b'\n') {
                black_box(set.matches(line).iter().count());
            }
        });
        figures.push((format!("{name}_mb_per_s"), ours));
        figures.push((format!("{name}_regex_set_mb_per_s"), theirs));
        ratios.push((format!("{name}_vs_regex_set"), ours / theirs));
    }
    let snapshot: Vec<&[u8]> = hits.split(|byte| *byte == b'\n').take(200).collect();
    let started = Instant::now();
    for _ in 0..200 {
        black_box(matcher.match_lines(&snapshot));
    }
    figures.push((
        "snapshot_200_lines_us".to_owned(),
        started.elapsed().as_secs_f64() * 1e6 / 200.0,
    ));

    println!(
        "{{\"name\":\"match\",\"figures\":{{{}}},\"ratios\":{{{}}}}}",
        pairs(&figures),
        pairs(&ratios)
    );
    Ok(())
}

fn pairs(list: &[(String, f64)]) -> String {
    list.iter()
        .map(|(name, value)| format!("\"{name}\":{value:.2}"))
        .collect::<Vec<_>>()
        .join(",")
}

/// Best of several rounds, in megabytes per second.
fn speed(bytes: usize, mut work: impl FnMut()) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        let started = Instant::now();
        work();
        best = best.min(started.elapsed().as_secs_f64());
    }
    bytes as f64 / 1e6 / best
}

/// A log of plausible lines; one line in `every` is a sample.
fn log(samples: &[&str], every: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(LOG_BYTES + 1000);
    let mut n = 0_usize;
    while out.len() < LOG_BYTES {
        n += 1;
        if every > 0 && n.is_multiple_of(every) && !samples.is_empty() {
            out.extend_from_slice(samples[(n / every) % samples.len()].as_bytes());
        } else {
            out.extend_from_slice(healthy_line(n).as_bytes());
        }
        out.push(b'\n');
    }
    out
}

fn healthy_line(n: usize) -> String {
    let (ms, id) = (n * 37 % 1000, n.wrapping_mul(2_654_435_761) % 1_000_000_007);
    match n % 5 {
        0 => format!(
            "2024-05-14T10:15:{:02}.{ms:03}Z INFO  [http-nio-8080-exec-{}] c.e.order.OrderController : order {id} placed in {ms} ms",
            n % 60,
            n % 32
        ),
        1 => format!(
            "10.244.{}.{} - - [14/May/2024:10:15:30 +0000] \"GET /api/orders/{id} HTTP/1.1\" 200 {ms} \"-\" \"Mozilla/5.0\"",
            n % 256,
            n % 251
        ),
        2 => format!(
            "{{\"level\":\"info\",\"ts\":\"2024-05-14T10:15:30Z\",\"msg\":\"request served\",\"path\":\"/api/items\",\"status\":200,\"ms\":{ms},\"trace_id\":\"{id:032x}\"}}"
        ),
        3 => format!("level=info component=cache key=user:{id} hit=true ttl={ms}"),
        _ => format!(
            "May 14 10:15:30 node-{} kubelet[1234]: I0514 10:15:30.{ms:06} 1234 reconciler.go:224] operationExecutor.MountVolume started for volume \"config\" pod \"order-{id}\"",
            n % 9
        ),
    }
}
