//! Types, lints and tests of the npm package and the pages.

use super::tally::Reader;
use super::{Report, built};
use crate::Part;
use crate::build::npm_script;
use crate::proc;
use crate::repo::Repo;
use anyhow::Result;

/// A folder, what to call it, and its scripts: checks that hold or don't, and tests that count.
const FOLDERS: &[(&str, &str, &[&str], &[&str])] = &[
    ("sdk-wasm/npm", "SDK", &["check", "size"], &["test"]),
    ("www", "pages", &["check"], &["test"]),
];

pub(super) fn run(repo: &Repo, report: &mut Report) {
    if !built(repo, report, Part::Www) {
        return;
    }
    for (dir, name, checks, tests) in FOLDERS {
        for script in *checks {
            report.check(&format!("{name}: npm run {script}"), || {
                proc::loud(&mut npm_script(repo, dir, script))
            });
        }
        for script in *tests {
            report.row(&format!("{name}: npm run {script}"), || {
                counted_script(repo, dir, script, &[])
            });
        }
    }
}

/// Runs an npm script that ends in a test runner's closing lines.
pub(super) fn counted_script(
    repo: &Repo,
    dir: &str,
    script: &str,
    env: &[(&str, String)],
) -> Result<(super::Tally, Vec<String>)> {
    let mut reader = Reader::default();
    let mut command = npm_script(repo, dir, script);
    command.envs(env.iter().map(|(name, value)| (name, value)));
    // Colours and moving lines are for terminals.
    command.env("NO_COLOR", "1").env("CI", "true");
    let ok = proc::watched(&mut command, |line| reader.line(line))?;
    if !ok && reader.tally.failed == 0 {
        reader.tally.failed = 1;
    }
    Ok((reader.tally, reader.closing))
}
