use std::collections::BTreeMap;

use faultscan_wire::scrub::Scrubber;
use serde_json::{Value, json};

use crate::{check_fresh, list, load, text};

const FILE: &str = "scrub.json";

const LINES: &[&str] = &[
    "password=hunter2 host=db.internal port=5432",
    r#"{"api_key":"a\"b","port":5432}"#,
    "GET /v1?access_token=abc&page=2 HTTP/1.1",
    "kubectl --token=abc.def get pods",
    "User Id=sa;Pwd=Str0ng;Server=db",
    "密码：abc123，请检查",
    "Authorization: Bearer abc.def",
    "curl -H 'Authorization: Basic dXNlcjpwYXNz' https://api.example.org:8443/",
    "Cookie: sid=1; theme=dark GET /",
    "postgres://app:s3cr3t@db.internal:5432/app: connection refused",
    "root:secret@tcp(127.0.0.1:3306)/db: connect: connection refused",
    "got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl, refused",
    "key AKIAIOSFODNN7EXAMPLE was used",
    "-----BEGIN PRIVATE KEY-----\nMIIEvQ==\n-----END PRIVATE KEY----- loaded",
    "mail to li.lei+x@example.com.cn!",
    "call +86 138-1234-5678 or 13812345678",
    "身份证11010519491231002X",
    "card 6222021234567894 declined",
    "nothing to see: dial tcp 10.0.0.7:5432: connect: connection refused",
    "Access denied for user 'root'@'localhost' (using password: YES)",
    "go: github.com/a/b@v1.2.3: verifying module: checksum mismatch",
    "image sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "pod default/web-7d9f8b6c5d-x2x9k: secret \"db\" not found",
    "trace 550e8400-e29b-41d4-a716-446655440000 at 1790000000123",
    "git@github.com: Permission denied (publickey).",
    "already gone: password=[redacted:secret] mail [redacted:email]",
    "",
];

fn vector(line: &str) -> Value {
    let mut scrubber = Scrubber::new();
    let scrubbed = scrubber.scrub(line).into_owned();
    let counts: BTreeMap<&str, u32> = scrubber
        .report()
        .iter()
        .map(|(kind, count)| (kind.name(), count))
        .collect();
    json!({"line": line, "scrubbed": scrubbed, "counts": counts})
}

#[test]
fn are_fresh() {
    let lines: Vec<Value> = LINES.iter().map(|line| vector(line)).collect();
    let vectors = json!({
        "about": "Lines, what scrubbing makes of them, and how often each kind was taken out. Scrubbing \
                  `scrubbed` again changes nothing.",
        "lines": lines,
    });
    check_fresh(FILE, &vectors);
}

#[test]
fn each_line_comes_out_as_stated() {
    for expected in list(&load(FILE), "lines") {
        assert_eq!(&vector(text(expected, "line")), expected);
        let again = vector(text(expected, "scrubbed"));
        assert_eq!(again["scrubbed"], expected["scrubbed"]);
    }
}
