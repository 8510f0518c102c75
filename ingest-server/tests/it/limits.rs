//! Overload and floods: refused early, counted, with memory flat.

use faultscan_ingest_server::observe::Item;

use crate::support::{Phone, Server};

#[test]
fn an_address_that_asks_too_fast_is_told_when_to_come_back() {
    let server = Server::start_with(|config| {
        config.limits.address_burst = 2;
        config.limits.address_rate_per_s = 1;
    });
    let phone = server.phone();
    for sequence in 0..2 {
        assert_eq!(server.upload(&phone.snapshot(sequence, &[])).status, 200);
    }
    let refused = server.upload(&phone.snapshot(2, &[]));
    assert_eq!(
        (refused.status, refused.reason().as_str()),
        (429, "rate_limited")
    );
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(server.rejected(Item::Snapshot, "rate_limited"), 1);
    server.clock.advance_s(1);
    assert_eq!(server.upload(&phone.snapshot(2, &[])).status, 200);
}

#[test]
fn a_project_has_a_rate_of_its_own() {
    let server = Server::start_with(|config| {
        config.limits.project_burst = 1;
        config.limits.project_rate_per_s = 1;
    });
    assert_eq!(server.upload(&server.phone().snapshot(0, &[])).status, 200);
    assert_eq!(
        server.upload(&server.phone().snapshot(0, &[])).reason(),
        "rate_limited"
    );
}

#[test]
fn bodies_beyond_the_memory_for_them_are_refused() {
    let server = Server::start_with(|config| {
        config.limits.snapshot_bytes_max = 1_000;
        config.limits.inflight_bytes_max = 1_000;
    });
    // Another upload holds the memory while it is still being sent.
    let mut slow = crate::support::connect(server.address);
    let head = "POST /v1/snapshots HTTP/1.1\r\nhost: t\r\n\
                content-type: application/octet-stream\r\ncontent-length: 900\r\n\r\n";
    std::io::Write::write_all(&mut slow, head.as_bytes()).unwrap();
    crate::refusals::wait_until(|| server.core.observe.inflight_bytes.get() == 900);
    let refused = server.upload(&server.phone().snapshot(0, &[]));
    assert_eq!(
        (refused.status, refused.reason().as_str()),
        (503, "overloaded")
    );
    assert_eq!(refused.header("retry-after"), Some("1"));
    drop(slow);
    crate::refusals::wait_until(|| server.core.observe.inflight_bytes.get() == 0);
    assert_eq!(server.upload(&server.phone().snapshot(0, &[])).status, 200);
}

#[test]
fn behind_a_proxy_the_client_is_whom_the_proxy_has_seen() {
    let server = Server::start_with(|config| {
        config.limits.address_burst = 1;
        config.limits.address_rate_per_s = 1;
        config.http.trusted_proxy_hops = 1;
    });
    let upload = |phone: &Phone, forwarded: &str| {
        let headers = [
            ("content-type", "application/octet-stream"),
            ("x-forwarded-for", forwarded),
        ];
        let bytes = phone.snapshot(0, &[]);
        crate::support::request(server.address, "POST", "/v1/snapshots", &headers, &bytes).status
    };
    assert_eq!(upload(&server.phone(), "198.51.100.1"), 200);
    assert_eq!(upload(&server.phone(), "198.51.100.2"), 200);
    // What the client itself claims, before the proxy's entry, changes nothing.
    assert_eq!(upload(&server.phone(), "203.0.113.9, 198.51.100.1"), 429);
}

/// Above the cap a connection waits for another to end; it is neither dropped nor served.
#[test]
fn connections_above_the_cap_wait_for_their_turn() {
    const CAP: usize = 2;
    let server = Server::start_with(|config| {
        config.http.workers = 1;
        config.limits.connections_max = CAP;
    });
    let ask = |stream: &mut std::net::TcpStream, connection: &str| {
        let head = format!("GET /healthz HTTP/1.1\r\nhost: t\r\nconnection: {connection}\r\n\r\n");
        std::io::Write::write_all(stream, head.as_bytes()).unwrap();
    };
    let mut held: Vec<_> = (0..CAP)
        .map(|_| {
            let mut stream = crate::support::connect(server.address);
            ask(&mut stream, "keep-alive");
            let mut first = [0; 12];
            std::io::Read::read_exact(&mut stream, &mut first).unwrap();
            assert_eq!(&first, b"HTTP/1.1 200");
            stream
        })
        .collect();
    let mut waiting = crate::support::connect(server.address);
    ask(&mut waiting, "close");
    waiting
        .set_read_timeout(Some(std::time::Duration::from_millis(300)))
        .unwrap();
    let early = std::io::Read::read(&mut waiting, &mut [0; 12]).unwrap_err();
    assert!(
        matches!(
            early.kind(),
            std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
        ),
        "{early}"
    );
    held.pop();
    waiting
        .set_read_timeout(Some(std::time::Duration::from_secs(60)))
        .unwrap();
    assert_eq!(crate::support::read_response(&mut waiting).status, 200);
}

/// A disk that is full refuses uploads by name; what was stored is still read, and deleting makes room.
#[test]
fn a_full_disk_refuses_uploads_and_keeps_the_rest() {
    let full_at = 1_536 * 1024;
    let server = Server::start_with(|config| config.store.file_bytes_max = full_at);
    let login = server.log_in();
    let noise = |seed: u32| -> String {
        let mut state = u64::from(seed) + 1;
        let digits = (0..16_000).map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            char::from(b'a' + (state >> 33) as u8 % 26)
        });
        digits.collect()
    };
    let upload = |n: u32| {
        let lines = [
            noise(n),
            noise(n + 1_000),
            noise(n + 2_000),
            noise(n + 3_000),
        ];
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        server.upload(&server.phone().snapshot(0, &lines))
    };
    let mut stored = 0u32;
    let refused = loop {
        let answer = upload(stored);
        if answer.status != 200 {
            break answer;
        }
        stored += 1;
        assert!(stored < 200, "the bound holds");
    };
    assert!(stored > 0);
    assert_eq!(
        (refused.status, refused.reason().as_str()),
        (503, "storage_full")
    );
    assert_eq!(refused.header("retry-after"), Some("60"));
    assert_eq!(server.rejected(Item::Snapshot, "storage_full"), 1);
    let list = server
        .get("/v1/reports?count=true", &login.reading())
        .json();
    assert_eq!(list["total"], stored, "nothing half stored is counted");
    let id = list["items"][0]["id"].as_str().unwrap();
    let report = server.get(&format!("/v1/reports/{id}"), &login.reading());
    assert_eq!(report.status, 200);
    let policy = faultscan_ingest_server::store::SweepPolicy {
        now_ms: u64::MAX / 2,
        reports_before_ms: u64::MAX / 2,
        stored_bytes_max: u64::MAX,
        reports_per_step_max: stored,
    };
    let swept = server.block_on(server.core.store.sweep(policy)).unwrap();
    assert_eq!(swept.reports, stored);
    assert_eq!(upload(9_999).status, 200);
}

/// Memory stays flat while bodies far too large and bombs come in from many connections.
#[cfg(target_os = "linux")]
#[test]
fn a_flood_of_bad_input_leaves_memory_flat() {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};

    let data = tempfile::tempdir().unwrap();
    let mut server = Command::new(env!("CARGO_BIN_EXE_ingest-server"))
        .args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--set",
            "limits.address_burst=1000000",
        ])
        .arg("--data")
        .arg(data.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut ready = String::new();
    BufReader::new(server.stdout.take().unwrap())
        .read_line(&mut ready)
        .unwrap();
    let http = ready.split_once("http=http://").unwrap().1;
    let address = http.split(' ').next().unwrap().parse().unwrap();
    let peak_kib = |pid: u32| -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let line = status
            .lines()
            .find(|line| line.starts_with("VmHWM:"))
            .unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    };
    let before = peak_kib(server.id());
    let floods: Vec<_> = (0..8u8)
        .map(|seed| {
            std::thread::spawn(move || {
                let headers = [("content-type", "application/octet-stream")];
                let huge = vec![seed; 10 * 1024 * 1024];
                let full = vec![seed; 512 * 1024];
                for _ in 0..4 {
                    for body in [&huge, &full] {
                        let answer = crate::support::request(
                            address,
                            "POST",
                            "/v1/snapshots",
                            &headers,
                            body,
                        );
                        assert!((400..504).contains(&answer.status), "{answer:?}");
                    }
                }
            })
        })
        .collect();
    for flood in floods {
        flood.join().unwrap();
    }
    let grown_kib = peak_kib(server.id()).saturating_sub(before);
    server.kill().unwrap();
    server.wait().unwrap();
    // 320 MiB came in, up to 80 MiB at a time.
    assert!(grown_kib < 40 * 1024, "grew by {grown_kib} KiB");
}
