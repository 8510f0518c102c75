//! Measures the matcher beside other engines with the same patterns on the same logs, in one run.
//! Prints `{"name":"match","figures":{…},"ratios":{…}}`. Speeds are in megabytes (10^6 bytes) a
//! second of one core's time, the best of several rounds.
//!
//! `--hyperscan PROGRAM` names the Hyperscan side, `--wasm SCRIPT MODULE` the phone's (`xtask`
//! compiles both); without them, and without `grep`, those figures are left out.

mod clock;
mod codes;
mod growth;
mod logs;
mod phone;
mod rivals;

use faultscan_evidence::Matcher;
use faultscan_knowledge::Catalogue;
use logs::Kind;
use std::{error::Error, hint::black_box};

const LOG_BYTES: usize = 16 * 1024 * 1024;
/// Of so many lines one is a sample.
const EVERY: u64 = 100;
const ROUNDS: usize = 3;
const SNAPSHOT_LINES: usize = 200;

pub(crate) type Pairs = Vec<(String, f64)>;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let after = |flag: &str| {
        let at = arguments.iter().position(|one| one == flag)?;
        arguments.get(at + 1).cloned()
    };
    if let Some(part) = after("--part") {
        return growth::part(&part);
    }
    let catalogue = Catalogue::builtin()?;
    let build = clock::seconds(3, || {
        black_box(Matcher::new(&catalogue).is_ok());
    });
    let matcher = Matcher::new(&catalogue)?;
    let samples: Vec<&str> = catalogue
        .codes()
        .iter()
        .flat_map(|code| {
            code.samples
                .iter()
                .map(|sample| sample.text.trim_matches('\n'))
        })
        .collect();
    let healthy = logs::log(&Kind::ALL, LOG_BYTES, &[], 0);
    let hits = logs::log(&Kind::ALL, LOG_BYTES, &samples, EVERY);
    let found = matcher.match_bytes(&healthy);
    if let Some(code) = found.best() {
        return Err(format!(
            "the healthy log is not: {} in line {:?}",
            code.code, code.lines
        )
        .into());
    }

    let mut figures: Pairs = vec![
        ("signatures".into(), matcher.pattern_count() as f64),
        ("build_ms".into(), build * 1e3),
        ("table_kb".into(), matcher.table_bytes() as f64 / 1e3),
    ];
    let mut ratios = Pairs::new();
    // The first pass compiles what it meets.
    let fresh = Matcher::new(&catalogue)?;
    let started = std::time::Instant::now();
    let from = clock::cpu_seconds(started);
    black_box(fresh.match_bytes(&hits));
    let first = clock::cpu_seconds(started) - from;
    figures.push((
        "hits_1_percent_first_pass_mb_per_s".into(),
        hits.len() as f64 / 1e6 / first,
    ));

    let signatures = rivals::signatures(&catalogue);
    for (name, log) in [("healthy", &healthy), ("hits_1_percent", &hits)] {
        let ours = speed(log, |log| {
            black_box(matcher.match_bytes(log));
        });
        figures.push((format!("{name}_mb_per_s"), ours));
        for (rival, theirs) in rivals::all(&signatures, log, after("--hyperscan").as_deref())? {
            figures.push((format!("{name}_{rival}"), theirs));
            if rival.ends_with("_mb_per_s") {
                let rival = rival.trim_end_matches("_mb_per_s");
                ratios.push((format!("{name}_vs_{rival}"), ours / theirs));
            }
        }
    }
    // Nothing but samples: what an attack or a broken system may print.
    let log = logs::log(&Kind::ALL, LOG_BYTES / 4, &samples, 1);
    let ours = speed(&log, |log| {
        black_box(matcher.match_bytes(log));
    });
    figures.push(("hits_100_percent_mb_per_s".into(), ours));
    for kind in Kind::ALL {
        let log = logs::log(&[kind], LOG_BYTES / 4, &[], 0);
        let ours = speed(&log, |log| {
            black_box(matcher.match_bytes(log));
        });
        figures.push((format!("healthy_{}_mb_per_s", kind.name()), ours));
    }
    snapshots(
        &arguments,
        &matcher,
        [&healthy, &hits],
        &mut figures,
        &mut ratios,
    )?;
    growth::table(&mut figures, &mut ratios)?;
    println!(
        "{{\"name\":\"match\",\"figures\":{{{}}},\"ratios\":{{{}}}}}",
        json(&figures),
        json(&ratios)
    );
    Ok(())
}

/// Snapshots of 200 lines, natively and beside it as the phone matches them.
fn snapshots(
    arguments: &[String],
    matcher: &Matcher,
    [healthy, hits]: [&[u8]; 2],
    figures: &mut Pairs,
    ratios: &mut Pairs,
) -> Result<(), Box<dyn Error>> {
    let snapshots = [("healthy", healthy), ("2_hits", hits)].map(|(name, log)| {
        let lines = log.split(|byte| *byte == b'\n').take(SNAPSHOT_LINES);
        (name, lines.collect::<Vec<_>>())
    });
    let at = arguments.iter().position(|one| one == "--wasm");
    let wasm = match at.and_then(|at| arguments.get(at + 1..at + 3)) {
        Some([script, module]) => phone::figures(script, module, &snapshots)?,
        _ => Pairs::new(),
    };
    for (name, lines) in &snapshots {
        let took = clock::seconds(ROUNDS, || {
            black_box(matcher.match_lines(lines));
        });
        figures.push((format!("snapshot_200_lines_{name}_us"), took * 1e6));
        for (kind, value) in &wasm {
            if let Some(kind) = kind.strip_prefix(&format!("wasm_{name}")) {
                figures.push((format!("snapshot_200_lines_{name}_wasm{kind}"), *value));
                if kind == "_us" {
                    ratios.push((
                        format!("snapshot_{name}_wasm_to_native"),
                        value / (took * 1e6),
                    ));
                }
            }
        }
    }
    let build = wasm.into_iter().filter(|(name, _)| name == "wasm_build_ms");
    figures.extend(build);
    Ok(())
}

fn json(list: &Pairs) -> String {
    list.iter()
        .map(|(name, value)| format!("\"{name}\":{value:.2}"))
        .collect::<Vec<_>>()
        .join(",")
}

/// Megabytes a second of one core.
pub(crate) fn speed(log: &[u8], mut work: impl FnMut(&[u8])) -> f64 {
    log.len() as f64 / 1e6 / clock::seconds(ROUNDS, || work(log))
}
