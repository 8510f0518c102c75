//! The SDK in every script engine that can be had: one scenario, against the real server. Then its
//! npm package in small real projects.

use super::typescript::counted_script;
use super::{Report, built};
use crate::Part;
use crate::build::{Profile, npm_install};
use crate::debian;
use crate::proc;
use crate::repo::Repo;
use crate::tools;
use crate::ui::{Done, Steps, Voice};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

/// The scenario and its drivers.
const DIR: &str = "tests/engines";

/// The package in small projects.
const INSTALL_DIR: &str = "tests/install";

/// Whose helpers the drivers use.
const BROWSER_DIR: &str = "tests/browser";

/// Firefox's driver, from crates.io; pinned so that it fits the Firefox of Debian.
const GECKODRIVER: &str = "0.37.1";

pub(super) fn run(repo: &Repo, report: &mut Report) {
    if !built(repo, report, Part::All) {
        return;
    }
    let kit = repo.cache().join("engines");
    for (name, why) in install(repo, &kit) {
        report.skip(name, &why);
    }
    report.row("the SDK in every script engine", || {
        npm_install(repo, BROWSER_DIR)?;
        npm_install(repo, DIR)?;
        counted_script(repo, DIR, "test", &environment(repo, &kit))
    });
    if let Err(why) = tools::ensure_chromium() {
        return report.skip("the npm package in small projects", &why);
    }
    report.row("the npm package in small projects", || {
        npm_install(repo, INSTALL_DIR)?;
        counted_script(repo, INSTALL_DIR, "test", &environment(repo, &kit))
    });
}

fn environment(repo: &Repo, kit: &Path) -> Vec<(&'static str, String)> {
    let binaries = repo.target.join(Profile::Dev.dir());
    let mut environment = vec![
        ("FAULTSCAN_BIN_DIR", binaries.display().to_string()),
        ("FAULTSCAN_ENGINE_KIT", kit.display().to_string()),
    ];
    if let Ok(chromium) = tools::ensure_chromium() {
        environment.push(("CHROMIUM", chromium.display().to_string()));
    }
    environment
}

/// Fills the kit. Gives what could not be had, and why; the tests then skip the engines that need it.
fn install(repo: &Repo, kit: &Path) -> Vec<(&'static str, String)> {
    let mut steps = Steps::new(2);
    let mut missing = Vec::new();
    let parts: [(&'static str, &dyn Fn() -> Result<Done>); 2] = [
        ("Unpack script engines from Debian", &|| {
            let list = repo.path(DIR).join("debian.txt");
            debian::unpack(repo, "engines-debian", &list, kit, relocate)
        }),
        ("Compile geckodriver", &|| geckodriver(repo, kit)),
    ];
    for (title, work) in parts {
        if let Err(error) = steps.step(title, Voice::Quiet, work) {
            missing.push((title, format!("{error:#}")));
        }
    }
    missing
}

fn geckodriver(repo: &Repo, kit: &Path) -> Result<Done> {
    if kit.join("bin/geckodriver").exists() {
        return Ok(Done::UpToDate);
    }
    let mut cargo = repo.cargo(&["install", "--quiet", "--locked", "--debug", "--root"]);
    cargo
        .arg(kit)
        .arg("--target-dir")
        .arg(kit.join("target"))
        .args(["--version", GECKODRIVER, "geckodriver"]);
    proc::quiet(&mut cargo)?;
    // A quarter of a gigabyte that nothing needs any more.
    fs::remove_dir_all(kit.join("target"))?;
    Ok(Done::Ran)
}

/// Programs that look for their parts at fixed places look below the folder that they run in instead:
/// paths of the same length without the first slash.
const RELOCATED: &[(&str, &str, &str)] = &[
    ("libwebkit2gtk-4.1.so.0", "/usr/lib/", "usr//lib/"),
    ("Xvfb", "/usr/bin\0", "usr//bin\0"),
];

fn relocate(unpacked: &Path) -> Result<()> {
    for (name, from, to) in RELOCATED {
        let path = fs::canonicalize(find(unpacked, name)?)?;
        let mut bytes = fs::read(&path).with_context(|| format!("read {}", path.display()))?;
        if replace_all(&mut bytes, from.as_bytes(), to.as_bytes()) == 0 {
            bail!("{name} has no path to relocate");
        }
        fs::write(&path, bytes).with_context(|| format!("write {}", path.display()))?;
    }
    Ok(())
}

/// A program or library among the unpacked ones.
fn find(unpacked: &Path, name: &str) -> Result<PathBuf> {
    let usr = unpacked.join("usr");
    let mut folders = vec![usr.join("bin")];
    for entry in fs::read_dir(usr.join("lib"))? {
        folders.push(entry?.path());
    }
    folders
        .into_iter()
        .map(|folder| folder.join(name))
        .find(|path| path.exists())
        .with_context(|| format!("{name} is not among the unpacked files"))
}

/// Replaces each occurrence by bytes of the same length, and counts them.
fn replace_all(bytes: &mut [u8], from: &[u8], to: &[u8]) -> usize {
    assert_eq!(from.len(), to.len(), "nothing may move");
    let mut count = 0;
    let mut at = 0;
    while let Some(found) = bytes[at..]
        .windows(from.len())
        .position(|part| part == from)
    {
        at += found;
        bytes[at..at + to.len()].copy_from_slice(to);
        at += to.len();
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_occurrence_is_replaced_in_place() {
        let mut bytes = b"x/usr/bin\0/usr/bin\0/usr/bin/y".to_vec();
        assert_eq!(replace_all(&mut bytes, b"/usr/bin\0", b"usr//bin\0"), 2);
        assert_eq!(bytes, b"xusr//bin\0usr//bin\0/usr/bin/y");
        assert_eq!(replace_all(&mut bytes, b"none", b"same"), 0);
    }

    #[test]
    fn relocated_paths_keep_their_length() {
        for (name, from, to) in RELOCATED {
            assert_eq!(from.len(), to.len(), "{name}");
        }
    }
}
