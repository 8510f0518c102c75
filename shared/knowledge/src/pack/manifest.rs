//! The head of a pack: which catalogue it is, who signed it, and what its sections hash to.

use super::{
    error::PackError,
    section::{Section, Sections},
};
use crate::version::{Release, Version, hex};
use sha2::{Digest, Sha256};
use std::{borrow::Cow, fmt};

/// First bytes of a pack.
pub const PACK_MAGIC: [u8; 4] = *b"FSPK";
/// The format that this program reads and writes.
pub const PACK_FORMAT: u8 = 1;
/// The schema of the rows that this program reads and writes.
pub const PACK_SCHEMA: u8 = 3;
/// Bytes that one section may have, unpacked.
pub const SECTION_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Bytes that a pack or a delta may have.
pub const PACK_BYTES_MAX: usize = 16 * 1024 * 1024;

const HASH_BYTES: usize = 32;
const SECTION_HEAD_BYTES: usize = 4 + HASH_BYTES;
const SECTIONS_AT: usize = 20;
/// Bytes of the manifest that are signed.
pub(super) const SIGNED_BYTES: usize = SECTIONS_AT + 4 * SECTION_HEAD_BYTES;
pub(super) const SIGNATURE_BYTES: usize = 64;
/// Bytes of a manifest.
pub(super) const MANIFEST_BYTES: usize = SIGNED_BYTES + SIGNATURE_BYTES;

/// Names a key: the first eight bytes of the SHA-256 of its 32 public bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 8]);

impl KeyId {
    /// Stands where nobody has signed.
    pub(super) const NOBODY: Self = Self([0; 8]);

    /// The id of a public key.
    #[must_use]
    pub fn of(public: &[u8; 32]) -> Self {
        let digest: [u8; HASH_BYTES] = Sha256::digest(public).into();
        let mut id = [0; 8];
        id.copy_from_slice(&digest[..8]);
        Self(id)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

/// The head of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Manifest {
    pub(super) key_id: KeyId,
    pub(super) signature: [u8; SIGNATURE_BYTES],
    pub(crate) version: Version,
    heads: [Head; 4],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Head {
    bytes: u32,
    hash: [u8; HASH_BYTES],
}

/// A section's bytes, or nothing where it is not there.
pub(crate) type Bodies<'a> = [Option<Cow<'a, [u8]>>; 4];

impl Manifest {
    /// An unsigned manifest over all four sections.
    pub(crate) fn over(release: Option<Release>, bodies: &[Vec<u8>; 4]) -> Self {
        let head = |body: &Vec<u8>| Head {
            bytes: body.len() as u32,
            hash: Sha256::digest(body).into(),
        };
        let heads = bodies.each_ref().map(head);
        Self {
            key_id: KeyId::NOBODY,
            signature: [0; SIGNATURE_BYTES],
            version: Version::new(release, content(&heads)),
            heads,
        }
    }

    /// The bytes that a signature covers.
    pub(super) fn signed_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(MANIFEST_BYTES);
        out.extend_from_slice(&PACK_MAGIC);
        out.extend_from_slice(&[PACK_FORMAT, PACK_SCHEMA]);
        let (year, month, day, number) =
            self.version.release().map_or((0, 0, 0, 0), Release::parts);
        out.extend_from_slice(&year.to_le_bytes());
        out.extend_from_slice(&[month, day]);
        out.extend_from_slice(&number.to_le_bytes());
        out.extend_from_slice(&self.key_id.0);
        put_heads(&self.heads, &mut out);
        out
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut out = self.signed_bytes();
        out.extend_from_slice(&self.signature);
        out
    }

    /// Reads a manifest from the start of bytes; gives what follows it.
    pub(crate) fn read(bytes: &[u8]) -> Result<(Self, &[u8]), PackError> {
        let Some((head, rest)) = bytes.split_first_chunk::<MANIFEST_BYTES>() else {
            // A short file of another kind is told as such.
            magic(bytes, PACK_MAGIC, "FSPK")?;
            return Err(PackError::Truncated {
                what: "the manifest",
                want_bytes: MANIFEST_BYTES,
                got_bytes: bytes.len(),
            });
        };
        magic(head, PACK_MAGIC, "FSPK")?;
        let [_, _, _, _, format, schema, y0, y1, month, day, n0, n1, ..] = *head;
        if format != PACK_FORMAT {
            return Err(PackError::UnsupportedFormat {
                want: PACK_FORMAT,
                got: format,
            });
        }
        if schema != PACK_SCHEMA {
            return Err(PackError::UnsupportedSchema {
                want: PACK_SCHEMA,
                got: schema,
            });
        }
        let release = if [y0, y1, month, day, n0, n1] == [0; 6] {
            None
        } else {
            let (year, number) = (u16::from_le_bytes([y0, y1]), u16::from_le_bytes([n0, n1]));
            Some(Release::new(year, month, day, number).ok_or(PackError::BadRelease)?)
        };
        let heads = read_heads(&head[SECTIONS_AT..SIGNED_BYTES])?;
        let mut key_id = [0; 8];
        key_id.copy_from_slice(&head[SECTIONS_AT - 8..SECTIONS_AT]);
        let mut signature = [0; SIGNATURE_BYTES];
        signature.copy_from_slice(&head[SIGNED_BYTES..]);
        let manifest = Self {
            key_id: KeyId(key_id),
            signature,
            version: Version::new(release, content(&heads)),
            heads,
        };
        Ok((manifest, rest))
    }

    /// Bytes of a section, unpacked.
    pub(super) fn bytes_of(&self, section: Section) -> usize {
        self.heads[section as usize].bytes as usize
    }

    /// Whether a body is the section that was signed.
    pub(super) fn check(&self, section: Section, body: &[u8]) -> Result<(), PackError> {
        let want = &self.heads[section as usize].hash;
        let got: [u8; HASH_BYTES] = Sha256::digest(body).into();
        if *want == got {
            return Ok(());
        }
        Err(PackError::WrongHash {
            section,
            want: short(want),
            got: short(&got),
        })
    }
}

/// The start of a hash, for people.
pub(super) fn short(hash: &[u8; HASH_BYTES]) -> String {
    hex(&hash[..6])
}

/// Whether bytes start as they should; a start cut short is taken as it is.
pub(super) fn magic(bytes: &[u8], want: [u8; 4], name: &'static str) -> Result<(), PackError> {
    let start = &bytes[..bytes.len().min(want.len())];
    if want.starts_with(start) {
        Ok(())
    } else {
        Err(PackError::BadMagic { want: name })
    }
}

fn put_heads(heads: &[Head; 4], out: &mut Vec<u8>) {
    for head in heads {
        out.extend_from_slice(&head.bytes.to_le_bytes());
        out.extend_from_slice(&head.hash);
    }
}

fn read_heads(bytes: &[u8]) -> Result<[Head; 4], PackError> {
    let mut heads = [Head {
        bytes: 0,
        hash: [0; HASH_BYTES],
    }; 4];
    for (head, bytes) in heads.iter_mut().zip(bytes.chunks_exact(SECTION_HEAD_BYTES)) {
        let (len, hash) = bytes.split_at(4);
        let mut le = [0; 4];
        le.copy_from_slice(len);
        head.bytes = u32::from_le_bytes(le);
        head.hash.copy_from_slice(hash);
        if head.bytes as usize > SECTION_BYTES_MAX {
            return Err(PackError::TooLarge {
                what: "a section",
                max_bytes: SECTION_BYTES_MAX,
                got_bytes: head.bytes as usize,
            });
        }
    }
    Ok(heads)
}

/// The content hash: SHA-256 over lengths and hashes of all sections.
fn content(heads: &[Head; 4]) -> [u8; HASH_BYTES] {
    let mut bytes = Vec::with_capacity(4 * SECTION_HEAD_BYTES);
    put_heads(heads, &mut bytes);
    Sha256::digest(&bytes).into()
}

/// Sections that are there.
pub(crate) fn present(bodies: &Bodies<'_>) -> Result<Sections, PackError> {
    let bits = Section::ALL
        .into_iter()
        .zip(bodies)
        .filter(|(_, body)| body.is_some())
        .fold(0, |bits, (section, _)| bits | section.bit());
    Sections::from_bits(bits)
}
