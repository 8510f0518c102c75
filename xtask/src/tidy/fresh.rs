//! Generated files are committed as they would be generated now.

use super::{File, Problem};
use crate::build::{self, Profile};
use crate::codegen;
use crate::repo::Repo;
use anyhow::Result;

pub(super) fn check(repo: &Repo, _files: &[File]) -> Result<Vec<Problem>> {
    build::build(repo, &build::plan(crate::Part::Server), Profile::Dev)?;
    Ok(codegen::stale(repo)?
        .into_iter()
        .map(|path| Problem::new(path, "is out of date: run cargo xtask codegen"))
        .collect())
}
