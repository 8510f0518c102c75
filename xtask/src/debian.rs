//! Programs from Debian's packages without installing them: downloaded with what they depend on and
//! the machine lacks, and unpacked into a folder. Needs no rights and starts nothing.

use crate::proc;
use crate::repo::Repo;
use crate::stamp::Stamp;
use crate::tools;
use crate::ui::Done;
use anyhow::{Result, bail};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Unpacks the packages that `list` names, one a line, into `kit/debian`, unless that is done.
/// `prepare` makes ready what has just been unpacked.
pub(crate) fn unpack(
    repo: &Repo,
    stamp: &str,
    list: &Path,
    kit: &Path,
    prepare: impl Fn(&Path) -> Result<()>,
) -> Result<Done> {
    let unpacked = kit.join("debian");
    let stamp = Stamp::new(&repo.cache(), stamp).input(list)?;
    if stamp.is_fresh() && unpacked.is_dir() {
        return Ok(Done::UpToDate);
    }
    if tools::find("apt-get").is_none() {
        bail!("no apt-get here: programs are used where they are installed");
    }
    let text = fs::read_to_string(list)?;
    let packages: Vec<&str> = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    let archives = kit.join("archives");
    fs::create_dir_all(archives.join("partial"))?;
    let download = || proc::quiet(&mut apt_download(&archives, &packages));
    if download().is_err() {
        // The usual reason is an old or missing list of packages.
        let _ = proc::quiet(Command::new("apt-get").args(["update", "-qq"]));
        download()?;
    }
    for file in fs::read_dir(&archives)? {
        let file = file?.path();
        if file.extension().is_some_and(|extension| extension == "deb") {
            proc::quiet(
                Command::new("dpkg-deb")
                    .arg("--extract")
                    .arg(&file)
                    .arg(&unpacked),
            )?;
        }
    }
    fs::create_dir_all(&unpacked)?;
    fs::remove_dir_all(&archives)?;
    prepare(&unpacked)?;
    stamp.save()?;
    Ok(Done::Ran)
}

/// Asks apt for what is missing here; needs no rights, as nothing outside `archives` is written.
fn apt_download(archives: &Path, packages: &[&str]) -> Command {
    let mut command = Command::new("apt-get");
    command
        .args([
            "--yes",
            "--quiet=2",
            "--download-only",
            "--no-install-recommends",
            // Also what is installed here: a part found elsewhere is not found beside the others.
            "--reinstall",
        ])
        .args(["--option", "Debug::NoLocking=1", "--option"])
        .arg(format!("Dir::Cache::archives={}", archives.display()))
        .arg("install")
        .args(packages);
    command
}
