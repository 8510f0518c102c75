//! `bench match`: the matcher beside Hyperscan, `RegexSet` and grep, and on the phone.

use super::{capture, example_command};
use crate::build::{NPM_DIR, declare_features, npm_install, wasm_opt};
use crate::proc;
use crate::repo::Repo;
use crate::tools::{self, WASM_TARGET};
use anyhow::{Context, Result};
use std::{
    path::PathBuf,
    process::{Command, Stdio},
};
use wasm_bindgen_cli_support::Bindgen;

const INSTALL: &str = "apt-get install -y gcc libhyperscan-dev  # or libvectorscan-dev";
const PHONE_EXAMPLE: &str = "bench_match";

pub(super) fn run(repo: &Repo) -> Result<String> {
    let mut command = example_command(repo, "faultscan-evidence", "bench_match", &[]);
    match hyperscan(repo)? {
        Some(program) => {
            command.arg("--hyperscan").arg(program);
        }
        None => eprintln!("Hyperscan is left out; to measure it: {INSTALL}"),
    }
    command
        .arg("--wasm")
        .arg(repo.path("sdk-wasm/diagnosis/examples/bench_match.mjs"))
        .arg(phone(repo)?);
    capture(&mut command)
}

/// Compiles the Hyperscan side, if the system has the library. Nothing else links it.
fn hyperscan(repo: &Repo) -> Result<Option<PathBuf>> {
    let folder = repo.path("target/bench");
    std::fs::create_dir_all(&folder)?;
    let program = folder.join("hyperscan");
    let status = Command::new("cc")
        .args(["-O2", "-o"])
        .arg(&program)
        .arg(repo.path("shared/evidence/examples/bench_match/hyperscan.c"))
        .arg("-lhs")
        .stderr(Stdio::null())
        .status();
    Ok(status
        .is_ok_and(|status| status.success())
        .then_some(program))
}

/// The matcher alone as a module for node, compiled and made small as the phone's diagnosis is.
fn phone(repo: &Repo) -> Result<PathBuf> {
    tools::ensure_wasm_target(repo)?;
    tools::ensure_node()?;
    npm_install(repo, NPM_DIR)?;
    eprintln!("compiling {PHONE_EXAMPLE} for the phone …");
    proc::loud(&mut repo.cargo(&[
        "rustc",
        "--quiet",
        "--package",
        "faultscan-diagnosis-wasm",
        "--example",
        PHONE_EXAMPLE,
        "--profile",
        "wasm",
        "--target",
        WASM_TARGET,
    ]))?;
    let compiled = repo.target.join(WASM_TARGET).join("wasm/examples");
    let compiled = compiled.join(PHONE_EXAMPLE).with_extension("wasm");
    let mut bytes =
        std::fs::read(&compiled).with_context(|| format!("read {}", compiled.display()))?;
    declare_features(&mut bytes);
    let out = repo.path("target/bench/phone");
    Bindgen::new()
        .input_bytes(PHONE_EXAMPLE, bytes)
        .nodejs(true)?
        .typescript(false)
        .generate(&out)
        .context("wasm-bindgen")?;
    let module = out.join(format!("{PHONE_EXAMPLE}_bg.wasm"));
    wasm_opt(repo, &module, &module)?;
    Ok(out.join(format!("{PHONE_EXAMPLE}.js")))
}
