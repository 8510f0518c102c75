//! The fault tree of a report: views, opened nodes, differences, texts, and who may see them.

use faultscan_diagnosis::{Graph, GraphDiff};
use serde_json::{Value, json};

use crate::support::Server;

const SEEN: &[&str] = &["/bin/sh: 1: go: command not found"];

struct Uploaded {
    id: String,
    bearer: String,
    check: String,
}

fn upload(server: &Server) -> Uploaded {
    let answer = server.upload(&server.phone().snapshot(0, SEEN)).json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Uploaded {
        id: text(&answer["report_id"]),
        bearer: format!("Bearer {}", text(&answer["capability"])),
        check: text(&answer["diagnosis"]["next_checks"][0]["id"]),
    }
}

fn graph(answer: &Value) -> Graph {
    serde_json::from_value(answer["graph"].clone()).unwrap()
}

#[test]
fn a_tree_opens_by_parts_and_is_told_by_difference_after_an_answer() {
    let server = Server::start();
    let report = upload(&server);
    let headers = [("authorization", report.bearer.as_str())];
    let path = |query: &str| format!("/v1/reports/{}/graph{query}", report.id);

    let first = graph(&server.get(&path("?max_visible_nodes=5"), &headers).json());
    assert!(first.nodes.len() <= 5 && first.total > 5);
    let whole = graph(&server.get(&path("?all=true"), &headers).json());
    assert_eq!(whole.nodes.len() as u32, first.total);
    let opened = graph(
        &server
            .get(&path(&format!("?node={}", first.top)), &headers)
            .json(),
    );
    assert_eq!(opened.top, first.top);
    assert!(opened.nodes.len() > first.nodes.len());

    let same = server.get(
        &path(&format!("?have={}&all=true", whole.version)),
        &headers,
    );
    assert_eq!(same.status, 304);
    let given = json!({ "check": report.check, "answer": "yes" });
    let answered = server.post_json(
        &format!("/v1/reports/{}/checks", report.id),
        &headers,
        &given,
    );
    assert_eq!(answered.status, 200);
    let changed = server
        .get(
            &path(&format!("?have={}&all=true", whole.version)),
            &headers,
        )
        .json();
    let diff: GraphDiff = serde_json::from_value(changed["diff"].clone()).unwrap();
    let now = graph(&server.get(&path("?all=true"), &headers).json());
    assert_eq!(diff.apply(&whole).unwrap(), now);
    assert!(!diff.changed.is_empty());
    let unknown = server.get(&path("?have=0123456789abcdef"), &headers).json();
    assert!(
        unknown["graph"].is_object(),
        "what is not known is sent whole"
    );
}

#[test]
fn the_tree_is_had_as_text() {
    let server = Server::start();
    let report = upload(&server);
    let headers = [("authorization", report.bearer.as_str())];
    let text = |query: &str| {
        let response = server.get(&format!("/v1/reports/{}/graph{query}", report.id), &headers);
        assert_eq!(response.status, 200);
        String::from_utf8(response.body).unwrap()
    };
    assert!(text("?format=mermaid&lang=zh").starts_with("flowchart TD"));
    assert!(text("?format=dot").starts_with("digraph"));
    assert!(text("?format=open-psa").contains("<opsa-mef>"));
}

#[test]
fn strangers_odd_nodes_and_odd_options_are_refused() {
    let server = Server::start();
    let report = upload(&server);
    let headers = [("authorization", report.bearer.as_str())];
    let reason = |query: &str| {
        let response = server.get(&format!("/v1/reports/{}/graph{query}", report.id), &headers);
        (response.status, response.reason())
    };
    assert_eq!(reason("?node=nowhere"), (404, "unknown_node".into()));
    assert_eq!(reason("?max_visible_nodes=0"), (422, "bad_option".into()));
    assert_eq!(reason("?format=pdf"), (400, "bad_query".into()));
    assert_eq!(reason("?node=x&all=true"), (400, "bad_query".into()));
    let path = format!("/v1/reports/{}/graph", report.id);
    assert_eq!(server.get(&path, &[]).status, 401);
    let other = upload(&server);
    let theirs = server.get(&path, &[("authorization", &other.bearer)]);
    assert!(
        matches!(theirs.status, 401 | 403 | 404),
        "{}",
        theirs.status
    );
}
