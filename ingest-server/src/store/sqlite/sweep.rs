//! Deleting what has had its time, and telling how full the store is.

use rusqlite::{Connection, params};

use super::membership;
use super::rows::{self, signed};
use crate::store::{StoreError, StoreStats, SweepPolicy, Swept};

type Outcome<T> = Result<T, StoreError>;

pub(super) fn sweep(conn: &Connection, policy: SweepPolicy) -> Outcome<Swept> {
    let now_ms = signed(policy.now_ms);
    let now_s = now_ms / 1000;
    for (sql, bound) in [
        ("DELETE FROM login_tokens WHERE ends_at_ms <= ?1", now_ms),
        ("DELETE FROM sessions WHERE ends_at_ms <= ?1", now_ms),
        // A binding is kept as long as anybody could still upload under its ticket, and as long as
        // a report of that ticket is kept.
        (
            "DELETE FROM bindings WHERE ends_at_s <= ?1 AND NOT EXISTS \
                (SELECT 1 FROM reports r WHERE r.ticket_id = bindings.ticket_id)",
            now_s,
        ),
        (
            "DELETE FROM tickets WHERE expires_at_s <= ?1",
            signed(policy.reports_before_ms) / 1000,
        ),
        (
            "DELETE FROM urgent WHERE received_at_ms <= ?1",
            signed(policy.reports_before_ms),
        ),
    ] {
        conn.prepare_cached(sql)?.execute([bound])?;
    }
    let limit = policy.reports_per_step_max;
    let mut deleted = delete_oldest(conn, limit, signed(policy.reports_before_ms))?;
    if deleted == 0 && stats(conn)?.stored_bytes > policy.stored_bytes_max {
        deleted = delete_oldest(conn, limit, i64::MAX)?;
    }
    Ok(Swept {
        reports: deleted,
        more: deleted > 0,
    })
}

/// Deletes the oldest reports that arrived until then.
fn delete_oldest(conn: &Connection, limit: u32, until_ms: i64) -> Outcome<u32> {
    let cursors: Vec<i64> = conn
        .prepare_cached(
            "SELECT cursor FROM (SELECT cursor, received_at_ms FROM reports ORDER BY cursor LIMIT ?1) \
             WHERE received_at_ms <= ?2",
        )?
        .query_map(params![limit, until_ms], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for cursor in &cursors {
        membership::exit(conn, *cursor)?;
        conn.prepare_cached("DELETE FROM reports WHERE cursor = ?1")?
            .execute([cursor])?;
    }
    Ok(u32::try_from(cursors.len()).unwrap_or(u32::MAX))
}

pub(super) fn stats(conn: &Connection) -> Outcome<StoreStats> {
    let pragma = |sql| -> rusqlite::Result<u64> {
        conn.prepare_cached(sql)?
            .query_row([], |row| rows::unsigned(row, 0))
    };
    let pages = pragma("PRAGMA page_count")?.saturating_sub(pragma("PRAGMA freelist_count")?);
    Ok(StoreStats {
        reports: pragma("SELECT coalesce(sum(reports), 0) FROM groups")?,
        stored_bytes: pages * pragma("PRAGMA page_size")?,
    })
}
