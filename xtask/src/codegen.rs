//! Committed files that are made from other files: how each is made, and whether it is fresh.

use crate::build::{self, Profile};
use crate::proc;
use crate::repo::Repo;
use anyhow::{Context, Result};
use std::fs;
use std::process::{Command, ExitCode};

/// A committed file and the binary that prints it.
struct Made {
    path: &'static str,
    binary: &'static str,
    args: &'static [&'static str],
}

const MADE: &[Made] = &[
    Made {
        path: "docs/spec/openapi.json",
        binary: "ingest-server",
        args: &["openapi"],
    },
    Made {
        path: "docs/catalogue/errcode.json",
        binary: "diag",
        args: &["catalogue", "errcode"],
    },
];

/// The catalogue's pages; `diag catalogue docs` keeps the folder, or tells the first stale page.
const CATALOGUE_PAGES: &str = "docs/catalogue";

/// The mini-programs that are made from WeChat's; `www/build/twins.mjs` writes them, or tells the stale
/// files.
const TWINS: &str = "www/alipay and www/douyin";

/// A test that keeps committed files fresh by itself, and writes them anew when told to by a
/// variable.
struct WrittenByTest {
    what: &'static str,
    variable: &'static str,
    args: &'static [&'static str],
}

const WRITTEN_BY_TESTS: &[WrittenByTest] = &[
    WrittenByTest {
        what: "docs/spec/vectors",
        variable: "FAULTSCAN_WRITE_VECTORS",
        args: &[
            "test",
            "--quiet",
            "--package",
            "faultscan-wire",
            "--test",
            "vectors",
        ],
    },
    WrittenByTest {
        what: "docs/spec/vectors/pack.json",
        variable: "FAULTSCAN_WRITE_VECTORS",
        args: &[
            "test",
            "--quiet",
            "--package",
            "faultscan-knowledge",
            "--test",
            "pack",
        ],
    },
];

/// `cargo xtask codegen`.
pub(crate) fn run(repo: &Repo) -> Result<ExitCode> {
    for written in WRITTEN_BY_TESTS {
        proc::quiet(repo.cargo(written.args).env(written.variable, "1"))?;
        eprintln!("  {} written where it had changed", written.what);
    }
    build::build(repo, &build::plan(crate::Part::Server), Profile::Dev)?;
    for made in MADE {
        let path = repo.path(made.path);
        let text = make(repo, made)?;
        let was_fresh = fs::read_to_string(&path).is_ok_and(|old| old == text);
        if !was_fresh {
            fs::write(&path, text).with_context(|| format!("cannot write {}", made.path))?;
        }
        let sign = if was_fresh { "unchanged" } else { "written" };
        eprintln!("  {} {sign}", made.path);
    }
    let told = proc::capture(&mut pages(repo, &[]))?;
    eprintln!("  {CATALOGUE_PAGES}: {}", told.trim_end());
    proc::quiet(&mut twins(repo, &[]))?;
    eprintln!("  {TWINS} written where they had changed");
    Ok(ExitCode::SUCCESS)
}

/// The generated files that differ from what would be made now. The binaries must be built.
pub(crate) fn stale(repo: &Repo) -> Result<Vec<&'static str>> {
    let mut stale = Vec::new();
    for made in MADE {
        let text = make(repo, made)?;
        if !fs::read_to_string(repo.path(made.path)).is_ok_and(|old| old == text) {
            stale.push(made.path);
        }
    }
    if proc::capture(&mut pages(repo, &["--check"])).is_err() {
        stale.push(CATALOGUE_PAGES);
    }
    if proc::capture(&mut twins(repo, &["--check"])).is_err() {
        stale.push(TWINS);
    }
    Ok(stale)
}

/// Writes the catalogue's pages, or checks them.
fn pages(repo: &Repo, more: &[&str]) -> Command {
    let folder = repo.path(CATALOGUE_PAGES).display().to_string();
    let mut command = repo.command(repo.binary(Profile::Dev.dir(), "diag"));
    command
        .args(["--lang", "en", "catalogue", "docs", &folder])
        .args(more);
    command
}

/// Makes the twins of WeChat's mini-program, or checks them.
fn twins(repo: &Repo, more: &[&str]) -> Command {
    let mut command = repo.command("node");
    command.arg("www/build/twins.mjs").args(more);
    command
}

fn make(repo: &Repo, made: &Made) -> Result<String> {
    let binary = repo.binary(Profile::Dev.dir(), made.binary);
    let text = proc::capture(repo.command(binary).args(made.args))
        .with_context(|| format!("{} comes from {}", made.path, made.binary))?;
    Ok(format!("{}\n", text.trim_end()))
}
