//! Why bytes are no pack, or none that may be used.

use super::{KeyId, Kind, Section, mp::RowFault};
use thiserror::Error;

/// A pack, or a delta between packs, that is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PackError {
    /// The bytes end too early.
    #[error("{what} ends too early: want {want_bytes} bytes, got {got_bytes}")]
    Truncated {
        /// Which part ends too early.
        what: &'static str,
        /// Bytes that it needs.
        want_bytes: usize,
        /// Bytes that are there.
        got_bytes: usize,
    },
    /// The first bytes are not those of a pack, or of a delta.
    #[error("the first bytes are not \"{want}\"")]
    BadMagic {
        /// The four letters that a reader wants.
        want: &'static str,
    },
    /// Written in another format than this program reads.
    #[error("format version: want {want}, got {got}")]
    UnsupportedFormat {
        /// The version that this program reads.
        want: u8,
        /// The version of the bytes.
        got: u8,
    },
    /// The rows follow another schema than this program reads.
    #[error("schema version: want {want}, got {got}")]
    UnsupportedSchema {
        /// The version that this program reads.
        want: u8,
        /// The version of the bytes.
        got: u8,
    },
    /// The release is no day and number.
    #[error("the release is not a day and a number from 1")]
    BadRelease,
    /// The compression has no known number.
    #[error("compression: want 0 to 2, got {got}")]
    UnsupportedCompression {
        /// The number in the bytes.
        got: u8,
    },
    /// The set of sections names unknown ones, or lacks the core or both languages.
    #[error("sections: {got:#06b} is not the core, a language or both, and perhaps the reference")]
    BadSections {
        /// The set as bits.
        got: u8,
    },
    /// Larger than any catalogue may be.
    #[error("{what} is too large: want at most {max_bytes} bytes, got {got_bytes}")]
    TooLarge {
        /// Which part is too large.
        what: &'static str,
        /// Bytes that are allowed.
        max_bytes: usize,
        /// Bytes that it has or claims.
        got_bytes: usize,
    },
    /// Nobody signed it.
    #[error("nobody signed it")]
    Unsigned,
    /// Signed by a key that is not trusted here.
    #[error("signed by key {key_id}, which is not trusted here")]
    UnknownKey {
        /// The key's id.
        key_id: KeyId,
    },
    /// The signature is not the named key's over these bytes.
    #[error("the signature is not that of key {key_id}")]
    BadSignature {
        /// The key's id.
        key_id: KeyId,
    },
    /// A section does not unpack to the length that was signed.
    #[error("section {section} does not unpack to its {want_bytes} bytes")]
    BadBlock {
        /// The section.
        section: Section,
        /// Bytes that were signed.
        want_bytes: usize,
    },
    /// A section has another hash than the one that was signed.
    #[error("section {section}: SHA-256: want {want}, got {got}")]
    WrongHash {
        /// The section.
        section: Section,
        /// The hash that was signed, its first 12 hexadecimal digits.
        want: String,
        /// The hash of the bytes, its first 12 hexadecimal digits.
        got: String,
    },
    /// Bytes follow the last section.
    #[error("{got_bytes} bytes follow the last section")]
    TrailingBytes {
        /// How many.
        got_bytes: usize,
    },
    /// The table of a section is broken, or its entries are not in strictly ascending order.
    #[error("section {section}: entry {index}: {fault}")]
    BadTable {
        /// The section.
        section: Section,
        /// Which entry, counted from 0.
        index: usize,
        /// What is wrong.
        fault: TableFault,
    },
    /// A row is broken.
    #[error("section {section}: {kind} {key}: {fault}")]
    BadRow {
        /// The section.
        section: Section,
        /// What the row is.
        kind: Kind,
        /// The row's name.
        key: String,
        /// What is wrong.
        fault: RowFault,
    },
    /// A section that is needed for this is not there.
    #[error("section {section} is not there")]
    MissingSection {
        /// The section.
        section: Section,
    },
    /// A delta made for another pack.
    #[error("the delta is for content {want}, this is {got}")]
    WrongBase {
        /// The content hash it was made for, its first 12 hexadecimal digits.
        want: String,
        /// The content hash of the pack at hand, its first 12 hexadecimal digits.
        got: String,
    },
}

/// What is wrong with the table of a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TableFault {
    /// Not the MessagePack that a table is.
    #[error(transparent)]
    Row(#[from] RowFault),
    /// Its name is not behind the one before it.
    #[error("its name is not behind the one before it")]
    Unordered,
    /// The names are not those of the core.
    #[error("the names are not those of the core")]
    OtherNames,
    /// More entries than any catalogue may have.
    #[error("there are more entries than a section may have")]
    TooMany,
}

impl PackError {
    /// Stable name of the kind of error.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Truncated { .. } => "pack_truncated",
            Self::BadMagic { .. } => "bad_magic",
            Self::UnsupportedFormat { .. } => "unsupported_version",
            Self::UnsupportedSchema { .. } => "unsupported_schema",
            Self::BadRelease => "bad_release",
            Self::UnsupportedCompression { .. } => "unsupported_compression",
            Self::BadSections { .. } => "bad_sections",
            Self::TooLarge { .. } => "pack_too_large",
            Self::Unsigned => "pack_unsigned",
            Self::UnknownKey { .. } => "unknown_key",
            Self::BadSignature { .. } => "bad_pack_signature",
            Self::BadBlock { .. } => "bad_block",
            Self::WrongHash { .. } => "wrong_hash",
            Self::TrailingBytes { .. } => "trailing_bytes",
            Self::BadTable { .. } => "bad_table",
            Self::BadRow { .. } => "bad_row",
            Self::MissingSection { .. } => "missing_section",
            Self::WrongBase { .. } => "wrong_base",
        }
    }
}
