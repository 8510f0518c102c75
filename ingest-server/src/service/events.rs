//! What is new, for whoever watches.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::broadcast;

use super::Core;
use crate::fingerprint::GroupId;
use crate::ids::ReportId;
use crate::store::{GroupRow, ReportRow};

/// Events that a slow watcher may lag behind before it misses some.
const BACKLOG: usize = 256;

/// Something happened to a report or a group.
#[derive(Debug, Clone)]
pub enum Event {
    /// It is new.
    Report(Arc<ReportRow>),
    /// Its diagnosis or what hangs on it changed.
    Updated(Arc<ReportRow>),
    /// A group changed by hand, or got or lost a report.
    Group(Arc<GroupRow>),
}

/// Passes events to all watchers.
#[derive(Debug)]
pub struct Events(Mutex<Option<broadcast::Sender<Event>>>);

impl Events {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Some(broadcast::channel(BACKLOG).0)))
    }

    /// Watches from now on; none once the server stops.
    #[must_use]
    pub fn watch(&self) -> Option<broadcast::Receiver<Event>> {
        self.sender().map(|sender| sender.subscribe())
    }

    fn sender(&self) -> Option<broadcast::Sender<Event>> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Ends all watching.
    pub(super) fn close(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

/// Which event it is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Report,
    Updated,
}

/// Tells watchers of a report and its group, where there are any. Nobody waits for it.
pub(super) fn publish(core: &Arc<Core>, kind: Kind, id: ReportId) {
    let Some(sender) = watched(core) else {
        return;
    };
    let core = Arc::clone(core);
    tokio::spawn(async move {
        let read = core.read(move |store| {
            let Some(row) = store.report_row(&id)? else {
                return Ok(None);
            };
            let group = store.group_row(&row.group)?;
            Ok(Some((row, group)))
        });
        match read.await {
            Ok(Some((row, group))) => {
                let row = Arc::new(row);
                // An error means that the last watcher has just gone.
                let _ = sender.send(match kind {
                    Kind::Report => Event::Report(row),
                    Kind::Updated => Event::Updated(row),
                });
                if let Some(group) = group {
                    let _ = sender.send(Event::Group(Arc::new(group)));
                }
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "watchers missed an event"),
        }
    });
}

/// Tells watchers of a group that changed by hand.
pub(super) fn publish_group(core: &Arc<Core>, id: GroupId) {
    let Some(sender) = watched(core) else {
        return;
    };
    let core = Arc::clone(core);
    tokio::spawn(async move {
        match core.read(move |store| store.group_row(&id)).await {
            Ok(Some(row)) => {
                let _ = sender.send(Event::Group(Arc::new(row)));
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "watchers missed an event"),
        }
    });
}

/// Where to send events, while somebody watches.
fn watched(core: &Core) -> Option<broadcast::Sender<Event>> {
    let sender = core.events.sender();
    sender.filter(|sender| sender.receiver_count() > 0)
}
