//! `diag qr`, with a ticket and with a command.
#![cfg(unix)]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what is unexpected here is a failed test"
)]

mod support;

use support::{REFUSED, command, diag, run, signed};

const FAILS: &str =
    "echo building; echo 'dial tcp 10.0.3.21:5432: connect: connection refused' >&2; exit 3";

fn has_picture(text: &str) -> bool {
    text.lines().filter(|line| line.contains('█')).count() > 15
}

#[test]
fn a_failing_command_shows_why_and_keeps_its_status() {
    let run = signed(&[
        "qr",
        "--origin",
        "https://scan.example.org",
        "--",
        "sh",
        "-c",
        FAILS,
    ]);
    assert_eq!(run.code, 3);
    assert_eq!(run.stdout, "building\n", "its output alone");
    assert!(
        run.stderr.starts_with(&format!("{REFUSED}\n")),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr.contains("ERR-DB-003") && run.stderr.contains("10.0.3.21"),
        "{}",
        run.stderr
    );
    assert!(has_picture(&run.stderr), "{}", run.stderr);
}

#[test]
fn a_command_that_works_shows_nothing_of_ours() {
    let run = signed(&["qr", "--", "sh", "-c", "echo fine; echo note >&2"]);
    assert_eq!(
        (run.code, run.stdout.as_str(), run.stderr.as_str()),
        (0, "fine\n", "note\n")
    );
}

#[test]
fn the_ticket_of_a_failure_carries_code_evidence_and_command() {
    let run = signed(&[
        "qr",
        "--json",
        "--context",
        "region=eu-1",
        "--",
        "sh",
        "-c",
        FAILS,
    ]);
    assert_eq!(run.code, 3);
    assert!(
        run.stderr.contains("building\n"),
        "stdout holds the document alone: {run:?}"
    );
    let document = run.document();
    assert_eq!(document["exit_code"], 3);
    let ticket = &document["ticket"];
    assert_eq!(ticket["code"], "ERR-DB-003");
    assert_eq!(ticket["evidence"][0]["code"], "ERR-DB-003");
    assert_eq!(ticket["evidence"][0]["line"], REFUSED);
    assert_eq!(ticket["context"]["exit"], "3");
    assert_eq!(ticket["context"]["region"], "eu-1");
    assert!(
        ticket["context"]["command"]
            .as_str()
            .unwrap()
            .starts_with("sh -c echo building")
    );
    assert!(document["qr"]["version"].as_u64().unwrap() <= 15);
    assert_eq!(document["diagnosis"]["verdict"]["code"], "ERR-DB-003");
    let text = document["qr"]["text"].as_str().unwrap();
    let read = diag(&["ticket", "decode", text, "--json"]).json();
    assert_eq!(read["ticket_id"], ticket["ticket_id"]);
}

#[test]
fn evidence_is_trimmed_until_the_code_is_small_enough() {
    let long = format!(
        "i=0; while [ $i -lt 40 ]; do echo \"$i {} {REFUSED}\"; i=$((i+1)); done; exit 1",
        "x".repeat(300)
    );
    for max in [8_u64, 11, 15, 20] {
        let max_text = max.to_string();
        let run = signed(&[
            "qr",
            "--json",
            "--max-version",
            &max_text,
            "--",
            "sh",
            "-c",
            &long,
        ]);
        let document = run.document();
        let version = document["qr"]["version"].as_u64().unwrap();
        assert!(version <= max, "version {version} for at most {max}");
        if max >= 15 {
            let evidence = document["ticket"]["evidence"].as_array().unwrap();
            assert!(!evidence.is_empty());
            // What was cut away is not what was recognised.
            let line = evidence[0]["line"].as_str().unwrap();
            assert!(line.contains("connect: connection refused"), "{line}");
        }
    }
}

#[test]
fn secrets_in_output_do_not_travel() {
    let script = "echo 'fatal: cannot log in, token=s3cr3tT0kenValue99 failed' >&2; exit 1";
    let run = signed(&["qr", "--json", "--", "sh", "-c", script]);
    let ticket = run.document()["ticket"].to_string();
    assert!(ticket.contains("cannot log in"), "{ticket}");
    assert!(!ticket.contains("s3cr3t"), "{ticket}");
}

#[test]
fn a_command_that_does_not_exist_ends_as_in_a_shell() {
    let run = signed(&["qr", "--", "no-such-command-here"]);
    assert_eq!(run.code, 127);
    assert!(
        run.stderr
            .contains("no-such-command-here: command not found"),
        "{}",
        run.stderr
    );
    assert!(has_picture(&run.stderr));
}

#[test]
fn a_missing_go_is_recognised() {
    let mut command = command(&["qr", "--json", "--", "go", "build", "./..."]);
    let run = run(command
        .env("PATH", "/nonexistent")
        .env("FAULTSCAN_TICKET_SECRET", support::SECRET));
    assert_eq!(run.code, 127);
    assert_eq!(
        run.document()["diagnosis"]["verdict"]["code"],
        "g_go_command_not_runnable"
    );
}

#[test]
fn a_signal_ends_as_in_a_shell() {
    let run = signed(&["qr", "--", "sh", "-c", "kill -TERM $$"]);
    assert_eq!(run.code, 128 + 15);
}

#[test]
fn a_background_process_does_not_hold_it_up() {
    let started = std::time::Instant::now();
    let run = signed(&["qr", "--", "sh", "-c", "sleep 300 & echo started; exit 4"]);
    assert_eq!((run.code, run.stdout.as_str()), (4, "started\n"));
    // The child would hold the pipe open for five minutes.
    assert!(started.elapsed().as_secs() < 200);
}

#[test]
fn without_an_issuer_the_verdict_still_comes() {
    let run = diag(&["qr", "--", "sh", "-c", FAILS]);
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("ERR-DB-003") && run.stderr.contains("FAULTSCAN_TICKET_SECRET"));
    assert!(!has_picture(&run.stderr));
}

#[test]
fn wrong_options_are_refused_before_the_command_runs() {
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("ran");
    let script = format!("touch {}", mark.display());
    diag(&["qr", "--key", "/no/such/key", "--", "sh", "-c", &script]).is_refused("/no/such/key");
    signed(&["qr", "--form", "url", "--", "sh", "-c", &script]).is_refused("--origin");
    assert!(!mark.exists());
}

#[test]
fn a_ticket_becomes_a_picture() {
    let made = signed(&["ticket", "new", "--json"]).json();
    let text = made["text"].as_str().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (svg, png) = (folder.path().join("t.svg"), folder.path().join("t.png"));
    let run = diag(&[
        "qr",
        text,
        "--svg",
        svg.to_str().unwrap(),
        "--png",
        png.to_str().unwrap(),
        "--json",
    ]);
    let document = run.json();
    assert_eq!(document["ticket"]["ticket_id"], made["ticket_id"]);
    assert_eq!(
        document["qr"]["text"], made["decimal"],
        "digits where no page is known"
    );
    assert!(std::fs::read_to_string(&svg).unwrap().starts_with("<svg"));
    assert!(std::fs::read(&png).unwrap().starts_with(b"\x89PNG"));
    let shown = diag(&["qr", text]);
    assert!(shown.code == 0 && has_picture(&shown.stdout));
    diag(&["qr", "nonsense"]).is_refused("not a ticket");
}
