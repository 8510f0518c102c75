//! Where a command's catalogue comes from.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use faultscan_knowledge::pack::PACK_BYTES_MAX;
use faultscan_knowledge::{Catalogue, Pack, PackKeys};

use crate::exit::OrBadInput as _;
use crate::{input, keys};

/// The option of every command that reads the catalogue.
#[derive(Args, Debug, Default)]
pub(crate) struct CatalogueOption {
    /// Use the catalogue in this pack or folder of data files instead of the built-in one
    #[arg(long, value_name = "PACK|DIR", env = "FAULTSCAN_CATALOGUE")]
    catalogue: Option<PathBuf>,
    /// Public key that the pack must be signed with, as text or file; left out: a file of your own
    /// is believed as a folder is
    #[arg(long, value_name = "PUBLIC", env = "FAULTSCAN_CATALOGUE_KEY")]
    catalogue_key: Option<String>,
}

impl CatalogueOption {
    /// Loads the catalogue.
    pub(crate) fn load(&self) -> anyhow::Result<Catalogue> {
        match &self.catalogue {
            Some(path) => open(path, self.catalogue_key.as_deref()),
            None => Catalogue::builtin().context("the built-in catalogue"),
        }
    }
}

/// Loads a folder of data files or a pack.
pub(crate) fn open(path: &Path, public_key: Option<&str>) -> anyhow::Result<Catalogue> {
    if path.is_dir() {
        return from_folder(path);
    }
    let keys = public_key.map(pack_keys).transpose()?;
    let pack = read_pack(path, keys.as_ref())?;
    pack.catalogue().or_bad_input(path.display())
}

/// The keys of one public key, given as text or as the name of a file that holds it.
pub(crate) fn pack_keys(text_or_file: &str) -> anyhow::Result<PackKeys> {
    Ok(PackKeys::new([keys::public_key(text_or_file)?.to_bytes()]))
}

/// Reads a pack; without keys, whoever signed it.
pub(crate) fn read_pack(path: &Path, keys: Option<&PackKeys>) -> anyhow::Result<Pack> {
    let bytes = input::read_file(path, PACK_BYTES_MAX as u64)?;
    match keys {
        Some(keys) => Pack::open(&bytes, keys),
        None => Pack::open_trusted(&bytes),
    }
    .or_bad_input(path.display())
}

/// Reads every `.toml` file below a folder.
fn from_folder(folder: &Path) -> anyhow::Result<Catalogue> {
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
