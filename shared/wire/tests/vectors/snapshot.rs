use faultscan_wire::limits::ENVELOPE_BYTES_MAX;
use faultscan_wire::sign::{SNAPSHOT_CONTEXT, URGENT_CONTEXT};
use faultscan_wire::{
    Envelope, SNAPSHOT_HEADER_BYTES, SnapshotBody, SnapshotError, Ticket, hex, seal_block,
    seal_encoded,
};
use serde_json::{Value, json};

use crate::common::{full_body, full_ticket, issuer, line, session};
use crate::craft::{
    IDENTITY, append_signature_of_identity, flipped, signed, with_malleable_signature,
};
use crate::ticket::key;
use crate::{bytes, check_fresh, list, load, snapshot_bodies, text};

const FILE: &str = "snapshot.json";
const SEQUENCE: u32 = 7;

/// The body as a person would write it: named fields, log lines as rows.
fn readable(body: &SnapshotBody) -> Value {
    let mut value = serde_json::to_value(body).unwrap();
    if let Some(logs) = value.get_mut("logs") {
        *logs = serde_json::to_value(&body.logs.lines).unwrap();
    }
    value
}

fn good() -> Vec<(&'static str, &'static str, SnapshotBody)> {
    let minimal = SnapshotBody {
        captured_at_ms: 1,
        ..SnapshotBody::default()
    };
    let sources = SnapshotBody {
        logs: (0..200)
            .map(|index| {
                let source = format!("module{index}");
                line(
                    index - 200,
                    faultscan_wire::Level::from_code(index as u8),
                    &source,
                    "started",
                )
            })
            .collect::<Vec<_>>()
            .into(),
        ..minimal.clone()
    };
    let extremes = SnapshotBody {
        captured_at_ms: (1 << 53) - 1,
        clock_skew_ms: Some(-(1 << 53) + 1),
        logs: vec![
            line(i32::MAX, faultscan_wire::Level::Fatal, "", ""),
            line(i32::MIN, faultscan_wire::Level::Trace, "", "\u{0}\u{7f}🙈"),
        ]
        .into(),
        ..SnapshotBody::default()
    };
    vec![
        ("minimal", "only the time of capture", minimal),
        (
            "full",
            "every part, an unknown field, an unknown item kind",
            full_body(),
        ),
        (
            "many_sources",
            "two hundred sources: indexes of two bytes; unknown levels",
            sources,
        ),
        (
            "extremes",
            "the largest numbers, control characters in a message",
            extremes,
        ),
    ]
}

/// An envelope signed by the session over a header that no writer would make.
fn with_header(change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let body = full_body().encode().unwrap();
    let mut bytes = seal_encoded(full_ticket().bytes(), SEQUENCE, &body, &session()).unwrap();
    bytes.truncate(bytes.len() - 64);
    change(&mut bytes);
    signed(bytes, SNAPSHOT_CONTEXT, &session())
}

struct Bad(Vec<Value>);

impl Bad {
    fn bytes(&mut self, name: &str, about: &str, bytes: &[u8], reason: &str) {
        self.0.push(json!({
            "name": name,
            "about": about,
            "bytes": hex::encode(bytes),
            "reason": reason,
        }));
    }

    /// A properly sealed envelope around a body that is not acceptable.
    fn body(&mut self, name: &str, about: &str, body: &[u8], reason: &str) {
        let bytes = seal_encoded(full_ticket().bytes(), SEQUENCE, body, &session()).unwrap();
        self.bytes(name, about, &bytes, reason);
    }

    /// A properly signed envelope around a block, with a length that may be a lie.
    fn block(&mut self, name: &str, about: &str, len: u32, block: &[u8], reason: &str) {
        let ticket = full_ticket();
        let bytes = seal_block(ticket.bytes(), SEQUENCE, len, block, &session()).unwrap();
        self.bytes(name, about, &bytes, reason);
    }
}

fn bad() -> Vec<Value> {
    let mut bad = Bad(Vec::new());
    signatures(&mut bad);
    headers(&mut bad);
    blocks(&mut bad);
    for (name, about, body, reason) in snapshot_bodies::bad() {
        bad.body(name, about, &body, reason);
    }
    bad.0
}

fn signatures(bad: &mut Bad) {
    let good = with_header(|_| ());
    let message = &good[..good.len() - 64];
    let reason = "bad_snapshot_signature";
    let last = good.len() - 1;
    bad.bytes(
        "bit_flipped_signature",
        "one bit of R",
        &flipped(good.clone(), last - 63),
        reason,
    );
    bad.bytes(
        "bit_flipped_block",
        "one bit of the block",
        &flipped(good.clone(), last - 70),
        reason,
    );
    bad.bytes(
        "bit_flipped_sequence",
        "a replay under another number",
        &flipped(good.clone(), 8),
        reason,
    );
    bad.bytes(
        "forged_key",
        "signed by another key than the one it names",
        &signed(message.to_vec(), SNAPSHOT_CONTEXT, &issuer()),
        reason,
    );
    bad.bytes(
        "wrong_context",
        "signed as an urgent datagram",
        &signed(message.to_vec(), URGENT_CONTEXT, &session()),
        reason,
    );
    bad.bytes(
        "malleable_signature",
        "the group's order added to S",
        &with_malleable_signature(good.clone()),
        reason,
    );
    let mut weak = message.to_vec();
    weak[16..48].copy_from_slice(&IDENTITY);
    append_signature_of_identity(&mut weak);
    bad.bytes(
        "small_order_key",
        "the session key is the neutral element; lax verifiers accept any message",
        &weak,
        "bad_session_key",
    );
    let mut twin = message.to_vec();
    twin[16] = 0xf0;
    twin[17..47].fill(0xff);
    twin[47] = 0x7f;
    let twin = signed(twin, SNAPSHOT_CONTEXT, &session());
    bad.bytes(
        "non_canonical_key",
        "a session key with y beyond the prime",
        &twin,
        "bad_session_key",
    );
}

fn headers(bad: &mut Bad) {
    let good = with_header(|_| ());
    let cut = "snapshot_truncated";
    bad.bytes("empty", "no bytes", &[], cut);
    bad.bytes(
        "truncated_in_header",
        "the first 47 bytes",
        &good[..47],
        cut,
    );
    bad.bytes(
        "truncated_in_ticket",
        "the first 100 bytes",
        &good[..100],
        cut,
    );
    let ticket_end = SNAPSHOT_HEADER_BYTES + full_ticket().bytes().len();
    bad.bytes(
        "truncated_in_signature",
        "no block, half a signature",
        &good[..ticket_end + 32],
        cut,
    );
    bad.bytes(
        "truncated",
        "the last ten bytes are missing",
        &good[..good.len() - 10],
        "bad_snapshot_signature",
    );
    let mut longer = good.clone();
    longer.push(0);
    bad.bytes(
        "trailing_bytes",
        "a byte after the signature",
        &longer,
        "bad_snapshot_signature",
    );
    bad.0.push(json!({
        "name": "oversized",
        "about": "one byte more than an envelope may have",
        "bytes": hex::encode(&good),
        "zeros_appended": ENVELOPE_BYTES_MAX + 1 - good.len(),
        "reason": "body_too_large",
    }));
    bad.bytes(
        "bad_magic",
        "another kind of file",
        &with_header(|bytes| bytes[3] = b'Q'),
        "bad_magic",
    );
    bad.bytes(
        "unknown_version",
        "version 2",
        &with_header(|bytes| bytes[4] = 2),
        "unsupported_version",
    );
    let flags = "unsupported_flags";
    bad.bytes(
        "flag_encrypted",
        "encrypted, for who has no key",
        &with_header(|bytes| bytes[5] = 1),
        "snapshot_encrypted",
    );
    bad.bytes(
        "flag_unknown",
        "the highest flag",
        &with_header(|bytes| bytes[5] = 0x80),
        flags,
    );
    let length = "bad_ticket_length";
    bad.bytes(
        "ticket_length_zero",
        "no ticket",
        &with_header(|bytes| bytes[6..8].fill(0)),
        length,
    );
    bad.bytes(
        "ticket_length_huge",
        "65,535 bytes",
        &with_header(|bytes| bytes[6..8].fill(0xff)),
        length,
    );
    bad.bytes(
        "ticket_length_one_more",
        "the ticket takes a byte of the block",
        &with_header(|bytes| bytes[6] += 1),
        "ticket_trailing_bytes",
    );
    bad.bytes(
        "ticket_length_one_less",
        "the block takes a byte of the ticket",
        &with_header(|bytes| bytes[6] -= 1),
        "ticket_truncated",
    );
    bad.bytes(
        "ticket_forged",
        "a good envelope around a ticket with a flipped bit",
        &with_header(|bytes| bytes[ticket_end - 1] ^= 1),
        "bad_ticket_signature",
    );
    bad.block("empty_block", "no compressed bytes", 0, &[], cut);
}

fn blocks(bad: &mut Bad) {
    let body = full_body().encode().unwrap();
    let block = lz4_flex::block::compress(&body);
    let len = body.len() as u32;
    let bomb = "decompression_bomb";
    bad.block("lz4_bomb", "claims four gigabytes", u32::MAX, &block, bomb);
    bad.block(
        "lz4_bomb_over_limit",
        "claims a byte more than two mebibytes",
        2 * 1024 * 1024 + 1,
        &lz4_flex::block::compress(&vec![0; 1 << 20]),
        bomb,
    );
    bad.block(
        "lz4_bomb_by_ratio",
        "claims 256 bytes from one",
        256,
        &[0],
        bomb,
    );
    let zeros = lz4_flex::block::compress(&vec![0; 1 << 20]);
    bad.block(
        "lz4_bomb_hidden",
        "claims 1,000 bytes, holds a mebibyte",
        1000,
        &zeros,
        "length_mismatch",
    );
    bad.block(
        "lying_length_short",
        "one byte less than it holds",
        len - 1,
        &block,
        "length_mismatch",
    );
    bad.block(
        "lying_length_long",
        "one byte more than it holds",
        len + 1,
        &block,
        "length_mismatch",
    );
    bad.block(
        "lying_length_zero",
        "claims nothing",
        0,
        &block,
        "length_mismatch",
    );
    let damaged = "bad_compression";
    bad.block(
        "block_offset_zero",
        "a match at distance zero",
        20,
        &[0x14, b'a', 0, 0, 0x50, b'b', b'c', b'd', b'e', b'f'],
        damaged,
    );
    bad.block(
        "block_offset_before_start",
        "a match before the start",
        20,
        &[0x14, b'a', 9, 0, 0x50, b'b', b'c', b'd', b'e', b'f'],
        damaged,
    );
    bad.block(
        "block_cut",
        "literals are missing",
        20,
        &[0xf0, 5, b'a', b'b'],
        damaged,
    );
}

fn vectors() -> Value {
    let ticket = full_ticket();
    let good: Vec<Value> = good()
        .into_iter()
        .map(|(name, about, body)| {
            let encoded = body.encode().unwrap();
            let bytes = seal_encoded(ticket.bytes(), SEQUENCE, &encoded, &session()).unwrap();
            json!({
                "name": name,
                "about": about,
                "bytes": hex::encode(&bytes),
                "body_bytes": hex::encode(&encoded),
                "body": readable(&body),
            })
        })
        .collect();
    json!({
        "about": "Snapshots. `bytes` are hexadecimal, followed by `zeros_appended` zeros where given. A reader \
                  takes the envelope apart, decodes the ticket, checks its signature with the issuer's key, \
                  checks the envelope's signature, unpacks, decodes the body, and stops at the first refusal, \
                  which is `reason`. In `body`, log lines are rows and binary values are lists of bytes.",
        "keys": [key("issuer", 0x11, &issuer()), key("session", 0x22, &session())],
        "ticket": hex::encode(ticket.bytes()),
        "sequence": SEQUENCE,
        "good": good,
        "bad": bad(),
    })
}

#[test]
fn are_fresh() {
    check_fresh(FILE, &vectors());
}

#[test]
fn good_ones_have_every_field_expected() {
    let vectors = load(FILE);
    for vector in list(&vectors, "good") {
        let name = text(vector, "name");
        let bytes = bytes(vector);
        let envelope = Envelope::parse(&bytes).unwrap();
        assert_eq!(vectors["sequence"], envelope.sequence, "{name}");
        assert_eq!(
            hex::encode(envelope.ticket_bytes),
            text(&vectors, "ticket"),
            "{name}"
        );
        assert_eq!(
            envelope.session_key,
            session().verifying_key().to_bytes(),
            "{name}"
        );
        envelope.verify_signature().unwrap();
        let body = envelope.decompress().unwrap();
        assert_eq!(hex::encode(&body), text(vector, "body_bytes"), "{name}");
        let body = SnapshotBody::decode(&body).unwrap();
        assert_eq!(readable(&body), vector["body"], "{name}");
        assert_eq!(
            hex::encode(&body.encode().unwrap()),
            text(vector, "body_bytes"),
            "{name}"
        );
    }
}

#[test]
fn bad_ones_are_refused_for_their_reason() {
    let vectors = load(FILE);
    for vector in list(&vectors, "bad") {
        let bytes = bytes(vector);
        let refused = || -> Result<(), &'static str> {
            let reason = |error: SnapshotError| error.reason();
            let envelope = Envelope::parse(&bytes).map_err(reason)?;
            let ticket: Ticket = envelope.ticket().map_err(|error| error.reason())?;
            ticket
                .verify_signature(&issuer().verifying_key())
                .map_err(|error| error.reason())?;
            envelope.verify_signature().map_err(reason)?;
            envelope.body().map(drop).map_err(reason)
        };
        assert_eq!(
            refused(),
            Err(text(vector, "reason")),
            "{}",
            text(vector, "name")
        );
    }
}
