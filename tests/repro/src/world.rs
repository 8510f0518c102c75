//! A private world for the faults: namespaces of network, processes, mounts and users.
//!
//! In it every port is free, nothing leads out of the machine, and when its first process ends the
//! kernel ends all others.

use anyhow::{Context, Result};
use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};

/// What `unshare` must be able to make. `--map-root-user` so that the world's script may set it up;
/// it gives that up again before anything else runs.
const NAMESPACES: &[&str] = &[
    "--user",
    "--map-root-user",
    "--net",
    "--ipc",
    "--mount",
    "--pid",
    "--fork",
    "--kill-child",
    "--mount-proc",
];

/// Why no world can be made here; none where one can.
pub(crate) fn obstacle() -> Option<String> {
    let missing = ["unshare", "ip"].into_iter().find(|name| !on_path(name));
    if let Some(name) = missing {
        let package = if name == "ip" {
            "iproute2"
        } else {
            "util-linux"
        };
        return Some(format!("{name} is missing: apt-get install {package}"));
    }
    let made = Command::new("unshare")
        .args(NAMESPACES)
        .args(["ip", "link", "set", "lo", "up"])
        .stdin(Stdio::null())
        .output();
    match made {
        Ok(output) if output.status.success() => None,
        Ok(output) => Some(format!(
            "no private namespaces ({}): sysctl -w kernel.unprivileged_userns_clone=1",
            String::from_utf8_lossy(&output.stderr).trim()
        )),
        Err(error) => Some(format!("unshare does not start: {error}")),
    }
}

/// Runs this program again, inside a world in the folder `lab`. Gives its exit code.
pub(crate) fn enter(lab: &Path, script: &Path, args: &[OsString]) -> Result<i32> {
    let this = env::current_exe().context("this program's own path")?;
    let status = Command::new("unshare")
        .args(NAMESPACES)
        .arg("sh")
        .arg(script)
        .arg(lab)
        .arg(this)
        .args(args)
        .stdin(Stdio::null())
        .status()
        .context("cannot start unshare")?;
    Ok(status.code().unwrap_or(1))
}

fn on_path(name: &str) -> bool {
    env::var_os("PATH")
        .is_some_and(|path| env::split_paths(&path).any(|folder| folder.join(name).is_file()))
}
