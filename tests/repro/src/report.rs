//! What the user sees.

use crate::case::{Case, Suite};
use crate::run::{Done, Outcome};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// One line for a case that has ended.
pub(crate) fn line(done: &Done<'_>) -> String {
    let Case { name, code, .. } = done.case;
    match &done.outcome {
        Outcome::Passed(_) => format!("  ok    {name:<40} {code:<28} {}", done.software),
        Outcome::Failed(why) => format!("  FAIL  {name:<40} {why}"),
        Outcome::Skipped(why) => format!("  skip  {name:<40} {why}"),
    }
}

/// `--list`: every case, without running it.
pub(crate) fn list(suite: &Suite, chosen: &[usize], as_json: bool) -> String {
    let cases = chosen.iter().map(|index| &suite.cases[*index]);
    if as_json {
        let cases: Vec<Value> = cases
            .map(|case| {
                json!({
                    "name": case.name, "group": case.group, "code": case.code,
                    "software": case.software, "with": case.with, "run": case.run.trim(),
                })
            })
            .collect();
        return json!({ "cases": cases }).to_string();
    }
    let lines = cases.map(|case| {
        let Case { name, code, .. } = case;
        format!("{name:<40} {code:<30} {}", case.software.join(", "))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// How many passed, failed and were skipped.
pub(crate) fn counts(done: &[Done<'_>]) -> [usize; 3] {
    let count = |kind: fn(&Outcome) -> bool| done.iter().filter(|one| kind(&one.outcome)).count();
    [
        count(|outcome| matches!(outcome, Outcome::Passed(_))),
        count(|outcome| matches!(outcome, Outcome::Failed(_))),
        count(|outcome| matches!(outcome, Outcome::Skipped(_))),
    ]
}

/// `--json`: the whole result as one document.
pub(crate) fn document(done: &[Done<'_>]) -> Value {
    let [passed, failed, skipped] = counts(done);
    let cases: Vec<Value> = done.iter().map(case_document).collect();
    json!({
        "cases": cases, "proven": proven(done),
        "passed": passed, "failed": failed, "skipped": skipped,
    })
}

fn case_document(done: &Done<'_>) -> Value {
    let (status, named, why) = match &done.outcome {
        Outcome::Passed(named) => ("passed", Some(named), None),
        Outcome::Failed(why) => ("failed", None, Some(why)),
        Outcome::Skipped(why) => ("skipped", None, Some(why)),
    };
    json!({
        "name": done.case.name, "group": done.case.group, "code": done.case.code,
        "software": done.software, "status": status, "why": why,
        "lines": named.map(|named| &named.lines),
    })
}

/// The codes that a passed case has shown, by family.
pub(crate) fn proven(done: &[Done<'_>]) -> BTreeMap<String, BTreeSet<String>> {
    let mut families: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for one in done {
        let code = &one.case.code;
        if code != "none" && matches!(one.outcome, Outcome::Passed(_)) {
            families
                .entry(family(code))
                .or_default()
                .insert(code.clone());
        }
    }
    families
}

fn family(code: &str) -> String {
    let listed = ["DB", "TLS", "K8S", "SB", "NET"];
    let of_code = code.strip_prefix("ERR-").and_then(|rest| {
        let (family, _) = rest.split_once('-')?;
        listed
            .contains(&family)
            .then(|| family.to_ascii_lowercase())
    });
    of_code.unwrap_or_else(|| {
        let is_tree = code.starts_with(|first: char| first.is_ascii_lowercase());
        if is_tree { "go" } else { "extra" }.to_owned()
    })
}

/// The closing lines of a run for people.
pub(crate) fn summary(done: &[Done<'_>]) -> String {
    let [passed, failed, skipped] = counts(done);
    let mut lines = vec!["\ncodes proven live:".to_owned()];
    for (family, codes) in proven(done) {
        let names: Vec<&str> = codes.iter().map(String::as_str).collect();
        lines.push(format!("  {family} ({}): {}", codes.len(), names.join(" ")));
    }
    let negatives = done
        .iter()
        .filter(|one| one.case.code == "none" && matches!(one.outcome, Outcome::Passed(_)));
    lines.push(format!(
        "  rightly nothing named: {} cases",
        negatives.count()
    ));
    lines.push(format!(
        "{passed} passed, {failed} failed, {skipped} skipped"
    ));
    lines.join("\n")
}
