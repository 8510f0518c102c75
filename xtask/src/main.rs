//! Builds, runs, tests and checks this repository: one command for each, with all its set-up.
//!
//! This crate uses none of the workspace's crates. It starts processes and reads files, so it still
//! compiles when the rest does not.
#![forbid(unsafe_code)]

mod bench;
mod build;
mod codegen;
mod debian;
mod proc;
mod repo;
mod repro;
mod run;
mod stamp;
mod test;
mod tidy;
mod tools;
mod ui;

use anyhow::Result;
use clap::{Parser, Subcommand, ValueEnum};
use repo::Repo;
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Build, run, test and check Faultscan")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build everything, start the server, and print where to log in and what to scan
    Run(run::Options),
    /// Run every check and test, after installing what they need
    Test(test::Options),
    /// Build one part, or all of them
    Build {
        #[arg(value_enum, default_value = "all")]
        part: Part,
        /// Optimise the binaries (slower to build)
        #[arg(long)]
        release: bool,
    },
    /// Check the rules of the repository that compilers don't: dependencies, sizes, words, links
    Tidy,
    /// Measure, always beside a comparison made in the same run
    Bench(bench::Options),
    /// Make faults with real software and check that `diag` names them
    Repro(repro::Options),
    /// Write again every committed file that is made from another one
    Codegen,
    /// Take the README's pictures of a real failure, on a phone and on the dashboard
    Screenshots {
        /// Where the pictures go
        #[arg(default_value = "docs/images")]
        folder: std::path::PathBuf,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The wasm module and its npm package
    Sdk,
    /// The pages
    Www,
    /// The server and the command line
    Server,
    All,
}

fn main() -> ExitCode {
    match Cli::parse().command.execute() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

impl Command {
    fn execute(self) -> Result<ExitCode> {
        let repo = Repo::open()?;
        match self {
            Self::Run(options) => run::run(&repo, &options),
            Self::Test(options) => test::run(&repo, &options),
            Self::Build { part, release } => {
                let profile = build::Profile::from_release(release);
                build::build(&repo, &build::plan(part), profile)?;
                Ok(ExitCode::SUCCESS)
            }
            Self::Tidy => tidy::command(&repo),
            Self::Bench(options) => bench::run(&repo, &options),
            Self::Repro(options) => repro::run(&repo, &options),
            Self::Codegen => codegen::run(&repo),
            Self::Screenshots { folder } => test::screenshots(&repo, &folder),
        }
    }
}
