//! `cargo xtask run`: from a fresh clone to a running server and something to scan.

use crate::build::{self, Profile};
use crate::proc;
use crate::repo::Repo;
use anyhow::{Context, Result, bail};
use clap::Args;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread;

#[derive(Args)]
pub(crate) struct Options {
    /// Where the server listens, for pages and for the HTTP API
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: String,
    /// Where the server keeps everything
    #[arg(long, default_value = "data")]
    data: PathBuf,
    /// The origin that QR codes carry, when phones reach the server by another name
    #[arg(long)]
    public_origin: Option<String>,
    /// Optimise the server (slower to build)
    #[arg(long)]
    release: bool,
}

pub(crate) fn run(repo: &Repo, options: &Options) -> Result<ExitCode> {
    let profile = Profile::from_release(options.release);
    build::build(repo, &build::plan(crate::Part::All), profile)?;
    let server = repo.binary(profile.dir(), "ingest-server");
    let mut child = start(repo, options, &server)?;
    forward_signals(&child)?;
    let stdout = child.stdout.take().context("the server has no output")?;
    let mut lines = BufReader::new(stdout).lines();
    let ready = loop {
        match lines.next() {
            Some(line) => {
                if let Some(ready) = Ready::parse(&line?) {
                    break ready;
                }
            }
            None => bail!("the server stopped before it was ready ({})", child.wait()?),
        }
    };
    welcome(repo, options, profile, &ready);
    // The server says no more on its output, but must never block on a full pipe.
    thread::spawn(move || lines.for_each(drop));
    let status = child.wait()?;
    // By a signal that we forwarded, the server ends with success after it has drained.
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        eprintln!("the server failed ({status})");
        ExitCode::FAILURE
    })
}

fn start(repo: &Repo, options: &Options, server: &PathBuf) -> Result<Child> {
    let mut command = repo.command(server);
    command.arg("serve").arg("--data").arg(&options.data);
    command.args(["--listen", &options.listen, "--udp", &options.listen]);
    if let Some(origin) = &options.public_origin {
        command.args(["--public-origin", origin]);
    }
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start the server")
}

/// Passes on what asks us to stop. At a terminal Ctrl-C reaches the server by itself as well;
/// a second request does it no harm.
fn forward_signals(child: &Child) -> Result<()> {
    let pid = child.id().to_string();
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    thread::spawn(move || {
        for _ in &mut signals {
            let _ = Command::new("kill").args(["-TERM", &pid]).status();
        }
    });
    Ok(())
}

/// What the server's ready line says.
#[derive(Debug, PartialEq, Eq)]
struct Ready {
    http: String,
    login: String,
}

impl Ready {
    fn parse(line: &str) -> Option<Self> {
        let rest = line.strip_prefix("faultscan ready ")?;
        let field = |name: &str| {
            rest.split_whitespace()
                .find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
                .map(str::to_owned)
        };
        Some(Self {
            http: field("http")?,
            login: field("login")?,
        })
    }
}

/// Says where to go, and shows a first QR code to scan.
fn welcome(repo: &Repo, options: &Options, profile: Profile, ready: &Ready) {
    println!();
    println!("Faultscan is running. Ctrl-C stops it; nothing is lost.");
    println!();
    println!("  Dashboard, logs you in once:   {}", ready.login);
    println!("  Mini-app, scans and diagnoses: {}/s", ready.http);
    println!();
    match first_qr(repo, options, profile, ready) {
        Ok(qr) => {
            println!("A first ticket to scan, good for an hour:");
            println!();
            println!("{qr}");
        }
        Err(error) => eprintln!("no first ticket: {error:#}"),
    }
    if ready.http.starts_with("http://127.") {
        println!("This address is this machine's own. For a phone in the same network start again");
        println!("with --listen 0.0.0.0:8080 and --public-origin http://THIS-MACHINE:8080.");
    }
}

/// What a module proxy that can't be reached makes Go print: a first thing to diagnose.
const FIRST_EVIDENCE: &str = "go: github.com/gin-gonic/gin@v1.9.1: Get \
    \"https://proxy.golang.org/github.com/gin-gonic/gin/@v/v1.9.1.mod\": \
    dial tcp 142.251.43.17:443: i/o timeout";

/// A ticket made by the server's own command, drawn for the terminal by the command line's.
fn first_qr(repo: &Repo, options: &Options, profile: Profile, ready: &Ready) -> Result<String> {
    let origin = options.public_origin.as_deref().unwrap_or(&ready.http);
    let url = proc::capture(
        repo.command(repo.binary(profile.dir(), "ingest-server"))
            .args([
                "tickets",
                "new",
                "--ttl-s",
                "3600",
                "--evidence",
                FIRST_EVIDENCE,
            ])
            .args(["--public-origin", origin])
            .arg("--data")
            .arg(&options.data),
    )?;
    let qr = proc::capture(repo.command(repo.binary(profile.dir(), "diag")).args([
        "qr",
        url.trim(),
        "--origin",
        origin,
    ]))?;
    Ok(format!("{qr}\n  or open: {}", url.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ready_line_is_read() {
        let line = "faultscan ready http=http://127.0.0.1:1 udp=127.0.0.1:2 login=http://127.0.0.1:1/login#token=a=b";
        let ready = Ready::parse(line).expect("a ready line");
        assert_eq!(ready.http, "http://127.0.0.1:1");
        assert_eq!(ready.login, "http://127.0.0.1:1/login#token=a=b");
        assert_eq!(Ready::parse("listening"), None);
    }
}
