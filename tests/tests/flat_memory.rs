//! Hostile input costs the server no memory that it doesn't give back, and slow clients hold up
//! nobody.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what is unexpected here is a failed test"
)]

use faultscan_tests::craft::{self, GO_PROXY_TIMEOUT, Session};
use faultscan_tests::http::Connection;
use faultscan_tests::server::{Server, Setup};
use std::io;
use std::time::{Duration, Instant};

/// What the allocator and thread stacks may grow by while they find their working size.
const GROWTH_KIB_MAX: u64 = 48 * 1024;

/// An LZ4 block of `bytes` zeros: one literal, then one match that repeats it.
fn zeros(bytes: usize) -> Vec<u8> {
    // Token: one literal, match length 15 and more; the literal; offset 1; the length's rest.
    let mut block = vec![0x1f, 0x00, 0x01, 0x00];
    // All but the first byte, the minimal match of 4 with its 15, and the five literals at the end.
    let mut rest = bytes - 1 - 19 - 5;
    while rest >= 255 {
        block.push(255);
        rest -= 255;
    }
    block.push(u8::try_from(rest).unwrap());
    block.extend_from_slice(&[0x50, 0, 0, 0, 0, 0]);
    block
}

#[test]
fn bombs_leave_memory_flat() {
    let server = Server::start();
    let session = Session::new(&server.project.issuer.ticket());
    let two_mib = 2 << 20;
    // Unpacks to the most that is allowed, and is no body then.
    let real = session.of_block(1, two_mib, &zeros(two_mib as usize));
    let ten_mb = vec![0; 10 << 20];
    // Claims more than it may, in the smallest envelope.
    let claimed = session.of_block(2, u32::MAX, &zeros(100_000));
    let good = session.snapshot(3, &craft::body(GO_PROXY_TIMEOUT));
    assert_eq!(server.upload(&good).status, 200);

    let round = || {
        let answer = server.upload(&real);
        assert!((400..500).contains(&answer.status), "{}", answer.text());
        let answer = server.upload(&claimed);
        assert_eq!(
            (answer.status, answer.reason().as_str()),
            (422, "decompression_bomb")
        );
    };
    for _ in 0..20 {
        round();
    }
    let before = server.resident_kib();
    for turn in 0..200 {
        round();
        if turn % 10 == 0 {
            assert_eq!(server.upload(&ten_mb).status, 413);
        }
    }
    let after = server.resident_kib();
    println!("resident before {before} KiB, after 400 bombs and 20 bodies of 10 MB {after} KiB");
    assert!(
        after < before + GROWTH_KIB_MAX,
        "{before} KiB grew to {after} KiB"
    );
    assert_eq!(
        server.stored(&server.log_in()).len(),
        1,
        "only the good one is stored"
    );
    assert_eq!(
        server.upload(&good).json()["outcome"],
        "duplicate",
        "still at work"
    );
}

#[test]
fn many_bombs_at_once_stay_within_the_budget() {
    let server = Server::start();
    let session = Session::new(&server.project.issuer.ticket());
    let two_mib = 2 << 20;
    let real = session.of_block(1, two_mib, &zeros(two_mib as usize));
    assert!((400..500).contains(&server.upload(&real).status));
    let before = server.resident_kib();
    std::thread::scope(|scope| {
        for _ in 0..32 {
            scope.spawn(|| {
                for _ in 0..10 {
                    let status = server.upload(&real).status;
                    assert!((400..=503).contains(&status), "{status}");
                }
            });
        }
    });
    let after = server.resident_kib();
    println!("resident before {before} KiB, after 320 bombs, 32 at once, {after} KiB");
    assert!(
        after < before + 2 * GROWTH_KIB_MAX,
        "{before} KiB grew to {after} KiB"
    );
}

#[test]
fn a_lying_content_length_is_not_believed() {
    let server = Server::start();
    let mut connection = server.connect();
    let head = "POST /v1/snapshots HTTP/1.1\r\nhost: x\r\ncontent-type: application/octet-stream\r\ncontent-length: 99999999999\r\n\r\n";
    connection.send(head.as_bytes()).unwrap();
    let answer = connection.response().unwrap();
    assert_eq!(
        (answer.status, answer.reason().as_str()),
        (413, "body_too_large")
    );
}

#[test]
fn a_chunked_body_without_end_is_cut_off() {
    let server = Server::start();
    let before = server.resident_kib();
    let mut connection = server.connect();
    let head = "POST /v1/snapshots HTTP/1.1\r\nhost: x\r\ncontent-type: application/octet-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    connection.send(head.as_bytes()).unwrap();
    let chunk = [b"10000\r\n", &[0; 0x10000][..], b"\r\n"].concat();
    // The refusal comes as soon as the limit is passed, whatever is still to be sent.
    let chunks_max = 1024;
    let mut sent = 0;
    while sent < chunks_max && !connection.has_answer() && connection.send(&chunk).is_ok() {
        sent += 1;
    }
    assert!(sent < chunks_max, "64 MiB were taken without a word");
    let answer = connection.response().unwrap();
    assert_eq!(
        (answer.status, answer.reason().as_str()),
        (413, "body_too_large")
    );
    assert_eq!(answer.header("connection"), Some("close"));
    assert!(server.resident_kib() < before + GROWTH_KIB_MAX);
}

#[test]
fn slow_clients_are_dropped_and_hold_up_nobody() {
    let setup = Setup::new()
        .set("limits.header_timeout_ms", "700")
        .set("limits.body_timeout_ms", "900");
    let server = setup.start();
    let mut slow_heads: Vec<Connection> = (0..50).map(|_| server.connect()).collect();
    for connection in &mut slow_heads {
        connection
            .send(b"POST /v1/snapshots HTTP/1.1\r\nhost: x\r\n")
            .unwrap();
    }
    let mut slow_bodies: Vec<Connection> = (0..50).map(|_| server.connect()).collect();
    let head = b"POST /v1/snapshots HTTP/1.1\r\nhost: x\r\ncontent-type: application/octet-stream\r\ncontent-length: 1000\r\n\r\nFSNP";
    for connection in &mut slow_bodies {
        connection.send(head).unwrap();
    }

    let session = Session::new(&server.project.issuer.ticket());
    let good = session.snapshot(1, &craft::body(GO_PROXY_TIMEOUT));
    assert_eq!(
        server.upload(&good).status,
        200,
        "an honest client is served meanwhile"
    );

    let started = Instant::now();
    for connection in &mut slow_heads {
        assert!(is_dropped(connection), "a head that never ends");
    }
    for connection in &mut slow_bodies {
        let answer = connection.response().unwrap();
        assert_eq!(
            (answer.status, answer.reason().as_str()),
            (408, "body_timeout")
        );
    }
    let waited = started.elapsed();
    assert!(
        waited < Duration::from_secs(30),
        "dropped only after {waited:?}"
    );
    assert_eq!(
        server
            .metrics()
            .items("snapshot", "rejected", "body_timeout"),
        50.0
    );
}

/// The server has ended the connection, with a word or without.
fn is_dropped(connection: &mut Connection) -> bool {
    match connection.response() {
        Ok(answer) => answer.status == 408,
        Err(error) => !matches!(
            error.kind(),
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
        ),
    }
}
