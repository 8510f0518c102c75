//! Packs put together byte by byte from the specification, good ones and bad ones.

use ed25519_dalek::{Signer as _, SigningKey};
use faultscan_knowledge::pack::PACK_SCHEMA;
use sha2::{Digest as _, Sha256};

/// What a pack is made of; fields are changed to make bad ones.
#[derive(Clone)]
pub(crate) struct Craft {
    pub(crate) magic: [u8; 4],
    pub(crate) format: u8,
    pub(crate) schema: u8,
    pub(crate) release: [u8; 6],
    pub(crate) key_id: Option<[u8; 8]>,
    /// All four sections, whether they are sent or not.
    pub(crate) bodies: [Vec<u8>; 4],
    /// Lengths that the manifest claims instead of the true ones.
    pub(crate) lengths: [Option<u32>; 4],
    pub(crate) context: &'static [u8],
    pub(crate) compression: u8,
    pub(crate) sections: u8,
}

impl Craft {
    pub(crate) fn new(bodies: [Vec<u8>; 4]) -> Self {
        Self {
            magic: *b"FSPK",
            format: 1,
            schema: PACK_SCHEMA,
            release: [0xea, 0x07, 11, 24, 1, 0],
            key_id: None,
            bodies,
            lengths: [None; 4],
            context: b"faultscan/pack/v1\0",
            compression: 0,
            sections: 0b1111,
        }
    }

    pub(crate) fn signed(&self, key: &SigningKey) -> Vec<u8> {
        let mut out = self.magic.to_vec();
        out.extend([self.format, self.schema]);
        out.extend(self.release);
        let digest = Sha256::digest(key.verifying_key().as_bytes());
        out.extend(self.key_id.unwrap_or(digest[..8].try_into().unwrap()));
        for (body, length) in self.bodies.iter().zip(self.lengths) {
            out.extend(length.unwrap_or(body.len() as u32).to_le_bytes());
            out.extend(Sha256::digest(body));
        }
        let signature = key.sign(&[self.context, &out].concat());
        out.extend(signature.to_bytes());
        out
    }

    /// The pack with its sections stored, or as LZ4 blocks.
    pub(crate) fn pack(&self, key: &SigningKey) -> Vec<u8> {
        let mut out = self.signed(key);
        out.extend([self.compression, self.sections]);
        for (index, body) in self.bodies.iter().enumerate() {
            if self.sections >> index & 1 == 1 {
                let packed = match self.compression {
                    1 => lz4_flex::block::compress(body),
                    _ => body.clone(),
                };
                out.extend((packed.len() as u32).to_le_bytes());
                out.extend(packed);
            }
        }
        out
    }
}
