//! Counts: over time, and of what there is to narrow by. None of them reads reports.

use std::collections::HashMap;

use rusqlite::{Connection, params};

use super::lists::Conditions;
use super::rows::{self, signed};
use crate::fingerprint::GroupId;
use crate::store::{
    FacetCounts, GroupFilter, GroupState, HOUR_MS, Series, Steps, StoreError, TrendBy, ValueCount,
};

type Outcome<T> = Result<T, StoreError>;

const DAY_MS: u64 = 24 * HOUR_MS;

/// The table that counts in the coarsest unit that the steps are made of, its column, and its unit.
fn table(steps: Steps) -> (&'static str, &'static str, u64) {
    if steps.step_ms.is_multiple_of(DAY_MS) && steps.from_ms.is_multiple_of(DAY_MS) {
        ("group_days", "day", DAY_MS)
    } else {
        ("group_hours", "hour", HOUR_MS)
    }
}

/// First unit, units in each step, and the unit after the last.
fn units(steps: Steps, unit_ms: u64) -> [i64; 3] {
    let end_ms = steps.from_ms + steps.step_ms * steps.count as u64;
    [
        signed(steps.from_ms / unit_ms),
        signed((steps.step_ms / unit_ms).max(1)),
        signed(end_ms / unit_ms),
    ]
}

pub(super) fn of_groups(
    conn: &Connection,
    groups: &[GroupId],
    steps: Steps,
) -> Outcome<Vec<Vec<u32>>> {
    let (table, column, unit_ms) = table(steps);
    let [first, per_step, end] = units(steps, unit_ms);
    let mut places = HashMap::with_capacity(groups.len());
    for (place, id) in groups.iter().enumerate() {
        let number: Option<i64> = conn
            .prepare_cached("SELECT max(group_no) FROM groups WHERE group_id = ?1")?
            .query_row([id.0], |row| row.get(0))?;
        places.extend(number.map(|number| (number, place)));
    }
    let mut counts = vec![vec![0; steps.count]; groups.len()];
    let sql = format!(
        "SELECT group_no, ({column} - ?1) / ?2, reports FROM {table} \
         WHERE {column} >= ?1 AND {column} < ?3"
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let mut found = statement.query([first, per_step, end])?;
    while let Some(row) = found.next()? {
        let step = usize::try_from(row.get::<_, i64>(1)?).unwrap_or(usize::MAX);
        let reports = rows::count(row, 2)?;
        let count = places
            .get(&row.get(0)?)
            .and_then(|place| counts.get_mut(*place))
            .and_then(|counts| counts.get_mut(step));
        if let Some(count) = count {
            *count += reports;
        }
    }
    Ok(counts)
}

pub(super) fn trend(
    conn: &Connection,
    by: TrendBy,
    filter: &GroupFilter,
    steps: Steps,
) -> Outcome<Vec<Series>> {
    let (table, column, unit_ms) = table(steps);
    let [first, per_step, end] = units(steps, unit_ms);
    let (key, title, title_zh) = match by {
        TrendBy::Code => ("g.code", "g.title", "g.title_zh"),
        TrendBy::Cause => ("g.cause", "g.cause_title", "g.cause_title_zh"),
        TrendBy::Family => ("g.family", "''", "''"),
    };
    // The groups are read once into memory: cheaper than a look-up for each hour of each group.
    let conditions = Conditions::of_groups(filter);
    let sql = format!(
        "SELECT g.group_no, {key}, {title}, {title_zh} FROM groups g{} ORDER BY g.group_no",
        conditions.clause()
    );
    let mut series: Vec<Series> = Vec::new();
    let mut keys: HashMap<Option<String>, usize> = HashMap::new();
    let mut places: HashMap<i64, usize> = HashMap::new();
    let mut statement = conn.prepare_cached(&sql)?;
    let mut found = statement.query(rusqlite::params_from_iter(conditions.values()))?;
    while let Some(row) = found.next()? {
        let key: Option<String> = row.get(1)?;
        let (title, title_zh) = if key.is_some() {
            (row.get(2)?, row.get(3)?)
        } else {
            (String::new(), String::new())
        };
        let place = *keys.entry(key.clone()).or_insert_with(|| {
            series.push(Series {
                key,
                title: String::new(),
                title_zh: String::new(),
                counts: vec![0; steps.count],
            });
            series.len() - 1
        });
        // The newest group's titles are those of the newest catalogue.
        if let Some(series) = series.get_mut(place) {
            (series.title, series.title_zh) = (title, title_zh);
        }
        places.insert(row.get(0)?, place);
    }
    let sql = format!(
        "SELECT group_no, ({column} - ?1) / ?2, reports FROM {table} \
         WHERE {column} >= ?1 AND {column} < ?3"
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let mut found = statement.query([first, per_step, end])?;
    while let Some(row) = found.next()? {
        let step = usize::try_from(row.get::<_, i64>(1)?).unwrap_or(usize::MAX);
        let reports = rows::count(row, 2)?;
        let count = places
            .get(&row.get(0)?)
            .and_then(|place| series.get_mut(*place))
            .and_then(|series| series.counts.get_mut(step));
        if let Some(count) = count {
            *count += reports;
        }
    }
    series.retain(|series| series.counts.iter().any(|count| *count > 0));
    Ok(series)
}

pub(super) fn facets(conn: &Connection, values_max: u32) -> Outcome<FacetCounts> {
    let values = |sql: &str| -> Outcome<Vec<ValueCount>> {
        let found = conn
            .prepare_cached(sql)?
            .query_map(params![values_max], |row| {
                Ok(ValueCount {
                    value: row.get(0)?,
                    title: row.get(1)?,
                    title_zh: row.get(2)?,
                    reports: rows::unsigned(row, 3)?,
                })
            })?
            .collect::<Result<_, _>>()?;
        Ok(found)
    };
    let origins = |kind: &str| {
        values(&format!(
            "SELECT value, '', '', reports FROM origins WHERE kind = '{kind}' AND value <> '' \
             ORDER BY reports DESC, value LIMIT ?1"
        ))
    };
    let of_groups = |key: &str, title: &str, title_zh: &str| {
        values(&format!(
            "SELECT {key}, max({title}), max({title_zh}), sum(reports) AS n FROM groups g \
             WHERE {key} IS NOT NULL AND reports > 0 GROUP BY {key} ORDER BY n DESC, {key} LIMIT ?1"
        ))
    };
    let states = conn
        .prepare_cached("SELECT state, count(*) FROM groups GROUP BY state")?
        .query_map([], |row| {
            Ok((rows::state(row, 0)?, rows::unsigned(row, 1)?))
        })?
        .collect::<Result<HashMap<_, _>, _>>()?;
    Ok(FacetCounts {
        reports: conn
            .prepare_cached("SELECT coalesce(sum(reports), 0) FROM groups")?
            .query_row([], |row| rows::unsigned(row, 0))?,
        states: GroupState::ALL
            .into_iter()
            .map(|state| (state, states.get(&state).copied().unwrap_or(0)))
            .collect(),
        projects: values(
            "SELECT coalesce(p.name, g.project_id) AS name, '', '', sum(g.reports) AS n \
             FROM groups g LEFT JOIN projects p ON p.project_id = g.project_id \
             WHERE g.reports > 0 GROUP BY g.project_id ORDER BY n DESC, name LIMIT ?1",
        )?,
        families: of_groups("family", "''", "''")?,
        codes: of_groups("code", "title", "title_zh")?,
        causes: of_groups("cause", "cause_title", "cause_title_zh")?,
        os: origins("os")?,
        app_versions: origins("app_version")?,
    })
}
