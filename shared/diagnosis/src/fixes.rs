//! Fix steps in the order that is expected to mend soonest: by P(cause | evidence) over cost, which
//! is optimal for a single fault and independent costs (Heckerman, Breese and Rommelse 1995).

use faultscan_faulttree::Arrange as _;
use std::collections::BTreeMap;

use faultscan_knowledge::{Fix as KnownFix, Risk};

use crate::captures::instruct;
use crate::findings::Findings;
use crate::model::Model;
use crate::report::{Fix, RankedCause};

/// Causes less likely than this get no fix, unless they are the likeliest.
const POSTERIOR_MIN: f64 = 0.05;
/// How many steps are shown.
const FIXES_MAX: usize = 10;

/// A step's cost relative to one that touches only the broken thing: what can break by it counts.
fn cost(risk: Risk) -> f64 {
    match risk {
        Risk::Low => 1.0,
        Risk::Medium => 2.0,
        _ => 5.0,
    }
}

fn name(risk: Risk) -> &'static str {
    match risk {
        Risk::Low => "low",
        Risk::Medium => "medium",
        _ => "high",
    }
}

/// The fixes of the ranked causes, best first.
pub(crate) fn rank(model: &Model, findings: &Findings, causes: &[RankedCause]) -> Vec<Fix> {
    let mut ranked: Vec<(f64, Fix)> = Vec::new();
    for (place, cause) in causes.iter().enumerate() {
        if place > 0 && cause.posterior < POSTERIOR_MIN {
            break;
        }
        let found = findings
            .observed()
            .find(|found| cause.codes.contains(&found.code));
        let code = found.and_then(|found| model.catalogue.code(&found.code));
        let fixes: Vec<&KnownFix> = match code {
            Some(code) => model.catalogue.fixes(code, &cause.id),
            None => model
                .catalogue
                .cause(&cause.id)
                .iter()
                .flat_map(|cause| &cause.fixes)
                .collect(),
        };
        let none = BTreeMap::new();
        let captures = found.map_or(&none, |found| &found.captures);
        for fix in fixes {
            ranked.push((
                cause.posterior / cost(fix.risk),
                to_report(fix, &cause.id, captures),
            ));
        }
    }
    // The sort is stable: steps of one cause and risk stay in the catalogue's order.
    ranked.arrange_by(|(a, _), (b, _)| b.total_cmp(a));
    ranked
        .into_iter()
        .take(FIXES_MAX)
        .map(|(_, fix)| fix)
        .collect()
}

fn to_report(fix: &KnownFix, cause: &str, captures: &BTreeMap<String, String>) -> Fix {
    let title = fix.title.render(captures);
    let side_effects = fix.side_effects.render(captures);
    let (command, command_zh) = instruct(&fix.command, captures);
    let (dry_run, dry_run_zh) = instruct(&fix.dry_run, captures);
    let (undo, undo_zh) = instruct(&fix.undo, captures);
    Fix {
        cause: cause.to_owned(),
        title: title.en,
        title_zh: title.zh,
        command,
        command_zh,
        dry_run,
        dry_run_zh,
        undo,
        undo_zh,
        side_effects: side_effects.en,
        side_effects_zh: side_effects.zh,
        idempotent: fix.idempotent,
        risk: name(fix.risk).to_owned(),
    }
}
