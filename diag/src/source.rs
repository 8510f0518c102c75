//! Where a command's catalogue comes from.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use faultscan_knowledge::Catalogue;

use crate::exit::OrBadInput as _;
use crate::input;

/// The option of every command that reads the catalogue.
#[derive(Args, Debug, Default)]
pub(crate) struct CatalogueOption {
    /// Use the catalogue in this folder of data files instead of the built-in one
    #[arg(long, value_name = "DIR", env = "FAULTSCAN_CATALOGUE")]
    catalogue: Option<PathBuf>,
}

impl CatalogueOption {
    /// Loads the catalogue.
    pub(crate) fn load(&self) -> anyhow::Result<Catalogue> {
        match &self.catalogue {
            Some(folder) => from_folder(folder),
            None => Catalogue::builtin().context("the built-in catalogue"),
        }
    }
}

/// Reads every `.toml` file below a folder.
pub(crate) fn from_folder(folder: &Path) -> anyhow::Result<Catalogue> {
    let mut sources = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(at) = open.pop() {
        let entries = std::fs::read_dir(&at).or_bad_input(at.display())?;
        for entry in entries {
            let path = entry.or_bad_input(at.display())?.path();
            if path.is_dir() {
                open.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "toml")
            {
                let bytes = input::read_file(&path, input::FILE_BYTES_MAX)?;
                let text = String::from_utf8(bytes).or_bad_input(path.display())?;
                let name = path.strip_prefix(folder).unwrap_or(&path);
                let parts: Vec<_> = name
                    .components()
                    .map(|part| part.as_os_str().to_string_lossy())
                    .collect();
                sources.push((parts.join("/"), text));
            }
        }
    }
    sources.sort();
    Catalogue::load(
        sources
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str())),
    )
    .or_bad_input("catalogue")
}
