//! Who may sign packs.

use super::{
    error::PackError,
    manifest::{KeyId, Manifest},
};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

/// Stands before the signed bytes, so that a signature made for another format never passes here.
pub const PACK_CONTEXT: &[u8] = b"faultscan/pack/v1\0";

/// The public keys whose packs are trusted. A project's ticket key is none of them.
#[derive(Debug, Clone, Default)]
pub struct PackKeys(Vec<(KeyId, VerifyingKey)>);

impl PackKeys {
    /// Keys from their 32 public bytes. Bytes that are no usable key are left out: no signature
    /// can be theirs.
    #[must_use]
    pub fn new(public: impl IntoIterator<Item = [u8; 32]>) -> Self {
        let usable = |bytes: [u8; 32]| {
            let key = VerifyingKey::from_bytes(&bytes).ok()?;
            (!key.is_weak()).then_some((KeyId::of(&bytes), key))
        };
        Self(public.into_iter().filter_map(usable).collect())
    }

    /// Whether the manifest is signed by one of the keys.
    pub(super) fn verify(&self, manifest: &Manifest) -> Result<(), PackError> {
        let key_id = manifest.key_id;
        if key_id == KeyId::NOBODY {
            return Err(PackError::Unsigned);
        }
        let (_, key) = (self.0.iter())
            .find(|(id, _)| *id == key_id)
            .ok_or(PackError::UnknownKey { key_id })?;
        key.verify_strict(
            &covered(manifest),
            &Signature::from_bytes(&manifest.signature),
        )
        .map_err(|_| PackError::BadSignature { key_id })
    }
}

impl Manifest {
    /// The same manifest, signed.
    pub(super) fn sign(mut self, key: &SigningKey) -> Self {
        self.key_id = KeyId::of(key.verifying_key().as_bytes());
        self.signature = key.sign(&covered(&self)).to_bytes();
        self
    }
}

fn covered(manifest: &Manifest) -> Vec<u8> {
    [PACK_CONTEXT, &manifest.signed_bytes()].concat()
}
