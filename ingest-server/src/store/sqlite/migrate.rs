//! Bringing a data folder of an earlier version up to date, all in one transaction.

use std::collections::BTreeMap;

use rusqlite::{Connection, Transaction};

use super::membership::{self, Member};
use super::rows;
use crate::fingerprint::Likeness;
use crate::ids::{ProjectId, ReportId};
use crate::search::Terms;
use crate::store::{Facets, StoreError};

/// What a step does that SQL alone cannot.
type Compute = fn(&Transaction<'_>) -> Result<(), StoreError>;

/// The steps, in order: what runs as it stands, and what has to be computed.
const STEPS: [(&str, Compute); 2] = [
    (include_str!("schema.sql"), |_| Ok(())),
    (include_str!("schema_2.sql"), group_reports),
];

/// Runs the steps that the data has not seen.
pub(super) fn migrate(conn: &mut Connection) -> Result<(), StoreError> {
    let transaction = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let version: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let done = usize::try_from(version).unwrap_or(usize::MAX);
    let Some(steps) = STEPS.get(done..) else {
        return Err(StoreError::Damaged(
            "the data is of a newer version of the server",
        ));
    };
    for (sql, compute) in steps {
        transaction.execute_batch(sql)?;
        compute(&transaction)?;
    }
    transaction.pragma_update(None, "user_version", STEPS.len() as i64)?;
    transaction.commit()?;
    if done > 0 && !steps.is_empty() {
        tracing::info!(
            from = done,
            to = STEPS.len(),
            "the data folder was brought up to date"
        );
    }
    Ok(())
}

/// What version 1 knew of a report.
struct Old {
    cursor: i64,
    id: ReportId,
    project: String,
    received_at_ms: u64,
    facets: Facets,
    os: String,
    app_version: String,
    search: String,
    captures: Option<String>,
}

/// Version 2: each report finds its group and its words. A report that nothing explained has no
/// captures here, because its lines are packed away: those of one project share a group.
fn group_reports(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    let mut statement = transaction.prepare(
        "SELECT r.cursor, r.report_id, r.project_id, r.received_at_ms, r.code, r.family, r.title, \
            r.title_zh, r.cause, r.cause_title, r.cause_title_zh, r.severity, r.status, r.os, \
            r.app_version, r.search, \
            (SELECT json_extract(c.value, '$.captures') FROM json_each(b.diagnosis, '$.codes') c \
                WHERE json_extract(c.value, '$.code') = r.code LIMIT 1) \
         FROM reports r JOIN report_bodies b USING (cursor) ORDER BY r.cursor",
    )?;
    let found = statement.query_map([], |row| {
        Ok(Old {
            cursor: row.get(0)?,
            id: ReportId(row.get(1)?),
            project: row.get(2)?,
            received_at_ms: rows::unsigned(row, 3)?,
            facets: Facets {
                code: row.get(4)?,
                family: row.get(5)?,
                title: row.get(6)?,
                title_zh: row.get(7)?,
                cause: row.get(8)?,
                cause_title: row.get(9)?,
                cause_title_zh: row.get(10)?,
                probability: None,
                severity: row.get(11)?,
                status: row.get(12)?,
            },
            os: row.get(13)?,
            app_version: row.get(14)?,
            search: row.get(15)?,
            captures: row.get(16)?,
        })
    })?;
    for old in found {
        let old = old?;
        let project = ProjectId::parse(&old.project).ok_or(StoreError::Damaged("project id"))?;
        let captures: BTreeMap<String, String> = old
            .captures
            .and_then(|json| serde_json::from_str(&json).ok())
            .unwrap_or_default();
        let facets = &old.facets;
        let (code, cause) = (facets.code.as_deref(), facets.cause.as_deref());
        let mut terms = Terms::default();
        terms.add(&old.search);
        membership::enter(
            transaction,
            &Member {
                cursor: old.cursor,
                id: old.id,
                project: &old.project,
                received_at_ms: old.received_at_ms,
                os: &old.os,
                app_version: &old.app_version,
                facets,
                likeness: &Likeness::of(&project, code, cause, &captures),
                terms: &terms.into_text(),
            },
        )?;
    }
    drop(statement);
    transaction.execute_batch(
        "UPDATE groups SET \
            fed_right = (SELECT count(*) FROM feedback f JOIN report_keys k USING (cursor) \
                WHERE k.group_no = groups.group_no AND f.right), \
            fed_wrong = (SELECT count(*) FROM feedback f JOIN report_keys k USING (cursor) \
                WHERE k.group_no = groups.group_no AND NOT f.right) \
         WHERE group_no IN (SELECT k.group_no FROM feedback f JOIN report_keys k USING (cursor)); \
         ALTER TABLE reports DROP COLUMN search;",
    )?;
    Ok(())
}
