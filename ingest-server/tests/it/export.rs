//! Reports as files.

use serde_json::json;

use crate::support::Server;

const GO_PROXY: &str = "go: golang.org/x/text@v0.14.0: Get \
    \"https://proxy.golang.org/golang.org/x/text/@v/v0.14.0.mod\": dial tcp \
    142.251.42.241:443: i/o timeout";

#[test]
fn a_report_leaves_as_markdown_and_json() {
    let server = Server::start();
    let login = server.log_in();
    let hostile = "``` <script>alert(1)</script> | **bold** connection refused";
    let answer = server
        .upload(&server.phone().snapshot(0, &[GO_PROXY, hostile]))
        .json();
    let (id, capability) = (
        answer["report_id"].as_str().unwrap(),
        answer["capability"].as_str().unwrap(),
    );
    let said = json!({ "verdict": "wrong", "note": "# not <b>this</b>" });
    server.post_json(
        &format!("/v1/reports/{id}/feedback"),
        &login.changing(),
        &said,
    );
    let path = |query: &str| format!("/v1/reports/{id}/export{query}");
    let bearer = format!("Bearer {capability}");
    let holder = [("authorization", bearer.as_str())];

    let markdown = server.get(&path("?format=md"), &holder);
    assert_eq!(
        markdown.header("content-type"),
        Some("text/markdown; charset=utf-8")
    );
    let name = format!("attachment; filename=\"faultscan-{id}.md\"");
    assert_eq!(markdown.header("content-disposition"), Some(name.as_str()));
    let text = String::from_utf8(markdown.body).unwrap();
    let verdict = &answer["diagnosis"]["verdict"];
    let code = verdict["code"].as_str().unwrap();
    for part in [
        code,
        "## Causes",
        "## Fixes",
        "i/o timeout",
        "2026-09-21 14:13:20 UTC",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(text.contains("\\# not \\<b\\>this"), "{text}");
    assert!(!text.contains("<b>"), "{text}");

    let chinese = server.get(&path("?format=md&lang=zh"), &login.reading());
    let text = String::from_utf8(chinese.body).unwrap();
    assert!(
        text.contains("## 可能原因") && text.contains(code),
        "{text}"
    );

    let exported = server.get(&path(""), &login.reading());
    let shown = server.get(&format!("/v1/reports/{id}"), &login.reading());
    let mut shown = shown.json();
    let link = shown.as_object_mut().unwrap().remove("link").unwrap();
    assert_eq!(
        link,
        format!("/r#{id}.{capability}"),
        "not for those who get the file"
    );
    assert_eq!(exported.json(), shown);
}

#[test]
fn an_export_is_for_those_who_may_see_the_report() {
    let server = Server::start();
    let upload = || {
        server
            .upload(&server.phone().snapshot(0, &[GO_PROXY]))
            .json()
    };
    let (one, other) = (upload(), upload());
    let path = format!(
        "/v1/reports/{}/export?format=md",
        one["report_id"].as_str().unwrap()
    );
    assert_eq!(server.get(&path, &[]).reason(), "not_logged_in");
    let bearer = format!("Bearer {}", other["capability"].as_str().unwrap());
    let stranger = [("authorization", bearer.as_str())];
    assert_eq!(server.get(&path, &stranger).reason(), "bad_capability");
    let login = server.log_in();
    for (query, reason) in [("format=pdf", "bad_query"), ("lang=fr", "bad_query")] {
        let path = path.replace("format=md", query);
        assert_eq!(server.get(&path, &login.reading()).reason(), reason);
    }
    let none = server.get(
        "/v1/reports/00000000000000000000000000000000/export",
        &login.reading(),
    );
    assert_eq!(none.reason(), "not_found");
}
