//! Uploads that are taken: once, durably, with one answer however often they are sent.

use std::sync::Arc;

use faultscan_ingest_server::clock::Clock;
use faultscan_ingest_server::keys;
use faultscan_ingest_server::observe::{Item, Outcome};
use faultscan_wire::base64url;
use faultscan_wire::sign::signing_key;
use serde_json::Value;

use crate::support::{NOW_S, Phone, Server, request};

const GO_PROXY: &str = "go: golang.org/x/text@v0.14.0: Get \
    \"https://proxy.golang.org/golang.org/x/text/@v/v0.14.0.mod\": dial tcp \
    142.251.42.241:443: i/o timeout";

/// An answer without what may differ between the first time and a retry.
fn but_outcome(answer: &Value) -> Value {
    let mut answer = answer.clone();
    answer.as_object_mut().unwrap().remove("outcome");
    answer
}

#[test]
fn a_retry_gets_the_same_answer() {
    let server = Server::start();
    let bytes = server.phone().snapshot(0, &[GO_PROXY]);
    let first = server.upload(&bytes).json();
    server.clock.advance_s(30);
    let again = server.upload(&bytes).json();
    assert_eq!(
        (&first["outcome"], &again["outcome"]),
        (&"accepted".into(), &"duplicate".into())
    );
    assert_eq!(but_outcome(&first), but_outcome(&again));
    assert_eq!(first["received_at_ms"], NOW_S * 1000);
    assert_eq!(first["clock_skew_ms"], 250);
    assert_eq!(first["control"]["enabled"], true);
    assert_eq!(server.stored(), 1);
    assert_eq!(
        server.core.observe.count(Item::Snapshot, Outcome::Accepted),
        1
    );
    assert_eq!(
        server
            .core
            .observe
            .count(Item::Snapshot, Outcome::Duplicate),
        1
    );
}

#[test]
fn a_retry_gets_the_first_diagnosis_also_after_an_answer() {
    let server = Server::start();
    let bytes = server.phone().snapshot(0, &[GO_PROXY]);
    let first = server.upload(&bytes).json();
    let check = first["diagnosis"]["next_checks"][0]["id"]
        .as_str()
        .expect("a next check");
    let path = format!(
        "/v1/reports/{}/checks",
        first["report_id"].as_str().unwrap()
    );
    let bearer = format!("Bearer {}", first["capability"].as_str().unwrap());
    let given = serde_json::json!({ "check": check, "answer": "no" });
    let answered = server.post_json(&path, &[("authorization", &bearer)], &given);
    assert_eq!(answered.status, 200, "{answered:?}");
    assert_ne!(answered.json(), first["diagnosis"]);
    assert_eq!(
        but_outcome(&server.upload(&bytes).json()),
        but_outcome(&first)
    );
}

#[test]
fn the_diagnosis_comes_with_the_answer() {
    let server = Server::start();
    let answer = server
        .upload(&server.phone().snapshot(0, &["hello", GO_PROXY]))
        .json();
    let diagnosis = &answer["diagnosis"];
    assert_eq!(diagnosis["status"], "explained", "{diagnosis:#}");
    let found = &diagnosis["codes"][0];
    assert_eq!(found["lines"], serde_json::json!([2]));
    assert!(!diagnosis["causes"].as_array().unwrap().is_empty());
}

#[test]
fn identical_uploads_at_the_same_time_make_one_report() {
    let server = Arc::new(Server::start());
    let bytes = Arc::new(server.phone().snapshot(0, &[GO_PROXY]));
    let uploads: Vec<_> = (0..8)
        .map(|_| {
            let (server, bytes) = (Arc::clone(&server), Arc::clone(&bytes));
            std::thread::spawn(move || server.upload(&bytes))
        })
        .collect();
    let answers: Vec<_> = uploads
        .into_iter()
        .map(|upload| upload.join().unwrap())
        .collect();
    assert!(answers.iter().all(|answer| answer.status == 200));
    let outcomes: Vec<_> = answers
        .iter()
        .map(|answer| answer.json()["outcome"].clone())
        .collect();
    assert_eq!(
        outcomes
            .iter()
            .filter(|outcome| *outcome == "accepted")
            .count(),
        1
    );
    let first = but_outcome(&answers[0].json());
    assert!(
        answers
            .iter()
            .all(|answer| but_outcome(&answer.json()) == first)
    );
    assert_eq!(server.stored(), 1);
}

#[test]
fn two_sessions_that_race_for_a_ticket_make_one_binding() {
    let server = Arc::new(Server::start());
    let first = server.phone();
    let sessions: Vec<_> = (1..=6u8)
        .map(|seed| {
            let (server, ticket) = (Arc::clone(&server), first.ticket.clone());
            std::thread::spawn(move || {
                let phone = Phone {
                    session: signing_key(&[seed; 32]),
                    ticket,
                };
                server
                    .upload(&phone.snapshot(u32::from(seed), &["x"]))
                    .status
            })
        })
        .collect();
    let mut statuses: Vec<_> = sessions.into_iter().map(|s| s.join().unwrap()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 403, 403, 403, 403, 403]);
}

#[test]
fn what_was_acknowledged_is_there_after_a_restart() {
    let server = Server::start();
    let phone = server.phone();
    let first = server.upload(&phone.snapshot(0, &["x"])).json();
    let data = server.stop();
    let server = Server::start_in(data, |_| {});
    assert_eq!(
        server.upload(&phone.snapshot(0, &["x"])).json()["report_id"],
        first["report_id"]
    );
    let path = format!("/v1/reports/{}", first["report_id"].as_str().unwrap());
    let bearer = format!("Bearer {}", first["capability"].as_str().unwrap());
    let report = server.get(&path, &[("authorization", &bearer)]);
    assert_eq!(report.status, 200, "the capability still opens it");
    assert_eq!(report.json()["logs"][0]["message"], "x");
}

#[test]
fn a_ticket_made_offline_belongs_to_its_project() {
    let server = Server::start();
    let created = server
        .block_on(keys::create_project(
            &*server.core.store,
            &*server.clock,
            "车联网 A",
        ))
        .unwrap();
    let phone = Phone::with(&signing_key(&created.ticket_secret), |_| {});
    assert_eq!(server.upload(&phone.snapshot(0, &["x"])).status, 200);
    let keys = server.get("/.well-known/faultscan/keys.json", &[]).json();
    let id = created.ticket_key_id.to_string();
    assert!(
        keys["keys"]
            .as_array()
            .unwrap()
            .iter()
            .any(|key| key["key_id"] == id),
        "pages verify it"
    );
    let login = server.log_in();
    let reports = server.get("/v1/reports", &login.reading()).json();
    assert_eq!(reports["items"][0]["project"], "车联网 A");
    let query = format!("/v1/reports?project={}", created.project.id);
    assert_eq!(
        server.get(&query, &login.reading()).json()["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn secrets_that_a_phone_left_in_are_not_stored() {
    let server = Server::start();
    let line = "connect postgres://app:S3cretPassw0rd@db.internal:5432/app failed";
    let answer = server.upload(&server.phone().snapshot(0, &[line])).json();
    assert!(!answer.to_string().contains("S3cretPassw0rd"));
    let path = format!("/v1/reports/{}", answer["report_id"].as_str().unwrap());
    let report = server.get(&path, &server.log_in().reading()).json();
    let shown = report["logs"][0]["message"].as_str().unwrap();
    assert!(
        shown.contains("db.internal:5432") && !shown.contains("S3cret"),
        "{shown}"
    );
    let mut open = vec![server.data.path().to_path_buf()];
    let mut files = 0;
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(
                std::fs::read_dir(path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
            continue;
        }
        let bytes = std::fs::read(path).unwrap();
        assert!(!bytes.windows(14).any(|window| window == b"S3cretPassw0rd"));
        files += 1;
    }
    assert!(files > 0);
    assert!(server.core.observe.scrubbed.get() >= 1);
}

#[test]
fn other_origins_may_upload_without_credentials() {
    let server = Server::start();
    let preflight = request(
        server.address,
        "OPTIONS",
        "/v1/snapshots",
        &[
            ("origin", "https://app.example"),
            ("access-control-request-method", "POST"),
        ],
        b"",
    );
    assert_eq!(preflight.status, 204);
    assert_eq!(preflight.header("access-control-allow-origin"), Some("*"));
    assert_eq!(preflight.header("access-control-allow-credentials"), None);
    let refused = server.upload(b"x");
    assert_eq!(
        refused.header("access-control-allow-origin"),
        Some("*"),
        "refusals are readable"
    );
    let private = server.get("/v1/reports", &[("origin", "https://app.example")]);
    assert_eq!(private.header("access-control-allow-origin"), None);
}

#[test]
fn reports_older_than_they_may_be_are_deleted_and_others_stay() {
    let server = Server::start_with(|config| config.retention.report_age_max_days = 1);
    assert_eq!(
        server.upload(&server.phone().snapshot(0, &["old"])).status,
        200
    );
    server.clock.advance_s(24 * 3_600 - 10);
    let newer = Phone::with(&server.core.keys.signer().unwrap(), |claims| {
        claims.issued_at_s = server.clock.now_ms() / 1000;
    });
    assert_eq!(server.upload(&newer.snapshot(0, &["new"])).status, 200);
    server.clock.advance_s(11);
    let sweep = faultscan_ingest_server::service::retention::sweep(&server.core);
    assert_eq!(server.block_on(sweep).unwrap(), 1);
    assert_eq!(server.stored(), 1);
    let left = server.get("/v1/reports", &server.log_in().reading()).json();
    let id = newer.ticket.claims().ticket_id.to_string();
    assert_eq!(left["items"][0]["ticket_id"], id);
}

#[test]
fn the_oldest_reports_go_when_there_is_too_much() {
    let server = Server::start_with(|config| config.retention.stored_bytes_max = 400_000);
    for _ in 0..300 {
        assert_eq!(
            server
                .upload(&server.phone().snapshot(0, &[GO_PROXY; 40]))
                .status,
            200
        );
    }
    let sweep = faultscan_ingest_server::service::retention::sweep(&server.core);
    assert!(server.block_on(sweep).unwrap() > 0);
    assert!(server.core.store.stats().unwrap().stored_bytes <= 400_000);
}

#[test]
fn hosts_that_send_only_text_send_the_same_bytes_as_text() {
    let server = Server::start();
    let bytes = server.phone().snapshot(0, &[GO_PROXY]);
    let text = base64url::encode(&bytes);
    let headers = [("content-type", "application/base64url")];
    let post = |body: &[u8]| request(server.address, "POST", "/v1/snapshots", &headers, body);
    assert_eq!(post(text.as_bytes()).json()["outcome"], "accepted");
    let again = server.upload(&bytes).json();
    assert_eq!(again["outcome"], "duplicate");
    let broken = post(b"not/base64url!");
    assert_eq!(
        (broken.status, broken.reason().as_str()),
        (400, "bad_base64url")
    );
    assert_eq!(server.rejected(Item::Snapshot, "bad_base64url"), 1);
    assert_eq!(server.stored(), 1);
}

#[test]
fn random_bytes_are_given_once_and_kept_by_nobody() {
    let server = Server::start();
    let one = server.get("/v1/random", &[]);
    assert_eq!(one.header("cache-control"), Some("no-store"));
    assert_eq!(one.header("access-control-allow-origin"), Some("*"));
    let bytes = |answer: &Value| base64url::decode(answer["bytes"].as_str().unwrap()).unwrap();
    let (one, two) = (
        bytes(&one.json()),
        bytes(&server.get("/v1/random", &[]).json()),
    );
    assert_eq!((one.len(), two.len()), (32, 32));
    assert_ne!(one, two);
}
