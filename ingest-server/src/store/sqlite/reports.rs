//! Reports, their bodies, feedback and urgent datagrams.

use faultscan_wire::TicketId;
use rusqlite::{Connection, OptionalExtension, params};

use super::membership::{self, Member};
use super::rows::{self, REPORT_COLUMN_COUNT, REPORT_COLUMNS, REPORT_TABLES, signed};
use crate::ids::ReportId;
use crate::store::{
    AcceptBounds, Answered, Change, Contact, Feedback, FirstAnswer, NewReport, NewUrgent,
    Rediagnosis, ReportRow, SessionKey, StoreError, StoredReport, Upload, UrgentBounds,
    UrgentOutcome,
};

type Outcome<T> = Result<T, StoreError>;

/// Most urgent datagrams that one report shows.
const URGENT_SHOWN_MAX: u32 = 64;

pub(super) fn contact(conn: &Connection, upload: &Upload) -> Outcome<Contact> {
    let bound = binding(conn, &upload.ticket_id)?;
    if bound.is_some_and(|(key, _)| key != upload.session_key) {
        return Ok(Contact::BoundToOther);
    }
    let stored = conn
        .prepare_cached(
            "SELECT r.envelope_digest, r.report_id, r.received_at_ms, r.clock_skew_ms, \
                coalesce(b.first_diagnosis, b.diagnosis) \
             FROM reports r JOIN report_bodies b USING (cursor) \
             WHERE r.ticket_id = ?1 AND r.sequence = ?2",
        )?
        .query_row(params![upload.ticket_id.0, upload.sequence], |row| {
            let first = FirstAnswer {
                id: ReportId(row.get(1)?),
                received_at_ms: rows::unsigned(row, 2)?,
                clock_skew_ms: row.get(3)?,
                diagnosis: rows::shared_text(row, 4)?,
            };
            Ok((row.get::<_, [u8; 32]>(0)?, first))
        })
        .optional()?;
    Ok(match stored {
        Some((digest, first)) if digest == upload.envelope_digest => Contact::Duplicate(first),
        Some(_) => Contact::SequenceConflict,
        None => Contact::Fresh {
            bound: bound.is_some(),
        },
    })
}

/// The session key that holds a ticket, and how often it has used it.
fn binding(conn: &Connection, ticket: &TicketId) -> Outcome<Option<(SessionKey, u32)>> {
    Ok(conn
        .prepare_cached("SELECT session_key, uses FROM bindings WHERE ticket_id = ?1")?
        .query_row([ticket.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?)
}

pub(super) fn accept(
    conn: &Connection,
    report: &NewReport,
    bounds: AcceptBounds,
) -> Outcome<Contact> {
    let upload = Upload {
        ticket_id: report.ticket_id,
        sequence: report.sequence,
        session_key: report.session_key,
        envelope_digest: report.envelope_digest,
    };
    let contact = contact(conn, &upload)?;
    if !matches!(contact, Contact::Fresh { .. }) {
        return Ok(contact);
    }
    let uses = conn
        .prepare_cached(
            "INSERT INTO bindings (ticket_id, session_key, ends_at_s, uses) VALUES (?1, ?2, ?3, 1) \
             ON CONFLICT (ticket_id) DO UPDATE SET uses = uses + 1 WHERE uses < ?4",
        )?
        .execute(params![
            report.ticket_id.0,
            report.session_key,
            signed(report.binding_ends_at_s),
            bounds.snapshots_per_ticket_max,
        ])?;
    if uses == 0 {
        return Ok(Contact::Spent);
    }
    insert(conn, report)?;
    Ok(contact)
}

fn insert(conn: &Connection, report: &NewReport) -> Outcome<()> {
    let (facets, origin) = (&report.facets, &report.origin);
    conn.prepare_cached(
        "INSERT INTO reports (report_id, ticket_id, sequence, session_key, envelope_digest, \
            project_id, received_at_ms, captured_at_ms, clock_skew_ms, code, family, title, \
            title_zh, cause, cause_title, cause_title_zh, probability, severity, status, device, \
            os, app_version, log_lines) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, \
            ?19, ?20, ?21, ?22, ?23)",
    )?
    .execute(params![
        report.id.0,
        report.ticket_id.0,
        report.sequence,
        report.session_key,
        report.envelope_digest,
        report.project.as_str(),
        signed(report.received_at_ms),
        signed(report.captured_at_ms),
        report.clock_skew_ms,
        facets.code,
        facets.family,
        facets.title,
        facets.title_zh,
        facets.cause,
        facets.cause_title,
        facets.cause_title_zh,
        facets.probability,
        facets.severity,
        facets.status,
        origin.device,
        origin.os,
        origin.app_version,
        origin.log_lines,
    ])?;
    let cursor = conn.last_insert_rowid();
    conn.prepare_cached(
        "INSERT INTO report_bodies (cursor, ticket, answers, diagnosis, body) \
         VALUES (?1, ?2, '[]', ?3, ?4)",
    )?
    .execute(params![
        cursor,
        report.ticket,
        &*report.diagnosis,
        report.body
    ])?;
    membership::enter(
        conn,
        &Member {
            cursor,
            id: report.id,
            project: report.project.as_str(),
            received_at_ms: report.received_at_ms,
            os: &origin.os,
            app_version: &origin.app_version,
            facets,
            likeness: &report.likeness,
            terms: &report.terms,
        },
    )
}

pub(super) fn row(conn: &Connection, id: &ReportId) -> Outcome<Option<ReportRow>> {
    let sql = format!(
        "SELECT {REPORT_COLUMNS} FROM {REPORT_TABLES} \
         WHERE r.report_id = ?1"
    );
    Ok(conn
        .prepare_cached(&sql)?
        .query_row([id.0], rows::report_row)
        .optional()?)
}

pub(super) fn one(conn: &Connection, id: &ReportId) -> Outcome<Option<StoredReport>> {
    let sql = format!(
        "SELECT {REPORT_COLUMNS}, r.clock_skew_ms, b.ticket, b.body, b.diagnosis, b.answers, \
            r.session_key, r.project_id \
         FROM {REPORT_TABLES} JOIN report_bodies b ON b.cursor = r.cursor \
         WHERE r.report_id = ?1"
    );
    let found = conn
        .prepare_cached(&sql)?
        .query_row([id.0], |row| {
            let at = REPORT_COLUMN_COUNT;
            let report = StoredReport {
                row: rows::report_row(row)?,
                project_id: rows::project_id(row, at + 6)?,
                clock_skew_ms: row.get(at)?,
                ticket: row.get(at + 1)?,
                body: row.get(at + 2)?,
                diagnosis: rows::shared_text(row, at + 3)?,
                answers: Vec::new(),
                urgent: Vec::new(),
                feedback: Vec::new(),
            };
            Ok((
                report,
                row.get::<_, String>(at + 4)?,
                row.get::<_, SessionKey>(at + 5)?,
            ))
        })
        .optional()?;
    let Some((mut report, answers, session_key)) = found else {
        return Ok(None);
    };
    report.answers = serde_json::from_str(&answers).map_err(|_| StoreError::Damaged("answers"))?;
    report.urgent = conn
        .prepare_cached(
            "SELECT ticket_id, session_key, sequence, kind, occurred_at_ms, received_at_ms, \
                metrics, line \
             FROM urgent WHERE ticket_id = ?1 AND session_key = ?2 ORDER BY sequence LIMIT ?3",
        )?
        .query_map(
            params![report.row.ticket_id.0, session_key, URGENT_SHOWN_MAX],
            rows::urgent,
        )?
        .collect::<Result<_, _>>()?;
    report.feedback = conn
        .prepare_cached(
            "SELECT right, cause, note, at_ms FROM feedback WHERE cursor = ?1 ORDER BY feedback_id",
        )?
        .query_map([signed(report.row.cursor)], rows::feedback)?
        .collect::<Result<_, _>>()?;
    Ok(Some(report))
}

pub(super) fn of_session(
    conn: &Connection,
    ticket: &TicketId,
    session_key: &SessionKey,
    limit: u32,
) -> Outcome<Vec<ReportRow>> {
    let sql = format!(
        "SELECT {REPORT_COLUMNS} FROM {REPORT_TABLES} \
         WHERE r.ticket_id = ?1 AND r.session_key = ?2 ORDER BY r.sequence DESC LIMIT ?3"
    );
    let found = conn
        .prepare_cached(&sql)?
        .query_map(params![ticket.0, session_key, limit], rows::report_row)?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

pub(super) fn rediagnose(conn: &Connection, change: &Rediagnosis) -> Outcome<Change> {
    let stored = conn
        .prepare_cached(
            "SELECT r.cursor, b.answers FROM reports r JOIN report_bodies b USING (cursor) \
             WHERE r.report_id = ?1",
        )?
        .query_row([change.id.0], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
        })
        .optional()?;
    let Some((cursor, answers)) = stored else {
        return Ok(Change::Missing);
    };
    if answers != to_json(&change.answers_seen)? {
        return Ok(Change::Raced);
    }
    let facets = &change.facets;
    conn.prepare_cached(
        "UPDATE reports SET code = ?2, family = ?3, title = ?4, title_zh = ?5, cause = ?6, \
            cause_title = ?7, cause_title_zh = ?8, probability = ?9, severity = ?10, status = ?11 \
         WHERE cursor = ?1",
    )?
    .execute(params![
        cursor,
        facets.code,
        facets.family,
        facets.title,
        facets.title_zh,
        facets.cause,
        facets.cause_title,
        facets.cause_title_zh,
        facets.probability,
        facets.severity,
        facets.status,
    ])?;
    conn.prepare_cached(
        "UPDATE report_bodies SET first_diagnosis = coalesce(first_diagnosis, diagnosis), \
            diagnosis = ?2, answers = ?3 WHERE cursor = ?1",
    )?
    .execute(params![
        cursor,
        &*change.diagnosis,
        to_json(&change.answers)?
    ])?;
    membership::change(
        conn,
        cursor,
        change.id,
        facets,
        &change.likeness,
        &change.terms,
    )?;
    Ok(Change::Done)
}

fn to_json(answers: &[Answered]) -> Outcome<String> {
    serde_json::to_string(answers).map_err(|_| StoreError::Damaged("answers"))
}

pub(super) fn add_feedback(
    conn: &Connection,
    id: &ReportId,
    feedback: &Feedback,
    entries_max: u32,
) -> Outcome<Change> {
    let found = conn
        .prepare_cached(
            "SELECT cursor, (SELECT count(*) FROM feedback f WHERE f.cursor = r.cursor) \
             FROM reports r WHERE report_id = ?1",
        )?
        .query_row([id.0], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, u32>(1)?))
        })
        .optional()?;
    match found {
        None => Ok(Change::Missing),
        Some((_, entries)) if entries >= entries_max => Ok(Change::Full),
        Some((cursor, _)) => {
            conn.prepare_cached(
                "INSERT INTO feedback (cursor, right, cause, note, at_ms) \
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                cursor,
                feedback.right,
                feedback.cause,
                feedback.note,
                signed(feedback.at_ms)
            ])?;
            conn.prepare_cached(
                "UPDATE groups SET fed_right = fed_right + ?2, fed_wrong = fed_wrong + 1 - ?2 \
                 WHERE group_no = (SELECT group_no FROM report_keys WHERE cursor = ?1)",
            )?
            .execute(params![cursor, feedback.right])?;
            Ok(Change::Done)
        }
    }
}

pub(super) fn record_urgent(
    conn: &Connection,
    urgent: &NewUrgent,
    bounds: UrgentBounds,
) -> Outcome<UrgentOutcome> {
    let now_s = urgent.received_at_ms / 1000;
    match binding(conn, &urgent.ticket_id)? {
        Some((key, _)) if key != urgent.session_key => return Ok(UrgentOutcome::BoundToOther),
        Some(_) => {}
        // Before the first snapshot nothing binds the ticket; then it must be one made here.
        None => {
            let known: bool = conn
                .prepare_cached(
                    "SELECT EXISTS (SELECT 1 FROM tickets \
                        WHERE ticket_id = ?1 AND expires_at_s + ?2 >= ?3)",
                )?
                .query_row(
                    params![urgent.ticket_id.0, signed(bounds.grace_s), signed(now_s)],
                    |row| row.get(0),
                )?;
            if !known {
                return Ok(UrgentOutcome::UnknownTicket);
            }
        }
    }
    let kept: u32 = conn
        .prepare_cached("SELECT count(*) FROM urgent WHERE ticket_id = ?1")?
        .query_row([urgent.ticket_id.0], |row| row.get(0))?;
    let stored: bool = conn
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM urgent \
                WHERE ticket_id = ?1 AND session_key = ?2 AND sequence = ?3)",
        )?
        .query_row(
            params![urgent.ticket_id.0, urgent.session_key, urgent.sequence],
            |row| row.get(0),
        )?;
    if stored {
        return Ok(UrgentOutcome::Duplicate);
    }
    if kept >= bounds.per_ticket_max {
        return Ok(UrgentOutcome::Spent);
    }
    conn.prepare_cached(
        "INSERT INTO urgent (ticket_id, session_key, sequence, kind, occurred_at_ms, \
            received_at_ms, metrics, line) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        urgent.ticket_id.0,
        urgent.session_key,
        urgent.sequence,
        urgent.kind,
        signed(urgent.occurred_at_ms),
        signed(urgent.received_at_ms),
        urgent.metrics,
        urgent.line,
    ])?;
    Ok(UrgentOutcome::Accepted)
}
