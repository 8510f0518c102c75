//! The command line's grammar.

use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::commands;
use crate::term::{ColorChoice, Lang, Stream, Term};

const EXAMPLES: &str = "\
Examples:
  diag qr -- go build ./...            run a build; if it fails, show why and a QR code to scan
  diag diagnose app.log                root causes of what a log shows
  kubectl logs pod | diag match        only the error codes
  diag ticket new --ttl 10m --json     a signed ticket for this machine
  diag catalogue show ERR-DB-003       what is known of a code

Exit status: 0 success, 1 it could not be done (no network, refused), 2 bad input.
`diag qr -- COMMAND` ends with the command's own status.";

/// Scan what failed, see why
#[derive(Debug, Parser)]
#[command(name = "diag", version, after_help = EXAMPLES, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Options that every command takes.
#[derive(Args, Clone, Copy, Debug)]
#[command(next_help_heading = "Display")]
pub(crate) struct Global {
    /// Language of the text (the locale's where left out)
    #[arg(long, global = true, value_enum, value_name = "LANG")]
    lang: Option<Lang>,
    /// When to use colours; `NO_COLOR` is respected
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t)]
    color: ColorChoice,
}

impl Global {
    /// How text is shown on standard output.
    pub(crate) fn stdout(self) -> Term {
        Term::new(Lang::detect(self.lang), self.color, Stream::Stdout)
    }

    /// How text is shown on standard error.
    pub(crate) fn stderr(self) -> Term {
        Term::new(Lang::detect(self.lang), self.color, Stream::Stderr)
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make and read tickets
    #[command(subcommand)]
    Ticket(commands::ticket::TicketCommand),
    /// Show a ticket as a QR code, or run a command and show one if it fails
    Qr(commands::qr::QrArgs),
    /// Make a key pair for signing tickets without a server
    Keygen(commands::keygen::KeygenArgs),
    /// Read and send snapshots
    #[command(subcommand)]
    Snapshot(commands::snapshot::SnapshotCommand),
    /// Find error codes in a log
    Match(commands::matching::MatchArgs),
    /// Find the root causes of what a log shows
    Diagnose(commands::diagnose::DiagnoseArgs),
    /// Analyse a fault tree
    Fta(commands::fta::FtaArgs),
    /// List, check and show what is known of error codes
    #[command(subcommand)]
    Catalogue(commands::catalogue::CatalogueCommand),
}

impl Cli {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let global = self.global;
        match self.command {
            Command::Ticket(command) => command.run(global),
            Command::Qr(args) => args.run(global),
            Command::Keygen(args) => args.run(global),
            Command::Snapshot(command) => command.run(global),
            Command::Match(args) => args.run(global),
            Command::Diagnose(args) => args.run(global),
            Command::Fta(args) => args.run(global),
            Command::Catalogue(command) => command.run(global),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_grammar_is_consistent() {
        Cli::command().debug_assert();
    }
}
