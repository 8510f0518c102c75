//! Groups of like failures: listed, shown, changed.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::lists::Conditions;
use super::rows::{self, signed};
use crate::fingerprint::GroupId;
use crate::ids::ReportId;
use crate::store::{
    Facets, FeedbackCount, GroupChange, GroupDetail, GroupOrder, GroupQuery, GroupRow, StateChange,
    StoreError,
};

type Outcome<T> = Result<T, StoreError>;

/// Changes of state and kinds of feedback that one group shows.
const SHOWN_MAX: u32 = 100;

const COLUMNS: &str = "g.group_no, g.group_id, coalesce(p.name, g.project_id), g.code, g.family, \
    g.title, g.title_zh, g.cause, g.cause_title, g.cause_title_zh, g.severity, g.status, \
    g.captures, g.state, g.state_at_ms, g.assignee, g.note, g.first_seen_ms, g.last_seen_ms, \
    g.reports, g.fed_right, g.fed_wrong";
const TABLES: &str = "groups g LEFT JOIN projects p ON p.project_id = g.project_id";

fn group_row(row: &Row<'_>) -> rusqlite::Result<GroupRow> {
    let captures: String = row.get(12)?;
    Ok(GroupRow {
        number: rows::unsigned(row, 0)?,
        id: GroupId(row.get(1)?),
        project: row.get(2)?,
        facets: Facets {
            code: row.get(3)?,
            family: row.get(4)?,
            title: row.get(5)?,
            title_zh: row.get(6)?,
            cause: row.get(7)?,
            cause_title: row.get(8)?,
            cause_title_zh: row.get(9)?,
            probability: None,
            severity: row.get(10)?,
            status: row.get(11)?,
        },
        captures: serde_json::from_str(&captures).map_err(|_| rows::damaged(12, "captures"))?,
        state: rows::state(row, 13)?,
        state_at_ms: rows::unsigned(row, 14)?,
        assignee: row.get(15)?,
        note: row.get(16)?,
        first_seen_ms: rows::unsigned(row, 17)?,
        last_seen_ms: rows::unsigned(row, 18)?,
        reports: rows::unsigned(row, 19)?,
        right: rows::unsigned(row, 20)?,
        wrong: rows::unsigned(row, 21)?,
    })
}

pub(super) fn list(conn: &Connection, query: &GroupQuery) -> Outcome<Vec<GroupRow>> {
    let column = match query.order {
        GroupOrder::LastSeen => "g.last_seen_ms",
        GroupOrder::FirstSeen => "g.first_seen_ms",
        GroupOrder::Reports => "g.reports",
    };
    let mut conditions = Conditions::of_groups(&query.filter);
    for word in &query.words {
        conditions.add(
            "instr(g.words || char(10) || lower(g.assignee || char(10) || g.note), ?) > 0",
            word.clone(),
        );
    }
    if let Some((value, number)) = query.after {
        conditions.add(&format!("({column}, g.group_no) < (?, ?)"), signed(value));
        conditions.value(signed(number));
    }
    let sql = format!(
        "SELECT {COLUMNS} FROM {TABLES}{} ORDER BY {column} DESC, g.group_no DESC LIMIT ?",
        conditions.clause()
    );
    conditions.value(query.limit);
    let found = conn
        .prepare_cached(&sql)?
        .query_map(rusqlite::params_from_iter(conditions.values()), group_row)?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

pub(super) fn row(conn: &Connection, id: &GroupId) -> Outcome<Option<GroupRow>> {
    let sql = format!("SELECT {COLUMNS} FROM {TABLES} WHERE g.group_id = ?1");
    Ok(conn
        .prepare_cached(&sql)?
        .query_row([id.0], group_row)
        .optional()?)
}

pub(super) fn one(conn: &Connection, id: &GroupId) -> Outcome<Option<GroupDetail>> {
    let Some(row) = row(conn, id)? else {
        return Ok(None);
    };
    let number = signed(row.number);
    let history = conn
        .prepare_cached(
            "SELECT at_ms, state, report_id FROM group_history WHERE group_no = ?1 \
             ORDER BY history_id DESC LIMIT ?2",
        )?
        .query_map(params![number, SHOWN_MAX], |row| {
            Ok(StateChange {
                at_ms: rows::unsigned(row, 0)?,
                state: rows::state(row, 1)?,
                report: row.get::<_, Option<[u8; 16]>>(2)?.map(ReportId),
            })
        })?
        .collect::<Result<_, _>>()?;
    let feedback = if row.right + row.wrong == 0 {
        Vec::new()
    } else {
        conn.prepare_cached(
            "SELECT f.right, f.cause, count(*) AS entries \
             FROM feedback f CROSS JOIN report_keys k ON k.cursor = f.cursor \
             WHERE k.group_no = ?1 GROUP BY f.right, f.cause ORDER BY entries DESC, f.cause LIMIT ?2",
        )?
        .query_map(params![number, SHOWN_MAX], |row| {
            Ok(FeedbackCount {
                right: row.get(0)?,
                cause: row.get(1)?,
                entries: rows::unsigned(row, 2)?,
            })
        })?
        .collect::<Result<_, _>>()?
    };
    Ok(Some(GroupDetail {
        row,
        history,
        feedback,
    }))
}

pub(super) fn change(conn: &Connection, id: &GroupId, change: &GroupChange) -> Outcome<bool> {
    let known = conn
        .prepare_cached("SELECT group_no, state FROM groups WHERE group_id = ?1")?
        .query_row([id.0], |row| {
            Ok((row.get::<_, i64>(0)?, rows::state(row, 1)?))
        })
        .optional()?;
    let Some((number, before)) = known else {
        return Ok(false);
    };
    conn.prepare_cached(
        "UPDATE groups SET assignee = coalesce(?2, assignee), note = coalesce(?3, note) \
         WHERE group_no = ?1",
    )?
    .execute(params![number, change.assignee, change.note])?;
    if let Some(state) = change.state.filter(|state| *state != before) {
        let at_ms = signed(change.at_ms);
        conn.prepare_cached("UPDATE groups SET state = ?2, state_at_ms = ?3 WHERE group_no = ?1")?
            .execute(params![number, state.as_str(), at_ms])?;
        conn.prepare_cached(
            "INSERT INTO group_history (group_no, at_ms, state) VALUES (?1, ?2, ?3)",
        )?
        .execute(params![number, at_ms, state.as_str()])?;
    }
    Ok(true)
}
