//! `bench match`: the matcher beside Hyperscan, `RegexSet` and grep.

use super::{capture, example_command};
use crate::repo::Repo;
use anyhow::Result;
use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

const INSTALL: &str = "apt-get install -y gcc libhyperscan-dev  # or libvectorscan-dev";

pub(super) fn run(repo: &Repo) -> Result<String> {
    let mut command = example_command(repo, "faultscan-evidence", "bench_match", &[]);
    match hyperscan(repo)? {
        Some(program) => {
            command.arg("--hyperscan").arg(program);
        }
        None => eprintln!("Hyperscan is left out; to measure it: {INSTALL}"),
    }
    capture(&mut command)
}

/// Compiles the Hyperscan side, if the system has the library. Nothing else links it.
fn hyperscan(repo: &Repo) -> Result<Option<PathBuf>> {
    let folder = repo.path("target/bench");
    std::fs::create_dir_all(&folder)?;
    let program = folder.join("hyperscan");
    let status = Command::new("cc")
        .args(["-O2", "-o"])
        .arg(&program)
        .arg(repo.path("shared/evidence/examples/bench_match/hyperscan.c"))
        .arg("-lhs")
        .stderr(Stdio::null())
        .status();
    Ok(status
        .is_ok_and(|status| status.success())
        .then_some(program))
}
