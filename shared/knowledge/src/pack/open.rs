//! Reading and writing whole packs.

use super::{
    columns, compile,
    error::PackError,
    keys::PackKeys,
    manifest::{Bodies, KeyId, Manifest, PACK_BYTES_MAX, present},
    section::{Section, Sections},
};
use crate::{Catalogue, version::Version};
use ed25519_dalek::SigningKey;
use std::borrow::Cow;

/// How the sections of a file are packed. Not signed: the signature covers what is unpacked, so
/// that a pack can be packed anew for a file or for a transport that compresses by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Compression {
    /// As it is, for transports that compress better than LZ4.
    Stored,
    /// LZ4 blocks, for files.
    Lz4,
    /// In columns, which transports compress better than rows.
    Columns,
}

impl Compression {
    pub(super) fn number(self) -> u8 {
        match self {
            Self::Stored => 0,
            Self::Lz4 => 1,
            Self::Columns => 2,
        }
    }

    pub(super) fn from_number(number: u8) -> Result<Self, PackError> {
        match number {
            0 => Ok(Self::Stored),
            1 => Ok(Self::Lz4),
            2 => Ok(Self::Columns),
            got => Err(PackError::UnsupportedCompression { got }),
        }
    }

    pub(super) fn pack(self, body: &[u8]) -> Cow<'_, [u8]> {
        match self {
            Self::Stored => Cow::Borrowed(body),
            Self::Lz4 => Cow::Owned(lz4_flex::block::compress(body)),
            // Every section is a document.
            Self::Columns => Cow::Owned(columns::split(body).unwrap_or_default()),
        }
    }

    /// Unpacks to exactly as many bytes, or to nothing.
    pub(super) fn unpack(self, packed: &[u8], want_bytes: usize) -> Option<Vec<u8>> {
        let body = match self {
            Self::Stored => packed.to_vec(),
            Self::Lz4 => lz4_flex::block::decompress(packed, want_bytes).ok()?,
            Self::Columns => columns::join(packed, want_bytes)?,
        };
        (body.len() == want_bytes).then_some(body)
    }
}

/// A compiled catalogue whose bytes are known to be whole, with all sections or some.
#[derive(Debug, Clone)]
pub struct Pack {
    pub(super) manifest: Manifest,
    pub(super) bodies: Bodies<'static>,
    sections: Sections,
}

impl Pack {
    /// Compiles a catalogue and signs it.
    ///
    /// # Errors
    /// [`PackError::MissingSection`] where the catalogue was itself read from a pack that lacked a
    /// section.
    pub fn compile(catalogue: &Catalogue, signer: &SigningKey) -> Result<Self, PackError> {
        let has = catalogue.sections();
        if let Some(section) = Section::ALL.into_iter().find(|section| !has.has(*section)) {
            return Err(PackError::MissingSection { section });
        }
        let bodies = compile::bodies(catalogue.parts());
        let manifest = Manifest::over(catalogue.full_version().release(), &bodies).sign(signer);
        let bodies = bodies.map(|body| Some(Cow::Owned(body)));
        Self::assemble(manifest, bodies)
    }

    /// The pack that is compiled into the program. It is trusted by being there and not signed.
    ///
    /// # Errors
    /// None in a program whose build passed.
    pub fn builtin() -> Result<Self, PackError> {
        let (manifest, bodies) = crate::builtin::parts()?;
        Self::assemble(manifest, bodies)
    }

    pub(super) fn assemble(manifest: Manifest, bodies: Bodies<'static>) -> Result<Self, PackError> {
        Ok(Self {
            sections: present(&bodies)?,
            manifest,
            bodies,
        })
    }

    /// The same pack, signed by this key instead.
    #[must_use]
    pub fn signed_by(mut self, signer: &SigningKey) -> Self {
        self.manifest = self.manifest.sign(signer);
        self
    }

    /// Reads a pack from a place that is not trusted. The signature is checked before anything is
    /// unpacked, every section's hash before anything is read.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn open(bytes: &[u8], keys: &PackKeys) -> Result<Self, PackError> {
        Self::read(bytes, |manifest| keys.verify(manifest))
    }

    /// Reads a pack whoever signed it. Only for bytes that are trusted by where they come from,
    /// such as those of the program itself, and for tools that show what a file holds.
    ///
    /// # Errors
    /// The first thing that is wrong, short of the signature.
    pub fn open_trusted(bytes: &[u8]) -> Result<Self, PackError> {
        Self::read(bytes, |_| Ok(()))
    }

    fn read(
        bytes: &[u8],
        verify: impl FnOnce(&Manifest) -> Result<(), PackError>,
    ) -> Result<Self, PackError> {
        if bytes.len() > PACK_BYTES_MAX {
            return Err(PackError::TooLarge {
                what: "the pack",
                max_bytes: PACK_BYTES_MAX,
                got_bytes: bytes.len(),
            });
        }
        let (manifest, rest) = Manifest::read(bytes)?;
        verify(&manifest)?;
        let mut rest = Rest(rest);
        let compression = Compression::from_number(rest.byte("the list of sections")?)?;
        let sections = Sections::from_bits(rest.byte("the list of sections")?)?;
        let mut bodies = [const { None }; 4];
        for section in sections.iter() {
            let packed = rest.part("a section")?;
            let want_bytes = manifest.bytes_of(section);
            let body = compression
                .unpack(packed, want_bytes)
                .ok_or(PackError::BadBlock {
                    section,
                    want_bytes,
                })?;
            manifest.check(section, &body)?;
            bodies[section as usize] = Some(Cow::Owned(body));
        }
        rest.end()?;
        Self::assemble(manifest, bodies)
    }

    /// The bytes of a pack with these sections of it.
    ///
    /// # Errors
    /// [`PackError::MissingSection`] where this pack lacks one of them.
    pub fn to_bytes(
        &self,
        compression: Compression,
        sections: Sections,
    ) -> Result<Vec<u8>, PackError> {
        let mut out = self.manifest.to_bytes();
        out.extend_from_slice(&[compression.number(), sections.bits()]);
        for section in sections.iter() {
            put_part(&compression.pack(self.body(section)?), &mut out);
        }
        Ok(out)
    }

    /// What the pack says.
    ///
    /// # Errors
    /// Where a row is not as this program reads it, in spite of a good signature.
    pub fn catalogue(&self) -> Result<Catalogue, PackError> {
        compile::catalogue(self.manifest.version.clone(), &self.bodies)
    }

    /// Text of the version: the release and the start of the content hash.
    #[must_use]
    pub fn version(&self) -> &str {
        self.manifest.version.as_str()
    }

    /// Release and content hash.
    #[must_use]
    pub fn full_version(&self) -> &Version {
        &self.manifest.version
    }

    /// Whose signature it carries, if anybody's. Says nothing about whether it is good.
    #[must_use]
    pub fn key_id(&self) -> Option<KeyId> {
        let id = self.manifest.key_id;
        (id != KeyId::NOBODY).then_some(id)
    }

    /// Which sections are there.
    #[must_use]
    pub fn sections(&self) -> Sections {
        self.sections
    }

    /// Bytes of a section, unpacked.
    ///
    /// # Errors
    /// [`PackError::MissingSection`]
    pub fn body(&self, section: Section) -> Result<&[u8], PackError> {
        self.bodies[section as usize]
            .as_deref()
            .ok_or(PackError::MissingSection { section })
    }
}

/// What of a file is not yet read.
pub(super) struct Rest<'a>(pub(super) &'a [u8]);

impl<'a> Rest<'a> {
    pub(super) fn byte(&mut self, what: &'static str) -> Result<u8, PackError> {
        Ok(self.take(1, what)?[0])
    }

    pub(super) fn u32(&mut self, what: &'static str) -> Result<usize, PackError> {
        let mut bytes = [0; 4];
        bytes.copy_from_slice(self.take(4, what)?);
        Ok(u32::from_le_bytes(bytes) as usize)
    }

    /// Bytes with their number before them.
    pub(super) fn part(&mut self, what: &'static str) -> Result<&'a [u8], PackError> {
        let len = self.u32(what)?;
        self.take(len, what)
    }

    pub(super) fn take(&mut self, len: usize, what: &'static str) -> Result<&'a [u8], PackError> {
        let (taken, rest) = self.0.split_at_checked(len).ok_or(PackError::Truncated {
            what,
            want_bytes: len,
            got_bytes: self.0.len(),
        })?;
        self.0 = rest;
        Ok(taken)
    }

    pub(super) fn end(&self) -> Result<(), PackError> {
        match self.0.len() {
            0 => Ok(()),
            got_bytes => Err(PackError::TrailingBytes { got_bytes }),
        }
    }
}

pub(super) fn put_part(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
    out.extend_from_slice(bytes);
}
