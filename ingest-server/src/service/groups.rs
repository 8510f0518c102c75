//! Groups of like failures, and counts over time.

use std::sync::Arc;

use faultscan_wire::scrub;

use super::Core;
use super::events;
use super::refusal::{Class, Refusal};
use super::reports::check_texts;
use crate::fingerprint::GroupId;
use crate::observe::Item;
use crate::store::{
    FacetCounts, GroupChange, GroupDetail, GroupFilter, GroupQuery, GroupRow, GroupState, HOUR_MS,
    Series, Steps, Store, TrendBy, TrendFilter,
};

/// Steps of the small curve beside a group: the last two weeks by day.
const SPARK_STEPS: usize = 14;
const DAY_MS: u64 = 24 * HOUR_MS;
/// Steps of the curve on a group's own page.
const GROUP_STEPS: usize = 30;
/// Longest name of whoever takes care of a group.
const ASSIGNEE_CHARS_MAX: usize = 64;
/// Words of a search of groups that count.
const WORDS_MAX: usize = 12;
/// Values of each kind that lists can be narrowed by.
const FACET_VALUES_MAX: u32 = 200;
/// Steps that a trend may have.
const TREND_STEPS_MAX: u64 = 400;
/// Longest span of a trend that is counted in hours.
const HOURS_SPAN_MAX_MS: u64 = 31 * DAY_MS;
/// Longest step of a trend.
const STEP_HOURS_MAX: u64 = 24 * 366;

/// A group with its curve.
#[derive(Debug, Clone)]
pub struct Group {
    /// As stored.
    pub row: GroupRow,
    /// Reports in each step.
    pub counts: Vec<u32>,
    /// The steps.
    pub steps: Steps,
}

/// A page of a list of groups.
#[derive(Debug, Clone)]
pub struct Page {
    /// In the order asked for.
    pub groups: Vec<Group>,
    /// Where the next page begins.
    pub next: Option<(u64, u64)>,
}

/// What somebody wants of a list of groups.
#[derive(Debug, Clone, Default)]
pub struct ListRequest {
    /// What they typed.
    pub text: Option<String>,
    /// Everything else. `words` in it are made of the above.
    pub query: GroupQuery,
}

fn check_filter(core: &Core, filter: &GroupFilter) -> Result<(), Refusal> {
    let GroupFilter {
        code,
        family,
        cause,
        project,
        status,
        state: _,
    } = filter;
    check_texts(core, &[code, family, cause, project, status])
}

/// Lists groups.
///
/// # Errors
/// When the query is out of bounds or the store fails.
pub async fn list(core: &Arc<Core>, request: ListRequest) -> Result<Page, Refusal> {
    let ListRequest { text, mut query } = request;
    check_texts(core, &[&text])?;
    check_filter(core, &query.filter)?;
    let text = text.unwrap_or_default().to_lowercase();
    let words = text.split_whitespace().take(WORDS_MAX);
    query.words = words.map(str::to_owned).collect();
    let limit = query.limit.clamp(1, core.config.limits.page_items_max);
    query.limit = limit + 1;
    let steps = Steps::until(core.now_ms(), DAY_MS, SPARK_STEPS);
    let order = query.order;
    let (mut rows, counts) = core
        .read(move |store| {
            let rows = store.groups(&query)?;
            let ids: Vec<GroupId> = rows.iter().map(|row| row.id).collect();
            let counts = store.group_counts(&ids, steps)?;
            Ok((rows, counts))
        })
        .await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let place = |row: &GroupRow| match order {
        crate::store::GroupOrder::LastSeen => row.last_seen_ms,
        crate::store::GroupOrder::FirstSeen => row.first_seen_ms,
        crate::store::GroupOrder::Reports => row.reports,
    };
    let last = rows.last().map(|row| (place(row), row.number));
    let groups = rows
        .into_iter()
        .zip(counts)
        .map(|(row, counts)| Group { row, counts, steps });
    Ok(Page {
        groups: groups.collect(),
        next: last.filter(|_| more),
    })
}

/// A group as its page shows it.
#[derive(Debug, Clone)]
pub struct Shown {
    /// As stored.
    pub detail: GroupDetail,
    /// The group's reports in each step.
    pub counts: Vec<u32>,
    /// The steps.
    pub steps: Steps,
    /// Titles of the causes that feedback names, English and Chinese, in the feedback's order.
    pub causes: Vec<[String; 2]>,
}

/// One group.
///
/// # Errors
/// `not_found`, or the store's failure.
pub async fn get(core: &Arc<Core>, id: GroupId) -> Result<Shown, Refusal> {
    let steps = Steps::until(core.now_ms(), DAY_MS, GROUP_STEPS);
    let (detail, counts) = core
        .read(move |store| Ok((store.group(&id)?, store.group_counts(&[id], steps)?)))
        .await?;
    let detail = detail.ok_or_else(|| Refusal::missing("group"))?;
    let title = |cause: Option<&String>| {
        let known = cause.and_then(|cause| core.engine.catalogue().cause(cause));
        known.map_or_else(Default::default, |cause| {
            [cause.title.en.clone(), cause.title.zh.clone()]
        })
    };
    let causes = detail
        .feedback
        .iter()
        .map(|said| title(said.cause.as_ref()));
    Ok(Shown {
        causes: causes.collect(),
        counts: counts.into_iter().next().unwrap_or_default(),
        steps,
        detail,
    })
}

/// Changes how a group stands, who takes care of it, or its note.
///
/// # Errors
/// `bad_state`, `note_too_long`, `not_found`, or the store's failure.
pub async fn change(
    core: &Arc<Core>,
    id: GroupId,
    state: Option<GroupState>,
    assignee: Option<String>,
    note: Option<String>,
) -> Result<Shown, Refusal> {
    let result = try_change(core, id, state, assignee, note).await;
    core.count(Item::Group, &result);
    result?;
    get(core, id).await
}

async fn try_change(
    core: &Arc<Core>,
    id: GroupId,
    state: Option<GroupState>,
    assignee: Option<String>,
    note: Option<String>,
) -> Result<(), Refusal> {
    if state == Some(GroupState::Regressed) {
        return Err(Refusal::new(
            Class::Unacceptable,
            "bad_state",
            "a group regresses by a new report, not by hand",
        ));
    }
    let bytes_max = core.config.limits.feedback_note_bytes_max;
    let too_long = note.as_ref().is_some_and(|note| note.len() > bytes_max)
        || assignee
            .as_ref()
            .is_some_and(|name| name.chars().count() > ASSIGNEE_CHARS_MAX);
    if too_long {
        let detail = format!(
            "a note is at most {bytes_max} bytes, a name at most {ASSIGNEE_CHARS_MAX} characters"
        );
        return Err(Refusal::new(Class::Unacceptable, "note_too_long", detail));
    }
    let tidy = |text: String| scrub::scrub(text.trim()).into_owned();
    let change = GroupChange {
        state,
        assignee: assignee.map(tidy),
        note: note.map(tidy),
        at_ms: core.now_ms(),
    };
    if !core.store.change_group(id, change).await? {
        return Err(Refusal::missing("group"));
    }
    events::publish_group(core, id);
    Ok(())
}

/// What somebody wants of a trend.
#[derive(Debug, Clone)]
pub struct TrendRequest {
    /// What to tell apart.
    pub by: TrendBy,
    /// What to narrow by.
    pub filter: TrendFilter,
    /// Time covered, in hours, ending now.
    pub hours: u64,
    /// Length of a step, in hours.
    pub step_hours: u64,
    /// Series told apart; the others are summed up.
    pub series_max: usize,
}

/// Reports over time.
#[derive(Debug, Clone)]
pub struct Trend {
    /// The steps.
    pub steps: Steps,
    /// Those with most reports, most first.
    pub series: Vec<Series>,
    /// All others together, in each step.
    pub others: Vec<u32>,
    /// How many series those are.
    pub others_count: usize,
}

/// Reports over time by code, cause or family.
///
/// # Errors
/// `bad_query` where the span or the step is out of bounds, or the store's failure.
pub async fn trend(core: &Arc<Core>, request: TrendRequest) -> Result<Trend, Refusal> {
    let TrendRequest {
        by,
        filter,
        hours,
        step_hours,
        series_max,
    } = request;
    check_filter(core, &filter.groups)?;
    check_texts(core, &[&filter.os, &filter.app_version])?;
    let count = hours.checked_div(step_hours).unwrap_or(0);
    let span_ms = hours.saturating_mul(HOUR_MS);
    let by_day = step_hours.is_multiple_of(24);
    if step_hours == 0
        || step_hours > STEP_HOURS_MAX
        || !(1..=TREND_STEPS_MAX).contains(&count)
        || (!by_day && span_ms > HOURS_SPAN_MAX_MS)
    {
        let detail = format!(
            "a trend has 1 to {TREND_STEPS_MAX} steps of whole hours; beyond 31 days they are whole days"
        );
        return Err(Refusal::new(Class::Malformed, "bad_query", detail));
    }
    let count = usize::try_from(count).unwrap_or(1);
    let steps = Steps::until(core.now_ms(), step_hours * HOUR_MS, count);
    let mut series = core
        .read(move |store| store.trend(by, &filter, steps))
        .await?;
    let sum = |series: &Series| series.counts.iter().map(|n| u64::from(*n)).sum::<u64>();
    series.sort_by(|a, b| sum(b).cmp(&sum(a)).then_with(|| a.key.cmp(&b.key)));
    let rest = series.split_off(series_max.min(series.len()));
    let mut others = vec![0u32; count];
    for one in &rest {
        for (all, n) in others.iter_mut().zip(&one.counts) {
            *all = all.saturating_add(*n);
        }
    }
    Ok(Trend {
        steps,
        series,
        others,
        others_count: rest.len(),
    })
}

/// What there is to narrow lists by.
///
/// # Errors
/// When the store fails.
pub async fn facets(core: &Arc<Core>) -> Result<FacetCounts, Refusal> {
    core.read(|store: &dyn Store| store.facets(FACET_VALUES_MAX))
        .await
}
