//! `cargo xtask bench`: figures, each beside a comparison measured in the same run.

mod matching;
mod qr;

use crate::build::{self, Profile, npm_script};
use crate::proc;
use crate::repo::Repo;
use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use serde_json::Value;
use std::process::{Command, ExitCode};

#[derive(Args)]
pub(crate) struct Options {
    #[arg(value_enum)]
    name: Name,
    /// Print one JSON document instead of a table
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Name {
    /// Durable snapshots a server CPU-second, beside the same work without storage
    Ingest,
    /// The SDK's sizes and times, beside a JavaScript equivalent
    Sdk,
    /// Fault-tree analysis
    Fta,
    /// Matching log lines against the catalogue
    Match,
    /// Making QR codes, and reading them from a second of video beside other readers
    Qr,
    /// Lists, searches, groups and trends of 100,000 stored reports, beside a hundredth of them
    Reports,
}

pub(crate) fn run(repo: &Repo, options: &Options) -> Result<ExitCode> {
    let text = match options.name {
        Name::Ingest => ingest(repo),
        Name::Sdk => sdk(repo),
        Name::Fta => example(
            repo,
            "faultscan-faulttree",
            "bench_fta",
            &["--features", "formats"],
        ),
        Name::Match => matching::run(repo),
        Name::Qr => qr::run(repo),
        Name::Reports => example(repo, "faultscan-ingest-server", "bench_reports", &[]),
    }?;
    let document = last_document(&text).context("the benchmark printed no JSON document")?;
    if options.json {
        println!("{document}");
    } else {
        table(&document);
    }
    Ok(ExitCode::SUCCESS)
}

/// The real server in release, driven over loopback by a load generator of the tests crate.
fn ingest(repo: &Repo) -> Result<String> {
    build::build(repo, &build::plan(crate::Part::Server), Profile::Release)?;
    let needed: [&[&str]; 2] = [
        &[
            "faultscan-ingest-server",
            "--example=ingest_without_storage",
        ],
        &["faultscan-tests", "--bins"],
    ];
    for target in needed {
        let args = [&["build", "--release", "--package"], target].concat();
        proc::loud(&mut repo.cargo(&args))?;
    }
    let load = repo.binary(Profile::Release.dir(), "bench-ingest");
    capture(&mut repo.command(load))
}

fn sdk(repo: &Repo) -> Result<String> {
    build::build(repo, &build::plan(crate::Part::Sdk), Profile::Dev)?;
    let mut command = npm_script(repo, "sdk-wasm/npm", "bench");
    command.args(["--", "--json"]);
    capture(&mut command)
}

fn example(repo: &Repo, package: &str, name: &str, features: &[&str]) -> Result<String> {
    capture(&mut example_command(repo, package, name, features))
}

/// The command that compiles and runs an example; arguments for the example may follow.
fn example_command(repo: &Repo, package: &str, name: &str, features: &[&str]) -> Command {
    let mut args = vec!["run", "--quiet", "--release", "--package", package];
    args.extend(features);
    args.extend(["--example", name, "--", "--json"]);
    eprintln!("compiling {name} with optimisation …");
    repo.cargo(&args)
}

/// Standard output is the result; standard error is progress and passes through.
fn capture(command: &mut Command) -> Result<String> {
    command.stderr(std::process::Stdio::inherit());
    let output = command
        .output()
        .with_context(|| format!("cannot start {}", proc::describe(command)))?;
    anyhow::ensure!(
        output.status.success(),
        "{} failed ({})",
        proc::describe(command),
        output.status
    );
    Ok(String::from_utf8(output.stdout)?)
}

/// The JSON document that the text ends with.
fn last_document(text: &str) -> Option<Value> {
    let text = text.trim();
    serde_json::from_str(text).ok().or_else(|| {
        let start = text.lines().rev().find(|line| line.starts_with('{'))?;
        serde_json::from_str(start).ok()
    })
}

fn table(document: &Value) {
    println!("{}", document["name"].as_str().unwrap_or("benchmark"));
    for part in ["figures", "ratios"] {
        let Some(values) = document[part].as_object() else {
            continue;
        };
        println!("  {part}");
        for (name, value) in values {
            println!("    {name:<52} {value}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_found_after_other_lines() {
        let one = r#"{"name":"x"}"#;
        for text in [one.to_owned(), format!("warming up\n{one}\n")] {
            assert_eq!(last_document(&text).expect("found")["name"], "x");
        }
        assert!(last_document("nothing").is_none());
    }
}
