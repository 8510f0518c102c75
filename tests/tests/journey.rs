//! One scan, from the ticket to the dashboard, over HTTP and UDP.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what is unexpected here is a failed test"
)]

use faultscan_tests::craft::{self, GO_PROXY_TIMEOUT, Session};
use faultscan_tests::server::Server;
use faultscan_wire::UrgentKind;
use serde_json::{Value, json};
use std::net::UdpSocket;
use std::thread;
use std::time::{Duration, Instant};

/// Looks again and again, up to a generous time, until `look` finds what it wants.
fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "{what} did not happen");
        thread::sleep(Duration::from_millis(20));
    }
}

fn report(server: &Server, answer: &Value) -> Value {
    let path = format!("/v1/reports/{}", answer["report_id"].as_str().unwrap());
    let bearer = format!("Bearer {}", answer["capability"].as_str().unwrap());
    let answer = server.get(&path, &[("authorization", &bearer)]);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[test]
fn a_ticket_a_scan_a_diagnosis() {
    let server = Server::start();
    let ticket = server.plain_ticket();
    for (path, kind) in [("qr_svg", "image/svg+xml"), ("qr_png", "image/png")] {
        let bearer = format!("Bearer {}", server.project.api_key);
        let image = server.get(
            ticket[path].as_str().unwrap(),
            &[("authorization", &bearer)],
        );
        assert_eq!(image.status, 200);
        assert!(image.header("content-type").unwrap().starts_with(kind));
        assert!(image.body.len() > 500);
    }
    // Each text form is the same ticket.
    let forms: Vec<Vec<u8>> = ["text", "url", "decimal"]
        .iter()
        .map(|form| Session::scan(ticket[form].as_str().unwrap()).ticket_bytes)
        .collect();
    assert_eq!(forms[0], forms[1]);
    assert_eq!(forms[0], forms[2]);

    let session = Session::scan(ticket["url"].as_str().unwrap());
    let answer = server.upload(&session.snapshot(1, &craft::body(GO_PROXY_TIMEOUT)));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let answer = answer.json();
    let diagnosis = &answer["diagnosis"];
    assert_eq!(diagnosis["status"], "explained", "{diagnosis:#}");
    assert!(!diagnosis["causes"].as_array().unwrap().is_empty());
    assert!(!diagnosis["fixes"].as_array().unwrap().is_empty());

    let report = report(&server, &answer);
    assert_eq!(
        report["diagnosis"], *diagnosis,
        "the report says what the phone was told"
    );
    let lines = report["logs"].as_array().unwrap();
    assert_eq!(lines.len(), GO_PROXY_TIMEOUT.len());
    let code = &diagnosis["codes"][0];
    for line in code["lines"].as_array().unwrap() {
        let line = &lines[usize::try_from(line.as_u64().unwrap()).unwrap() - 1];
        assert!(
            line["message"].as_str().unwrap().contains("i/o timeout"),
            "{line}"
        );
    }
}

#[test]
fn a_report_opens_to_its_own_phone_and_to_the_dashboard_only() {
    let server = Server::start();
    let upload = |lines: &[&str]| {
        let session = Session::new(&server.project.issuer.ticket());
        server
            .upload(&session.snapshot(1, &craft::body(lines)))
            .json()
    };
    let (mine, other) = (upload(GO_PROXY_TIMEOUT), upload(&["another failure"]));
    let path = format!("/v1/reports/{}", mine["report_id"].as_str().unwrap());
    let wrong = format!("Bearer {}", other["capability"].as_str().unwrap());
    assert_eq!(server.get(&path, &[]).status, 401);
    let refused = server.get(&path, &[("authorization", &wrong)]).status;
    assert!([401, 403, 404].contains(&refused), "{refused}");
    assert_eq!(
        server
            .get("/v1/reports", &[("authorization", &wrong)])
            .status,
        401
    );

    let login = server.log_in();
    for part in ["HttpOnly", "SameSite=Strict"] {
        assert!(login.attributes.contains(part), "{}", login.attributes);
    }
    let cookie = [("cookie", login.cookie.as_str())];
    assert_eq!(server.get(&path, &cookie).status, 200);
    let list = server.get("/v1/reports", &cookie).json();
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
    let again = json!({ "token": server.ready.login_token() });
    assert_eq!(
        server.post_json("/v1/login", &[], &again).status,
        401,
        "the link works once"
    );
}

#[test]
fn a_mutation_with_the_cookie_needs_the_csrf_token() {
    let server = Server::start();
    let login = server.log_in();
    let request = json!({ "environment": { "os": "linux" }, "ttl_s": 60 });
    let cookie = ("cookie", login.cookie.as_str());
    let answer = server.post_json("/v1/tickets", &[cookie], &request);
    assert_eq!(answer.status, 403, "{}", answer.text());
    let csrf = ("x-faultscan-csrf", login.csrf.as_str());
    assert_eq!(
        server
            .post_json("/v1/tickets", &[cookie, csrf], &request)
            .status,
        201
    );
}

#[test]
fn the_dashboard_hears_of_a_report_at_once() {
    let server = Server::start();
    let login = server.log_in();
    let mut stream = server.connect();
    let head = format!(
        "GET /v1/events HTTP/1.1\r\nhost: x\r\ncookie: {}\r\n\r\n",
        login.cookie
    );
    stream.send(head.as_bytes()).unwrap();
    while !stream.line().unwrap().is_empty() {}

    let session = Session::new(&server.project.issuer.ticket());
    let answer = server
        .upload(&session.snapshot(1, &craft::body(GO_PROXY_TIMEOUT)))
        .json();
    loop {
        let line = stream.line().unwrap();
        if let Some(data) = line
            .strip_prefix("data:")
            .and_then(|text| serde_json::from_str::<Value>(text).ok())
        {
            assert_eq!(data["id"], answer["report_id"]);
            assert_eq!(data["code"], answer["diagnosis"]["verdict"]["code"]);
            break;
        }
    }
}

#[test]
fn an_answer_to_a_check_refines_the_diagnosis() {
    let server = Server::start();
    let session = Session::new(&server.project.issuer.ticket());
    let answer = server
        .upload(&session.snapshot(1, &craft::body(GO_PROXY_TIMEOUT)))
        .json();
    let check = answer["diagnosis"]["next_checks"][0]["id"]
        .as_str()
        .expect("a next check");
    let path = format!(
        "/v1/reports/{}/checks",
        answer["report_id"].as_str().unwrap()
    );
    let bearer = format!("Bearer {}", answer["capability"].as_str().unwrap());
    let request = json!({ "check": check, "answer": "yes" });
    let refined = server.post_json(&path, &[("authorization", &bearer)], &request);
    assert_eq!(refined.status, 200, "{}", refined.text());
    let refined = refined.json();
    assert_eq!(refined["answers"][0], request);
    assert_ne!(refined["causes"], answer["diagnosis"]["causes"]);
    assert_eq!(report(&server, &answer)["diagnosis"], refined);
}

#[test]
fn an_urgent_datagram_joins_the_report_of_its_session() {
    let server = Server::start();
    let session = Session::new(&server.project.issuer.ticket());
    let answer = server
        .upload(&session.snapshot(1, &craft::body(GO_PROXY_TIMEOUT)))
        .json();

    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let line = "java.lang.OutOfMemoryError: Java heap space";
    let datagram = session.urgent(1, UrgentKind::Oom, line);
    socket.send_to(&datagram, server.ready.udp).unwrap();
    let urgent = eventually("the datagram in the report", || {
        let urgent = report(&server, &answer)["urgent"]
            .as_array()?
            .first()?
            .clone();
        Some(urgent)
    });
    assert_eq!(urgent["kind"], "oom");
    assert_eq!(urgent["line"], line);

    // The HTTP twin takes the same bytes for what they are: seen before.
    let twin = server.post_bytes("/v1/urgent", &datagram);
    assert_eq!(twin.status, 202, "{}", twin.text());
    assert_eq!(twin.json()["outcome"], "duplicate");
    let second = session.urgent(2, UrgentKind::Crash, "segmentation fault");
    assert_eq!(
        server.post_bytes("/v1/urgent", &second).json()["outcome"],
        "accepted"
    );
    let both = report(&server, &answer)["urgent"].as_array().unwrap().len();
    assert_eq!(both, 2);
}

#[test]
fn a_bad_datagram_is_counted_and_gets_no_reply() {
    let server = Server::start();
    let session = Session::new(&server.project.issuer.ticket());
    let answer = server.upload(&session.snapshot(1, &craft::body(GO_PROXY_TIMEOUT)));
    assert_eq!(answer.status, 200);
    let answer = answer.json();
    let good = session.urgent(1, UrgentKind::Anr, "no answer for 5 s");
    let mut flipped = good.clone();
    flipped[80] ^= 1;
    let stranger = Session::new(&server.project.issuer.ticket()).urgent(1, UrgentKind::Anr, "x");
    let cases = [
        (
            "bad_magic",
            session.altered_urgent(&good, |bytes| bytes[0] = b'X'),
        ),
        (
            "unsupported_version",
            session.altered_urgent(&good, |bytes| bytes[4] = 9),
        ),
        (
            "unsupported_flags",
            session.altered_urgent(&good, |bytes| bytes[6] = 1),
        ),
        ("urgent_truncated", good[..60].to_vec()),
        ("body_too_large", vec![0; 1201]),
        ("bad_urgent_signature", flipped),
        ("unknown_ticket", stranger),
    ];
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    for (reason, bytes) in &cases {
        socket.send_to(bytes, server.ready.udp).unwrap();
        eventually(reason, || {
            (server.metrics().items("urgent_udp", "rejected", reason) == 1.0).then_some(())
        });
        let twin = server.post_bytes("/v1/urgent", bytes);
        assert!(
            (400..500).contains(&twin.status),
            "{reason}: {}",
            twin.status
        );
        assert_eq!(twin.reason(), *reason, "both ways answer alike");
    }
    socket
        .set_read_timeout(Some(Duration::from_millis(200)))
        .unwrap();
    assert!(
        socket.recv(&mut [0; 64]).is_err(),
        "a datagram was answered"
    );
    assert_eq!(server.metrics().outcome("urgent_udp", "accepted"), 0.0);
    assert_eq!(
        report(&server, &answer)["urgent"],
        json!([]),
        "nothing is stored"
    );
}

#[test]
fn pages_and_probes_answer() {
    let server = Server::start();
    for path in [
        "/healthz",
        "/readyz",
        "/metrics",
        "/v1/openapi.json",
        "/.well-known/faultscan/keys.json",
        "/v1/catalogue",
    ] {
        let answer = server.get(path, &[]);
        let open = answer.status == 200 || (path == "/v1/catalogue" && answer.status == 401);
        assert!(open, "{path}: {} {}", answer.status, answer.text());
    }
    assert_eq!(server.get("/v1/ping", &[]).status, 204);
    for path in ["/s", "/dashboard/", "/login", "/r"] {
        let answer = server.get(path, &[]);
        assert_eq!(answer.status, 200, "{path}");
        let policy = answer.header("content-security-policy").expect("a policy");
        assert!(
            !policy.contains("unsafe-inline") || policy.contains("style-src"),
            "{policy}"
        );
    }
}
