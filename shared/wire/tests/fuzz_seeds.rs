//! Runs the fuzz targets' bodies as ordinary tests: over the golden vectors, over what is left when
//! these are cut or bent, and over every input that once crashed a target.
//!
//! `FAULTSCAN_WRITE_FUZZ_SEEDS=1` writes the golden vectors as the fuzzer's corpus.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

#[path = "../fuzz/src/bodies.rs"]
mod bodies;

use std::path::{Path, PathBuf};

use faultscan_wire::hex;
use serde_json::Value;

const VECTORS: [&str; 4] = ["ticket.json", "snapshot.json", "urgent.json", "scrub.json"];
/// Longer vectors are bombs or fillers: bending each of their bytes teaches nothing more.
const BENT_BYTES_MAX: usize = 2048;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every text in the vectors, and the bytes of those that are hexadecimal.
fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for name in VECTORS {
        let path = root().join("../../docs/spec/vectors").join(name);
        let vectors: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        collect(&vectors, &mut seeds);
    }
    seeds.sort();
    seeds.dedup();
    seeds
}

fn collect(value: &Value, seeds: &mut Vec<Vec<u8>>) {
    match value {
        Value::String(text) => {
            seeds.push(text.clone().into_bytes());
            seeds.extend(hex::decode(text));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, seeds)),
        Value::Object(fields) => fields.values().for_each(|value| collect(value, seeds)),
        _ => (),
    }
}

fn crashers(target: &str) -> Vec<PathBuf> {
    let folder = root().join("fuzz/crashers").join(target);
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn every_target_stands_every_seed() {
    let seeds = seeds();
    assert!(seeds.len() > 300, "the vectors were found");
    for (name, body) in bodies::TARGETS {
        for seed in &seeds {
            body(seed);
        }
        if std::env::var_os("FAULTSCAN_WRITE_FUZZ_SEEDS").is_some() {
            let corpus = root().join("fuzz/corpus").join(name);
            std::fs::create_dir_all(&corpus).unwrap();
            for (index, seed) in seeds.iter().enumerate() {
                std::fs::write(corpus.join(format!("vector-{index:04}")), seed).unwrap();
            }
        }
    }
}

#[test]
fn every_target_stands_seeds_cut_and_bent() {
    for seed in seeds().iter().filter(|seed| seed.len() <= BENT_BYTES_MAX) {
        // A prime step, so that over many seeds every place is hit without taking minutes.
        for at in (0..seed.len()).step_by(13) {
            let mut bent = seed.clone();
            bent[at] = bent[at].wrapping_add(0x81);
            for (_, body) in bodies::TARGETS {
                body(&seed[..at]);
                body(&seed[at..]);
                body(&bent);
            }
        }
    }
}

#[test]
fn every_target_stands_what_once_crashed_it() {
    for (name, body) in bodies::TARGETS {
        for path in crashers(name) {
            body(&std::fs::read(path).unwrap());
        }
    }
}
