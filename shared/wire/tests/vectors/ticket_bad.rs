//! Tickets that must be refused, each for one fault.

use faultscan_wire::limits::TICKET_BYTES_MAX;
use faultscan_wire::mp::Writer;
use faultscan_wire::sign::{SNAPSHOT_CONTEXT, TICKET_CONTEXT};
use faultscan_wire::{Claims, Ticket, hex};
use serde_json::{Value, json};

use crate::common::{ISSUED_AT_S, bare_claims, full_ticket, issuer, session};
use crate::craft::{
    flipped, signed, signed_with_small_order_nonce, ticket_start, with_malleable_signature,
};
use crate::ticket_bad_text;

pub(crate) struct Bad(Vec<Value>);

impl Bad {
    fn bytes(&mut self, name: &str, about: &str, bytes: &[u8], reason: &str) {
        self.at(name, about, bytes, ISSUED_AT_S, reason);
    }

    fn at(&mut self, name: &str, about: &str, bytes: &[u8], now_s: u64, reason: &str) {
        self.0.push(json!({
            "name": name,
            "about": about,
            "bytes": hex::encode(bytes),
            "now_s": now_s,
            "reason": reason,
        }));
    }

    pub(crate) fn text(&mut self, name: &str, about: &str, text: &str, reason: &str) {
        self.0.push(json!({
            "name": name,
            "about": about,
            "text": text,
            "now_s": ISSUED_AT_S,
            "reason": reason,
        }));
    }

    /// A message that no writer would make, properly signed.
    fn message(&mut self, name: &str, about: &str, message: Writer, reason: &str) {
        let bytes = signed(message.into_bytes(), TICKET_CONTEXT, &issuer());
        self.bytes(name, about, &bytes, reason);
    }

    /// Seven elements, the last of them as given.
    fn code(&mut self, name: &str, about: &str, write: impl FnOnce(&mut Writer), reason: &str) {
        let mut message = ticket_start(7, &bare_claims());
        write(&mut message);
        self.message(name, about, message, reason);
    }

    /// Eight elements, the last of them as given.
    fn context(&mut self, name: &str, about: &str, pairs: &[(&str, &str)], reason: &str) {
        let mut message = ticket_start(8, &bare_claims());
        message.nil();
        message.map(pairs.len());
        for (key, value) in pairs {
            message.str(key);
            message.str(value);
        }
        self.message(name, about, message, reason);
    }

    /// Nine elements, the last of them lines of evidence.
    fn evidence(&mut self, name: &str, about: &str, lines: &[&str], reason: &str) {
        let mut message = ticket_start(9, &bare_claims());
        message.nil();
        message.nil();
        message.array(lines.len());
        for line in lines {
            message.array(2);
            message.nil();
            message.str(line);
        }
        self.message(name, about, message, reason);
    }
}

pub(crate) fn vectors() -> Vec<Value> {
    let mut bad = Bad(Vec::new());
    signatures(&mut bad);
    times(&mut bad);
    layouts(&mut bad);
    encodings(&mut bad);
    claims(&mut bad);
    ticket_bad_text::texts(&mut bad);
    bad.0
}

fn signatures(bad: &mut Bad) {
    let good = full_ticket().bytes().to_vec();
    let message = good[..good.len() - 64].to_vec();
    let last = good.len() - 1;
    let reason = "bad_ticket_signature";
    bad.bytes(
        "bit_flipped_signature",
        "one bit of R",
        &flipped(good.clone(), last - 63),
        reason,
    );
    bad.bytes(
        "bit_flipped_scalar",
        "one bit of S",
        &flipped(good.clone(), last - 31),
        reason,
    );
    bad.bytes(
        "bit_flipped_fingerprint",
        "one bit of a claim",
        &flipped(good.clone(), 60),
        reason,
    );
    bad.bytes(
        "forged_key",
        "names the issuer, signed by a stranger",
        &signed(message.clone(), TICKET_CONTEXT, &session()),
        reason,
    );
    bad.bytes(
        "wrong_context",
        "signed by the issuer as a snapshot",
        &signed(message.clone(), SNAPSHOT_CONTEXT, &issuer()),
        reason,
    );
    bad.bytes(
        "no_context",
        "signed by the issuer without any context",
        &signed(message.clone(), b"", &issuer()),
        reason,
    );
    bad.bytes(
        "malleable_signature",
        "the group's order added to S",
        &with_malleable_signature(good),
        reason,
    );
    bad.bytes(
        "small_order_nonce",
        "R is the neutral element; lax verifiers accept it",
        &signed_with_small_order_nonce(message, TICKET_CONTEXT, &issuer()),
        reason,
    );
    let mut claims = bare_claims();
    claims.key_id = faultscan_wire::key_id(&session().verifying_key());
    let stranger = Ticket::issue(claims, &session()).unwrap();
    bad.bytes(
        "unknown_issuer",
        "properly signed by a stranger",
        stranger.bytes(),
        "unknown_issuer",
    );
}

fn times(bad: &mut Bad) {
    let good = full_ticket();
    let end = good.expires_at_s() + 300;
    bad.at(
        "expired",
        "the first second after the allowance",
        good.bytes(),
        end,
        "ticket_expired",
    );
    bad.at(
        "expired_long_ago",
        "a year later",
        good.bytes(),
        end + 31_536_000,
        "ticket_expired",
    );
    bad.at(
        "future_dated",
        "issued one second beyond the allowance",
        good.bytes(),
        ISSUED_AT_S - 301,
        "ticket_not_yet_valid",
    );
    bad.at(
        "clock_at_zero",
        "the clock was never set",
        good.bytes(),
        0,
        "ticket_not_yet_valid",
    );
}

fn layouts(bad: &mut Bad) {
    let good = full_ticket().bytes().to_vec();
    let claims = bare_claims();
    bad.bytes("empty", "no bytes", &[], "ticket_truncated");
    bad.bytes(
        "truncated",
        "the last ten bytes are missing",
        &good[..good.len() - 10],
        "ticket_truncated",
    );
    bad.bytes(
        "truncated_to_signature",
        "64 bytes only",
        &good[good.len() - 64..],
        "ticket_truncated",
    );
    let mut longer = good[..good.len() - 64].to_vec();
    longer.push(0xc0);
    bad.bytes(
        "trailing_bytes",
        "a nil between claims and signature, signed",
        &signed(longer, TICKET_CONTEXT, &issuer()),
        "ticket_trailing_bytes",
    );
    let mut after = good.clone();
    after.push(0);
    bad.bytes(
        "byte_appended",
        "a byte after the signature",
        &after,
        "ticket_trailing_bytes",
    );
    bad.bytes(
        "oversized",
        "1025 bytes",
        &vec![0x99; TICKET_BYTES_MAX + 1],
        "ticket_too_large",
    );
    let mut message = ticket_start(6, &claims).into_bytes();
    message[1] = 2;
    bad.bytes(
        "unknown_version",
        "version 2",
        &signed(message, TICKET_CONTEXT, &issuer()),
        "ticket_unsupported_version",
    );
    bad.message(
        "too_few_elements",
        "five",
        ticket_start(5, &claims),
        "ticket_malformed",
    );
    let mut message = ticket_start(10, &claims);
    for _ in 0..4 {
        message.nil();
    }
    bad.message("too_many_elements", "ten", message, "ticket_malformed");
    let lying = |head: &[u8]| [head, &[0; 160]].concat();
    bad.bytes(
        "lying_length_array",
        "claims four billion elements",
        &lying(&[0xdd, 0xff, 0xff, 0xff, 0xff]),
        "ticket_truncated",
    );
    bad.bytes(
        "lying_length_key_id",
        "claims a key id of four gigabytes",
        &lying(&[0x96, 1, 0xc6, 0xff, 0xff, 0xff, 0xff]),
        "ticket_truncated",
    );
    bad.bytes("not_an_array", "a map", &lying(&[0x81]), "ticket_malformed");
    bad.bytes(
        "nested_messagepack",
        "arrays in arrays",
        &[0x91; 200],
        "ticket_malformed",
    );
    bad.code(
        "nested_code",
        "the code is an array of arrays",
        |message| {
            for _ in 0..200 {
                message.array(1);
            }
            message.nil();
        },
        "ticket_malformed",
    );
}

fn encodings(bad: &mut Bad) {
    let claims = bare_claims();
    let reason = "ticket_non_canonical";
    bad.code("trailing_nil", "a nil code at the end", Writer::nil, reason);
    bad.context("empty_context", "an empty map at the end", &[], reason);
    bad.context(
        "unsorted_context",
        "keys out of order",
        &[("b", "1"), ("a", "2")],
        reason,
    );
    bad.context(
        "duplicate_key",
        "the same key twice",
        &[("a", "1"), ("a", "2")],
        reason,
    );
    let canonical = ticket_start(6, &claims).into_bytes();
    // The TTL, 600, is a 16-bit integer before the fingerprint's 34 bytes.
    let at = canonical.len() - 34 - 3;
    let mut wide = canonical[..at].to_vec();
    wide.extend_from_slice(&[0xce, 0, 0, 2, 88]);
    wide.extend_from_slice(&canonical[at + 3..]);
    bad.bytes(
        "wide_integer",
        "the TTL in 32 bits",
        &signed(wide, TICKET_CONTEXT, &issuer()),
        reason,
    );
    let mut long = ticket_start(7, &claims).into_bytes();
    long.extend_from_slice(&[0xd9, 1, b'E']);
    bad.bytes(
        "wide_string",
        "a short code with a length byte",
        &signed(long, TICKET_CONTEXT, &issuer()),
        reason,
    );
    let mut broken = ticket_start(7, &claims).into_bytes();
    broken.extend_from_slice(&[0xa2, 0xc3, 0x28]);
    bad.bytes(
        "invalid_utf8",
        "the code",
        &signed(broken, TICKET_CONTEXT, &issuer()),
        "ticket_invalid_utf8",
    );
}

fn claims(bad: &mut Bad) {
    let reason = "ticket_bad_field";
    let with = |change: fn(&mut Claims)| {
        let mut claims = bare_claims();
        change(&mut claims);
        ticket_start(6, &claims)
    };
    bad.message(
        "ttl_zero",
        "no life at all",
        with(|claims| claims.ttl_s = 0),
        reason,
    );
    bad.message(
        "ttl_too_long",
        "seven days and a second",
        with(|claims| claims.ttl_s = 604_801),
        reason,
    );
    bad.message(
        "issued_after_year_9999",
        "time of issue too large",
        with(|claims| claims.issued_at_s = 253_402_300_800),
        reason,
    );
    bad.message(
        "issued_at_maximum",
        "the largest integer",
        with(|claims| claims.issued_at_s = u64::MAX),
        reason,
    );
    bad.code(
        "code_empty",
        "an empty code",
        |message| message.str(""),
        reason,
    );
    bad.code(
        "code_too_long",
        "65 bytes",
        |message| message.str(&"x".repeat(65)),
        reason,
    );
    bad.code(
        "code_with_markup",
        "characters outside the allowed set",
        |message| message.str("<b>ERR"),
        reason,
    );
    bad.code(
        "code_of_wrong_type",
        "an integer",
        |message| message.uint(7),
        "ticket_malformed",
    );
    let nine: Vec<String> = (0..9).map(|index| format!("k{index}")).collect();
    let nine: Vec<(&str, &str)> = nine.iter().map(|key| (key.as_str(), "v")).collect();
    bad.context("context_of_nine", "more pairs than allowed", &nine, reason);
    bad.context(
        "context_key_with_space",
        "a key outside the allowed set",
        &[("a b", "v")],
        reason,
    );
    bad.context(
        "context_value_too_long",
        "65 bytes",
        &[("a", &"v".repeat(65))],
        reason,
    );
    bad.evidence(
        "evidence_of_nine",
        "more lines than allowed",
        &["x"; 9],
        reason,
    );
    bad.evidence(
        "evidence_empty_line",
        "a line without characters",
        &[""],
        reason,
    );
    bad.evidence(
        "evidence_too_long",
        "257 bytes",
        &[&"x".repeat(257)],
        reason,
    );
    bad.evidence(
        "control_character",
        "an escape sequence for terminals",
        &["\u{1b}[2J"],
        reason,
    );
    bad.evidence(
        "line_break",
        "one line pretends to be two",
        &["ok\nERR"],
        reason,
    );
    bad.evidence(
        "turned_text",
        "a right-to-left override",
        &["\u{202e}gnp.exe"],
        reason,
    );
}
