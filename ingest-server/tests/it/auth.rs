//! Logging in, and what is closed without it.

use serde_json::json;

use crate::support::{Server, request};

#[test]
fn the_link_works_once() {
    let server = Server::start();
    let token = json!({ "token": server.login_token });
    let first = server.post_json("/v1/login", &[], &token);
    assert_eq!(first.status, 200);
    let cookie = first.header("set-cookie").unwrap();
    for part in [
        "faultscan_session=",
        "HttpOnly",
        "SameSite=Strict",
        "Path=/",
    ] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "plain http: {cookie}");
    let second = server.post_json("/v1/login", &[], &token);
    assert_eq!(
        (second.status, second.reason().as_str()),
        (401, "bad_login_token")
    );
}

#[test]
fn the_cookie_is_secure_where_the_origin_is() {
    let server =
        Server::start_with(|c| c.http.public_origin = Some("https://scan.example".to_owned()));
    let answer = server.post_json("/v1/login", &[], &json!({ "token": server.login_token }));
    assert!(answer.header("set-cookie").unwrap().contains("Secure"));
}

#[test]
fn a_link_is_too_old_after_its_time() {
    let server = Server::start();
    server.clock.advance_s(24 * 3_600 + 1);
    let late = server.post_json("/v1/login", &[], &json!({ "token": server.login_token }));
    assert_eq!(late.reason(), "bad_login_token");
}

#[test]
fn who_is_asking() {
    let server = Server::start();
    let nobody = server.get("/v1/me", &[]).json();
    assert_eq!(
        (&nobody["authenticated"], &nobody["csrf_token"]),
        (&json!(false), &json!(null))
    );
    let login = server.log_in();
    let me = server.get("/v1/me", &login.reading()).json();
    assert_eq!(
        (&me["authenticated"], &me["csrf_token"]),
        (&json!(true), &json!(login.csrf))
    );
    let origin = format!("http://{}", server.address);
    assert_eq!(me["public_origin"], origin);
}

#[test]
fn what_is_closed_without_a_login() {
    let server = Server::start();
    let id = "0".repeat(32);
    for path in ["/v1/reports", "/v1/events", &format!("/v1/reports/{id}")] {
        let answer = server.get(path, &[]);
        assert_eq!(
            (answer.status, answer.reason().as_str()),
            (401, "not_logged_in"),
            "{path}"
        );
    }
    for path in [
        "/v1/tickets".to_owned(),
        format!("/v1/reports/{id}/feedback"),
    ] {
        let answer = server.post_json(&path, &[], &json!({}));
        assert_eq!(answer.status, 401, "{path}");
    }
    for cookie in ["faultscan_session=", "faultscan_session=AAAA"] {
        assert_eq!(server.get("/v1/reports", &[("cookie", cookie)]).status, 401);
    }
}

#[test]
fn a_change_needs_the_csrf_header() {
    let server = Server::start();
    let login = server.log_in();
    let wanted = json!({ "environment": {} });
    let without = server.post_json("/v1/tickets", &login.reading(), &wanted);
    assert_eq!(
        (without.status, without.reason().as_str()),
        (403, "bad_csrf_token")
    );
    let other = server.log_in();
    let foreign = [
        ("cookie", login.cookie.as_str()),
        ("x-faultscan-csrf", other.csrf.as_str()),
    ];
    assert_eq!(
        server.post_json("/v1/tickets", &foreign, &wanted).reason(),
        "bad_csrf_token"
    );
    assert_eq!(
        server
            .post_json("/v1/tickets", &login.changing(), &wanted)
            .status,
        201
    );
}

#[test]
fn logging_out_ends_the_session() {
    let server = Server::start();
    let login = server.log_in();
    assert_eq!(server.get("/v1/reports", &login.reading()).status, 200);
    let out = request(server.address, "POST", "/v1/logout", &login.changing(), b"");
    assert_eq!(out.status, 204);
    assert!(out.header("set-cookie").unwrap().contains("Max-Age=0"));
    assert_eq!(server.get("/v1/reports", &login.reading()).status, 401);
}

#[test]
fn a_session_ends_with_its_time() {
    let server = Server::start();
    let login = server.log_in();
    server.clock.advance_s(7 * 24 * 3_600);
    assert_eq!(server.get("/v1/reports", &login.reading()).status, 401);
}

#[test]
fn a_capability_opens_one_report_and_nothing_else() {
    let server = Server::start();
    let phone = server.phone();
    let one = server.upload(&phone.snapshot(0, &["one"])).json();
    let two = server.upload(&phone.snapshot(1, &["two"])).json();
    let bearer = format!("Bearer {}", one["capability"].as_str().unwrap());
    let headers = [("authorization", bearer.as_str())];
    let path = |report: &serde_json::Value| {
        format!("/v1/reports/{}", report["report_id"].as_str().unwrap())
    };
    let opened = server.get(&path(&one), &headers);
    assert_eq!(opened.status, 200);
    assert_eq!(opened.header("access-control-allow-origin"), Some("*"));
    assert_eq!(server.get(&path(&two), &headers).reason(), "bad_capability");
    assert_eq!(server.get("/v1/reports", &headers).status, 401);
    assert_eq!(
        server
            .post_json("/v1/tickets", &headers, &json!({}))
            .reason(),
        "bad_api_key"
    );
}

#[test]
fn trying_secrets_is_slowed_down() {
    let server = Server::start_with(|config| config.limits.login_attempts_per_min = 3);
    let guess = || server.post_json("/v1/login", &[], &json!({ "token": "guess" }));
    for _ in 0..3 {
        assert_eq!(guess().reason(), "bad_login_token");
    }
    let slowed = guess();
    assert_eq!(
        (slowed.status, slowed.reason().as_str()),
        (429, "rate_limited")
    );
    assert!(
        slowed
            .header("retry-after")
            .unwrap()
            .parse::<u32>()
            .unwrap()
            >= 1
    );
}
