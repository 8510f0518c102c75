//! npm packages and scripts in one of the repository's npm folders.

use crate::proc;
use crate::repo::Repo;
use crate::stamp::Stamp;
use crate::tools;
use crate::ui::Done;
use anyhow::Result;
use std::process::Command;

/// `npm ci`, when the lock file has changed since the last time.
pub(crate) fn install(repo: &Repo, dir: &str) -> Result<Done> {
    let folder = repo.path(dir);
    let stamp = Stamp::new(&repo.cache(), &format!("npm-{}", dir.replace('/', "-")))
        .input(&folder.join("package.json"))?
        .input(&folder.join("package-lock.json"))?
        .output(folder.join("node_modules/.package-lock.json"));
    if stamp.is_fresh() {
        return Ok(Done::UpToDate);
    }
    tools::ensure_node()?;
    proc::quiet(npm(repo, dir).args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]))?;
    stamp.save()?;
    Ok(Done::Ran)
}

/// `npm run SCRIPT` in this folder.
pub(crate) fn script(repo: &Repo, dir: &str, script: &str) -> Command {
    let mut command = npm(repo, dir);
    command.args(["run", "--silent", script]);
    command
}

fn npm(repo: &Repo, dir: &str) -> Command {
    let mut command = repo.command("npm");
    command.current_dir(repo.path(dir));
    command
}
