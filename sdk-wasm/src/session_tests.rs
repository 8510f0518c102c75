use std::collections::BTreeMap;

use faultscan_wire::body::kind;
use faultscan_wire::{
    Claims, Envelope, Environment, Fingerprint, KeyId, SigningKey, SnapshotBody, TicketEvidence,
    TicketId, key_id, sign,
};

use super::*;
use crate::view;

const ISSUED_AT_S: u64 = 1_790_000_000;
const NOW_MS: f64 = 1_790_000_100_000.0;

fn issuer(fill: u8) -> (SigningKey, Issuer) {
    let secret = sign::signing_key(&[fill; 32]);
    let public = secret.verifying_key();
    let issuer = Issuer {
        id: key_id(&public).0,
        key: LightVerifyingKey::from_bytes(public.as_bytes()).unwrap(),
    };
    (secret, issuer)
}

fn ticket() -> Ticket {
    let (secret, issuer) = issuer(1);
    let claims = Claims {
        key_id: KeyId(issuer.id),
        ticket_id: TicketId([7; 16]),
        issued_at_s: ISSUED_AT_S,
        ttl_s: 600,
        fingerprint: Fingerprint::of(&Environment::default()),
        code: Some("ERR-DB-001".into()),
        context: BTreeMap::from([("region".into(), "cn \"north\"".into())]),
        evidence: vec![TicketEvidence {
            code: None,
            line: "refused".into(),
        }],
    };
    Ticket::issue(claims, &secret).unwrap()
}

fn open() -> Session {
    let mut session = Session::open(&ticket().to_base64url(), &[issuer(1).1], NOW_MS).unwrap();
    session.use_key(&[9; 32], 5);
    session
}

fn seal(session: &mut Session, lines: &[&str]) -> (Sealed, SnapshotBody) {
    let numbers: Vec<i32> = lines
        .iter()
        .flat_map(|line| [-5, 4 | 1 << 8, line.encode_utf16().count() as i32])
        .collect();
    let meta: Vec<u8> = numbers
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect();
    session.pack(NOW_MS, &lines.join("\n"), &meta, "app\nconsole", 2);
    let sealed = session.seal().unwrap();
    let envelope = Envelope::parse(&sealed.bytes).unwrap();
    envelope.verify_signature().unwrap();
    assert_eq!(envelope.sequence, sealed.sequence);
    assert_eq!(envelope.ticket_bytes, ticket().bytes());
    assert_eq!(
        envelope.uncompressed_len as usize,
        sealed.uncompressed_bytes
    );
    let body = envelope.body().unwrap();
    (sealed, body)
}

#[test]
fn checks_come_in_order_form_signature_time() {
    let text = ticket().to_base64url();
    let late_ms = NOW_MS + 1e9;
    let check = |text: &str, issuers: &[Issuer], now_ms: f64| {
        Session::open(text, issuers, now_ms)
            .err()
            .map(|error| error.reason())
    };
    let (good, stranger) = (issuer(1).1, issuer(2).1);
    let impostor = Issuer {
        id: good.id,
        key: stranger.key,
    };
    let unnamed = |issuer: &Issuer| Issuer {
        id: UNNAMED,
        key: issuer.key,
    };
    assert_eq!(
        check("FS1.%", std::slice::from_ref(&good), late_ms),
        Some("ticket_bad_text_encoding")
    );
    assert_eq!(check(&text, &[], late_ms), Some("unknown_issuer"));
    assert_eq!(
        check(&text, std::slice::from_ref(&stranger), late_ms),
        Some("unknown_issuer")
    );
    assert_eq!(
        check(&text, std::slice::from_ref(&impostor), late_ms),
        Some("bad_ticket_signature")
    );
    assert_eq!(
        check(&text, &[unnamed(&stranger)], NOW_MS),
        Some("unknown_issuer")
    );
    assert_eq!(
        check(&text, std::slice::from_ref(&good), late_ms),
        Some("ticket_expired")
    );
    assert_eq!(
        check(&text, std::slice::from_ref(&good), 0.0),
        Some("ticket_not_yet_valid")
    );
    assert_eq!(
        check(&text, std::slice::from_ref(&good), f64::NAN),
        Some("ticket_not_yet_valid")
    );
    assert_eq!(check(&text, &[impostor, good.clone()], NOW_MS), None);
    assert_eq!(
        check(&text, &[unnamed(&stranger), unnamed(&good)], NOW_MS),
        None
    );
}

#[test]
fn a_sealed_snapshot_is_what_the_server_reads() {
    let mut session = open();
    let (sealed, body) = seal(
        &mut session,
        &["plain", "Authorization: Bearer abcdefgh12345678", "日本 😀"],
    );
    assert_eq!((sealed.sequence, sealed.lines), (5, 3));
    assert_eq!(body.captured_at_ms, NOW_MS as u64);
    let messages: Vec<&str> = body
        .logs
        .lines
        .iter()
        .map(|line| line.message.as_str())
        .collect();
    assert_eq!((messages[0], messages[2]), ("plain", "日本 😀"));
    assert!(!messages[1].contains("abcdefgh12345678"), "{}", messages[1]);
    assert!(
        body.logs
            .lines
            .iter()
            .all(|line| line.source == "console" && line.at_ms == -5)
    );
    assert_eq!(body.dropped.unwrap().log_lines, Some(2));
}

#[test]
fn a_private_key_over_several_lines_is_taken_out() {
    let mut session = open();
    let key = [
        "-----BEGIN PRIVATE KEY-----",
        "MC4CAQAwBQYDK2VwBCIEIJx5",
        "-----END PRIVATE KEY-----",
        "after",
    ];
    let (_, body) = seal(&mut session, &key);
    let text: Vec<&str> = body
        .logs
        .lines
        .iter()
        .map(|line| line.message.as_str())
        .collect();
    assert!(!text.concat().contains("MC4CAQ"), "{text:?}");
    assert_eq!(text[3], "after");
}

#[test]
fn sequence_numbers_rise_can_be_left_out_and_end() {
    let mut session = open();
    assert_eq!(seal(&mut session, &[]).0.sequence, 5);
    session.skip_sequences(10);
    assert_eq!(seal(&mut session, &[]).0.sequence, 16);
    session.use_key(&[9; 32], u32::MAX);
    assert_eq!(seal(&mut session, &[]).0.sequence, u32::MAX);
    assert_eq!(session.next_sequence(), None);
    session.pack(NOW_MS, "", &[], "", 0);
    assert_eq!(session.seal().err(), Some(SealError::SequenceExhausted));
}

#[test]
fn sealing_needs_a_key_and_a_packed_body() {
    let mut session = Session::open(&ticket().to_base64url(), &[issuer(1).1], NOW_MS).unwrap();
    session.pack(NOW_MS, "", &[], "", 0);
    assert_eq!(session.seal().err(), Some(SealError::NotReady));
    session.use_key(&[9; 32], 0);
    assert_eq!(session.seal().err(), Some(SealError::NotReady));
}

#[test]
fn more_than_an_envelope_holds_is_refused_and_keeps_its_number() {
    let mut session = open();
    session.bounds.lines = LineBounds {
        lines_max: 2000,
        window_ms: 1000,
        bytes_max: 1 << 20,
        line_bytes_max: 1 << 14,
    };
    // Noise that neither template nor LZ4 makes smaller.
    let mut state = 1_u32;
    let lines: Vec<String> = (0..200)
        .map(|_| {
            let mut letter = || {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                char::from_u32(0x4e00 + (state >> 19)).unwrap()
            };
            (0..1500).map(|_| letter()).collect()
        })
        .collect();
    let numbers: Vec<u8> = lines
        .iter()
        .flat_map(|_| [0, 2, 1500_i32])
        .flat_map(i32::to_le_bytes)
        .collect();
    session.pack(NOW_MS, &lines.join("\n"), &numbers, "app", 0);
    assert_eq!(session.seal().err(), Some(SealError::TooLarge));
    assert_eq!(session.next_sequence(), Some(5));
}

#[test]
fn memory_over_the_threshold_is_one_event() {
    let mut session = open();
    session.bounds.memory_warning_bytes = 100.0;
    for used_bytes in [50.0, 100.0, 120.0, 90.0, 130.0] {
        session.memory(NOW_MS, used_bytes, f64::NAN);
    }
    let (_, body) = seal(&mut session, &[]);
    let values: Vec<_> = body
        .items
        .iter()
        .map(|item| (item.kind.as_str(), item.value))
        .collect();
    assert_eq!(
        values,
        [
            (kind::MEMORY_WARNING, Some(100.0)),
            (kind::MEMORY_WARNING, Some(130.0))
        ]
    );
    assert_eq!(body.memory.unwrap().samples_bytes.len(), 5);
}

#[test]
fn events_are_bounded_and_named_as_the_format_names_them() {
    assert_eq!(
        [MEMORY_WARNING, VISIBILITY, NETWORK_CHANGE],
        [kind::MEMORY_WARNING, kind::VISIBILITY, kind::NETWORK_CHANGE]
    );
    let mut session = open();
    for _ in 0..EVENTS_MAX + 3 {
        session.event(VISIBILITY, NOW_MS, f64::NAN, &"x".repeat(1000));
    }
    let (_, body) = seal(&mut session, &[]);
    assert_eq!(body.items.len(), EVENTS_MAX);
    assert_eq!(
        body.items[0].text.as_ref().unwrap().len(),
        EVENT_TEXT_BYTES_MAX
    );
    assert_eq!(body.dropped.unwrap().items, Some(3));
}

#[test]
fn a_source_that_is_not_named_counts_as_the_last() {
    let mut session = open();
    let meta: Vec<u8> = [0, 2 | 9 << 8, 1_i32]
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect();
    session.pack(NOW_MS, "x", &meta, "app\nlast", 0);
    let sealed = session.seal().unwrap();
    let body = Envelope::parse(&sealed.bytes).unwrap().body().unwrap();
    assert_eq!(body.logs.lines[0].source, "last");
}

#[test]
fn the_view_of_a_ticket_is_json() {
    let ticket = ticket();
    let claims = ticket.claims();
    assert_eq!(
        view::ticket(&ticket),
        format!(
            r#"{{"code":"ERR-DB-001","text":"{}","ticketId":"{}","keyId":"{}","fingerprint":"{}","ttl":1790000600,"issuedAt":1790000000,"context":{{"region":"cn \"north\""}},"evidence":[{{"line":"refused"}}]}}"#,
            ticket.to_base64url(),
            claims.ticket_id,
            claims.key_id,
            claims.fingerprint,
        )
    );
    assert_eq!(
        view::refusal(&TicketError::Expired { ago_s: 7 }),
        r#"{"reason":"ticket_expired","agoS":7}"#
    );
    assert_eq!(
        view::refusal(&TicketError::BadField { field: "code" }),
        r#"{"reason":"ticket_bad_field","field":"code"}"#
    );
}
