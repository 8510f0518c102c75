//! The whole journey in a real browser, against the real server.

use super::typescript::counted_script;
use super::{Report, built};
use crate::Part;
use crate::build::{self, Profile, npm_install, npm_script};
use crate::proc;
use crate::repo::Repo;
use crate::tools;
use anyhow::{Result, anyhow};
use std::path::Path;
use std::process::ExitCode;

/// The browser tests' npm folder.
const DIR: &str = "tests/browser";

pub(super) fn run(repo: &Repo, report: &mut Report) {
    let chromium = match tools::ensure_chromium() {
        Ok(path) => path,
        Err(why) => return report.skip("journeys in a browser", &why),
    };
    if !built(repo, report, Part::All) {
        return;
    }
    report.row("journeys in a browser", || {
        npm_install(repo, DIR)?;
        counted_script(repo, DIR, "test", &environment(repo, &chromium))
    });
}

fn environment(repo: &Repo, chromium: &Path) -> [(&'static str, String); 2] {
    let binaries = repo.target.join(Profile::Dev.dir());
    [
        ("CHROMIUM", chromium.display().to_string()),
        ("FAULTSCAN_BIN_DIR", binaries.display().to_string()),
    ]
}

/// `cargo xtask screenshots`.
pub(crate) fn screenshots(repo: &Repo, folder: &Path) -> Result<ExitCode> {
    let go = tools::ensure_go(repo).map_err(|why| anyhow!(why))?;
    let chromium = tools::ensure_chromium().map_err(|why| anyhow!(why))?;
    build::build(repo, &build::plan(Part::All), Profile::Dev)?;
    // A server whose clock can be set back: pictures of trends need a past.
    let example = [
        "build",
        "--package",
        "faultscan-ingest-server",
        "--example",
        "at_times",
    ];
    proc::quiet(&mut repo.cargo(&example))?;
    npm_install(repo, DIR)?;
    let mut command = npm_script(repo, DIR, "screenshots");
    command
        .arg("--")
        .arg(repo.path(folder))
        .env("FAULTSCAN_GO", go)
        .envs(environment(repo, &chromium));
    proc::loud(&mut command)?;
    Ok(ExitCode::SUCCESS)
}
