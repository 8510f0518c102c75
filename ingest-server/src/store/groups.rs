//! Groups of like failures, what becomes of them, and counts over time.

use std::collections::BTreeMap;

use super::Facets;
use crate::fingerprint::GroupId;
use crate::ids::ReportId;

/// Milliseconds of an hour, the finest step of counts over time.
pub const HOUR_MS: u64 = 3_600_000;

/// How a group stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum GroupState {
    /// Nobody has looked at it.
    New,
    /// Somebody says that it is real.
    Confirmed,
    /// Somebody says that it is mended.
    Fixed,
    /// A report came after it was said to be mended. Only the store sets this.
    Regressed,
}

impl GroupState {
    /// All of them, in the order in which pages show them.
    pub const ALL: [Self; 4] = [Self::New, Self::Confirmed, Self::Regressed, Self::Fixed];

    /// Its stable name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Confirmed => "confirmed",
            Self::Fixed => "fixed",
            Self::Regressed => "regressed",
        }
    }

    /// Reads the stable name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// A group of like failures.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupRow {
    /// Position in order of making; breaks ties between cursors.
    pub number: u64,
    /// Its id.
    pub id: GroupId,
    /// Name of its project.
    pub project: String,
    /// What its newest report shows in lists; the probability is left out.
    pub facets: Facets,
    /// The normalised values that make the group.
    pub captures: BTreeMap<String, String>,
    /// How it stands.
    pub state: GroupState,
    /// Since when.
    pub state_at_ms: u64,
    /// Whoever takes care of it.
    pub assignee: String,
    /// What they wrote.
    pub note: String,
    /// Arrival of its first report, also after that report is gone.
    pub first_seen_ms: u64,
    /// Arrival of its newest report.
    pub last_seen_ms: u64,
    /// Reports that are stored.
    pub reports: u64,
    /// How often people said that the diagnosis was right.
    pub right: u64,
    /// How often they said that it was wrong.
    pub wrong: u64,
}

/// A change of a group's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateChange {
    /// When.
    pub at_ms: u64,
    /// What it became.
    pub state: GroupState,
    /// The report that made it so; none: a person did.
    pub report: Option<ReportId>,
}

/// Feedback of a group's reports that says the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedbackCount {
    /// Whether the diagnosis was right.
    pub right: bool,
    /// The cause that it was instead.
    pub cause: Option<String>,
    /// How often.
    pub entries: u64,
}

/// A group with what hangs on it.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupDetail {
    /// As in lists.
    pub row: GroupRow,
    /// Changes of its state, newest first.
    pub history: Vec<StateChange>,
    /// What people said of its reports' diagnoses, most often said first.
    pub feedback: Vec<FeedbackCount>,
}

/// What a person changes of a group; `None` leaves it as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupChange {
    /// How it stands.
    pub state: Option<GroupState>,
    /// Whoever takes care of it.
    pub assignee: Option<String>,
    /// What they write.
    pub note: Option<String>,
    /// When.
    pub at_ms: u64,
}

/// What reports and groups are narrowed by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupFilter {
    /// Only this code.
    pub code: Option<String>,
    /// Only this family.
    pub family: Option<String>,
    /// Only this cause.
    pub cause: Option<String>,
    /// Only this project, by id or name.
    pub project: Option<String>,
    /// Only `explained` or `unexplained`.
    pub status: Option<String>,
    /// Only groups that stand so.
    pub state: Option<GroupState>,
}

/// What trends are narrowed by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrendFilter {
    /// By what all reports of a group have in common.
    pub groups: GroupFilter,
    /// Only this group.
    pub group: Option<GroupId>,
    /// Only this operating system: the whole value, or the part before its version.
    pub os: Option<String>,
    /// Only this version of the app.
    pub app_version: Option<String>,
}

/// In which order groups come, each descending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GroupOrder {
    /// By the arrival of the newest report.
    #[default]
    LastSeen,
    /// By the arrival of the first report.
    FirstSeen,
    /// By the number of reports.
    Reports,
}

/// Which groups to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupQuery {
    /// What to narrow by.
    pub filter: GroupFilter,
    /// Words that must occur in code, titles, captured values, assignee or note, in lower case.
    pub words: Vec<String>,
    /// In which order.
    pub order: GroupOrder,
    /// Only what comes after this place: the value ordered by, then the group's number.
    pub after: Option<(u64, u64)>,
    /// At most this many.
    pub limit: u32,
}

/// What trends are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrendBy {
    /// The code.
    Code,
    /// The cause.
    Cause,
    /// The code's family.
    Family,
}

/// Equal steps of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Steps {
    /// Beginning of the first, Unix milliseconds; a whole number of steps since 1970.
    pub from_ms: u64,
    /// Length of each, a whole number of hours.
    pub step_ms: u64,
    /// How many.
    pub count: usize,
}

impl Steps {
    /// The steps that end with the one that `until_ms` falls into.
    #[must_use]
    pub fn until(until_ms: u64, step_ms: u64, count: usize) -> Self {
        let last = until_ms / step_ms;
        let first = last.saturating_sub(count.saturating_sub(1) as u64);
        Self {
            from_ms: first * step_ms,
            step_ms,
            count,
        }
    }
}

/// Reports of one key over time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// The code, cause or family; none: those without one.
    pub key: Option<String>,
    /// Its title, English.
    pub title: String,
    /// Its title, Chinese.
    pub title_zh: String,
    /// Reports in each step.
    pub counts: Vec<u32>,
}

/// How many reports have a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueCount {
    /// The value.
    pub value: String,
    /// Its title, English; may be empty.
    pub title: String,
    /// Its title, Chinese; may be empty.
    pub title_zh: String,
    /// Reports.
    pub reports: u64,
}

/// What there is to narrow by, most reports first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FacetCounts {
    /// All reports.
    pub reports: u64,
    /// Groups in each state.
    pub states: Vec<(GroupState, u64)>,
    /// Projects, by name.
    pub projects: Vec<ValueCount>,
    /// Families.
    pub families: Vec<ValueCount>,
    /// Codes.
    pub codes: Vec<ValueCount>,
    /// Causes.
    pub causes: Vec<ValueCount>,
    /// Operating systems with their versions.
    pub os: Vec<ValueCount>,
    /// Versions of apps.
    pub app_versions: Vec<ValueCount>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_end_with_the_present_one() {
        let steps = Steps::until(10 * HOUR_MS + 5, 2 * HOUR_MS, 3);
        assert_eq!((steps.from_ms, steps.count), (6 * HOUR_MS, 3));
        assert_eq!(Steps::until(0, HOUR_MS, 5).from_ms, 0);
    }

    #[test]
    fn states_are_read_as_they_are_written() {
        for state in GroupState::ALL {
            assert_eq!(GroupState::parse(state.as_str()), Some(state));
        }
        assert_eq!(GroupState::parse("Fixed"), None);
    }
}
