//! Groups and counts as JSON; see [`super::view`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::service::groups::{Group, Shown, Trend};
use crate::store::{FacetCounts, GroupRow, Series, Steps, ValueCount};

/// A group of like failures: same project, code, cause and normalised captures.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct GroupFacts {
    /// 32 hexadecimal digits.
    id: String,
    /// Name of the project.
    project: String,
    code: Option<String>,
    family: Option<String>,
    /// Title of the code; of a group without one the verdict.
    title: String,
    title_zh: String,
    cause: Option<String>,
    cause_title: String,
    cause_title_zh: String,
    severity: Option<String>,
    /// `explained` or `unexplained`.
    status: String,
    /// The normalised values that make the group.
    captures: BTreeMap<String, String>,
    /// `new`, `confirmed`, `fixed` or `regressed`.
    state: &'static str,
    /// Since when, Unix milliseconds.
    state_at_ms: u64,
    /// Whoever takes care of it; empty: nobody.
    assignee: String,
    /// What they wrote.
    note: String,
    /// Arrival of the first report, Unix milliseconds; stays when that report is gone.
    first_seen_ms: u64,
    /// Arrival of the newest report, Unix milliseconds.
    last_seen_ms: u64,
    /// Reports that are stored.
    reports: u64,
    /// How often people said that the diagnosis was right.
    right: u64,
    /// How often they said that it was wrong.
    wrong: u64,
}

impl From<GroupRow> for GroupFacts {
    fn from(row: GroupRow) -> Self {
        let facets = row.facets;
        Self {
            id: row.id.to_string(),
            project: row.project,
            code: facets.code,
            family: facets.family,
            title: facets.title,
            title_zh: facets.title_zh,
            cause: facets.cause,
            cause_title: facets.cause_title,
            cause_title_zh: facets.cause_title_zh,
            severity: facets.severity,
            status: facets.status,
            captures: row.captures,
            state: row.state.as_str(),
            state_at_ms: row.state_at_ms,
            assignee: row.assignee,
            note: row.note,
            first_seen_ms: row.first_seen_ms,
            last_seen_ms: row.last_seen_ms,
            reports: row.reports,
            right: row.right,
            wrong: row.wrong,
        }
    }
}

/// Counts in equal steps of time.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Curve {
    /// Beginning of the first step, Unix milliseconds.
    from_ms: u64,
    /// Length of each step.
    step_ms: u64,
    /// Reports in each step; the last one is still going on.
    counts: Vec<u32>,
}

impl Curve {
    fn new(steps: Steps, counts: Vec<u32>) -> Self {
        Self {
            from_ms: steps.from_ms,
            step_ms: steps.step_ms,
            counts,
        }
    }
}

/// A group in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct GroupSummary {
    #[serde(flatten)]
    facts: GroupFacts,
    /// The last 14 days.
    curve: Curve,
}

impl From<Group> for GroupSummary {
    fn from(group: Group) -> Self {
        Self {
            curve: Curve::new(group.steps, group.counts),
            facts: group.row.into(),
        }
    }
}

/// A page of groups.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct GroupPage {
    pub(super) items: Vec<GroupSummary>,
    /// `after` of the next page; none: this was the last.
    pub(super) next: Option<String>,
}

/// A change of a group's state.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StateChangeView {
    /// Unix milliseconds.
    at_ms: u64,
    /// What it became.
    state: &'static str,
    /// The report that made it so; none: a person did.
    report: Option<String>,
}

/// Feedback that says the same.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SaidView {
    /// `right` or `wrong`.
    verdict: &'static str,
    /// The cause that it was instead.
    cause: Option<String>,
    cause_title: String,
    cause_title_zh: String,
    /// How often.
    entries: u64,
}

/// A group with what hangs on it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct GroupView {
    #[serde(flatten)]
    facts: GroupFacts,
    /// The last 30 days.
    curve: Curve,
    /// Newest first.
    history: Vec<StateChangeView>,
    /// Most often said first.
    feedback: Vec<SaidView>,
}

impl From<Shown> for GroupView {
    fn from(shown: Shown) -> Self {
        let history = shown
            .detail
            .history
            .into_iter()
            .map(|change| StateChangeView {
                at_ms: change.at_ms,
                state: change.state.as_str(),
                report: change.report.map(|id| id.to_string()),
            });
        let feedback = shown.detail.feedback.into_iter().zip(shown.causes);
        let said = feedback.map(|(said, [cause_title, cause_title_zh])| SaidView {
            verdict: if said.right { "right" } else { "wrong" },
            cause: said.cause,
            cause_title,
            cause_title_zh,
            entries: said.entries,
        });
        Self {
            history: history.collect(),
            feedback: said.collect(),
            curve: Curve::new(shown.steps, shown.counts),
            facts: shown.detail.row.into(),
        }
    }
}

/// What to change of a group; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupEdit {
    /// `new`, `confirmed` or `fixed`. Only a report makes a group regress.
    #[serde(default)]
    #[schema(example = "fixed")]
    pub(super) state: Option<String>,
    /// Whoever takes care of it, up to 64 characters; empty: nobody.
    #[serde(default)]
    pub(super) assignee: Option<String>,
    /// A note, up to 2,000 bytes.
    #[serde(default)]
    pub(super) note: Option<String>,
}

/// Reports of one code, cause or family over time.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SeriesView {
    /// The code, cause or family; none: reports without one.
    key: Option<String>,
    title: String,
    title_zh: String,
    /// Reports in all steps.
    total: u64,
    /// Reports in each step.
    counts: Vec<u32>,
}

impl From<Series> for SeriesView {
    fn from(series: Series) -> Self {
        Self {
            key: series.key,
            title: series.title,
            title_zh: series.title_zh,
            total: series.counts.iter().map(|n| u64::from(*n)).sum(),
            counts: series.counts,
        }
    }
}

/// Reports over time.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TrendView {
    /// Beginning of the first step, Unix milliseconds.
    from_ms: u64,
    /// Length of each step.
    step_ms: u64,
    /// Those with most reports, most first.
    series: Vec<SeriesView>,
    /// All others together, in each step.
    others: Vec<u32>,
    /// How many series those are.
    others_count: usize,
}

impl From<Trend> for TrendView {
    fn from(trend: Trend) -> Self {
        Self {
            from_ms: trend.steps.from_ms,
            step_ms: trend.steps.step_ms,
            series: trend.series.into_iter().map(Into::into).collect(),
            others: trend.others,
            others_count: trend.others_count,
        }
    }
}

/// How many reports have a value.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FacetValue {
    value: String,
    title: String,
    title_zh: String,
    reports: u64,
}

impl From<ValueCount> for FacetValue {
    fn from(count: ValueCount) -> Self {
        Self {
            value: count.value,
            title: count.title,
            title_zh: count.title_zh,
            reports: count.reports,
        }
    }
}

/// What there is to narrow lists by, most reports first, at most 200 values of each kind.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FacetsView {
    /// All reports.
    reports: u64,
    /// Groups in each state.
    states: BTreeMap<&'static str, u64>,
    projects: Vec<FacetValue>,
    families: Vec<FacetValue>,
    codes: Vec<FacetValue>,
    causes: Vec<FacetValue>,
    os: Vec<FacetValue>,
    app_versions: Vec<FacetValue>,
}

impl From<FacetCounts> for FacetsView {
    fn from(facets: FacetCounts) -> Self {
        let values = |counts: Vec<ValueCount>| counts.into_iter().map(Into::into).collect();
        let states = facets.states.iter();
        Self {
            reports: facets.reports,
            states: states.map(|(state, n)| (state.as_str(), *n)).collect(),
            projects: values(facets.projects),
            families: values(facets.families),
            codes: values(facets.codes),
            causes: values(facets.causes),
            os: values(facets.os),
            app_versions: values(facets.app_versions),
        }
    }
}
