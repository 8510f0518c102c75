//! `diag fta` on good trees, trees beyond the budget, and files that are no trees.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what is unexpected here is a failed test"
)]

mod support;

use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::Value;
use support::diag;

fn file(folder: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn answer(args: &[&str]) -> Value {
    let ran = diag(args);
    assert_eq!(ran.code, 0, "{args:?}: {}", ran.stderr);
    serde_json::from_str(&ran.stdout).unwrap()
}

const SMALL: &str = r#"<opsa-mef><define-fault-tree name="t">
<define-gate name="top"><or><basic-event name="power"/><gate name="pumps"/></or></define-gate>
<define-gate name="pumps"><and><basic-event name="p1"/><basic-event name="p2"/></and></define-gate>
</define-fault-tree><model-data>
<define-basic-event name="power"><float value="0.001"/></define-basic-event>
<define-basic-event name="p1"><float value="0.01"/></define-basic-event>
<define-basic-event name="p2"><float value="0.01"/></define-basic-event>
</model-data></opsa-mef>"#;

/// An AND of many ORs that share all events across.
fn woven() -> String {
    let mut text =
        String::from("<opsa-mef><define-fault-tree name=\"w\"><define-gate name=\"top\"><and>");
    for at in 0..52 {
        write!(text, "<gate name=\"g{at}\"/>").unwrap();
    }
    text.push_str("</and></define-gate>");
    for at in 0..52 {
        write!(text, "<define-gate name=\"g{at}\"><or>").unwrap();
        for event in [at * 7, at * 11 + 3, at * 13 + 5, at * 17 + 1] {
            write!(text, "<basic-event name=\"e{}\"/>", event % 26).unwrap();
        }
        text.push_str("</or></define-gate>");
    }
    text.push_str("</define-fault-tree><model-data>");
    for at in 0..26 {
        write!(
            text,
            "<define-basic-event name=\"e{at}\"><float value=\"0.01\"/></define-basic-event>"
        )
        .unwrap();
    }
    text.push_str("</model-data></opsa-mef>");
    text
}

#[test]
fn a_small_tree_is_exact() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder, "small.xml", SMALL);
    let path = path.to_str().unwrap();
    let found = answer(&["fta", path, "--json", "--importance", "--cut-sets", "5"]);
    assert_eq!(found["exact"], true);
    assert_eq!(found["mcs_count"], 2);
    assert_eq!(found["mcs_by_order"], serde_json::json!({"1": 1, "2": 1}));
    assert!((found["probability"].as_f64().unwrap() - 0.001_099_9).abs() < 1e-12);
    assert!(found.get("note").is_none() && found.get("probability_bounds").is_none());
    assert_eq!(found["importance"][0]["event"], "power");
    assert_eq!(found["importance"][0]["fussell_vesely_kind"], "exact");
    let first = answer(&["fta", path, "--json", "--max-order", "1"]);
    assert_eq!(first["mcs_count"], 1);
    assert_eq!(first["mcs_by_order"], serde_json::json!({"1": 1}));
    assert_eq!(
        (&first["mcs_truncated"], &first["exact"]),
        (&true.into(), &true.into())
    );
    assert_eq!(first["mcs_order_max"], 1);
    assert_eq!(first["probability"], found["probability"]);
    assert_eq!(first["min_cut_upper_bound"], Value::Null);
}

#[test]
fn a_spent_budget_leaves_an_answer_in_part() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder, "woven.xml", &woven());
    let path = path.to_str().unwrap();
    let found = answer(&["fta", path, "--json", "--nodes-max", "2000"]);
    assert_eq!(found["exact"], false);
    assert_eq!(found["probability"], Value::Null);
    assert!(
        found["note"]
            .as_str()
            .unwrap()
            .contains("2000 diagram nodes")
    );
    assert_eq!(found["mcs_count"], Value::Null);
    assert!(found["mcs_count_at_least"].is_u64());
    let order = found["mcs_order_max"].as_u64().unwrap();
    assert!((2..26).contains(&order), "{order}");
    let full = answer(&["fta", path, "--json"]);
    assert_eq!(full["exact"], true);
    for (order, count) in found["mcs_by_order"].as_object().unwrap() {
        assert_eq!(count, &full["mcs_by_order"][order], "{order}");
    }
    let exact = full["probability"].as_f64().unwrap();
    let bounds = found["probability_bounds"].as_array().unwrap();
    let (lower, upper) = (bounds[0].as_f64().unwrap(), bounds[1].as_f64().unwrap());
    assert!(
        lower <= exact && exact <= upper && upper < lower * 1.01,
        "{lower} {exact} {upper}"
    );
    let shown = diag(&["fta", path, "--nodes-max", "2000"]);
    assert!(shown.stdout.contains("not exact"), "{}", shown.stdout);
}

#[test]
fn what_is_no_tree_is_refused_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("empty.xml", ""),
        (
            "entity.xml",
            "<!DOCTYPE a [<!ENTITY b \"c\">]><opsa-mef>&b;</opsa-mef>",
        ),
        ("open.xml", "<opsa-mef><define-fault-tree name=\"t\">"),
        (
            "cycle.toml",
            "[gates]\na = \"OR(b, x)\"\nb = \"OR(a, x)\"\n[events]\nx = 0.1\n",
        ),
        ("array.json", "[1, 2"),
        ("words.dft", "toplevel \"a\"; \"a\" maybe \"b\";"),
        ("tree.txt", "plain"),
    ] {
        let path = file(&folder, name, text);
        let ran = diag(&["fta", path.to_str().unwrap(), "--json"]);
        assert_eq!(
            (ran.code, ran.stdout.as_str()),
            (2, ""),
            "{name}: {}",
            ran.stderr
        );
        assert_eq!(
            ran.stderr.trim_end().lines().count(),
            1,
            "{name}: {}",
            ran.stderr
        );
    }
}
