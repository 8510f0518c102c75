//! The core is pure: what `shared/*` computes follows from its arguments alone.

use super::{File, Problem};
use crate::repo::Repo;
use anyhow::Result;

/// What the core's product code never says, and why.
const IMPURE: &[(&str, &str)] = &[
    (
        "std::fs",
        "the core reads no files: take the text as an argument",
    ),
    ("std::net", "the core has no network"),
    ("std::process", "the core starts no processes"),
    (
        "std::env::",
        "the core reads no environment: take values as arguments",
    ),
    (
        "SystemTime::now",
        "the core has no clock: take the time as an argument",
    ),
    (
        "Instant::now",
        "the core has no clock: take the time as an argument",
    ),
    (
        "getrandom",
        "the core has no randomness: take the bytes as an argument",
    ),
    (
        "OsRng",
        "the core has no randomness: take the bytes as an argument",
    ),
    ("println!", "the core prints nothing: return the value"),
];

pub(super) fn check(_repo: &Repo, files: &[File]) -> Result<Vec<Problem>> {
    Ok(files
        .iter()
        .filter(|file| is_core(&file.path))
        .flat_map(check_file)
        .collect())
}

/// Product code: no tests, examples, benches or build scripts, which may well read a file.
fn is_core(path: &str) -> bool {
    let Some((_, inside)) = path
        .strip_prefix("shared/")
        .and_then(|rest| rest.split_once('/'))
    else {
        return false;
    };
    inside.starts_with("src/")
        && inside.ends_with(".rs")
        && inside != "src/build.rs"
        && !inside.ends_with("/tests.rs")
        && !inside.contains("/tests/")
}

fn check_file(file: &File) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (index, line) in file.text.lines().enumerate() {
        if line.trim_start().starts_with("#[cfg(test)]") {
            break;
        }
        if line.trim_start().starts_with("//") {
            continue;
        }
        for (word, why) in IMPURE {
            if line.contains(word) {
                problems.push(Problem::at(&file.path, index + 1, format!("{word}: {why}")));
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::super::file;
    use super::*;

    #[test]
    fn a_clock_in_the_core_is_found_and_one_in_its_tests_is_not() {
        let text = "// SystemTime::now in words\nlet t = SystemTime::now();\n#[cfg(test)]\nmod tests { fn f() { std::fs::read(\"x\"); } }\n";
        let problems = check_file(&file("shared/wire/src/ticket.rs", text));
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].line, Some(2));
    }

    #[test]
    fn only_product_code_of_the_core_is_meant() {
        assert!(is_core("shared/wire/src/ticket/mod.rs"));
        assert!(!is_core("shared/wire/tests/vectors.rs"));
        assert!(!is_core("shared/wire/src/ticket/tests.rs"));
        assert!(!is_core("shared/wire/examples/make.rs"));
        assert!(!is_core("shared/knowledge/src/build.rs"));
        assert!(!is_core("ingest-server/src/main.rs"));
    }
}
