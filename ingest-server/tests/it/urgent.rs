//! Urgent datagrams: the same service behind UDP and HTTP.

use std::collections::BTreeMap;
use std::net::UdpSocket;

use faultscan_ingest_server::observe::{Item, Outcome};
use faultscan_wire::sign::signing_key;
use faultscan_wire::{SigningKey, TicketId, Urgent, UrgentKind};

use crate::refusals::wait_until;
use crate::support::{NOW_S, Phone, Server, request};

fn datagram(phone: &Phone, session: &SigningKey, sequence: u32, line: &str) -> Vec<u8> {
    seal(phone.ticket.claims().ticket_id, session, sequence, line)
}

fn seal(ticket_id: TicketId, session: &SigningKey, sequence: u32, line: &str) -> Vec<u8> {
    Urgent {
        kind: UrgentKind::Oom,
        ticket_id,
        sequence,
        occurred_at_ms: NOW_S * 1000,
        metrics: BTreeMap::from([("memory_mb".to_owned(), 81.5)]),
        line: line.to_owned(),
    }
    .seal(session)
    .unwrap()
}

fn post(server: &Server, bytes: &[u8]) -> crate::support::Response {
    // As sendBeacon does it: no media type of its own.
    request(
        server.address,
        "POST",
        "/v1/urgent",
        &[("content-type", "text/plain")],
        bytes,
    )
}

#[test]
fn both_transports_store_and_the_report_shows_it() {
    let server = Server::start();
    let phone = server.phone();
    let report = server.upload(&phone.snapshot(0, &["x"])).json();
    let by_http = post(
        &server,
        &datagram(&phone, &phone.session, 1, "password=hunter2hunter2"),
    );
    assert_eq!(
        (by_http.status, by_http.json()["outcome"].clone()),
        (202, "accepted".into())
    );
    let again = post(
        &server,
        &datagram(&phone, &phone.session, 1, "password=hunter2hunter2"),
    );
    assert_eq!(again.json()["outcome"], "duplicate");

    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket
        .send_to(&datagram(&phone, &phone.session, 2, "by udp"), server.udp)
        .unwrap();
    wait_until(|| {
        server
            .core
            .observe
            .count(Item::UrgentUdp, Outcome::Accepted)
            == 1
    });

    let path = format!("/v1/reports/{}", report["report_id"].as_str().unwrap());
    let login = server.log_in();
    let urgent = server.get(&path, &login.reading()).json()["urgent"].clone();
    assert_eq!(urgent.as_array().unwrap().len(), 2);
    assert_eq!(urgent[0]["kind"], "oom");
    assert_eq!(urgent[0]["metrics"]["memory_mb"], 81.5);
    assert!(!urgent[0]["line"].as_str().unwrap().contains("hunter2"));
    assert_eq!(urgent[1]["line"], "by udp");
    let listed = server.get("/v1/reports", &login.reading()).json();
    assert_eq!(listed["items"][0]["urgent"], 2);
}

#[test]
fn refusals_by_name() {
    let server = Server::start_with(|config| config.limits.urgent_per_ticket_max = 1);
    let phone = server.phone();
    let good = datagram(&phone, &phone.session, 1, "x");
    let check = |bytes: &[u8], status: u16, reason: &'static str| {
        let answer = post(&server, bytes);
        assert_eq!((answer.status, answer.reason().as_str()), (status, reason));
        assert!(server.rejected(Item::UrgentHttp, reason) >= 1);
    };
    check(&good, 403, "unknown_ticket");
    assert_eq!(server.upload(&phone.snapshot(0, &[])).status, 200);
    let mut forged = good.clone();
    *forged.last_mut().unwrap() ^= 1;
    check(&forged, 401, "bad_urgent_signature");
    check(&good[..50], 400, "urgent_truncated");
    check(
        &[good.as_slice(), &[0; 1200]].concat(),
        413,
        "body_too_large",
    );
    let thief = signing_key(&[9; 32]);
    check(
        &datagram(&phone, &thief, 1, "x"),
        403,
        "ticket_bound_to_other_session",
    );
    assert_eq!(post(&server, &good).status, 202);
    check(
        &datagram(&phone, &phone.session, 2, "x"),
        403,
        "ticket_spent",
    );
}

#[test]
fn udp_counts_what_it_drops_and_never_answers() {
    let server = Server::start();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket
        .set_read_timeout(Some(std::time::Duration::from_millis(100)))
        .unwrap();
    socket.send_to(&[0; 1300], server.udp).unwrap();
    socket.send_to(b"FSUR", server.udp).unwrap();
    wait_until(|| {
        server.rejected(Item::UrgentUdp, "body_too_large") == 1
            && server.rejected(Item::UrgentUdp, "urgent_truncated") == 1
    });
    assert!(socket.recv(&mut [0; 16]).is_err());
}

#[test]
fn a_crash_before_the_first_snapshot_counts_for_a_ticket_made_here() {
    let server = Server::start();
    let login = server.log_in();
    let made = server.post_json(
        "/v1/tickets",
        &login.changing(),
        &serde_json::json!({ "environment": { "os": "linux" } }),
    );
    let id: TicketId = made.json()["ticket_id"].as_str().unwrap().parse().unwrap();
    assert_eq!(
        post(&server, &seal(id, &signing_key(&[3; 32]), 1, "x")).status,
        202
    );
}
