//! Groups of like failures, trends, searches and facets over HTTP.

use std::io::{BufRead, BufReader, Write};

use serde_json::{Value, json};

use crate::support::{Login, Server, connect};

const REFUSED: &str = "dial tcp 10.2.3.4:5432: connect: connection refused";
const ELSEWHERE: &str = "dial tcp 10.9.9.9:5432: connect: connection refused";

fn upload(server: &Server, lines: &[&str]) -> String {
    let answer = server.upload(&server.phone().snapshot(0, lines));
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["report_id"].as_str().unwrap().to_owned()
}

fn groups(server: &Server, login: &Login, query: &str) -> Vec<Value> {
    let page = server.get(&format!("/v1/groups?{query}"), &login.reading());
    page.json()["items"].as_array().unwrap().clone()
}

#[test]
fn a_group_goes_from_new_to_fixed_to_regressed() {
    let server = Server::start();
    let login = server.log_in();
    for lines in [&[REFUSED][..], &[REFUSED], &[ELSEWHERE]] {
        upload(&server, lines);
    }
    let listed = groups(&server, &login, "order=reports");
    assert_eq!(listed.len(), 2, "{listed:?}");
    let group = &listed[0];
    assert_eq!(
        (&group["reports"], &group["state"]),
        (&json!(2), &json!("new"))
    );
    let counts = group["curve"]["counts"].as_array().unwrap();
    assert_eq!((counts.len(), counts.last()), (14, Some(&json!(2))));
    let path = format!("/v1/groups/{}", group["id"].as_str().unwrap());
    let edit = |body: Value| server.post_json(&path, &login.changing(), &body);
    let confirmed = edit(json!({ "state": "confirmed", "assignee": " Han Meimei " })).json();
    assert_eq!(confirmed["assignee"], "Han Meimei");
    server.clock.advance_s(60);
    let fixed =
        edit(json!({ "state": "fixed", "note": "restarted, password=hunter2hunter2" })).json();
    assert_eq!(
        (&fixed["state"], &fixed["assignee"]),
        (&json!("fixed"), &json!("Han Meimei"))
    );
    assert!(!fixed["note"].as_str().unwrap().contains("hunter2"));
    server.clock.advance_s(60);
    let culprit = upload(&server, &[REFUSED]);
    let now = server.get(&path, &login.reading()).json();
    assert_eq!(
        (&now["state"], &now["reports"]),
        (&json!("regressed"), &json!(3))
    );
    let states: Vec<_> = now["history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| (change["state"].as_str().unwrap(), change["report"].as_str()))
        .collect();
    assert_eq!(
        states,
        [
            ("regressed", Some(culprit.as_str())),
            ("fixed", None),
            ("confirmed", None)
        ]
    );
    let regressed = server
        .get("/v1/reports?state=regressed&count=true", &login.reading())
        .json();
    assert_eq!(regressed["total"], 3);
    assert_eq!(regressed["items"][0]["group"], now["id"]);
    assert_eq!(
        groups(&server, &login, "state=regressed&q=10.2.3.4").len(),
        1
    );
    assert_eq!(groups(&server, &login, "state=fixed").len(), 0);
    let facets = server.get("/v1/facets", &login.reading()).json();
    assert_eq!(
        facets["states"],
        json!({ "confirmed": 0, "fixed": 0, "new": 1, "regressed": 1 })
    );
    for (body, reason) in [
        (json!({ "state": "regressed" }), "bad_state"),
        (json!({ "state": "gone" }), "bad_state"),
        (json!({ "note": "x".repeat(2_001) }), "note_too_long"),
        (json!({ "assignee": "字".repeat(65) }), "note_too_long"),
        (json!({ "stat": "new" }), "bad_json"),
    ] {
        assert_eq!(edit(body).reason(), reason);
    }
}

#[test]
fn pages_of_groups_hold_everything_once() {
    let server = Server::start();
    let login = server.log_in();
    for n in 0..5 {
        upload(
            &server,
            &[&format!(
                "dial tcp 10.2.3.{n}:5432: connect: connection refused"
            )],
        );
    }
    let (mut seen, mut path) = (Vec::new(), "/v1/groups?limit=2".to_owned());
    loop {
        let page = server.get(&path, &login.reading()).json();
        let ids = page["items"].as_array().unwrap().iter();
        seen.extend(ids.map(|item| item["id"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else {
            break;
        };
        path = format!("/v1/groups?limit=2&after={next}");
    }
    assert_eq!(seen.len(), 5);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 5);
    for query in ["after=x", "after=1-", "order=name", "state=odd"] {
        let refused = server.get(&format!("/v1/groups?{query}"), &login.reading());
        assert_eq!(refused.reason(), "bad_query", "{query}");
    }
}

#[test]
fn only_a_person_sees_groups_and_counts() {
    let server = Server::start();
    let login = server.log_in();
    let id = upload(&server, &[REFUSED]);
    let group = groups(&server, &login, "")[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let project = server.block_on(async {
        let store = std::sync::Arc::clone(&server.core.store);
        faultscan_ingest_server::keys::create_project(&*store, &*server.clock, "other")
            .await
            .unwrap()
    });
    let key = format!("Bearer {}", project.api_key);
    let of_project = [("authorization", key.as_str())];
    let group_path = format!("/v1/groups/{group}");
    for path in [
        "/v1/groups",
        &group_path,
        "/v1/trends",
        "/v1/facets",
        "/v1/reports",
        "/v1/events",
    ] {
        assert_eq!(server.get(path, &[]).reason(), "not_logged_in", "{path}");
        assert_eq!(
            server.get(path, &of_project).reason(),
            "not_logged_in",
            "{path}"
        );
    }
    let report = server.get(&format!("/v1/reports/{id}"), &of_project);
    assert_eq!(report.reason(), "bad_capability", "a key opens no report");
    let body = json!({ "state": "fixed" });
    assert_eq!(
        server.post_json(&group_path, &of_project, &body).reason(),
        "not_logged_in"
    );
    assert_eq!(
        server
            .post_json(&group_path, &login.reading(), &body)
            .reason(),
        "bad_csrf_token"
    );
    let none = "/v1/groups/00000000000000000000000000000000";
    for path in [none, "/v1/groups/x"] {
        assert_eq!(server.get(path, &login.reading()).reason(), "not_found");
        assert_eq!(
            server.post_json(path, &login.changing(), &body).reason(),
            "not_found"
        );
    }
}

#[test]
fn a_search_looks_into_the_log_and_the_verdict() {
    let server = Server::start();
    let login = server.log_in();
    let id = upload(
        &server,
        &["worker 七号 lost its lease on shard/eu-17", REFUSED],
    );
    upload(&server, &["nothing here"]);
    let found = |query: &str| {
        let page = server
            .get(&format!("/v1/reports?q={query}"), &login.reading())
            .json();
        let items = page["items"].as_array().unwrap().iter();
        items
            .map(|item| item["id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    for query in [
        "lease",
        "eu-17",
        "shard%2Feu",
        "%E4%B8%83%E5%8F%B7",
        "lease%2010.2.3.4:5432",
        "LOST+refused",
    ] {
        assert_eq!(found(query), [id.as_str()], "{query}");
    }
    assert_eq!(found("lease%20nothing").len(), 0);
    for query in ["%22", "%00", "AND", "%2A", "NEAR(", "%F0%9F%92%A9"] {
        assert_eq!(found(query).len(), 0, "{query}");
    }
}

#[test]
fn trends_tell_codes_apart() {
    let server = Server::start();
    let login = server.log_in();
    upload(&server, &[REFUSED]);
    upload(&server, &["nothing here"]);
    server.clock.advance_s(2 * 24 * 3_600);
    let renewed = crate::support::Phone::with(&server.core.keys.signer().unwrap(), |claims| {
        claims.issued_at_s += 2 * 24 * 3_600;
    });
    assert_eq!(server.upload(&renewed.snapshot(0, &[REFUSED])).status, 200);
    let trend = |query: &str| server.get(&format!("/v1/trends?{query}"), &login.reading());
    let days = trend("hours=72&step=24").json();
    let sums: Vec<_> = days["series"]
        .as_array()
        .unwrap()
        .iter()
        .map(|series| (series["key"].is_string(), series["counts"].clone()))
        .collect();
    assert_eq!(sums, [(true, json!([1, 0, 1])), (false, json!([1, 0, 0]))]);
    let top = trend("hours=72&step=24&top=1").json();
    assert_eq!(
        (&top["others"], &top["others_count"]),
        (&json!([1, 0, 0]), &json!(1))
    );
    let hours = trend("hours=24&step=1&by=cause").json();
    assert_eq!(hours["series"][0]["counts"].as_array().unwrap().len(), 24);
    assert_eq!(hours["series"][0]["total"], 1);
    for query in [
        "by=x",
        "step=0",
        "hours=0",
        "hours=10000&step=1",
        "hours=999999&step=24",
        "step=99999999999",
    ] {
        assert_eq!(trend(query).reason(), "bad_query", "{query}");
    }
}

#[test]
fn watchers_see_groups_move() {
    let server = Server::start();
    let login = server.log_in();
    upload(&server, &[REFUSED]);
    let group = groups(&server, &login, "")[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let mut stream = connect(server.address);
    let head = format!(
        "GET /v1/events HTTP/1.1\r\nhost: t\r\ncookie: {}\r\n\r\n",
        login.cookie
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut lines = BufReader::new(stream).lines().map(Result::unwrap);
    assert!(lines.any(|line| line == ": heartbeat"));
    let mut next = || -> Value {
        assert!(lines.any(|line| line == "event: group"));
        let data = lines.next().unwrap();
        serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap()
    };
    let body = json!({ "state": "fixed" });
    server.post_json(&format!("/v1/groups/{group}"), &login.changing(), &body);
    let seen = next();
    assert_eq!(
        (&seen["id"], &seen["state"]),
        (&json!(group), &json!("fixed"))
    );
    server.clock.advance_s(1);
    upload(&server, &[REFUSED]);
    let seen = next();
    assert_eq!(
        (&seen["state"], &seen["reports"]),
        (&json!("regressed"), &json!(2))
    );
}
