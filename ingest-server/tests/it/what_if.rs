//! What would follow from assumed causes: beside the diagnosis, by capability, and what is refused.

use faultscan_diagnosis::{CauseName, WhatIf};
use serde_json::Value;

use crate::support::Server;

const SEEN: &[&str] = &["/bin/sh: 1: go: command not found"];

#[test]
fn assumptions_are_weighed_beside_the_reports_evidence() {
    let server = Server::start();
    let answer = server.upload(&server.phone().snapshot(0, SEEN)).json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let id = text(&answer["report_id"]);
    let bearer = format!("Bearer {}", text(&answer["capability"]));
    let headers = [("authorization", bearer.as_str())];
    let causes = answer["diagnosis"]["causes"].as_array().unwrap();
    let (first, second) = (text(&causes[0]["id"]), text(&causes[1]["id"]));
    let ask = |query: &str| server.get(&format!("/v1/reports/{id}/what-if{query}"), &headers);

    let told = ask(&format!("?failed={second}&working={first}"));
    assert_eq!(told.status, 200);
    let follow: WhatIf = serde_json::from_value(told.json()).unwrap();
    let now = |cause: &str| {
        let found = follow.assumed.iter().find(|one| one.id == cause).unwrap();
        (found.now, found.then)
    };
    assert_eq!(now(&first), (causes[0]["posterior"].as_f64().unwrap(), 0.0));
    assert_eq!(
        now(&second),
        (causes[1]["posterior"].as_f64().unwrap(), 1.0)
    );
    assert!(!follow.codes.is_empty());
    assert!(follow.tops.iter().any(|top| top.then > 0.99), "{follow:?}");

    let found = server.get(&format!("/v1/reports/{id}/causes?q={first}"), &headers);
    let found: Vec<CauseName> = serde_json::from_value(found.json()).unwrap();
    assert_eq!(found[0].id, first);

    for (query, status, reason) in [
        ("?failed=nobody", 422, "unknown_cause"),
        (
            &*format!("?failed={first}&working={first}"),
            422,
            "impossible_observations",
        ),
        ("?broken=x", 400, "bad_query"),
        (
            &*format!("?failed={}", vec!["x"; 17].join(",")),
            400,
            "bad_query",
        ),
    ] {
        let refused = ask(query);
        assert_eq!(refused.status, status, "{query}");
        assert_eq!(refused.json()["reason"], reason, "{query}");
    }
    for path in ["what-if", "causes"] {
        let stranger = server.get(&format!("/v1/reports/{id}/{path}"), &[]);
        assert_eq!(stranger.status, 401);
    }
}
