//! What certain files must hold, and which must be there.

use super::{File, Problem};
use crate::repo::Repo;
use anyhow::Result;

/// The one crate whose macros expand to unsafe code.
const MAY_EXPAND_TO_UNSAFE: &str = "sdk-wasm/";

pub(super) fn check(_repo: &Repo, files: &[File]) -> Result<Vec<Problem>> {
    let has = |path: &str| files.iter().any(|file| file.path == path);
    let mut problems = Vec::new();
    for file in files {
        if is_crate_root(&file.path)
            && !file.path.starts_with(MAY_EXPAND_TO_UNSAFE)
            && !file.text.contains("#![forbid(unsafe_code)]")
        {
            problems.push(Problem::new(&file.path, "lacks #![forbid(unsafe_code)]"));
        }
        if let Some(folder) = file.path.strip_suffix("package.json") {
            let lock = format!("{folder}package-lock.json");
            if !has(&lock) && declares_packages(&file.text) {
                problems.push(Problem::new(&file.path, format!("has no {lock} beside it")));
            }
        }
        if file.is_source() && (!file.text.ends_with('\n') || file.text.contains('\r')) {
            problems.push(Problem::new(
                &file.path,
                "must end in a newline and hold no CR",
            ));
        }
    }
    for path in [
        "Cargo.lock",
        "LICENSE-MIT",
        "LICENSE-APACHE",
        "README.md",
        ".ci/run",
    ] {
        if !has(path) {
            problems.push(Problem::new(path, "is missing"));
        }
    }
    Ok(problems)
}

/// The root of a workspace crate's library or binary.
fn is_crate_root(path: &str) -> bool {
    let inside = path.strip_prefix("shared/").unwrap_or(path);
    let parts: Vec<&str> = inside.split('/').collect();
    matches!(
        parts[..],
        [_, "src", "lib.rs" | "main.rs"] | [_, "src", "bin", _]
    ) || (parts.len() == 4 && parts[1] == "src" && parts[2] == "bin" && parts[3] == "main.rs")
}

fn declares_packages(package_json: &str) -> bool {
    package_json.contains("\"dependencies\"") || package_json.contains("\"devDependencies\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crate_roots_are_known() {
        assert!(is_crate_root("shared/wire/src/lib.rs"));
        assert!(is_crate_root("ingest-server/src/main.rs"));
        assert!(is_crate_root("tests/src/bin/load.rs"));
        assert!(!is_crate_root("shared/wire/src/ticket/mod.rs"));
        assert!(!is_crate_root("www/src/lib/main.rs"));
    }
}
