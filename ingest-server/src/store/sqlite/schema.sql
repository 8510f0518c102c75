-- Version 1. What a list needs stands apart from the large columns, so that a list reads few pages.
CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;

CREATE TABLE projects (
    project_id     TEXT PRIMARY KEY,
    name           TEXT NOT NULL UNIQUE,
    api_key_digest BLOB UNIQUE,
    created_at_ms  INTEGER NOT NULL
) STRICT;

CREATE TABLE issuer_keys (
    key_id        BLOB PRIMARY KEY,
    public_key    BLOB NOT NULL,
    secret_key    BLOB,
    project_id    TEXT REFERENCES projects (project_id),
    state         TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE tickets (
    ticket_id    BLOB PRIMARY KEY,
    project_id   TEXT NOT NULL,
    bytes        BLOB NOT NULL,
    expires_at_s INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX tickets_by_end ON tickets (expires_at_s);

CREATE TABLE bindings (
    ticket_id   BLOB PRIMARY KEY,
    session_key BLOB NOT NULL,
    ends_at_s   INTEGER NOT NULL,
    uses        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX bindings_by_end ON bindings (ends_at_s);

CREATE TABLE reports (
    cursor          INTEGER PRIMARY KEY AUTOINCREMENT,
    report_id       BLOB NOT NULL UNIQUE,
    ticket_id       BLOB NOT NULL,
    sequence        INTEGER NOT NULL,
    session_key     BLOB NOT NULL,
    envelope_digest BLOB NOT NULL,
    project_id      TEXT NOT NULL,
    received_at_ms  INTEGER NOT NULL,
    captured_at_ms  INTEGER NOT NULL,
    clock_skew_ms   INTEGER NOT NULL,
    code            TEXT,
    family          TEXT,
    title           TEXT NOT NULL,
    title_zh        TEXT NOT NULL,
    cause           TEXT,
    cause_title     TEXT NOT NULL,
    cause_title_zh  TEXT NOT NULL,
    probability     REAL,
    severity        TEXT,
    status          TEXT NOT NULL,
    device          TEXT NOT NULL,
    os              TEXT NOT NULL,
    app_version     TEXT NOT NULL,
    log_lines       INTEGER NOT NULL,
    search          TEXT NOT NULL,
    UNIQUE (ticket_id, sequence)
) STRICT;
CREATE INDEX reports_by_code ON reports (code, cursor);
CREATE INDEX reports_by_family ON reports (family, cursor);
CREATE INDEX reports_by_project ON reports (project_id, cursor);

CREATE TABLE report_bodies (
    cursor          INTEGER PRIMARY KEY REFERENCES reports (cursor) ON DELETE CASCADE,
    ticket          BLOB NOT NULL,
    answers         TEXT NOT NULL,
    diagnosis       TEXT NOT NULL,
    first_diagnosis TEXT,
    body            BLOB NOT NULL
) STRICT;

CREATE TABLE feedback (
    feedback_id INTEGER PRIMARY KEY,
    cursor      INTEGER NOT NULL REFERENCES reports (cursor) ON DELETE CASCADE,
    right       INTEGER NOT NULL,
    cause       TEXT,
    note        TEXT,
    at_ms       INTEGER NOT NULL
) STRICT;
CREATE INDEX feedback_by_report ON feedback (cursor);

CREATE TABLE urgent (
    ticket_id      BLOB NOT NULL,
    session_key    BLOB NOT NULL,
    sequence       INTEGER NOT NULL,
    kind           TEXT NOT NULL,
    occurred_at_ms INTEGER NOT NULL,
    received_at_ms INTEGER NOT NULL,
    metrics        TEXT NOT NULL,
    line           TEXT NOT NULL,
    PRIMARY KEY (ticket_id, session_key, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX urgent_by_arrival ON urgent (received_at_ms);

CREATE TABLE login_tokens (
    digest     BLOB PRIMARY KEY,
    ends_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    digest     BLOB PRIMARY KEY,
    ends_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
