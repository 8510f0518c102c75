//! How time and memory grow with the number of codes and with the log. Each row is a process of its
//! own, so that its peak of memory is its own.

use crate::{Pairs, clock, codes, logs, logs::Kind};
use faultscan_evidence::Matcher;
use faultscan_knowledge::Catalogue;
use std::{error::Error, hint::black_box, process::Command};

const CODES: [usize; 3] = [137, 1000, 10_000];
const MEGABYTES: [usize; 3] = [16, 64, 256];
const PIECE_BYTES: usize = 4 << 20;

/// Adds both tables.
pub(crate) fn table(figures: &mut Pairs, ratios: &mut Pairs) -> Result<(), Box<dyn Error>> {
    let mut speeds = Vec::new();
    for count in CODES {
        let row = run(&format!("codes:{count}"))?;
        speeds.push(row[0]);
        let names = [
            "healthy_mb_per_s",
            "hits_1_percent_mb_per_s",
            "build_ms",
            "table_kb",
            "peak_mb",
            "codes_left",
        ];
        for (name, value) in names.iter().zip(row) {
            figures.push((format!("codes_{count}_{name}"), value));
        }
    }
    ratios.push(("speed_10000_codes_to_137".into(), speeds[2] / speeds[0]));
    let mut times = Vec::new();
    for megabytes in MEGABYTES {
        let row = run(&format!("log:{megabytes}"))?;
        times.push(row[0]);
        figures.push((format!("log_{megabytes}_mib_ms"), row[0]));
        figures.push((format!("log_{megabytes}_mib_peak_mb"), row[1]));
    }
    ratios.push(("time_256_mib_to_16".into(), times[2] / times[0]));
    Ok(())
}

fn run(part: &str) -> Result<Vec<f64>, Box<dyn Error>> {
    let output = Command::new(std::env::current_exe()?)
        .args(["--part", part])
        .output()?;
    let text = String::from_utf8(output.stdout)?;
    let row: Result<Vec<f64>, _> = text.split_whitespace().map(str::parse).collect();
    Ok(row.map_err(|_| format!("{part}: {text}"))?)
}

/// One row; prints its numbers.
pub(crate) fn part(name: &str) -> Result<(), Box<dyn Error>> {
    let (kind, number) = name.split_once(':').ok_or("no such part")?;
    let number: usize = number.parse()?;
    let catalogue = Catalogue::builtin()?;
    if kind == "codes" {
        by_codes(&catalogue, number)
    } else {
        by_log(&catalogue, number)
    }
}

fn by_codes(catalogue: &Catalogue, count: usize) -> Result<(), Box<dyn Error>> {
    let healthy = logs::log(&Kind::ALL, crate::LOG_BYTES, &[], 0);
    let mut codes = codes::generate(catalogue, &healthy, count);
    // By chance a few of the generated ones say what healthy systems say; those are no codes.
    let chance = Matcher::of_signatures(&codes)?.match_bytes(&healthy);
    codes.retain(|(code, _)| chance.code(code).is_none());
    let build = clock::seconds(2, || {
        black_box(Matcher::of_signatures(&codes).is_ok());
    });
    let matcher = Matcher::of_signatures(&codes)?;
    let samples: Vec<&str> = catalogue
        .codes()
        .iter()
        .take(count)
        .flat_map(|code| {
            code.samples
                .iter()
                .map(|sample| sample.text.trim_matches('\n'))
        })
        .collect();
    let speed = crate::speed(&healthy, |log| {
        black_box(matcher.match_bytes(log));
    });
    let hits = logs::log(&Kind::ALL, crate::LOG_BYTES, &samples, crate::EVERY);
    let hits_speed = crate::speed(&hits, |log| {
        black_box(matcher.match_bytes(log));
    });
    println!(
        "{speed} {hits_speed} {} {} {} {}",
        build * 1e3,
        matcher.table_bytes() as f64 / 1e3,
        (clock::peak_bytes() - (healthy.len() + hits.len()) as f64) / 1e6,
        codes.len(),
    );
    Ok(())
}

/// A log read in pieces, as from a file; only one piece is in memory.
fn by_log(catalogue: &Catalogue, megabytes: usize) -> Result<(), Box<dyn Error>> {
    let matcher = Matcher::new(catalogue)?;
    let piece = logs::log(&Kind::ALL, PIECE_BYTES, &[], 0);
    let piece = &piece[..PIECE_BYTES];
    let took = clock::seconds(3, || {
        let mut stream = matcher.stream();
        for _ in 0..(megabytes << 20) / PIECE_BYTES {
            stream.bytes(piece);
        }
        black_box(stream.finish());
    });
    println!("{} {}", took * 1e3, clock::peak_bytes() / 1e6);
    Ok(())
}
