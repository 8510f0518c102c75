//! From data files to a catalogue: parse, check every rule, give domain types.

mod code;
mod cross;
mod item;
mod prose;
mod tree;

use crate::{
    Catalogue, CatalogueError,
    catalogue::Parts,
    cause::Cause,
    code::{Code, Family},
    priors::{Priors, Thresholds},
    proof::{Proof, ProofLevel},
    schema::{CauseFile, CodeFile, PriorsFile, ReleaseFile, TreeFile},
    tree::Tree,
    version::{BadRelease, Release},
};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// The only schema version there is.
pub(crate) const SCHEMA: u32 = 1;
/// Bytes that one data file may have.
const FILE_BYTES_MAX: usize = 512 * 1024;
const PRIORS: &str = "priors.toml";
const PROOFS: &str = "proofs.toml";
const RELEASE: &str = "release.toml";

/// An error in `file` at `field`.
pub(crate) fn bad(
    file: &str,
    field: impl Into<String>,
    reason: impl Into<String>,
) -> CatalogueError {
    CatalogueError::Field {
        file: file.to_owned(),
        field: field.into(),
        reason: reason.into(),
    }
}

/// What is known while files are read.
pub(crate) struct Context<'a> {
    pub(crate) file: &'a str,
    pub(crate) priors: &'a Priors,
}

impl Context<'_> {
    pub(crate) fn bad(
        &self,
        field: impl Into<String>,
        reason: impl Into<String>,
    ) -> CatalogueError {
        bad(self.file, field, reason)
    }
}

/// Everything read so far, with the file each thing came from.
#[derive(Default)]
pub(crate) struct Files {
    pub(crate) codes: Vec<(String, Code)>,
    pub(crate) causes: Vec<(String, Cause)>,
    pub(crate) trees: Vec<(String, Tree)>,
    pub(crate) proofs: BTreeMap<String, Vec<Proof>>,
}

pub(crate) fn load<'a>(
    sources: impl Iterator<Item = (&'a str, &'a str)>,
) -> Result<Catalogue, CatalogueError> {
    let sources: BTreeMap<&str, &str> = sources.collect();
    let text = sources.get(PRIORS).ok_or_else(|| {
        bad(
            PRIORS,
            "file",
            "is missing; it maps probability classes to numbers",
        )
    })?;
    let priors = priors(text)?;
    let mut files = Files::default();
    let mut release: Option<ReleaseFile> = None;
    for (name, text) in &sources {
        let context = Context {
            file: name,
            priors: &priors,
        };
        match *name {
            PRIORS => {}
            PROOFS => files.proofs = item::proofs(&context, parse(name, text)?)?,
            RELEASE => release = Some(parse(RELEASE, text)?),
            _ => one_file(&context, text, &mut files)?,
        }
    }
    cross::check(&mut files)?;
    let release = release.map(|raw| one_release(&raw, &files)).transpose()?;
    let mut codes: Vec<Code> = files.codes.into_iter().map(|(_, code)| code).collect();
    for code in &mut codes {
        code.proofs = files.proofs.remove(&code.code).unwrap_or_default();
        code.proof = ProofLevel::of(&code.samples, &code.proofs);
    }
    Ok(Catalogue::compile(Parts {
        release,
        priors,
        codes,
        causes: files.causes.into_iter().map(|(_, cause)| cause).collect(),
        trees: files.trees.into_iter().map(|(_, tree)| tree).collect(),
    }))
}

fn one_file(context: &Context<'_>, text: &str, files: &mut Files) -> Result<(), CatalogueError> {
    let file = context.file;
    let stem = |rest: &str| rest.strip_suffix(".toml").map(str::to_owned);
    if let Some(rest) = file.strip_prefix("codes/") {
        if let Some((folder, stem)) = rest.split_once('/').and_then(|(f, s)| Some((f, stem(s)?))) {
            let raw: CodeFile = parse(file, text)?;
            let code = code::code(context, folder, &stem, raw)?;
            files.codes.push((file.to_owned(), code));
            return Ok(());
        }
    } else if let Some(stem) = file.strip_prefix("causes/").and_then(stem) {
        let raw: CauseFile = parse(file, text)?;
        for cause in item::causes(context, &stem, raw)? {
            files.causes.push((file.to_owned(), cause));
        }
        return Ok(());
    } else if let Some(stem) = file.strip_prefix("trees/").and_then(stem) {
        let raw: TreeFile = parse(file, text)?;
        return tree::tree(context, &stem, raw, files);
    }
    Err(CatalogueError::UnknownFile {
        file: file.to_owned(),
        reason: "is none of codes/<family>/<CODE>.toml, causes/<domain>.toml, trees/<id>.toml, \
                 priors.toml, proofs.toml, release.toml"
            .to_owned(),
    })
}

/// Reads TOML; errors carry the path of the field.
fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, CatalogueError> {
    if text.len() > FILE_BYTES_MAX {
        return Err(bad(
            file,
            "file",
            format!("is larger than {FILE_BYTES_MAX} bytes"),
        ));
    }
    let deserializer = toml::Deserializer::parse(text).map_err(|error| {
        let line = error
            .span()
            .and_then(|span| text.get(..span.start))
            .map_or(0, |before| before.matches('\n').count() + 1);
        CatalogueError::Syntax {
            file: file.to_owned(),
            reason: format!("line {line}: {}", crate::pattern::one_line(error.message())),
        }
    })?;
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let path = error.path().to_string();
        let field = if path == "." { "file".to_owned() } else { path };
        bad(
            file,
            field,
            crate::pattern::one_line(error.inner().message()),
        )
    })
}

/// The release, and whether the catalogue is as complete as its release says.
fn one_release(raw: &ReleaseFile, files: &Files) -> Result<Release, CatalogueError> {
    schema(RELEASE, raw.schema)?;
    let family = |family: &Family| {
        files
            .codes
            .iter()
            .filter(|(_, code)| code.family == *family)
            .count()
    };
    for (name, want) in &raw.codes {
        complete(&format!("codes.{}", name.as_str()), *want, family(name))?;
    }
    for (name, want) in &raw.events {
        let tree = files.trees.iter().find(|(_, tree)| tree.id == *name);
        let got = tree.map_or(0, |(_, tree)| tree.events.len());
        complete(&format!("events.{name}"), *want, got)?;
    }
    let fault =
        |error: BadRelease| bad(RELEASE, "release", format!("is {:?}; {error}", raw.release));
    raw.release.parse().map_err(fault)
}

fn complete(field: &str, want: usize, got: usize) -> Result<(), CatalogueError> {
    if want == got {
        return Ok(());
    }
    Err(bad(
        RELEASE,
        field,
        format!("is {want}, but there are {got}"),
    ))
}

fn priors(text: &str) -> Result<Priors, CatalogueError> {
    let raw: PriorsFile = parse(PRIORS, text)?;
    schema(PRIORS, raw.schema)?;
    let mut classes = [0.0; 3];
    for (index, class) in raw.classes.iter().enumerate() {
        let field = format!("classes[{index}].probability");
        item::probability(PRIORS, &field, class.probability)?;
        item::line(PRIORS, &format!("classes[{index}].basis"), &class.basis)?;
        classes[class.class as usize] = class.probability;
    }
    let [common, occasional, rare] = classes;
    if !(common > occasional && occasional > rare && rare > 0.0) {
        return Err(bad(
            PRIORS,
            "classes",
            "want common > occasional > rare > 0, each once",
        ));
    }
    for (field, value) in [
        ("signature.sensitivity", raw.signature.sensitivity),
        ("signature.false_alarm", raw.signature.false_alarm),
        ("check.hit", raw.check.hit),
        ("check.false_alarm", raw.check.false_alarm),
    ] {
        item::probability(PRIORS, field, value)?;
    }
    for (field, value) in [
        ("basis", &raw.basis),
        ("signature.basis", &raw.signature.basis),
        ("check.basis", &raw.check.basis),
        ("metrics.basis", &raw.metrics.basis),
    ] {
        item::line(PRIORS, field, value)?;
    }
    Ok(Priors {
        basis: raw.basis,
        common,
        occasional,
        rare,
        signature_sensitivity: raw.signature.sensitivity,
        signature_false_alarm: raw.signature.false_alarm,
        check_hit: raw.check.hit,
        check_false_alarm: raw.check.false_alarm,
        thresholds: Thresholds {
            fps_below: raw.metrics.fps_below,
            rtt_ms_above: raw.metrics.rtt_ms_above,
            loss_ratio_above: raw.metrics.loss_ratio_above,
            memory_mb_above: raw.metrics.memory_mb_above,
            memory_ratio_above: raw.metrics.memory_ratio_above,
        },
    })
}

pub(crate) fn schema(file: &str, found: u32) -> Result<(), CatalogueError> {
    if found == SCHEMA {
        Ok(())
    } else {
        Err(bad(
            file,
            "schema",
            format!("is {found}; this program reads schema {SCHEMA}"),
        ))
    }
}

/// The rule for a code's name in its family.
pub(crate) fn code_name(family: Family, code: &str) -> Result<(), String> {
    let digits = |text: &str| text.len() == 3 && text.bytes().all(|b| b.is_ascii_digit());
    let fits = match family {
        Family::Platform => digits(code),
        Family::Go => crate::text::is_identifier(code),
        Family::Extra => {
            code.starts_with(|c: char| c.is_ascii_uppercase())
                && code
                    .bytes()
                    .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b"-_".contains(&b))
        }
        _ => code.strip_prefix(family.prefix()).is_some_and(digits),
    };
    if fits {
        Ok(())
    } else {
        Err(format!(
            "{code:?} is not a code of family {}",
            family.as_str()
        ))
    }
}
