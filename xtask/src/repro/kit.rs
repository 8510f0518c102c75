//! What the suite needs, in a folder of its own: a Go toolchain, Python and Node packages, servers
//! and libraries unpacked from Debian's packages. What can't be had is left out, and said so: the
//! suite then skips the cases that need it.

use super::DIR;
use crate::build::npm_install;
use crate::proc;
use crate::repo::Repo;
use crate::stamp::Stamp;
use crate::tools;
use crate::ui::{Done, Steps, Voice};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where it is kept from run to run.
pub(super) fn folder(repo: &Repo) -> PathBuf {
    repo.cache().join("repro")
}

pub(super) fn install(repo: &Repo, kit: &Path) -> Result<()> {
    fs::create_dir_all(kit.join("bin"))
        .with_context(|| format!("cannot make {}", kit.display()))?;
    let mut steps = Steps::new(4);
    let parts: [(&str, &dyn Fn() -> Result<Done>); 4] = [
        ("Install a Go toolchain", &|| go(repo, kit)),
        ("Install Python packages", &|| python(repo, kit)),
        ("Install Node packages", &|| node(repo, kit)),
        ("Unpack Debian packages", &|| debian(repo, kit)),
    ];
    for (title, work) in parts {
        if let Err(error) = steps.step(title, Voice::Quiet, work) {
            eprintln!("{error:#}\nsome cases will be skipped");
        }
    }
    Ok(())
}

/// The toolchain's own `go`, not a launcher of it, so that cases can take everything else away.
fn go(repo: &Repo, kit: &Path) -> Result<Done> {
    let link = kit.join("bin/go");
    if link.exists() {
        return Ok(Done::UpToDate);
    }
    let go = match tools::ensure_go(repo) {
        Ok(go) => go,
        Err(why) => bail!(why),
    };
    let root = proc::capture(Command::new(go).args(["env", "GOROOT"]))?;
    link_to(&Path::new(root.trim()).join("bin/go"), &link)?;
    Ok(Done::Ran)
}

fn python(repo: &Repo, kit: &Path) -> Result<Done> {
    let list = repo.path(DIR).join("requirements.txt");
    let venv = kit.join("python");
    let stamp = Stamp::new(&repo.cache(), "repro-python").input(&list)?;
    if stamp.is_fresh() && venv.join("bin/python3").exists() {
        return Ok(Done::UpToDate);
    }
    proc::quiet(Command::new("python3").args(["-m", "venv"]).arg(&venv))?;
    proc::quiet(
        Command::new(venv.join("bin/python3"))
            .args(["-m", "pip", "install", "--quiet"])
            .args(["--disable-pip-version-check", "--requirement"])
            .arg(&list),
    )?;
    stamp.save()?;
    Ok(Done::Ran)
}

fn node(repo: &Repo, kit: &Path) -> Result<Done> {
    let dir = format!("{DIR}/node");
    let done = npm_install(repo, &dir)?;
    link_to(&repo.path(dir), &kit.join("node"))?;
    Ok(done)
}

/// Downloads the packages and what they depend on, and unpacks them; installs and starts nothing.
fn debian(repo: &Repo, kit: &Path) -> Result<Done> {
    let list = repo.path(DIR).join("debian.txt");
    let unpacked = kit.join("debian");
    let stamp = Stamp::new(&repo.cache(), "repro-debian").input(&list)?;
    if stamp.is_fresh() && unpacked.is_dir() {
        return Ok(Done::UpToDate);
    }
    if tools::find("apt-get").is_none() {
        bail!("no apt-get here: servers are used where they are installed");
    }
    let text = fs::read_to_string(&list)?;
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

/// Makes `link` lead to `target`, whatever it led to before.
fn link_to(target: &Path, link: &Path) -> Result<()> {
    let _ = fs::remove_file(link);
    std::os::unix::fs::symlink(target, link)
        .with_context(|| format!("cannot make {}", link.display()))
}
