//! Running the real binary.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file uses a part of it"
)]

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// The secret that test tickets are signed with: 32 bytes of 7, in base64url.
pub const SECRET: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";

pub const REFUSED: &str = "dial tcp 10.0.3.21:5432: connect: connection refused";

/// What a run printed and how it ended.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The one JSON document on stdout of a run that went well.
    #[track_caller]
    pub fn json(&self) -> Value {
        assert_eq!(self.code, 0, "{self:?}");
        self.document()
    }

    /// The one JSON document on stdout, however the run ended.
    #[track_caller]
    pub fn document(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Bad input: code 2, nothing on stdout, one line on stderr that holds `part`.
    #[track_caller]
    pub fn is_refused(&self, part: &str) {
        assert_eq!(self.code, 2, "{self:?}");
        assert_eq!(self.stdout, "", "{self:?}");
        assert_eq!(self.stderr.trim_end().lines().count(), 1, "{self:?}");
        assert!(self.stderr.contains(part), "{part:?} is not in {self:?}");
    }
}

/// The binary without settings from the surroundings.
pub fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_diag"));
    command.args(args).stdin(Stdio::null()).env("LC_ALL", "C");
    for name in [
        "TICKET_SECRET",
        "SERVER",
        "API_KEY",
        "ORIGIN",
        "APP_VERSION",
    ] {
        command.env_remove(format!("FAULTSCAN_{name}"));
    }
    command.env_remove("NO_COLOR");
    command
}

pub fn run(command: &mut Command) -> Run {
    Run::of(command.output().unwrap())
}

pub fn diag(args: &[&str]) -> Run {
    run(&mut command(args))
}

/// Runs with the test's ticket secret.
pub fn signed(args: &[&str]) -> Run {
    run(command(args).env("FAULTSCAN_TICKET_SECRET", SECRET))
}

pub fn with_stdin(args: &[&str], stdin: &str) -> Run {
    let mut command = command(args);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A run that refuses its options does not read its input.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    Run::of(child.wait_with_output().unwrap())
}
