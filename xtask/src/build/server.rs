//! The binaries: the server and the command line.

use super::Profile;
use crate::proc;
use crate::repo::Repo;
use crate::ui::Done;
use anyhow::Result;

/// What the dev profile always builds together. Cargo joins the features of all that one command
/// builds, so asking for the same set each time is what lets `run`, `test` and clippy share their
/// work: with a smaller set, shared dependencies would be compiled again with fewer features.
pub(crate) const TEST_TARGETS: &[&str] =
    &["--workspace", "--lib", "--bins", "--tests", "--examples"];

pub(super) fn compile(repo: &Repo, profile: Profile) -> Result<Done> {
    let mut args = vec!["build", "--bins"];
    args.extend([
        "--package",
        "faultscan-ingest-server",
        "--package",
        "faultscan-diag",
    ]);
    if profile == Profile::Release {
        args.push("--release");
    }
    proc::loud(&mut repo.cargo(&args))?;
    Ok(Done::Ran)
}
