//! Which group a report belongs to, and everything that is counted by it: kept in step with the
//! reports, in the same transaction.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};

use super::rows::signed;
use crate::fingerprint::Likeness;
use crate::ids::ReportId;
use crate::store::{Facets, HOUR_MS, StoreError};

type Outcome<T> = Result<T, StoreError>;

const DAY_MS: u64 = 24 * HOUR_MS;

/// A report as groups and counts know it.
pub(super) struct Member<'a> {
    pub(super) cursor: i64,
    pub(super) id: ReportId,
    pub(super) project: &'a str,
    pub(super) received_at_ms: u64,
    pub(super) os: &'a str,
    pub(super) app_version: &'a str,
    pub(super) facets: &'a Facets,
    pub(super) likeness: &'a Likeness,
    pub(super) terms: &'a str,
}

/// Counts a new report.
pub(super) fn enter(conn: &Connection, member: &Member<'_>) -> Outcome<()> {
    let group = join(
        conn,
        member.project,
        member.id,
        member.received_at_ms,
        member.facets,
        member.likeness,
    )?;
    let os = origin(conn, "os", member.os)?;
    let version = origin(conn, "app_version", member.app_version)?;
    conn.prepare_cached(
        "INSERT INTO report_keys (cursor, received_at_ms, group_no, os_no, version_no) \
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        member.cursor,
        signed(member.received_at_ms),
        group,
        os,
        version
    ])?;
    conn.prepare_cached("INSERT INTO report_terms (rowid, terms) VALUES (?1, ?2)")?
        .execute(params![member.cursor, member.terms])?;
    Ok(())
}

/// Moves a report to the group that its new diagnosis puts it into.
pub(super) fn change(
    conn: &Connection,
    cursor: i64,
    id: ReportId,
    facets: &Facets,
    likeness: &Likeness,
    terms: &str,
) -> Outcome<()> {
    conn.prepare_cached("INSERT OR REPLACE INTO report_terms (rowid, terms) VALUES (?1, ?2)")?
        .execute(params![cursor, terms])?;
    let (before, received_at_ms, project, group_id) = conn
        .prepare_cached(
            "SELECT k.group_no, k.received_at_ms, g.project_id, g.group_id \
             FROM report_keys k JOIN groups g USING (group_no) WHERE k.cursor = ?1",
        )?
        .query_row([cursor], |row| {
            Ok((
                row.get::<_, i64>(0)?,
                super::rows::unsigned(row, 1)?,
                row.get::<_, String>(2)?,
                row.get::<_, [u8; 16]>(3)?,
            ))
        })?;
    if group_id == likeness.id.0 {
        return Ok(());
    }
    let (right, wrong) = feedback(conn, cursor)?;
    let after = join(conn, &project, id, received_at_ms, facets, likeness)?;
    conn.prepare_cached("UPDATE report_keys SET group_no = ?2 WHERE cursor = ?1")?
        .execute([cursor, after])?;
    add_feedback(conn, after, right, wrong)?;
    add_feedback(conn, before, -right, -wrong)?;
    leave(conn, before, received_at_ms)
}

/// Takes a report that is about to be deleted out of everything that counts it.
pub(super) fn exit(conn: &Connection, cursor: i64) -> Outcome<()> {
    let known = conn
        .prepare_cached(
            "SELECT group_no, received_at_ms, os_no, version_no FROM report_keys WHERE cursor = ?1",
        )?
        .query_row([cursor], |row| {
            Ok((
                row.get::<_, i64>(0)?,
                super::rows::unsigned(row, 1)?,
                [row.get::<_, i64>(2)?, row.get::<_, i64>(3)?],
            ))
        })
        .optional()?;
    let Some((group, received_at_ms, origins)) = known else {
        return Ok(());
    };
    let (right, wrong) = feedback(conn, cursor)?;
    conn.prepare_cached("DELETE FROM report_terms WHERE rowid = ?1")?
        .execute([cursor])?;
    conn.prepare_cached("DELETE FROM report_keys WHERE cursor = ?1")?
        .execute([cursor])?;
    for origin in origins {
        conn.prepare_cached("UPDATE origins SET reports = reports - 1 WHERE origin_no = ?1")?
            .execute([origin])?;
        conn.prepare_cached("DELETE FROM origins WHERE origin_no = ?1 AND reports <= 0")?
            .execute([origin])?;
    }
    add_feedback(conn, group, -right, -wrong)?;
    leave(conn, group, received_at_ms)
}

/// Counts a report in its group, which is made where it is missing. A group that was said to be mended
/// and gets a report that came after that has regressed.
fn join(
    conn: &Connection,
    project: &str,
    id: ReportId,
    received_at_ms: u64,
    facets: &Facets,
    likeness: &Likeness,
) -> Outcome<i64> {
    let at_ms = signed(received_at_ms);
    let known = conn
        .prepare_cached(
            "SELECT group_no, state = 'fixed' AND state_at_ms <= ?2 FROM groups WHERE group_id = ?1",
        )?
        .query_row(params![likeness.id.0, at_ms], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, bool>(1)?))
        })
        .optional()?;
    let group = match known {
        None => make(conn, project, at_ms, facets, likeness)?,
        Some((group, regresses)) => {
            conn.prepare_cached(
                "UPDATE groups SET reports = reports + 1, \
                    first_seen_ms = min(first_seen_ms, ?2), last_seen_ms = max(last_seen_ms, ?2), \
                    family = ?3, title = ?4, title_zh = ?5, cause_title = ?6, cause_title_zh = ?7, \
                    severity = ?8 \
                 WHERE group_no = ?1",
            )?
            .execute(params![
                group,
                at_ms,
                facets.family,
                facets.title,
                facets.title_zh,
                facets.cause_title,
                facets.cause_title_zh,
                facets.severity,
            ])?;
            if regresses {
                conn.prepare_cached(
                    "UPDATE groups SET state = 'regressed', state_at_ms = ?2 WHERE group_no = ?1",
                )?
                .execute([group, at_ms])?;
                conn.prepare_cached(
                    "INSERT INTO group_history (group_no, at_ms, state, report_id) \
                     VALUES (?1, ?2, 'regressed', ?3)",
                )?
                .execute(params![group, at_ms, id.0])?;
            }
            group
        }
    };
    for (sql, unit_ms) in [
        (
            "INSERT INTO group_hours (hour, group_no, reports) VALUES (?1, ?2, 1) \
             ON CONFLICT DO UPDATE SET reports = reports + 1",
            HOUR_MS,
        ),
        (
            "INSERT INTO group_days (day, group_no, reports) VALUES (?1, ?2, 1) \
             ON CONFLICT DO UPDATE SET reports = reports + 1",
            DAY_MS,
        ),
    ] {
        conn.prepare_cached(sql)?
            .execute([signed(received_at_ms / unit_ms), group])?;
    }
    Ok(group)
}

fn make(
    conn: &Connection,
    project: &str,
    at_ms: i64,
    facets: &Facets,
    likeness: &Likeness,
) -> Outcome<i64> {
    let captures =
        serde_json::to_string(&likeness.captures).map_err(|_| StoreError::Damaged("captures"))?;
    conn.prepare_cached(
        "INSERT INTO groups (group_id, project_id, code, family, title, title_zh, cause, \
            cause_title, cause_title_zh, severity, status, captures, words, state, state_at_ms, \
            first_seen_ms, last_seen_ms, reports) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 'new', ?14, ?14, ?14, 1)",
    )?
    .execute(params![
        likeness.id.0,
        project,
        facets.code,
        facets.family,
        facets.title,
        facets.title_zh,
        facets.cause,
        facets.cause_title,
        facets.cause_title_zh,
        facets.severity,
        facets.status,
        captures,
        words(facets, &likeness.captures),
        at_ms,
    ])?;
    Ok(conn.last_insert_rowid())
}

/// What a search of groups looks in, besides what people write.
fn words(facets: &Facets, captures: &BTreeMap<String, String>) -> String {
    let texts = [
        facets.code.as_deref().unwrap_or_default(),
        facets.cause.as_deref().unwrap_or_default(),
        &facets.title,
        &facets.title_zh,
        &facets.cause_title,
        &facets.cause_title_zh,
    ];
    let mut words = texts.join("\n");
    for value in captures.values() {
        words.push('\n');
        words.push_str(value);
    }
    words.to_lowercase()
}

/// Takes a report out of its group's counts. A group without reports that nobody has touched goes.
fn leave(conn: &Connection, group: i64, received_at_ms: u64) -> Outcome<()> {
    for (update, delete, unit_ms) in [
        (
            "UPDATE group_hours SET reports = reports - 1 WHERE hour = ?1 AND group_no = ?2",
            "DELETE FROM group_hours WHERE hour = ?1 AND group_no = ?2 AND reports <= 0",
            HOUR_MS,
        ),
        (
            "UPDATE group_days SET reports = reports - 1 WHERE day = ?1 AND group_no = ?2",
            "DELETE FROM group_days WHERE day = ?1 AND group_no = ?2 AND reports <= 0",
            DAY_MS,
        ),
    ] {
        let unit = signed(received_at_ms / unit_ms);
        conn.prepare_cached(update)?.execute([unit, group])?;
        conn.prepare_cached(delete)?.execute([unit, group])?;
    }
    conn.prepare_cached(
        "UPDATE groups SET reports = reports - 1, last_seen_ms = coalesce( \
            (SELECT received_at_ms FROM report_keys WHERE group_no = ?1 ORDER BY cursor DESC LIMIT 1), \
            last_seen_ms) \
         WHERE group_no = ?1",
    )?
    .execute([group])?;
    conn.prepare_cached(
        "DELETE FROM groups WHERE group_no = ?1 AND reports <= 0 AND state = 'new' \
            AND assignee = '' AND note = ''",
    )?
    .execute([group])?;
    Ok(())
}

fn origin(conn: &Connection, kind: &str, value: &str) -> Outcome<i64> {
    Ok(conn
        .prepare_cached(
            "INSERT INTO origins (kind, value, reports) VALUES (?1, ?2, 1) \
             ON CONFLICT (kind, value) DO UPDATE SET reports = reports + 1 RETURNING origin_no",
        )?
        .query_row([kind, value], |row| row.get(0))?)
}

/// How often a report's diagnosis was said to be right and wrong.
fn feedback(conn: &Connection, cursor: i64) -> Outcome<(i64, i64)> {
    Ok(conn
        .prepare_cached(
            "SELECT coalesce(sum(right), 0), coalesce(sum(1 - right), 0) FROM feedback \
             WHERE cursor = ?1",
        )?
        .query_row([cursor], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

fn add_feedback(conn: &Connection, group: i64, right: i64, wrong: i64) -> Outcome<()> {
    if right != 0 || wrong != 0 {
        conn.prepare_cached(
            "UPDATE groups SET fed_right = fed_right + ?2, fed_wrong = fed_wrong + ?3 \
             WHERE group_no = ?1",
        )?
        .execute([group, right, wrong])?;
    }
    Ok(())
}
