//! What the wire formats cost: bytes beside gzip, microseconds for each step.
//!
//! `cargo run --release -p faultscan-wire --example costs [-- LOGFILE…]`; every log file adds a row
//! made of its first 200 lines. Figures go to standard output as JSON, one object a log.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod logs;

use std::hint::black_box;
use std::io::Write;
use std::time::{Duration, Instant};

use faultscan_wire::scrub::scrub;
use faultscan_wire::{
    Claims, Envelope, Fingerprint, LogLine, SnapshotBody, Ticket, TicketId, key_id, seal_encoded,
    sign,
};
use serde_json::{Value, json};

/// The best of many short rounds: what it costs when nothing else runs.
fn micros<T>(mut call: impl FnMut() -> T) -> f64 {
    let calls = 4;
    let round = |call: &mut dyn FnMut() -> T| -> Duration {
        let start = Instant::now();
        for _ in 0..calls {
            black_box(call());
        }
        start.elapsed()
    };
    let best = (0..150).map(|_| round(&mut call)).min().unwrap();
    (best.as_secs_f64() * 1e6 / f64::from(calls) * 10.0).round() / 10.0
}

fn gzip(bytes: &[u8]) -> usize {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap().len()
}

fn costs(name: &str, lines: Vec<LogLine>) -> Value {
    let text: String = lines
        .iter()
        .map(|line| format!("{}\n", line.message))
        .collect();
    let rows = rmp_serde::to_vec_named(&lines).unwrap();
    let count = lines.len();
    let body = SnapshotBody {
        captured_at_ms: 1_790_000_000_000,
        logs: lines.into(),
        ..Default::default()
    };
    let encoded = body.encode().unwrap();
    let session = sign::signing_key(&[2; 32]);
    let issuer = sign::signing_key(&[1; 32]);
    let ticket = Ticket::issue(
        Claims {
            key_id: key_id(&issuer.verifying_key()),
            ticket_id: TicketId([3; 16]),
            issued_at_s: 1_790_000_000,
            ttl_s: 600,
            fingerprint: Fingerprint([4; 32]),
            code: None,
            context: Default::default(),
            evidence: Vec::new(),
        },
        &issuer,
    )
    .unwrap();
    let sealed = seal_encoded(ticket.bytes(), 1, &encoded, &session).unwrap();
    let envelope = Envelope::parse(&sealed).unwrap();
    let block = envelope.block.len();
    let gzip_rows = gzip(&rows);
    let gzip_text = gzip(text.as_bytes());
    let ratio = |a: usize, b: usize| (a as f64 / b as f64 * 1000.0).round() / 1000.0;
    json!({
        "log": name,
        "lines": count,
        "bytes": {
            "text": text.len(),
            "rows": rows.len(),
            "columns": encoded.len(),
            "rows_gzip6": gzip_rows,
            "text_gzip6": gzip_text,
            "rows_lz4": lz4_flex::block::compress(&rows).len(),
            "columns_lz4": block,
            "columns_gzip6": gzip(&encoded),
            "envelope": sealed.len(),
        },
        "ratios": {
            "rows_lz4_to_rows_gzip6": ratio(lz4_flex::block::compress(&rows).len(), gzip_rows),
            "columns_lz4_to_rows_gzip6": ratio(block, gzip_rows),
            "columns_lz4_to_text_gzip6": ratio(block, gzip_text),
        },
        "micros": {
            "encode": micros(|| body.encode()),
            "seal": micros(|| seal_encoded(ticket.bytes(), 1, &encoded, &session)),
            "parse": micros(|| Envelope::parse(&sealed).map(|envelope| envelope.sequence)),
            "ticket_decode": micros(|| envelope.ticket()),
            "ticket_verify": micros(|| ticket.verify_signature(&issuer.verifying_key())),
            "snapshot_verify": micros(|| envelope.verify_signature()),
            "decompress": micros(|| envelope.decompress()),
            "decode": micros(|| SnapshotBody::decode(&encoded)),
            "scrub_all_lines": micros(|| {
                body.logs.lines.iter().map(|line| scrub(&line.message).len()).sum::<usize>()
            }),
        },
    })
}

fn main() {
    let mut all: Vec<Value> = logs::samples()
        .into_iter()
        .map(|(name, lines)| costs(name, lines))
        .collect();
    for path in std::env::args().skip(1) {
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        let name = path.rsplit('/').next().unwrap_or_default();
        all.push(costs(name, logs::from_text(&text)));
    }
    println!("{}", serde_json::to_string_pretty(&all).unwrap());
}
