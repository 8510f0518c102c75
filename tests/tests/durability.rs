//! Acknowledged means durable, however the server ends.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what is unexpected here is a failed test"
)]

use faultscan_tests::craft::{self, GO_PROXY_TIMEOUT, Session};
use faultscan_tests::server::{Server, Setup};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// An upload that the server has said yes to.
struct Acknowledged {
    report_id: String,
    capability: String,
    bytes: Vec<u8>,
}

/// Phones that upload as fast as they can until the server is gone or `stop` says so.
struct Burst {
    stop: Arc<AtomicBool>,
    acknowledged: Arc<Mutex<Vec<Acknowledged>>>,
    phones: Vec<thread::JoinHandle<()>>,
}

impl Burst {
    fn start(server: &Server, phones: usize) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let acknowledged = Arc::new(Mutex::new(Vec::new()));
        let phones = (0..phones)
            .map(|_| {
                let (stop, acknowledged) = (stop.clone(), acknowledged.clone());
                let session = Session::new(&server.project.issuer.ticket());
                let mut connection = server.connect();
                thread::spawn(move || {
                    let headers = [("content-type", "application/octet-stream")];
                    for sequence in 0.. {
                        let bytes = session.snapshot(sequence, &craft::body(GO_PROXY_TIMEOUT));
                        let answer = connection.request("POST", "/v1/snapshots", &headers, &bytes);
                        // A broken connection is no answer; a refusal is no yes.
                        let Ok(answer) = answer else { break };
                        if answer.status == 200 {
                            let answer = answer.json();
                            let text = |name: &str| answer[name].as_str().unwrap().to_owned();
                            acknowledged.lock().unwrap().push(Acknowledged {
                                report_id: text("report_id"),
                                capability: text("capability"),
                                bytes,
                            });
                        }
                        if stop.load(Ordering::Relaxed) {
                            break;
                        }
                    }
                })
            })
            .collect();
        Self {
            stop,
            acknowledged,
            phones,
        }
    }

    fn count(&self) -> usize {
        self.acknowledged.lock().unwrap().len()
    }

    /// Waits until this many uploads have been acknowledged, so that the end falls amid work.
    fn wait_for(&self, count: usize) {
        while self.count() < count {
            thread::sleep(Duration::from_millis(2));
        }
    }

    fn end(self) -> Vec<Acknowledged> {
        self.stop.store(true, Ordering::Relaxed);
        for phone in self.phones {
            phone.join().unwrap();
        }
        Arc::into_inner(self.acknowledged)
            .unwrap()
            .into_inner()
            .unwrap()
    }
}

/// Tickets take many snapshots here, so that a phone never runs out.
fn server() -> Server {
    Setup::new()
        .set("limits.snapshots_per_ticket_max", "1000000")
        .start()
}

fn all_there(server: &Server, acknowledged: &[Acknowledged]) {
    let mut connection = server.connect();
    for upload in acknowledged {
        let path = format!("/v1/reports/{}", upload.report_id);
        let bearer = format!("Bearer {}", upload.capability);
        let headers = [("authorization", bearer.as_str())];
        let answer = connection.request("GET", &path, &headers, b"").unwrap();
        assert_eq!(
            answer.status,
            200,
            "acknowledged and gone: {}",
            answer.text()
        );
        let report = answer.json();
        assert_eq!(
            report["logs"].as_array().map(Vec::len),
            Some(GO_PROXY_TIMEOUT.len())
        );
    }
}

#[test]
fn killed_in_a_burst_every_acknowledged_snapshot_is_there_after_the_restart() {
    let mut server = server();
    let mut before = Vec::new();
    for round in 1..=5 {
        let burst = Burst::start(&server, 4);
        burst.wait_for(20 * round);
        server.crash_and_restart();
        let acknowledged = burst.end();
        println!(
            "round {round}: {} acknowledged when killed",
            acknowledged.len()
        );
        all_there(&server, &acknowledged);
        // A phone that never read its answer sends the same bytes again, and reads the same answer.
        for upload in acknowledged.iter().take(5) {
            let again = server.upload(&upload.bytes).json();
            assert_eq!(again["outcome"], "duplicate");
            assert_eq!(again["report_id"], *upload.report_id);
        }
        before.extend(acknowledged);
    }
    all_there(&server, &before);
}

#[test]
fn asked_to_stop_under_load_it_loses_nothing_and_ends_clean() {
    let mut server = server();
    let burst = Burst::start(&server, 4);
    burst.wait_for(50);
    server.terminate();
    let status = server.wait(Duration::from_secs(30));
    let acknowledged = burst.end();
    assert!(status.success(), "{status}");
    assert!(acknowledged.len() >= 50);
    server.start_again();
    all_there(&server, &acknowledged);
}

#[test]
fn a_restart_keeps_projects_keys_and_log_in() {
    let mut server = Server::start();
    let login = server.log_in();
    let first = server.plain_ticket();
    server.terminate();
    assert!(server.wait(Duration::from_secs(30)).success());
    server.start_again();
    let text = first["text"].as_str().unwrap();
    let snapshot = Session::scan(text).snapshot(1, &craft::body(GO_PROXY_TIMEOUT));
    assert_eq!(
        server.upload(&snapshot).status,
        200,
        "a ticket outlives the process"
    );
    let reports = server.get("/v1/reports", &[("cookie", &login.cookie)]);
    assert_eq!(reports.status, 200, "a log-in outlives the process");
    assert_eq!(reports.json()["items"].as_array().map(Vec::len), Some(1));
}
