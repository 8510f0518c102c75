//! What a diagnosis does with odd, contradictory and unknown evidence.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what is unexpected here is a failed test"
)]

mod support;

use faultscan_diagnosis::{
    Answer, Diagnoser, DiagnosisError, EvidenceLine, GateKind, GivenAnswer, Input, NodeKind, Status,
};
use support::{CauseSpec, CodeSpec, IndicatorSpec, Spec};

fn code(code: &str, gate: &str, software: &str) -> CodeSpec {
    CodeSpec {
        code: code.to_owned(),
        gate: gate.to_owned(),
        sensitivity: 0.9,
        false_alarm: 0.001,
        software: software.to_owned(),
    }
}

fn spec(codes: Vec<CodeSpec>) -> Spec {
    let ids = ["a", "b", "c", "d", "e"];
    Spec {
        priors: [0.05, 0.01, 0.002],
        causes: ids
            .iter()
            .map(|id| CauseSpec {
                id: (*id).to_owned(),
                class: "common",
            })
            .collect(),
        codes,
        ..Spec::default()
    }
}

fn diagnoser(codes: Vec<CodeSpec>) -> Diagnoser {
    Diagnoser::new(&spec(codes).catalogue()).unwrap()
}

fn answer(check: &str, answer: Answer) -> GivenAnswer {
    GivenAnswer {
        check: check.to_owned(),
        answer,
    }
}

fn posterior(diagnoser: &Diagnoser, input: &Input, id: &str) -> f64 {
    let diagnosis = diagnoser.diagnose(input).unwrap();
    diagnosis
        .causes
        .iter()
        .find(|cause| cause.id == id)
        .unwrap()
        .posterior
}

#[test]
fn nothing_found_says_so_and_guesses_nothing() {
    let diagnoser = diagnoser(vec![code("X-1", "OR(a, b)", "x")]);
    for lines in [vec![], vec!["all is well"]] {
        let diagnosis = diagnoser.diagnose(&Input::from_lines(lines)).unwrap();
        assert_eq!(diagnosis.status, Status::Unexplained);
        assert_eq!(diagnosis.verdict.cause, None);
        assert!(diagnosis.verdict.probability == 0.0);
        assert!(
            diagnosis.codes.is_empty() && diagnosis.causes.is_empty() && diagnosis.fixes.is_empty()
        );
        assert!(diagnosis.graph.nodes.is_empty() && diagnosis.cut_sets.is_empty());
    }
}

#[test]
fn an_unknown_check_is_a_typed_error() {
    let diagnoser = diagnoser(vec![code("X-1", "OR(a, b)", "x")]);
    let input =
        Input::from_lines(["X-1 happened"]).with_answer(answer("no_such_check", Answer::Yes));
    let error = diagnoser.diagnose(&input).unwrap_err();
    assert_eq!(error.reason(), "unknown_check");
    assert!(
        matches!(error, DiagnosisError::UnknownCheck { ref check, .. } if check == "no_such_check")
    );
    assert!(!error.to_string().contains('\n'));
}

#[test]
fn an_unknown_code_in_the_ticket_is_noted_and_harms_nothing() {
    let diagnoser = diagnoser(vec![code("X-1", "OR(a, b)", "x")]);
    let plain = Input::from_lines(["X-1 happened"]);
    let input = Input {
        ticket_code: Some("NEW-9".into()),
        ..plain.clone()
    };
    let diagnosis = diagnoser.diagnose(&input).unwrap();
    assert_eq!(diagnosis.notes[0].reason, "unknown_code");
    assert_eq!(diagnosis.causes, diagnoser.diagnose(&plain).unwrap().causes);
}

#[test]
fn a_ticket_speaks_where_the_lines_do_not() {
    let diagnoser = diagnoser(vec![code("X-1", "OR(a, b)", "x")]);
    let input = Input {
        ticket_code: Some("X-1".into()),
        ..Input::default()
    };
    let diagnosis = diagnoser.diagnose(&input).unwrap();
    assert_eq!(diagnosis.status, Status::Explained);
    assert_eq!(diagnosis.verdict.code.as_deref(), Some("X-1"));
    assert_eq!(diagnosis.codes[0].reason, "named by the ticket");
    assert_eq!(
        diagnosis.verdict.text_zh.split('。').next(),
        Some("X-1 发生在 某处")
    );
}

#[test]
fn a_ticket_that_repeats_its_own_line_is_counted_once() {
    let diagnoser = diagnoser(vec![code("X-1", "OR(a, b)", "x")]);
    let line = EvidenceLine {
        code: Some("X-1".into()),
        line: "X-1 happened at h".into(),
    };
    let once = Input {
        ticket_evidence: vec![line.clone()],
        ..Input::default()
    };
    let twice = Input {
        ticket_code: Some("X-1".into()),
        ..once.clone()
    };
    assert_eq!(
        diagnoser.diagnose(&once).unwrap(),
        diagnoser.diagnose(&twice).unwrap()
    );
    assert_eq!(diagnoser.diagnose(&once).unwrap().codes[0].lines, [1]);
}

#[test]
fn ticket_lines_are_numbered_before_captured_lines() {
    let diagnoser = diagnoser(vec![code("X-1", "a", "x"), code("X-2", "b", "y")]);
    let input = Input {
        ticket_evidence: vec![EvidenceLine {
            code: None,
            line: "X-1 happened".into(),
        }],
        lines: vec!["noise".into(), "X-2 happened".into()],
        ..Input::default()
    };
    let diagnosis = diagnoser.diagnose(&input).unwrap();
    let lines = |name: &str| {
        diagnosis
            .codes
            .iter()
            .find(|code| code.code == name)
            .unwrap()
            .lines
            .clone()
    };
    assert_eq!((lines("X-1"), lines("X-2")), (vec![1], vec![3]));
}

#[test]
fn contradictory_answers_weaken_and_never_break() {
    let diagnoser = diagnoser(vec![code("X-1", "OR(a, b)", "x")]);
    let base = Input::from_lines(["X-1 happened"]);
    let yes = base.clone().with_answer(answer("look_at_a", Answer::Yes));
    let changed = yes.clone().with_answer(answer("look_at_a", Answer::No));
    let no = base.clone().with_answer(answer("look_at_a", Answer::No));
    // The last answer to the same check is the one that counts.
    assert_eq!(
        diagnoser.diagnose(&changed).unwrap(),
        diagnoser.diagnose(&no).unwrap()
    );
    assert!(posterior(&diagnoser, &yes, "a") > posterior(&diagnoser, &base, "a"));
    assert!(posterior(&diagnoser, &no, "a") < posterior(&diagnoser, &base, "a"));
    // Unsure moves nothing, and is not asked again.
    let unsure = base
        .clone()
        .with_answer(answer("look_at_a", Answer::Unsure));
    let diagnosis = diagnoser.diagnose(&unsure).unwrap();
    assert_eq!(diagnosis.causes, diagnoser.diagnose(&base).unwrap().causes);
    assert!(
        diagnosis
            .next_checks
            .iter()
            .all(|check| check.id != "look_at_a")
    );
}

#[test]
fn absence_counts_only_where_the_message_would_have_been_logged() {
    // X-2 would also follow from `a`. The program that printed X-1 would have printed it …
    let same = diagnoser(vec![
        code("X-1", "OR(a, b)", "tool"),
        code("X-2", "OR(a, c)", "tool"),
    ]);
    // … or it would not.
    let other = diagnoser(vec![
        code("X-1", "OR(a, b)", "tool"),
        code("X-2", "OR(a, c)", "other"),
    ]);
    let input = Input::from_lines(["X-1 happened"]);
    assert!(posterior(&same, &input, "a") < posterior(&same, &input, "b"));
    assert!((posterior(&other, &input, "a") - posterior(&other, &input, "b")).abs() < 1e-12);
    let diagnosis = same.diagnose(&input).unwrap();
    let a = diagnosis
        .causes
        .iter()
        .find(|cause| cause.id == "a")
        .unwrap();
    assert!(
        a.evidence
            .iter()
            .any(|text| text.contains("X-2") && text.contains("not logged")),
        "{:?}",
        a.evidence
    );
}

#[test]
fn a_shared_cause_explains_several_codes_at_once() {
    let diagnoser = diagnoser(vec![
        code("X-1", "OR(a, b)", "x"),
        code("X-2", "OR(a, c)", "y"),
        code("X-3", "OR(a, d)", "z"),
    ]);
    let input = Input::from_lines(["X-1 happened", "X-2 happened", "X-3 happened"]);
    let diagnosis = diagnoser.diagnose(&input).unwrap();
    assert_eq!(diagnosis.cut_sets[0].events, ["a"]);
    assert_eq!(diagnosis.cut_sets[0].codes.len(), 3);
    assert_eq!(diagnosis.explanation, ["a"]);
    assert!(diagnosis.causes[0].id == "a" && diagnosis.causes[0].posterior > 0.95);
    let graph = &diagnosis.graph;
    assert_eq!(graph.top, "observed");
    assert_eq!(
        graph
            .nodes
            .iter()
            .filter(|node| node.kind == NodeKind::Code)
            .count(),
        3
    );
    assert_eq!(
        graph.edges.iter().filter(|edge| edge.to == "a").count(),
        3,
        "a stands once, shared"
    );
}

#[test]
fn unrelated_codes_keep_their_own_cut_sets() {
    let diagnoser = diagnoser(vec![
        code("X-1", "OR(a, b)", "x"),
        code("X-2", "AND(c, OR(d, e))", "y"),
    ]);
    let diagnosis = diagnoser
        .diagnose(&Input::from_lines(["X-1 happened", "X-2 happened"]))
        .unwrap();
    let mut sets: Vec<String> = diagnosis
        .cut_sets
        .iter()
        .map(|set| set.events.join("+"))
        .collect();
    sets.sort();
    assert_eq!(sets, ["a", "b", "c+d", "c+e"]);
}

#[test]
fn an_and_gate_is_drawn_whole_and_a_nested_or_is_a_node() {
    let diagnoser = diagnoser(vec![code("X-2", "AND(c, OR(d, e))", "y")]);
    let diagnosis = diagnoser
        .diagnose(&Input::from_lines(["X-2 happened"]))
        .unwrap();
    let graph = &diagnosis.graph;
    let top = graph
        .nodes
        .iter()
        .find(|node| node.id == graph.top)
        .unwrap();
    assert_eq!(
        (top.kind, top.gate, top.observed),
        (NodeKind::Code, Some(GateKind::And), Some(true))
    );
    let inner = graph
        .nodes
        .iter()
        .find(|node| node.kind == NodeKind::Gate)
        .unwrap();
    assert_eq!(inner.gate, Some(GateKind::Or));
    assert_eq!(graph.nodes.len(), 5);
    assert!(
        graph
            .nodes
            .iter()
            .any(|node| node.id == "c" && node.in_best_cut_set)
    );
    for edge in &graph.edges {
        assert!(
            graph.nodes.iter().any(|node| node.id == edge.from),
            "{edge:?}"
        );
        assert!(
            graph.nodes.iter().any(|node| node.id == edge.to),
            "{edge:?}"
        );
    }
}

#[test]
fn a_wide_gate_is_drawn_small() {
    let mut spec = spec(Vec::new());
    spec.causes = (0..40)
        .map(|n| CauseSpec {
            id: format!("w{n}"),
            class: "rare",
        })
        .collect();
    spec.causes[7].class = "common";
    let gate: Vec<&str> = spec.causes.iter().map(|cause| cause.id.as_str()).collect();
    spec.codes = vec![code("X-1", &format!("OR({})", gate.join(", ")), "x")];
    let diagnosis = Diagnoser::new(&spec.catalogue())
        .unwrap()
        .diagnose(&Input::from_lines(["X-1 happened"]))
        .unwrap();
    assert!(
        diagnosis.graph.nodes.len() <= 9,
        "{}",
        diagnosis.graph.nodes.len()
    );
    assert!(diagnosis.graph.nodes.iter().any(|node| node.id == "w7"));
    assert_eq!(diagnosis.causes[0].id, "w7");
}

#[test]
fn indicators_tell_causes_apart_and_one_line_counts_once() {
    let mut one = spec(vec![code("X-1", "OR(a, b)", "x")]);
    let sign = |line: &str, ratio| IndicatorSpec {
        cause: "a".into(),
        line: line.into(),
        ratio,
    };
    one.indicators = vec![sign("port is closed", 5.0), sign("closed", 4.0)];
    let diagnoser = Diagnoser::new(&one.catalogue()).unwrap();
    let silent = Input::from_lines(["X-1 happened"]);
    // Both indicators rest on the same line: the stronger one speaks alone.
    let shown = Input::from_lines(["X-1 happened", "the port is closed"]);
    let odds = |p: f64| p / (1.0 - p);
    let before = posterior(&diagnoser, &silent, "a");
    let after = posterior(&diagnoser, &shown, "a");
    assert!((odds(after) / odds(before) - 5.0).abs() < 1e-9);
    let diagnosis = diagnoser.diagnose(&shown).unwrap();
    assert!(
        diagnosis.causes[0]
            .evidence
            .iter()
            .any(|text| text == "says port is closed")
    );
}

#[test]
fn a_cause_that_shows_itself_needs_no_code() {
    let mut one = spec(vec![code("X-1", "OR(a, b)", "x")]);
    one.indicators = vec![IndicatorSpec {
        cause: "e".into(),
        line: "e was seen".into(),
        ratio: 90.0,
    }];
    let diagnoser = Diagnoser::new(&one.catalogue()).unwrap();
    let diagnosis = diagnoser
        .diagnose(&Input::from_lines(["e was seen"]))
        .unwrap();
    assert_eq!(diagnosis.status, Status::Explained);
    assert_eq!(
        (diagnosis.verdict.code, diagnosis.verdict.cause.as_deref()),
        (None, Some("e"))
    );
}

#[test]
fn captured_text_never_becomes_a_shell_command() {
    let diagnoser = diagnoser(vec![code("X-1", "OR(a, b)", "x")]);
    let diagnosis = diagnoser
        .diagnose(&Input::from_lines(["X-1 happened at h; rm -rf $home"]))
        .unwrap();
    assert_eq!(diagnosis.codes[0].captures["host"], "h; rm -rf $home");
    let commands = diagnosis
        .fixes
        .iter()
        .filter_map(|fix| fix.command.as_deref());
    let checks = diagnosis
        .next_checks
        .iter()
        .filter_map(|check| check.command.as_deref());
    assert!(
        commands
            .chain(checks)
            .all(|command| !command.contains("rm -rf"))
    );
}

#[test]
fn a_log_that_shows_too_much_is_weighed_in_part_and_says_so() {
    let mut spec = spec(Vec::new());
    spec.causes = (0..60)
        .map(|n| CauseSpec {
            id: format!("w{n}"),
            class: "common",
        })
        .collect();
    // Tangled on purpose: every code shares causes with many others.
    let gate = |n: usize| {
        let causes = [n * 7 % 60, n * 13 % 60 + 1, n * 29 % 60, n * 41 % 60 + 1];
        let names: Vec<String> = causes.iter().map(|n| format!("w{}", n % 60)).collect();
        format!("OR({})", names.join(", "))
    };
    spec.codes = (0..90)
        .map(|n| code(&format!("X-{n}Q"), &gate(n), &format!("p{n}")))
        .collect();
    let lines: Vec<String> = (0..90).map(|n| format!("X-{n}Q happened")).collect();
    let diagnoser = Diagnoser::new(&spec.catalogue()).unwrap();
    let diagnosis = diagnoser.diagnose(&Input::from_lines(lines)).unwrap();
    assert_eq!(diagnosis.status, Status::Explained);
    assert_eq!(diagnosis.codes.len(), 90, "all are listed");
    assert_eq!(diagnosis.notes[0].reason, "evidence_reduced");
    assert!(!diagnosis.cut_sets.is_empty());
}

#[test]
fn what_if_follows_causes_forward() {
    let diagnoser = diagnoser(vec![
        code("X-1", "OR(a, b)", "x"),
        code("X-2", "AND(a, c)", "y"),
    ]);
    let follow = diagnoser.what_if(&[("a", true)]).unwrap();
    assert_eq!(follow[0].code, "X-1");
    assert!((follow[0].probability - 1.0).abs() < 1e-12);
    assert!((follow[1].probability - 0.05).abs() < 1e-12);
    let follow = diagnoser.what_if(&[("a", false)]).unwrap();
    assert!((follow[0].probability - 0.05).abs() < 1e-12 && follow[1].probability == 0.0);
    assert_eq!(
        diagnoser.what_if(&[("zz", true)]).unwrap_err().reason(),
        "unknown_cause"
    );
}

#[test]
fn a_diagnosis_is_read_back_as_written() {
    let diagnoser = diagnoser(vec![code("X-1", "OR(a, b)", "x")]);
    let diagnosis = diagnoser
        .diagnose(&Input::from_lines(["X-1 happened at h"]))
        .unwrap();
    let text = serde_json::to_string(&diagnosis).unwrap();
    assert_eq!(
        serde_json::from_str::<faultscan_diagnosis::Diagnosis>(&text).unwrap(),
        diagnosis
    );
    for word in [
        "\"status\":\"explained\"",
        "\"confidence\":\"low\"",
        "\"kind\":\"code\"",
        "\"gate\":\"or\"",
    ] {
        assert!(text.contains(word), "{word} in {text}");
    }
}
