//! What can be asked on the command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

/// Faultscan's server: takes snapshots, diagnoses them, shows reports.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
pub(super) struct Args {
    #[command(subcommand)]
    pub(super) command: Command,

    /// How log lines look on stderr. `FAULTSCAN_LOG` sets what is logged, such as `debug`.
    #[arg(long, global = true, value_enum, default_value = "text")]
    pub(super) log_format: LogFormat,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run the server.
    Serve(ServeArgs),
    /// List, rotate or revoke the keys that sign tickets.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Make and list projects.
    #[command(subcommand)]
    Projects(ProjectsCommand),
    /// Make tickets.
    #[command(subcommand)]
    Tickets(TicketsCommand),
    /// Print a new link that logs in, once.
    Login(LoginArgs),
    /// Print the API's description.
    Openapi,
}

#[derive(Debug, clap::Args)]
pub(super) struct ConfigArgs {
    /// Folder that holds everything the server keeps.
    #[arg(long, env = "FAULTSCAN_DATA")]
    pub(super) data: Option<PathBuf>,

    /// TOML file with the configuration.
    #[arg(long, env = "FAULTSCAN_CONFIG")]
    pub(super) config: Option<PathBuf>,

    /// One field of the configuration, such as `limits.body_timeout_ms=5000`. The environment
    /// does the same: `FAULTSCAN_LIMITS__BODY_TIMEOUT_MS=5000`.
    #[arg(long, value_name = "SECTION.FIELD=VALUE")]
    pub(super) set: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub(super) struct ServeArgs {
    #[command(flatten)]
    pub(super) config: ConfigArgs,

    /// Address for HTTP; port 0 takes a free one.
    #[arg(long)]
    pub(super) listen: Option<SocketAddr>,

    /// Address for urgent datagrams; left out: none are taken by UDP.
    #[arg(long)]
    pub(super) udp: Option<SocketAddr>,

    /// Pack, or folder of data files, to use instead of the catalogue in this program.
    #[arg(long, value_name = "PACK|DIR")]
    pub(super) catalogue: Option<PathBuf>,

    /// Public key that the pack must be signed with; left out: one of the server's own.
    #[arg(long, value_name = "PUBLIC")]
    pub(super) catalogue_key: Option<String>,

    /// Origin that browsers and QR codes use, such as `https://scan.example.org`.
    #[arg(long)]
    pub(super) public_origin: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(super) struct AdminArgs {
    #[command(flatten)]
    pub(super) config: ConfigArgs,

    /// Print one JSON document.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum KeysCommand {
    /// List all keys.
    List(AdminArgs),
    /// Make a new key for the server; the one before it only verifies from now on.
    Rotate(AdminArgs),
    /// Revoke a key for good: nothing that it signed counts any more.
    Revoke {
        /// The key's id, 16 hexadecimal digits.
        key_id: String,
        #[command(flatten)]
        admin: AdminArgs,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum ProjectsCommand {
    /// Make a project. Its secrets are printed once and not kept.
    New {
        /// Its name.
        name: String,
        #[command(flatten)]
        admin: AdminArgs,
    },
    /// List all projects.
    List(AdminArgs),
    /// Change what the senders of a project are told with each answer.
    Set {
        /// Its name or id.
        project: String,
        /// Whether they send at all: the kill switch.
        #[arg(long)]
        enabled: Option<bool>,
        /// Share of sessions that send, 0 to 1.
        #[arg(long)]
        sample_rate: Option<f64>,
        #[command(flatten)]
        admin: AdminArgs,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum TicketsCommand {
    /// Make a ticket, signed by the server's key.
    New {
        /// Life in seconds.
        #[arg(long)]
        ttl_s: Option<u32>,
        /// The error code.
        #[arg(long)]
        code: Option<String>,
        /// A pair such as region=cn-north.
        #[arg(long, value_name = "KEY=VALUE")]
        context: Vec<String>,
        /// A line that the failing machine printed.
        #[arg(long, value_name = "LINE")]
        evidence: Vec<String>,
        /// Operating system of the failing machine.
        #[arg(long, default_value = std::env::consts::OS)]
        os: String,
        /// Its processor architecture.
        #[arg(long, default_value = std::env::consts::ARCH)]
        arch: String,
        /// Its network type.
        #[arg(long, default_value = "")]
        network_type: String,
        /// The application's version.
        #[arg(long, default_value = "")]
        app_version: String,
        /// Origin of the ticket's link; left out: that of the configuration.
        #[arg(long)]
        public_origin: Option<String>,
        #[command(flatten)]
        admin: AdminArgs,
    },
}

#[derive(Debug, clap::Args)]
pub(super) struct LoginArgs {
    /// Origin of the link; left out: that of the configuration.
    #[arg(long)]
    pub(super) public_origin: Option<String>,
    #[command(flatten)]
    pub(super) admin: AdminArgs,
}
