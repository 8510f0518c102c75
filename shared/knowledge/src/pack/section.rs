//! Sections: tables of named rows in strictly ascending order, so that equal content has equal
//! bytes and two tables can be compared entry by entry.

use super::{
    error::{PackError, TableFault},
    mp::{Reader, RowFault, Writer},
};
use faultscan_faulttree::SortedMap;
use std::fmt;

/// Entries that one section may have.
pub const ENTRIES_MAX: usize = 20_000;

/// A part of a pack that can be left out where it is not needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Section {
    /// What matcher and diagnosis compute with: signatures, gates, causes, checks, fixes.
    Core,
    /// The core's texts in English: titles, verdicts, questions, names of fixes.
    En,
    /// The core's texts in Chinese.
    Zh,
    /// What people read at leisure, and what proves a code: explanations, runbooks, samples, near
    /// misses, sources. Both languages.
    Reference,
}

impl Section {
    /// Every section, in the order they stand.
    pub const ALL: [Self; 4] = [Self::Core, Self::En, Self::Zh, Self::Reference];

    pub(crate) fn bit(self) -> u8 {
        1 << self as u8
    }

    /// Name, as in options and errors.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::En => "en",
            Self::Zh => "zh",
            Self::Reference => "reference",
        }
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A set of sections that makes a catalogue: the core, at least one language, perhaps the
/// reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sections(u8);

impl Sections {
    /// Everything.
    pub const ALL: Self = Self(0b1111);
    /// The core in both languages.
    pub const CORE: Self = Self(0b0111);
    /// The core in English.
    pub const CORE_EN: Self = Self(0b0011);
    /// The core in Chinese.
    pub const CORE_ZH: Self = Self(0b0101);

    pub(crate) fn from_bits(bits: u8) -> Result<Self, PackError> {
        let has = |section: Section| bits & section.bit() != 0;
        let good =
            bits <= Self::ALL.0 && has(Section::Core) && (has(Section::En) || has(Section::Zh));
        good.then_some(Self(bits))
            .ok_or(PackError::BadSections { got: bits })
    }

    pub(crate) fn bits(self) -> u8 {
        self.0
    }

    /// Whether a section is in the set.
    #[must_use]
    pub fn has(self, section: Section) -> bool {
        self.0 & section.bit() != 0
    }

    /// Whether all sections of the other set are in this one.
    #[must_use]
    pub fn covers(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The sections of the set.
    pub fn iter(self) -> impl Iterator<Item = Section> {
        Section::ALL
            .into_iter()
            .filter(move |section| self.has(*section))
    }
}

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// The numbers that stand in one place.
    Priors,
    /// A code.
    Code,
    /// A cause.
    Cause,
    /// A fault tree.
    Tree,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Priors, Self::Code, Self::Cause, Self::Tree];
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Priors => "priors",
            Self::Code => "code",
            Self::Cause => "cause",
            Self::Tree => "tree",
        })
    }
}

/// Rows by what they are and their names. Keys and rows borrow from a section's bytes, or own them
/// while a catalogue is compiled.
pub(crate) type Table<'a> = SortedMap<(Kind, &'a str), &'a [u8]>;

/// Writes entries that are in strictly ascending order.
pub(crate) fn write<'a>(
    count: usize,
    entries: impl Iterator<Item = ((Kind, &'a str), &'a [u8])>,
) -> Vec<u8> {
    let mut out = Writer::default();
    out.array(count);
    for ((kind, key), row) in entries {
        put_entry(&mut out, kind, key, row);
    }
    out.into_bytes()
}

pub(super) fn put_entry(out: &mut Writer, kind: Kind, key: &str, row: &[u8]) {
    out.array(3);
    put_name(out, kind, key);
    out.bin(row);
}

pub(super) fn put_name(out: &mut Writer, kind: Kind, key: &str) {
    out.uint(kind as u32);
    out.str(key);
}

/// Reads a section's table.
pub(crate) fn read(section: Section, bytes: &[u8]) -> Result<Vec<Entry<'_>>, PackError> {
    let bad = |index, fault| PackError::BadTable {
        section,
        index,
        fault,
    };
    let mut from = Reader::new(bytes);
    let count = from.array().map_err(|fault| bad(0, fault.into()))?;
    if count > ENTRIES_MAX {
        return Err(bad(count, TableFault::TooMany));
    }
    let mut entries: Vec<Entry<'_>> = Vec::with_capacity(count);
    for index in 0..count {
        let entry = take_entry(&mut from).map_err(|fault| bad(index, fault.into()))?;
        if entries
            .last()
            .is_some_and(|last| last.name() >= entry.name())
        {
            return Err(bad(index, TableFault::Unordered));
        }
        entries.push(entry);
    }
    from.end().map_err(|fault| bad(count, fault.into()))?;
    Ok(entries)
}

/// One row with its name.
#[derive(Clone, Copy)]
pub(crate) struct Entry<'a> {
    pub(crate) kind: Kind,
    pub(crate) key: &'a str,
    pub(crate) row: &'a [u8],
}

impl<'a> Entry<'a> {
    pub(crate) fn name(&self) -> (Kind, &'a str) {
        (self.kind, self.key)
    }
}

pub(super) fn take_entry<'a>(from: &mut Reader<'a>) -> Result<Entry<'a>, RowFault> {
    if from.array()? != 3 {
        return Err(RowFault::WrongLength);
    }
    let (kind, key) = take_name(from)?;
    Ok(Entry {
        kind,
        key,
        row: from.bin()?,
    })
}

pub(super) fn take_name<'a>(from: &mut Reader<'a>) -> Result<(Kind, &'a str), RowFault> {
    let number = from.uint()?;
    let kind = Kind::ALL
        .into_iter()
        .find(|kind| *kind as u32 == number)
        .ok_or(RowFault::UnknownChoice)?;
    Ok((kind, from.str()?))
}
