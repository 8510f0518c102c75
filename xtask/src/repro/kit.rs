//! What the suite needs, in a folder of its own: a Go toolchain, Python and Node packages, servers
//! and libraries unpacked from Debian's packages. What can't be had is left out, and said so: the
//! suite then skips the cases that need it.

use super::DIR;
use crate::build::npm_install;
use crate::debian;
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

fn debian(repo: &Repo, kit: &Path) -> Result<Done> {
    let list = repo.path(DIR).join("debian.txt");
    debian::unpack(repo, "repro-debian", &list, kit, |_| Ok(()))
}

/// Makes `link` lead to `target`, whatever it led to before.
fn link_to(target: &Path, link: &Path) -> Result<()> {
    let _ = fs::remove_file(link);
    std::os::unix::fs::symlink(target, link)
        .with_context(|| format!("cannot make {}", link.display()))
}
