//! What a store keeps, in the server's own terms. Nothing here knows HTTP or SQL.

use std::sync::Arc;

use faultscan_wire::{KeyId, TicketId};

use super::{GroupFilter, GroupState};
use crate::fingerprint::{GroupId, Likeness};
use crate::ids::{ProjectId, ReportId};
use crate::search;

/// Public half of the key that a phone signs its snapshots with.
pub type SessionKey = [u8; 32];
/// A SHA-256 digest.
pub type Digest = [u8; 32];

/// What a list shows of a report and what it can be filtered by.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facets {
    /// Best matching code.
    pub code: Option<String>,
    /// Family of that code.
    pub family: Option<String>,
    /// Title of that code, English.
    pub title: String,
    /// Title of that code, Chinese.
    pub title_zh: String,
    /// Most probable cause.
    pub cause: Option<String>,
    /// Its title, English.
    pub cause_title: String,
    /// Its title, Chinese.
    pub cause_title_zh: String,
    /// Its probability.
    pub probability: Option<f64>,
    /// Severity of the code.
    pub severity: Option<String>,
    /// `explained` or `unexplained`.
    pub status: String,
}

/// What a list shows of the phone that a report came from.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Origin {
    /// Model of the device.
    pub device: String,
    /// Operating system with its version.
    pub os: String,
    /// Version of the app.
    pub app_version: String,
    /// Captured log lines, the ticket's evidence lines included.
    pub log_lines: u32,
}

/// A verified, scrubbed, diagnosed snapshot on its way into the store.
#[derive(Debug, Clone)]
pub struct NewReport {
    /// Its id.
    pub id: ReportId,
    /// Ticket that it was made under.
    pub ticket_id: TicketId,
    /// Position in the session.
    pub sequence: u32,
    /// Key that signed it.
    pub session_key: SessionKey,
    /// SHA-256 of the bytes as they arrived.
    pub envelope_digest: Digest,
    /// Project of the ticket's issuer.
    pub project: ProjectId,
    /// When it arrived.
    pub received_at_ms: u64,
    /// When it was captured, by the phone's clock.
    pub captured_at_ms: u64,
    /// Phone's clock minus ours.
    pub clock_skew_ms: i64,
    /// After this nobody may upload under the ticket, and its binding may be forgotten.
    pub binding_ends_at_s: u64,
    /// The list's view.
    pub facets: Facets,
    /// The list's view of the phone.
    pub origin: Origin,
    /// The group of like failures that it belongs to.
    pub likeness: Likeness,
    /// What a search finds it by, as [`search::Terms`] makes it.
    pub terms: String,
    /// The ticket as signed.
    pub ticket: Vec<u8>,
    /// The scrubbed body, packed.
    pub body: Vec<u8>,
    /// The diagnosis as JSON.
    pub diagnosis: Arc<str>,
}

/// Bounds that the store checks in the same step as it writes.
#[derive(Debug, Clone, Copy)]
pub struct AcceptBounds {
    /// Snapshots taken for one ticket.
    pub snapshots_per_ticket_max: u32,
}

/// What a retry gets to hear: the same as the first time.
#[derive(Debug, Clone, PartialEq)]
pub struct FirstAnswer {
    /// The report that the first upload made.
    pub id: ReportId,
    /// When that upload arrived.
    pub received_at_ms: u64,
    /// Phone's clock minus ours, then.
    pub clock_skew_ms: i64,
    /// The diagnosis as it was answered, as JSON.
    pub diagnosis: Arc<str>,
}

/// How an upload stands to what is stored already.
#[derive(Debug, Clone, PartialEq)]
pub enum Contact {
    /// Nothing stored under this ticket and sequence. `bound` tells whether the session key holds
    /// the ticket already.
    Fresh {
        /// Whether the session key holds the ticket.
        bound: bool,
    },
    /// The same bytes are stored.
    Duplicate(FirstAnswer),
    /// Other bytes are stored under this sequence.
    SequenceConflict,
    /// Another session key holds the ticket.
    BoundToOther,
    /// The ticket has had as many snapshots as it may.
    Spent,
}

/// A ticket that was made here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTicket {
    /// Its id.
    pub id: TicketId,
    /// The project it was made for.
    pub project: ProjectId,
    /// Signed bytes.
    pub bytes: Vec<u8>,
    /// End of its life.
    pub expires_at_s: u64,
}

/// An urgent datagram whose signature is right.
#[derive(Debug, Clone, PartialEq)]
pub struct NewUrgent {
    /// Ticket it names.
    pub ticket_id: TicketId,
    /// Key that signed it.
    pub session_key: SessionKey,
    /// Position among the session's datagrams.
    pub sequence: u32,
    /// `anr`, `oom`, `crash`, `memory_warning` or `unknown-<n>`.
    pub kind: String,
    /// By the phone's clock.
    pub occurred_at_ms: u64,
    /// When it arrived.
    pub received_at_ms: u64,
    /// Name and value of each metric, as a JSON object.
    pub metrics: String,
    /// Last log line, scrubbed.
    pub line: String,
}

/// What became of an urgent datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UrgentOutcome {
    /// Stored.
    Accepted,
    /// Stored already.
    Duplicate,
    /// Nobody here knows the ticket, or its time is over.
    UnknownTicket,
    /// Another session key holds the ticket.
    BoundToOther,
    /// The ticket has had as many datagrams as it may.
    Spent,
}

/// Bounds for urgent datagrams, checked in the same step as they are written.
#[derive(Debug, Clone, Copy)]
pub struct UrgentBounds {
    /// Datagrams kept for one ticket.
    pub per_ticket_max: u32,
    /// How long after its end a ticket is still good for datagrams.
    pub grace_s: u64,
}

/// A report in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportRow {
    /// Position in order of arrival; the cursor of lists.
    pub cursor: u64,
    /// Its id.
    pub id: ReportId,
    /// When it arrived.
    pub received_at_ms: u64,
    /// When it was captured, by the phone's clock.
    pub captured_at_ms: u64,
    /// Name of its project.
    pub project: String,
    /// Its ticket.
    pub ticket_id: TicketId,
    /// The list's view.
    pub facets: Facets,
    /// The list's view of the phone.
    pub origin: Origin,
    /// Urgent datagrams of the same session.
    pub urgent: u32,
    /// The group of like failures that it belongs to.
    pub group: GroupId,
    /// How that group stands.
    pub state: GroupState,
}

/// A whole report.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredReport {
    /// As in lists.
    pub row: ReportRow,
    /// Its project.
    pub project_id: ProjectId,
    /// Phone's clock minus ours.
    pub clock_skew_ms: i64,
    /// The ticket as signed.
    pub ticket: Vec<u8>,
    /// The scrubbed body, packed.
    pub body: Vec<u8>,
    /// The diagnosis as JSON.
    pub diagnosis: Arc<str>,
    /// Answers to checks.
    pub answers: Vec<Answered>,
    /// Urgent datagrams of the same session.
    pub urgent: Vec<NewUrgent>,
    /// What people said of the diagnosis.
    pub feedback: Vec<Feedback>,
}

/// An answer to a check.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Answered {
    /// The check's id.
    pub check: String,
    /// `yes`, `no` or `unsure`.
    pub answer: String,
}

/// A new diagnosis of a stored report.
#[derive(Debug, Clone)]
pub struct Rediagnosis {
    /// Which report.
    pub id: ReportId,
    /// The answers that the caller saw; others in the store mean that somebody was faster.
    pub answers_seen: Vec<Answered>,
    /// The answers from now on.
    pub answers: Vec<Answered>,
    /// The list's view from now on.
    pub facets: Facets,
    /// Its group from now on.
    pub likeness: Likeness,
    /// What a search finds it by from now on.
    pub terms: String,
    /// The diagnosis from now on, as JSON.
    pub diagnosis: Arc<str>,
}

/// What became of a change to a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Done.
    Done,
    /// No such report.
    Missing,
    /// The report changed in between; look again.
    Raced,
    /// As many entries as there may be.
    Full,
}

/// What somebody said of a diagnosis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feedback {
    /// Whether it was right.
    pub right: bool,
    /// The cause that it was.
    pub cause: Option<String>,
    /// In their words, scrubbed.
    pub note: Option<String>,
    /// When.
    pub at_ms: u64,
}

/// Which reports to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReportQuery {
    /// Words to look for.
    pub text: Option<search::Query>,
    /// What to narrow by that all reports of a group have in common.
    pub filter: GroupFilter,
    /// Only this group.
    pub group: Option<GroupId>,
    /// Only this operating system: the whole value, or the part before its version.
    pub os: Option<String>,
    /// Only this version of the app.
    pub app_version: Option<String>,
    /// Only what arrived at this time or later.
    pub from_ms: Option<u64>,
    /// Only what arrived before this time.
    pub to_ms: Option<u64>,
    /// Only what comes after this position, newest first.
    pub before: Option<u64>,
    /// At most this many.
    pub limit: u32,
}

/// How many reports a query finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportCount {
    /// As far as was counted.
    pub reports: u64,
    /// False: there are more.
    pub exact: bool,
}

impl ReportCount {
    /// That many and no more.
    #[must_use]
    pub fn exactly(reports: u64) -> Self {
        Self {
            reports,
            exact: true,
        }
    }
}

/// What senders of a project are told to do from now on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Control {
    /// False: send nothing more.
    pub enabled: bool,
    /// Share of sessions that should send, 0 to 1.
    pub sample_rate: f64,
}

impl Default for Control {
    fn default() -> Self {
        Self {
            enabled: true,
            sample_rate: 1.0,
        }
    }
}

/// A project.
#[derive(Debug, Clone, PartialEq)]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// Its name, unique.
    pub name: String,
    /// SHA-256 of its API key; none: it has no API key.
    pub api_key_digest: Option<Digest>,
    /// When it was made.
    pub created_at_ms: u64,
    /// What its senders are told.
    pub control: Control,
}

/// Whether an issuer's key may sign, only verify, or neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// Signs and verifies.
    Active,
    /// Verifies what it signed until that runs out.
    Retiring,
    /// Nothing signed by it counts any more.
    Revoked,
}

impl KeyState {
    /// Its stable name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Retiring => "retiring",
            Self::Revoked => "revoked",
        }
    }

    /// Reads the stable name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Retiring, Self::Revoked]
            .into_iter()
            .find(|s| s.as_str() == text)
    }
}

/// A key that signs tickets.
#[derive(Clone, PartialEq, Eq)]
pub struct IssuerKey {
    /// Its id.
    pub id: KeyId,
    /// Public half.
    pub public: [u8; 32],
    /// Secret half: only the server's own keys have one here.
    pub secret: Option<[u8; 32]>,
    /// The project whose tickets it signs; none: the server's own key.
    pub project: Option<ProjectId>,
    /// What it is good for.
    pub state: KeyState,
    /// When it was made.
    pub created_at_ms: u64,
}

impl std::fmt::Debug for IssuerKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IssuerKey")
            .field("id", &self.id)
            .field("project", &self.project)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// What to delete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SweepPolicy {
    /// The time now.
    pub now_ms: u64,
    /// Reports that arrived before this go.
    pub reports_before_ms: u64,
    /// Above this the oldest reports go.
    pub stored_bytes_max: u64,
    /// At most this many reports in one step, so that uploads do not wait.
    pub reports_per_step_max: u32,
}

/// What one step of a sweep deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Swept {
    /// Reports deleted.
    pub reports: u32,
    /// Whether another step has work to do.
    pub more: bool,
}

/// How full the store is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StoreStats {
    /// Reports.
    pub reports: u64,
    /// Bytes in use.
    pub stored_bytes: u64,
}
