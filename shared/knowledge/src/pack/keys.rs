//! Who may sign packs.

use super::{
    error::PackError,
    manifest::{KeyId, Manifest},
};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use std::fmt;

/// Stands before the signed bytes, so that a signature made for another format never passes here.
pub const PACK_CONTEXT: &[u8] = b"faultscan/pack/v1\0";

/// Says whether a public key has made a signature over a message. It has to refuse what
/// `verify_strict` refuses: keys and nonces of small order above all.
pub type Verify = fn(key: &[u8; 32], signature: &[u8; 64], message: &[u8]) -> bool;

/// The public keys whose packs are trusted. A project's ticket key is none of them.
#[derive(Clone)]
pub struct PackKeys {
    keys: Vec<(KeyId, [u8; 32])>,
    // Not called by name: a program that brings its own need not contain this one's.
    verify: Verify,
}

impl fmt::Debug for PackKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids = self.keys.iter().map(|(id, _)| id);
        f.debug_tuple("PackKeys")
            .field(&ids.collect::<Vec<_>>())
            .finish()
    }
}

/// No keys: nobody's packs are trusted.
impl Default for PackKeys {
    fn default() -> Self {
        Self::verified_by(|_, _, _| false, [])
    }
}

impl PackKeys {
    /// Keys from their 32 public bytes. Bytes that are no usable key are left out: no signature
    /// can be theirs.
    #[must_use]
    pub fn new(public: impl IntoIterator<Item = [u8; 32]>) -> Self {
        let is_usable =
            |bytes: &[u8; 32]| VerifyingKey::from_bytes(bytes).is_ok_and(|key| !key.is_weak());
        Self::verified_by(verify, public.into_iter().filter(is_usable))
    }

    /// Keys whose signatures are checked by another program's means, where that has them already.
    #[must_use]
    pub fn verified_by(verify: Verify, public: impl IntoIterator<Item = [u8; 32]>) -> Self {
        let named = |bytes: [u8; 32]| (KeyId::of(&bytes), bytes);
        Self {
            keys: public.into_iter().map(named).collect(),
            verify,
        }
    }

    /// Whether the manifest is signed by one of the keys.
    pub(super) fn verify(&self, manifest: &Manifest) -> Result<(), PackError> {
        let key_id = manifest.key_id;
        if key_id == KeyId::NOBODY {
            return Err(PackError::Unsigned);
        }
        let (_, key) = (self.keys.iter())
            .find(|(id, _)| *id == key_id)
            .ok_or(PackError::UnknownKey { key_id })?;
        if (self.verify)(key, &manifest.signature, &covered(manifest)) {
            Ok(())
        } else {
            Err(PackError::BadSignature { key_id })
        }
    }
}

fn verify(key: &[u8; 32], signature: &[u8; 64], message: &[u8]) -> bool {
    VerifyingKey::from_bytes(key).is_ok_and(|key| {
        key.verify_strict(message, &Signature::from_bytes(signature))
            .is_ok()
    })
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
