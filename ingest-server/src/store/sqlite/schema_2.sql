-- Version 2. Groups of like failures, counts over time, words for searching, control of senders.
ALTER TABLE projects ADD COLUMN enabled INTEGER NOT NULL DEFAULT 1;
ALTER TABLE projects ADD COLUMN sample_rate REAL NOT NULL DEFAULT 1.0;

-- `words` is what a search of groups looks in. `reports`, `fed_right` and `fed_wrong` count what is
-- stored; `first_seen_ms` stays when the first report is gone.
CREATE TABLE groups (
    group_no       INTEGER PRIMARY KEY,
    group_id       BLOB NOT NULL UNIQUE,
    project_id     TEXT NOT NULL,
    code           TEXT,
    family         TEXT,
    title          TEXT NOT NULL,
    title_zh       TEXT NOT NULL,
    cause          TEXT,
    cause_title    TEXT NOT NULL,
    cause_title_zh TEXT NOT NULL,
    severity       TEXT,
    status         TEXT NOT NULL,
    captures       TEXT NOT NULL,
    words          TEXT NOT NULL,
    state          TEXT NOT NULL,
    state_at_ms    INTEGER NOT NULL,
    assignee       TEXT NOT NULL DEFAULT '',
    note           TEXT NOT NULL DEFAULT '',
    first_seen_ms  INTEGER NOT NULL,
    last_seen_ms   INTEGER NOT NULL,
    reports        INTEGER NOT NULL,
    fed_right      INTEGER NOT NULL DEFAULT 0,
    fed_wrong      INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX groups_by_last_seen ON groups (last_seen_ms, group_no);

CREATE TABLE group_history (
    history_id INTEGER PRIMARY KEY,
    group_no   INTEGER NOT NULL REFERENCES groups (group_no) ON DELETE CASCADE,
    at_ms      INTEGER NOT NULL,
    state      TEXT NOT NULL,
    report_id  BLOB
) STRICT;
CREATE INDEX group_history_by_group ON group_history (group_no);

-- Reports of each group in each hour and each day since 1970, so that no trend reads reports.
CREATE TABLE group_hours (
    hour     INTEGER NOT NULL,
    group_no INTEGER NOT NULL,
    reports  INTEGER NOT NULL,
    PRIMARY KEY (hour, group_no)
) STRICT, WITHOUT ROWID;
CREATE TABLE group_days (
    day      INTEGER NOT NULL,
    group_no INTEGER NOT NULL,
    reports  INTEGER NOT NULL,
    PRIMARY KEY (day, group_no)
) STRICT, WITHOUT ROWID;

-- The operating systems and app versions that there are, so that a report's key is a few small numbers.
CREATE TABLE origins (
    origin_no INTEGER PRIMARY KEY,
    kind      TEXT NOT NULL,
    value     TEXT NOT NULL,
    reports   INTEGER NOT NULL,
    UNIQUE (kind, value)
) STRICT;

-- What lists are narrowed by: narrow enough that reading all of it is cheap.
CREATE TABLE report_keys (
    cursor         INTEGER PRIMARY KEY REFERENCES reports (cursor) ON DELETE CASCADE,
    received_at_ms INTEGER NOT NULL,
    group_no       INTEGER NOT NULL REFERENCES groups (group_no),
    os_no          INTEGER NOT NULL,
    version_no     INTEGER NOT NULL
) STRICT;
CREATE INDEX report_keys_by_group ON report_keys (group_no);
CREATE INDEX report_keys_by_arrival ON report_keys (received_at_ms);

-- Which reports hold which terms, without text and positions: `search` in the crate makes the terms.
CREATE VIRTUAL TABLE report_terms USING fts5 (
    terms,
    content = '',
    contentless_delete = 1,
    detail = none,
    tokenize = "ascii tokenchars '._-:/@+'"
);

DROP INDEX reports_by_code;
DROP INDEX reports_by_family;
DROP INDEX reports_by_project;
