//! The embedded backend: one SQLite database in the data folder, nothing else to start.

mod connection;
mod groups;
mod lists;
mod membership;
mod migrate;
mod reports;
mod rows;
mod sweep;
mod trends;
mod upkeep;
mod writer;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use faultscan_wire::{KeyId, TicketId};

use self::connection::Readers;
use self::writer::{Grouping, Writer};
use super::{
    AcceptBounds, Change, Contact, Control, Digest, FacetCounts, Feedback, GroupChange,
    GroupDetail, GroupQuery, GroupRow, IssuerKey, KeyState, NewReport, NewUrgent, Project, Read,
    Rediagnosis, ReportCount, ReportQuery, ReportRow, Series, SessionKey, Steps, Store, StoreError,
    StoreStats, StoredReport, StoredTicket, SweepPolicy, Swept, TrendBy, TrendFilter, Upload,
    UrgentBounds, UrgentOutcome, Write,
};
use crate::config;
use crate::fingerprint::GroupId;
use crate::ids::{ProjectId, ReportId};
use crate::observe::Observe;

const FILE_NAME: &str = "faultscan.sqlite";

/// Reports, keys and sessions in one SQLite file.
#[derive(Debug)]
pub struct SqliteStore {
    readers: Readers,
    writer: Writer,
}

impl SqliteStore {
    /// Opens the store in a folder, which is made where it is missing. The folder holds secret
    /// keys, so it is made readable by its owner only.
    ///
    /// # Errors
    /// When the folder cannot be made or the database not be opened.
    pub fn open(
        folder: &Path,
        config: &config::Store,
        observe: Arc<Observe>,
    ) -> Result<Self, StoreError> {
        private_folder(folder)
            .map_err(|e| StoreError::Database(format!("folder {}: {e}", folder.display())))?;
        let path = folder.join(FILE_NAME);
        private_file(&path)
            .map_err(|e| StoreError::Database(format!("file {}: {e}", path.display())))?;
        let conn = connection::open_writer(&path, config.file_bytes_max)?;
        let readers = Readers::open(&path, config.readers)?;
        let grouping = Grouping {
            queue_max: config.write_queue_max,
            group_max: config.group_max,
            wait: Duration::from_micros(config.group_wait_us),
        };
        Ok(Self {
            readers,
            writer: Writer::start(conn, grouping, observe)?,
        })
    }
}

fn private_folder(folder: &Path) -> std::io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Makes the database's file for its owner's eyes only; SQLite's side files follow it.
fn private_file(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

impl Store for SqliteStore {
    fn contact(&self, upload: &Upload) -> Read<Contact> {
        self.readers.with(|conn| reports::contact(conn, upload))
    }

    fn accept_report(&self, report: Box<NewReport>, bounds: AcceptBounds) -> Write<Contact> {
        self.writer
            .write(move |conn| reports::accept(conn, &report, bounds))
    }

    fn report(&self, id: &ReportId) -> Read<Option<StoredReport>> {
        self.readers.with(|conn| reports::one(conn, id))
    }

    fn report_row(&self, id: &ReportId) -> Read<Option<ReportRow>> {
        self.readers.with(|conn| reports::row(conn, id))
    }

    fn reports(&self, query: &ReportQuery) -> Read<Vec<ReportRow>> {
        self.readers.with(|conn| lists::list(conn, query))
    }

    fn reports_counted(
        &self,
        query: &ReportQuery,
        count_max: u64,
    ) -> Read<(Vec<ReportRow>, ReportCount)> {
        self.readers
            .with(|conn| lists::page(conn, query, count_max))
    }

    fn groups(&self, query: &GroupQuery) -> Read<Vec<GroupRow>> {
        self.readers.with(|conn| groups::list(conn, query))
    }

    fn group_row(&self, id: &GroupId) -> Read<Option<GroupRow>> {
        self.readers.with(|conn| groups::row(conn, id))
    }

    fn group(&self, id: &GroupId) -> Read<Option<GroupDetail>> {
        self.readers.with(|conn| groups::one(conn, id))
    }

    fn change_group(&self, id: GroupId, change: GroupChange) -> Write<bool> {
        self.writer
            .write(move |conn| groups::change(conn, &id, &change))
    }

    fn group_counts(&self, groups: &[GroupId], steps: Steps) -> Read<Vec<Vec<u32>>> {
        self.readers
            .with(|conn| trends::of_groups(conn, groups, steps))
    }

    fn trend(&self, by: TrendBy, filter: &TrendFilter, steps: Steps) -> Read<Vec<Series>> {
        self.readers
            .with(|conn| trends::trend(conn, by, filter, steps))
    }

    fn facets(&self, values_max: u32) -> Read<FacetCounts> {
        self.readers.with(|conn| trends::facets(conn, values_max))
    }

    fn rediagnose(&self, change: Box<Rediagnosis>) -> Write<Change> {
        self.writer
            .write(move |conn| reports::rediagnose(conn, &change))
    }

    fn add_feedback(&self, id: ReportId, feedback: Feedback, entries_max: u32) -> Write<Change> {
        self.writer
            .write(move |conn| reports::add_feedback(conn, &id, &feedback, entries_max))
    }

    fn record_urgent(&self, urgent: NewUrgent, bounds: UrgentBounds) -> Write<UrgentOutcome> {
        self.writer
            .write(move |conn| reports::record_urgent(conn, &urgent, bounds))
    }

    fn reports_of_session(
        &self,
        ticket: &TicketId,
        session_key: &SessionKey,
        limit: u32,
    ) -> Read<Vec<ReportRow>> {
        self.readers
            .with(|conn| reports::of_session(conn, ticket, session_key, limit))
    }

    fn insert_ticket(&self, ticket: StoredTicket) -> Write<()> {
        self.writer
            .write(move |conn| upkeep::insert_ticket(conn, &ticket))
    }

    fn ticket(&self, id: &TicketId) -> Read<Option<StoredTicket>> {
        self.readers.with(|conn| upkeep::ticket(conn, id))
    }

    fn projects(&self) -> Read<Vec<Project>> {
        self.readers.with(upkeep::projects)
    }

    fn project_by_api_key(&self, digest: &Digest) -> Read<Option<Project>> {
        self.readers
            .with(|conn| upkeep::project_by_api_key(conn, digest))
    }

    fn insert_project(&self, project: Project, key: Option<IssuerKey>) -> Write<bool> {
        self.writer
            .write(move |conn| upkeep::insert_project(conn, &project, key.as_ref()))
    }

    fn set_control(&self, project: ProjectId, control: Control) -> Write<bool> {
        self.writer
            .write(move |conn| upkeep::set_control(conn, &project, control))
    }

    fn issuer_keys(&self) -> Read<Vec<IssuerKey>> {
        self.readers.with(upkeep::issuer_keys)
    }

    fn issuer_key(&self, id: &KeyId) -> Read<Option<IssuerKey>> {
        self.readers.with(|conn| upkeep::issuer_key(conn, id))
    }

    fn rotate_server_key(&self, key: IssuerKey) -> Write<()> {
        self.writer
            .write(move |conn| upkeep::rotate_server_key(conn, &key))
    }

    fn set_key_state(&self, id: KeyId, state: KeyState) -> Write<bool> {
        self.writer
            .write(move |conn| upkeep::set_key_state(conn, &id, state))
    }

    fn setting(&self, name: &'static str, candidate: Vec<u8>) -> Write<Vec<u8>> {
        self.writer
            .write(move |conn| upkeep::setting(conn, name, &candidate))
    }

    fn add_login_token(&self, digest: Digest, ends_at_ms: u64) -> Write<()> {
        self.writer
            .write(move |conn| upkeep::add_login_token(conn, &digest, ends_at_ms))
    }

    fn redeem_login_token(
        &self,
        token: Digest,
        now_ms: u64,
        session: Digest,
        session_ends_at_ms: u64,
    ) -> Write<bool> {
        self.writer.write(move |conn| {
            upkeep::redeem_login_token(conn, &token, now_ms, &session, session_ends_at_ms)
        })
    }

    fn session_is_open(&self, session: &Digest, now_ms: u64) -> Read<bool> {
        self.readers
            .with(|conn| upkeep::session_is_open(conn, session, now_ms))
    }

    fn close_session(&self, session: Digest) -> Write<()> {
        self.writer
            .write(move |conn| upkeep::close_session(conn, &session))
    }

    fn sweep(&self, policy: SweepPolicy) -> Write<Swept> {
        self.writer.write(move |conn| sweep::sweep(conn, policy))
    }

    fn stats(&self) -> Read<StoreStats> {
        self.readers.with(sweep::stats)
    }

    fn close(&self) {
        self.writer.close();
    }
}
