//! Forward from a report: what would follow from causes that somebody assumes.

use std::sync::Arc;

use faultscan_diagnosis::{CauseName, WhatIf};

use super::Core;
use super::refusal::{Class, Refusal};
use super::reports::{self, check_text};
use crate::ids::ReportId;

/// Causes that can be assumed at once.
const ASSUMED_MAX: usize = 16;

/// What follows from causes assumed true or false beside a report's evidence and answers.
///
/// # Errors
/// `not_found`, `unknown_cause`, `impossible_observations` where the assumptions contradict each
/// other, `bad_query` where there are too many, or the store's failure.
pub async fn follow(
    core: &Arc<Core>,
    id: ReportId,
    assumed: Vec<(String, bool)>,
) -> Result<WhatIf, Refusal> {
    if assumed.len() > ASSUMED_MAX {
        let detail = format!("at most {ASSUMED_MAX} causes are assumed at once");
        return Err(Refusal::new(Class::Malformed, "bad_query", detail));
    }
    let report = reports::get(core, id).await?;
    let job = Arc::clone(core);
    core.cpu
        .run(move || {
            let (claims, body) = (&report.claims, &report.body);
            job.engine
                .what_if(claims, body, &report.stored.answers, &assumed)
        })
        .await
}

/// Causes that can be assumed, by words of their ids and titles.
///
/// # Errors
/// `bad_query` where the words are too long.
pub fn causes(core: &Core, words: &str) -> Result<Vec<CauseName>, Refusal> {
    check_text(core, words)?;
    Ok(core.engine.find_causes(words))
}
