//! Measures the ingest path of the real server: durable snapshots for each second of its CPU, and
//! how long a client waits, beside the same uploads to a server that verifies and answers but stores
//! nothing. Both run here, one after the other, on loopback, with the same snapshots.
//!
//! The load is bounded: a fixed number of snapshots over a fixed number of connections.
#![forbid(unsafe_code)]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a benchmark that can't run must stop"
)]

mod corpus;
mod load;

use corpus::Corpus;
use faultscan_tests::server::{Server, Setup};
use load::Measured;
use serde_json::{Value, json};

/// Snapshots that warm a server up.
const WARM_UP: usize = 500;
/// Snapshots that are measured.
const MEASURED: usize = 6_000;
/// Connections, each with one request in flight.
const CONNECTIONS: usize = 64;

fn main() {
    let durable = setup().start();
    let corpus = Corpus::make(&durable.project.issuer, WARM_UP + MEASURED);
    let (durable, stages) = (measure("durable", &durable, &corpus), stages(&durable));

    let bare = setup().without_storage().start();
    let corpus = Corpus::make(&bare.project.issuer, WARM_UP + MEASURED);
    let bare = measure("without storage", &bare, &corpus);

    println!("{}", document(&corpus, &durable, &bare, &stages));
}

/// The server as it ships, but for the rates: this load comes from one address.
fn setup() -> Setup {
    Setup::new().on_disk()
}

fn measure(name: &str, server: &Server, corpus: &Corpus) -> Measured {
    eprintln!("{name}: {WARM_UP} snapshots to warm up, {MEASURED} measured …");
    let (warm_up, measured) = corpus.snapshots.split_at(WARM_UP);
    load::run(server, warm_up, CONNECTIONS);
    let result = load::run(server, measured, CONNECTIONS);
    eprintln!("{name}: {result}");
    result
}

/// The mean time of each stage that the server counts, in microseconds: where its CPU goes.
fn stages(server: &Server) -> Value {
    let metrics = server.metrics();
    let mean_us = |stage: &&str| {
        let of = |part: &str| {
            metrics.value(&format!(
                "faultscan_stage_seconds_{part}{{stage=\"{stage}\"}}"
            ))
        };
        (of("sum") / of("count") * 1e6).round()
    };
    ["ticket", "open", "scrub", "diagnose", "store"]
        .iter()
        .map(|stage| ((*stage).to_owned(), json!(mean_us(stage))))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn document(corpus: &Corpus, durable: &Measured, bare: &Measured, stages: &Value) -> Value {
    json!({
        "name": "ingest",
        "figures": {
            "snapshots": MEASURED,
            "connections": CONNECTIONS,
            "log_bytes_per_snapshot": corpus.log_bytes,
            "wire_bytes_per_snapshot": corpus.wire_bytes,
            "durable_per_cpu_s": durable.per_cpu_s().round(),
            "durable_per_s": durable.per_s().round(),
            "durable_p50_ms": durable.percentile_ms(50.0),
            "durable_p99_ms": durable.percentile_ms(99.0),
            "durable_resident_mib": durable.resident_mib(),
            "stage_mean_us": stages,
            "without_storage_per_cpu_s": bare.per_cpu_s().round(),
            "without_storage_per_s": bare.per_s().round(),
            "without_storage_p50_ms": bare.percentile_ms(50.0),
            "without_storage_p99_ms": bare.percentile_ms(99.0),
        },
        "ratios": {
            "durable_over_without_storage_per_cpu_s": round(durable.per_cpu_s() / bare.per_cpu_s()),
            "durable_over_without_storage_p50": round(durable.percentile_ms(50.0) / bare.percentile_ms(50.0)),
        },
    })
}

fn round(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}
