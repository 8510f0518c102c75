//! `diag`: Faultscan's command line. Makes tickets and their QR codes, reads and sends snapshots,
//! matches and diagnoses logs, checks the catalogue, analyses fault trees.
//!
//! `--json` prints one document on stdout; everything else a person should know goes to stderr.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;

mod cli;
mod commands;
mod duration;
mod environment;
mod exec;
mod exit;
mod http;
mod input;
mod issue;
mod keys;
mod output;
mod qr;
mod render;
mod samples;
mod source;
mod system;
mod term;
mod trim;

fn main() -> ExitCode {
    match cli::Cli::try_parse() {
        Ok(cli) => match cli.run() {
            Ok(code) => code,
            Err(error) => {
                // A closed pipe (`diag … | head`) is no failure worth a message.
                if is_broken_pipe(&error) {
                    return ExitCode::SUCCESS;
                }
                eprintln!("diag: {}", exit::one_line(&error));
                ExitCode::from(exit::code_of(&error))
            }
        },
        Err(error) => usage(&error),
    }
}

/// Help and version go to stdout as clap lays them out; a mistake is one line on stderr.
fn usage(error: &clap::Error) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let _ = error.print();
            ExitCode::SUCCESS
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = error.print();
            ExitCode::from(2)
        }
        _ => {
            let text = error.to_string();
            let ends = ["\n\nUsage:", "\n\nFor more information"];
            let head = ends.iter().fold(text.as_str(), |head, end| {
                head.split(end).next().unwrap_or(head)
            });
            let words: Vec<&str> = head
                .trim_start_matches("error: ")
                .split_whitespace()
                .collect();
            eprintln!("diag: {} (see --help)", words.join(" "));
            ExitCode::from(2)
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe)
    })
}
