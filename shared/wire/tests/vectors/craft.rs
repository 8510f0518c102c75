//! Bytes that no writer would make.

use curve25519_dalek::Scalar;
use ed25519_dalek::{Signature, Verifier};
use faultscan_wire::mp::Writer;
use faultscan_wire::{Claims, SigningKey, VerifyingKey, sign};
use sha2::{Digest, Sha512};

/// The order of the base point, 2^252 + 27742317777372353535851937790883648493, little-endian.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// The neutral element, a point of order one.
pub(crate) const IDENTITY: [u8; 32] = {
    let mut bytes = [0; 32];
    bytes[0] = 1;
    bytes
};

/// The first six elements of a ticket, and how many elements there are to be.
pub(crate) fn ticket_start(elements: usize, claims: &Claims) -> Writer {
    let mut writer = Writer::new();
    writer.array(elements);
    writer.uint(1);
    writer.bin(&claims.key_id.0);
    writer.bin(&claims.ticket_id.0);
    writer.uint(claims.issued_at_s);
    writer.uint(u64::from(claims.ttl_s));
    writer.bin(&claims.fingerprint.0);
    writer
}

/// Signs a message as the formats do.
pub(crate) fn signed(mut message: Vec<u8>, context: &[u8], key: &SigningKey) -> Vec<u8> {
    sign::append_signature(&mut message, context, key);
    message
}

/// The same signature with the group's order added to its scalar: valid to lax verifiers, and
/// another byte string.
pub(crate) fn with_malleable_signature(mut signed: Vec<u8>) -> Vec<u8> {
    let start = signed.len() - 32;
    let mut carry = 0_u16;
    for (byte, order) in signed[start..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        *byte = sum as u8;
        carry = sum >> 8;
    }
    signed
}

/// A signature whose nonce point is the neutral element: valid to lax verifiers.
pub(crate) fn signed_with_small_order_nonce(
    mut message: Vec<u8>,
    context: &[u8],
    key: &SigningKey,
) -> Vec<u8> {
    let hash = Sha512::new()
        .chain_update(IDENTITY)
        .chain_update(key.verifying_key().as_bytes())
        .chain_update(context)
        .chain_update(&message)
        .finalize();
    let challenge = Scalar::from_bytes_mod_order_wide(&hash.into());
    message.extend_from_slice(&IDENTITY);
    message.extend_from_slice((challenge * key.to_scalar()).as_bytes());
    message
}

/// A signature under the neutral element as public key: valid to lax verifiers for any message.
pub(crate) fn append_signature_of_identity(message: &mut Vec<u8>) {
    message.extend_from_slice(&IDENTITY);
    message.extend_from_slice(&[0; 32]);
}

/// Flips one bit.
pub(crate) fn flipped(mut bytes: Vec<u8>, at: usize) -> Vec<u8> {
    bytes[at] ^= 1;
    bytes
}

/// The vectors about weak points would prove nothing if a lax verifier refused them as well.
#[test]
fn lax_verifiers_accept_what_strict_ones_refuse() {
    let key = crate::common::issuer();
    let context = sign::TICKET_CONTEXT;
    let lax = |public: &VerifyingKey, signed: &[u8]| {
        let (message, signature) = signed.split_last_chunk::<64>().unwrap();
        let covered = [context, message].concat();
        public.verify(&covered, &Signature::from_bytes(signature))
    };
    let nonce = signed_with_small_order_nonce(b"message".to_vec(), context, &key);
    lax(&key.verifying_key(), &nonce).unwrap();
    let mut weak = b"message".to_vec();
    append_signature_of_identity(&mut weak);
    lax(&VerifyingKey::from_bytes(&IDENTITY).unwrap(), &weak).unwrap();
}
