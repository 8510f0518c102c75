//! `diag snapshot`: a log becomes a snapshot that verifies, goes to a server, and is read back.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what is unexpected here is a failed test"
)]

mod support;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::thread::JoinHandle;

use faultscan_wire::{Envelope, Level};
use support::{REFUSED, diag, signed};

/// A server that takes one request, checks that it is a snapshot as the specification has it, and
/// answers. Gives the path and the body.
fn serve(status: &'static str, answer: &'static str) -> (String, JoinHandle<(String, Vec<u8>)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let handle = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(stream);
        let mut head = Vec::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            if line.trim().is_empty() {
                break;
            }
            head.push(line.trim().to_owned());
        }
        let length = head.iter().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length")
                .then(|| value.trim().parse::<usize>().unwrap())
        });
        let mut body = vec![0; length.unwrap()];
        reader.read_exact(&mut body).unwrap();
        let size = answer.len();
        let text = format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {size}\r\nconnection: close\r\n\r\n{answer}"
        );
        reader.into_inner().write_all(text.as_bytes()).unwrap();
        (head[0].clone(), body)
    });
    (url, handle)
}

fn ticket() -> String {
    signed(&["ticket", "new", "--json"]).json()["text"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn a_log_is_sent_as_a_snapshot_that_verifies() {
    let folder = tempfile::tempdir().unwrap();
    let (log, out) = (
        folder.path().join("app.log"),
        folder.path().join("app.fsnp"),
    );
    let (log, out) = (log.to_str().unwrap(), out.to_str().unwrap());
    std::fs::write(
        log,
        format!("INFO start password=hunter2\nERROR {REFUSED}\n"),
    )
    .unwrap();
    let (server, handle) = serve("200 OK", r#"{"outcome":"accepted","report_id":"r1"}"#);
    let ticket = ticket();
    let sent = diag(&[
        "snapshot", "send", log, "--ticket", &ticket, "--server", &server, "--out", out, "--json",
    ]);
    assert_eq!(sent.json()["outcome"], "accepted");
    let (request, body) = handle.join().unwrap();
    assert_eq!(request, "POST /v1/snapshots HTTP/1.1");
    assert_eq!(body, std::fs::read(out).unwrap());

    let envelope = Envelope::parse(&body).unwrap();
    envelope.verify_signature().unwrap();
    assert_eq!(envelope.ticket().unwrap().to_base64url(), ticket);
    let read = envelope.body().unwrap();
    assert_eq!(read.logs.len(), 2);
    assert_eq!(read.logs[1].level, Level::Error);
    assert_eq!(read.logs[1].message, format!("ERROR {REFUSED}"));
    assert!(
        !read.logs[0].message.contains("hunter2"),
        "secrets stay here"
    );

    let decoded = diag(&["snapshot", "decode", out, "--json"]).json();
    assert_eq!(decoded["signature"]["state"], "valid");
    assert_eq!(decoded["logs"][1]["message"], format!("ERROR {REFUSED}"));
    assert_eq!(decoded["logs"][1]["level"], "error");
    assert_eq!(decoded["sdk"]["host"], "cli");
    assert!(diag(&["snapshot", "decode", out]).stdout.contains(REFUSED));
}

#[test]
fn a_session_is_kept_for_the_next_snapshot() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("app.log");
    std::fs::write(&log, REFUSED).unwrap();
    let session = folder.path().join("session.key");
    let ticket = ticket();
    let mut keys = Vec::new();
    for sequence in ["1", "2"] {
        let (server, handle) = serve("200 OK", "{}");
        let run = diag(&[
            "snapshot",
            "send",
            log.to_str().unwrap(),
            "--ticket",
            &ticket,
            "--server",
            &server,
            "--session",
            session.to_str().unwrap(),
            "--sequence",
            sequence,
            "--json",
        ]);
        assert_eq!(run.code, 0, "{run:?}");
        let (_, body) = handle.join().unwrap();
        let envelope = Envelope::parse(&body).unwrap();
        assert_eq!(envelope.sequence.to_string(), sequence);
        keys.push(envelope.session_key);
    }
    assert_eq!(keys[0], keys[1]);
}

#[test]
fn a_refusal_is_printed_and_ends_with_1() {
    let log = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(log.path(), REFUSED).unwrap();
    let problem = r#"{"title":"Gone","status":410,"reason":"ticket_expired","detail":"the ticket expired 9 s ago"}"#;
    let (server, handle) = serve("410 Gone", problem);
    let run = diag(&[
        "snapshot",
        "send",
        log.path().to_str().unwrap(),
        "--ticket",
        &ticket(),
        "--server",
        &server,
        "--json",
    ]);
    handle.join().unwrap();
    assert_eq!(run.code, 1);
    assert_eq!(run.document()["reason"], "ticket_expired");
    assert!(run.stderr.contains("the ticket expired 9 s ago"), "{run:?}");
    assert_eq!(run.stderr.trim_end().lines().count(), 1);
}

#[test]
fn a_log_too_large_keeps_its_newest_lines() {
    let folder = tempfile::tempdir().unwrap();
    let (log, out) = (
        folder.path().join("big.log"),
        folder.path().join("big.fsnp"),
    );
    // Lines that do not compress, twice what an envelope holds, and one line beyond every limit.
    let mut seed = 1_u64;
    let mut text = "y".repeat(100_000) + "\n";
    for number in 0..3_000 {
        text.push_str(&format!("{number} "));
        for _ in 0..40 {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            text.push_str(&format!("{seed:016x}"));
        }
        text.push('\n');
    }
    std::fs::write(&log, text).unwrap();
    let (server, handle) = serve("200 OK", "{}");
    let run = diag(&[
        "snapshot",
        "send",
        log.to_str().unwrap(),
        "--ticket",
        &ticket(),
        "--server",
        &server,
        "--out",
        out.to_str().unwrap(),
        "--json",
    ]);
    assert_eq!(run.code, 0, "{run:?}");
    let (_, body) = handle.join().unwrap();
    let read = Envelope::parse(&body).unwrap().body().unwrap();
    assert!(read.logs.last().unwrap().message.starts_with("2999 "));
    let dropped = read.dropped.unwrap().log_lines.unwrap();
    assert_eq!(read.logs.len() as u64 + dropped, 3_001);
}

#[test]
fn what_is_no_snapshot_is_refused() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let name = file.path().to_str().unwrap();
    diag(&["snapshot", "decode", name]).is_refused("cut short");
    std::fs::write(file.path(), [b'x'; 500]).unwrap();
    diag(&["snapshot", "decode", name]).is_refused("not a snapshot");
    diag(&["snapshot", "decode", "/no/such.fsnp"]).is_refused("/no/such.fsnp");
    diag(&[
        "snapshot",
        "send",
        name,
        "--ticket",
        "x",
        "--server",
        "http://127.0.0.1:9",
    ])
    .is_refused("not a ticket");
    diag(&[
        "snapshot",
        "send",
        name,
        "--ticket",
        &ticket(),
        "--server",
        "nope",
    ])
    .is_refused("https://");
    let run = diag(&[
        "snapshot",
        "send",
        name,
        "--ticket",
        &ticket(),
        "--server",
        "http://127.0.0.1:9",
        "--json",
    ]);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""));
}
