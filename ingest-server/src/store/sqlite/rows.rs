//! Between rows and the store's own types.

use std::sync::Arc;

use faultscan_wire::{KeyId, TicketId};
use rusqlite::Row;

use crate::fingerprint::GroupId;
use crate::ids::{ProjectId, ReportId};
use crate::store::{
    Control, Facets, Feedback, GroupState, IssuerKey, KeyState, NewUrgent, Origin, Project,
    ReportRow, StoreError, StoredTicket,
};

/// The columns of [`report_row`], in order.
pub(super) const REPORT_COLUMNS: &str = "r.cursor, r.report_id, r.received_at_ms, \
    r.captured_at_ms, coalesce(p.name, r.project_id), r.ticket_id, r.code, r.family, r.title, \
    r.title_zh, r.cause, r.cause_title, r.cause_title_zh, r.probability, r.severity, r.status, \
    r.device, r.os, r.app_version, r.log_lines, \
    (SELECT count(*) FROM urgent u WHERE u.ticket_id = r.ticket_id \
        AND u.session_key = r.session_key), g.group_id, g.state";
/// How many columns that is.
pub(super) const REPORT_COLUMN_COUNT: usize = 23;
/// Where they come from.
pub(super) const REPORT_TABLES: &str = "reports r JOIN report_keys k USING (cursor) \
    JOIN groups g USING (group_no) LEFT JOIN projects p ON p.project_id = r.project_id";

/// SQLite's integers are signed; times and counts stay far below the difference.
pub(super) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(super) fn unsigned(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column)
        .map(|value| u64::try_from(value).unwrap_or(0))
}

pub(super) fn count(row: &Row<'_>, column: usize) -> rusqlite::Result<u32> {
    row.get::<_, i64>(column)
        .map(|value| u32::try_from(value).unwrap_or(u32::MAX))
}

pub(super) fn state(row: &Row<'_>, column: usize) -> rusqlite::Result<GroupState> {
    GroupState::parse(&row.get::<_, String>(column)?).ok_or_else(|| damaged(column, "group state"))
}

pub(super) fn damaged(column: usize, what: &'static str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(
        column,
        rusqlite::types::Type::Blob,
        Box::new(StoreError::Damaged(what)),
    )
}

pub(super) fn report_row(row: &Row<'_>) -> rusqlite::Result<ReportRow> {
    Ok(ReportRow {
        cursor: unsigned(row, 0)?,
        id: ReportId(row.get(1)?),
        received_at_ms: unsigned(row, 2)?,
        captured_at_ms: unsigned(row, 3)?,
        project: row.get(4)?,
        ticket_id: TicketId(row.get(5)?),
        facets: Facets {
            code: row.get(6)?,
            family: row.get(7)?,
            title: row.get(8)?,
            title_zh: row.get(9)?,
            cause: row.get(10)?,
            cause_title: row.get(11)?,
            cause_title_zh: row.get(12)?,
            probability: row.get(13)?,
            severity: row.get(14)?,
            status: row.get(15)?,
        },
        origin: Origin {
            device: row.get(16)?,
            os: row.get(17)?,
            app_version: row.get(18)?,
            log_lines: count(row, 19)?,
        },
        urgent: count(row, 20)?,
        group: GroupId(row.get(21)?),
        state: state(row, 22)?,
    })
}

pub(super) fn urgent(row: &Row<'_>) -> rusqlite::Result<NewUrgent> {
    Ok(NewUrgent {
        ticket_id: TicketId(row.get(0)?),
        session_key: row.get(1)?,
        sequence: count(row, 2)?,
        kind: row.get(3)?,
        occurred_at_ms: unsigned(row, 4)?,
        received_at_ms: unsigned(row, 5)?,
        metrics: row.get(6)?,
        line: row.get(7)?,
    })
}

pub(super) fn feedback(row: &Row<'_>) -> rusqlite::Result<Feedback> {
    Ok(Feedback {
        right: row.get(0)?,
        cause: row.get(1)?,
        note: row.get(2)?,
        at_ms: unsigned(row, 3)?,
    })
}

pub(super) fn project_id(row: &Row<'_>, column: usize) -> rusqlite::Result<ProjectId> {
    ProjectId::parse(&row.get::<_, String>(column)?).ok_or_else(|| damaged(column, "project id"))
}

pub(super) fn ticket(row: &Row<'_>) -> rusqlite::Result<StoredTicket> {
    Ok(StoredTicket {
        id: TicketId(row.get(0)?),
        project: project_id(row, 1)?,
        bytes: row.get(2)?,
        expires_at_s: unsigned(row, 3)?,
    })
}

pub(super) fn project(row: &Row<'_>) -> rusqlite::Result<Project> {
    Ok(Project {
        id: project_id(row, 0)?,
        name: row.get(1)?,
        api_key_digest: row.get(2)?,
        created_at_ms: unsigned(row, 3)?,
        control: Control {
            enabled: row.get(4)?,
            sample_rate: row.get(5)?,
        },
    })
}

pub(super) fn issuer_key(row: &Row<'_>) -> rusqlite::Result<IssuerKey> {
    let project = match row.get::<_, Option<String>>(3)? {
        Some(text) => Some(ProjectId::parse(&text).ok_or_else(|| damaged(3, "project id"))?),
        None => None,
    };
    let state: String = row.get(4)?;
    Ok(IssuerKey {
        id: KeyId(row.get(0)?),
        public: row.get(1)?,
        secret: row.get(2)?,
        project,
        state: KeyState::parse(&state).ok_or_else(|| damaged(4, "key state"))?,
        created_at_ms: unsigned(row, 5)?,
    })
}

pub(super) fn shared_text(row: &Row<'_>, column: usize) -> rusqlite::Result<Arc<str>> {
    row.get::<_, String>(column).map(Arc::from)
}
