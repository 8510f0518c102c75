//! `cargo xtask test`: every check and test, with one summary at the end.

mod browser;
mod engines;
mod repro;
mod rust;
mod tally;
mod typescript;

use crate::build;
use crate::repo::Repo;
use crate::tidy;
use crate::ui;
use anyhow::Result;
use clap::{Args, ValueEnum};
use std::process::ExitCode;
use std::time::Instant;
use tally::Tally;

pub(crate) use browser::screenshots;

#[derive(Args)]
pub(crate) struct Options {
    /// Run only this group; may be given several times
    #[arg(long, value_enum)]
    only: Vec<Group>,
}

/// What can be run by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Group {
    /// The repository's own rules
    Tidy,
    /// Formatting, lints, unit tests, journeys against the real binaries, documentation tests
    Rust,
    /// The npm package and the pages
    Ts,
    /// A real browser with a camera that sees a QR code
    Browser,
    /// The SDK in every script engine, and its package in small projects
    Engines,
    /// Faults made by real software, and the codes that `diag` names
    Repro,
    /// Every decoder on its kept seeds and crashers
    Fuzz,
}

/// In this order: the server serves the pages, so its tests need them built.
const ALL: &[Group] = &[
    Group::Ts,
    Group::Rust,
    Group::Tidy,
    Group::Repro,
    Group::Browser,
    Group::Engines,
];

/// How one check or test runner ended.
struct Row {
    name: String,
    result: Tally,
    seconds: String,
    /// The runner's own closing lines.
    closing: Vec<String>,
    /// Why something did not run.
    note: Option<String>,
}

/// All rows so far, and the means to add one.
#[derive(Default)]
struct Report {
    rows: Vec<Row>,
}

impl Report {
    /// Runs one check that either holds or doesn't, and keeps its result.
    fn check(&mut self, name: &str, work: impl FnOnce() -> Result<()>) -> bool {
        let result = self.row(name, || work().map(|()| (Tally::one_passed(), Vec::new())));
        result.failed == 0
    }

    /// Runs something that counts by itself. An error counts as one failure.
    fn row(&mut self, name: &str, work: impl FnOnce() -> Result<(Tally, Vec<String>)>) -> Tally {
        eprintln!("\n── {name}");
        let started = Instant::now();
        let (result, closing) = work().unwrap_or_else(|error| {
            eprintln!("{name}: {error:#}");
            (Tally::one_failed(), Vec::new())
        });
        self.rows.push(Row {
            name: name.to_owned(),
            result,
            seconds: ui::seconds(started.elapsed()),
            closing,
            note: None,
        });
        result
    }

    /// Says that something cannot run here, and why.
    fn skip(&mut self, name: &str, why: &str) {
        eprintln!("\n── {name}\nskipped: {why}");
        self.rows.push(Row {
            name: name.to_owned(),
            result: Tally::one_skipped(),
            seconds: String::new(),
            closing: Vec::new(),
            note: Some(why.to_owned()),
        });
    }

    /// Prints the table, the runners' own closing lines, and the line that counts.
    fn print(&self) -> Tally {
        println!("\nSummary");
        for row in &self.rows {
            let sign = match row.result {
                Tally { failed: 1.., .. } => '✗',
                Tally { passed: 0, .. } => '–',
                _ => '✓',
            };
            let note = row.note.as_deref().unwrap_or_default();
            println!(
                "  {sign} {:<44} {:<38} {}{note}",
                row.name,
                row.result.to_string(),
                row.seconds
            );
        }
        println!();
        for row in &self.rows {
            for line in &row.closing {
                println!("{line}");
            }
        }
        let total = self.rows.iter().map(|row| row.result).sum();
        println!("{total}");
        total
    }
}

pub(crate) fn run(repo: &Repo, options: &Options) -> Result<ExitCode> {
    let groups = if options.only.is_empty() {
        ALL
    } else {
        &options.only
    };
    let mut report = Report::default();
    for group in groups {
        match group {
            Group::Tidy => run_tidy(repo, &mut report),
            Group::Rust => rust::run(repo, &mut report),
            Group::Ts => typescript::run(repo, &mut report),
            Group::Browser => browser::run(repo, &mut report),
            Group::Engines => engines::run(repo, &mut report),
            Group::Repro => repro::run(repo, &mut report),
            Group::Fuzz => rust::run_fuzz_seeds(repo, &mut report),
        }
    }
    let total = report.print();
    Ok(if total.failed == 0 && total.passed > 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn run_tidy(repo: &Repo, report: &mut Report) {
    report.row("tidy", || {
        let outcome = tidy::run(repo)?;
        Ok((
            Tally {
                passed: outcome.passed,
                failed: outcome.failed,
                skipped: 0,
            },
            Vec::new(),
        ))
    });
}

/// Builds what the named group needs; false when that failed.
fn built(repo: &Repo, report: &mut Report, part: crate::Part) -> bool {
    report.check("build", || {
        build::build(repo, &build::plan(part), build::Profile::Dev)
    })
}
