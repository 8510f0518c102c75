//! Formatting, lints and tests of the Rust crates.

use super::Report;
use super::tally::{Reader, Tally};
use crate::build::TEST_TARGETS;
use crate::proc;
use crate::repo::Repo;
use crate::tools;
use anyhow::Result;
use std::process::Command;

pub(super) fn run(repo: &Repo, report: &mut Report) {
    report.check("cargo fmt --check", || {
        proc::quiet(&mut repo.cargo(&["fmt", "--all", "--check"]))
    });
    report.check("cargo clippy", || {
        let mut args = vec!["clippy"];
        args.extend(TEST_TARGETS);
        args.extend(["--", "-D", "warnings"]);
        proc::loud(&mut repo.cargo(&args))
    });
    let compiled = report.check("compile the binaries and tests", || {
        let mut args = vec!["build"];
        args.extend(TEST_TARGETS);
        proc::loud(&mut repo.cargo(&args))
    });
    if !compiled {
        return;
    }
    let go = tools::ensure_go(repo);
    if let Err(why) = &go {
        report.skip("journeys with a real Go build", why);
    }
    let go = go.ok();
    let prepare = |command: &mut Command| {
        if let Some(go) = &go {
            command.env("FAULTSCAN_GO", go);
        }
    };
    report.row("tests of the Rust crates", || {
        let mut command = test_command(repo);
        command.args(TEST_TARGETS);
        prepare(&mut command);
        counted(&mut command)
    });
    report.row("tests in the Rust documentation", || {
        counted(&mut repo.cargo(&["test", "--workspace", "--doc"]))
    });
}

/// The tests that replay kept seeds and crashers; they are part of the crates' tests too.
pub(super) fn run_fuzz_seeds(repo: &Repo, report: &mut Report) {
    report.row("decoders on their seeds and crashers", || {
        counted(test_command(repo).args(["--workspace", "--test", "fuzz_seeds"]))
    });
}

/// The test runner that is there.
fn test_command(repo: &Repo) -> Command {
    if tools::has_nextest() {
        repo.cargo(&["nextest", "run", "--no-fail-fast"])
    } else {
        repo.cargo(&["test", "--no-fail-fast"])
    }
}

fn counted(command: &mut Command) -> Result<(Tally, Vec<String>)> {
    let mut reader = Reader::default();
    let ok = proc::watched(command, |line| reader.line(line))?;
    if !ok && reader.tally.failed == 0 {
        // The runner failed before or beside its tests: that is a failure all the same.
        reader.tally.failed = 1;
    }
    Ok((reader.tally, reader.closing))
}
