//! Tickets: made, read in every form, refused when broken.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what is unexpected here is a failed test"
)]

mod support;

use support::{SECRET, command, diag, run, signed};

#[test]
fn a_ticket_is_read_back_in_all_three_forms() {
    let made = signed(&[
        "ticket",
        "new",
        "--json",
        "--ttl",
        "1h",
        "--code",
        "ERR-DB-003",
        "--context",
        "region=eu-1",
        "--origin",
        "https://scan.example.org/",
        "--os",
        "linux",
        "--arch",
        "x86_64",
        "--network-type",
        "wifi",
        "--app-version",
        "1.2",
    ])
    .json();
    assert!(made["text"].as_str().unwrap().starts_with("FS1."));
    assert!(
        made["url"]
            .as_str()
            .unwrap()
            .starts_with("https://scan.example.org/s#FS1.")
    );
    assert!(
        made["decimal"]
            .as_str()
            .unwrap()
            .bytes()
            .all(|byte| byte.is_ascii_digit())
    );
    for form in ["text", "url", "decimal"] {
        let padded = format!("  {}\n", made[form].as_str().unwrap());
        let read = diag(&["ticket", "decode", &padded, "--json"]).json();
        for field in [
            "ticket_id",
            "key_id",
            "fingerprint",
            "issued_at_s",
            "expires_at_s",
            "code",
            "context",
        ] {
            assert_eq!(read[field], made[field], "{field} of {form}");
        }
        assert_eq!(read["ttl_s"], 3600);
        assert_eq!(read["signature"]["state"], "not_checked");
        assert_eq!(read["time"]["state"], "valid");
    }
    // The fingerprint is that of the environment, as the specification has it.
    let same = signed(&[
        "ticket",
        "new",
        "--json",
        "--os",
        "Linux",
        "--arch",
        "X86_64",
        "--network-type",
        " wifi",
        "--app-version",
        "1.2",
    ])
    .json();
    assert_eq!(same["fingerprint"], made["fingerprint"]);
    assert_ne!(same["ticket_id"], made["ticket_id"]);
}

#[test]
fn the_signature_is_judged_by_the_keys_that_are_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("project.key");
    let file = file.to_str().unwrap();
    let key = diag(&["keygen", "--out", file, "--json"]).json();
    assert_eq!(
        key["ticket_secret"],
        serde_json::Value::Null,
        "the secret stays in its file"
    );
    let public = key["public_key"].as_str().unwrap();
    let made = diag(&["ticket", "new", "--key", file, "--json"]).json();
    assert_eq!(made["key_id"], key["key_id"]);
    let text = made["text"].as_str().unwrap();

    let state = |args: &[&str]| diag(args).json()["signature"]["state"].clone();
    assert_eq!(
        state(&["ticket", "decode", text, "--issuer-key", public, "--json"]),
        "valid"
    );
    let other = diag(&["keygen", "--json"]).json();
    let other = other["public_key"].as_str().unwrap();
    assert_eq!(
        state(&["ticket", "decode", text, "--issuer-key", other, "--json"]),
        "unknown_issuer"
    );
    // The last character of the signature is another.
    let mut forged = text.to_owned();
    let last = if forged.ends_with('A') { 'Q' } else { 'A' };
    forged.pop();
    forged.push(last);
    assert_eq!(
        state(&[
            "ticket",
            "decode",
            &forged,
            "--issuer-key",
            public,
            "--json"
        ]),
        "bad"
    );

    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(file).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "only its owner reads the key");
    }
    diag(&["keygen", "--out", file]).is_refused("exists");
}

#[test]
fn a_ticket_that_is_none_is_refused() {
    let made = signed(&["ticket", "new", "--json"]).json();
    let text = made["text"].as_str().unwrap();
    let decode = |text: &str| diag(&["ticket", "decode", text, "--json"]);
    decode("").is_refused("ticket");
    decode("hello").is_refused("not a ticket");
    decode("FS2.AAAA").is_refused("version");
    decode("FS1.!!!!").is_refused("damaged");
    decode(&text[..text.len() - 8]).is_refused("ticket");
    decode("12345678901234567").is_refused("ticket");
    decode("ftp://example.org/s#FS1.AAAA").is_refused("not a ticket");
}

#[test]
fn an_issuer_is_needed_and_must_make_sense() {
    diag(&["ticket", "new"]).is_refused("diag keygen");
    diag(&["ticket", "new", "--server", "https://scan.example.org"]).is_refused("--api-key");
    diag(&[
        "ticket",
        "new",
        "--server",
        "scan.example.org",
        "--api-key",
        "k",
    ])
    .is_refused("https://");
    diag(&["ticket", "new", "--key", "/no/such/key"]).is_refused("/no/such/key");
    run(command(&["ticket", "new"]).env("FAULTSCAN_TICKET_SECRET", "too short"))
        .is_refused("43 characters");
}

#[test]
fn claims_beyond_their_limits_are_refused() {
    signed(&["ticket", "new", "--ttl", "8d"]).is_refused("ttl_s");
    signed(&["ticket", "new", "--ttl", "0s"]).is_refused("ttl_s");
    signed(&["ticket", "new", "--code", "no spaces allowed"]).is_refused("code");
    signed(&[
        "ticket",
        "new",
        "--context",
        &format!("k={}", "v".repeat(65)),
    ])
    .is_refused("context");
    signed(&["ticket", "new", "--context", "k=1", "--context", "k=2"]).is_refused("twice");
}

#[test]
fn evidence_goes_along_without_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tail.log");
    std::fs::write(
        &file,
        "connect db password=hunter2 failed\n\n\x1b[31mred\x1b[0m\n",
    )
    .unwrap();
    let made = signed(&[
        "ticket",
        "new",
        "--evidence-file",
        file.to_str().unwrap(),
        "--json",
    ])
    .json();
    let lines: Vec<&str> = made["evidence"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["line"].as_str().unwrap())
        .collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(
        lines[0].starts_with("connect db password=") && !lines[0].contains("hunter2"),
        "{lines:?}"
    );
    assert_eq!(lines[1], "red");
}

#[test]
fn no_answer_from_a_server_is_no_bad_input() {
    let run = diag(&[
        "ticket",
        "new",
        "--server",
        "http://127.0.0.1:9",
        "--api-key",
        "k",
    ]);
    assert_eq!(run.code, 1, "{run:?}");
    assert_eq!(run.stderr.trim_end().lines().count(), 1);
    assert!(run.stderr.contains("127.0.0.1:9"), "{run:?}");
    assert!(!run.stderr.contains(SECRET));
}
