use std::collections::BTreeMap;

use faultscan_wire::Ticket;
use faultscan_wire::body::kind;
use faultscan_wire::{
    Claims, Envelope, Environment, FLAG_ENCRYPTED, Fingerprint, KeyId, SigningKey, SnapshotBody,
    TicketEvidence, TicketId, UrgentDatagram, UrgentKind, key_id, sign,
};

use super::*;

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
    let mut session = Session::open(ticket().bytes(), &[issuer(1).1], NOW_MS).unwrap();
    session.use_key(&[9; 32], 5, 4);
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
    let ticket = ticket();
    let bytes = ticket.bytes();
    let late_ms = NOW_MS + 1e9;
    let check = |bytes: &[u8], issuers: &[Issuer], now_ms: f64| {
        Session::open(bytes, issuers, now_ms)
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
        check(b"\x96\x01", std::slice::from_ref(&good), late_ms),
        Some("ticket_truncated")
    );
    assert_eq!(check(bytes, &[], late_ms), Some("unknown_issuer"));
    assert_eq!(
        check(bytes, std::slice::from_ref(&stranger), late_ms),
        Some("unknown_issuer")
    );
    assert_eq!(
        check(bytes, std::slice::from_ref(&impostor), late_ms),
        Some("bad_ticket_signature")
    );
    assert_eq!(
        check(bytes, &[unnamed(&stranger)], NOW_MS),
        Some("unknown_issuer")
    );
    assert_eq!(
        check(bytes, std::slice::from_ref(&good), late_ms),
        Some("ticket_expired")
    );
    assert_eq!(
        check(bytes, std::slice::from_ref(&good), 0.0),
        Some("ticket_not_yet_valid")
    );
    assert_eq!(
        check(bytes, std::slice::from_ref(&good), f64::NAN),
        Some("ticket_not_yet_valid")
    );
    assert_eq!(check(bytes, &[impostor, good.clone()], NOW_MS), None);
    assert_eq!(
        check(bytes, &[unnamed(&stranger), unnamed(&good)], NOW_MS),
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
    session.use_key(&[9; 32], u32::MAX, 4);
    assert_eq!(seal(&mut session, &[]).0.sequence, u32::MAX);
    assert_eq!(session.next_sequence(), None);
    session.pack(NOW_MS, "", &[], "", 0);
    assert_eq!(session.seal().err(), Some(SealError::SequenceExhausted));
}

#[test]
fn sealing_needs_a_key_and_a_packed_body() {
    let mut session = Session::open(ticket().bytes(), &[issuer(1).1], NOW_MS).unwrap();
    session.pack(NOW_MS, "", &[], "", 0);
    assert_eq!(session.seal().err(), Some(SealError::NotReady));
    session.use_key(&[9; 32], 0, 4);
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
fn memory_passes_the_threshold_once_each_time() {
    let mut session = open();
    session.bounds.memory_warning_bytes = 100.0;
    let passed = [50.0, 100.0, 120.0, 90.0, 130.0]
        .map(|used_bytes| session.memory(NOW_MS, used_bytes, f64::NAN));
    assert_eq!(passed, [false, true, false, false, true]);
    let (_, body) = seal(&mut session, &[]);
    assert_eq!(body.memory.unwrap().samples_bytes.len(), 5);
}

#[test]
fn events_are_bounded_scrubbed_and_go_into_one_snapshot_only() {
    let mut session = open();
    session.event(
        kind::EXCEPTION,
        NOW_MS,
        1.5,
        "Authorization: Bearer abcdefgh12345678",
    );
    for _ in 0..EVENTS_MAX + 2 {
        session.event(kind::VISIBILITY, NOW_MS, f64::NAN, &"x".repeat(1000));
    }
    let (_, body) = seal(&mut session, &[]);
    assert_eq!(body.items.len(), EVENTS_MAX);
    assert_eq!(body.items[0].value, Some(1.5));
    let text = |item: usize| body.items[item].text.clone().unwrap();
    assert!(!text(0).contains("abcdefgh12345678"), "{}", text(0));
    assert_eq!(text(1).len(), EVENT_TEXT_BYTES_MAX);
    assert_eq!(body.dropped.unwrap().items, Some(3));
    assert!(seal(&mut session, &[]).1.items.is_empty());
}

#[test]
fn an_urgent_datagram_is_what_the_server_reads() {
    let mut session = open();
    for tick in 0..40 {
        session.frames.frame(f64::from(tick) * 100.0);
    }
    session.probes.push(NOW_MS, 80.0);
    session.memory(NOW_MS, 90.0 * 1_048_576.0, f64::NAN);
    let line = format!("password=hunter2hunter2 {}", "内存".repeat(400));
    for sequence in 4..6 {
        let bytes = session.urgent(1, NOW_MS, 6_500.0, &line);
        let datagram = UrgentDatagram::parse(&bytes).unwrap();
        datagram.verify_signature().unwrap();
        let urgent = &datagram.urgent;
        assert_eq!(urgent.kind, UrgentKind::Anr);
        assert_eq!(urgent.sequence, sequence);
        assert_eq!(urgent.occurred_at_ms, NOW_MS as u64);
        assert_eq!(&urgent.ticket_id, &ticket().claims().ticket_id);
        assert!(!urgent.line.contains("hunter2"), "{}", urgent.line);
        let expected = [
            ("blocked_ms", 6_500.0),
            ("fps", 10.0),
            ("rtt_lost", 0.0),
            ("rtt_ms", 80.0),
            ("used_mb", 90.0),
        ];
        let told: Vec<_> = urgent
            .metrics
            .iter()
            .map(|(k, v)| (k.as_str(), *v))
            .collect();
        assert_eq!(told, expected);
    }
    assert_eq!(session.next_urgent(), 6);
    // The snapshot that follows is the same session's.
    let datagram = session.urgent(2, NOW_MS, f64::NAN, "");
    let (sealed, _) = seal(&mut session, &[]);
    let key = UrgentDatagram::parse(&datagram).unwrap().session_key;
    assert_eq!(Envelope::parse(&sealed.bytes).unwrap().session_key, key);
}

#[test]
fn without_a_key_there_is_no_datagram() {
    let mut session = Session::open(ticket().bytes(), &[issuer(1).1], NOW_MS).unwrap();
    assert!(session.urgent(1, NOW_MS, f64::NAN, "x").is_empty());
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
fn an_envelope_that_is_encrypted_on_its_way_is_signed_as_it_goes() {
    let mut session = open();
    let meta: Vec<u8> = [0, 2, 1_i32].iter().flat_map(|n| n.to_le_bytes()).collect();
    session.pack(NOW_MS, "x", &meta, "app", 0);
    let sealed = session.envelope(FLAG_ENCRYPTED).unwrap();
    // Used up already: another capture may come while this one is encrypted.
    assert_eq!(session.next_sequence(), Some(sealed.sequence + 1));
    let mut bytes = sealed.bytes.clone();
    session.sign(&mut bytes);
    let envelope = Envelope::parse(&bytes).unwrap();
    envelope.verify_signature().unwrap();
    assert!(envelope.is_encrypted());
    assert_eq!(envelope.body().unwrap_err().reason(), "snapshot_encrypted");
    assert_eq!(
        envelope.before_block(),
        &sealed.bytes[..envelope.before_block().len()]
    );
    let block = envelope.block.to_vec();
    let body = envelope.decrypted(&block).unwrap().body().unwrap();
    assert_eq!(body.logs.lines[0].message, "x");
    assert!(envelope.decrypted(&[]).is_err());
}
