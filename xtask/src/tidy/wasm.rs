//! Every crate of the core compiles for the phone's target.

use super::{File, Problem};
use crate::proc;
use crate::repo::Repo;
use crate::tools::{self, WASM_TARGET};
use anyhow::Result;

pub(super) fn check(repo: &Repo, _files: &[File]) -> Result<Vec<Problem>> {
    tools::ensure_wasm_target(repo)?;
    let mut names = Vec::new();
    for package in repo.metadata["packages"].as_array().into_iter().flatten() {
        let manifest = package["manifest_path"].as_str().unwrap_or_default();
        if manifest.starts_with(&*repo.path("shared").to_string_lossy()) {
            names.extend(package["name"].as_str());
        }
    }
    let mut args = vec!["check", "--quiet", "--lib", "--target", WASM_TARGET];
    for name in &names {
        args.extend(["--package", name]);
    }
    let mut last = String::new();
    let ok = proc::watched(&mut repo.cargo(&args), |line| {
        if line.starts_with("error") && last.is_empty() {
            last = line.to_owned();
        }
    })?;
    Ok(if ok {
        Vec::new()
    } else {
        vec![Problem::new(
            "shared",
            format!("does not build for {WASM_TARGET}: {last}"),
        )]
    })
}
