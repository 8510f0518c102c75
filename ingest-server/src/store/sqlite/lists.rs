//! Lists of reports, narrowed and searched.
//!
//! Reports are read newest first and the reading stops once a page is full. What reports of a group
//! have in common is looked up among the groups, which are few; where those hold few reports, the
//! reports are read by group, otherwise all keys are read from the newest on. Keys are a few small
//! numbers each, so that even reading all of them is cheap.

use rusqlite::{Connection, ToSql};

use super::rows::{self, REPORT_COLUMNS, REPORT_TABLES, signed};
use crate::fingerprint::GroupId;
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

    fn extend(&mut self, more: Self) {
        self.texts.extend(more.texts);
        self.values.extend(more.values);
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

    /// The same, and of this group alone where one is named.
    pub(super) fn of_group(filter: &GroupFilter, group: Option<GroupId>) -> Self {
        let mut all = Self::of_groups(filter);
        if let Some(group) = group {
            all.add("g.group_id = ?", group.0);
        }
        all
    }
}

/// From where the cursors of a page come: the text behind `SELECT cursor`.
struct Plan {
    from: &'static str,
    /// What the page is ordered by.
    cursor: &'static str,
    conditions: Conditions,
    /// Whether the groups alone decide what is found, so that their counts tell how many.
    by_groups_alone: bool,
}

/// What a query leaves of the keys.
struct Narrowed {
    from: &'static str,
    conditions: Conditions,
    /// At most this many reports are left; all where nobody knows.
    most: i64,
    by_groups_alone: bool,
}

/// None: nothing can be found.
fn plan(conn: &Connection, query: &ReportQuery) -> Outcome<Option<Plan>> {
    let narrowed = narrow(conn, query)?;
    if narrowed.most == 0 {
        return Ok(None);
    }
    let Some(text) = &query.text else {
        let mut conditions = narrowed.conditions;
        if let Some(before) = query.before {
            conditions.add("k.cursor < ?", signed(before));
        }
        return Ok(Some(Plan {
            from: narrowed.from,
            cursor: "k.cursor",
            conditions,
            by_groups_alone: narrowed.by_groups_alone,
        }));
    };
    Ok((!text.terms.is_empty()).then(|| with_words(text, query.before, narrowed)))
}

/// Reports with all words, among those that are left.
fn with_words(text: &Query, before: Option<u64>, narrowed: Narrowed) -> Plan {
    let looked_up = !narrowed.conditions.is_empty() && narrowed.most > FEW_REPORTS;
    let (from, cursor) = if looked_up {
        // Each report with the words is looked up; a page is full before long.
        (
            "report_terms t CROSS JOIN report_keys k ON k.cursor = t.rowid",
            "t.rowid",
        )
    } else {
        ("report_terms t", "t.rowid")
    };
    let mut conditions = Conditions::default();
    conditions.add("report_terms MATCH ?", expression(text));
    if let Some(before) = before {
        conditions.add("t.rowid < ?", signed(before));
    }
    if looked_up {
        conditions.extend(narrowed.conditions);
    } else if !narrowed.conditions.is_empty() {
        // Each report with the words is looked for among the few that are left. A plus keeps SQLite
        // from asking for the words of each of those instead.
        let among = format!("+t.rowid IN (SELECT k.cursor FROM {}", narrowed.from);
        conditions.nest(&among, narrowed.conditions, ")");
    }
    Plan {
        from,
        cursor,
        conditions,
        by_groups_alone: false,
    }
}

/// Everything but words and place.
fn narrow(conn: &Connection, query: &ReportQuery) -> Outcome<Narrowed> {
    let mut conditions = Conditions::default();
    let mut most = i64::MAX;
    let origin = [query.os.as_deref(), query.app_version.as_deref()];
    let every_origin = narrow_by_origin(conn, origin, &mut conditions, &mut most)?;
    let every_time = narrow_by_time(conn, [query.from_ms, query.to_ms], &mut conditions)?;
    let mut from = "report_keys k";
    let groups = groups(query);
    if !groups.is_empty() {
        let reports = reports_of(conn, &groups)?;
        most = most.min(reports);
        if reports <= FEW_REPORTS {
            from = "report_keys k INDEXED BY report_keys_by_group";
        }
        conditions.nest(
            "k.group_no IN (SELECT g.group_no FROM groups g",
            groups,
            ")",
        );
        if reports > FEW_REPORTS {
            from = "report_keys k NOT INDEXED";
        }
    }
    Ok(Narrowed {
        from,
        conditions,
        most,
        by_groups_alone: every_origin && every_time && query.before.is_none(),
    })
}

/// The conditions on groups.
fn groups(query: &ReportQuery) -> Conditions {
    Conditions::of_group(&query.filter, query.group)
}

/// Narrows keys `k` by system and app version; true where nothing is narrowed. Lowers `fewest` to the number
/// of reports that have the value.
pub(super) fn narrow_by_origin(
    conn: &Connection,
    [os, app_version]: [Option<&str>; 2],
    keys: &mut Conditions,
    fewest: &mut i64,
) -> Outcome<bool> {
    const WITH: &str = "kind = ?1 AND (value = ?2 OR substr(value, 1, length(?3)) = ?3)";
    for (column, kind, value) in [
        ("k.os_no", "os", os),
        ("k.version_no", "app_version", app_version),
    ] {
        let Some(value) = value else {
            continue;
        };
        // A system is meant with any version of it; a version of the app is meant as it stands.
        let beginning = if kind == "os" {
            format!("{value} ")
        } else {
            value.to_owned()
        };
        let mut numbers = Vec::new();
        let mut reports = 0;
        let sql = format!("SELECT origin_no, reports, value FROM origins WHERE {WITH}");
        let mut statement = conn.prepare_cached(&sql)?;
        let mut found = statement.query([kind, value, &beginning])?;
        while let Some(row) = found.next()? {
            if kind == "os" || row.get::<_, String>(2)? == value {
                numbers.push(row.get::<_, i64>(0)?);
                reports += row.get::<_, i64>(1)?;
            }
        }
        *fewest = (*fewest).min(reports);
        let condition = format!("{column} IN (SELECT value FROM json_each(?))");
        keys.add(&condition, json(&numbers));
    }
    Ok(os.is_none() && app_version.is_none())
}

/// Narrows keys `k` by the time of arrival, from and to; true where nothing is narrowed. Cursors follow that time but for
/// steps of the server's clock, so they bound what is read and the times themselves decide.
pub(super) fn narrow_by_time(
    conn: &Connection,
    [from_ms, to_ms]: [Option<u64>; 2],
    keys: &mut Conditions,
) -> Outcome<bool> {
    if from_ms.is_none() && to_ms.is_none() {
        return Ok(true);
    }
    let (from_ms, to_ms) = (
        signed(from_ms.unwrap_or(0)),
        signed(to_ms.unwrap_or(u64::MAX)),
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
    let counted = count_max > 0 && !plan.by_groups_alone;
    let wanted = if counted {
        limit.max(count_max + 1)
    } else {
        limit
    };
    let sql = format!(
        "SELECT {} FROM {}{} ORDER BY {} DESC LIMIT ?",
        plan.cursor,
        plan.from,
        plan.conditions.clause(),
        plan.cursor
    );
    plan.conditions.value(signed(wanted));
    let mut cursors: Vec<i64> = conn
        .prepare_cached(&sql)?
        .query_map(
            rusqlite::params_from_iter(plan.conditions.values()),
            |row| row.get(0),
        )?
        .collect::<Result<_, _>>()?;
    let found = cursors.len() as u64;
    let count = if count_max > 0 && plan.by_groups_alone {
        let reports = reports_of(conn, &groups(query))?;
        ReportCount::exactly(u64::try_from(reports).unwrap_or(0))
    } else {
        ReportCount {
            reports: found.min(count_max),
            exact: found <= count_max,
        }
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
