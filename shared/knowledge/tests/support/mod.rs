//! The data files below `data/`, to load them whole or changed.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use faultscan_knowledge::{Catalogue, CatalogueError};
use std::{fs, path::Path};

/// `(name below data/, text)` of every data file.
pub type Files = Vec<(String, String)>;

/// Reads all data files.
pub fn data_files() -> Files {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let mut files = Vec::new();
    let mut open = vec![root.clone()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "toml") {
                let parts: Vec<_> = path.strip_prefix(&root).unwrap().iter().collect();
                let name: Vec<_> = parts.iter().map(|p| p.to_string_lossy()).collect();
                files.push((name.join("/"), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

/// Loads data files.
pub fn load(files: &Files) -> Result<Catalogue, CatalogueError> {
    Catalogue::load(
        files
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str())),
    )
}

/// All data files with one of them changed.
pub fn changed(file: &str, change: impl Fn(&str) -> String) -> Files {
    let mut files = data_files();
    for (name, text) in &mut files {
        if name == file {
            *text = change(text);
        }
    }
    files
}
