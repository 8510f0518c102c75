//! `diag fta`: analysis of fault trees.

mod analyse;
mod cluster;
mod convert;
mod document;
mod files;
mod report;
mod watch;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::cli::Global;

const EXAMPLES: &str = "\
Examples:
  diag fta tree.xml                          a readable summary
  diag fta tree.xml --json --cut-sets 20     one JSON document with the 20 best cut sets
  diag fta tree.toml --time 8760 --curve 24  probability over the mission
  diag fta convert tree.xml tree.dot         XML, TOML, DOT, Mermaid, JSON by file name
  diag fta cluster errcode.json              which cause explains which codes

Files: Open-PSA XML (.xml), native TOML (.toml), errcode.json (.json), Galileo (.dft, .galileo).";

/// Options of `diag fta`.
#[derive(Args, Debug)]
#[command(
    after_help = EXAMPLES,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    arg_required_else_help = true
)]
pub(crate) struct FtaArgs {
    #[command(subcommand)]
    command: Option<FtaCommand>,
    #[command(flatten)]
    analyse: analyse::AnalyseArgs,
}

#[derive(Debug, Subcommand)]
enum FtaCommand {
    /// Write a tree in another format
    Convert(convert::ConvertArgs),
    /// Show which sets of causes explain which error codes
    Cluster(cluster::ClusterArgs),
}

impl FtaArgs {
    /// Analyses, converts or clusters.
    pub(crate) fn run(&self, global: Global) -> anyhow::Result<ExitCode> {
        match &self.command {
            Some(FtaCommand::Convert(args)) => args.run()?,
            Some(FtaCommand::Cluster(args)) => args.run(global)?,
            None => self.analyse.run(global)?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// What every fault-tree command may spend.
#[derive(Args, Debug)]
#[command(next_help_heading = "Limits")]
struct Spend {
    /// Diagram nodes at most
    #[arg(long, value_name = "N", default_value_t = 20_000_000)]
    nodes_max: usize,
    /// Seconds at most
    #[arg(long, value_name = "S")]
    seconds_max: Option<u64>,
}

/// A file that every fault-tree command reads.
type Source = PathBuf;
