//! The server with a store that forgets reports: for `cargo xtask bench ingest`, which measures what
//! durability costs. Everything else is the real thing: HTTP, limits, verification, scrubbing,
//! diagnosis. Keys, projects and tickets come from the data folder as always.
//!
//! Takes the arguments of `ingest-server serve` that a test gives, and prints the same ready line.
#![forbid(unsafe_code)]

use std::io::Write as _;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Parser;
use faultscan_ingest_server::clock::SystemClock;
use faultscan_ingest_server::config::Layers;
use faultscan_ingest_server::fingerprint::GroupId;
use faultscan_ingest_server::http;
use faultscan_ingest_server::ids::{ProjectId, ReportId};
use faultscan_ingest_server::observe::Observe;
use faultscan_ingest_server::service::Core;
use faultscan_ingest_server::store::sqlite::SqliteStore;
use faultscan_ingest_server::store::{
    AcceptBounds, Change, Contact, Control, Digest, FacetCounts, Feedback, GroupChange,
    GroupDetail, GroupQuery, GroupRow, IssuerKey, KeyState, NewReport, NewUrgent, Project, Read,
    Rediagnosis, ReportCount, ReportQuery, ReportRow, Series, SessionKey, Steps, Store, StoreStats,
    StoredReport, StoredTicket, SweepPolicy, Swept, TrendBy, TrendFilter, Upload, UrgentBounds,
    UrgentOutcome, Write,
};
use faultscan_wire::{KeyId, TicketId};

/// The server of the comparison.
#[derive(Debug, Parser)]
struct Args {
    /// `serve`, for the sake of the same command line.
    command: String,
    #[arg(long)]
    data: PathBuf,
    #[arg(long)]
    listen: String,
    #[arg(long)]
    udp: String,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let mut layers = Layers::new();
    layers.env(std::env::vars())?;
    layers.set("data_dir", &args.data.display().to_string(), "--data")?;
    let config = layers.build()?;
    actix_web::rt::System::new().block_on(async move {
        let listener = TcpListener::bind(&args.listen).context("listen")?;
        let address = listener.local_addr()?;
        let observe = Arc::new(Observe::new());
        let kept = SqliteStore::open(&config.data_dir, &config.store, Arc::clone(&observe))?;
        let store = Arc::new(Forgetful { kept });
        let origin = format!("http://{address}");
        let core = Core::start(
            config,
            store,
            observe,
            Arc::new(SystemClock),
            origin.clone(),
        )
        .await?;
        let server = http::serve(core, listener)?;
        let ready = format!(
            "faultscan ready http={origin} udp={} login={origin}/login#token=none\n",
            args.udp
        );
        std::io::stdout().write_all(ready.as_bytes())?;
        std::io::stdout().flush()?;
        Ok(server.await?)
    })
}

/// Keeps everything but reports.
struct Forgetful {
    kept: SqliteStore,
}

impl Store for Forgetful {
    fn contact(&self, _upload: &Upload) -> Read<Contact> {
        Ok(Contact::Fresh { bound: false })
    }

    fn accept_report(&self, _report: Box<NewReport>, _bounds: AcceptBounds) -> Write<Contact> {
        Box::pin(std::future::ready(Ok(Contact::Fresh { bound: false })))
    }

    fn report(&self, id: &ReportId) -> Read<Option<StoredReport>> {
        self.kept.report(id)
    }

    fn report_row(&self, id: &ReportId) -> Read<Option<ReportRow>> {
        self.kept.report_row(id)
    }

    fn reports(&self, query: &ReportQuery) -> Read<Vec<ReportRow>> {
        self.kept.reports(query)
    }

    fn reports_counted(
        &self,
        query: &ReportQuery,
        count_max: u64,
    ) -> Read<(Vec<ReportRow>, ReportCount)> {
        self.kept.reports_counted(query, count_max)
    }

    fn groups(&self, query: &GroupQuery) -> Read<Vec<GroupRow>> {
        self.kept.groups(query)
    }

    fn group_row(&self, id: &GroupId) -> Read<Option<GroupRow>> {
        self.kept.group_row(id)
    }

    fn group(&self, id: &GroupId) -> Read<Option<GroupDetail>> {
        self.kept.group(id)
    }

    fn change_group(&self, id: GroupId, change: GroupChange) -> Write<bool> {
        self.kept.change_group(id, change)
    }

    fn group_counts(&self, groups: &[GroupId], steps: Steps) -> Read<Vec<Vec<u32>>> {
        self.kept.group_counts(groups, steps)
    }

    fn trend(&self, by: TrendBy, filter: &TrendFilter, steps: Steps) -> Read<Vec<Series>> {
        self.kept.trend(by, filter, steps)
    }

    fn facets(&self, values_max: u32) -> Read<FacetCounts> {
        self.kept.facets(values_max)
    }

    fn set_control(&self, project: ProjectId, control: Control) -> Write<bool> {
        self.kept.set_control(project, control)
    }

    fn rediagnose(&self, change: Box<Rediagnosis>) -> Write<Change> {
        self.kept.rediagnose(change)
    }

    fn add_feedback(&self, id: ReportId, feedback: Feedback, entries_max: u32) -> Write<Change> {
        self.kept.add_feedback(id, feedback, entries_max)
    }

    fn record_urgent(&self, urgent: NewUrgent, bounds: UrgentBounds) -> Write<UrgentOutcome> {
        self.kept.record_urgent(urgent, bounds)
    }

    fn reports_of_session(
        &self,
        ticket: &TicketId,
        session_key: &SessionKey,
        limit: u32,
    ) -> Read<Vec<ReportRow>> {
        self.kept.reports_of_session(ticket, session_key, limit)
    }

    fn insert_ticket(&self, ticket: StoredTicket) -> Write<()> {
        self.kept.insert_ticket(ticket)
    }

    fn ticket(&self, id: &TicketId) -> Read<Option<StoredTicket>> {
        self.kept.ticket(id)
    }

    fn projects(&self) -> Read<Vec<Project>> {
        self.kept.projects()
    }

    fn project_by_api_key(&self, digest: &Digest) -> Read<Option<Project>> {
        self.kept.project_by_api_key(digest)
    }

    fn insert_project(&self, project: Project, key: Option<IssuerKey>) -> Write<bool> {
        self.kept.insert_project(project, key)
    }

    fn issuer_keys(&self) -> Read<Vec<IssuerKey>> {
        self.kept.issuer_keys()
    }

    fn issuer_key(&self, id: &KeyId) -> Read<Option<IssuerKey>> {
        self.kept.issuer_key(id)
    }

    fn rotate_server_key(&self, key: IssuerKey) -> Write<()> {
        self.kept.rotate_server_key(key)
    }

    fn set_key_state(&self, id: KeyId, state: KeyState) -> Write<bool> {
        self.kept.set_key_state(id, state)
    }

    fn setting(&self, name: &'static str, candidate: Vec<u8>) -> Write<Vec<u8>> {
        self.kept.setting(name, candidate)
    }

    fn add_login_token(&self, digest: Digest, ends_at_ms: u64) -> Write<()> {
        self.kept.add_login_token(digest, ends_at_ms)
    }

    fn redeem_login_token(
        &self,
        token: Digest,
        now_ms: u64,
        session: Digest,
        session_ends_at_ms: u64,
    ) -> Write<bool> {
        self.kept
            .redeem_login_token(token, now_ms, session, session_ends_at_ms)
    }

    fn session_is_open(&self, session: &Digest, now_ms: u64) -> Read<bool> {
        self.kept.session_is_open(session, now_ms)
    }

    fn close_session(&self, session: Digest) -> Write<()> {
        self.kept.close_session(session)
    }

    fn sweep(&self, policy: SweepPolicy) -> Write<Swept> {
        self.kept.sweep(policy)
    }

    fn stats(&self) -> Read<StoreStats> {
        self.kept.stats()
    }

    fn close(&self) {
        self.kept.close();
    }
}
