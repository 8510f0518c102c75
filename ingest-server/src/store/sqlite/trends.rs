//! Counts: over time, and of what there is to narrow by. None of them reads reports.

use std::collections::HashMap;

use rusqlite::{Connection, params};

use super::lists::{Conditions, narrow_by_origin, narrow_by_time};
use super::rows::{self, signed};
use crate::fingerprint::GroupId;
use crate::store::{
    FacetCounts, GroupState, HOUR_MS, Series, Steps, StoreError, TrendBy, TrendFilter, ValueCount,
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
    let mut places = HashMap::with_capacity(groups.len());
    for (place, id) in groups.iter().enumerate() {
        let number: Option<i64> = conn
            .prepare_cached("SELECT max(group_no) FROM groups WHERE group_id = ?1")?
            .query_row([id.0], |row| row.get(0))?;
        places.extend(number.map(|number| (number, place)));
    }
    let mut counts = vec![vec![0; steps.count]; groups.len()];
    each_count(conn, steps, |group, step, reports| {
        let count = places
            .get(&group)
            .and_then(|place| counts.get_mut(*place))
            .and_then(|counts| counts.get_mut(step));
        if let Some(count) = count {
            *count += reports;
        }
    })?;
    Ok(counts)
}

/// Tells every count within the steps: a group's number, the step, and its reports in part of it.
fn each_count(
    conn: &Connection,
    steps: Steps,
    mut tell: impl FnMut(i64, usize, u32),
) -> Outcome<()> {
    let (table, column, unit_ms) = table(steps);
    let [first, per_step, end] = units(steps, unit_ms);
    let sql = format!(
        "SELECT group_no, ({column} - ?1) / ?2, reports FROM {table} \
         WHERE {column} >= ?1 AND {column} < ?3"
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let mut found = statement.query([first, per_step, end])?;
    while let Some(row) = found.next()? {
        let step = usize::try_from(row.get::<_, i64>(1)?).unwrap_or(usize::MAX);
        tell(row.get(0)?, step, rows::count(row, 2)?);
    }
    Ok(())
}

/// The same of the reports of one system or app version. These are counted by their keys: no table
/// counts them by group and time.
fn each_count_of_origin(
    conn: &Connection,
    filter: &TrendFilter,
    steps: Steps,
    mut tell: impl FnMut(i64, usize, u32),
) -> Outcome<()> {
    let end_ms = steps.from_ms + steps.step_ms * steps.count as u64;
    let mut conditions = Conditions::default();
    narrow_by_time(conn, [Some(steps.from_ms), Some(end_ms)], &mut conditions)?;
    let origin = [filter.os.as_deref(), filter.app_version.as_deref()];
    narrow_by_origin(conn, origin, &mut conditions, &mut 0)?;
    // Read in the order in which they lie; summing them up in a table of SQLite's costs as much again.
    let sql = format!(
        "SELECT k.group_no, k.received_at_ms FROM report_keys k NOT INDEXED{}",
        conditions.clause()
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let mut found = statement.query(rusqlite::params_from_iter(conditions.values()))?;
    while let Some(row) = found.next()? {
        let at_ms = rows::unsigned(row, 1)?.saturating_sub(steps.from_ms);
        let step = usize::try_from(at_ms / steps.step_ms.max(1)).unwrap_or(usize::MAX);
        tell(row.get(0)?, step, 1);
    }
    Ok(())
}

pub(super) fn trend(
    conn: &Connection,
    by: TrendBy,
    filter: &TrendFilter,
    steps: Steps,
) -> Outcome<Vec<Series>> {
    let (key, title, title_zh) = match by {
        TrendBy::Code => ("g.code", "g.title", "g.title_zh"),
        TrendBy::Cause => ("g.cause", "g.cause_title", "g.cause_title_zh"),
        TrendBy::Family => ("g.family", "''", "''"),
    };
    // The groups are read once into memory: cheaper than a look-up for each hour of each group.
    let conditions = Conditions::of_group(&filter.groups, filter.group);
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
    let tell = |group, step, reports| {
        let count = places
            .get(&group)
            .and_then(|place| series.get_mut(*place))
            .and_then(|series| series.counts.get_mut(step));
        if let Some(count) = count {
            *count += reports;
        }
    };
    if filter.os.is_none() && filter.app_version.is_none() {
        each_count(conn, steps, tell)?;
    } else {
        each_count_of_origin(conn, filter, steps, tell)?;
    }
    series.retain(|series| series.counts.iter().any(|count| *count > 0));
    Ok(series)
}

/// Reports of each value, and a group that has it.
type Tally = HashMap<String, (u64, i64)>;

/// The values with most reports, their titles those of a group that has them.
fn most(
    conn: &Connection,
    tally: Tally,
    values_max: u32,
    titles: Option<(&str, &str)>,
) -> Outcome<Vec<ValueCount>> {
    let mut values: Vec<_> = tally.into_iter().collect();
    values.sort_by(|a, b| b.1.0.cmp(&a.1.0).then_with(|| a.0.cmp(&b.0)));
    values.truncate(values_max as usize);
    let sql = titles.map(|(title, title_zh)| {
        format!("SELECT {title}, {title_zh} FROM groups WHERE group_no = ?1")
    });
    values
        .into_iter()
        .map(|(value, (reports, group))| {
            let (title, title_zh) = match &sql {
                None => Default::default(),
                Some(sql) => conn
                    .prepare_cached(sql)?
                    .query_row([group], |row| Ok((row.get(0)?, row.get(1)?)))?,
            };
            Ok(ValueCount {
                value,
                title,
                title_zh,
                reports,
            })
        })
        .collect()
}

pub(super) fn facets(conn: &Connection, values_max: u32) -> Outcome<FacetCounts> {
    let mut reports = 0;
    let mut states: HashMap<GroupState, u64> = HashMap::new();
    let [mut codes, mut families, mut causes, mut projects] = [(); 4].map(|()| Tally::new());
    let mut statement = conn.prepare_cached(
        "SELECT group_no, reports, state, code, family, cause, project_id FROM groups",
    )?;
    let mut found = statement.query([])?;
    while let Some(row) = found.next()? {
        let (group, n) = (row.get::<_, i64>(0)?, rows::unsigned(row, 1)?);
        *states.entry(rows::state(row, 2)?).or_default() += 1;
        reports += n;
        let tallies = [&mut codes, &mut families, &mut causes, &mut projects];
        for (column, tally) in (3..).zip(tallies) {
            let Some(value) = row.get_ref(column)?.as_str_or_null().ok().flatten() else {
                continue;
            };
            if n == 0 {
                continue;
            }
            // Most values are there already; only new ones are copied.
            if let Some(known) = tally.get_mut(value) {
                known.0 += n;
                known.1 = known.1.max(group);
            } else {
                tally.insert(value.to_owned(), (n, group));
            }
        }
    }
    let named: HashMap<String, String> = conn
        .prepare_cached("SELECT project_id, name FROM projects")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    let mut projects = most(conn, projects, values_max, None)?;
    for project in &mut projects {
        if let Some(name) = named.get(&project.value) {
            project.value.clone_from(name);
        }
    }
    Ok(FacetCounts {
        reports,
        states: GroupState::ALL
            .into_iter()
            .map(|state| (state, states.get(&state).copied().unwrap_or(0)))
            .collect(),
        projects,
        families: most(conn, families, values_max, None)?,
        codes: most(conn, codes, values_max, Some(("title", "title_zh")))?,
        causes: most(
            conn,
            causes,
            values_max,
            Some(("cause_title", "cause_title_zh")),
        )?,
        os: origins(conn, "os", values_max)?,
        app_versions: origins(conn, "app_version", values_max)?,
    })
}

fn origins(conn: &Connection, kind: &str, values_max: u32) -> Outcome<Vec<ValueCount>> {
    let found = conn
        .prepare_cached(
            "SELECT value, reports FROM origins WHERE kind = ?1 AND value <> '' \
             ORDER BY reports DESC, value LIMIT ?2",
        )?
        .query_map(params![kind, values_max], |row| {
            Ok(ValueCount {
                value: row.get(0)?,
                title: String::new(),
                title_zh: String::new(),
                reports: rows::unsigned(row, 1)?,
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(found)
}
