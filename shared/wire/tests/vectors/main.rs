//! The golden vectors under `docs/spec/vectors`: they are what this code makes, and every reader
//! gives for each of them the outcome that stands beside it.
//!
//! `FAULTSCAN_WRITE_VECTORS=1 cargo test -p faultscan-wire --test vectors` writes them anew.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../common/mod.rs"]
mod common;
mod craft;
mod scrub;
mod snapshot;
mod snapshot_bodies;
mod ticket;
mod ticket_bad;
mod ticket_bad_text;
mod urgent;

use std::path::PathBuf;

use serde_json::Value;

const REGENERATE: &str = "FAULTSCAN_WRITE_VECTORS";

fn path(name: &str) -> PathBuf {
    let spec = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/spec/vectors");
    PathBuf::from(spec).join(name)
}

/// The committed vectors.
fn load(name: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path(name)).unwrap()).unwrap()
}

/// Compares the committed vectors with fresh ones, or replaces them when asked to.
fn check_fresh(name: &str, vectors: &Value) {
    let mut fresh = serde_json::to_string_pretty(vectors).unwrap();
    fresh.push('\n');
    let mut committed = std::fs::read_to_string(path(name)).unwrap_or_default();
    if committed != fresh && std::env::var_os(REGENERATE).is_some() {
        // By renaming, since other tests read the file at the same time.
        let new = path(&format!("{name}.new"));
        std::fs::write(&new, &fresh).unwrap();
        std::fs::rename(&new, path(name)).unwrap();
        committed.clone_from(&fresh);
    }
    assert!(
        committed == fresh,
        "{name} is out of date: run with {REGENERATE}=1 and look at what changed"
    );
}

/// The members of a list in the vectors.
fn list<'a>(vectors: &'a Value, name: &str) -> &'a [Value] {
    vectors[name].as_array().unwrap()
}

fn text<'a>(vector: &'a Value, name: &str) -> &'a str {
    vector[name]
        .as_str()
        .unwrap_or_else(|| panic!("{name} in {vector}"))
}

/// Bytes in hexadecimal, and zeros after them where the vector says so.
fn bytes(vector: &Value) -> Vec<u8> {
    let mut bytes = faultscan_wire::hex::decode(text(vector, "bytes")).unwrap();
    let zeros = vector
        .get("zeros_appended")
        .map_or(0, |zeros| zeros.as_u64().unwrap());
    bytes.resize(bytes.len() + zeros as usize, 0);
    bytes
}
