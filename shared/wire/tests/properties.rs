//! Properties that hold for whatever a writer may be given and whatever a reader may be sent.
#![allow(clippy::expect_used)]

mod common;

use std::collections::BTreeMap;

use common::{bare_claims, full_ticket, issuer, session};
use faultscan_wire::body::{Dropped, Fps, Item, Memory, Rtt, Sdk};
use faultscan_wire::{
    Claims, Envelope, Fingerprint, Level, LogLine, SnapshotBody, Ticket, TicketEvidence, TicketId,
    Urgent, UrgentDatagram, UrgentKind, Value, mp, seal,
};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;

/// Text that a ticket may show: no control characters, nothing that turns its direction.
fn shown(chars_max: usize) -> impl Strategy<Value = String> {
    let pattern = format!("[ -~\\t\\u{{a1}}-\\u{{2ff}}\\u{{4e00}}-\\u{{9fff}}]{{0,{chars_max}}}");
    proptest::string::string_regex(&pattern).expect("a valid pattern")
}

fn code() -> impl Strategy<Value = Option<String>> {
    option::of("[A-Za-z0-9_.:/-]{1,64}")
}

prop_compose! {
    fn claims()(
        id: [u8; 16],
        fingerprint: [u8; 32],
        issued_at_s in 0..=253_402_300_799_u64,
        ttl_s in 1..=604_800_u32,
        code in code(),
        context in btree_map("[a-z0-9_.-]{1,32}", shown(20), 0..4),
        evidence in vec((code(), shown(60)), 0..3),
    ) -> Claims {
        Claims {
            ticket_id: TicketId(id),
            fingerprint: Fingerprint(fingerprint),
            issued_at_s,
            ttl_s,
            code,
            context,
            evidence: evidence
                .into_iter()
                .filter(|(_, line)| !line.is_empty())
                .map(|(code, line)| TicketEvidence { code, line })
                .collect(),
            ..bare_claims()
        }
    }
}

/// Any value that a later version might put into a field.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Nil),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f32>()
            .prop_filter("finite", |x| x.is_finite())
            .prop_map(Value::F32),
        any::<f64>()
            .prop_filter("finite", |x| x.is_finite())
            .prop_map(Value::F64),
        ".{0,40}".prop_map(|text| Value::from(text.as_str())),
        vec(any::<u8>(), 0..40).prop_map(Value::Binary),
        (any::<i8>(), vec(any::<u8>(), 0..20)).prop_map(|(kind, bytes)| Value::Ext(kind, bytes)),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::Array),
            btree_map("[a-z]{0,6}", inner, 0..5).prop_map(|map| {
                Value::Map(
                    map.into_iter()
                        .map(|(key, value)| (Value::from(key), value))
                        .collect(),
                )
            }),
        ]
    })
}

/// Fields of tomorrow; their names have a digit, which no known name has.
fn extra() -> impl Strategy<Value = Vec<(String, Value)>> {
    btree_map("[a-z]{1,8}9", value(), 0..3).prop_map(|map| map.into_iter().collect())
}

prop_compose! {
    fn log_line()(
        at_ms: i32, level: u8, source in "[a-z]{0,3}", message in ".{0,60}(\n.{0,20})?",
    ) -> LogLine {
        LogLine { at_ms, level: Level::from_code(level), source, message }
    }
}

prop_compose! {
    fn item()(
        kind in "[a-z_]{1,20}",
        at_ms: i32,
        value in option::of(-1e300..1e300),
        text in option::of(".{0,40}"),
        extra in extra(),
    ) -> Item {
        Item { kind, at_ms, value, text, extra }
    }
}

prop_compose! {
    fn body()(
        captured_at_ms in 1..1_u64 << 53,
        clock_skew_ms in option::of(-(1_i64 << 53) + 1..1 << 53),
        logs in vec(log_line(), 0..20),
        items in vec(item(), 0..4),
        samples in vec(0_f32..240.0, 0..10),
        rtt in vec((any::<i32>(), option::of(0_f32..60_000.0)), 0..10),
        memory in vec((any::<i32>(), 0..1_u64 << 53), 0..6),
        host in option::of("[a-z]{0,10}"),
        dropped in option::of(0..1_u64 << 53),
        extra in extra(),
        inner in extra(),
    ) -> SnapshotBody {
        let (at_ms, rtt_ms) = rtt.into_iter().unzip();
        let (memory_at_ms, samples_bytes) = memory.into_iter().unzip();
        SnapshotBody {
            captured_at_ms,
            clock_skew_ms,
            sdk: Some(Sdk { host, extra: inner, ..Sdk::default() }),
            fps: Some(Fps { samples, ..Fps::default() }),
            rtt: Some(Rtt { at_ms, rtt_ms, ..Rtt::default() }),
            memory: Some(Memory { at_ms: memory_at_ms, samples_bytes, ..Memory::default() }),
            logs: logs.into(),
            items,
            dropped: dropped.map(|log_lines| Dropped {
                log_lines: Some(log_lines),
                ..Dropped::default()
            }),
            extra,
            ..SnapshotBody::default()
        }
    }
}

prop_compose! {
    fn urgent()(
        kind: u8,
        id: [u8; 16],
        sequence: u32,
        occurred_at_ms in 0..1_u64 << 53,
        metrics in btree_map("[a-z_]{1,32}", -1e300..1e300, 0..8),
        line in ".{0,120}",
    ) -> Urgent {
        let metrics: BTreeMap<String, f64> = metrics;
        let kind = UrgentKind::from_code(kind);
        Urgent { kind, ticket_id: TicketId(id), sequence, occurred_at_ms, metrics, line }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_ticket_survives_every_form(claims in claims()) {
        let ticket = Ticket::issue(claims.clone(), &issuer());
        let Ok(ticket) = ticket else {
            // Three long texts may exceed the size; nothing else may go wrong.
            prop_assert_eq!(ticket.map(drop).map_err(|error| error.reason()), Err("ticket_too_large"));
            return Ok(());
        };
        prop_assert_eq!(ticket.claims(), &claims);
        for text in [ticket.to_base64url(), ticket.to_decimal_url("https://h")] {
            let read = Ticket::parse(&text).unwrap();
            prop_assert_eq!(&read, &ticket);
            prop_assert_eq!(read.verify_signature(&issuer().verifying_key()), Ok(()));
        }
    }

    #[test]
    fn any_body_survives_and_agrees_with_rmp_serde(body in body()) {
        let bytes = body.encode().unwrap();
        prop_assert_eq!(&SnapshotBody::decode(&bytes).unwrap(), &body);
        prop_assert_eq!(rmp_serde::to_vec_named(&body).unwrap(), bytes);
    }

    #[test]
    fn any_snapshot_survives_and_any_flipped_bit_is_refused(
        body in body(), sequence: u32, place: prop::sample::Index, bit in 0..8,
    ) {
        let sealed = seal(full_ticket().bytes(), sequence, &body, &session()).unwrap();
        let envelope = Envelope::parse(&sealed).unwrap();
        prop_assert_eq!(envelope.verify_signature(), Ok(()));
        prop_assert_eq!(envelope.sequence, sequence);
        prop_assert_eq!(envelope.body().unwrap(), body);
        let mut bent = sealed.clone();
        bent[place.index(sealed.len())] ^= 1_u8 << bit;
        let refused = Envelope::parse(&bent).and_then(|envelope| envelope.verify_signature());
        prop_assert!(refused.is_err());
    }

    #[test]
    fn any_urgent_datagram_survives(urgent in urgent()) {
        let sealed = urgent.seal(&session()).unwrap();
        let datagram = UrgentDatagram::parse(&sealed).unwrap();
        prop_assert_eq!(datagram.verify_signature(), Ok(()));
        prop_assert_eq!(datagram.urgent, urgent);
    }

    #[test]
    fn any_line_makes_evidence_that_a_ticket_takes(line in "\\PC{0,300}|.{0,300}|(\u{1b}\\[[0-9;]{0,4}[a-z]|x|\n){0,99}") {
        if let Some(evidence) = TicketEvidence::from_line(None, &line) {
            let claims = Claims { evidence: vec![evidence], ..bare_claims() };
            prop_assert!(Ticket::issue(claims, &issuer()).is_ok());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in vec(any::<u8>(), 0..600), text in ".{0,80}") {
        let _ = Ticket::decode(&bytes);
        let _ = Ticket::parse(&text);
        let _ = SnapshotBody::decode(&bytes);
        let _ = Envelope::parse(&bytes).map(|envelope| envelope.body());
        let _ = UrgentDatagram::parse(&bytes);
    }

    #[test]
    fn the_check_accepts_what_was_written(value in value()) {
        let mut writer = mp::Writer::new();
        writer.value(&value, 16).unwrap();
        let bytes = writer.into_bytes();
        prop_assert_eq!(mp::check(&bytes, &faultscan_wire::body::BODY_BOUNDS), Ok(()));
        prop_assert_eq!(rmpv::decode::read_value(&mut bytes.as_slice()).unwrap(), value);
    }
}
