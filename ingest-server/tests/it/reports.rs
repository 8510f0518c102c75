//! Lists, pages, answers, feedback, and what watchers see.

use std::io::{BufRead, BufReader, Write};

use serde_json::{Value, json};

use crate::support::{Phone, Server, connect};

const REFUSED: &str = "dial tcp 10.2.3.4:5432: connect: connection refused";
const GO_PROXY: &str = "go: golang.org/x/text@v0.14.0: Get \
    \"https://proxy.golang.org/golang.org/x/text/@v/v0.14.0.mod\": dial tcp \
    142.251.42.241:443: i/o timeout";

fn ids(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn pages_of_a_list_hold_everything_once_newest_first() {
    let server = Server::start();
    let login = server.log_in();
    let phone = server.phone();
    let mut expected: Vec<String> = (0..7)
        .map(|sequence| {
            let answer = server.upload(&phone.snapshot(sequence, &["x"])).json();
            answer["report_id"].as_str().unwrap().to_owned()
        })
        .collect();
    expected.reverse();
    let (mut found, mut path) = (Vec::new(), "/v1/reports?limit=3".to_owned());
    loop {
        let page = server.get(&path, &login.reading()).json();
        found.extend(ids(&page));
        let Some(next) = page["next"].as_u64() else {
            break;
        };
        path = format!("/v1/reports?limit=3&before={next}");
    }
    assert_eq!(found, expected);
    let empty = server.get("/v1/reports?code=NONE", &login.reading()).json();
    assert_eq!(empty, json!({ "items": [], "next": null }));
}

#[test]
fn lists_are_searched_and_filtered() {
    let server = Server::start();
    let login = server.log_in();
    let with = |context: &str| {
        Phone::with(&server.core.keys.signer().unwrap(), |claims| {
            claims
                .context
                .insert("region".to_owned(), context.to_owned());
        })
    };
    let go = server.upload(&with("华北").snapshot(0, &[GO_PROXY])).json();
    server.upload(&with("EU-West").snapshot(0, &["all is well"]));
    let found = |query: &str| {
        ids(&server
            .get(&format!("/v1/reports?{query}"), &login.reading())
            .json())
        .len()
    };
    let code = go["diagnosis"]["verdict"]["code"].as_str().unwrap();
    assert_eq!(found(""), 2);
    assert_eq!(found(&format!("code={code}")), 1);
    assert_eq!(
        found("q=PROXY.golang.ORG"),
        1,
        "the line that the diagnosis rests on"
    );
    assert_eq!(found("q=%E5%8D%8E%E5%8C%97"), 1, "the context, in Chinese");
    assert_eq!(found("q=eu-west"), 1);
    assert_eq!(found("q=%25_%25"), 0, "no wildcards");
    assert_eq!(found("project=default"), 2);
    assert_eq!(found("project=other"), 0);
    let long = format!("/v1/reports?q={}", "x".repeat(300));
    assert_eq!(server.get(&long, &login.reading()).reason(), "bad_query");
    assert_eq!(
        server
            .get("/v1/reports?limit=many", &login.reading())
            .reason(),
        "bad_query"
    );
}

#[test]
fn a_report_shows_ticket_evidence_before_captured_lines() {
    let server = Server::start();
    let phone = Phone::with(&server.core.keys.signer().unwrap(), |claims| {
        let evidence = faultscan_wire::TicketEvidence::from_line(None, GO_PROXY);
        claims.evidence.extend(evidence);
    });
    let answer = server
        .upload(&phone.snapshot(0, &["from the phone"]))
        .json();
    let path = format!("/v1/reports/{}", answer["report_id"].as_str().unwrap());
    let report = server.get(&path, &server.log_in().reading()).json();
    assert_eq!(report["logs"][0]["source"], "ticket");
    assert_eq!(report["logs"][1]["message"], "from the phone");
    assert_eq!(report["log_lines"], 2);
    assert_eq!(report["diagnosis"], answer["diagnosis"]);
    assert_eq!(report["diagnosis"]["codes"][0]["lines"], json!([1]));
    assert_eq!(report["ticket"]["evidence"][0]["line"], GO_PROXY);
    assert_eq!(report["id"], answer["report_id"]);
}

#[test]
fn an_answer_to_a_check_changes_the_diagnosis_and_the_list() {
    let server = Server::start();
    let login = server.log_in();
    let first = server
        .upload(&server.phone().snapshot(0, &[GO_PROXY, REFUSED]))
        .json();
    let id = first["report_id"].as_str().unwrap();
    let check = first["diagnosis"]["next_checks"][0]["id"]
        .as_str()
        .expect("a next check");
    let path = format!("/v1/reports/{id}/checks");
    let answered = server.post_json(
        &path,
        &login.changing(),
        &json!({ "check": check, "answer": "yes" }),
    );
    assert_eq!(answered.status, 200, "{answered:?}");
    let diagnosis = answered.json();
    assert_eq!(
        diagnosis["answers"],
        json!([{ "check": check, "answer": "yes" }])
    );
    let report = server
        .get(&format!("/v1/reports/{id}"), &login.reading())
        .json();
    assert_eq!(report["diagnosis"], diagnosis);
    assert_eq!(report["probability"], diagnosis["verdict"]["probability"]);
    // A second answer to the same check replaces the first.
    let again = server.post_json(
        &path,
        &login.changing(),
        &json!({ "check": check, "answer": "no" }),
    );
    assert_eq!(
        again.json()["answers"],
        json!([{ "check": check, "answer": "no" }])
    );

    for (given, reason) in [
        (
            json!({ "check": "no_such_check", "answer": "yes" }),
            "unknown_check",
        ),
        (json!({ "check": check, "answer": "perhaps" }), "bad_answer"),
    ] {
        let refused = server.post_json(&path, &login.changing(), &given);
        assert_eq!((refused.status, refused.reason().as_str()), (422, reason));
    }
}

#[test]
fn feedback_is_kept_scrubbed_and_bounded() {
    let server = Server::start_with(|config| config.limits.feedback_per_report_max = 2);
    let login = server.log_in();
    let answer = server
        .upload(&server.phone().snapshot(0, &[GO_PROXY]))
        .json();
    let id = answer["report_id"].as_str().unwrap();
    let cause = answer["diagnosis"]["causes"][0]["id"].as_str().unwrap();
    let path = format!("/v1/reports/{id}/feedback");
    let say = |what: Value| server.post_json(&path, &login.changing(), &what);
    let said =
        json!({ "verdict": "wrong", "cause": cause, "note": "it was password=hunter2hunter2" });
    assert_eq!(say(said).status, 204);
    assert_eq!(
        say(json!({ "verdict": "right", "cause": "no_such" })).reason(),
        "unknown_cause"
    );
    let long = json!({ "verdict": "right", "note": "x".repeat(2_001) });
    assert_eq!(say(long).reason(), "note_too_long");
    assert_eq!(say(json!({ "verdict": "maybe" })).reason(), "bad_json");
    assert_eq!(say(json!({ "verdict": "right" })).status, 204);
    assert_eq!(
        say(json!({ "verdict": "right" })).reason(),
        "too_much_feedback"
    );
    let report = server
        .get(&format!("/v1/reports/{id}"), &login.reading())
        .json();
    let kept = report["feedback"].as_array().unwrap();
    assert_eq!(kept.len(), 2);
    assert_eq!(kept[0]["verdict"], "wrong");
    assert!(!kept[0]["note"].as_str().unwrap().contains("hunter2"));
}

#[test]
fn watchers_see_new_and_updated_reports() {
    let server = Server::start();
    let login = server.log_in();
    let mut stream = connect(server.address);
    let head = format!(
        "GET /v1/events HTTP/1.1\r\nhost: t\r\ncookie: {}\r\n\r\n",
        login.cookie
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut lines = BufReader::new(stream).lines().map(Result::unwrap);
    // The first heartbeat says that the watch stands.
    assert!(lines.any(|line| line == ": heartbeat"));
    let answer = server
        .upload(&server.phone().snapshot(0, &[GO_PROXY]))
        .json();
    let mut next = |event: &str| -> Value {
        assert!(lines.any(|line| line == format!("event: {event}")));
        let data = lines.next().unwrap();
        serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap()
    };
    let seen = next("report");
    assert_eq!(seen["id"], answer["report_id"]);
    assert_eq!(seen["project"], "default");
    let path = format!(
        "/v1/reports/{}/feedback",
        answer["report_id"].as_str().unwrap()
    );
    server.post_json(&path, &login.changing(), &json!({ "verdict": "right" }));
    assert_eq!(next("updated")["id"], answer["report_id"]);
    assert_eq!(server.core.observe.event_streams.get(), 1);
}

#[test]
fn a_stop_ends_event_streams() {
    let server = Server::start();
    let login = server.log_in();
    let mut stream = connect(server.address);
    let head = format!(
        "GET /v1/events HTTP/1.1\r\nhost: t\r\ncookie: {}\r\n\r\n",
        login.cookie
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut lines = BufReader::new(stream).lines();
    assert!(lines.by_ref().any(|line| line.unwrap() == ": heartbeat"));
    server.stop();
    // Ends at all: the test would hang where the stream did not.
    lines.map_while(Result::ok).for_each(drop);
}

#[test]
fn there_are_only_so_many_event_streams() {
    let server = Server::start_with(|config| config.limits.event_streams_max = 0);
    let refused = server.get("/v1/events", &server.log_in().reading());
    assert_eq!(
        (refused.status, refused.reason().as_str()),
        (503, "overloaded")
    );
}

#[test]
fn the_catalogue_is_listed_searched_and_read() {
    let server = Server::start();
    let all = server.get("/v1/catalogue", &[]).json();
    let items = all["items"].as_array().unwrap();
    assert!(items.len() > 15, "{}", items.len());
    let family = server.get("/v1/catalogue?family=db", &[]).json();
    let of_family = family["items"].as_array().unwrap();
    assert!(!of_family.is_empty() && of_family.iter().all(|item| item["family"] == "db"));
    let code = items[0]["code"].as_str().unwrap();
    let found = server
        .get(&format!("/v1/catalogue?q={}", code.to_lowercase()), &[])
        .json();
    assert!(
        found["items"]
            .as_array()
            .unwrap()
            .iter()
            .any(|item| item["code"] == code)
    );
    let entry = server.get(&format!("/v1/catalogue/{code}"), &[]).json();
    assert_eq!(entry["code"], code);
    assert_eq!(entry["catalogue_version"], all["version"]);
    assert!(
        entry["title"]["zh"].is_string() && !entry["cause_titles"].as_object().unwrap().is_empty()
    );
    assert_eq!(server.get("/v1/catalogue/NONE", &[]).reason(), "not_found");
}

#[test]
fn a_catalogue_entry_shows_what_stands_with_its_causes() {
    let server = Server::start();
    // This code has no check and no fix of its own.
    let entry = server.get("/v1/catalogue/ERR-K8S-009", &[]).json();
    let fixes = entry["fixes"].as_array().unwrap();
    let checks = entry["checks"].as_array().unwrap();
    for cause in entry["cause_titles"].as_object().unwrap().keys() {
        assert!(
            fixes.iter().any(|fix| fix["cause"] == cause.as_str()),
            "{cause}"
        );
        assert!(
            checks.iter().any(|check| check["id"] == cause.as_str()),
            "{cause}"
        );
    }
}
