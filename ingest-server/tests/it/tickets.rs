//! Making tickets over HTTP, and their pictures.

use faultscan_ingest_server::keys;
use faultscan_wire::Ticket;
use serde_json::json;

use crate::support::{NOW_S, Phone, Server};

#[test]
fn a_ticket_in_all_its_forms_is_one_ticket() {
    let server = Server::start();
    let login = server.log_in();
    let wanted = json!({
        "environment": { "os": "linux", "arch": "x86_64", "network_type": "wifi", "app_version": "1" },
        "ttl_s": 60,
        "code": "ERR-NET-001",
        "context": { "region": "cn-north" },
        "evidence": [{ "line": "token=abcdefgh12345678 dial tcp: i/o timeout" }],
    });
    let made = server.post_json("/v1/tickets", &login.changing(), &wanted);
    assert_eq!(made.status, 201, "{made:?}");
    let made = made.json();
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    let ticket = Ticket::parse(&text("text")).unwrap();
    for form in ["url", "decimal"] {
        assert_eq!(Ticket::parse(&text(form)).unwrap(), ticket, "{form}");
    }
    assert!(text("url").starts_with(&format!("http://{}/s#FS1.", server.address)));
    let claims = ticket.claims();
    assert_eq!((claims.issued_at_s, claims.ttl_s), (NOW_S, 60));
    assert_eq!(claims.code.as_deref(), Some("ERR-NET-001"));
    let line = &claims.evidence[0].line;
    assert!(
        line.contains("i/o timeout") && !line.contains("abcdefgh"),
        "{line}"
    );

    let keys = server.get("/.well-known/faultscan/keys.json", &[]).json();
    assert_eq!(keys["keys"][0]["key_id"], made["key_id"]);
    assert_eq!(keys["keys"][0]["state"], "active");
}

#[test]
fn wishes_that_cannot_be_granted() {
    let server = Server::start();
    let login = server.log_in();
    let fingerprint = format!("sha256:{}", "0".repeat(64));
    for (wanted, status, reason) in [
        (json!({}), 422, "ticket_bad_field"),
        (
            json!({ "environment": {}, "fingerprint": fingerprint }),
            422,
            "ticket_bad_field",
        ),
        (
            json!({ "environment": {}, "ttl_s": 0 }),
            422,
            "ticket_bad_field",
        ),
        (
            json!({ "environment": {}, "ttl_s": 604_801 }),
            422,
            "ticket_bad_field",
        ),
        (
            json!({ "environment": {}, "code": "x".repeat(65) }),
            422,
            "ticket_bad_field",
        ),
        (
            json!({ "environment": {}, "colour": "red" }),
            400,
            "bad_json",
        ),
        (json!({ "fingerprint": "md5:0" }), 400, "bad_json"),
    ] {
        let answer = server.post_json("/v1/tickets", &login.changing(), &wanted);
        assert_eq!(
            (answer.status, answer.reason().as_str()),
            (status, reason),
            "{wanted}"
        );
    }
    let huge = json!({ "environment": { "os": "x".repeat(20_000) } });
    let answer = server.post_json("/v1/tickets", &login.changing(), &huge);
    assert_eq!(
        (answer.status, answer.reason().as_str()),
        (413, "body_too_large")
    );
}

#[test]
fn a_project_key_makes_tickets_of_its_project_and_sees_no_others() {
    let server = Server::start();
    let login = server.log_in();
    let made = server.post_json(
        "/v1/tickets",
        &login.changing(),
        &json!({ "environment": {} }),
    );
    let others = made.json()["qr_svg"].as_str().unwrap().to_owned();
    let created = server
        .block_on(keys::create_project(
            &*server.core.store,
            &*server.clock,
            "p",
        ))
        .unwrap();
    let bearer = format!("Bearer {}", created.api_key);
    let project = [("authorization", bearer.as_str())];
    let made = server.post_json("/v1/tickets", &project, &json!({ "environment": {} }));
    assert_eq!(made.status, 201, "{made:?}");
    let made = made.json();
    assert_eq!(
        server
            .get(made["qr_svg"].as_str().unwrap(), &project)
            .status,
        200
    );
    assert_eq!(
        server
            .get(made["qr_svg"].as_str().unwrap(), &login.reading())
            .status,
        200
    );
    assert_eq!(server.get(&others, &project).reason(), "not_found");
    assert_eq!(
        server
            .get(&others, &[("authorization", "Bearer fsk_no")])
            .reason(),
        "bad_api_key"
    );

    let phone = Phone {
        session: faultscan_wire::sign::signing_key(&[1; 32]),
        ticket: Ticket::parse(made["text"].as_str().unwrap()).unwrap(),
    };
    assert_eq!(server.upload(&phone.snapshot(0, &[])).status, 200);
    let listed = server.get("/v1/reports?project=p", &login.reading()).json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
}

#[test]
fn the_pictures_are_pictures() {
    let server = Server::start();
    let login = server.log_in();
    let made = server.post_json(
        "/v1/tickets",
        &login.changing(),
        &json!({ "environment": {} }),
    );
    let made = made.json();
    let (svg, png) = (
        made["qr_svg"].as_str().unwrap(),
        made["qr_png"].as_str().unwrap(),
    );
    let drawn = server.get(svg, &login.reading());
    assert_eq!(drawn.header("content-type"), Some("image/svg+xml"));
    assert!(drawn.body.starts_with(b"<svg") || drawn.body.starts_with(b"<?xml"));
    let url = server.get(png, &login.reading());
    assert_eq!(url.header("content-type"), Some("image/png"));
    assert!(url.body.starts_with(b"\x89PNG\r\n"));
    let digits = server.get(&format!("{png}?form=decimal&module_px=3"), &login.reading());
    assert!(digits.body.starts_with(b"\x89PNG\r\n") && digits.body != url.body);
    for (query, reason) in [
        ("form=circle", "bad_query"),
        ("module_px=0", "qr_bad_module_size"),
        ("module_px=33", "qr_bad_module_size"),
        ("colour=red", "bad_query"),
    ] {
        let refused = server.get(&format!("{png}?{query}"), &login.reading());
        assert_eq!(
            (refused.status, refused.reason().as_str()),
            (400, reason),
            "{query}"
        );
    }
}
