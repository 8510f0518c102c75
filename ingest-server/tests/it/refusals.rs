//! Bad input: each fault has its reason, is counted once, and leaves nothing behind.

use std::io::Write;

use faultscan_ingest_server::ids;
use faultscan_ingest_server::keys;
use faultscan_ingest_server::observe::Item;
use faultscan_wire::limits::{ENVELOPE_BYTES_MAX, NESTING_MAX};
use faultscan_wire::sign::signing_key;
use faultscan_wire::{SnapshotBody, Value, seal_block, seal_encoded};

use crate::support::{NOW_S, Phone, Server, body, connect, read_response};

/// Uploads, and expects one refusal by name.
#[track_caller]
fn check(server: &Server, bytes: &[u8], status: u16, reason: &'static str) {
    let (counted, stored) = (server.rejected(Item::Snapshot, reason), server.stored());
    let answer = server.upload(bytes);
    assert_eq!((answer.status, answer.reason().as_str()), (status, reason));
    assert_eq!(
        server.rejected(Item::Snapshot, reason),
        counted + 1,
        "counted once"
    );
    assert_eq!(server.stored(), stored, "nothing stored");
}

#[test]
fn tickets_that_are_not_valid_now() {
    let server = Server::start();
    let issuer = server.core.keys.signer().unwrap();
    let at = |issued_at_s: u64| Phone::with(&issuer, |claims| claims.issued_at_s = issued_at_s);
    // Clocks may differ by 300 s.
    check(
        &server,
        &at(NOW_S + 301).snapshot(0, &[]),
        403,
        "ticket_not_yet_valid",
    );
    assert_eq!(server.upload(&at(NOW_S + 300).snapshot(0, &[])).status, 200);
    check(
        &server,
        &at(NOW_S - 900).snapshot(0, &[]),
        410,
        "ticket_expired",
    );
    assert_eq!(server.upload(&at(NOW_S - 899).snapshot(0, &[])).status, 200);
}

#[test]
fn a_bound_session_may_upload_for_a_while_after_the_end() {
    let server = Server::start();
    let (bound, late) = (server.phone(), server.phone());
    assert_eq!(server.upload(&bound.snapshot(0, &["one"])).status, 200);
    server.clock.advance_s(600 + 300 + 10);
    check(&server, &late.snapshot(0, &[]), 410, "ticket_expired");
    assert_eq!(server.upload(&bound.snapshot(1, &["two"])).status, 200);
    server.clock.advance_s(3_600);
    check(
        &server,
        &bound.snapshot(2, &["three"]),
        410,
        "ticket_expired",
    );
}

#[test]
fn issuers_that_do_not_count() {
    let server = Server::start();
    let stranger = signing_key(&[7; 32]);
    check(
        &server,
        &Phone::with(&stranger, |_| {}).snapshot(0, &[]),
        401,
        "unknown_issuer",
    );

    let phone = server.phone();
    let id = phone.ticket.claims().key_id;
    server
        .block_on(keys::rotate(&*server.core.store, &*server.clock))
        .unwrap();
    server.core.keys.reload().unwrap();
    assert_eq!(
        server.upload(&phone.snapshot(0, &[])).status,
        200,
        "a retiring key still verifies"
    );
    server
        .block_on(keys::revoke(&*server.core.store, id))
        .unwrap();
    server.core.keys.reload().unwrap();
    check(&server, &phone.snapshot(1, &[]), 403, "issuer_revoked");
}

#[test]
fn a_forged_ticket() {
    let server = Server::start();
    let phone = server.phone();
    let mut ticket = phone.ticket.bytes().to_vec();
    // The last byte of the fingerprint: still canonical, no longer what was signed.
    let claims_end = ticket.len() - 64;
    ticket[claims_end - 1] ^= 1;
    let encoded = body(&[]).encode().unwrap();
    let forged = seal_encoded(&ticket, 0, &encoded, &phone.session).unwrap();
    check(&server, &forged, 401, "bad_ticket_signature");
}

#[test]
fn every_flipped_bit_and_every_cut_is_refused() {
    let server = Server::start();
    let good = server.phone().snapshot(0, &["a line"]);
    let refused = |bytes: &[u8]| {
        let answer = server.upload(bytes);
        assert!((400..500).contains(&answer.status), "{answer:?}");
        answer.reason()
    };
    for at in (0..good.len()).step_by(7) {
        let mut bad = good.clone();
        bad[at] ^= 1 << (at % 8);
        refused(&bad);
    }
    for length in (0..good.len()).step_by(13) {
        refused(&good[..length]);
    }
    assert_eq!(server.stored(), 0);
    assert_eq!(server.upload(&good).status, 200, "the whole one is good");
}

#[test]
fn bytes_that_are_no_snapshot_of_this_version() {
    let server = Server::start();
    let good = server.phone().snapshot(0, &[]);
    let with = |at: usize, value: u8| {
        let mut bytes = good.clone();
        bytes[at] = value;
        bytes
    };
    check(&server, b"", 400, "snapshot_truncated");
    check(&server, &[0; 100], 400, "bad_magic");
    check(&server, &with(4, 2), 400, "unsupported_version");
    check(&server, &with(5, 2), 400, "unsupported_flags");
    check(&server, &with(7, 0xff), 400, "bad_ticket_length");
}

#[test]
fn a_ticket_in_the_hands_of_a_second_session() {
    let server = Server::start();
    let first = server.phone();
    assert_eq!(server.upload(&first.snapshot(0, &["mine"])).status, 200);
    let thief = Phone {
        session: signing_key(&ids::random().unwrap()),
        ticket: first.ticket,
    };
    check(
        &server,
        &thief.snapshot(1, &["stolen"]),
        403,
        "ticket_bound_to_other_session",
    );
}

#[test]
fn a_signature_by_another_key_than_the_envelope_names() {
    let server = Server::start();
    let phone = server.phone();
    let mut bytes = phone.snapshot(0, &["x"]);
    let last = bytes.len() - 1;
    bytes[last - 40] ^= 1;
    check(&server, &bytes, 401, "bad_snapshot_signature");
}

#[test]
fn other_bytes_under_a_sequence_that_is_taken() {
    let server = Server::start();
    let phone = server.phone();
    assert_eq!(server.upload(&phone.snapshot(5, &["one"])).status, 200);
    check(
        &server,
        &phone.snapshot(5, &["two"]),
        409,
        "sequence_conflict",
    );
}

#[test]
fn more_snapshots_than_a_ticket_is_good_for() {
    let server = Server::start_with(|config| config.limits.snapshots_per_ticket_max = 2);
    let phone = server.phone();
    for sequence in 0..2 {
        assert_eq!(server.upload(&phone.snapshot(sequence, &[])).status, 200);
    }
    check(&server, &phone.snapshot(2, &[]), 403, "ticket_spent");
}

#[test]
fn lengths_that_lie() {
    let server = Server::start();
    let seal = |declared: u32, block: &[u8]| {
        let phone = server.phone();
        seal_block(phone.ticket.bytes(), 0, declared, block, &phone.session).unwrap()
    };
    let bytes = vec![0x80; 4_000];
    let block = lz4_flex::block::compress(&bytes);
    check(&server, &seal(u32::MAX, &block), 422, "decompression_bomb");
    check(
        &server,
        &seal(2 * 1024 * 1024 + 1, &vec![0; 20_000]),
        422,
        "decompression_bomb",
    );
    check(&server, &seal(3_999, &block), 422, "length_mismatch");
    check(&server, &seal(4_001, &block), 422, "length_mismatch");
    check(&server, &seal(4_000, &[0xff; 400]), 422, "bad_compression");
}

#[test]
fn a_bomb_that_would_unpack_to_more_than_it_declares() {
    let server = Server::start();
    let phone = server.phone();
    // 2 GiB of zeros would come of this block; it declares 1 MiB.
    let mut block = vec![0x1f, 0x00, 0x01, 0x00];
    block.extend(std::iter::repeat_n(0xff, 500_000));
    let bomb = seal_block(phone.ticket.bytes(), 0, 1_048_576, &block, &phone.session).unwrap();
    let answer = server.upload(&bomb);
    assert_eq!(answer.status, 422);
    assert_eq!(server.stored(), 0);
}

#[test]
fn bodies_that_are_no_body() {
    let server = Server::start();
    let seal = |bytes: &[u8]| {
        let phone = server.phone();
        seal_encoded(phone.ticket.bytes(), 0, bytes, &phone.session).unwrap()
    };
    let good = body(&["tail"]).encode().unwrap();
    check(
        &server,
        &seal(&good[..good.len() - 1]),
        422,
        "body_truncated",
    );
    check(
        &server,
        &seal(&[&good[..], b"\0"].concat()),
        422,
        "body_trailing_bytes",
    );
    check(&server, &seal(b"\x80"), 422, "body_missing_capture_time");
    let nested = [&[0x81, 0xa1, b'x'][..], &[0x91; NESTING_MAX + 1], &[0xc0]].concat();
    check(&server, &seal(&nested), 422, "body_nested_too_deep");
    check(
        &server,
        &seal(&[0x81, 0xa1, b'x', 0xa2, 0xc3, 0x28]),
        422,
        "body_invalid_utf8",
    );
    check(
        &server,
        &seal(&[0x82, 0xa1, b'x', 0, 0xa1, b'x', 0]),
        422,
        "body_duplicate_key",
    );
    check(
        &server,
        &seal(&[0x81, 0xa1, b'x', 0xdd, 0xff, 0xff, 0xff, 0xff]),
        422,
        "body_truncated",
    );
}

#[test]
fn what_a_later_version_adds_is_kept() {
    let server = Server::start();
    let login = server.log_in();
    let mut later = body(&["x"]);
    later
        .extra
        .push(("from_the_future".to_owned(), Value::from(42)));
    later.items.push(faultscan_wire::body::Item {
        kind: "hologram".to_owned(),
        extra: vec![("depth".to_owned(), Value::from(3))],
        ..Default::default()
    });
    let answer = server.upload(&server.phone().seal(0, &later));
    assert_eq!(answer.status, 200, "{answer:?}");
    let path = format!(
        "/v1/reports/{}",
        answer.json()["report_id"].as_str().unwrap()
    );
    let report = server.get(&path, &login.reading()).json();
    assert_eq!(report["items"][0]["kind"], "hologram");
    assert_eq!(report["items"][0]["depth"], 3);
}

#[test]
fn bodies_that_are_too_large_are_refused_without_being_kept() {
    let server = Server::start();
    check(
        &server,
        &vec![0; ENVELOPE_BYTES_MAX + 1],
        413,
        "body_too_large",
    );
    check(&server, &vec![0; 10 * 1024 * 1024], 413, "body_too_large");
    assert_eq!(server.core.observe.inflight_bytes.get(), 0);
}

#[test]
fn a_body_without_a_length_is_bounded_all_the_same() {
    let server = Server::start();
    let mut stream = connect(server.address);
    let head = "POST /v1/snapshots HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\
                content-type: application/octet-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let chunk = [b"10000\r\n".as_slice(), &[0; 0x10000], b"\r\n"].concat();
    for _ in 0..20 {
        stream.write_all(&chunk).unwrap();
    }
    stream.write_all(b"0\r\n\r\n").unwrap();
    let answer = read_response(&mut stream);
    assert_eq!(
        (answer.status, answer.reason().as_str()),
        (413, "body_too_large")
    );
    assert_eq!(server.rejected(Item::Snapshot, "body_too_large"), 1);
}

#[test]
fn a_body_without_end_is_not_read_for_ever() {
    let server = Server::start();
    let mut stream = connect(server.address);
    let head = "POST /v1/snapshots HTTP/1.1\r\nhost: t\r\n\
                content-type: application/octet-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let chunk = [b"10000\r\n".as_slice(), &[0; 0x10000], b"\r\n"].concat();
    let patience = std::time::Instant::now() + std::time::Duration::from_secs(20);
    let mut closed = false;
    while !closed && std::time::Instant::now() < patience {
        closed = stream.write_all(&chunk).is_err();
    }
    assert!(closed, "the server goes on reading a body that it refused");
    assert_eq!(server.rejected(Item::Snapshot, "body_too_large"), 1);
}

#[test]
fn a_body_that_ends_before_its_declared_length() {
    let server = Server::start();
    let mut stream = connect(server.address);
    let head = "POST /v1/snapshots HTTP/1.1\r\nhost: t\r\n\
                content-type: application/octet-stream\r\ncontent-length: 1000\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&[0; 10]).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut rest = Vec::new();
    let _ = std::io::Read::read_to_end(&mut stream, &mut rest);
    wait_until(|| server.rejected(Item::Snapshot, "body_incomplete") == 1);
    assert_eq!(server.core.observe.inflight_bytes.get(), 0);
}

#[test]
fn a_slow_client_is_cut() {
    let server = Server::start_with(|config| config.limits.body_timeout_ms = 200);
    let mut stream = connect(server.address);
    let head = "POST /v1/snapshots HTTP/1.1\r\nhost: t\r\n\
                content-type: application/octet-stream\r\ncontent-length: 1000\r\n\r\nFSNP";
    stream.write_all(head.as_bytes()).unwrap();
    let answer = read_response(&mut stream);
    assert_eq!(
        (answer.status, answer.reason().as_str()),
        (408, "body_timeout")
    );
    assert_eq!(server.rejected(Item::Snapshot, "body_timeout"), 1);
    assert_eq!(server.core.observe.inflight_bytes.get(), 0);
}

#[test]
fn a_client_that_never_ends_its_head_is_cut() {
    let server = Server::start_with(|config| config.limits.header_timeout_ms = 200);
    let mut stream = connect(server.address);
    stream
        .write_all(b"POST /v1/snapshots HTTP/1.1\r\nhost: ")
        .unwrap();
    // Ends at all: the test would hang where the server waited for ever.
    let mut rest = Vec::new();
    std::io::Read::read_to_end(&mut stream, &mut rest).unwrap();
    assert!(
        rest.is_empty() || rest.starts_with(b"HTTP/1.1 408"),
        "{rest:?}"
    );
}

#[test]
fn media_types_that_are_not_taken() {
    let server = Server::start();
    let bytes = server.phone().snapshot(0, &[]);
    for headers in [
        vec![],
        vec![("content-type", "application/json")],
        vec![
            ("content-type", "application/octet-stream"),
            ("content-encoding", "gzip"),
        ],
    ] {
        let answer =
            crate::support::request(server.address, "POST", "/v1/snapshots", &headers, &bytes);
        assert_eq!(
            (answer.status, answer.reason().as_str()),
            (415, "unsupported_media_type")
        );
    }
    assert_eq!(server.rejected(Item::Snapshot, "unsupported_media_type"), 3);
}

#[test]
fn an_old_clock_in_a_body_does_no_harm() {
    let server = Server::start();
    let odd = SnapshotBody {
        captured_at_ms: 1,
        ..body(&["x"])
    };
    let answer = server.upload(&server.phone().seal(0, &odd));
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["clock_skew_ms"], NOW_S * 1000 - 1);
}

#[track_caller]
pub(crate) fn wait_until(done: impl Fn() -> bool) {
    for _ in 0..2_000 {
        if done() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    panic!("it never came to pass");
}
