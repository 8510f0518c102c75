//! Tickets, projects, keys, sessions and settings.

use faultscan_wire::{KeyId, TicketId};
use rusqlite::{Connection, OptionalExtension, params};

use super::rows::{self, signed};
use crate::ids::ProjectId;
use crate::store::{Control, Digest, IssuerKey, KeyState, Project, StoreError, StoredTicket};

type Outcome<T> = Result<T, StoreError>;

pub(super) fn insert_ticket(conn: &Connection, ticket: &StoredTicket) -> Outcome<()> {
    conn.prepare_cached(
        "INSERT INTO tickets (ticket_id, project_id, bytes, expires_at_s) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![
        ticket.id.0,
        ticket.project.as_str(),
        ticket.bytes,
        signed(ticket.expires_at_s)
    ])?;
    Ok(())
}

pub(super) fn ticket(conn: &Connection, id: &TicketId) -> Outcome<Option<StoredTicket>> {
    Ok(conn
        .prepare_cached(
            "SELECT ticket_id, project_id, bytes, expires_at_s FROM tickets WHERE ticket_id = ?1",
        )?
        .query_row([id.0], rows::ticket)
        .optional()?)
}

const PROJECT_COLUMNS: &str =
    "project_id, name, api_key_digest, created_at_ms, enabled, sample_rate";
const KEY_COLUMNS: &str = "key_id, public_key, secret_key, project_id, state, created_at_ms";

pub(super) fn projects(conn: &Connection) -> Outcome<Vec<Project>> {
    let found = conn
        .prepare_cached(&format!(
            "SELECT {PROJECT_COLUMNS} FROM projects ORDER BY created_at_ms, project_id"
        ))?
        .query_map([], rows::project)?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

pub(super) fn project_by_api_key(conn: &Connection, digest: &Digest) -> Outcome<Option<Project>> {
    Ok(conn
        .prepare_cached(&format!(
            "SELECT {PROJECT_COLUMNS} FROM projects WHERE api_key_digest = ?1"
        ))?
        .query_row([digest], rows::project)
        .optional()?)
}

pub(super) fn insert_project(
    conn: &Connection,
    project: &Project,
    key: Option<&IssuerKey>,
) -> Outcome<bool> {
    let inserted = conn
        .prepare_cached(
            "INSERT INTO projects (project_id, name, api_key_digest, created_at_ms, enabled, \
                sample_rate) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            project.id.as_str(),
            project.name,
            project.api_key_digest,
            signed(project.created_at_ms),
            project.control.enabled,
            project.control.sample_rate,
        ])?;
    if inserted == 0 {
        return Ok(false);
    }
    if let Some(key) = key {
        insert_key(conn, key)?;
    }
    Ok(true)
}

pub(super) fn issuer_keys(conn: &Connection) -> Outcome<Vec<IssuerKey>> {
    let found = conn
        .prepare_cached(&format!(
            "SELECT {KEY_COLUMNS} FROM issuer_keys ORDER BY created_at_ms, key_id"
        ))?
        .query_map([], rows::issuer_key)?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

pub(super) fn issuer_key(conn: &Connection, id: &KeyId) -> Outcome<Option<IssuerKey>> {
    Ok(conn
        .prepare_cached(&format!(
            "SELECT {KEY_COLUMNS} FROM issuer_keys WHERE key_id = ?1"
        ))?
        .query_row([id.0], rows::issuer_key)
        .optional()?)
}

pub(super) fn set_control(conn: &Connection, id: &ProjectId, control: Control) -> Outcome<bool> {
    let changed = conn
        .prepare_cached("UPDATE projects SET enabled = ?2, sample_rate = ?3 WHERE project_id = ?1")?
        .execute(params![id.as_str(), control.enabled, control.sample_rate])?;
    Ok(changed == 1)
}

fn insert_key(conn: &Connection, key: &IssuerKey) -> Outcome<()> {
    conn.prepare_cached(
        "INSERT INTO issuer_keys (key_id, public_key, secret_key, project_id, state, \
            created_at_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        key.id.0,
        key.public,
        key.secret,
        key.project.as_ref().map(ProjectId::as_str),
        key.state.as_str(),
        signed(key.created_at_ms),
    ])?;
    Ok(())
}

pub(super) fn rotate_server_key(conn: &Connection, key: &IssuerKey) -> Outcome<()> {
    conn.prepare_cached(
        "UPDATE issuer_keys SET state = 'retiring' WHERE project_id IS NULL AND state = 'active'",
    )?
    .execute([])?;
    insert_key(conn, key)
}

pub(super) fn set_key_state(conn: &Connection, id: &KeyId, state: KeyState) -> Outcome<bool> {
    let changed = conn
        .prepare_cached(
            "UPDATE issuer_keys SET state = ?2 \
             WHERE key_id = ?1 AND (state <> 'revoked' OR ?2 = 'revoked')",
        )?
        .execute(params![id.0, state.as_str()])?;
    Ok(changed == 1)
}

pub(super) fn setting(conn: &Connection, name: &str, candidate: &[u8]) -> Outcome<Vec<u8>> {
    conn.prepare_cached(
        "INSERT INTO settings (name, value) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
    )?
    .execute(params![name, candidate])?;
    Ok(conn
        .prepare_cached("SELECT value FROM settings WHERE name = ?1")?
        .query_row([name], |row| row.get(0))?)
}

pub(super) fn add_login_token(conn: &Connection, digest: &Digest, ends_at_ms: u64) -> Outcome<()> {
    conn.prepare_cached("INSERT INTO login_tokens (digest, ends_at_ms) VALUES (?1, ?2)")?
        .execute(params![digest, signed(ends_at_ms)])?;
    Ok(())
}

pub(super) fn redeem_login_token(
    conn: &Connection,
    token: &Digest,
    now_ms: u64,
    session: &Digest,
    session_ends_at_ms: u64,
) -> Outcome<bool> {
    let used = conn
        .prepare_cached("DELETE FROM login_tokens WHERE digest = ?1 AND ends_at_ms > ?2")?
        .execute(params![token, signed(now_ms)])?;
    if used == 0 {
        return Ok(false);
    }
    conn.prepare_cached("INSERT INTO sessions (digest, ends_at_ms) VALUES (?1, ?2)")?
        .execute(params![session, signed(session_ends_at_ms)])?;
    Ok(true)
}

pub(super) fn session_is_open(conn: &Connection, session: &Digest, now_ms: u64) -> Outcome<bool> {
    Ok(conn
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM sessions WHERE digest = ?1 AND ends_at_ms > ?2)",
        )?
        .query_row(params![session, signed(now_ms)], |row| row.get(0))?)
}

pub(super) fn close_session(conn: &Connection, session: &Digest) -> Outcome<()> {
    conn.prepare_cached("DELETE FROM sessions WHERE digest = ?1")?
        .execute([session])?;
    Ok(())
}
