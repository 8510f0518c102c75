//! Opening bodies that phones encrypt to this server: HPKE (RFC 9180), base mode, with
//! DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM, which is what browsers have.
//! `docs/spec/snapshot.md` lays down the bytes.

use faultscan_wire::Envelope;
use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, Serializable, single_shot_open};
use sha2::{Digest as _, Sha256};

type PrivateKey = <X25519HkdfSha256 as Kem>::PrivateKey;
type EncappedKey = <X25519HkdfSha256 as Kem>::EncappedKey;

/// Tells this use of the key from any other.
const INFO: &[u8] = b"faultscan/snapshot/hpke/v1\0";
/// Bytes of a key's id.
pub const KEY_ID_BYTES: usize = 8;
/// Bytes of an X25519 key.
pub const KEY_BYTES: usize = 32;

/// Why a block was not decrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BodyKeyError {
    /// It was encrypted to another key.
    #[error("the snapshot is encrypted to a key that this server does not have")]
    UnknownKey,
    /// It was damaged, or belongs to another envelope.
    #[error("the snapshot's encrypted block is damaged")]
    Damaged,
}

impl BodyKeyError {
    /// Stable name of the fault.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::UnknownKey => "unknown_body_key",
            Self::Damaged => "bad_body_encryption",
        }
    }
}

/// The server's key for bodies.
pub struct BodyKey {
    private: PrivateKey,
    public: [u8; KEY_BYTES],
    id: [u8; KEY_ID_BYTES],
}

impl std::fmt::Debug for BodyKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BodyKey(..)")
    }
}

impl BodyKey {
    /// The key that follows from a secret (RFC 9180, section 7.1.3).
    #[must_use]
    pub fn derive(secret: &[u8; 32]) -> Self {
        let (private, public) = X25519HkdfSha256::derive_keypair(secret);
        let mut bytes = [0; KEY_BYTES];
        bytes.copy_from_slice(&public.to_bytes());
        let digest = Sha256::digest(bytes);
        let mut id = [0; KEY_ID_BYTES];
        id.copy_from_slice(&digest[..KEY_ID_BYTES]);
        Self {
            private,
            public: bytes,
            id,
        }
    }

    /// What phones encrypt to.
    #[must_use]
    pub fn public(&self) -> &[u8; KEY_BYTES] {
        &self.public
    }

    /// The first bytes of the public key's SHA-256.
    #[must_use]
    pub fn id(&self) -> &[u8; KEY_ID_BYTES] {
        &self.id
    }

    /// Decrypts an envelope's block.
    ///
    /// # Errors
    /// See [`BodyKeyError`].
    pub fn open(&self, envelope: &Envelope<'_>) -> Result<Vec<u8>, BodyKeyError> {
        let (id, rest) = envelope
            .block
            .split_first_chunk::<KEY_ID_BYTES>()
            .ok_or(BodyKeyError::Damaged)?;
        if *id != self.id {
            return Err(BodyKeyError::UnknownKey);
        }
        let (encapped, sealed) = rest
            .split_first_chunk::<KEY_BYTES>()
            .ok_or(BodyKeyError::Damaged)?;
        let encapped = EncappedKey::from_bytes(encapped).map_err(|_| BodyKeyError::Damaged)?;
        single_shot_open::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
            &OpModeR::Base,
            &self.private,
            &encapped,
            INFO,
            sealed,
            envelope.before_block(),
        )
        .map_err(|_| BodyKeyError::Damaged)
    }
}

#[cfg(test)]
mod tests {
    use faultscan_wire::sign::signing_key;
    use faultscan_wire::{FLAG_ENCRYPTED, sign_envelope, unsigned};
    use hpke::{OpModeS, single_shot_seal};

    use super::*;

    const BLOCK: &[u8] = b"\xf0\x02\x81\xaecaptured_at_ms\x01";

    /// An envelope whose block is encrypted to `key`, as a phone does it.
    fn encrypted(key: &BodyKey, sequence: u32) -> Vec<u8> {
        let session = signing_key(&[9; 32]);
        let plain = unsigned(&[0; 200], sequence, 17, BLOCK, &session, FLAG_ENCRYPTED).unwrap();
        let before = &plain[..plain.len() - BLOCK.len()];
        let public = Deserializable::from_bytes(key.public()).unwrap();
        let (encapped, sealed) = single_shot_seal::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
            &OpModeS::Base,
            &public,
            INFO,
            BLOCK,
            before,
        )
        .unwrap();
        let mut bytes = [before, key.id(), &encapped.to_bytes(), &sealed].concat();
        sign_envelope(&mut bytes, &session);
        bytes
    }

    #[test]
    fn what_was_encrypted_to_the_key_comes_back_and_nothing_else() {
        let (ours, other) = (BodyKey::derive(&[1; 32]), BodyKey::derive(&[2; 32]));
        let bytes = encrypted(&ours, 7);
        let envelope = Envelope::parse(&bytes).unwrap();
        envelope.verify_signature().unwrap();
        let block = ours.open(&envelope).unwrap();
        assert_eq!(block, BLOCK);
        let body = envelope.decrypted(&block).unwrap().decompress().unwrap();
        assert_eq!(body.len(), 17);
        assert_eq!(other.open(&envelope), Err(BodyKeyError::UnknownKey));
    }

    #[test]
    fn a_block_belongs_to_its_envelope() {
        let key = BodyKey::derive(&[1; 32]);
        let good = encrypted(&key, 7);
        let start = Envelope::parse(&good).unwrap().before_block().len();
        // Sequence number, ticket, encapsulated key, ciphertext, tag.
        for at in [8, 60, start + 9, start + 41, good.len() - 65] {
            let mut bytes = good.clone();
            bytes[at] ^= 1;
            let envelope = Envelope::parse(&bytes).unwrap();
            assert_eq!(key.open(&envelope), Err(BodyKeyError::Damaged), "byte {at}");
        }
        for len in [0, 7, 8, 39, 40, 55] {
            let block = vec![key.id()[0]; len];
            let short = [&good[..start], &block, &[0; 64]].concat();
            if let Ok(envelope) = Envelope::parse(&short) {
                assert!(key.open(&envelope).is_err(), "{len} bytes");
            }
        }
    }
}
