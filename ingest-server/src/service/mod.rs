//! What the server does, whatever transport asks for it. Nothing here knows HTTP, UDP or SQL.

pub mod auth;
mod body;
pub mod catalogue;
pub mod control;
pub mod cpu;
mod diagnose;
pub mod events;
pub mod export;
pub mod graph;
pub mod groups;
pub mod ingest;
pub mod packs;
pub mod rates;
pub mod refusal;
pub mod reports;
pub mod retention;
mod search;
pub mod tickets;
pub mod urgent;
pub mod verify;
pub mod what_if;
mod words;

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use self::cpu::Cpu;
use self::diagnose::Engine;
use self::events::Events;
use self::rates::{Rate, Rates, address_unit};
use self::refusal::{Class, Refusal};
use crate::clock::Clock;
use crate::config::Config;
use crate::ids::ProjectId;
use crate::keys::{self, Directory, KeysError, Secrets};
use crate::observe::{Item, Observe, Outcome};
use crate::store::{Store, StoreError};

pub use self::diagnose::EngineError;
pub use self::packs::SourceError;

/// Why the services could not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// Keys or projects could not be made.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The catalogue that was asked for cannot be used.
    #[error(transparent)]
    Catalogue(#[from] SourceError),
    /// The catalogue is not usable.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// What all services share.
#[derive(Debug)]
pub struct Core {
    /// The configuration.
    pub config: Config,
    /// The store.
    pub store: Arc<dyn Store>,
    /// Counters.
    pub observe: Arc<Observe>,
    /// Keys and projects.
    pub keys: Directory,
    /// The server's secret.
    pub secrets: Secrets,
    /// What is new, for whoever watches.
    pub events: Events,
    /// Where work that blocks or burns CPU runs.
    pub cpu: Cpu,
    /// Origin that links and QR codes lead to.
    pub origin: String,
    engine: Engine,
    /// What searches in the catalogue look up.
    index: search::Index,
    packs: packs::Packs,
    clock: Arc<dyn Clock>,
    by_address: Rates<IpAddr>,
    by_project: Rates<ProjectId>,
    logins: Rates<IpAddr>,
    stopping: AtomicBool,
    storage_full: AtomicBool,
}

impl std::fmt::Debug for dyn Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store")
    }
}

impl std::fmt::Debug for dyn Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Clock({})", self.now_ms())
    }
}

impl Core {
    /// Starts the services on a store.
    ///
    /// # Errors
    /// When the store fails or the catalogue is not usable.
    pub async fn start(
        config: Config,
        store: Arc<dyn Store>,
        observe: Arc<Observe>,
        clock: Arc<dyn Clock>,
        origin: String,
    ) -> Result<Arc<Self>, StartError> {
        keys::first_start(&*store, &*clock).await?;
        let secrets = Secrets::load(&*store).await?;
        let keys = Directory::load(Arc::clone(&store))?;
        let (catalogue, packs) = packs::start(&config, &keys)?;
        let limits = &config.limits;
        let rate = |per_s: u32, burst: u32| Rate {
            per_s: per_s.into(),
            burst: burst.into(),
        };
        let per_minute = f64::from(limits.login_attempts_per_min);
        let login_rate = Rate {
            per_s: per_minute / 60.0,
            burst: per_minute,
        };
        let entries_max = limits.rate_entries_max;
        Ok(Arc::new(Self {
            cpu: Cpu::new(limits.cpu_jobs_max, limits.cpu_queue_max),
            by_address: Rates::new(
                rate(limits.address_rate_per_s, limits.address_burst),
                entries_max,
            ),
            by_project: Rates::new(
                rate(limits.project_rate_per_s, limits.project_burst),
                entries_max,
            ),
            logins: Rates::new(login_rate, entries_max),
            events: Events::new(),
            index: search::Index::build(&catalogue),
            engine: Engine::new(catalogue)?,
            packs,
            stopping: AtomicBool::new(false),
            storage_full: AtomicBool::new(false),
            config,
            store,
            observe,
            keys,
            secrets,
            origin,
            clock,
        }))
    }

    /// The time now.
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        self.clock.now_ms()
    }

    /// Lets an address ask, or says when it may again.
    ///
    /// # Errors
    /// `rate_limited`.
    pub fn admit_address(&self, address: IpAddr) -> Result<(), Refusal> {
        self.by_address
            .take(address_unit(address), self.now_ms())
            .map_err(Refusal::rate_limited)
    }

    /// Lets a project upload or make a ticket, or says when it may again.
    fn admit_project(&self, project: &ProjectId) -> Result<(), Refusal> {
        self.by_project
            .take(project.clone(), self.now_ms())
            .map_err(Refusal::rate_limited)
    }

    /// Runs a read of the store off the executor's threads.
    async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        read: impl FnOnce(&dyn Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Refusal> {
        let core = Arc::clone(self);
        self.cpu.run(move || Ok(read(&*core.store)?)).await
    }

    /// Counts the outcome of an item that was accepted or refused.
    fn count<T>(&self, kind: Item, result: &Result<T, Refusal>) {
        let outcome = match result {
            Ok(_) => Outcome::Accepted,
            Err(refusal) => Outcome::Rejected(refusal.reason),
        };
        self.observe.item(kind, outcome);
    }

    /// Counts an item that a transport refused before any service saw it.
    pub fn refused(&self, kind: Item, refusal: &Refusal) {
        self.observe.item(kind, Outcome::Rejected(refusal.reason));
    }

    /// Tells load balancers to look elsewhere and event streams to end.
    pub fn begin_stopping(&self) {
        self.stopping.store(true, Ordering::Relaxed);
        self.events.close();
    }

    /// Whether the server takes work: it is not stopping and its store answers.
    ///
    /// # Errors
    /// Why not.
    pub async fn ready(self: &Arc<Self>) -> Result<(), Refusal> {
        if self.stopping.load(Ordering::Relaxed) {
            return Err(Refusal::from(StoreError::Closed));
        }
        self.check_space()?;
        self.read(Store::stats).await.map(drop)
    }

    fn check_space(&self) -> Result<(), Refusal> {
        if self.storage_full.load(Ordering::Relaxed) {
            return Err(Refusal {
                retry_after_s: Some(60),
                ..Refusal::new(
                    Class::Unavailable,
                    "storage_full",
                    "the server has no space left",
                )
            });
        }
        Ok(())
    }
}
