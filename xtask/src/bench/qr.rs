//! Making and reading QR codes.

use super::{capture, example, example_command, last_document, npm_script};
use crate::build::{self, Profile};
use crate::repo::Repo;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::fs;

/// How codes are made, and which readers find them in a second of simulated video.
pub(super) fn run(repo: &Repo) -> Result<String> {
    build::build(repo, &build::plan(crate::Part::Sdk), Profile::Dev)?;
    let making = example(repo, "faultscan-wire", "bench_qr", &["--features", "qr"])?;
    let mut codes = example_command(repo, "faultscan-qr-wasm", "codes", &[]);
    let file = repo.cache().join("bench-qr-codes.json");
    fs::create_dir_all(repo.cache())?;
    fs::write(&file, capture(&mut codes)?).with_context(|| format!("write {}", file.display()))?;
    let mut reading = npm_script(repo, "sdk-wasm/npm", "bench:qr");
    reading.arg("--").arg(&file);
    let parts = [making, capture(&mut reading)?];
    let documents: Vec<Value> = parts
        .iter()
        .map(|text| last_document(text).context("a part printed no JSON document"))
        .collect::<Result<_>>()?;
    let merged = |part: &str| -> Value {
        documents
            .iter()
            .filter_map(|document| document[part].as_object().cloned())
            .flatten()
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    let document = json!({
        "name": "QR codes: making them, and reading them from a second of video",
        "figures": merged("figures"),
        "ratios": merged("ratios"),
    });
    Ok(document.to_string())
}
