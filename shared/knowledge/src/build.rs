//! Compiles the data files to the sections of a pack. A broken file fails the build with one line
//! that names file, field and reason.
//!
//! The loader is the crate's own: its modules are compiled here a second time, so that there is one
//! set of rules; the script stands beside them so that it can name them as the crate does. What a
//! compiler does not need (keys, opening packs) is left out.
#![allow(dead_code, unreachable_pub, missing_docs, unused_imports)]

mod action;
mod catalogue;
mod cause;
mod code;
mod error;
mod load;
mod pattern;
mod priors;
mod proof;
mod schema;
mod text;
mod tree;
mod version;

/// The part of `src/pack` that writes.
mod pack {
    pub(crate) mod compile;
    mod error;
    mod manifest;
    mod mp;
    mod row;
    mod rows;
    pub(crate) mod section;

    pub(crate) use error::PackError;
    pub(crate) use manifest::{KeyId, Manifest};
    pub(crate) use section::{Kind, Section};
}

use catalogue::Catalogue;
use error::CatalogueError;
use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=src");
    match build() {
        Ok(()) => ExitCode::SUCCESS,
        Err(line) => {
            // Cargo shows this one line, and not the script's output.
            println!("cargo::error={line}");
            ExitCode::SUCCESS
        }
    }
}

fn build() -> Result<(), String> {
    let io = |error: io::Error| error.to_string();
    let variable = |name| {
        env::var_os(name)
            .map(PathBuf::from)
            .ok_or("not run by cargo")
    };
    let root = variable("CARGO_MANIFEST_DIR")?.join("data");
    let out = variable("OUT_DIR")?;
    let mut files = Vec::new();
    collect(&root, &root, &mut files)?;
    let sources = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()));
    let catalogue = Catalogue::load(sources).map_err(|error| error.to_string())?;
    let bodies = pack::compile::bodies(catalogue.parts());
    let manifest = pack::Manifest::over(catalogue.full_version().release(), &bodies);
    fs::write(out.join("manifest"), manifest.to_bytes()).map_err(io)?;
    for (section, body) in pack::Section::ALL.into_iter().zip(&bodies) {
        fs::write(out.join(section.as_str()), body).map_err(io)?;
    }
    Ok(())
}

/// `(name below the root with forward slashes, text)` of every TOML file.
fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) -> Result<(), String> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let fault = |error: io::Error| format!("{}: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(fault)? {
        let path = entry.map_err(fault)?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            let below = path.strip_prefix(root).unwrap_or(&path);
            let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
            let name = parts.join("/");
            let text = fs::read_to_string(&path).map_err(|error| format!("{name}: {error}"))?;
            files.push((name, text));
        }
    }
    Ok(())
}
