//! Pages, health, metrics, headers, and the API's description.

use crate::support::{Server, request};

#[test]
fn every_answer_carries_the_security_headers() {
    let server = Server::start();
    for path in [
        "/s",
        "/dashboard/",
        "/login",
        "/v1/me",
        "/nowhere",
        "/v1/reports",
    ] {
        let answer = server.get(path, &[]);
        let csp = answer.header("content-security-policy").unwrap();
        assert!(csp.starts_with("default-src 'none'") && csp.contains("'wasm-unsafe-eval'"));
        assert!(!csp.contains("unsafe-inline") && !csp.contains("'unsafe-eval'"));
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path}");
        }
    }
}

#[test]
fn the_root_leads_to_the_dashboard() {
    let server = Server::start();
    let answer = server.get("/", &[]);
    assert_eq!(
        (answer.status, answer.header("location")),
        (302, Some("/dashboard/"))
    );
}

/// Whether the pages have been built or not, the pages' paths answer with a page.
#[test]
fn pages_answer_with_html() {
    let server = Server::start();
    for path in ["/s", "/r", "/login", "/dashboard/", "/dashboard/reports/00"] {
        let answer = server.get(path, &[]);
        assert!(
            matches!(answer.status, 200 | 503),
            "{path}: {}",
            answer.status
        );
        assert_eq!(
            answer.header("content-type"),
            Some("text/html; charset=utf-8"),
            "{path}"
        );
        if answer.status == 503 {
            assert!(String::from_utf8_lossy(&answer.body).contains("cargo xtask run"));
        }
    }
    for path in [
        "/nowhere",
        "/assets/none.js",
        "/../Cargo.toml",
        "/%2e%2e/Cargo.toml",
    ] {
        assert_eq!(server.get(path, &[]).reason(), "not_found", "{path}");
    }
}

#[test]
fn health_readiness_and_ping() {
    let server = Server::start();
    assert_eq!(server.get("/healthz", &[]).status, 200);
    assert_eq!(server.get("/readyz", &[]).status, 200);
    let ping = server.get("/v1/ping", &[("origin", "https://app.example")]);
    assert_eq!(
        (ping.status, ping.header("cache-control")),
        (204, Some("no-store"))
    );
    assert_eq!(ping.header("access-control-allow-origin"), Some("*"));
    server.core.begin_stopping();
    let stopping = server.get("/readyz", &[]);
    assert_eq!(
        (stopping.status, stopping.reason().as_str()),
        (503, "shutting_down")
    );
}

#[test]
fn metrics_count_outcomes_by_reason() {
    let server = Server::start();
    server.upload(b"not a snapshot");
    server.upload(&server.phone().snapshot(0, &["x"]));
    let text = String::from_utf8(server.get("/metrics", &[]).body).unwrap();
    for line in [
        "faultscan_items_total{kind=\"snapshot\",outcome=\"accepted\",reason=\"accepted\"} 1",
        "faultscan_items_total{kind=\"snapshot\",outcome=\"rejected\",reason=\"snapshot_truncated\"} 1",
        "faultscan_commit_seconds_count",
        "faultscan_stage_seconds_bucket{stage=\"diagnose\"",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}

#[test]
fn a_method_that_a_path_does_not_take_is_refused() {
    let server = Server::start();
    let answer = request(server.address, "DELETE", "/v1/snapshots", &[], b"");
    assert!(matches!(answer.status, 404 | 405), "{answer:?}");
}

#[test]
fn the_committed_description_is_fresh() {
    let server = Server::start();
    let served = String::from_utf8(server.get("/v1/openapi.json", &[]).body).unwrap();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/spec/openapi.json");
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        served == committed,
        "docs/spec/openapi.json is stale: write it anew with `ingest-server openapi`"
    );
}
