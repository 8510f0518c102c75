//! `diag catalogue …`: checking, packing, comparing, documents.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what is unexpected here is a failed test"
)]

mod support;

use std::fs;
use std::path::Path;

use support::{REFUSED, diag, with_stdin};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/knowledge/data");

/// Copies the data files, with one text replaced in one of them.
fn changed_data(to: &Path, file: &str, from: &str, into: &str) {
    copy(Path::new(DATA), to);
    let file = to.join(file);
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(from), "{from:?}");
    fs::write(&file, text.replacen(from, into, 1)).unwrap();
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

/// A secret's file and its public key.
fn key(folder: &Path, name: &str) -> (String, String) {
    let file = folder.join(name).display().to_string();
    let made = diag(&["keygen", "--out", &file, "--json"]).json();
    (file, made["public_key"].as_str().unwrap().to_owned())
}

#[test]
fn the_catalogue_is_complete_and_right() {
    let checked = diag(&["catalogue", "check", "--json"]).json();
    assert_eq!(checked["ok"], true);
    assert_eq!(checked["schema"], 3);
    for (family, count) in [
        ("db", 24),
        ("tls", 19),
        ("k8s", 31),
        ("sb", 27),
        ("net", 36),
        ("platform", 37),
    ] {
        assert_eq!(checked["families"][family], count, "{family}");
    }
    assert_eq!(checked["five_families"], 137);
    assert_eq!(checked["tree_events"]["go_env"], 47);
    assert!(checked["samples_min"].as_u64().unwrap() >= 3);
    assert!(checked["near_misses_min"].as_u64().unwrap() >= 2);
    assert!(checked["texts_in_both_languages"].as_u64().unwrap() > 1000);
    let text = diag(&["catalogue", "check"]);
    assert_eq!(text.code, 0, "{text:?}");
    assert!(
        text.stdout
            .contains("24 db + 19 tls + 31 k8s + 27 sb + 36 net = 137"),
        "{text:?}"
    );
}

#[test]
fn a_pack_is_made_verified_and_used() {
    let folder = tempfile::tempdir().unwrap();
    let (secret, public) = key(folder.path(), "catalogue.key");
    let (_, other) = key(folder.path(), "other.key");
    let pack = folder.path().join("c.fspk").display().to_string();
    let made = diag(&[
        "catalogue",
        "pack",
        DATA,
        "-o",
        &pack,
        "--key",
        &secret,
        "--release",
        "2030.01.02.3",
        "--json",
    ])
    .json();
    assert!(
        made["version"]
            .as_str()
            .unwrap()
            .starts_with("2030.01.02.3-")
    );
    let verified = diag(&[
        "catalogue",
        "verify",
        &pack,
        "--public-key",
        &public,
        "--json",
    ])
    .json();
    assert_eq!(verified["content_sha256"], made["content_sha256"]);
    assert_eq!(
        diag(&["catalogue", "verify", &pack, "--key", &secret]).code,
        0
    );
    diag(&["catalogue", "verify", &pack, "--public-key", &other]).is_refused("not trusted here");
    let matched = with_stdin(
        &[
            "match",
            "--json",
            "--catalogue",
            &pack,
            "--catalogue-key",
            &public,
        ],
        REFUSED,
    )
    .json();
    assert_eq!(matched["catalogue_version"], made["version"]);
    assert_eq!(matched["codes"][0]["code"], "ERR-DB-003");
    diag(&[
        "catalogue",
        "list",
        "--catalogue",
        &pack,
        "--catalogue-key",
        &other,
    ])
    .is_refused("not trusted here");
    let mut bytes = fs::read(&pack).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&pack, bytes).unwrap();
    for args in [
        &["catalogue", "verify", &pack, "--public-key", &public][..],
        &["catalogue", "list", "--catalogue", &pack],
    ] {
        diag(args).is_refused("c.fspk: section ");
    }
    fs::write(&pack, "no pack at all").unwrap();
    diag(&["catalogue", "list", "--catalogue", &pack])
        .is_refused("c.fspk: the first bytes are not");
}

#[test]
fn the_diff_names_codes_and_fields() {
    let folder = tempfile::tempdir().unwrap();
    let file = "codes/net/ERR-NET-003.toml";
    changed_data(
        folder.path(),
        file,
        "en = \"Connection refused\"",
        "en = \"Connection was refused\"",
    );
    let new = folder.path().display().to_string();
    let diff = diag(&["catalogue", "diff", DATA, &new, "--json"]).json();
    let change =
        serde_json::json!([{ "change": "changed", "name": "ERR-NET-003", "fields": ["title"] }]);
    assert_eq!(diff["codes"], change);
    assert_ne!(diff["old"], diff["new"]);
    let same = diag(&["catalogue", "diff", DATA, DATA]);
    assert!(same.stdout.contains("nothing changed"), "{same:?}");
}

#[test]
fn a_near_miss_that_hits_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = "codes/net/ERR-NET-003.toml";
    changed_data(
        folder.path(),
        file,
        "[[near_misses]]",
        &format!(
            "[[near_misses]]\ntext = \"{}\"\nwhy = \"w\"\nsource = \"def: test\"\n\n[[near_misses]]",
            "dial tcp 10.0.0.1:8080: connect: connection refused"
        ),
    );
    let path = folder.path().display().to_string();
    let checked = diag(&["catalogue", "check", &path]);
    assert_eq!(checked.code, 2);
    assert!(
        checked
            .stderr
            .starts_with("ERR-NET-003: near_misses[0]: finds ERR-NET-003"),
        "{checked:?}"
    );
}

#[test]
fn documents_are_written_once_and_told_when_stale() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().display().to_string();
    assert_eq!(diag(&["catalogue", "docs", &path]).code, 0);
    assert_eq!(diag(&["catalogue", "docs", &path, "--check"]).code, 0);
    let page = fs::read_to_string(folder.path().join("en/net/ERR-NET-003.md")).unwrap();
    assert!(page.starts_with("# ERR-NET-003: "), "{page}");
    let index = fs::read_to_string(folder.path().join("zh/messages.md")).unwrap();
    assert!(index.contains("connection refused"), "{index}");
    let left_over = folder.path().join("zh/net/ERR-NET-999.md");
    fs::write(&left_over, "gone").unwrap();
    diag(&["catalogue", "docs", &path, "--check"]).is_refused("ERR-NET-999.md: out of date");
    assert_eq!(diag(&["catalogue", "docs", &path]).code, 0);
    assert!(!left_over.exists());
}

#[test]
fn platform_codes_become_a_file_that_can_be_clustered() {
    let folder = tempfile::tempdir().unwrap();
    let made = diag(&["catalogue", "errcode"]);
    let entries = made.json();
    assert_eq!(entries.as_object().unwrap().len(), 37);
    let file = folder.path().join("errcode.json");
    fs::write(&file, &made.stdout).unwrap();
    let clusters = diag(&["fta", "cluster", file.to_str().unwrap(), "--json"]).json();
    let text = clusters.to_string();
    for cause in [
        "redis_unavailable",
        "auth_token_expired",
        "mysql_connection_timeout",
    ] {
        assert!(text.contains(cause), "{cause}");
    }
}
