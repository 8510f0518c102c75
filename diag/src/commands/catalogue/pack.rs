//! `diag catalogue pack`, `verify` and `diff`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use faultscan_knowledge::pack::{Change, Compression, Section, Sections};
use faultscan_knowledge::{Catalogue, Pack, PackDiff, PackKeys, Release};
use serde_json::{Value, json};

use crate::cli::Global;
use crate::exit::{OrBadInput as _, bad_input};
use crate::term::Term;
use crate::{keys, output, source};

const PACK_EXAMPLES: &str = "\
Examples:
  diag keygen --out catalogue.key
  diag catalogue pack shared/knowledge/data -o catalogue.fspk --key catalogue.key
  ingest-server serve --catalogue catalogue.fspk --catalogue-key PUBLIC …";

/// Options of `diag catalogue pack`.
#[derive(Args, Debug)]
#[command(after_help = PACK_EXAMPLES)]
pub(crate) struct PackArgs {
    /// Folder with data files, or a pack to sign anew; the built-in catalogue where left out
    #[arg(value_name = "DIR|PACK")]
    path: Option<PathBuf>,
    /// Write the pack to this file
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// File with the secret key that signs it, as `diag keygen --out` writes it
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The release, such as 2026.11.24.1, instead of that of release.toml
    #[arg(long, value_name = "RELEASE")]
    release: Option<Release>,
    /// Leave out what only people read: explanations, runbooks, samples, sources
    #[arg(long)]
    core: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

impl PackArgs {
    pub(super) fn run(&self, global: Global) -> anyhow::Result<ExitCode> {
        let key = keys::ticket_key(Some(&self.key))?
            .ok_or_else(|| bad_input(format_args!("{}: holds no key", self.key.display())))?;
        let mut catalogue = match &self.path {
            Some(path) => source::open(path, None)?,
            None => Catalogue::builtin()?,
        };
        if let Some(release) = self.release {
            catalogue = catalogue.released_as(release);
        }
        if catalogue.full_version().release().is_none() {
            return Err(bad_input(
                "the data files have no release.toml: give the release with --release",
            ));
        }
        let pack = Pack::compile(&catalogue, &key).or_bad_input("catalogue")?;
        let sections = if self.core {
            Sections::CORE
        } else {
            Sections::ALL
        };
        let bytes = pack.to_bytes(Compression::Lz4, sections)?;
        std::fs::write(&self.output, &bytes).or_bad_input(self.output.display())?;
        let written = Pack::open(&bytes, &PackKeys::new([key.verifying_key().to_bytes()]))?;
        tell(&written, &self.output, bytes.len(), self.json, global)
    }
}

/// Options of `diag catalogue verify`.
#[derive(Args, Debug)]
pub(crate) struct VerifyArgs {
    /// The pack
    #[arg(value_name = "PACK")]
    file: PathBuf,
    /// Public key of who must have signed it, as text or file
    #[arg(long, value_name = "PUBLIC", required_unless_present = "key")]
    public_key: Option<String>,
    /// File with the secret key that must have signed it
    #[arg(long, value_name = "FILE", conflicts_with = "public_key")]
    key: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

impl VerifyArgs {
    pub(super) fn run(&self, global: Global) -> anyhow::Result<ExitCode> {
        let trusted = match (&self.public_key, &self.key) {
            (Some(public), _) => source::pack_keys(public)?,
            (None, file) => {
                let key = keys::ticket_key(file.as_ref())?;
                PackKeys::new(key.map(|key| key.verifying_key().to_bytes()))
            }
        };
        let pack = source::read_pack(&self.file, Some(&trusted))?;
        // The rows too, and every pattern compiles.
        let catalogue = pack.catalogue().or_bad_input(self.file.display())?;
        faultscan_evidence::Matcher::new(&catalogue).or_bad_input(self.file.display())?;
        let bytes = std::fs::metadata(&self.file).map_or(0, |meta| meta.len());
        tell(
            &pack,
            &self.file,
            usize::try_from(bytes).unwrap_or(0),
            self.json,
            global,
        )
    }
}

/// What a pack is.
fn tell(
    pack: &Pack,
    file: &Path,
    bytes: usize,
    as_json: bool,
    global: Global,
) -> anyhow::Result<ExitCode> {
    let version = pack.full_version();
    let key_id = pack.key_id().map(|id| id.to_string());
    let names: Vec<&str> = pack.sections().iter().map(Section::as_str).collect();
    let catalogue = pack.catalogue()?;
    let (codes, causes) = (catalogue.codes().len(), catalogue.causes().len());
    if as_json {
        let sizes: serde_json::Map<String, Value> = (pack.sections().iter())
            .map(|section| Ok((section.to_string(), json!(pack.body(section)?.len()))))
            .collect::<anyhow::Result<_>>()?;
        let content: String = version
            .content()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        output::json(&json!({
            "file": file.display().to_string(),
            "bytes": bytes,
            "version": version.as_str(),
            "release": version.release(),
            "content_sha256": content,
            "key_id": key_id,
            "sections": sizes,
            "codes": codes,
            "causes": causes,
        }))?;
        return Ok(ExitCode::SUCCESS);
    }
    let term = global.stdout();
    let size = format!("{} KB", bytes.div_ceil(1000));
    let text = term.lang.say(
        format!(
            "{codes} codes, {causes} causes ({}), {size}, signed by {}",
            names.join(", "),
            key_id.as_deref().unwrap_or("nobody")
        ),
        format!(
            "{codes} 个错误码、{causes} 个原因（{}），{size}，签名密钥 {}",
            names.join("、"),
            key_id.as_deref().unwrap_or("无")
        ),
    );
    output::print(&format!(
        "{}  {}\n{text}\n",
        file.display(),
        term.bold(version.as_str())
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// Options of `diag catalogue diff`.
#[derive(Args, Debug)]
pub(crate) struct DiffArgs {
    /// The older catalogue: a pack, a folder, or `builtin`
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The newer catalogue
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

impl DiffArgs {
    pub(super) fn run(&self, global: Global) -> anyhow::Result<ExitCode> {
        let open = |path: &PathBuf| match path.to_str() {
            Some("builtin") => Ok(Catalogue::builtin()?),
            _ => source::open(path, None),
        };
        let diff = PackDiff::between(&open(&self.old)?, &open(&self.new)?);
        if self.json {
            output::json(&diff)?;
        } else {
            output::print(&changes(&diff, global.stdout()))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn changes(diff: &PackDiff, term: Term) -> String {
    let mut out = format!("{} -> {}\n", diff.old, diff.new);
    if diff.is_empty() {
        out.push_str(term.lang.pick("nothing changed\n", "没有变化\n"));
    }
    for (heading, list) in [
        (term.heading("Codes", "错误码"), &diff.codes),
        (term.heading("Causes", "原因"), &diff.causes),
        (term.heading("Fault trees", "故障树"), &diff.trees),
    ] {
        if !list.is_empty() {
            out.push_str(&format!("\n{heading}\n"));
        }
        for change in list {
            let line = match change {
                Change::Added { name } => term.green(&format!("+ {name}")),
                Change::Removed { name } => term.red(&format!("- {name}")),
                Change::Changed { name, fields } => {
                    format!("~ {name}  {}", term.dim(&fields.join(", ")))
                }
                _ => continue,
            };
            out.push_str(&format!("  {line}\n"));
        }
    }
    if diff.priors {
        out.push_str("\n~ priors.toml\n");
    }
    out
}
