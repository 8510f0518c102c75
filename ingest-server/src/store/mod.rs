//! The store: one contract, kept by every backend and proven by one suite of tests.
//!
//! Reads block: call them off the async executor. Writes are futures that resolve once what they
//! wrote is durable, so that an answer never promises more than the disk holds.

mod groups;
mod model;
pub mod sqlite;

use std::future::Future;
use std::pin::Pin;

use faultscan_wire::{KeyId, TicketId};

use crate::fingerprint::GroupId;
use crate::ids::{ProjectId, ReportId};

pub use groups::*;
pub use model::*;

/// Why the store did not do what it was asked.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Too many writes wait already.
    #[error("too many writes wait for the store")]
    Overloaded,
    /// The store is shutting down.
    #[error("the store is closed")]
    Closed,
    /// The disk is full.
    #[error("no space left for the store")]
    Full,
    /// The database failed.
    #[error("database: {0}")]
    Database(String),
    /// What is stored makes no sense.
    #[error("stored data is damaged: {0}")]
    Damaged(&'static str),
}

impl StoreError {
    /// Stable name of the fault.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Overloaded => "overloaded",
            Self::Closed => "shutting_down",
            Self::Full => "storage_full",
            Self::Database(_) => "storage_failed",
            Self::Damaged(_) => "storage_damaged",
        }
    }
}

/// The answer to a read.
pub type Read<T> = Result<T, StoreError>;
/// The answer to a write, once it is durable.
pub type Write<T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send>>;

/// What every backend does.
pub trait Store: Send + Sync + 'static {
    /// How an upload stands to what is stored. Only a hint: [`Store::accept_report`] decides.
    ///
    /// # Errors
    /// When the store fails.
    fn contact(&self, upload: &Upload) -> Read<Contact>;

    /// Stores a report, binds its ticket to its session key, and counts the use, in one step.
    /// `Fresh` means that it is stored; anything else that nothing was.
    fn accept_report(&self, report: Box<NewReport>, bounds: AcceptBounds) -> Write<Contact>;

    /// One report.
    ///
    /// # Errors
    /// When the store fails.
    fn report(&self, id: &ReportId) -> Read<Option<StoredReport>>;

    /// One report as lists show it.
    ///
    /// # Errors
    /// When the store fails.
    fn report_row(&self, id: &ReportId) -> Read<Option<ReportRow>>;

    /// Reports, newest first.
    ///
    /// # Errors
    /// When the store fails.
    fn reports(&self, query: &ReportQuery) -> Read<Vec<ReportRow>>;

    /// Reports, newest first, and how many the query finds. Where that has to be counted one by one,
    /// counting stops at `count_max`.
    ///
    /// # Errors
    /// When the store fails.
    fn reports_counted(
        &self,
        query: &ReportQuery,
        count_max: u64,
    ) -> Read<(Vec<ReportRow>, ReportCount)>;

    /// Groups of like failures.
    ///
    /// # Errors
    /// When the store fails.
    fn groups(&self, query: &GroupQuery) -> Read<Vec<GroupRow>>;

    /// One group as lists show it.
    ///
    /// # Errors
    /// When the store fails.
    fn group_row(&self, id: &GroupId) -> Read<Option<GroupRow>>;

    /// One group with its history and feedback.
    ///
    /// # Errors
    /// When the store fails.
    fn group(&self, id: &GroupId) -> Read<Option<GroupDetail>>;

    /// Changes how a group stands, who takes care of it, or its note; false where there is none.
    fn change_group(&self, id: GroupId, change: GroupChange) -> Write<bool>;

    /// Reports of each of these groups over time, in the order of the groups.
    ///
    /// # Errors
    /// When the store fails.
    fn group_counts(&self, groups: &[GroupId], steps: Steps) -> Read<Vec<Vec<u32>>>;

    /// Reports over time by code, cause or family; the order is not specified.
    ///
    /// # Errors
    /// When the store fails.
    fn trend(&self, by: TrendBy, filter: &TrendFilter, steps: Steps) -> Read<Vec<Series>>;

    /// What there is to narrow lists by; of each kind the `values_max` with most reports.
    ///
    /// # Errors
    /// When the store fails.
    fn facets(&self, values_max: u32) -> Read<FacetCounts>;

    /// Replaces a report's diagnosis. The first one is kept for retries of the upload.
    fn rediagnose(&self, change: Box<Rediagnosis>) -> Write<Change>;

    /// Adds feedback to a report that has fewer than `entries_max`.
    fn add_feedback(&self, id: ReportId, feedback: Feedback, entries_max: u32) -> Write<Change>;

    /// Stores an urgent datagram.
    fn record_urgent(&self, urgent: NewUrgent, bounds: UrgentBounds) -> Write<UrgentOutcome>;

    /// The reports of a session, newest first, at most `limit`.
    ///
    /// # Errors
    /// When the store fails.
    fn reports_of_session(
        &self,
        ticket: &TicketId,
        session_key: &SessionKey,
        limit: u32,
    ) -> Read<Vec<ReportRow>>;

    /// Keeps a ticket that was made here.
    fn insert_ticket(&self, ticket: StoredTicket) -> Write<()>;

    /// A ticket that was made here.
    ///
    /// # Errors
    /// When the store fails.
    fn ticket(&self, id: &TicketId) -> Read<Option<StoredTicket>>;

    /// All projects, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    fn projects(&self) -> Read<Vec<Project>>;

    /// The project whose API key has this digest.
    ///
    /// # Errors
    /// When the store fails.
    fn project_by_api_key(&self, digest: &Digest) -> Read<Option<Project>>;

    /// Adds a project with its issuer key; false where the name or id is taken.
    fn insert_project(&self, project: Project, key: Option<IssuerKey>) -> Write<bool>;

    /// Changes what a project's senders are told; false where there is no such project.
    fn set_control(&self, project: ProjectId, control: Control) -> Write<bool>;

    /// All issuer keys, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    fn issuer_keys(&self) -> Read<Vec<IssuerKey>>;

    /// One issuer key.
    ///
    /// # Errors
    /// When the store fails.
    fn issuer_key(&self, id: &KeyId) -> Read<Option<IssuerKey>>;

    /// Adds a key of the server's own; its active keys become retiring in the same step.
    fn rotate_server_key(&self, key: IssuerKey) -> Write<()>;

    /// Changes the state of a key; false where there is none. A revoked key stays revoked.
    fn set_key_state(&self, id: KeyId, state: KeyState) -> Write<bool>;

    /// The value of a setting; `candidate` becomes it where there is none.
    fn setting(&self, name: &'static str, candidate: Vec<u8>) -> Write<Vec<u8>>;

    /// Keeps the digest of a log-in link's token.
    fn add_login_token(&self, digest: Digest, ends_at_ms: u64) -> Write<()>;

    /// Uses a log-in link up and opens a session; false where the link is unknown, used or late.
    fn redeem_login_token(
        &self,
        token: Digest,
        now_ms: u64,
        session: Digest,
        session_ends_at_ms: u64,
    ) -> Write<bool>;

    /// Whether a session is open.
    ///
    /// # Errors
    /// When the store fails.
    fn session_is_open(&self, session: &Digest, now_ms: u64) -> Read<bool>;

    /// Closes a session.
    fn close_session(&self, session: Digest) -> Write<()>;

    /// Deletes what has had its time, one step's worth.
    fn sweep(&self, policy: SweepPolicy) -> Write<Swept>;

    /// How full the store is.
    ///
    /// # Errors
    /// When the store fails.
    fn stats(&self) -> Read<StoreStats>;

    /// Finishes all writes that were accepted, then stops. Blocks.
    fn close(&self);
}

/// The keys by which an upload is compared with what is stored.
#[derive(Debug, Clone, Copy)]
pub struct Upload {
    /// Ticket that it was made under.
    pub ticket_id: TicketId,
    /// Position in the session.
    pub sequence: u32,
    /// Key that claims to have signed it.
    pub session_key: SessionKey,
    /// SHA-256 of its bytes.
    pub envelope_digest: Digest,
}
