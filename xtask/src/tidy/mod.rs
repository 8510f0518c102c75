//! The rules of the repository that compilers don't check. Each is a function from the work tree
//! to the list of places that break it.

mod deps;
mod files;
mod fresh;
mod links;
mod pure;
mod sizes;
mod wasm;
mod words;

use crate::proc;
use crate::repo::Repo;
use crate::ui;
use anyhow::{Context, Result};
use std::fmt;
use std::fs;
use std::process::ExitCode;
use std::time::Instant;

/// A place that breaks a rule.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// A path relative to the root, or a package's name.
    place: String,
    /// Counted from 1; none where the whole file is meant.
    line: Option<usize>,
    /// What is wrong and what to do instead.
    text: String,
}

impl Problem {
    fn new(place: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            line: None,
            text: text.into(),
        }
    }

    fn at(place: &str, line: usize, text: impl Into<String>) -> Self {
        Self {
            place: place.to_owned(),
            line: Some(line),
            text: text.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.place, self.text),
            None => write!(f, "{}: {}", self.place, self.text),
        }
    }
}

/// A text file of the work tree.
pub(crate) struct File {
    /// Relative to the root, with forward slashes.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl File {
    fn extension(&self) -> &str {
        self.path.rsplit_once('.').map_or("", |(_, end)| end)
    }

    fn is_rust(&self) -> bool {
        self.extension() == "rs"
    }

    /// Source that people write and read, in any language used here.
    fn is_source(&self) -> bool {
        matches!(
            self.extension(),
            "rs" | "ts" | "tsx" | "js" | "mjs" | "css" | "html" | "sh"
        )
    }
}

/// One rule: what it asks, and how it is checked.
struct Rule {
    name: &'static str,
    check: fn(&Repo, &[File]) -> Result<Vec<Problem>>,
}

/// Rules that only read files and cargo's metadata: fast enough to be a unit test.
const READING_RULES: &[Rule] = &[
    Rule {
        name: "crates use only what the dependency table allows",
        check: deps::check,
    },
    Rule {
        name: "the core has no I/O, clock or randomness",
        check: pure::check,
    },
    Rule {
        name: "files stay small",
        check: sizes::check,
    },
    Rule {
        name: "no forbidden words",
        check: words::check,
    },
    Rule {
        name: "unsafe code is forbidden, lock files are there",
        check: files::check,
    },
    Rule {
        name: "links between documents resolve",
        check: links::check,
    },
];

/// Rules that compile something.
const BUILDING_RULES: &[Rule] = &[
    Rule {
        name: "the core builds for wasm32",
        check: wasm::check,
    },
    Rule {
        name: "generated files are fresh",
        check: fresh::check,
    },
];

/// How a run of the rules went.
pub(crate) struct Outcome {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
}

/// `cargo xtask tidy`.
pub(crate) fn command(repo: &Repo) -> Result<ExitCode> {
    let outcome = run(repo)?;
    eprintln!("{} rules hold, {} broken", outcome.passed, outcome.failed);
    Ok(if outcome.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Checks every rule, prints each with its problems, and counts.
pub(crate) fn run(repo: &Repo) -> Result<Outcome> {
    let files = read_files(repo)?;
    let mut outcome = Outcome {
        passed: 0,
        failed: 0,
    };
    for rule in READING_RULES.iter().chain(BUILDING_RULES) {
        let started = Instant::now();
        let problems = (rule.check)(repo, &files).with_context(|| rule.name)?;
        let sign = if problems.is_empty() { '✓' } else { '✗' };
        eprintln!(
            "  {sign} {} ({} files, {})",
            rule.name,
            files.len(),
            ui::seconds(started.elapsed())
        );
        for problem in &problems {
            eprintln!("      {problem}");
        }
        if problems.is_empty() {
            outcome.passed += 1;
        } else {
            outcome.failed += 1;
        }
    }
    for note in sizes::long_files(&files) {
        eprintln!("  note: {note}");
    }
    Ok(outcome)
}

/// Every text file that is committed or would be.
fn read_files(repo: &Repo) -> Result<Vec<File>> {
    let list = proc::capture(repo.command("git").args([
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
        "-z",
    ]))
    .context("the file list comes from git")?;
    let mut files = Vec::new();
    for path in list.split('\0').filter(|path| !path.is_empty()) {
        // Deleted in the work tree, a link, or not text: nothing to read.
        if let Ok(text) = fs::read_to_string(repo.path(path)) {
            files.push(File {
                path: path.to_owned(),
                text,
            });
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files.dedup_by(|a, b| a.path == b.path);
    Ok(files)
}

#[cfg(test)]
pub(crate) fn file(path: &str, text: &str) -> File {
    File {
        path: path.to_owned(),
        text: text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_repository_is_tidy() {
        let repo = Repo::open().expect("the work tree");
        let files = read_files(&repo).expect("git lists the files");
        assert!(files.iter().any(|file| file.path == "Cargo.toml"));
        let mut problems = Vec::new();
        for rule in READING_RULES {
            problems.extend((rule.check)(&repo, &files).expect("the rule runs"));
        }
        let list: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert!(list.is_empty(), "\n{}", list.join("\n"));
    }
}
