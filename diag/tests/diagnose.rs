//! `diag match`, `diag diagnose` and `diag catalogue`.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what is unexpected here is a failed test"
)]

mod support;

use serde_json::Value;
use support::{REFUSED, diag, with_stdin};

fn names<'a>(document: &'a Value, list: &str, field: &str) -> Vec<&'a str> {
    document[list]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item[field].as_str().unwrap())
        .collect()
}

#[test]
fn match_says_of_a_guess_that_it_is_one() {
    let guessed = |args: &[&str]| with_stdin(args, "gate: listening socket 9090 is occupied\n");
    let best = &guessed(&["match", "--json"]).json()["codes"][0];
    assert_eq!(best["code"], "ERR-NET-072");
    assert!(best["reason"].as_str().unwrap().contains("guess"), "{best}");
    assert!(
        guessed(&["match", "--lang", "en"])
            .stdout
            .contains("a guess")
    );
    assert!(guessed(&["match", "--lang", "zh"]).stdout.contains("推测"));
    assert!(
        !with_stdin(&["match", "--lang", "en"], REFUSED)
            .stdout
            .contains("guess")
    );
}

#[test]
fn match_prints_codes_best_first() {
    let found = with_stdin(&["match", "--json"], &format!("ready\n{REFUSED}\n")).json();
    let best = &found["codes"][0];
    assert_eq!(best["code"], "ERR-DB-003");
    assert_eq!(best["lines"], serde_json::json!([2]));
    assert_eq!(best["captures"]["host"], "10.0.3.21");
    assert!((0.0..=1.0).contains(&best["score"].as_f64().unwrap()));
    let none = with_stdin(&["match", "--json"], "all is well\n").json();
    assert_eq!(none["codes"], serde_json::json!([]));
    assert!(
        with_stdin(&["match"], REFUSED)
            .stdout
            .contains("ERR-DB-003")
    );
}

#[test]
fn a_file_and_standard_input_are_read_alike() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), format!("{REFUSED}\r\n")).unwrap();
    let of_file = diag(&["diagnose", "--json", file.path().to_str().unwrap()]).json();
    assert_eq!(of_file, with_stdin(&["diagnose", "--json"], REFUSED).json());
    assert_eq!(
        of_file,
        with_stdin(&["diagnose", "--json", "-"], REFUSED).json()
    );
}

#[test]
fn diagnose_prints_what_the_interface_promises() {
    let document = with_stdin(&["diagnose", "--json", "--env", "region=eu-1"], REFUSED).json();
    assert_eq!(document["status"], "explained");
    assert_eq!(document["verdict"]["code"], "ERR-DB-003");
    assert!(names(&document, "causes", "id").contains(&"db_service_down"));
    assert!(!names(&document, "causes", "title").is_empty());
    let posteriors: Vec<f64> = document["causes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|cause| cause["posterior"].as_f64().unwrap())
        .collect();
    assert!(
        posteriors.windows(2).all(|pair| pair[0] >= pair[1]),
        "{posteriors:?}"
    );
    let set = &document["cut_sets"][0];
    assert!(set["events"].is_array() && set["posterior"].is_number());
    let check = &document["next_checks"][0];
    assert!(
        check["id"].is_string()
            && check["question"].is_string()
            && check["gain_bits"].as_f64().unwrap() > 0.0
    );
    assert!(document["forward"].is_array());
    assert!(!names(&document, "fixes", "cause").is_empty());
    assert_eq!(document["graph"]["top"], "ERR-DB-003");
}

#[test]
fn answers_change_the_diagnosis() {
    let before = with_stdin(&["diagnose", "--json"], REFUSED).json();
    let check = before["next_checks"][0]["id"].as_str().unwrap().to_owned();
    let answered = |answer: &str| {
        with_stdin(
            &[
                "diagnose",
                "--json",
                "--answer",
                &format!("{check}={answer}"),
            ],
            REFUSED,
        )
        .json()
    };
    let (yes, no, unsure) = (answered("yes"), answered("no"), answered("unsure"));
    assert_ne!(yes["causes"], no["causes"]);
    assert_eq!(unsure["causes"], before["causes"]);
    assert_eq!(yes["answers"][0]["answer"], "yes");
    assert!(!names(&yes, "next_checks", "id").contains(&check.as_str()));
}

#[test]
fn unknown_checks_and_codes_are_refused() {
    with_stdin(
        &["diagnose", "--json", "--answer", "no_such_check=yes"],
        REFUSED,
    )
    .is_refused("no_such_check");
    with_stdin(&["diagnose", "--code", "err-db-003"], REFUSED)
        .is_refused("did you mean ERR-DB-003");
    diag(&["catalogue", "show", "ERR-XX-999"]).is_refused("ERR-XX-999");
    diag(&["catalogue", "list", "--family", "nope"]).is_refused("families are");
}

#[test]
fn a_log_of_anything_is_survived() {
    let noise: String = (0..5000_u32)
        .map(|n| char::from_u32(n * 37 % 0xd7ff).unwrap_or('?'))
        .collect();
    let document = with_stdin(&["diagnose", "--json"], &noise).json();
    assert_eq!(document["status"], "unexplained");
    assert_eq!(
        with_stdin(&["diagnose", "--json"], "").json()["codes"],
        serde_json::json!([])
    );
    // Text for people does not obey escape codes from a log.
    let shown = with_stdin(&["diagnose"], &format!("\x1b[2J\x1b]0;owned\x07{REFUSED}"));
    assert!(
        shown.stdout.contains("ERR-DB-003") && !shown.stdout.contains('\x1b'),
        "{}",
        shown.stdout
    );
}

#[test]
fn the_text_for_people_has_its_parts() {
    let shown = with_stdin(&["diagnose"], REFUSED).stdout;
    for part in [
        "ERR-DB-003",
        "Evidence",
        "Causes",
        "Next check",
        "Fix",
        "--answer",
        REFUSED,
    ] {
        assert!(shown.contains(part), "{part} is not in {shown}");
    }
}

#[test]
fn the_built_in_catalogue_is_sound() {
    let document = diag(&["catalogue", "check", "--json"]).json();
    assert_eq!(document["faults"], serde_json::json!([]));
    assert!(document["codes"].as_u64().unwrap() >= 50);
    let list = diag(&["catalogue", "list", "--json"]).json();
    assert_eq!(
        list["items"].as_array().unwrap().len() as u64,
        document["codes"].as_u64().unwrap()
    );
    let go = diag(&["catalogue", "list", "--family", "go", "--json"]).json();
    assert!(
        names(&go, "items", "family")
            .iter()
            .all(|family| *family == "go")
    );
    let one = diag(&["catalogue", "show", "ERR-DB-003", "--json"]).json();
    assert_eq!(one["code"], "ERR-DB-003");
    assert!(
        diag(&["catalogue", "show", "ERR-DB-003"])
            .stdout
            .contains("db_service_down")
    );
}

#[test]
fn a_catalogue_with_a_fault_is_refused_with_file_and_field() {
    let folder = tempfile::tempdir().unwrap();
    diag(&["catalogue", "check", folder.path().to_str().unwrap()]).is_refused("priors.toml");
    std::fs::write(folder.path().join("priors.toml"), "schema = 1\nbasis = 3\n").unwrap();
    diag(&["catalogue", "check", folder.path().to_str().unwrap()]).is_refused("basis");
}

#[test]
fn what_if_lists_what_follows_from_a_cause_without_reading_a_log() {
    let found = with_stdin(
        &["diagnose", "--assume", "db_service_down=yes", "--json"],
        REFUSED,
    )
    .json();
    let follows = names(&found, "what_if", "code");
    assert!(follows.contains(&"ERR-DB-003"), "{follows:?}");
    assert_eq!(
        found["codes"],
        serde_json::json!([]),
        "standard input was not read"
    );
    let best = &found["what_if"][0];
    assert!(best["probability"].as_f64() > best["prior"].as_f64());
    let unknown = diag(&["diagnose", "--assume", "nobody=yes"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.stderr.contains("nobody"), "{}", unknown.stderr);
    assert_eq!(
        diag(&["diagnose", "--assume", "db_service_down=perhaps"]).code,
        2
    );
}
