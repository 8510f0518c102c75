//! Why a number is what it is, how firmly it stands, what is drawn of it, and how a dialogue travels.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what is unexpected here is a failed test"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use faultscan_diagnosis::{
    Answer, Diagnoser, Diagnosis, DiagnosisError, GivenAnswer, Graph, GraphDiff, GraphFormat,
    GraphOptions, GraphPart, InfluenceKind, Input, SESSION_SCHEMA, Session,
};
use faultscan_faulttree::formats::{TextLimits, read_open_psa};
use faultscan_faulttree::{Budget, Inference};
use support::{CauseSpec, CodeSpec, IndicatorSpec, Spec};

const GATES: [(&str, &str); 4] = [
    ("T-ONE", "OR(c0, c1, AND(c2, c3), c4)"),
    (
        "T-TWO",
        "OR(c1, ATLEAST(2, c4, c5, c6), AND(c7, OR(c8, c9)))",
    ),
    ("T-THREE", "OR(c2, c9, NOT(c10))"),
    ("T-FOUR", "OR(c10, c11)"),
];

fn spec() -> Spec {
    let causes = (0..12).map(|n| CauseSpec {
        id: format!("c{n}"),
        class: ["common", "occasional", "rare"][n % 3],
    });
    let codes = GATES.iter().map(|(code, gate)| CodeSpec {
        code: (*code).to_owned(),
        gate: (*gate).to_owned(),
        sensitivity: 0.9,
        false_alarm: 0.001,
        software: "same program".into(),
    });
    Spec {
        priors: [0.08, 0.03, 0.01],
        causes: causes.collect(),
        codes: codes.collect(),
        indicators: vec![IndicatorSpec {
            cause: "c4".into(),
            line: "a sign of four".into(),
            ratio: 6.0,
        }],
        ..Spec::default()
    }
}

fn diagnoser() -> Diagnoser {
    Diagnoser::new(&spec().catalogue()).unwrap()
}

fn input() -> Input {
    Input::from_lines(["T-ONE happened", "a sign of four", "T-TWO happened"])
}

fn answer(check: &str, answer: Answer) -> GivenAnswer {
    GivenAnswer {
        check: check.into(),
        answer,
    }
}

fn log_odds(p: f64) -> f64 {
    (p / (1.0 - p)).log2()
}

#[test]
fn influences_add_up_to_the_way_from_prior_to_posterior() {
    let diagnoser = diagnoser();
    let input = input()
        .with_answer(answer("look_at_c0", Answer::No))
        .with_answer(answer("look_at_c4", Answer::Yes));
    let diagnosis = diagnoser.diagnose(&input).unwrap();
    assert!(diagnosis.causes.len() > 5);
    for cause in &diagnosis.causes {
        let sum: f64 = cause.influence.iter().map(|one| one.bits).sum();
        let way = log_odds(cause.posterior) - log_odds(cause.prior);
        assert!((sum - way).abs() < 1e-6, "{}: {sum} is not {way}", cause.id);
        if let Some(last) = cause.influence.last() {
            assert!((last.after - cause.posterior).abs() < 1e-9);
        }
    }
    let lead = diagnosis.verdict.cause.clone().unwrap();
    let of_lead = diagnosis.causes.iter().find(|cause| cause.id == lead);
    assert_eq!(diagnosis.influence, of_lead.unwrap().influence);
    let kinds: Vec<InfluenceKind> = diagnosis.influence.iter().map(|one| one.kind).collect();
    assert!(kinds.contains(&InfluenceKind::Code));
    assert!(kinds.contains(&InfluenceKind::Answer));
    assert!(
        kinds.contains(&InfluenceKind::Absence),
        "T-THREE shares c2 and c9: {kinds:?}"
    );
}

#[test]
fn the_last_influence_is_what_the_last_answer_was_seen_to_do() {
    let diagnoser = diagnoser();
    let before = diagnoser.diagnose(&input()).unwrap();
    let after = diagnoser
        .diagnose(&input().with_answer(answer("look_at_c4", Answer::No)))
        .unwrap();
    let of = |diagnosis: &Diagnosis, id: &str| {
        let cause = diagnosis.causes.iter().find(|cause| cause.id == id);
        cause.unwrap().clone()
    };
    let (was, is) = (of(&before, "c1"), of(&after, "c1"));
    let last = is.influence.last().unwrap();
    assert_eq!(last.check.as_deref(), Some("look_at_c4"));
    let seen = log_odds(is.posterior) - log_odds(was.posterior);
    assert!((last.bits - seen).abs() < 1e-9);
    assert!(last.bits > 0.0, "what c4 loses c1 gains");
}

/// A prior whose odds are k times as great weighs as one more sign with likelihood ratio k.
fn with_odds(cause: &str, factor: f64) -> Diagnosis {
    let mut spec = spec();
    spec.indicators.push(IndicatorSpec {
        cause: cause.into(),
        line: "the prior is off".into(),
        ratio: factor,
    });
    let mut input = input();
    input.lines.push("the prior is off".into());
    Diagnoser::new(&spec.catalogue())
        .unwrap()
        .diagnose(&input)
        .unwrap()
}

#[test]
fn the_verdict_changes_at_the_factor_that_sensitivity_names_and_not_before() {
    let diagnosis = diagnoser().diagnose(&input()).unwrap();
    let verdict = diagnosis.verdict.cause.clone().unwrap();
    let sensitivity = diagnosis.sensitivity.unwrap();
    assert_eq!(sensitivity.cause, verdict);
    assert!(sensitivity.priors.len() >= 2, "{sensitivity:#?}");
    let nearest = sensitivity.priors[0].factor;
    assert!((sensitivity.factor.unwrap() - nearest.max(1.0 / nearest)).abs() < 1e-9);
    // As far as the catalogue allows a likelihood ratio.
    let in_reach = |factor: f64| (0.011..90.0).contains(&factor);
    let tried: Vec<_> = sensitivity
        .priors
        .iter()
        .filter(|prior| in_reach(prior.factor))
        .collect();
    assert!(tried.len() >= 2, "{sensitivity:#?}");
    for prior in tried {
        // A little short of the factor, and a little beyond it.
        let short = with_odds(&prior.cause, prior.factor.powf(0.999));
        assert_eq!(
            short.verdict.cause.as_deref(),
            Some(verdict.as_str()),
            "{prior:?}"
        );
        let beyond = with_odds(&prior.cause, prior.factor.powf(1.001));
        assert_eq!(beyond.verdict.cause, prior.becomes, "{prior:?}");
    }
    assert!(sensitivity.text.contains("times"), "{}", sensitivity.text);
    assert!(
        sensitivity.text_zh.contains('倍'),
        "{}",
        sensitivity.text_zh
    );
}

#[test]
fn without_a_verdict_nothing_is_sensitive() {
    let diagnosis = diagnoser()
        .diagnose(&Input::from_lines(["all is well"]))
        .unwrap();
    assert_eq!(diagnosis.sensitivity, None);
    assert!(diagnosis.influence.is_empty());
}

/// What is drawn once every node that lacks inputs has been expanded, by the ids alone.
fn expanded(diagnoser: &Diagnoser, input: &Input, options: &GraphOptions) -> Graph {
    let mut graph = diagnoser.graph(input, GraphPart::First, options).unwrap();
    let mut nodes: BTreeMap<String, _> = graph
        .nodes
        .iter()
        .map(|node| (node.id.clone(), node.clone()))
        .collect();
    let mut edges: BTreeSet<_> = graph.edges.iter().cloned().collect();
    loop {
        let lacks = |id: &str, inputs: u32| {
            edges.iter().filter(|edge| edge.from == id).count() < inputs as usize
        };
        let Some(open) = nodes.values().find(|node| lacks(&node.id, node.inputs)) else {
            break;
        };
        let id = open.id.clone();
        let more = diagnoser
            .graph(input, GraphPart::Below(&id), options)
            .unwrap();
        for node in more.nodes {
            nodes.insert(node.id.clone(), node);
        }
        edges.extend(more.edges);
    }
    graph.nodes = nodes.into_values().collect();
    graph.edges = edges.into_iter().collect();
    graph
}

#[test]
fn a_small_view_opens_to_the_whole_graph() {
    let diagnoser = diagnoser();
    let input = input();
    for (max_visible_nodes, lazy_load_depth) in [(1, 1), (4, 2), (9, 3), (2000, 2)] {
        let options = GraphOptions {
            max_visible_nodes,
            lazy_load_depth,
            ..GraphOptions::default()
        };
        let whole = diagnoser.graph(&input, GraphPart::Whole, &options).unwrap();
        let opened = expanded(&diagnoser, &input, &options);
        let ids = |graph: &Graph| -> BTreeSet<String> {
            graph.nodes.iter().map(|node| node.id.clone()).collect()
        };
        assert_eq!(ids(&opened), ids(&whole));
        let edges = |graph: &Graph| -> BTreeSet<_> { graph.edges.iter().cloned().collect() };
        assert_eq!(edges(&opened), edges(&whole));
    }
}

#[test]
fn a_first_view_keeps_its_bound_tells_what_it_leaves_out_and_shows_the_best_cut_set() {
    let diagnoser = diagnoser();
    let options = GraphOptions {
        max_visible_nodes: 6,
        ..GraphOptions::default()
    };
    let diagnosis = diagnoser.diagnose_with(&input(), &options).unwrap();
    let graph = &diagnosis.graph;
    assert!(graph.nodes.len() <= 6);
    let drawn = graph.nodes.len() as u32;
    assert_eq!(
        drawn + graph.merged + graph.pruned + graph.hidden,
        graph.total
    );
    assert!(graph.merged > 0);
    let told: usize = graph.nodes.iter().map(|node| node.merged.len()).sum();
    assert_eq!(told, graph.merged as usize);
    for event in &diagnosis.cut_sets[0].events {
        let node = graph.nodes.iter().find(|node| node.id == *event);
        assert!(node.is_some_and(|node| node.in_best_cut_set), "{event}");
    }
    assert_eq!(graph.top, graph.nodes[0].id);
    assert_eq!(graph.version.len(), 16);
    let again = diagnoser
        .graph(&input(), GraphPart::First, &options)
        .unwrap();
    assert_eq!(again, *graph);
}

#[test]
fn a_difference_leads_from_the_old_graph_to_the_new() {
    let diagnoser = diagnoser();
    let options = GraphOptions::default();
    let inputs = [
        Input::default(),
        input(),
        input().with_answer(answer("look_at_c4", Answer::No)),
        Input::from_lines(["T-FOUR happened"]),
    ];
    let graphs: Vec<Graph> = inputs
        .iter()
        .flat_map(|input| [GraphPart::First, GraphPart::Whole].map(|part| (input, part)))
        .map(|(input, part)| diagnoser.graph(input, part, &options).unwrap())
        .collect();
    for old in &graphs {
        for new in &graphs {
            let diff = GraphDiff::between(old, new);
            assert_eq!(diff.apply(old).unwrap(), *new);
            let wire = serde_json::to_string(&diff).unwrap();
            let diff: GraphDiff = serde_json::from_str(&wire).unwrap();
            assert_eq!(diff.apply(old).unwrap(), *new);
            if old.version != new.version {
                assert_eq!(diff.apply(new).unwrap_err().reason(), "other_graph_version");
            }
        }
    }
    let mut broken = GraphDiff::between(&graphs[0], &graphs[2]);
    broken.added.pop();
    assert_eq!(
        broken.apply(&graphs[0]).unwrap_err().reason(),
        "broken_graph_diff"
    );
}

#[test]
fn the_exported_model_is_the_tree_that_was_computed() {
    let diagnoser = diagnoser();
    let input = Input::from_lines(["T-TWO happened"]);
    let graph = diagnoser
        .graph(&input, GraphPart::Whole, &GraphOptions::default())
        .unwrap();
    let xml = graph.export(GraphFormat::OpenPsa, false);
    let tree = read_open_psa(&xml, &TextLimits::default()).unwrap();
    let engine = Inference::new(&tree, &Budget::nodes(10_000)).unwrap();
    let prior = engine.condition(&[]).unwrap();
    for node in &graph.nodes {
        let id = node.id.replace('#', "_");
        let read = tree
            .node(&id)
            .unwrap_or_else(|| panic!("{id} is not in the file"));
        assert!((prior.posterior(read) - node.prior).abs() < 1e-12, "{id}");
    }
    let dot = graph.export(GraphFormat::Dot, true);
    let mermaid = graph.export(GraphFormat::Mermaid, false);
    for node in &graph.nodes {
        assert!(dot.contains(&format!("\"{}\"", node.id)));
    }
    assert_eq!(dot.matches(" -> ").count(), graph.edges.len());
    assert_eq!(mermaid.matches(" --> ").count(), graph.edges.len());
    assert!(mermaid.starts_with("flowchart TD\n"));
}

#[test]
fn options_out_of_bounds_and_unknown_nodes_are_refused_by_name() {
    let diagnoser = diagnoser();
    let options = GraphOptions {
        max_visible_nodes: 0,
        ..GraphOptions::default()
    };
    let error = diagnoser.diagnose_with(&input(), &options).unwrap_err();
    assert_eq!(error.to_string(), "maxVisibleNodes must be 1 to 2000");
    let error = diagnoser
        .graph(
            &input(),
            GraphPart::Below("nowhere"),
            &GraphOptions::default(),
        )
        .unwrap_err();
    assert_eq!(error.reason(), "unknown_node");
    assert!(error.to_string().contains("nowhere"));
}

#[test]
fn contradictory_answers_are_told_and_break_nothing() {
    let diagnoser = diagnoser();
    let quiet = diagnoser.diagnose(&input()).unwrap();
    assert!(quiet.notes.is_empty(), "{:?}", quiet.notes);
    // T-FOUR needs c10 or c11; that T-THREE stands there too makes c10 unlikely; both are denied.
    let mut input = Input::from_lines(["T-FOUR happened", "T-ONE happened"]);
    for cause in ["c0", "c1", "c2", "c4", "c10", "c11"] {
        input = input.with_answer(answer(&format!("look_at_{cause}"), Answer::No));
    }
    let diagnosis = diagnoser.diagnose(&input).unwrap();
    let reasons: Vec<&str> = diagnosis
        .notes
        .iter()
        .map(|note| note.reason.as_str())
        .collect();
    assert_eq!(reasons, ["evidence_conflicts"]);
    for cause in &diagnosis.causes {
        assert!(cause.posterior > 0.0 && cause.posterior < 1.0);
    }
}

#[test]
fn a_session_is_a_value_that_can_be_replayed_elsewhere() {
    let here = diagnoser();
    let mut session = Session::begin(&here, input());
    session.answer(&here, "look_at_c4", Answer::No).unwrap();
    session.answer(&here, "look_at_c1", Answer::Yes).unwrap();
    let unknown = session.answer(&here, "look_at_the_moon", Answer::Yes);
    assert!(matches!(unknown, Err(DiagnosisError::UnknownCheck { .. })));

    let text = serde_json::to_string(&session).unwrap();
    let there = diagnoser();
    let received: Session = serde_json::from_str(&text).unwrap();
    assert_eq!(received, session);
    assert_eq!(
        received.diagnose(&there).unwrap(),
        session.diagnose(&here).unwrap()
    );

    let steps = received.replay(&there).unwrap();
    assert_eq!(steps.len(), 3);
    assert_eq!(steps[0].given, None);
    assert_eq!(steps[2].given, Some(answer("look_at_c1", Answer::Yes)));
    assert_eq!(steps[2].moved[0].cause, "c1");
    assert_eq!(steps[2].verdict, session.diagnose(&here).unwrap().verdict);

    assert!(session.retract("look_at_c1"));
    assert!(!session.retract("look_at_c1"));
    assert_eq!(session.replay(&here).unwrap(), steps[..2]);
}

#[test]
fn a_session_of_another_catalogue_goes_on_without_the_answers_that_it_lacks() {
    let here = diagnoser();
    let mut session = Session::begin(&here, input());
    session.answer(&here, "look_at_c4", Answer::No).unwrap();
    session.catalogue_version = "older".into();
    session
        .input
        .answers
        .push(answer("look_at_what_was", Answer::Yes));
    let diagnosis = session.diagnose(&here).unwrap();
    let reasons: Vec<&str> = diagnosis
        .notes
        .iter()
        .map(|note| note.reason.as_str())
        .collect();
    assert_eq!(reasons, ["other_catalogue", "unknown_check"]);
    assert_eq!(diagnosis.answers, [answer("look_at_c4", Answer::No)]);

    session.schema = SESSION_SCHEMA + 1;
    assert_eq!(
        session.diagnose(&here).unwrap_err().reason(),
        "session_form"
    );
}

#[test]
fn what_if_weighs_assumptions_beside_the_evidence() {
    let diagnoser = diagnoser();
    let alone = diagnoser.what_if(&[("c1", true)]).unwrap();
    let certain: Vec<&str> = alone
        .iter()
        .filter(|code| code.probability > 1.0 - 1e-12)
        .map(|code| code.code.as_str())
        .collect();
    assert_eq!(certain, ["T-ONE", "T-TWO"]);
    assert!(alone.iter().all(|code| code.prior < code.probability));
    let beside = diagnoser.what_if_given(&input(), &[("c1", false)]).unwrap();
    let two = beside.iter().find(|code| code.code == "T-TWO").unwrap();
    assert!(
        two.probability > 0.5,
        "it was seen, so something else brought it about"
    );
    let unknown = diagnoser.what_if(&[("nobody", true)]);
    assert!(matches!(unknown, Err(DiagnosisError::UnknownCause { .. })));
    // A leak is an event of the tree and no cause that anybody could assume.
    let leak = diagnoser.what_if(&[("leak:T-ONE", true)]);
    assert!(matches!(leak, Err(DiagnosisError::UnknownCause { .. })));
}

#[test]
fn what_if_tells_each_thing_beside_what_is_believed_now() {
    let diagnoser = diagnoser();
    let diagnosis = diagnoser.diagnose(&input()).unwrap();
    let what_if = diagnoser
        .what_if_beside(&input(), &[("c1", true), ("c4", false)])
        .unwrap();
    let assumed: Vec<_> = what_if
        .assumed
        .iter()
        .map(|one| (&*one.id, one.then))
        .collect();
    assert_eq!(assumed, [("c1", 1.0), ("c4", 0.0)]);
    for code in &what_if.codes {
        let found = diagnosis.codes.iter().find(|found| found.code == code.id);
        if let Some(found) = found {
            assert!((found.probability - code.now).abs() < 1e-12, "{}", code.id);
        }
    }
    assert!(
        what_if
            .codes
            .iter()
            .any(|code| code.id == "T-TWO" && code.then > 1.0 - 1e-12)
    );
    for cause in &what_if.causes {
        let ranked = diagnosis
            .causes
            .iter()
            .find(|one| one.id == cause.id)
            .unwrap();
        assert!((ranked.posterior - cause.now).abs() < 1e-12, "{}", cause.id);
        assert!(cause.then < cause.now, "c1 explains what {} did", cause.id);
    }
    assert!(!what_if.causes.is_empty());
    let nothing = diagnoser.what_if_beside(&input(), &[]).unwrap();
    assert!(nothing.codes.is_empty() && nothing.causes.is_empty());
}

#[test]
fn causes_to_assume_are_found_by_words_of_their_titles() {
    let diagnoser = diagnoser();
    assert!(diagnoser.find_causes("").len() >= 12);
    let found = diagnoser.find_causes("C11");
    assert_eq!(
        found.iter().map(|one| &*one.id).collect::<Vec<_>>(),
        ["c11"]
    );
    assert!(diagnoser.find_causes("c11 nowhere").is_empty());
}
