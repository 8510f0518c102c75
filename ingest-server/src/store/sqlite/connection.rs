//! Opening the database, and the readers' pool.

use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::migrate;
use crate::store::StoreError;

/// Another process, such as `ingest-server keys rotate`, may hold the write lock for a moment.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            _ => Self::Database(error.to_string()),
        }
    }
}

/// Opens the connection that writes, and brings the schema up to date. The file grows to
/// `file_bytes_max` at most; 0 means as large as the disk lets it.
pub(super) fn open_writer(path: &Path, file_bytes_max: u64) -> Result<Connection, StoreError> {
    let mut conn = Connection::open(path)?;
    prepare(&conn)?;
    conn.pragma_update(None, "journal_mode", "WAL")?;
    // FULL: in WAL mode each commit is fsynced, so an acknowledged write survives a power cut.
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "foreign_keys", true)?;
    migrate::migrate(&mut conn)?;
    if file_bytes_max > 0 {
        let page_bytes: i64 = conn.query_row("PRAGMA page_size", [], |row| row.get(0))?;
        let pages = i64::try_from(file_bytes_max).unwrap_or(i64::MAX) / page_bytes.max(1);
        conn.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))?;
    }
    Ok(conn)
}

fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    prepare(&conn)?;
    Ok(conn)
}

fn prepare(conn: &Connection) -> Result<(), StoreError> {
    conn.busy_timeout(BUSY_TIMEOUT)?;
    conn.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// A few read-only connections that callers take turns with.
#[derive(Debug)]
pub(super) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    returned: Condvar,
}

impl Readers {
    pub(super) fn open(path: &Path, count: usize) -> Result<Self, StoreError> {
        let idle = (0..count)
            .map(|_| open_reader(path))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            path: path.to_owned(),
            idle: Mutex::new(idle),
            returned: Condvar::new(),
        })
    }

    /// Runs a read on a connection of its own, waiting for one where all are busy.
    pub(super) fn with<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let waiting = self
            .returned
            .wait_while(self.lock(), |idle| idle.is_empty())
            .unwrap_or_else(PoisonError::into_inner);
        let conn = { waiting }.pop();
        let conn = match conn {
            Some(conn) => conn,
            None => open_reader(&self.path)?,
        };
        let lent = Lent {
            readers: self,
            conn: Some(conn),
        };
        lent.conn.as_ref().map_or(Err(StoreError::Closed), read)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Gives the connection back, also where the read panics.
struct Lent<'a> {
    readers: &'a Readers,
    conn: Option<Connection>,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        self.readers.lock().extend(self.conn.take());
        self.readers.returned.notify_one();
    }
}
