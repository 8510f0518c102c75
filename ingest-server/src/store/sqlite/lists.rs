//! Lists of reports, narrowed and searched.
//!
//! Reports are read newest first and the reading stops once a page is full. What reports of a group
//! have in common is looked up among the groups, which are few; where those hold few reports, the
//! reports are read by group, otherwise all keys are read from the newest on. Keys are a few small
//! numbers each, so that even reading all of them is cheap.

use rusqlite::{Connection, OptionalExtension, ToSql};

use super::rows::{self, REPORT_COLUMNS, REPORT_TABLES, signed};
use crate::search::Query;
use crate::store::{GroupFilter, ReportQuery, ReportRow, StoreError};

type Outcome<T> = Result<T, StoreError>;

/// Groups that hold at most this many reports together are read group by group.
const FEW_REPORTS: i64 = 4_000;

/// Conditions with the values that stand for their question marks, in the same order.
#[derive(Default)]
pub(super) struct Conditions {
    texts: Vec<String>,
    values: Vec<Box<dyn ToSql>>,
}

impl Conditions {
    pub(super) fn add(&mut self, condition: &str, value: impl ToSql + 'static) {
        self.texts.push(condition.to_owned());
        self.values.push(Box::new(value));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// A `WHERE` clause; empty where there is no condition.
    pub(super) fn clause(&self) -> String {
        if self.texts.is_empty() {
            String::new()
        } else {
            format!(" WHERE {}", self.texts.join(" AND "))
        }
    }

    pub(super) fn value(&mut self, value: impl ToSql + 'static) {
        self.values.push(Box::new(value));
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &dyn ToSql> {
        self.values.iter().map(|value| &**value)
    }

    fn nest(&mut self, before: &str, inner: Self, after: &str) {
        self.texts
            .push(format!("{before}{}{after}", inner.clause()));
        self.values.extend(inner.values);
    }

    /// The conditions of a filter on columns of `groups g`.
    pub(super) fn of_groups(filter: &GroupFilter) -> Self {
        let mut all = Self::default();
        for (condition, value) in [
            ("g.code = ?", &filter.code),
            ("g.family = ?", &filter.family),
            ("g.cause = ?", &filter.cause),
            (
                "g.project_id = (SELECT project_id FROM projects WHERE ? IN (project_id, name))",
                &filter.project,
            ),
            ("g.status = ?", &filter.status),
        ] {
            if let Some(value) = value {
                all.add(condition, value.clone());
            }
        }
        if let Some(state) = filter.state {
            all.add("g.state = ?", state.as_str());
        }
        all
    }
}

/// From where the cursors of a page come: the text behind `SELECT k.cursor`.
struct Plan {
    from: &'static str,
    conditions: Conditions,
}

/// None: nothing can be found.
fn plan(conn: &Connection, query: &ReportQuery) -> Outcome<Option<Plan>> {
    let mut conditions = Conditions::default();
    let mut from = "report_keys k";
    let text = match &query.text {
        Some(text) if text.terms.is_empty() => return Ok(None),
        Some(text) => {
            // The words are read newest first, and each report found is looked up; not the other way.
            from = "report_terms t CROSS JOIN report_keys k ON k.cursor = t.rowid";
            conditions.add("report_terms MATCH ?", expression(text));
            true
        }
        None => false,
    };
    let cursor = if text { "t.rowid" } else { "k.cursor" };
    if let Some(before) = query.before {
        conditions.add(&format!("{cursor} < ?"), signed(before));
    }
    if query.from_ms.is_some() || query.to_ms.is_some() {
        let (from_ms, to_ms) = (
            signed(query.from_ms.unwrap_or(0)),
            signed(query.to_ms.unwrap_or(u64::MAX)),
        );
        let ends = conn
            .prepare_cached(
                "SELECT min(cursor), max(cursor) FROM report_keys \
                 WHERE received_at_ms >= ?1 AND received_at_ms < ?2",
            )?
            .query_row([from_ms, to_ms], |row| {
                Ok((row.get::<_, Option<i64>>(0)?, row.get::<_, Option<i64>>(1)?))
            })?;
        let (Some(first), Some(last)) = ends else {
            return Ok(None);
        };
        conditions.add(&format!("{cursor} >= ?"), first);
        conditions.add(&format!("{cursor} <= ?"), last);
        conditions.add("+k.received_at_ms >= ?", from_ms);
        conditions.add("+k.received_at_ms < ?", to_ms);
    }
    let mut groups = Conditions::of_groups(&query.filter);
    if let Some(group) = query.group {
        groups.add("g.group_id = ?", group.0);
    }
    if !groups.is_empty() {
        let reports = reports_of(conn, &groups)?;
        if reports == 0 {
            return Ok(None);
        }
        // A plus keeps SQLite from reading by the index.
        let column = if !text && reports <= FEW_REPORTS {
            "k.group_no"
        } else {
            "+k.group_no"
        };
        conditions.nest(
            &format!("{column} IN (SELECT group_no FROM groups g"),
            groups,
            ")",
        );
    }
    if let Some(os) = &query.os {
        let mut kinds = Conditions::default();
        kinds.add("kind = 'os' AND (value = ?", os.clone());
        kinds.value(format!("{os} "));
        kinds.value(format!("{os} "));
        conditions.nest(
            "k.os_no IN (SELECT origin_no FROM origins",
            kinds,
            " OR substr(value, 1, length(?)) = ?))",
        );
    }
    if let Some(version) = &query.app_version {
        conditions.add(
            "k.version_no IN (SELECT origin_no FROM origins \
                WHERE kind = 'app_version' AND value = ?)",
            version.clone(),
        );
    }
    Ok(Some(Plan { from, conditions }))
}

/// How many reports the groups hold together.
fn reports_of(conn: &Connection, groups: &Conditions) -> Outcome<i64> {
    let sql = format!(
        "SELECT coalesce(sum(g.reports), 0) FROM groups g{}",
        groups.clause()
    );
    Ok(conn
        .prepare_cached(&sql)?
        .query_row(rusqlite::params_from_iter(groups.values()), |row| {
            row.get(0)
        })?)
}

/// The query in FTS5's language. Terms hold no quotes, and quoted they are no operators.
fn expression(query: &Query) -> String {
    let terms: Vec<String> = query
        .terms
        .iter()
        .map(|term| format!("\"{}\"{}", term.text, if term.prefix { " *" } else { "" }))
        .collect();
    terms.join(" AND ")
}

pub(super) fn list(conn: &Connection, query: &ReportQuery) -> Outcome<Vec<ReportRow>> {
    let Some(Plan {
        from,
        mut conditions,
    }) = plan(conn, query)?
    else {
        return Ok(Vec::new());
    };
    let order = if query.text.is_some() {
        "t.rowid"
    } else {
        "k.cursor"
    };
    let sql = format!(
        "SELECT {REPORT_COLUMNS} FROM {REPORT_TABLES} \
         WHERE r.cursor IN (SELECT k.cursor FROM {from}{} ORDER BY {order} DESC LIMIT ?) \
         ORDER BY r.cursor DESC",
        conditions.clause()
    );
    conditions.value(query.limit);
    let found = conn
        .prepare_cached(&sql)?
        .query_map(
            rusqlite::params_from_iter(conditions.values()),
            rows::report_row,
        )?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

pub(super) fn count(conn: &Connection, query: &ReportQuery, count_max: u64) -> Outcome<u64> {
    let Some(Plan {
        from,
        mut conditions,
    }) = plan(conn, query)?
    else {
        return Ok(0);
    };
    let only_groups = query.text.is_none()
        && query.before.is_none()
        && [query.from_ms, query.to_ms].iter().all(Option::is_none)
        && [&query.os, &query.app_version]
            .iter()
            .all(|value| value.is_none());
    if only_groups {
        let mut groups = Conditions::of_groups(&query.filter);
        if let Some(group) = query.group {
            groups.add("g.group_id = ?", group.0);
        }
        let reports = u64::try_from(reports_of(conn, &groups)?).unwrap_or(0);
        return Ok(reports.min(count_max));
    }
    let sql = format!(
        "SELECT count(*) FROM (SELECT 1 FROM {from}{} LIMIT ?)",
        conditions.clause()
    );
    conditions.value(signed(count_max));
    Ok(conn
        .prepare_cached(&sql)?
        .query_row(rusqlite::params_from_iter(conditions.values()), |row| {
            rows::unsigned(row, 0)
        })
        .optional()?
        .unwrap_or(0))
}
