//! From a catalogue to the bytes of its sections, and back.

use super::{
    error::{PackError, TableFault},
    manifest::{Bodies, Manifest, present},
    mp::RowFault,
    row::{Row, RowReader, RowWriter, SplitRow},
    rows,
    section::{self, Entry, Kind, Section},
};
use crate::{
    Catalogue, catalogue::Parts, cause::Cause, code::Code, priors::Priors, tree::Tree,
    version::Version,
};
use faultscan_faulttree::Arrange as _;
use std::collections::BTreeMap;

type Names<'a> = BTreeMap<(Kind, &'a str), SplitRow>;

/// The bytes of all sections, in their order.
pub(crate) fn bodies(parts: &Parts) -> [Vec<u8>; 4] {
    let mut split: Names<'_> = BTreeMap::new();
    let mut reference: BTreeMap<(Kind, &str), Vec<u8>> = BTreeMap::new();
    split.insert(
        (Kind::Priors, ""),
        RowWriter::split(|out| parts.priors.put(out)),
    );
    for code in &parts.codes {
        let name = (Kind::Code, code.code.as_str());
        split.insert(name, RowWriter::split(|out| rows::put_code_core(code, out)));
        let row = RowWriter::inline(|out| rows::put_code_reference(code, out));
        reference.insert(name, row);
    }
    for cause in &parts.causes {
        let name = (Kind::Cause, cause.id.as_str());
        split.insert(
            name,
            RowWriter::split(|out| rows::put_cause_core(cause, out)),
        );
        let row = RowWriter::inline(|out| rows::put_cause_reference(cause, out));
        reference.insert(name, row);
    }
    for tree in &parts.trees {
        let name = (Kind::Tree, tree.id.as_str());
        split.insert(name, RowWriter::split(|out| tree.put(out)));
    }
    let table = |part: fn(&SplitRow) -> &[u8]| {
        let rows = split.iter().map(|(name, row)| (*name, part(row)));
        section::write(split.len(), rows)
    };
    [
        table(|row| &row.row),
        table(|row| &row.en),
        table(|row| &row.zh),
        section::write(
            reference.len(),
            reference.iter().map(|(name, row)| (*name, row.as_slice())),
        ),
    ]
}

/// The version of what was read from data files.
pub(crate) fn version(parts: &Parts) -> Version {
    Manifest::over(parts.release, &bodies(parts)).version
}

/// Reads sections whose bytes are known to be whole.
pub(crate) fn catalogue(version: Version, bodies: &Bodies<'_>) -> Result<Catalogue, PackError> {
    let sections = present(bodies)?;
    let [core, en, zh, reference] = bodies;
    let core = section::read(Section::Core, core.as_deref().unwrap_or_default())?;
    let en = texts(Section::En, en.as_deref(), &core)?;
    let zh = texts(Section::Zh, zh.as_deref(), &core)?;
    let mut parts = Parts {
        release: version.release(),
        ..Parts::default()
    };
    let mut has_priors = false;
    for (index, entry) in core.iter().enumerate() {
        let (en, zh) = (row_at(en.as_ref(), index), row_at(zh.as_ref(), index));
        // Priors stand first, since causes take their numbers from them.
        has_priors |= entry.kind == Kind::Priors;
        let read = RowReader::split(entry.row, en, zh, |from| core_row(entry, from, &mut parts));
        read.map_err(|fault| bad_row(Section::Core, entry, fault))?;
    }
    if !has_priors {
        return Err(PackError::MissingSection {
            section: Section::Core,
        });
    }
    // No phone loads it, and its module leaves out what would read it.
    if cfg!(not(target_family = "wasm"))
        && let Some(reference) = reference.as_deref()
    {
        let entries = section::read(Section::Reference, reference)?;
        add_reference(&entries, &mut parts)?;
    }
    parts
        .codes
        .arrange_by(|a, b| (a.family, &a.code).cmp(&(b.family, &b.code)));
    Ok(Catalogue::assemble(version, sections, parts))
}

fn row_at<'a>(entries: Option<&Vec<Entry<'a>>>, index: usize) -> Option<&'a [u8]> {
    Some(entries?.get(index)?.row)
}

fn core_row(entry: &Entry<'_>, from: &mut RowReader<'_>, parts: &mut Parts) {
    match entry.kind {
        Kind::Priors => parts.priors = Priors::take(from),
        Kind::Code => parts.codes.push(rows::take_code_core(entry.key, from)),
        Kind::Cause => {
            let cause = rows::take_cause_core(entry.key, &parts.priors, from);
            parts.causes.push(cause);
        }
        Kind::Tree => {
            let tree = Tree::take(from);
            if tree.id != entry.key {
                from.fail(RowFault::UnknownChoice);
            }
            parts.trees.push(tree);
        }
    }
}

/// A language's table, which has the same names as the core.
fn texts<'a>(
    section: Section,
    bytes: Option<&'a [u8]>,
    core: &[Entry<'_>],
) -> Result<Option<Vec<Entry<'a>>>, PackError> {
    let Some(bytes) = bytes else { return Ok(None) };
    let entries = section::read(section, bytes)?;
    let same = entries
        .iter()
        .zip(core)
        .take_while(|(a, b)| a.name() == b.name());
    let index = same.count();
    if index < entries.len().max(core.len()) {
        return Err(PackError::BadTable {
            section,
            index,
            fault: TableFault::OtherNames,
        });
    }
    Ok(Some(entries))
}

fn add_reference(entries: &[Entry<'_>], parts: &mut Parts) -> Result<(), PackError> {
    let mut codes: BTreeMap<&str, &mut Code> = BTreeMap::new();
    let mut causes: BTreeMap<&str, &mut Cause> = BTreeMap::new();
    let names: Vec<String> = parts.codes.iter().map(|code| code.code.clone()).collect();
    let ids: Vec<String> = parts.causes.iter().map(|cause| cause.id.clone()).collect();
    codes.extend(names.iter().map(String::as_str).zip(&mut parts.codes));
    causes.extend(ids.iter().map(String::as_str).zip(&mut parts.causes));
    let want = codes.len() + causes.len();
    for entry in entries {
        let read = RowReader::inline(entry.row, |from| match entry.kind {
            Kind::Code => match codes.get_mut(entry.key) {
                Some(code) => rows::take_code_reference(code, from),
                None => from.fail(RowFault::UnknownChoice),
            },
            Kind::Cause => match causes.get_mut(entry.key) {
                Some(cause) => rows::take_cause_reference(cause, from),
                None => from.fail(RowFault::UnknownChoice),
            },
            Kind::Priors | Kind::Tree => from.fail(RowFault::UnknownChoice),
        });
        read.map_err(|fault| bad_row(Section::Reference, entry, fault))?;
    }
    if entries.len() == want {
        Ok(())
    } else {
        Err(PackError::MissingSection {
            section: Section::Reference,
        })
    }
}

fn bad_row(section: Section, entry: &Entry<'_>, fault: RowFault) -> PackError {
    PackError::BadRow {
        section,
        kind: entry.kind,
        key: entry.key.to_owned(),
        fault,
    }
}
