//! A data folder of an earlier version opens, and everything in it is there.

use std::path::Path;
use std::sync::Arc;

use faultscan_ingest_server::config;
use faultscan_ingest_server::observe::Observe;
use faultscan_ingest_server::search::Query;
use faultscan_ingest_server::store::sqlite::SqliteStore;
use faultscan_ingest_server::store::{GroupQuery, GroupState, ReportQuery, Store, StoreError};
use rusqlite::{Connection, params};

/// The schema as version 1 made it.
const VERSION_1: &str = include_str!("../../src/store/sqlite/schema.sql");

/// Writes what the first version of the server would have left behind.
fn write_version_1(path: &Path) {
    let conn = Connection::open(path).unwrap();
    conn.execute_batch(VERSION_1).unwrap();
    conn.pragma_update(None, "user_version", 1).unwrap();
    conn.execute_batch(
        "INSERT INTO projects (project_id, name, created_at_ms) VALUES ('default', 'default', 1);",
    )
    .unwrap();
    for (n, code, host) in [
        (1, "ERR-DB-003", "10.0.0.1"),
        (2, "ERR-DB-003", "10.0.0.1"),
        (3, "ERR-DB-003", "10.0.0.2"),
    ] {
        conn.execute(
            "INSERT INTO reports (report_id, ticket_id, sequence, session_key, envelope_digest, \
                project_id, received_at_ms, captured_at_ms, clock_skew_ms, code, family, title, \
                title_zh, cause, cause_title, cause_title_zh, probability, severity, status, \
                device, os, app_version, log_lines, search) \
             VALUES (?1, ?1, 0, ?2, ?2, 'default', ?3, ?3, 0, ?4, 'db', 'Refused', '拒绝', 'db_down', \
                'Down', '未运行', 0.9, 'high', 'explained', 'Pixel', 'Android 14', '1.0', 1, ?5)",
            params![
                [n as u8; 16],
                [n as u8; 32],
                n * 3_600_000,
                code,
                format!("{code}\nconnection to {host} refused 数据库").to_lowercase()
            ],
        )
        .unwrap();
        let diagnosis = format!(
            "{{\"codes\":[{{\"code\":\"OTHER\",\"captures\":{{}}}},\
              {{\"code\":\"{code}\",\"captures\":{{\"host\":\"{host}\"}}}}]}}"
        );
        conn.execute(
            "INSERT INTO report_bodies (cursor, ticket, answers, diagnosis, body) \
             VALUES (last_insert_rowid(), x'01', '[]', ?1, x'02')",
            [diagnosis],
        )
        .unwrap();
    }
    conn.execute_batch(
        "INSERT INTO feedback (cursor, right, at_ms) VALUES (1, 1, 5), (2, 0, 6), (2, 0, 7);",
    )
    .unwrap();
}

fn open(folder: &Path) -> Result<SqliteStore, StoreError> {
    SqliteStore::open(folder, &config::Store::default(), Arc::new(Observe::new()))
}

#[test]
fn data_of_version_1_opens_with_its_groups() {
    let folder = tempfile::tempdir().unwrap();
    write_version_1(&folder.path().join("faultscan.sqlite"));
    // Twice: a folder that is up to date is left alone.
    for _ in 0..2 {
        let store = open(folder.path()).unwrap();
        let every = ReportQuery {
            limit: 10,
            ..Default::default()
        };
        let rows = store.reports(&every).unwrap();
        let ids: Vec<_> = rows.iter().map(|row| row.id.0[0]).collect();
        assert_eq!(ids, [3, 2, 1]);
        assert_eq!(rows[1].group, rows[2].group);
        assert_ne!(rows[0].group, rows[1].group);
        let query = GroupQuery {
            limit: 10,
            ..Default::default()
        };
        let groups = store.groups(&query).unwrap();
        let sums: Vec<_> = groups
            .iter()
            .map(|group| (group.reports, group.right, group.wrong, group.state))
            .collect();
        assert_eq!(
            sums,
            [(1, 0, 0, GroupState::New), (2, 1, 2, GroupState::New)]
        );
        assert_eq!(groups[1].captures["host"], "10.0.0.1");
        assert_eq!(groups[1].first_seen_ms, 3_600_000);
        let search = ReportQuery {
            text: Some(Query::parse("10.0.0.2 数据")),
            ..every
        };
        assert_eq!(store.reports(&search).unwrap().len(), 1);
        assert_eq!(
            store.report(&rows[2].id).unwrap().unwrap().feedback.len(),
            1
        );
        assert_eq!(store.stats().unwrap().reports, 3);
        assert!(store.projects().unwrap()[0].control.enabled);
        store.close();
    }
}

#[test]
fn data_of_a_newer_version_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("faultscan.sqlite");
    drop(open(folder.path()).unwrap());
    let conn = Connection::open(&path).unwrap();
    conn.pragma_update(None, "user_version", 99).unwrap();
    drop(conn);
    assert!(matches!(open(folder.path()), Err(StoreError::Damaged(_))));
}
