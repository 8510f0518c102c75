//! The reproduction suite as a part of `cargo xtask test`.

use super::Report;
use super::tally::Tally;
use crate::build::TEST_TARGETS;
use crate::proc;
use crate::repo::Repo;
use crate::repro;
use anyhow::{Context, Result};
use serde_json::Value;

pub(super) fn run(repo: &Repo, report: &mut Report) {
    report.row("faults made by real software", || {
        proc::loud(&mut repo.cargo(&[&["build"], TEST_TARGETS].concat()))?;
        let document = repro::document(repo)?;
        Ok((tally(&document)?, skipped(&document)))
    });
}

fn tally(document: &Value) -> Result<Tally> {
    let count = |name: &str| {
        let number = document[name].as_u64().context("no count")?;
        usize::try_from(number).context("a count")
    };
    Ok(Tally {
        passed: count("passed")?,
        failed: count("failed")?,
        skipped: count("skipped")?,
    })
}

/// What to install for the cases that were skipped, each line once.
fn skipped(document: &Value) -> Vec<String> {
    let cases = document["cases"].as_array().into_iter().flatten();
    let mut reasons: Vec<String> = cases
        .filter(|case| case["status"] == "skipped")
        .filter_map(|case| case["why"].as_str())
        .map(|why| format!("skipped cases: {why}"))
        .collect();
    reasons.sort_unstable();
    reasons.dedup();
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn counts_and_reasons_are_read() {
        let case = json!({ "status": "skipped", "why": "x is missing: apt-get install x" });
        let document =
            json!({ "passed": 3, "failed": 0, "skipped": 2, "cases": [case.clone(), case] });
        let counted = tally(&document).expect("counts");
        assert_eq!((counted.passed, counted.skipped), (3, 2));
        assert_eq!(
            skipped(&document),
            ["skipped cases: x is missing: apt-get install x"]
        );
    }
}
