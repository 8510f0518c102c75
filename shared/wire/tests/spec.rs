//! The specifications name every reason, every limit and the bytes of their examples as they are.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::Path;

use faultscan_wire::limits;
use serde_json::Value;

fn read(name: &str) -> String {
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/spec");
    std::fs::read_to_string(spec.join(name)).unwrap()
}

fn vectors(name: &str) -> Value {
    serde_json::from_str(&read(&format!("vectors/{name}.json"))).unwrap()
}

/// Comments in the examples start here.
const COMMENT_COLUMN: usize = 41;

/// What a specification says in its blocks of hexadecimal.
fn hexadecimal(spec: &str) -> String {
    let blocks = spec.split("```text\n").skip(1);
    blocks
        .filter_map(|block| block.split("```").next())
        .flat_map(str::lines)
        .map(|line| line.chars().take(COMMENT_COLUMN).collect::<String>())
        .flat_map(|line| {
            line.split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .filter(|word| word.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .collect()
}

#[test]
fn every_reason_is_specified_and_every_specified_one_has_a_vector() {
    let mut with_vector = BTreeSet::new();
    for name in ["ticket", "snapshot", "urgent"] {
        let (spec, vectors) = (read(&format!("{name}.md")), vectors(name));
        for bad in vectors["bad"].as_array().unwrap() {
            let reason = bad["reason"].as_str().unwrap();
            let elsewhere = name == "snapshot" && read("ticket.md").contains(reason);
            assert!(
                spec.contains(&format!("`{reason}`")) || elsewhere,
                "{name}: {reason}"
            );
            with_vector.insert(reason.to_owned());
        }
    }
    for name in ["ticket", "snapshot", "urgent"] {
        let spec = read(&format!("{name}.md"));
        let table = spec.split("| reason | when |").nth(1).unwrap();
        for row in table
            .lines()
            .skip(2)
            .take_while(|line| line.starts_with('|'))
        {
            let reasons = row.split('|').nth(1).unwrap().split('`').skip(1).step_by(2);
            for reason in reasons.filter(|reason| {
                !row.contains("(writers only)") || *reason != "ticket_key_id_mismatch"
            }) {
                assert!(
                    with_vector.contains(reason),
                    "{name}: no vector for {reason}"
                );
            }
        }
    }
}

#[test]
fn limits_are_quoted_as_they_are() {
    let thousands = |number: usize| -> String {
        let digits = number.to_string();
        let mut text = String::new();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        text
    };
    for (spec, numbers) in [
        (
            "ticket.md",
            vec![
                limits::TICKET_BYTES_MIN,
                limits::TICKET_BYTES_MAX,
                limits::TICKET_TEXT_BYTES_MAX,
                limits::TICKET_TTL_S_MAX as usize,
                limits::TICKET_ISSUED_AT_S_MAX as usize,
                limits::TICKET_EVIDENCE_LINE_BYTES_MAX,
                limits::CLOCK_SKEW_S_DEFAULT as usize,
            ],
        ),
        (
            "snapshot.md",
            vec![
                limits::ENVELOPE_BYTES_MAX,
                limits::UNCOMPRESSED_BYTES_MAX,
                limits::COMPRESSION_RATIO_MAX,
                limits::VALUES_MAX,
                limits::MAP_ENTRIES_MAX,
                limits::KEY_BYTES_MAX,
                limits::LOG_LINES_MAX,
                limits::LOG_LINE_BYTES_MAX,
                limits::LOG_SOURCE_BYTES_MAX,
                limits::SAMPLES_MAX,
                limits::ITEMS_MAX,
                limits::TEXT_BYTES_MAX,
                limits::NESTING_MAX,
            ],
        ),
        (
            "urgent.md",
            vec![
                limits::URGENT_BYTES_MAX,
                limits::URGENT_LINE_BYTES_MAX,
                limits::URGENT_METRICS_MAX,
                limits::URGENT_METRIC_NAME_BYTES_MAX,
            ],
        ),
    ] {
        let text = read(spec);
        for number in numbers {
            let number = thousands(number);
            let words = text.split(|char: char| !char.is_ascii_digit() && char != ',');
            let found = words
                .map(|word| word.trim_matches(','))
                .any(|word| word == number);
            assert!(found, "{spec} does not say {number}");
        }
    }
}

#[test]
fn the_examples_are_the_vectors() {
    let bytes = |name: &str, vector: &str| {
        let vectors = vectors(name);
        let good = vectors["good"].as_array().unwrap();
        let vector = good.iter().find(|good| good["name"] == vector).unwrap();
        vector["bytes"].as_str().unwrap().to_owned()
    };
    assert!(hexadecimal(&read("ticket.md")).contains(&bytes("ticket", "minimal")));
    assert!(hexadecimal(&read("urgent.md")).contains(&bytes("urgent", "oom")));
    let snapshot = hexadecimal(&read("snapshot.md"));
    let minimal = bytes("snapshot", "minimal");
    let ticket = bytes("ticket", "full");
    let (before, after) = minimal.split_once(&ticket).unwrap();
    assert!(snapshot.contains(before) && snapshot.contains(after));
}
