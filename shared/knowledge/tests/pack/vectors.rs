//! The golden vectors of `docs/spec/vectors/pack.json`: they are what this code makes, and the
//! reader gives for each of them the outcome that stands beside it.
//!
//! `FAULTSCAN_WRITE_VECTORS=1 cargo test -p faultscan-knowledge --test pack` writes them anew.

use super::{craft::Craft, key, keys, small};
use faultscan_knowledge::pack::{Compression, PACK_SCHEMA, Section, Sections};
use faultscan_knowledge::{Pack, PackDelta};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::PathBuf;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        write!(out, "{byte:02x}").unwrap();
        out
    })
}

fn unhex(text: &str) -> Vec<u8> {
    let pairs = (0..text.len()).step_by(2);
    pairs
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

fn bodies(pack: &Pack) -> [Vec<u8>; 4] {
    Section::ALL.map(|section| pack.body(section).unwrap().to_vec())
}

fn first() -> Pack {
    Pack::compile(&small::first(), &key()).unwrap()
}

fn second() -> Pack {
    Pack::compile(&small::second(), &key()).unwrap()
}

fn good() -> Vec<Value> {
    let pack = first();
    [
        ("whole", Compression::Stored, Sections::ALL),
        ("whole_lz4", Compression::Lz4, Sections::ALL),
        ("core_zh", Compression::Stored, Sections::CORE_ZH),
        ("core_en_lz4", Compression::Lz4, Sections::CORE_EN),
        ("core_zh_columns", Compression::Columns, Sections::CORE_ZH),
    ]
    .into_iter()
    .map(|(name, compression, sections)| {
        let bytes = pack.to_bytes(compression, sections).unwrap();
        let names: Vec<&str> = sections.iter().map(Section::as_str).collect();
        json!({ "name": name, "version": pack.version(), "sections": names, "bytes": hex(&bytes) })
    })
    .collect()
}

/// A change to a good pack, named for its fault.
type Fault = (&'static str, &'static str, fn(&mut Craft));

const FAULTS: &[Fault] = &[
    ("bad_magic", "bad_magic", |c| c.magic = *b"FSNP"),
    ("later_format", "unsupported_version", |c| c.format = 2),
    ("earlier_schema", "unsupported_schema", |c| {
        c.schema = PACK_SCHEMA - 1;
    }),
    ("later_schema", "unsupported_schema", |c| {
        c.schema = PACK_SCHEMA + 1;
    }),
    ("month_13", "bad_release", |c| c.release[2] = 13),
    ("release_number_0", "bad_release", |c| c.release[4] = 0),
    ("nobody_signed", "pack_unsigned", |c| {
        c.key_id = Some([0; 8]);
    }),
    ("foreign_key", "unknown_key", |c| c.key_id = Some([9; 8])),
    ("context_of_a_ticket", "bad_pack_signature", |c| {
        c.context = b"faultscan/ticket/v1\0";
    }),
    ("compression_3", "unsupported_compression", |c| {
        c.compression = 3;
    }),
    ("rows_that_claim_to_be_columns", "bad_block", |c| {
        c.compression = 2;
    }),
    ("no_core", "bad_sections", |c| c.sections = 0b1110),
    ("no_language", "bad_sections", |c| c.sections = 0b1001),
    ("fifth_section", "bad_sections", |c| c.sections = 0b1_1111),
    ("section_claims_9_mib", "pack_too_large", |c| {
        c.lengths[3] = Some(9 * 1024 * 1024);
    }),
    ("section_claims_a_byte_more", "bad_block", |c| {
        c.lengths[0] = Some(c.bodies[0].len() as u32 + 1);
    }),
    ("lz4_claims_a_byte_less", "bad_block", |c| {
        c.compression = 1;
        c.lengths[0] = Some(c.bodies[0].len() as u32 - 1);
    }),
    ("table_with_a_byte_behind", "bad_table", |c| {
        c.bodies[0].push(0);
    }),
    ("table_is_a_map", "bad_table", |c| c.bodies[0][0] = 0x84),
    ("table_of_the_wrong_length", "bad_table", |c| {
        c.bodies[0][0] += 1;
    }),
    ("entries_in_another_order", "bad_table", |c| {
        c.bodies[3] = swapped(&c.bodies[3]);
    }),
    ("texts_of_other_rows", "bad_table", |c| {
        c.bodies[1] = c.bodies[3].clone();
    }),
    ("row_with_a_wrong_type", "bad_row", |c| {
        replace(&mut c.bodies[0], b"mill", b"\xa3ill");
    }),
    ("row_that_is_not_utf_8", "bad_row", |c| {
        replace(&mut c.bodies[0], b"mill", b"\xff\xffll");
    }),
    ("gate_that_is_no_formula", "bad_row", |c| {
        replace(&mut c.bodies[0], b"OR(sluice_shut", b"OR((luice_shut");
    }),
    ("reference_of_another_code", "bad_row", |c| {
        replace(&mut c.bodies[3], b"MILL-1", b"MILL-2");
    }),
];

/// Replaces bytes by as many others, once. One of the wrong type takes the place of the marker
/// before the text.
fn replace(body: &mut [u8], from: &[u8], to: &[u8]) {
    let at = body
        .windows(from.len())
        .position(|window| window == from)
        .unwrap();
    if to[0] == 0xa3 {
        body[at - 1] = 0xc0;
    } else {
        body[at..at + to.len()].copy_from_slice(to);
    }
}

/// The first two entries of a table in the other order.
fn swapped(body: &[u8]) -> Vec<u8> {
    let mut rest = &body[1..];
    let mut entries = Vec::new();
    while !rest.is_empty() {
        let before = rest;
        rmpv::decode::read_value(&mut rest).unwrap();
        entries.push(before[..before.len() - rest.len()].to_vec());
    }
    entries.swap(0, 1);
    [&body[..1], &entries.concat()].concat()
}

fn bad() -> Vec<Value> {
    let plain = Craft::new(bodies(&first()));
    let mut out: Vec<Value> = FAULTS
        .iter()
        .map(|(name, reason, change)| {
            let mut craft = plain.clone();
            change(&mut craft);
            json!({ "name": name, "reason": reason, "bytes": hex(&craft.pack(&key())) })
        })
        .collect();
    let whole = plain.pack(&key());
    let cuts = [
        ("empty", 0),
        ("cut_in_manifest", 227),
        ("cut_before_sections", 228),
        ("cut_in_section", whole.len() - 1),
    ];
    for (name, len) in cuts {
        out.push(json!({ "name": name, "reason": "pack_truncated", "bytes": hex(&whole[..len]) }));
    }
    let mut longer = whole.clone();
    longer.push(0);
    out.push(json!({ "name": "a_byte_behind", "reason": "trailing_bytes", "bytes": hex(&longer) }));
    let mut bent = whole.clone();
    let last = bent.len() - 1;
    bent[last] ^= 1;
    out.push(json!({ "name": "bent_section", "reason": "wrong_hash", "bytes": hex(&bent) }));
    let mut bent = whole;
    bent[24] ^= 1;
    out.push(json!({ "name": "bent_hash", "reason": "bad_pack_signature", "bytes": hex(&bent) }));
    out
}

fn deltas() -> Value {
    let (old, new) = (first(), second());
    let delta = PackDelta::make(&old, &new, Compression::Stored, Sections::CORE_ZH).unwrap();
    let change = |at: usize, to: u8| {
        let mut bent = delta.clone();
        bent[at] = to;
        bent
    };
    let last = delta.len() - 1;
    let bad = [
        ("bad_magic", "bad_magic", change(3, b'K')),
        ("later_format", "unsupported_version", change(4, 2)),
        ("compression_3", "unsupported_compression", change(5, 3)),
        ("no_core", "bad_sections", change(6, 0b1110)),
        ("another_base", "wrong_base", change(7, delta[7] ^ 1)),
        (
            "bent_manifest",
            "bad_pack_signature",
            change(64, delta[64] ^ 1),
        ),
        ("bent_row", "wrong_hash", change(last, delta[last] ^ 1)),
        ("cut", "pack_truncated", delta[..last].to_vec()),
        (
            "a_byte_behind",
            "trailing_bytes",
            [&delta[..], &[0]].concat(),
        ),
    ];
    let bad = bad.map(
        |(name, reason, bytes)| json!({ "name": name, "reason": reason, "bytes": hex(&bytes) }),
    );
    json!({
        "base": "whole",
        "good": [{ "name": "core_zh", "version": new.version(), "sections": ["core", "zh"], "bytes": hex(&delta) }],
        "bad": bad,
    })
}

fn vectors() -> Value {
    json!({
        "about": "Packs of a catalogue of one code. `bytes` are hexadecimal. A reader that trusts `public_key` opens every good pack and finds `version` and `sections`; it refuses every bad one for `reason`, at opening or, for `bad_table` and `bad_row`, at reading its rows. `deltas` are applied to the good pack `base`.",
        "public_key": hex(key().verifying_key().as_bytes()),
        "good": good(),
        "bad": bad(),
        "deltas": deltas(),
    })
}

#[test]
fn the_golden_vectors_are_fresh() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/spec/vectors/pack.json");
    let mut fresh = serde_json::to_string_pretty(&vectors()).unwrap();
    fresh.push('\n');
    let mut committed = std::fs::read_to_string(&path).unwrap_or_default();
    if committed != fresh && std::env::var_os("FAULTSCAN_WRITE_VECTORS").is_some() {
        std::fs::write(&path, &fresh).unwrap();
        committed.clone_from(&fresh);
    }
    assert!(
        committed == fresh,
        "pack.json is out of date: run with FAULTSCAN_WRITE_VECTORS=1"
    );
    let read: Value = serde_json::from_str(&committed).unwrap();
    check_packs(&read);
    check_deltas(&read["deltas"]);
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

fn check_packs(vectors: &Value) {
    for vector in vectors["good"].as_array().unwrap() {
        let pack = Pack::open(&unhex(text(vector, "bytes")), &keys()).unwrap();
        assert_eq!(pack.version(), text(vector, "version"));
        let names: Vec<&str> = pack.sections().iter().map(Section::as_str).collect();
        assert_eq!(json!(names), vector["sections"]);
        assert_eq!(pack.catalogue().unwrap().codes()[0].code, "MILL-1");
    }
    for vector in vectors["bad"].as_array().unwrap() {
        let opened = Pack::open(&unhex(text(vector, "bytes")), &keys());
        let outcome = opened.and_then(|pack| pack.catalogue());
        let error = outcome
            .err()
            .unwrap_or_else(|| panic!("{} is read", vector["name"]));
        assert_eq!(
            error.reason(),
            text(vector, "reason"),
            "{}: {error}",
            vector["name"]
        );
        assert!(!error.to_string().contains('\n'));
    }
}

fn check_deltas(deltas: &Value) {
    let base = first();
    for vector in deltas["good"].as_array().unwrap() {
        let made = PackDelta::apply(&base, &unhex(text(vector, "bytes")), &keys()).unwrap();
        assert_eq!(made.version(), text(vector, "version"));
    }
    for vector in deltas["bad"].as_array().unwrap() {
        let outcome = PackDelta::apply(&base, &unhex(text(vector, "bytes")), &keys());
        let error = outcome
            .err()
            .unwrap_or_else(|| panic!("{} is read", vector["name"]));
        assert_eq!(
            error.reason(),
            text(vector, "reason"),
            "{}: {error}",
            vector["name"]
        );
    }
}
