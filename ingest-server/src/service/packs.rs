//! The catalogue that the server works by, and the packs of it that phones are sent.

use std::collections::HashMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use faultscan_knowledge::pack::{Compression, PACK_BYTES_MAX, Sections};
use faultscan_knowledge::{Catalogue, CatalogueError, Pack, PackDelta, PackError, PackKeys};
use faultscan_wire::sign::SigningKey;

use super::Core;
use super::refusal::{Class, Refusal};
use crate::config;
use crate::keys::Directory;
use crate::store::KeyState;

/// Catalogues that are kept so that phones which have them can be sent what changed.
const KEPT_MAX: usize = 8;
/// Bytes of a version's text.
const VERSION_BYTES_MAX: usize = 40;
/// Brotli's best quality, once for each form, on a thread of its own.
const BROTLI_QUALITY: u32 = 11;
const BROTLI_WINDOW: u32 = 22;

/// Why the catalogue that was asked for cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// The catalogue in the binary is broken.
    #[error("the catalogue is broken: {0}")]
    Builtin(PackError),
    /// The file or folder cannot be read.
    #[error("catalogue {path}: {reason}")]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
    /// The file is no pack that is trusted here.
    #[error("catalogue {path}: {reason}")]
    Pack {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: PackError,
    },
    /// The folder's data files are no catalogue.
    #[error("catalogue {path}: {reason}")]
    Data {
        /// The folder.
        path: PathBuf,
        /// What is wrong with them.
        reason: CatalogueError,
    },
    /// The key is none.
    #[error("catalogue.key: not a public key, which is 32 bytes in base64url or hexadecimal")]
    Key,
    /// There is no key to sign the pack with.
    #[error("the server has no key to sign the catalogue with")]
    NoSigner,
}

/// Which texts a phone wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Texts {
    /// English.
    En,
    /// Chinese.
    Zh,
    /// Both.
    All,
}

impl Texts {
    /// Reads `en`, `zh` or `all`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "en" => Some(Self::En),
            "zh" => Some(Self::Zh),
            "all" => Some(Self::All),
            _ => None,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh",
            Self::All => "all",
        }
    }

    fn sections(self) -> Sections {
        match self {
            Self::En => Sections::CORE_EN,
            Self::Zh => Sections::CORE_ZH,
            Self::All => Sections::CORE,
        }
    }
}

/// What a phone is sent.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Sent {
    /// Version of the catalogue it has afterwards.
    pub version: String,
    /// Names these bytes among all that the server ever sends.
    pub tag: String,
    /// A pack, or a delta where this is true, or nothing where the phone is up to date.
    pub is_delta: bool,
    /// The bytes; empty where the phone is up to date.
    pub bytes: Arc<[u8]>,
    /// Whether the bytes are compressed by Brotli as a whole.
    pub brotli: bool,
}

/// Deltas from the versions that were asked for, in the texts that were asked for.
type Deltas = HashMap<(String, Texts), Arc<[u8]>>;

/// A pack under one key, with the forms it is sent in.
#[derive(Debug)]
struct Signed {
    pack: Pack,
    forms: HashMap<Texts, Form>,
    deltas: Mutex<Deltas>,
}

#[derive(Debug, Default)]
struct Form {
    lz4: OnceLock<Arc<[u8]>>,
    brotli: OnceLock<Arc<[u8]>>,
    is_under_way: OnceLock<()>,
}

/// The packs that phones are sent.
#[derive(Debug)]
pub(super) struct Packs {
    folder: PathBuf,
    signed: Mutex<Arc<Signed>>,
}

/// Loads the catalogue that the configuration names, signs it anew, and keeps it.
pub(super) fn start(
    config: &config::Config,
    keys: &Directory,
) -> Result<(Catalogue, Packs), SourceError> {
    let signer = keys.signer().ok_or(SourceError::NoSigner)?;
    let pack = match &config.catalogue.path {
        None => Pack::builtin().map_err(SourceError::Builtin)?,
        Some(path) if path.is_dir() => from_folder(path, &signer)?,
        Some(path) => from_file(path, config.catalogue.key.as_deref(), keys)?,
    };
    let fault = |reason| match &config.catalogue.path {
        None => SourceError::Builtin(reason),
        Some(path) => SourceError::Pack {
            path: path.clone(),
            reason,
        },
    };
    let catalogue = pack.catalogue().map_err(fault)?;
    let folder = config.data_dir.join("catalogue");
    // A phone without a delta fetches the whole pack: nothing fails for want of these files.
    if let Err(error) = keep(&folder, &pack) {
        tracing::warn!(%error, folder = %folder.display(), "the catalogue is not kept for deltas");
    }
    let signed = Mutex::new(Signed::new(pack, &signer));
    Ok((catalogue, Packs { folder, signed }))
}

fn from_file(path: &Path, key: Option<&str>, keys: &Directory) -> Result<Pack, SourceError> {
    let read = |reason| SourceError::Read {
        path: path.to_owned(),
        reason,
    };
    let length = std::fs::metadata(path).map_err(read)?.len();
    let refuse = |reason| SourceError::Pack {
        path: path.to_owned(),
        reason,
    };
    if length > PACK_BYTES_MAX as u64 {
        return Err(refuse(PackError::TooLarge {
            what: "the pack",
            max_bytes: PACK_BYTES_MAX,
            got_bytes: usize::try_from(length).unwrap_or(usize::MAX),
        }));
    }
    let trusted: Vec<[u8; 32]> = match key {
        Some(key) => vec![public_key(key).ok_or(SourceError::Key)?],
        None => (keys.published().iter())
            .filter(|issuer| issuer.project.is_none() && issuer.state != KeyState::Revoked)
            .map(|issuer| issuer.key.to_bytes())
            .collect(),
    };
    let bytes = std::fs::read(path).map_err(read)?;
    Pack::open(&bytes, &PackKeys::new(trusted)).map_err(refuse)
}

/// 32 bytes in base64url or hexadecimal.
fn public_key(text: &str) -> Option<[u8; 32]> {
    let text = text.trim().trim_end_matches('=');
    if text.len() == 64 {
        return faultscan_wire::hex::decode_array(text);
    }
    faultscan_wire::base64url::decode(text)?.try_into().ok()
}

fn from_folder(root: &Path, signer: &SigningKey) -> Result<Pack, SourceError> {
    let mut sources = Vec::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        let read = |reason| SourceError::Read {
            path: folder.clone(),
            reason,
        };
        for entry in std::fs::read_dir(&folder).map_err(read)? {
            let path = entry.map_err(read)?.path();
            if path.is_dir() {
                open.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "toml")
            {
                let text = std::fs::read_to_string(&path).map_err(|reason| SourceError::Read {
                    path: path.clone(),
                    reason,
                })?;
                let parts = path.strip_prefix(root).unwrap_or(&path).components();
                let name: Vec<_> = parts
                    .map(|part| part.as_os_str().to_string_lossy())
                    .collect();
                sources.push((name.join("/"), text));
            }
        }
    }
    let texts = sources
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()));
    let catalogue = Catalogue::load(texts).map_err(|reason| SourceError::Data {
        path: root.to_owned(),
        reason,
    })?;
    Pack::compile(&catalogue, signer).map_err(|reason| SourceError::Pack {
        path: root.to_owned(),
        reason,
    })
}

/// Writes the pack beside the ones before it, and drops the oldest.
fn keep(folder: &Path, pack: &Pack) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let path = kept(folder, pack.version());
    if !path.exists() {
        let bytes = pack
            .to_bytes(Compression::Lz4, Sections::CORE)
            .map_err(std::io::Error::other)?;
        // By renaming, so that no half file is ever read.
        let new = path.with_extension("new");
        std::fs::write(&new, bytes)?;
        std::fs::rename(&new, &path)?;
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry
            .path()
            .extension()
            .is_some_and(|extension| extension == "fspk")
        {
            files.push((entry.metadata()?.modified()?, entry.path()));
        }
    }
    files.sort();
    let spare = files.len().saturating_sub(KEPT_MAX);
    for (_, old) in files.iter().take(spare).filter(|(_, old)| *old != path) {
        std::fs::remove_file(old)?;
    }
    Ok(())
}

fn kept(folder: &Path, version: &str) -> PathBuf {
    folder.join(format!("{version}.fspk"))
}

impl Signed {
    fn new(pack: Pack, signer: &SigningKey) -> Arc<Self> {
        let forms = [Texts::En, Texts::Zh, Texts::All];
        Arc::new(Self {
            pack: pack.signed_by(signer),
            forms: forms.map(|texts| (texts, Form::default())).into(),
            deltas: Mutex::default(),
        })
    }

    /// As Brotli packs it best.
    fn columns(&self, texts: Texts) -> Result<Vec<u8>, PackError> {
        self.pack.to_bytes(Compression::Columns, texts.sections())
    }

    /// The whole pack: by Brotli where that is wanted and ready, else as LZ4 blocks.
    fn whole(self: &Arc<Self>, texts: Texts, brotli: bool) -> Result<(Arc<[u8]>, bool), PackError> {
        let form = &self.forms[&texts];
        if brotli {
            if let Some(bytes) = form.brotli.get() {
                return Ok((Arc::clone(bytes), true));
            }
            if form.is_under_way.set(()).is_ok() {
                let this = Arc::clone(self);
                std::thread::spawn(move || this.compress(texts));
            }
        }
        if let Some(bytes) = form.lz4.get() {
            return Ok((Arc::clone(bytes), false));
        }
        let bytes: Arc<[u8]> = self
            .pack
            .to_bytes(Compression::Lz4, texts.sections())?
            .into();
        Ok((Arc::clone(form.lz4.get_or_init(|| bytes)), false))
    }

    /// Takes a second or two; until then LZ4 is sent.
    fn compress(&self, texts: Texts) {
        let Ok(columns) = self.columns(texts) else {
            return;
        };
        let mut out = Vec::new();
        {
            let mut writer =
                brotli::CompressorWriter::new(&mut out, 4096, BROTLI_QUALITY, BROTLI_WINDOW);
            if writer.write_all(&columns).is_err() {
                return;
            }
        }
        tracing::info!(
            version = self.pack.version(),
            packed_bytes = columns.len(),
            sent_bytes = out.len(),
            "catalogue pack compressed"
        );
        let _ = self.forms[&texts].brotli.set(out.into());
    }

    /// What changed since a version that is kept.
    fn delta(&self, folder: &Path, have: &str, texts: Texts) -> Option<Arc<[u8]>> {
        let name = (have.to_owned(), texts);
        let mut deltas = self.deltas.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(delta) = deltas.get(&name) {
            return Some(Arc::clone(delta));
        }
        let bytes = std::fs::read(kept(folder, have)).ok()?;
        let old = Pack::open_trusted(&bytes).ok()?;
        let sections = texts.sections();
        let delta = PackDelta::make(&old, &self.pack, Compression::Lz4, sections).ok()?;
        // Bounded by the packs that are kept.
        let delta: Arc<[u8]> = delta.into();
        deltas.insert(name, Arc::clone(&delta));
        Some(delta)
    }
}

impl Packs {
    /// The pack under the key that signs now.
    fn signed(&self, signer: Option<&SigningKey>) -> Arc<Signed> {
        let mut signed = self.signed.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(signer) = signer else {
            return Arc::clone(&signed);
        };
        let id = faultscan_wire::key_id(&signer.verifying_key());
        if signed.pack.key_id().is_none_or(|now| now.0 != id.0) {
            *signed = Signed::new(signed.pack.clone(), signer);
        }
        Arc::clone(&signed)
    }
}

/// What a phone needs to have the catalogue: nothing, what changed since the version it has, or all.
/// Blocks for some milliseconds.
///
/// # Errors
/// `bad_query` where the version is no version.
pub fn send(core: &Core, texts: Texts, have: Option<&str>, brotli: bool) -> Result<Sent, Refusal> {
    let signed = core.packs.signed(core.keys.signer().as_ref());
    let version = signed.pack.version().to_owned();
    let names = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    // The version becomes a file's name.
    if have.is_some_and(|have| {
        have.len() > VERSION_BYTES_MAX || !have.chars().all(names) || have.starts_with('.')
    }) {
        return Err(Refusal::new(
            Class::Malformed,
            "bad_query",
            "`have` is not a catalogue's version",
        ));
    }
    let key = signed
        .pack
        .key_id()
        .map(|id| id.to_string())
        .unwrap_or_default();
    let tag = |kind: &str| format!("{version}.{}.{key}.{kind}", texts.as_str());
    if have == Some(version.as_str()) {
        return Ok(Sent {
            tag: tag("same"),
            version,
            is_delta: true,
            bytes: Arc::from([]),
            brotli: false,
        });
    }
    let delta = have.and_then(|have| signed.delta(&core.packs.folder, have, texts));
    if let (Some(bytes), Some(have)) = (delta, have) {
        return Ok(Sent {
            tag: tag(have),
            version,
            is_delta: true,
            bytes,
            brotli: false,
        });
    }
    let (bytes, brotli) = signed.whole(texts, brotli).map_err(|error| {
        tracing::error!(%error, "the catalogue's pack cannot be written");
        Refusal::internal("catalogue_pack")
    })?;
    Ok(Sent {
        tag: tag(if brotli { "br" } else { "lz4" }),
        version,
        is_delta: false,
        bytes,
        brotli,
    })
}
