//! What `diag` says of a log.

use crate::process;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the matcher named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Named {
    /// The codes in the order given.
    pub(crate) codes: Vec<String>,
    /// The lines of the first one, without line ends.
    pub(crate) lines: Vec<String>,
}

impl Named {
    /// The first code, or `none`.
    pub(crate) fn first(&self) -> &str {
        self.codes.first().map_or("none", String::as_str)
    }
}

/// The command line under test.
#[derive(Debug, Clone)]
pub(crate) struct Judge {
    pub(crate) diag: PathBuf,
}

impl Judge {
    /// `diag match --json`.
    pub(crate) fn named(&self, log: &Path) -> Result<Named> {
        let document = self.ask(&["match", "--json"], log)?;
        let codes = document["codes"].as_array().context("no list of codes")?;
        let names = codes
            .iter()
            .filter_map(|code| code["code"].as_str().map(str::to_owned));
        let text = String::from_utf8_lossy(&fs::read(log)?).into_owned();
        let all: Vec<&str> = text.lines().collect();
        let numbers = codes.first().and_then(|code| code["lines"].as_array());
        let lines = numbers.into_iter().flatten().filter_map(|number| {
            let index = usize::try_from(number.as_u64()?).ok()?.checked_sub(1)?;
            all.get(index).map(|line| (*line).to_owned())
        });
        Ok(Named {
            codes: names.collect(),
            lines: lines.collect(),
        })
    }

    /// `diag diagnose --json`: the cause it names first.
    pub(crate) fn cause(&self, log: &Path) -> Result<String> {
        let document = self.ask(&["diagnose", "--json"], log)?;
        let cause = document["verdict"]["cause"].as_str();
        Ok(cause.unwrap_or("none").to_owned())
    }

    fn ask(&self, args: &[&str], log: &Path) -> Result<Value> {
        let output = Command::new(&self.diag)
            .args(args)
            .arg(log)
            .stdin(std::process::Stdio::null())
            .output()
            .with_context(|| format!("cannot start {}", self.diag.display()))?;
        // 1 says that no code was found.
        if !matches!(output.status.code(), Some(0 | 1)) {
            bail!(
                "diag {} failed ({})\n{}",
                args.join(" "),
                output.status,
                String::from_utf8_lossy(&output.stderr).trim()
            );
        }
        serde_json::from_slice(&output.stdout).context("diag printed no JSON document")
    }

    /// Can it be started at all?
    pub(crate) fn works(&self) -> bool {
        process::succeeds(Command::new(&self.diag).arg("--version"))
    }
}
