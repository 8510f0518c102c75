//! Every reader and writer: round trips, and refusals with their place.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(feature = "formats")]
#[path = "support/mod.rs"]
mod support;

use faultscan_faulttree::formats::{
    FormatError, TextLimits, read_errcode, read_galileo, read_open_psa, read_toml, write_dot,
    write_json_graph, write_mermaid, write_open_psa, write_toml,
};
use faultscan_faulttree::{
    Budget, EventKind, Expression, FaultTree, FaultTreeBuilder, Formula, Note, clusters, path,
};
use proptest::prelude::*;
use support::{Kind, trees};

fn limits() -> TextLimits {
    TextLimits::default()
}

fn expression() -> impl Strategy<Value = Expression> {
    use Expression as E;
    let number = |low: f64, high: f64| (low..high).prop_map(|v| Box::new(E::Number(v)));
    let time = || Just(Box::new(E::MissionTime));
    prop_oneof![
        (0.0..1.0f64).prop_map(E::Number),
        Just(E::Parameter("p".into())),
        (number(1e-9, 1e-3), time()).prop_map(|(rate, time)| E::Exponential { rate, time }),
        (number(1.0, 1e4), number(0.5, 3.0), number(0.0, 9.0), time()).prop_map(
            |(scale, shape, start, time)| E::Weibull {
                scale,
                shape,
                start,
                time
            }
        ),
        (
            number(1e-9, 1e-3),
            number(1.0, 99.0),
            number(0.0, 50.0),
            time()
        )
            .prop_map(|(rate, interval, first, time)| E::PeriodicTest {
                rate,
                interval,
                first,
                time
            }),
        (
            number(0.0, 0.1),
            number(1e-9, 1e-3),
            number(1e-9, 1e-3),
            time()
        )
            .prop_map(|(gamma, lambda, mu, time)| E::Glm {
                gamma,
                lambda,
                mu,
                time
            }),
        (number(0.001, 0.01), number(2.0, 9.0), number(0.9, 0.99)).prop_map(
            |(mean, factor, level)| E::Lognormal {
                mean,
                factor,
                level
            }
        ),
        (number(0.0, 0.3), number(0.4, 0.9)).prop_map(|(a, b)| E::Uniform(a, b)),
        (number(1.0, 3.0), number(1.0, 3.0)).prop_map(|(a, b)| E::Beta(a, b)),
        (0.0..0.2f64, 0.3..0.5f64).prop_map(|(a, b)| E::Histogram {
            lower: Box::new(E::Number(0.0)),
            bins: vec![
                (E::Number(a + 0.1), E::Number(1.0)),
                (E::Number(b), E::Number(2.0)),
            ],
        }),
        (0.0..0.5f64, 0.0..0.5f64)
            .prop_map(|(a, b)| E::Mean(vec![E::Number(a), E::Neg(Box::new(E::Number(-b)))])),
    ]
}

fn note() -> impl Strategy<Value = Note> {
    let text = || prop::option::of("[a-z<>&\"'\\\\ 故障é]{1,12}".prop_map(|t| t.trim().to_owned()));
    let pairs = prop::collection::btree_map("[a-z]{3,6}", "[a-z<&\"\\\\ ]{0,6}", 0..3);
    (text(), text(), pairs).prop_map(|(label, label_zh, attributes)| {
        let full = |text: Option<String>| text.filter(|text| !text.is_empty());
        Note {
            label: full(label),
            label_zh: full(label_zh),
            attributes,
        }
    })
}

/// Trees with all that formats must carry.
fn rich() -> impl Strategy<Value = FaultTree> {
    let extra = prop::collection::vec((expression(), note(), 0..4u8), 1..4);
    (trees(Kind::Any, 5, 6), extra, note()).prop_map(|(plain, extra, tree_note)| {
        let mut builder = FaultTreeBuilder::new();
        builder.name("rich").note(tree_note.clone());
        builder.mission_time(10.0).unwrap();
        builder
            .parameter("p", Expression::Parameter("q".into()))
            .unwrap();
        builder.parameter("q", Expression::Number(0.25)).unwrap();
        for event in plain.events() {
            builder
                .event(
                    event.name(),
                    event.kind(),
                    event.expression().cloned(),
                    event.note().clone(),
                )
                .unwrap();
        }
        for (at, (expression, note, kind)) in extra.into_iter().enumerate() {
            let kind = match kind {
                0 => EventKind::Basic,
                1 => EventKind::Undeveloped,
                2 => EventKind::Conditioning,
                _ => EventKind::House(at % 2 == 0),
            };
            builder
                .event(&format!("x{at}"), kind, Some(expression), note)
                .unwrap();
        }
        for gate in plain.gates() {
            let formula = Formula::parse(&text_of(&plain, gate.formula())).unwrap();
            let formula = match gate.name() {
                "top" => Formula::Or(vec![formula, Formula::named("x0")]),
                _ => formula,
            };
            builder
                .gate_with(gate.name(), formula, tree_note.clone())
                .unwrap();
        }
        builder.transfer("again", "top").unwrap();
        builder.build().unwrap()
    })
}

fn text_of(tree: &FaultTree, formula: &Formula<faultscan_faulttree::NodeId>) -> String {
    use Formula as F;
    let all = |of: &[Formula<_>]| {
        of.iter()
            .map(|f| text_of(tree, f))
            .collect::<Vec<_>>()
            .join(",")
    };
    match formula {
        F::Ref(node) => tree.name_of(*node).to_owned(),
        F::Constant(value) => value.to_string(),
        F::AtLeast { k, of } => format!("atleast({k},{})", all(of)),
        F::Not(of) => format!("not({})", text_of(tree, of)),
        F::And(of) | F::Or(of) | F::Xor(of) | F::Nand(of) | F::Nor(of) => {
            format!("{}({})", formula.operator(), all(of))
        }
        F::Inhibit { of, condition } => {
            format!(
                "inhibit({},{})",
                text_of(tree, of),
                text_of(tree, condition)
            )
        }
        _ => unreachable!(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn toml_keeps_everything(tree in rich()) {
        let text = write_toml(&tree);
        let again = read_toml(&text, &limits());
        prop_assert_eq!(again.as_ref(), Ok(&tree), "{}", text);
    }

    #[test]
    fn open_psa_keeps_all_but_the_mission_time(tree in rich()) {
        let text = write_open_psa(&tree);
        let again = read_open_psa(&text, &limits()).map_err(|e| TestCaseError::fail(format!("{e}\n{text}")))?;
        prop_assert_eq!(again.events(), tree.events());
        prop_assert_eq!(again.gates(), tree.gates());
        prop_assert_eq!(again.parameters(), tree.parameters());
        prop_assert_eq!(again.note(), tree.note());
        prop_assert_eq!(write_open_psa(&again), text);
    }

    #[test]
    fn pictures_name_every_node(tree in rich()) {
        let json = write_json_graph(&tree);
        let parsed: serde_json::Value = serde_json::from_str(&json).unwrap();
        prop_assert!(parsed["nodes"].as_array().unwrap().len() >= tree.gates().len());
        let (dot, mermaid) = (write_dot(&tree), write_mermaid(&tree));
        for gate in tree.gates() {
            let quoted = format!("\"{}\"", gate.name());
            prop_assert!(dot.contains(&quoted));
        }
        prop_assert_eq!(dot.matches(" -> ").count(), mermaid.matches(" --> ").count());
    }

    #[test]
    fn no_text_makes_a_reader_panic(text in "[ -~\n]{0,200}") {
        let _ = read_open_psa(&text, &limits());
        let _ = read_toml(&text, &limits());
        let _ = read_errcode(&text, None, &limits());
        let _ = read_galileo(&text, &limits());
        let _ = Formula::parse(&text);
    }

    #[test]
    fn damaged_texts_make_no_reader_panic(tree in rich(), at in any::<prop::sample::Index>(), junk in "[<>&/\"a-z0-9{}=\\[\\]]{0,3}") {
        for text in [write_open_psa(&tree), write_toml(&tree)] {
            let mut cut = at.index(text.len());
            while !text.is_char_boundary(cut) {
                cut -= 1;
            }
            let next = text[cut..].chars().next().map_or(0, char::len_utf8);
            let damaged = format!("{}{junk}{}", &text[..cut], &text[cut + next..]);
            let _ = read_open_psa(&damaged, &limits());
            let _ = read_toml(&damaged, &limits());
        }
    }
}

fn refused(result: Result<FaultTree, FormatError>, reason: &str, place: Option<(usize, usize)>) {
    let error = result.unwrap_err();
    assert_eq!(
        (error.reason(), error.location()),
        (reason, place),
        "{error}"
    );
}

fn xml(body: &str) -> Result<FaultTree, FormatError> {
    let text = format!(
        "<opsa-mef>\n<define-fault-tree name=\"t\">\n{body}\n</define-fault-tree></opsa-mef>"
    );
    read_open_psa(&text, &limits())
}

const EVENT: &str = "<define-basic-event name=\"a\"><float value=\"0.1\"/></define-basic-event>";

#[test]
fn xml_errors_name_reason_and_place() {
    let gate = |formula: &str| {
        xml(&format!(
            "{EVENT}\n  <define-gate name=\"g\">{formula}</define-gate>"
        ))
    };
    assert!(gate("<or><basic-event name=\"a\"/></or>").is_ok());
    refused(
        gate("<or><gate name=\"x\"/></or>"),
        "undefined_name",
        Some((4, 29)),
    );
    refused(
        gate("<or><basic-event name=\"x\"/></or>"),
        "undefined_name",
        Some((4, 29)),
    );
    refused(gate("<maybe/>"), "unknown_element", Some((4, 25)));
    refused(gate("<or/>"), "bad_arity", Some((4, 3)));
    refused(gate("<or><gate name=\"g\"/></or>"), "cycle", Some((4, 3)));
    refused(
        gate("<atleast min=\"3\"><event name=\"a\"/></atleast>"),
        "bad_arity",
        Some((4, 3)),
    );
    refused(
        gate("<atleast><event name=\"a\"/></atleast>"),
        "missing_attribute",
        Some((4, 25)),
    );
    refused(
        gate("<not><event name=\"a\"/><event name=\"a\"/></not>"),
        "bad_arity",
        Some((4, 25)),
    );
    refused(
        xml(&format!("{EVENT}\n{EVENT}")),
        "duplicate_name",
        Some((4, 1)),
    );
    let event = |value: &str| {
        xml(&format!(
            "<define-basic-event name=\"a\">{value}</define-basic-event>\n<define-gate name=\"g\"><event name=\"a\"/></define-gate>"
        ))
    };
    refused(
        event("<float value=\"1.5\"/>"),
        "probability_out_of_range",
        Some((3, 1)),
    );
    refused(event("<float value=\"x\"/>"), "bad_value", Some((3, 30)));
    refused(
        event("<parameter name=\"x\"/>"),
        "undefined_parameter",
        Some((3, 30)),
    );
    refused(
        event("<add><float value=\"0.1\"/></sub>"),
        "bad_xml",
        Some((3, 55)),
    );
}

#[test]
fn hostile_xml_is_refused() {
    let read = |text: &str| read_open_psa(text, &limits());
    refused(
        read("<!DOCTYPE x [<!ENTITY a \"b\">]><opsa-mef/>"),
        "xml_doctype",
        Some((1, 1)),
    );
    refused(
        read("<?php x ?><opsa-mef/>"),
        "xml_instruction",
        Some((1, 1)),
    );
    refused(
        read("<opsa-mef>&boom;</opsa-mef>"),
        "xml_entity",
        Some((1, 11)),
    );
    refused(
        read("<opsa-mef name=\"&boom;\"/>"),
        "xml_entity",
        Some((1, 1)),
    );
    let deep = "<or>".repeat(5000);
    refused(
        xml(&format!("<define-gate name=\"g\">{deep}")),
        "nesting_too_deep",
        Some((3, 491)),
    );
    let many: String = (0..100).map(|i| format!(" a{i}=\"\"")).collect();
    refused(
        read(&format!("<opsa-mef{many}/>")),
        "too_many_elements",
        Some((1, 1)),
    );
    let mut small = limits();
    small.bytes_max = 10;
    refused(
        read_open_psa("<opsa-mef></opsa-mef>", &small),
        "text_too_large",
        None,
    );
    refused(read(""), "bad_xml", Some((1, 1)));
    refused(read("<opsa-mef><a></opsa-mef>"), "bad_xml", Some((1, 14)));
    refused(read("<other/>"), "unknown_element", Some((1, 1)));
}

#[test]
fn open_psa_scopes_parameters_and_laws() {
    let text = r#"<?xml version="1.0"?><opsa-mef>
      <define-fault-tree name="t">
        <define-gate name="top"><or><gate name="c.g"/><gate name="h"/></or></define-gate>
        <define-gate name="h"><cardinality min="1" max="1"><event name="a"/><event name="b"/></cardinality></define-gate>
        <define-component name="c" role="private">
          <define-gate name="g"><imply><event name="a"/><event name="x"/></imply></define-gate>
          <define-house-event name="x"><constant value="true"/></define-house-event>
        </define-component>
      </define-fault-tree>
      <model-data>
        <define-parameter name="rate"><float value="1e-3"/></define-parameter>
        <define-basic-event name="a"><label>first &amp; last</label>
          <exponential><parameter name="rate"/><system-mission-time/></exponential></define-basic-event>
        <define-basic-event name="b"><bool value="false"/></define-basic-event>
      </model-data></opsa-mef>"#;
    let tree = read_open_psa(text, &limits()).unwrap();
    assert_eq!(tree.tops().len(), 1);
    assert!(tree.gate("t.c.g").is_some());
    let a = tree.event("a").unwrap();
    assert_eq!(
        tree.events()[a.index()].note().label.as_deref(),
        Some("first & last")
    );
    let values = tree.probabilities_at(Some(100.0)).unwrap();
    let wanted = 1.0 - f64::exp(-0.1);
    assert!((values[a.index()].unwrap() - wanted).abs() < 1e-15);
    assert!(tree.probabilities().is_err(), "no mission time was given");
}

#[test]
fn toml_errors_name_reason_and_place() {
    let read = |text: &str| read_toml(text, &limits());
    refused(
        read("top = [\"g\"]\n[gates.g]\nformula = \"OR(a\"\n"),
        "bad_formula",
        Some((3, 11)),
    );
    refused(read("x = 1"), "unknown_key", Some((1, 1)));
    refused(
        read("[events.a]\nprobability = 2.0\n[gates.g]\nformula = \"a\""),
        "probability_out_of_range",
        Some((1, 9)),
    );
    refused(
        read("[gates.g]\nformula = \"a\""),
        "undefined_name",
        Some((1, 8)),
    );
    refused(
        read("[events.a]\nprobability = { what = 1 }"),
        "unknown_key",
        Some((2, 15)),
    );
    refused(read("[events.a\n"), "bad_toml", Some((1, 10)));
    refused(read(""), "no_gate", None);
}

#[test]
fn galileo_reads_static_trees() {
    let text = "toplevel \"T\";\n// comment\n\"T\" or \"V\" \"c\";\n\"V\" 2of3 \"a\" \"b\" \"c\"; /* x */\n\"a\" prob=0.1;\n\"b\" prob=0.2;\"c\" lambda=1e-3 dorm=0;";
    let tree = read_galileo(text, &limits()).unwrap();
    assert_eq!(tree.gates().len(), 2);
    assert_eq!(tree.name_of(tree.tops()[0].into()), "T");
    let read = |text: &str| read_galileo(text, &limits());
    refused(
        read("toplevel \"T\";\n\"T\" pand \"a\" \"b\";"),
        "dynamic_gate",
        Some((2, 5)),
    );
    refused(read("\"T\" 2of3 \"a\" \"b\";"), "bad_arity", Some((1, 5)));
    refused(read("\"T\" or \"a\";"), "undefined_name", Some((1, 1)));
    refused(read("\"T\" or \"a\""), "bad_statement", Some((1, 1)));
}

/// The seed's form, and the table that must come of it.
#[test]
fn errcode_clusters_by_order_coverage_and_code() {
    let text = r#"{
      "101": {"cause": ["auth_token_expired", "redis_unavailable"], "severity": "high"},
      "105": {"cause": ["redis_unavailable", "cache_key_stampede"], "severity": "high"},
      "107": {"cause": ["mysql_connection_timeout", "slow_query_holds_connection"]},
      "108": {"cause": ["pool_connection_leak", "pool_size_too_small", "traffic_surge"],
              "gate": "OR(pool_connection_leak, AND(pool_size_too_small, traffic_surge))"},
      "113": {"cause": ["auth_token_expired", "refresh_token_revoked"]},
      "118": {"cause": ["mysql_connection_timeout", "duplicate_request_not_idempotent"]},
      "122": {"cause": ["redis_unavailable", "redis_maxmemory_reached"]},
      "129": {"cause": ["auth_token_expired", "oauth_client_secret_wrong"]},
      "134": {"cause": ["mysql_connection_timeout", "inconsistent_lock_order"]}
    }"#;
    let tree = read_errcode(text, None, &limits()).unwrap();
    assert!(!tree.is_quantified());
    let found = clusters(&tree, &Budget::default(), 100).unwrap();
    let shown = |at: usize| {
        let cluster: &faultscan_faulttree::Cluster = &found[at];
        let names = |ids: Vec<&str>| ids.join(" ");
        (
            names(
                cluster
                    .events
                    .iter()
                    .map(|id| tree.name_of((*id).into()))
                    .collect(),
            ),
            names(
                cluster
                    .tops
                    .iter()
                    .map(|id| tree.name_of((*id).into()))
                    .collect(),
            ),
        )
    };
    assert_eq!(shown(0), ("redis_unavailable".into(), "101 105 122".into()));
    assert_eq!(
        shown(1),
        ("auth_token_expired".into(), "101 113 129".into())
    );
    assert_eq!(
        shown(2),
        ("mysql_connection_timeout".into(), "107 118 134".into())
    );
    let last = found.last().unwrap();
    assert_eq!(last.events.len(), 2);
    let top = tree.gate("108").unwrap();
    assert_eq!(path(&tree, top, &last.events), vec![top]);
    refused(
        read_errcode("{\"1\": {\"cause\": []}}", None, &limits()),
        "bad_arity",
        Some((1, 2)),
    );
    refused(
        read_errcode("{\"1\": {\"cause\": [2]}}", None, &limits()),
        "bad_json",
        Some((1, 18)),
    );
    let twice = "{\"1\": {\"cause\": [\"a\"]}, \"1\": {\"cause\": [\"a\"]}}";
    refused(
        read_errcode(twice, None, &limits()),
        "duplicate_name",
        Some((1, 2)),
    );
}
