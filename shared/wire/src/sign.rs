//! Ed25519 over `context || message`, appended to the message.
//!
//! Each format has its own context, so that a signature made for one can never pass in another.
//! Verification is `verify_strict`: keys and nonces of small order are refused, and so are public
//! keys in a non-canonical encoding.

use alloc::vec::Vec;
use ed25519_dalek::Signature;
use ed25519_dalek::ed25519::signature::MultipartSigner;
pub use ed25519_dalek::{SigningKey, VerifyingKey};

use crate::limits::{PUBLIC_KEY_BYTES, SIGNATURE_BYTES};

pub mod light;

/// Signs: an ed25519-dalek key, or the SDK's [`light::LightKey`].
pub trait Signer {
    /// The public key.
    fn public_key(&self) -> [u8; PUBLIC_KEY_BYTES];
    /// The signature over `context` and `message`.
    fn sign(&self, context: &[u8], message: &[u8]) -> [u8; SIGNATURE_BYTES];
}

impl Signer for SigningKey {
    fn public_key(&self) -> [u8; PUBLIC_KEY_BYTES] {
        self.verifying_key().to_bytes()
    }

    fn sign(&self, context: &[u8], message: &[u8]) -> [u8; SIGNATURE_BYTES] {
        self.multipart_sign(&[context, message]).to_bytes()
    }
}

/// Checks signatures, strictly: an ed25519-dalek key, or the SDK's [`light::LightVerifyingKey`].
pub trait Verifier {
    /// Whether this key has signed `context` and `message`.
    fn verifies(&self, context: &[u8], message: &[u8], signature: &[u8; SIGNATURE_BYTES]) -> bool;
}

impl Verifier for VerifyingKey {
    fn verifies(&self, context: &[u8], message: &[u8], signature: &[u8; SIGNATURE_BYTES]) -> bool {
        let covered = [context, message].concat();
        self.verify_strict(&covered, &Signature::from_bytes(signature))
            .is_ok()
    }
}

/// Context of a ticket's signature.
pub const TICKET_CONTEXT: &[u8] = b"faultscan/ticket/v1\0";
/// Context of a snapshot's signature.
pub const SNAPSHOT_CONTEXT: &[u8] = b"faultscan/snapshot/v1\0";
/// Context of an urgent datagram's signature.
pub const URGENT_CONTEXT: &[u8] = b"faultscan/urgent/v1\0";

/// The 32 bytes are not a public key that signatures may be checked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a usable Ed25519 public key")]
pub struct BadPublicKey;

impl BadPublicKey {
    /// Stable name of the fault.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        "bad_public_key"
    }
}

/// The signature does not match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BadSignature;

/// Makes a key pair from 32 bytes of secret randomness.
#[must_use]
pub fn signing_key(seed: &[u8; 32]) -> SigningKey {
    SigningKey::from_bytes(seed)
}

/// Reads a public key; refuses points of small order and non-canonical encodings.
pub fn verifying_key(bytes: &[u8; PUBLIC_KEY_BYTES]) -> Result<VerifyingKey, BadPublicKey> {
    if !is_canonical(bytes) {
        return Err(BadPublicKey);
    }
    match VerifyingKey::from_bytes(bytes) {
        Ok(key) if !key.is_weak() => Ok(key),
        _ => Err(BadPublicKey),
    }
}

/// Whether the y coordinate (255 bits, little-endian) is below the field's prime, 2^255 - 19.
fn is_canonical(bytes: &[u8; PUBLIC_KEY_BYTES]) -> bool {
    bytes[31] & 0x7f != 0x7f || bytes[1..31].iter().any(|&byte| byte != 0xff) || bytes[0] < 0xed
}

/// Appends to `message` the signature over `context` and all its bytes. The formats do this by
/// themselves; it is public for tests that craft bytes no writer would make.
pub fn append_signature(message: &mut Vec<u8>, context: &[u8], key: &impl Signer) {
    let signature = key.sign(context, message);
    message.extend_from_slice(&signature);
}

/// Checks the last 64 bytes of `signed` as a signature over `context` and all bytes before them.
pub(crate) fn verify(
    signed: &[u8],
    context: &[u8],
    key: &impl Verifier,
) -> Result<(), BadSignature> {
    let (message, signature) = signed
        .split_last_chunk::<SIGNATURE_BYTES>()
        .ok_or(BadSignature)?;
    if key.verifies(context, message, signature) {
        Ok(())
    } else {
        Err(BadSignature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verifies_what_it_signed_under_the_same_context_only() {
        let key = signing_key(&[7; 32]);
        let mut message = b"hello".to_vec();
        append_signature(&mut message, TICKET_CONTEXT, &key);
        assert_eq!(
            verify(&message, TICKET_CONTEXT, &key.verifying_key()),
            Ok(())
        );
        assert_eq!(
            verify(&message, URGENT_CONTEXT, &key.verifying_key()),
            Err(BadSignature)
        );
        let other = signing_key(&[8; 32]).verifying_key();
        assert_eq!(verify(&message, TICKET_CONTEXT, &other), Err(BadSignature));
        assert_eq!(verify(&[0; 63], TICKET_CONTEXT, &other), Err(BadSignature));
    }

    #[test]
    fn refuses_small_order_and_non_canonical_keys() {
        let mut identity = [0; 32];
        identity[0] = 1;
        assert_eq!(verifying_key(&identity), Err(BadPublicKey));
        // y = p, the same point as y = 0, in a second encoding.
        let mut twin = [0xff; 32];
        twin[0] = 0xed;
        twin[31] = 0x7f;
        assert_eq!(verifying_key(&twin), Err(BadPublicKey));
        // y = p + 3: would decode to the point with y = 3, which is of large order.
        twin[0] = 0xf0;
        assert_eq!(verifying_key(&twin), Err(BadPublicKey));
        assert!(verifying_key(&signing_key(&[1; 32]).verifying_key().to_bytes()).is_ok());
    }
}
