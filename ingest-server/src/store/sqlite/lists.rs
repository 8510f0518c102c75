//! Lists of reports, narrowed and searched.
//!
//! Reports are read newest first and the reading stops once a page is full. What reports of a group
//! have in common is looked up among the groups, which are few; where those hold few reports, the
//! reports are read by group, otherwise all keys are read from the newest on. Keys are a few small
//! numbers each, so that even reading all of them is cheap.

use rusqlite::{Connection, ToSql};

use super::rows::{self, REPORT_COLUMNS, REPORT_TABLES, signed};
use crate::search::Query;
use crate::store::{GroupFilter, ReportCount, ReportQuery, ReportRow, StoreError};

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
    /// What the page is ordered by.
    cursor: &'static str,
    conditions: Conditions,
    /// How many reports it finds, where that is known without reading them.
    known: Option<u64>,
}

/// None: nothing can be found.
fn plan(conn: &Connection, query: &ReportQuery) -> Outcome<Option<Plan>> {
    let mut keys = Conditions::default();
    let groups = groups(query);
    let mut fewest = i64::MAX;
    if !groups.is_empty() {
        fewest = reports_of(conn, &groups)?;
    }
    let known = narrow_by_origin(conn, query, &mut keys, &mut fewest)?
        & narrow_by_time(conn, query, &mut keys)?
        & query.before.is_none();
    if fewest == 0 {
        return Ok(None);
    }
    let few = fewest <= FEW_REPORTS;
    let by_group = !groups.is_empty();
    if by_group {
        // A plus keeps SQLite from reading by the index.
        let column = if few { "k.group_no" } else { "+k.group_no" };
        let before = format!("{column} IN (SELECT group_no FROM groups g");
        keys.nest(&before, groups, ")");
    }
    let Some(text) = &query.text else {
        if let Some(before) = query.before {
            keys.add("k.cursor < ?", signed(before));
        }
        let every = || reports_of(conn, &self::groups(query));
        let known = known.then(every).transpose()?;
        return Ok(Some(Plan {
            from: "report_keys k",
            cursor: "k.cursor",
            conditions: keys,
            known: known.and_then(|n| u64::try_from(n).ok()),
        }));
    };
    if text.terms.is_empty() {
        return Ok(None);
    }
    let mut conditions = Conditions::default();
    conditions.add("report_terms MATCH ?", expression(text));
    if let Some(before) = query.before {
        conditions.add("k.rowid < ?", signed(before));
    }
    let mut plan = Plan {
        from: "report_terms k",
        cursor: "k.rowid",
        conditions,
        known: None,
    };
    if keys.is_empty() {
        return Ok(Some(plan));
    }
    if few {
        // Each report with the words is looked for among the few that the filter leaves.
        let inner = "+k.rowid IN (SELECT cursor FROM report_keys k";
        plan.conditions.nest(inner, keys, ")");
    } else {
        // Each report with the words is looked up; a page is full before long.
        plan.from = "report_terms t CROSS JOIN report_keys k ON k.cursor = t.rowid";
        plan.cursor = "t.rowid";
        plan.conditions = Conditions::default();
        plan.conditions
            .add("report_terms MATCH ?", expression(text));
        if let Some(before) = query.before {
            plan.conditions.add("t.rowid < ?", signed(before));
        }
        plan.conditions.texts.extend(keys.texts);
        plan.conditions.values.extend(keys.values);
    }
    Ok(Some(plan))
}

/// The conditions on groups.
fn groups(query: &ReportQuery) -> Conditions {
    let mut groups = Conditions::of_groups(&query.filter);
    if let Some(group) = query.group {
        groups.add("g.group_id = ?", group.0);
    }
    groups
}

/// Narrows by system and app version; true where nothing is narrowed. Lowers `fewest` to the number
/// of reports that have the value.
fn narrow_by_origin(
    conn: &Connection,
    query: &ReportQuery,
    keys: &mut Conditions,
    fewest: &mut i64,
) -> Outcome<bool> {
    const WITH: &str = "kind = ?1 AND (value = ?2 OR substr(value, 1, length(?3)) = ?3)";
    for (column, kind, value) in [
        ("k.os_no", "os", &query.os),
        ("k.version_no", "app_version", &query.app_version),
    ] {
        let Some(value) = value else {
            continue;
        };
        // A system is meant with any version of it; a version of the app is meant as it stands.
        let beginning = if kind == "os" {
            format!("{value} ")
        } else {
            value.clone()
        };
        let mut numbers = Vec::new();
        let mut reports = 0;
        let sql = format!("SELECT origin_no, reports, value FROM origins WHERE {WITH}");
        let mut statement = conn.prepare_cached(&sql)?;
        let mut found = statement.query([kind, value.as_str(), &beginning])?;
        while let Some(row) = found.next()? {
            if kind == "os" || row.get::<_, String>(2)? == *value {
                numbers.push(row.get::<_, i64>(0)?);
                reports += row.get::<_, i64>(1)?;
            }
        }
        *fewest = (*fewest).min(reports);
        let condition = format!("{column} IN (SELECT value FROM json_each(?))");
        keys.add(&condition, json(&numbers));
    }
    Ok(query.os.is_none() && query.app_version.is_none())
}

/// Narrows by the time of arrival; true where nothing is narrowed. Cursors follow that time but for
/// steps of the server's clock, so they bound what is read and the times themselves decide.
fn narrow_by_time(conn: &Connection, query: &ReportQuery, keys: &mut Conditions) -> Outcome<bool> {
    if query.from_ms.is_none() && query.to_ms.is_none() {
        return Ok(true);
    }
    let (from_ms, to_ms) = (
        signed(query.from_ms.unwrap_or(0)),
        signed(query.to_ms.unwrap_or(u64::MAX)),
    );
    let (first, last) = conn
        .prepare_cached(
            "SELECT coalesce(min(cursor), 0), coalesce(max(cursor), -1) FROM report_keys \
             WHERE received_at_ms >= ?1 AND received_at_ms < ?2",
        )?
        .query_row([from_ms, to_ms], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
        })?;
    keys.add("k.cursor >= ?", first);
    keys.add("k.cursor <= ?", last);
    keys.add("+k.received_at_ms >= ?", from_ms);
    keys.add("+k.received_at_ms < ?", to_ms);
    Ok(false)
}

fn json(numbers: &[i64]) -> String {
    let numbers: Vec<String> = numbers.iter().map(i64::to_string).collect();
    format!("[{}]", numbers.join(","))
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
    Ok(page(conn, query, 0)?.0)
}

/// A page, and how many reports the query finds: what it costs to find them is paid once.
pub(super) fn page(
    conn: &Connection,
    query: &ReportQuery,
    count_max: u64,
) -> Outcome<(Vec<ReportRow>, ReportCount)> {
    let Some(mut plan) = plan(conn, query)? else {
        return Ok((Vec::new(), ReportCount::exactly(0)));
    };
    let limit = u64::from(query.limit);
    let wanted = if plan.known.is_some() || count_max == 0 {
        limit
    } else {
        limit.max(count_max + 1)
    };
    let Plan {
        from,
        cursor,
        conditions,
        known,
    } = &mut plan;
    let sql = format!(
        "SELECT {cursor} FROM {from}{} ORDER BY {cursor} DESC LIMIT ?",
        conditions.clause()
    );
    conditions.value(signed(wanted));
    let mut cursors: Vec<i64> = conn
        .prepare_cached(&sql)?
        .query_map(rusqlite::params_from_iter(conditions.values()), |row| {
            row.get(0)
        })?
        .collect::<Result<_, _>>()?;
    let found = cursors.len() as u64;
    let count = match known {
        Some(known) => ReportCount::exactly(*known),
        None => ReportCount {
            reports: found.min(count_max),
            exact: found <= count_max,
        },
    };
    cursors.truncate(query.limit as usize);
    let sql = format!(
        "SELECT {REPORT_COLUMNS} FROM {REPORT_TABLES} \
         WHERE r.cursor IN (SELECT value FROM json_each(?1)) ORDER BY r.cursor DESC"
    );
    let rows = conn
        .prepare_cached(&sql)?
        .query_map([json(&cursors)], rows::report_row)?
        .collect::<Result<_, _>>()?;
    Ok((rows, count))
}
