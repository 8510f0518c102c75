//! Reports: listing them, showing one, answering its checks, saying whether it was right.

use std::sync::Arc;

use faultscan_wire::{Claims, Level, LogLine, SnapshotBody, Ticket, scrub};

use super::Core;
use super::body;
use super::events::{self, Kind};
use super::refusal::{Class, Refusal};
use super::words;
use crate::ids::ReportId;
use crate::observe::Item;
use crate::search;
use crate::store::{
    Answered, Change, Feedback, Rediagnosis, ReportCount, ReportQuery, ReportRow, StoredReport,
};

/// How often a change is tried again when somebody else was faster.
const RACES_MAX: usize = 8;
/// Where reports have to be counted one by one, they are counted no further.
const COUNT_MAX: u64 = 1_000;

/// A page of a list.
#[derive(Debug, Clone)]
pub struct Page {
    /// Newest first.
    pub rows: Vec<ReportRow>,
    /// Where the next page begins.
    pub next: Option<u64>,
    /// How many the query finds; none: nobody asked.
    pub total: Option<ReportCount>,
}

/// A whole report, its parts decoded.
#[derive(Debug, Clone)]
pub struct Report {
    /// What is stored.
    pub stored: StoredReport,
    /// The ticket's claims.
    pub claims: Claims,
    /// The body.
    pub body: SnapshotBody,
}

impl Report {
    /// The lines that the diagnosis counts: the ticket's evidence first, then what was captured.
    #[must_use]
    pub fn lines(&self) -> Vec<LogLine> {
        let mut lines = evidence_lines(&self.claims, self.body.captured_at_ms);
        lines.extend(self.body.logs.lines.iter().cloned());
        lines
    }
}

/// The ticket's evidence as log lines, at the time when the ticket was made.
fn evidence_lines(claims: &Claims, captured_at_ms: u64) -> Vec<LogLine> {
    let issued_at_ms = i128::from(claims.issued_at_s) * 1_000;
    let at_ms = issued_at_ms - i128::from(captured_at_ms);
    let at_ms = at_ms.clamp(i32::MIN.into(), i32::MAX.into());
    claims
        .evidence
        .iter()
        .map(|evidence| LogLine {
            at_ms: i32::try_from(at_ms).unwrap_or(0),
            level: Level::Error,
            source: "ticket".to_owned(),
            message: evidence.line.clone(),
        })
        .collect()
}

/// What somebody wants of a list.
#[derive(Debug, Clone, Default)]
pub struct ListRequest {
    /// What they typed.
    pub text: Option<String>,
    /// Everything else. `text` in it is made of the above.
    pub query: ReportQuery,
    /// Whether to count what the query finds.
    pub count: bool,
}

/// Lists reports, newest first.
///
/// # Errors
/// When the query is out of bounds or the store fails.
pub async fn list(core: &Arc<Core>, request: ListRequest) -> Result<Page, Refusal> {
    let ListRequest {
        text,
        mut query,
        count,
    } = request;
    let limits = &core.config.limits;
    let filter = &query.filter;
    check_texts(
        core,
        &[
            &text,
            &filter.code,
            &filter.family,
            &filter.cause,
            &filter.project,
            &filter.status,
            &query.os,
            &query.app_version,
        ],
    )?;
    query.text = text
        .filter(|text| !text.trim().is_empty())
        .map(|text| search::Query::parse(&text));
    let limit = query.limit.clamp(1, limits.page_items_max);
    // One more than asked for tells whether there is a next page.
    query.limit = limit + 1;
    let (mut rows, total) = core
        .read(move |store| {
            if !count {
                return Ok((store.reports(&query)?, None));
            }
            let (rows, total) = store.reports_counted(&query, COUNT_MAX)?;
            Ok((rows, Some(total)))
        })
        .await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = rows.last().map(|row| row.cursor).filter(|_| more);
    Ok(Page { rows, next, total })
}

/// Refuses texts of a query that are too long.
pub(super) fn check_texts(core: &Core, texts: &[&Option<String>]) -> Result<(), Refusal> {
    let mut given = texts.iter().filter_map(|text| text.as_deref());
    given.try_for_each(|text| check_text(core, text))
}

/// Refuses a text of a query that is too long.
pub(super) fn check_text(core: &Core, text: &str) -> Result<(), Refusal> {
    let bytes_max = core.config.limits.search_bytes_max;
    if text.len() > bytes_max {
        let detail = format!("a search is at most {bytes_max} bytes");
        return Err(Refusal::new(Class::Malformed, "bad_query", detail));
    }
    Ok(())
}

/// One report.
///
/// # Errors
/// `not_found`, or the store's failure.
pub async fn get(core: &Arc<Core>, id: ReportId) -> Result<Report, Refusal> {
    let job = Arc::clone(core);
    core.cpu.run(move || load(&job, &id)).await
}

fn load(core: &Core, id: &ReportId) -> Result<Report, Refusal> {
    let stored = core
        .store
        .report(id)?
        .ok_or_else(|| Refusal::missing("report"))?;
    let ticket = Ticket::decode(&stored.ticket)?;
    let body = body::unpack(&stored.body)?;
    Ok(Report {
        claims: ticket.claims().clone(),
        body,
        stored,
    })
}

/// Takes an answer to a check and diagnoses anew. The diagnosis is JSON.
///
/// # Errors
/// `unknown_check`, `bad_answer`, `not_found`, or the store's failure.
pub async fn answer(core: &Arc<Core>, id: ReportId, given: Answered) -> Result<Arc<str>, Refusal> {
    let result = rediagnose(core, id, given).await;
    core.count(Item::Check, &result);
    result
}

async fn rediagnose(core: &Arc<Core>, id: ReportId, given: Answered) -> Result<Arc<str>, Refusal> {
    for _ in 0..RACES_MAX {
        let (job, given) = (Arc::clone(core), given.clone());
        let change = core.cpu.run(move || with_answer(&job, id, given)).await?;
        let diagnosis = Arc::clone(&change.diagnosis);
        match core.store.rediagnose(Box::new(change)).await? {
            Change::Done => {
                events::publish(core, Kind::Updated, id);
                return Ok(diagnosis);
            }
            Change::Raced => {}
            Change::Missing | Change::Full => return Err(Refusal::missing("report")),
        }
    }
    Err(Refusal::overloaded())
}

fn with_answer(core: &Core, id: ReportId, given: Answered) -> Result<Rediagnosis, Refusal> {
    let report = load(core, &id)?;
    let answers_seen = report.stored.answers.clone();
    let mut answers = answers_seen.clone();
    // The last answer to a check counts.
    answers.retain(|answered| answered.check != given.check);
    answers.push(given);
    if answers.len() > core.config.limits.answers_per_report_max {
        return Err(Refusal::new(
            Class::Conflict,
            "too_many_answers",
            "this report has had as many answers as it may",
        ));
    }
    let diagnosed = core
        .engine
        .diagnose(&report.claims, &report.body, &answers)?;
    let origin = &report.stored.row.origin;
    Ok(Rediagnosis {
        id,
        answers_seen,
        answers,
        likeness: diagnosed.likeness(&report.stored.project_id),
        terms: words::of_report(&id, &report.claims, &report.body, &diagnosed, origin),
        facets: diagnosed.facets,
        diagnosis: diagnosed.json,
    })
}

/// Takes somebody's word on whether the diagnosis was right.
///
/// # Errors
/// `unknown_cause`, `note_too_long`, `too_much_feedback`, `not_found`, or the store's failure.
pub async fn feedback(
    core: &Arc<Core>,
    id: ReportId,
    right: bool,
    cause: Option<String>,
    note: Option<String>,
) -> Result<(), Refusal> {
    let result = add_feedback(core, id, right, cause, note).await;
    core.count(Item::Feedback, &result);
    result
}

async fn add_feedback(
    core: &Arc<Core>,
    id: ReportId,
    right: bool,
    cause: Option<String>,
    note: Option<String>,
) -> Result<(), Refusal> {
    let limits = &core.config.limits;
    if cause
        .as_deref()
        .is_some_and(|cause| core.engine.catalogue().cause(cause).is_none())
    {
        return Err(Refusal::new(
            Class::Unacceptable,
            "unknown_cause",
            "the catalogue has no such cause",
        ));
    }
    let note = note
        .map(|note| note.trim().to_owned())
        .filter(|note| !note.is_empty());
    if note
        .as_ref()
        .is_some_and(|note| note.len() > limits.feedback_note_bytes_max)
    {
        let detail = format!("a note is at most {} bytes", limits.feedback_note_bytes_max);
        return Err(Refusal::new(Class::Unacceptable, "note_too_long", detail));
    }
    let feedback = Feedback {
        right,
        cause,
        note: note.map(|note| scrub::scrub(&note).into_owned()),
        at_ms: core.now_ms(),
    };
    match core
        .store
        .add_feedback(id, feedback, limits.feedback_per_report_max)
        .await?
    {
        Change::Done => {
            events::publish(core, Kind::Updated, id);
            Ok(())
        }
        Change::Full => Err(Refusal::new(
            Class::Conflict,
            "too_much_feedback",
            "this report has had as much feedback as it may",
        )),
        Change::Missing | Change::Raced => Err(Refusal::missing("report")),
    }
}
