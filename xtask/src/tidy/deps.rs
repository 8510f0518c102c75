//! Who may use whom: the dependency table of docs/ARCHITECTURE.md, checked against cargo's metadata.

use super::{File, Problem};
use crate::repo::Repo;
use anyhow::{Context, Result};
use serde_json::Value;

/// A workspace crate and the workspace crates that it may use, for tests and builds too.
const TABLE: &[(&str, &[&str])] = &[
    ("faultscan-wire", &[]),
    ("faultscan-faulttree", &[]),
    ("faultscan-knowledge", &["faultscan-faulttree"]),
    ("faultscan-evidence", &["faultscan-knowledge"]),
    (
        "faultscan-diagnosis",
        &[
            "faultscan-faulttree",
            "faultscan-knowledge",
            "faultscan-evidence",
        ],
    ),
    ("faultscan-sdk-wasm", &["faultscan-wire"]),
    (
        "faultscan-diagnosis-wasm",
        &[
            "faultscan-wire",
            "faultscan-knowledge",
            "faultscan-evidence",
            "faultscan-diagnosis",
        ],
    ),
    // To draw the codes that its tests and its bench read.
    ("faultscan-qr-wasm", &["faultscan-wire"]),
    ("faultscan-ingest-server", SHARED),
    ("faultscan-diag", SHARED),
    ("faultscan-tests", &["faultscan-wire"]),
    ("faultscan-xtask", &[]),
];

const SHARED: &[&str] = &[
    "faultscan-wire",
    "faultscan-faulttree",
    "faultscan-knowledge",
    "faultscan-evidence",
    "faultscan-diagnosis",
];

/// An outside crate that only one crate of ours may know, by the start of its name.
const SINGLE_USERS: &[(&str, &str)] = &[
    ("wasm-bindgen", "faultscan-sdk-wasm"),
    ("js-sys", "faultscan-sdk-wasm"),
    ("web-sys", "faultscan-sdk-wasm"),
    ("actix", "faultscan-ingest-server"),
    ("tokio", "faultscan-ingest-server"),
    ("rusqlite", "faultscan-ingest-server"),
];

/// xtask runs wasm-bindgen; it doesn't build against it.
/// The diagnosis and the reader of QR codes are the SDK's other modules.
const SINGLE_USER_EXEMPT: &[(&str, &str)] = &[
    ("faultscan-xtask", "wasm-bindgen-cli-support"),
    ("faultscan-diagnosis-wasm", "wasm-bindgen"),
    ("faultscan-qr-wasm", "wasm-bindgen"),
];

pub(super) fn check(repo: &Repo, _files: &[File]) -> Result<Vec<Problem>> {
    check_metadata(&repo.metadata)
}

fn check_metadata(metadata: &Value) -> Result<Vec<Problem>> {
    let mut problems = Vec::new();
    let packages = metadata["packages"]
        .as_array()
        .context("metadata lists no packages")?;
    for package in packages {
        let name = package["name"].as_str().context("a package has no name")?;
        let Some((_, allowed)) = TABLE.iter().find(|(known, _)| *known == name) else {
            problems.push(Problem::new(
                name,
                "is not in the dependency table: add a row in xtask/src/tidy/deps.rs and in \
                 docs/ARCHITECTURE.md",
            ));
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let used = dependency["name"].as_str().unwrap_or_default();
            problems.extend(check_one(name, allowed, used, dependency));
        }
    }
    Ok(problems)
}

fn check_one(name: &str, allowed: &[&str], used: &str, dependency: &Value) -> Option<Problem> {
    if used.starts_with("faultscan-") && used != name && !allowed.contains(&used) {
        let lazily = name == "faultscan-sdk-wasm"
            && used == "faultscan-diagnosis"
            && is_optional(dependency);
        return (!lazily).then(|| {
            Problem::new(
                name,
                format!("may not use {used} (it may use: {})", list(allowed)),
            )
        });
    }
    if SINGLE_USER_EXEMPT.contains(&(name, used)) {
        return None;
    }
    SINGLE_USERS
        .iter()
        .find(|(start, user)| used.starts_with(start) && *user != name)
        .map(|(_, user)| Problem::new(name, format!("may not use {used}: only {user} knows it")))
}

fn is_optional(dependency: &Value) -> bool {
    dependency["optional"].as_bool().unwrap_or(false)
}

fn list(names: &[&str]) -> String {
    if names.is_empty() {
        "no workspace crate".to_owned()
    } else {
        names.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn problems(name: &str, dependency: &Value) -> Vec<String> {
        let metadata = json!({ "packages": [{ "name": name, "dependencies": [dependency] }] });
        check_metadata(&metadata)
            .expect("well formed")
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn what_the_table_allows_passes() {
        assert!(
            problems(
                "faultscan-evidence",
                &json!({"name": "faultscan-knowledge"})
            )
            .is_empty()
        );
        assert!(problems("faultscan-ingest-server", &json!({"name": "tokio"})).is_empty());
        assert!(
            problems(
                "faultscan-xtask",
                &json!({"name": "wasm-bindgen-cli-support"})
            )
            .is_empty()
        );
    }

    #[test]
    fn an_arrow_against_the_table_is_named() {
        assert_eq!(
            problems("faultscan-wire", &json!({"name": "faultscan-knowledge"})),
            ["faultscan-wire: may not use faultscan-knowledge (it may use: no workspace crate)"]
        );
        assert_eq!(
            problems(
                "faultscan-diag",
                &json!({"name": "faultscan-ingest-server", "kind": "dev"})
            )
            .len(),
            1
        );
    }

    #[test]
    fn outside_crates_have_one_user() {
        assert_eq!(
            problems("faultscan-diag", &json!({"name": "tokio"})).len(),
            1
        );
        assert_eq!(
            problems("faultscan-xtask", &json!({"name": "wasm-bindgen"})).len(),
            1
        );
    }

    #[test]
    fn the_sdk_may_load_the_diagnosis_lazily_only() {
        let dependency = |optional| json!({"name": "faultscan-diagnosis", "optional": optional});
        assert!(problems("faultscan-sdk-wasm", &dependency(true)).is_empty());
        assert_eq!(problems("faultscan-sdk-wasm", &dependency(false)).len(), 1);
    }

    #[test]
    fn a_new_crate_must_enter_the_table() {
        assert!(problems("faultscan-new", &json!({"name": "serde"}))[0].contains("add a row"));
    }
}
