//! What changed between two packs, as bytes: a phone that has one version fetches the difference.
//!
//! The delta carries the new pack's signed manifest, so that it needs no trust of its own: what it
//! makes of the old pack either has the signed hashes or is refused.

use super::{
    error::{PackError, TableFault},
    keys::PackKeys,
    manifest::{
        MANIFEST_BYTES, Manifest, PACK_BYTES_MAX, PACK_FORMAT, SECTION_BYTES_MAX, magic, short,
    },
    mp::{Reader, RowFault, Writer},
    open::{Compression, Pack, Rest, put_part},
    section::{self, Kind, Section, Sections, Table},
};
use faultscan_faulttree::one_by_one;
use std::borrow::Cow;

/// First bytes of a delta.
pub const DELTA_MAGIC: [u8; 4] = *b"FSPD";
const HEAD: &str = "the head of the delta";

/// Makes and applies deltas between packs.
#[derive(Debug)]
#[non_exhaustive]
pub struct PackDelta;

impl PackDelta {
    /// What makes these sections of the new pack from those of the old one.
    ///
    /// # Errors
    /// [`PackError::MissingSection`] where one of the packs lacks a section, or a broken table.
    pub fn make(
        old: &Pack,
        new: &Pack,
        compression: Compression,
        sections: Sections,
    ) -> Result<Vec<u8>, PackError> {
        let mut out = DELTA_MAGIC.to_vec();
        out.extend_from_slice(&[PACK_FORMAT, compression.number(), sections.bits()]);
        out.extend_from_slice(old.full_version().content());
        out.extend_from_slice(&new.manifest.to_bytes());
        for section in sections.iter() {
            let changes = changes(section, old.body(section)?, new.body(section)?)?;
            out.extend_from_slice(&(changes.len() as u32).to_le_bytes());
            put_part(&compression.pack(&changes), &mut out);
        }
        Ok(out)
    }

    /// Makes the new pack from the old one. Sections that the delta does not carry are left out.
    ///
    /// # Errors
    /// The first thing that is wrong: the delta's bytes, its base, the new signature, a hash.
    pub fn apply(old: &Pack, delta: &[u8], keys: &PackKeys) -> Result<Pack, PackError> {
        if delta.len() > PACK_BYTES_MAX {
            return Err(PackError::TooLarge {
                what: "the delta",
                max_bytes: PACK_BYTES_MAX,
                got_bytes: delta.len(),
            });
        }
        magic(delta, DELTA_MAGIC, "FSPD")?;
        let mut rest = Rest(delta);
        rest.take(DELTA_MAGIC.len(), HEAD)?;
        match rest.byte(HEAD)? {
            PACK_FORMAT => {}
            got => {
                return Err(PackError::UnsupportedFormat {
                    want: PACK_FORMAT,
                    got,
                });
            }
        }
        let compression = Compression::from_number(rest.byte(HEAD)?)?;
        let sections = Sections::from_bits(rest.byte(HEAD)?)?;
        let mut base = [0; 32];
        base.copy_from_slice(rest.take(32, HEAD)?);
        if base != *old.full_version().content() {
            return Err(PackError::WrongBase {
                want: short(&base),
                got: short(old.full_version().content()),
            });
        }
        let (manifest, _) = Manifest::read(rest.take(MANIFEST_BYTES, HEAD)?)?;
        keys.verify(&manifest)?;
        let mut bodies = [const { None }; 4];
        for section in sections.iter() {
            let want_bytes = rest.u32("a section")?;
            let packed = rest.part("a section")?;
            let changes = unpack(compression, section, packed, want_bytes)?;
            let body = apply(
                section,
                old.body(section)?,
                &changes,
                manifest.bytes_of(section),
            )?;
            manifest.check(section, &body)?;
            bodies[section as usize] = Some(Cow::Owned(body));
        }
        rest.end()?;
        Pack::assemble(manifest, bodies)
    }
}

fn unpack(
    compression: Compression,
    section: Section,
    packed: &[u8],
    want_bytes: usize,
) -> Result<Vec<u8>, PackError> {
    if want_bytes > SECTION_BYTES_MAX {
        return Err(PackError::TooLarge {
            what: "a section",
            max_bytes: SECTION_BYTES_MAX,
            got_bytes: want_bytes,
        });
    }
    compression
        .unpack(packed, want_bytes)
        .ok_or(PackError::BadBlock {
            section,
            want_bytes,
        })
}

fn table(section: Section, body: &[u8]) -> Result<Table<'_>, PackError> {
    let entries = section::read(section, body)?;
    Ok(one_by_one(
        entries.iter().map(|entry| (entry.name(), entry.row)),
    ))
}

/// `[[kind, key, …], [[kind, key, row], …]]`: what is gone, and what is new or different.
fn changes(section: Section, old: &[u8], new: &[u8]) -> Result<Vec<u8>, PackError> {
    let (old, new) = (table(section, old)?, table(section, new)?);
    let gone: Vec<(Kind, &str)> = old
        .keys()
        .filter(|name| !new.contains_key(*name))
        .copied()
        .collect();
    let changed: Vec<_> = new
        .iter()
        .filter(|(name, row)| old.get(*name) != Some(*row))
        .collect();
    let mut out = Writer::default();
    out.array(2);
    out.array(gone.len() * 2);
    for (kind, key) in gone {
        section::put_name(&mut out, kind, key);
    }
    out.array(changed.len());
    for ((kind, key), row) in changed {
        section::put_entry(&mut out, *kind, key, row);
    }
    Ok(out.into_bytes())
}

fn apply(
    section: Section,
    old: &[u8],
    changes: &[u8],
    want_bytes: usize,
) -> Result<Vec<u8>, PackError> {
    let mut table = table(section, old)?;
    let bad = |index: usize, fault: RowFault| PackError::BadTable {
        section,
        index,
        fault: TableFault::Row(fault),
    };
    let mut from = Reader::new(changes);
    let gone = open_changes(&mut from).map_err(|fault| bad(0, fault))?;
    for index in 0..gone {
        let name = section::take_name(&mut from).map_err(|fault| bad(index, fault))?;
        if table.remove(&name).is_none() {
            return Err(bad(index, RowFault::UnknownChoice));
        }
    }
    let changed = from.array().map_err(|fault| bad(gone, fault))?;
    for index in 0..changed {
        let entry = section::take_entry(&mut from).map_err(|fault| bad(gone + index, fault))?;
        table.insert(entry.name(), entry.row);
    }
    from.end().map_err(|fault| bad(gone + changed, fault))?;
    let body = section::write(table.len(), table.iter().map(|(name, row)| (*name, *row)));
    if body.len() == want_bytes {
        Ok(body)
    } else {
        Err(PackError::BadBlock {
            section,
            want_bytes,
        })
    }
}

fn open_changes(from: &mut Reader<'_>) -> Result<usize, RowFault> {
    if from.array()? != 2 {
        return Err(RowFault::WrongLength);
    }
    let len = from.array()?;
    if len % 2 == 0 {
        Ok(len / 2)
    } else {
        Err(RowFault::WrongLength)
    }
}
