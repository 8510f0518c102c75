//! `cargo xtask repro`: faults made by real software, and what `diag` says of them.

mod kit;

use crate::build::Profile;
use crate::proc;
use crate::repo::Repo;
use anyhow::{Context, Result};
use clap::Args;
use serde_json::Value;
use std::process::{Command, ExitCode, Stdio};

/// Where the suite stands in the repository.
const DIR: &str = "tests/repro";

/// Where `--write` records what was proven.
const PROOFS: &str = "shared/knowledge/data/proofs.toml";

#[derive(Args)]
pub(crate) struct Options {
    /// Run only these groups or cases, by the start of their names: go, net, tls, db, ...
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Name the cases and run none
    #[arg(long)]
    list: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    /// Record in the catalogue which codes were proven
    #[arg(long, conflicts_with = "list")]
    write: bool,
    /// Keep the logs of the cases and say where they are
    #[arg(long)]
    keep: bool,
}

pub(crate) fn run(repo: &Repo, options: &Options) -> Result<ExitCode> {
    compile(repo)?;
    let mut command = suite(repo, !options.list)?;
    for only in &options.only {
        command.args(["--only", only]);
    }
    for (wanted, flag) in [
        (options.list, "--list"),
        (options.json, "--json"),
        (options.keep, "--keep"),
    ] {
        if wanted {
            command.arg(flag);
        }
    }
    if options.write {
        command.arg("--write").arg(repo.path(PROOFS));
    }
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("cannot start {}", proc::describe(&command)))?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The whole suite, for `cargo xtask test`: the document that it prints.
pub(crate) fn document(repo: &Repo) -> Result<Value> {
    let mut command = suite(repo, true)?;
    let output = command
        .arg("--json")
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start {}", proc::describe(&command)))?;
    serde_json::from_slice(&output.stdout).context("the suite printed no JSON document")
}

fn compile(repo: &Repo) -> Result<()> {
    let packages = ["--package=faultscan-diag", "--package=faultscan-tests"];
    let bins = ["--bin=diag", "--bin=repro"];
    proc::loud(repo.cargo(&["build"]).args(packages).args(bins))
}

/// The suite's program, with what it needs installed when it is to run cases.
fn suite(repo: &Repo, runs: bool) -> Result<Command> {
    let kit = kit::folder(repo);
    if runs {
        kit::install(repo, &kit)?;
    }
    let binary = |name| repo.binary(Profile::Dev.dir(), name);
    let mut command = repo.command(binary("repro"));
    command
        .arg("--data")
        .arg(repo.path(DIR))
        .arg("--kit")
        .arg(kit)
        .arg("--diag")
        .arg(binary("diag"));
    Ok(command)
}
