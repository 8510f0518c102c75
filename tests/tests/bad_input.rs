//! Every kind of bad input, against the real server: a typed refusal, counted once, nothing stored.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what is unexpected here is a failed test"
)]
#![allow(clippy::float_cmp, reason = "counters are whole numbers")]

use faultscan_tests::craft::{self, GO_PROXY_TIMEOUT, Issuer, Session};
use faultscan_tests::probe::Probe;
use faultscan_tests::server::{Server, Setup};
use faultscan_wire::Ticket;

/// A body that is in order.
fn body() -> faultscan_wire::SnapshotBody {
    craft::body(GO_PROXY_TIMEOUT)
}

/// A snapshot that carries any ticket bytes, with a sound session signature.
fn carrying(ticket: &[u8]) -> Vec<u8> {
    Session::new(&Issuer::stranger().ticket())
        .with_ticket_bytes(ticket)
        .snapshot(1, &body())
}

#[test]
fn tickets_that_are_not_in_force() {
    let server = Server::start();
    let probe = Probe::new(&server, "snapshot");
    let issuer = &server.project.issuer;
    let now = craft::now_s();
    let of = |ticket: Ticket| Session::new(&ticket).snapshot(1, &body());

    let expired = issuer.issue(issuer.claims(now - 2000, 600));
    probe.refused("expired", &of(expired), 410, "ticket_expired");
    let future = issuer.issue(issuer.claims(now + 2000, 600));
    probe.refused("future-dated", &of(future), 403, "ticket_not_yet_valid");
    probe.refused(
        "unknown issuer",
        &of(Issuer::stranger().ticket()),
        401,
        "unknown_issuer",
    );

    let skewed = issuer.issue(issuer.claims(now + 200, 600));
    assert_eq!(
        server.upload(&of(skewed)).status,
        200,
        "a clock that is a little off is forgiven"
    );
    let skewed = issuer.issue(issuer.claims(now - 700, 600));
    assert_eq!(
        server.upload(&of(skewed)).status,
        200,
        "at the other end too"
    );
}

#[test]
fn forged_and_damaged_tickets() {
    let server = Server::start();
    let probe = Probe::new(&server, "snapshot");
    let issuer = &server.project.issuer;
    let good = issuer.ticket();

    // Signed by a stranger who claims the project's key.
    let mut claims = Issuer::stranger().claims(craft::now_s(), 600);
    claims.key_id = good.claims().key_id;
    let message = &good.bytes()[..good.bytes().len() - 64];
    let forged = Issuer::stranger().sign_as_ticket(message);
    probe.refused("forged", &carrying(&forged), 401, "bad_ticket_signature");

    let mut flipped = good.bytes().to_vec();
    let last = flipped.len() - 1;
    flipped[last - 32] ^= 1;
    probe.refused(
        "bit-flipped signature",
        &carrying(&flipped),
        401,
        "bad_ticket_signature",
    );

    // The message's first element is its version: 96 is an array of six, then the number 1.
    assert_eq!(message[..2], [0x96, 0x01]);
    let mut later = message.to_vec();
    later[1] = 0x02;
    let later = issuer.sign_as_ticket(&later);
    probe.refused(
        "unknown version",
        &carrying(&later),
        400,
        "ticket_unsupported_version",
    );

    let mut trailing = message.to_vec();
    trailing.push(0xc0);
    let trailing = issuer.sign_as_ticket(&trailing);
    probe.refused(
        "trailing bytes",
        &carrying(&trailing),
        400,
        "ticket_trailing_bytes",
    );

    let nonsense = issuer.sign_as_ticket(&[0xff; 80]);
    probe.refused(
        "nonsense, well signed",
        &carrying(&nonsense),
        400,
        "ticket_malformed",
    );
}

#[test]
fn every_flipped_bit_of_a_ticket_is_refused() {
    let server = Server::start();
    let probe = Probe::new(&server, "snapshot");
    let good = server.project.issuer.ticket();
    for at in 0..good.bytes().len() {
        let mut bytes = good.bytes().to_vec();
        bytes[at] ^= 1 << (at % 8);
        probe.refused_somehow(&format!("bit flipped in byte {at}"), &carrying(&bytes));
    }
}

#[test]
fn snapshots_cut_short_anywhere() {
    let server = Server::start();
    let probe = Probe::new(&server, "snapshot");
    let whole = Session::new(&server.project.issuer.ticket()).snapshot(1, &body());
    for end in [
        0,
        1,
        4,
        5,
        47,
        48,
        100,
        150,
        whole.len() - 64,
        whole.len() - 1,
    ] {
        probe.refused_somehow(&format!("cut at {end}"), &whole[..end]);
    }
    let mut longer = whole.clone();
    longer.push(0);
    probe.refused("one byte more", &longer, 401, "bad_snapshot_signature");
    assert_eq!(server.upload(&whole).status, 200, "the whole is in order");
}

#[test]
fn flipped_bits_of_a_snapshot_are_refused() {
    let server = Server::start();
    let probe = Probe::new(&server, "snapshot");
    let whole = Session::new(&server.project.issuer.ticket()).snapshot(1, &body());
    for at in (0..whole.len()).step_by(3) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        probe.refused_somehow(&format!("bit flipped in byte {at}"), &bytes);
    }
}

#[test]
fn envelopes_that_lie_under_a_valid_signature() {
    let server = Server::start();
    let probe = Probe::new(&server, "snapshot");
    let session = Session::new(&server.project.issuer.ticket());
    let whole = session.snapshot(1, &body());
    let altered = |change: fn(&mut Vec<u8>)| session.altered(&whole, change);

    probe.refused("other magic", &altered(|b| b[0] = b'X'), 400, "bad_magic");
    probe.refused(
        "unknown version",
        &altered(|b| b[4] = 2),
        400,
        "unsupported_version",
    );
    probe.refused(
        "unknown flag",
        &altered(|b| b[5] = 0x80),
        400,
        "unsupported_flags",
    );
    probe.refused(
        "endless ticket",
        &altered(|b| b[6..8].fill(0xff)),
        400,
        "bad_ticket_length",
    );
    probe.refused(
        "no ticket",
        &altered(|b| b[6..8].fill(0)),
        400,
        "bad_ticket_length",
    );
    probe.refused(
        "endless body",
        &altered(|b| b[12..16].fill(0xff)),
        422,
        "decompression_bomb",
    );
    let longer = altered(|b| b[12] = b[12].wrapping_add(1));
    probe.refused("a byte more than there is", &longer, 422, "length_mismatch");
    let shorter = altered(|b| b[12] = b[12].wrapping_sub(1));
    probe.refused(
        "a byte less than there is",
        &shorter,
        422,
        "length_mismatch",
    );
    probe.refused(
        "weak session key",
        &altered(|b| b[16..48].fill(0)),
        401,
        "bad_session_key",
    );
    let garbage = session.of_block(1, 100, &[0xf0; 60]);
    probe.refused_somehow("no LZ4", &garbage);
}

#[test]
fn bodies_that_are_no_body() {
    let server = Server::start();
    let probe = Probe::new(&server, "snapshot");
    let session = Session::new(&server.project.issuer.ticket());
    let of = |value: &[u8]| session.of_bytes(1, &craft::raw_body(value));

    let mut deep = vec![0x91; 1000];
    deep.push(0xc0);
    probe.refused(
        "nested a thousand deep",
        &of(&deep),
        422,
        "body_nested_too_deep",
    );
    probe.refused(
        "invalid UTF-8",
        &of(&[0xa2, 0xc3, 0x28]),
        422,
        "body_invalid_utf8",
    );
    // An array that claims four thousand million elements, and a string as long.
    probe.refused_somehow("endless array", &of(&[0xdd, 0xff, 0xff, 0xff, 0xff]));
    probe.refused_somehow("endless string", &of(&[0xdb, 0xff, 0xff, 0xff, 0xff]));
    let many = [&[0xdc, 0xff, 0xff][..], &[0xc0; 0xffff]].concat();
    probe.refused("too many values", &of(&many), 422, "body_limit_exceeded");
    probe.refused(
        "trailing bytes",
        &of(&[0xc0, 0xc0]),
        422,
        "body_trailing_bytes",
    );
    probe.refused(
        "no map",
        &session.of_bytes(1, &[0x90]),
        422,
        "body_bad_field",
    );
    probe.refused(
        "an empty map",
        &session.of_bytes(1, &[0x80]),
        422,
        "body_missing_capture_time",
    );
    // {"logs": 7} beside the capture time.
    let mut wrong = craft::raw_body(&[0x07]);
    let at = wrong.len() - 3;
    wrong.splice(at..at + 2, *b"\xa4logs");
    probe.refused(
        "logs that are a number",
        &session.of_bytes(1, &wrong),
        422,
        "body_bad_field",
    );

    let unknown = of(&[0xa5, b'h', b'e', b'l', b'l', b'o']);
    assert_eq!(
        server.upload(&unknown).status,
        200,
        "a field of a later version is no fault"
    );
}

#[test]
fn a_ticket_belongs_to_the_first_phone() {
    let server = Server::start();
    let probe = Probe::new(&server, "snapshot");
    let ticket = server.project.issuer.ticket();
    let first = Session::new(&ticket);
    assert_eq!(server.upload(&first.snapshot(1, &body())).status, 200);
    let second = Session::new(&ticket).snapshot(2, &body());
    probe.refused(
        "a second session key",
        &second,
        403,
        "ticket_bound_to_other_session",
    );
    assert_eq!(
        server.upload(&first.snapshot(2, &body())).status,
        200,
        "the first goes on"
    );
}

#[test]
fn a_replay_answers_as_before_and_another_snapshot_of_the_same_number_conflicts() {
    let server = Server::start();
    let probe = Probe::new(&server, "snapshot");
    let session = Session::new(&server.project.issuer.ticket());
    let bytes = session.snapshot(7, &body());
    let first = server.upload(&bytes).json();
    assert_eq!(first["outcome"], "accepted");

    let stored = probe.stored();
    let mut again = server.upload(&bytes).json();
    assert_eq!(again["outcome"], "duplicate");
    again["outcome"] = first["outcome"].clone();
    assert_eq!(again, first, "a retry must read as the first answer");
    assert_eq!(probe.stored(), stored);
    assert_eq!(server.metrics().outcome("snapshot", "duplicate"), 1.0);

    let other = session.snapshot(7, &craft::body(&["something else"]));
    probe.refused("other bytes, same number", &other, 409, "sequence_conflict");
}

#[test]
fn requests_that_are_no_upload() {
    let server = Server::start();
    let probe = Probe::new(&server, "snapshot");
    probe.refused("empty", b"", 400, "snapshot_truncated");
    probe.refused(
        "just over the limit",
        &vec![0; 512 * 1024 + 1],
        413,
        "body_too_large",
    );
    probe.refused("ten megabytes", &vec![0; 10 << 20], 413, "body_too_large");

    let answer = server.post_json("/v1/snapshots", &[], &serde_json::json!({}));
    assert_eq!(
        (answer.status, answer.reason().as_str()),
        (415, "unsupported_media_type")
    );
    let answer = server.get("/v1/nothing-here", &[]);
    assert_eq!(
        (answer.status, answer.reason().as_str()),
        (404, "not_found")
    );
    let answer = server.get("/v1/snapshots", &[]);
    assert!([404, 405].contains(&answer.status), "{}", answer.text());
    let _ = answer.reason();
}

#[test]
fn ticket_requests_that_make_no_sense() {
    let server = Server::start();
    let bearer = format!("Bearer {}", server.project.api_key);
    let auth = [("authorization", bearer.as_str())];
    let environment = serde_json::json!({ "os": "linux" });
    let good = serde_json::json!({ "environment": environment, "ttl_s": 60 });
    assert_eq!(server.post_json("/v1/tickets", &auth, &good).status, 201);

    for (name, key) in [("no key", None), ("another key", Some("Bearer nonsense"))] {
        let headers: Vec<_> = key.iter().map(|key| ("authorization", *key)).collect();
        let answer = server.post_json("/v1/tickets", &headers, &good);
        assert_eq!(answer.status, 401, "{name}: {}", answer.text());
        let _ = answer.reason();
    }
    for (name, request) in [
        ("no environment", serde_json::json!({ "ttl_s": 60 })),
        (
            "a life of none",
            serde_json::json!({ "environment": environment, "ttl_s": 0 }),
        ),
        (
            "a life of a year",
            serde_json::json!({ "environment": environment, "ttl_s": 31_536_000 }),
        ),
        (
            "a negative life",
            serde_json::json!({ "environment": environment, "ttl_s": -1 }),
        ),
        (
            "no fingerprint",
            serde_json::json!({ "fingerprint": "sha256:12", "ttl_s": 60 }),
        ),
        (
            "a long code",
            serde_json::json!({ "environment": environment, "code": "E".repeat(65) }),
        ),
        ("no object", serde_json::json!([1, 2, 3])),
    ] {
        let answer = server.post_json("/v1/tickets", &auth, &request);
        assert!(
            (400..500).contains(&answer.status),
            "{name}: {} {}",
            answer.status,
            answer.text()
        );
        let _ = answer.reason();
    }
    let long = serde_json::json!({ "environment": { "os": "x".repeat(100_000) } });
    let answer = server.post_json("/v1/tickets", &auth, &long);
    assert_eq!(answer.status, 413, "{}", answer.text());
}

#[test]
fn asking_too_fast_is_refused_with_a_time_to_come_back() {
    let setup = Setup::new()
        .set("limits.address_burst", "20")
        .set("limits.address_rate_per_s", "1");
    let server = setup.start();
    let session = Session::new(&server.project.issuer.ticket());
    let mut connection = server.connect();
    let refused = (1..60).find_map(|sequence| {
        let headers = [("content-type", "application/octet-stream")];
        let bytes = session.snapshot(sequence, &body());
        let answer = connection
            .request("POST", "/v1/snapshots", &headers, &bytes)
            .unwrap();
        (answer.status != 200).then_some(answer)
    });
    let refused = refused.expect("sixty at once are too many");
    assert_eq!(
        (refused.status, refused.reason().as_str()),
        (429, "rate_limited")
    );
    let wait: u32 = refused
        .header("retry-after")
        .expect("Retry-After")
        .parse()
        .unwrap();
    assert!(wait >= 1);
}
