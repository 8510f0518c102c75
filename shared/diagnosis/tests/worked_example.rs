//! The example that `docs/diagnosis.md` works through by hand, number by number. Change both
//! together.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what is unexpected here is a failed test"
)]

mod support;

use faultscan_diagnosis::{Answer, Confidence, Diagnoser, Diagnosis, GivenAnswer, Input, Status};
use support::{CauseSpec, CodeSpec, Spec};

fn diagnoser() -> Diagnoser {
    let cause = |id: &str, class| CauseSpec {
        id: id.to_owned(),
        class,
    };
    let code = |code: &str, gate: &str| CodeSpec {
        code: code.to_owned(),
        gate: gate.to_owned(),
        sensitivity: 0.9,
        false_alarm: 0.001,
        software: code.to_owned(),
    };
    let spec = Spec {
        priors: [0.05, 0.01, 0.002],
        causes: vec![
            cause("server_down", "common"),
            cause("wrong_address", "common"),
            cause("loopback_only", "occasional"),
            cause("disk_full", "rare"),
        ],
        codes: vec![
            code(
                "DB-REFUSED",
                "OR(server_down, wrong_address, loopback_only)",
            ),
            code("REPORT-LATE", "OR(server_down, disk_full)"),
        ],
        ..Spec::default()
    };
    Diagnoser::new(&spec.catalogue()).unwrap()
}

fn answered(answers: &[(&str, Answer)]) -> Diagnosis {
    let mut input = Input::from_lines(["start", "DB-REFUSED happened at db-1"]);
    for (cause, answer) in answers {
        input = input.with_answer(GivenAnswer {
            check: format!("look_at_{cause}"),
            answer: *answer,
        });
    }
    diagnoser().diagnose(&input).unwrap()
}

/// To the digits that the text gives.
fn near(got: f64, want: f64) {
    assert!((got - want).abs() < 0.00005, "{got} is not {want}");
}

fn cause(diagnosis: &Diagnosis, id: &str) -> f64 {
    diagnosis
        .causes
        .iter()
        .find(|cause| cause.id == id)
        .map_or(f64::NAN, |cause| cause.posterior)
}

#[test]
fn the_message_alone() {
    let diagnosis = answered(&[]);
    assert_eq!(diagnosis.status, Status::Explained);
    near(diagnosis.codes[0].probability, 0.9417);
    near(cause(&diagnosis, "server_down"), 0.4420);
    near(cause(&diagnosis, "wrong_address"), 0.4420);
    near(cause(&diagnosis, "loopback_only"), 0.0884);
    assert_eq!(diagnosis.verdict.confidence, Confidence::Low);
    assert_eq!(
        diagnosis.verdict.text,
        "DB-REFUSED at db-1. Not certain yet; candidates: Cause server_down (44%), Cause wrong_address (44%)."
    );
    assert_eq!(
        diagnosis.verdict.text_zh,
        "DB-REFUSED 发生在 db-1。尚不确定，可能的原因：原因 server_down（44%）、原因 wrong_address（44%）。"
    );

    let check = &diagnosis.next_checks[0];
    assert_eq!(check.id, "look_at_server_down");
    near(check.probability_yes, 0.4478);
    near(check.gain_bits, 0.7057);

    let follows = &diagnosis.forward[0];
    assert_eq!(follows.code, "REPORT-LATE");
    near(follows.probability, 0.4431);

    let sets: Vec<&[String]> = diagnosis
        .cut_sets
        .iter()
        .map(|set| set.events.as_slice())
        .collect();
    assert_eq!(
        sets,
        [["server_down"], ["wrong_address"], ["loopback_only"]]
    );
}

#[test]
fn the_server_runs() {
    let diagnosis = answered(&[("server_down", Answer::No)]);
    near(diagnosis.codes[0].probability, 0.8996);
    near(cause(&diagnosis, "wrong_address"), 0.7244);
    near(cause(&diagnosis, "loopback_only"), 0.1449);
    near(cause(&diagnosis, "server_down"), 0.0400);
    assert_eq!(diagnosis.verdict.cause.as_deref(), Some("wrong_address"));
    assert_eq!(diagnosis.verdict.confidence, Confidence::Medium);
    let check = &diagnosis.next_checks[0];
    assert_eq!(check.id, "look_at_wrong_address");
    near(check.gain_bits, 0.5925);
    assert!(diagnosis.forward.is_empty(), "no longer likely");
}

#[test]
fn and_the_address_is_wrong() {
    let diagnosis = answered(&[("server_down", Answer::No), ("wrong_address", Answer::Yes)]);
    near(cause(&diagnosis, "wrong_address"), 0.9804);
    assert_eq!(diagnosis.verdict.confidence, Confidence::High);
    assert_eq!(diagnosis.fixes[0].title, "Mend wrong_address");
    assert_eq!(
        diagnosis.fixes[0].command.as_deref(),
        Some("mend wrong_address")
    );
}

#[test]
fn all_known_causes_ruled_out() {
    let no = Answer::No;
    let diagnosis = answered(&[
        ("server_down", no),
        ("wrong_address", no),
        ("loopback_only", no),
    ]);
    near(diagnosis.codes[0].probability, 0.4516);
    assert_eq!(diagnosis.status, Status::Unexplained);
    assert_eq!(diagnosis.verdict.cause, None);
    assert!(diagnosis.fixes.is_empty());
    assert!(
        diagnosis
            .verdict
            .text
            .contains("speaks against every cause"),
        "{}",
        diagnosis.verdict.text
    );
}
