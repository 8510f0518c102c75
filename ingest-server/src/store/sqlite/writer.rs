//! The one thread that writes: requests queue to it, it commits them in groups.
//!
//! One fsync costs milliseconds whatever it carries. So the writer takes all that waits, up to
//! `group_max`, runs it in one transaction, commits once, and only then answers. While one group
//! is on its way to the disk the next gathers in the queue.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::observe::Observe;
use crate::store::{StoreError, Write};

/// Tells the requester how it went; called once the group is durable, or has failed.
type Reply = Box<dyn FnOnce(Result<(), StoreError>)>;
/// Does the work, or with no connection only hands over the reply.
type Job = Box<dyn FnOnce(Option<&Connection>) -> Done + Send>;

/// Work that was done, or failed, and is not committed yet.
struct Done {
    reply: Reply,
    failure: Option<StoreError>,
}

/// How groups are made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grouping {
    pub(super) queue_max: usize,
    pub(super) group_max: usize,
    pub(super) wait: Duration,
}

/// The requesters' side of the writer.
#[derive(Debug)]
pub(super) struct Writer {
    queue: Mutex<Option<SyncSender<Job>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    pub(super) fn start(
        conn: Connection,
        grouping: Grouping,
        observe: Arc<Observe>,
    ) -> Result<Self, StoreError> {
        let (sender, receiver) = sync_channel(grouping.queue_max);
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || run(&conn, &receiver, grouping, &observe))
            .map_err(|e| StoreError::Database(format!("no writer thread: {e}")))?;
        Ok(Self {
            queue: Mutex::new(Some(sender)),
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Queues a write. It runs in a savepoint of its own, so that its failure is its own.
    pub(super) fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Write<T> {
        let (sender, answer) = oneshot::channel();
        let job: Job = Box::new(move |conn| {
            let result = conn.map_or(Err(StoreError::Closed), |conn| in_savepoint(conn, work));
            Done {
                failure: result.as_ref().err().cloned(),
                reply: Box::new(move |committed| {
                    // A requester that went away needs no answer; the write stands.
                    let _ = sender.send(committed.and(result));
                }),
            }
        });
        let sent = match &*self.queue.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(queue) => queue.try_send(job).map_err(|e| match e {
                TrySendError::Full(_) => StoreError::Overloaded,
                TrySendError::Disconnected(_) => StoreError::Closed,
            }),
            None => Err(StoreError::Closed),
        };
        Box::pin(async move {
            sent?;
            answer.await.unwrap_or(Err(StoreError::Closed))
        })
    }

    /// Takes no more writes, commits all that wait, and ends the thread.
    pub(super) fn close(&self) {
        self.queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the store's writer panicked");
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

fn in_savepoint<T>(
    conn: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    conn.prepare_cached("SAVEPOINT item")?.execute([])?;
    let result = work(conn);
    if result.is_err() && conn.is_autocommit() {
        // A full disk ends the whole transaction, and the savepoint with it.
        return result;
    }
    let end = if result.is_ok() {
        "RELEASE item"
    } else {
        "ROLLBACK TO item"
    };
    conn.prepare_cached(end)?.execute([])?;
    result
}

fn run(conn: &Connection, queue: &Receiver<Job>, grouping: Grouping, observe: &Observe) {
    while let Ok(first) = queue.recv() {
        let group = gather(first, queue, grouping);
        let started = Instant::now();
        let items = group.len();
        let (replies, result) = commit(conn, group);
        if let Err(error) = &result {
            tracing::error!(%error, items, "a group of writes failed");
        }
        observe.committed(items, started.elapsed());
        for reply in replies {
            reply(result.clone());
        }
    }
    // The write-ahead log is folded in, so that the data folder is one file when nobody runs.
    if let Err(error) = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())) {
        tracing::warn!(%error, "the write-ahead log was not folded in");
    }
}

fn gather(first: Job, queue: &Receiver<Job>, grouping: Grouping) -> Vec<Job> {
    let deadline = Instant::now() + grouping.wait;
    let mut group = vec![first];
    while group.len() < grouping.group_max {
        let wait = deadline.saturating_duration_since(Instant::now());
        match queue.recv_timeout(wait) {
            Ok(job) => group.push(job),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
        }
    }
    group
}

fn commit(conn: &Connection, group: Vec<Job>) -> (Vec<Reply>, Result<(), StoreError>) {
    let mut lost = execute(conn, "BEGIN IMMEDIATE").err();
    let mut replies = Vec::with_capacity(group.len());
    for job in group {
        let done = job(lost.is_none().then_some(conn));
        if lost.is_none() && conn.is_autocommit() {
            // Nothing of the group is kept, whatever became of its other writes.
            lost = Some(done.failure.unwrap_or(StoreError::Full));
        }
        replies.push(done.reply);
    }
    if let Some(error) = lost {
        return (replies, Err(error));
    }
    let result = execute(conn, "COMMIT");
    if result.is_err()
        && !conn.is_autocommit()
        && let Err(error) = execute(conn, "ROLLBACK")
    {
        tracing::error!(%error, "a failed group was not rolled back");
    }
    (replies, result)
}

fn execute(conn: &Connection, sql: &str) -> Result<(), StoreError> {
    conn.prepare_cached(sql)?.execute([])?;
    Ok(())
}
