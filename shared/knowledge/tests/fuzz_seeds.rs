//! Runs the fuzz targets' bodies as ordinary tests: over the golden vectors, over a small catalogue's
//! sections, over what is left when these are cut or bent, and over every input that once crashed a
//! target.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    unreachable_pub
)]

#[path = "../fuzz/src/bodies.rs"]
mod bodies;
#[path = "support/small.rs"]
mod small;

use ed25519_dalek::SigningKey;
use faultscan_knowledge::Pack;
use serde_json::Value;
use std::path::Path;

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = (0..text.len()).step_by(2);
    pairs
        .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
        .collect()
}

fn collect(value: &Value, seeds: &mut Vec<Vec<u8>>) {
    match value {
        Value::String(text) => seeds.extend(unhex(text)),
        Value::Array(items) => items.iter().for_each(|item| collect(item, seeds)),
        Value::Object(items) => items.values().for_each(|item| collect(item, seeds)),
        _ => {}
    }
}

fn vectors() -> Vec<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/spec/vectors/pack.json");
    let vectors: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut seeds = Vec::new();
    collect(&vectors, &mut seeds);
    assert!(seeds.len() > 30, "the vectors are there");
    seeds
}

fn crashers() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/crashers");
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    entries
        .map(|entry| std::fs::read(entry.unwrap().path()).unwrap())
        .collect()
}

#[test]
fn packs_and_deltas() {
    for seed in vectors().into_iter().chain(crashers()) {
        bodies::pack(&seed);
        bodies::delta(&seed);
        for at in (0..seed.len()).step_by(7) {
            bodies::pack(&seed[..at]);
        }
    }
}

#[test]
fn sections_cut_and_bent() {
    let pack = Pack::compile(&small::first(), &SigningKey::from_bytes(&[7; 32])).unwrap();
    let whole = bodies::join(&pack);
    bodies::sections(&whole);
    for at in 0..whole.len() {
        bodies::sections(&whole[..at]);
        for bit in [0x01, 0x80, 0x10] {
            let mut bent = whole.clone();
            bent[at] ^= bit;
            bodies::sections(&bent);
        }
    }
    crashers().iter().for_each(|seed| bodies::sections(seed));
}
