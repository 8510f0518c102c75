use faultscan_wire::mp::Writer;
use faultscan_wire::sign::{SNAPSHOT_CONTEXT, URGENT_CONTEXT};
use faultscan_wire::{URGENT_HEADER_BYTES, Urgent, UrgentDatagram, UrgentError, UrgentKind, hex};
use serde_json::{Value, json};

use crate::common::{issuer, session, urgent};
use crate::craft::{
    IDENTITY, append_signature_of_identity, flipped, signed, with_malleable_signature,
};
use crate::ticket::key;
use crate::{bytes, check_fresh, list, load, text};

const FILE: &str = "urgent.json";

fn good() -> Vec<(&'static str, &'static str, Urgent)> {
    let bare = Urgent {
        metrics: Default::default(),
        line: String::new(),
        ..urgent()
    };
    let metrics = (0..16)
        .map(|index| (format!("{index:032}"), -0.5))
        .collect();
    vec![
        ("oom", "metrics and a line", urgent()),
        (
            "bare",
            "nothing but the kind",
            Urgent {
                kind: UrgentKind::Anr,
                ..bare.clone()
            },
        ),
        (
            "unknown_kind",
            "a kind of tomorrow",
            Urgent {
                kind: UrgentKind::Unknown(200),
                ..bare.clone()
            },
        ),
        (
            "crash_with_long_line",
            "the longest line",
            Urgent {
                kind: UrgentKind::Crash,
                line: "崩".repeat(200),
                ..bare.clone()
            },
        ),
        (
            "most_metrics",
            "sixteen metrics with the longest names",
            Urgent {
                kind: UrgentKind::MemoryWarning,
                sequence: u32::MAX,
                metrics,
                ..bare
            },
        ),
    ]
}

fn describe(urgent: &Urgent) -> Value {
    json!({
        "kind": urgent.kind.name(),
        "kind_code": urgent.kind.code(),
        "ticket_id": urgent.ticket_id,
        "sequence": urgent.sequence,
        "occurred_at_ms": urgent.occurred_at_ms,
        "metrics": urgent.metrics,
        "line": urgent.line,
    })
}

/// A datagram signed by the session around a header and content that no writer would make.
fn crafted(change: impl FnOnce(&mut Vec<u8>), content: &[u8]) -> Vec<u8> {
    let mut bytes = urgent().seal(&session()).unwrap();
    bytes.truncate(URGENT_HEADER_BYTES);
    change(&mut bytes);
    bytes.extend_from_slice(content);
    signed(bytes, URGENT_CONTEXT, &session())
}

fn content(write: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut writer = Writer::new();
    write(&mut writer);
    crafted(|_| (), &writer.into_bytes())
}

fn metrics(metrics: &[(&str, f64)]) -> Vec<u8> {
    content(|writer| {
        writer.map(1);
        writer.str("metrics");
        writer.map(metrics.len());
        for (name, value) in metrics {
            writer.str(name);
            writer.f64(*value);
        }
    })
}

fn bad() -> Vec<Value> {
    let good = urgent().seal(&session()).unwrap();
    let message = good[..good.len() - 64].to_vec();
    let mut weak = message.clone();
    weak[24..56].copy_from_slice(&IDENTITY);
    append_signature_of_identity(&mut weak);
    let mut longer = good.clone();
    longer.push(0);
    let mut oversized = good.clone();
    oversized.resize(1201, 0);
    let names: Vec<String> = (0..17).map(|index| format!("m{index}")).collect();
    let seventeen: Vec<(&str, f64)> = names.iter().map(|name| (name.as_str(), 1.0)).collect();
    let mut nested = vec![0x81, 0xa1, b'x'];
    nested.extend_from_slice(&[0x91; 500]);
    nested.push(0xc0);
    let signature = "bad_urgent_signature";
    let field = "urgent_bad_field";
    let cases: Vec<(&str, &str, Vec<u8>, &str)> = vec![
        ("empty", "no bytes", Vec::new(), "urgent_truncated"),
        (
            "truncated_in_header",
            "the first 67 bytes",
            good[..67].to_vec(),
            "urgent_truncated",
        ),
        (
            "truncated",
            "the last ten bytes are missing",
            good[..good.len() - 10].to_vec(),
            "urgent_truncated",
        ),
        (
            "trailing_bytes",
            "a byte after the signature",
            longer,
            "urgent_trailing_bytes",
        ),
        ("oversized", "1,201 bytes", oversized, "body_too_large"),
        (
            "bad_magic",
            "another kind of packet",
            crafted(|bytes| bytes[0] = b'X', &[0x80]),
            "bad_magic",
        ),
        (
            "unknown_version",
            "version 2",
            crafted(|bytes| bytes[4] = 2, &[0x80]),
            "unsupported_version",
        ),
        (
            "flag_unknown",
            "the lowest flag",
            crafted(|bytes| bytes[6] = 1, &[0x80]),
            "unsupported_flags",
        ),
        (
            "bit_flipped_signature",
            "one bit of R",
            flipped(good.clone(), good.len() - 64),
            signature,
        ),
        (
            "bit_flipped_kind",
            "another kind",
            flipped(good.clone(), 5),
            signature,
        ),
        (
            "forged_key",
            "signed by another key than the one it names",
            signed(message.clone(), URGENT_CONTEXT, &issuer()),
            signature,
        ),
        (
            "wrong_context",
            "signed as a snapshot",
            signed(message, SNAPSHOT_CONTEXT, &session()),
            signature,
        ),
        (
            "malleable_signature",
            "the group's order added to S",
            with_malleable_signature(good),
            signature,
        ),
        (
            "small_order_key",
            "the session key is the neutral element",
            weak,
            "bad_session_key",
        ),
        (
            "not_a_map",
            "an array",
            content(|writer| writer.array(0)),
            "urgent_malformed",
        ),
        (
            "lying_length",
            "claims four billion metrics",
            crafted(
                |_| (),
                &[
                    0x81, 0xa7, b'm', b'e', b't', b'r', b'i', b'c', b's', 0xdf, 0xff, 0xff, 0xff,
                    0xff,
                ],
            ),
            "urgent_truncated",
        ),
        (
            "nested_messagepack",
            "500 levels",
            crafted(|_| (), &nested),
            "urgent_nested_too_deep",
        ),
        (
            "duplicate_key",
            "a metric twice",
            metrics(&[("fps", 1.0), ("fps", 2.0)]),
            "urgent_duplicate_key",
        ),
        (
            "invalid_utf8",
            "the line",
            crafted(
                |_| (),
                &[0x81, 0xa4, b'l', b'i', b'n', b'e', 0xa2, 0xc3, 0x28],
            ),
            "urgent_invalid_utf8",
        ),
        (
            "not_a_number",
            "a metric that is NaN",
            metrics(&[("fps", f64::NAN)]),
            "urgent_number_not_finite",
        ),
        (
            "key_too_long",
            "an unknown field whose name has 65 bytes",
            content(|writer| {
                writer.map(1);
                writer.str(&"k".repeat(65));
                writer.nil();
            }),
            "urgent_limit_exceeded",
        ),
        (
            "metrics_of_seventeen",
            "more metrics than allowed",
            metrics(&seventeen),
            field,
        ),
        (
            "metric_name_empty",
            "a metric without a name",
            metrics(&[("", 1.0)]),
            field,
        ),
        (
            "metric_name_too_long",
            "33 bytes",
            metrics(&[(&"m".repeat(33), 1.0)]),
            field,
        ),
        (
            "line_too_long",
            "601 bytes",
            content(|writer| {
                writer.map(1);
                writer.str("line");
                writer.str(&"x".repeat(601));
            }),
            field,
        ),
        (
            "time_too_large",
            "beyond 53 bits",
            crafted(|bytes| bytes[60..68].fill(0xff), &[0x80]),
            field,
        ),
    ];
    cases
        .into_iter()
        .map(|(name, about, bytes, reason)| {
            json!({"name": name, "about": about, "bytes": hex::encode(&bytes), "reason": reason})
        })
        .collect()
}

fn vectors() -> Value {
    let good: Vec<Value> = good()
        .into_iter()
        .map(|(name, about, urgent)| {
            json!({
                "name": name,
                "about": about,
                "bytes": hex::encode(&urgent.seal(&session()).unwrap()),
                "urgent": describe(&urgent),
            })
        })
        .collect();
    json!({
        "about": "Urgent datagrams. `bytes` are hexadecimal. A reader takes the datagram apart, reads its \
                  content, checks its signature, and stops at the first refusal, which is `reason`.",
        "keys": [key("stranger", 0x11, &issuer()), key("session", 0x22, &session())],
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
    for vector in list(&load(FILE), "good") {
        let name = text(vector, "name");
        let bytes = bytes(vector);
        let datagram = UrgentDatagram::parse(&bytes).unwrap();
        datagram.verify_signature().unwrap();
        assert_eq!(describe(&datagram.urgent), vector["urgent"], "{name}");
        assert_eq!(
            datagram.session_key,
            session().verifying_key().to_bytes(),
            "{name}"
        );
        assert_eq!(datagram.urgent.seal(&session()).unwrap(), bytes, "{name}");
    }
}

#[test]
fn bad_ones_are_refused_for_their_reason() {
    for vector in list(&load(FILE), "bad") {
        let bytes = bytes(vector);
        let refused =
            || -> Result<(), UrgentError> { UrgentDatagram::parse(&bytes)?.verify_signature() };
        let name = text(vector, "name");
        assert_eq!(
            refused().expect_err(name).reason(),
            text(vector, "reason"),
            "{name}"
        );
    }
}
