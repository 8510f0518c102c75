//! The same signatures in a third of the code, for the SDK.
//!
//! Points and their multiplication are curve25519-dalek's, the hash is sha2's, as they are for
//! ed25519-dalek. Only the arithmetic of scalars (the remainder of 64 bytes, one product and one sum
//! per signature) is done here, digit by digit in loops as in `TweetNaCl`, in constant time: the
//! library's is unrolled, made for many operations, and weighs two kilobytes on the wire. A ticket is
//! checked once per session, so it is checked by two plain multiplications.
//!
//! Tests compare every byte and every verdict with ed25519-dalek.

use alloc::vec::Vec;

use curve25519_dalek::edwards::CompressedEdwardsY;
use curve25519_dalek::{EdwardsPoint, Scalar};
use sha2::block_api::compress512;

use super::{BadPublicKey, Signer, Verifier, is_canonical};
use crate::limits::{PUBLIC_KEY_BYTES, SIGNATURE_BYTES};

/// The order of the base point, little-endian (RFC 8032, section 5.1).
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// SHA-512's start (FIPS 180-4, section 5.3.5).
const START: [u64; 8] = [
    0x6a09_e667_f3bc_c908,
    0xbb67_ae85_84ca_a73b,
    0x3c6e_f372_fe94_f82b,
    0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1,
    0x9b05_688c_2b3e_6c1f,
    0x1f83_d9ab_fb41_bd6b,
    0x5be0_cd19_137e_2179,
];

/// A key pair that signs as [`SigningKey`](super::SigningKey) does.
#[derive(Clone)]
pub struct LightKey {
    scalar: [u8; 32],
    nonce: [u8; 32],
    public: [u8; PUBLIC_KEY_BYTES],
}

impl LightKey {
    /// Makes a key pair from 32 bytes of secret randomness.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        let (scalar, nonce) = halves(&sha512(&[seed]));
        let scalar = curve25519_dalek::scalar::clamp_integer(scalar);
        let public = EdwardsPoint::mul_base_clamped(scalar).compress();
        Self {
            scalar,
            nonce,
            public: public.0,
        }
    }
}

impl Signer for LightKey {
    fn public_key(&self) -> [u8; PUBLIC_KEY_BYTES] {
        self.public
    }

    fn sign(&self, context: &[u8], message: &[u8]) -> [u8; SIGNATURE_BYTES] {
        let nonce = remainder(&sha512(&[&self.nonce, context, message]));
        let commitment = EdwardsPoint::mul_base(&scalar(nonce)).compress();
        let challenge = challenge(commitment.as_bytes(), &self.public, context, message);
        // nonce + challenge * secret, modulo the order.
        let mut sum = [0_i64; 64];
        for (i, &digit) in nonce.iter().enumerate() {
            sum[i] += i64::from(digit);
            for (j, &other) in self.scalar.iter().enumerate() {
                sum[i + j] += i64::from(challenge[i]) * i64::from(other);
            }
        }
        let mut signature = [0; SIGNATURE_BYTES];
        signature[..32].copy_from_slice(commitment.as_bytes());
        signature[32..].copy_from_slice(&reduce(&mut sum));
        signature
    }
}

/// A public key that verifies as strictly as [`VerifyingKey`](super::VerifyingKey) does here.
#[derive(Clone, Copy, Debug)]
pub struct LightVerifyingKey {
    bytes: [u8; PUBLIC_KEY_BYTES],
    point: EdwardsPoint,
}

impl LightVerifyingKey {
    /// Reads a public key.
    ///
    /// # Errors
    /// [`BadPublicKey`] for points of small order and non-canonical encodings.
    pub fn from_bytes(bytes: &[u8; PUBLIC_KEY_BYTES]) -> Result<Self, BadPublicKey> {
        let point = CompressedEdwardsY(*bytes)
            .decompress()
            .filter(|point| is_canonical(bytes) && !point.is_small_order())
            .ok_or(BadPublicKey)?;
        Ok(Self {
            bytes: *bytes,
            point,
        })
    }
}

impl Verifier for LightVerifyingKey {
    /// Computes the commitment from the signature's scalar. That it must equal the signature's,
    /// byte for byte, also refuses every commitment that is no point or no canonical one.
    fn verifies(&self, context: &[u8], message: &[u8], signature: &[u8; SIGNATURE_BYTES]) -> bool {
        let (commitment, response) = halves(signature);
        // The borrow of a subtraction tells which is less.
        let mut borrow = 0;
        for (&digit, &of_order) in response.iter().zip(&ORDER) {
            borrow = (i32::from(digit) - i32::from(of_order) + borrow) >> 8;
        }
        if borrow == 0 {
            return false;
        }
        let challenge = challenge(&commitment, &self.bytes, context, message);
        let expected = EdwardsPoint::mul_base(&scalar(response)) - self.point * scalar(challenge);
        expected.compress().0 == commitment && !expected.is_small_order()
    }
}

fn challenge(commitment: &[u8], public: &[u8], context: &[u8], message: &[u8]) -> [u8; 32] {
    remainder(&sha512(&[commitment, public, context, message]))
}

/// A scalar from digits that are below the order.
fn scalar(digits: [u8; 32]) -> Scalar {
    #[allow(
        deprecated,
        reason = "meant for unreduced integers; these are reduced, and to reduce them again is what the library's arithmetic would be needed for"
    )]
    Scalar::from_bits(digits)
}

/// What is left of 64 bytes modulo the order.
fn remainder(bytes: &[u8; 64]) -> [u8; 32] {
    reduce(&mut bytes.map(i64::from))
}

/// What is left modulo the order of digits to base 256 that have not been carried yet.
fn reduce(digits: &mut [i64; 64]) -> [u8; 32] {
    // 2^256 is -16 times what the order has below its highest digit: fold from the top, 32 places down.
    for top in (32..64).rev() {
        let high = digits[top];
        let mut carry = 0;
        for place in 0..20 {
            let digit = &mut digits[top - 32 + place];
            *digit += carry - 16 * high * i64::from(ORDER[place]);
            carry = (*digit + 128) >> 8;
            *digit -= carry << 8;
        }
        digits[top - 12] += carry;
        digits[top] = 0;
    }
    // What is above 2^252, then what that went below zero.
    let mut carry = 0;
    let times = digits[31] >> 4;
    for (digit, &of_order) in digits.iter_mut().zip(&ORDER) {
        *digit += carry - times * i64::from(of_order);
        carry = *digit >> 8;
        *digit &= 255;
    }
    let times = carry;
    carry = 0;
    let mut bytes = [0; 32];
    for (place, byte) in bytes.iter_mut().enumerate() {
        let digit = digits[place] - times * i64::from(ORDER[place]) + carry;
        carry = digit >> 8;
        *byte = digit as u8;
    }
    bytes
}

fn sha512(parts: &[&[u8]]) -> [u8; 64] {
    let mut message = Vec::new();
    for part in parts {
        message.extend_from_slice(part);
    }
    let bits = (message.len() as u128 * 8).to_be_bytes();
    message.push(0x80);
    // Zeros up to 16 bytes below a whole number of blocks.
    message.resize((message.len() + 16).next_multiple_of(128) - 16, 0);
    message.extend_from_slice(&bits);
    let mut state = START;
    compress512(&mut state, message.as_chunks().0);
    let mut hash = [0; 64];
    for (bytes, word) in hash.as_chunks_mut().0.iter_mut().zip(state) {
        *bytes = word.to_be_bytes();
    }
    hash
}

fn halves(bytes: &[u8; 64]) -> ([u8; 32], [u8; 32]) {
    let (mut low, mut high) = ([0; 32], [0; 32]);
    low.copy_from_slice(&bytes[..32]);
    high.copy_from_slice(&bytes[32..]);
    (low, high)
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::Signature;
    use proptest::prelude::*;
    use sha2::{Digest, Sha512};

    use super::*;
    use crate::sign;

    const CONTEXT: &[u8] = b"context\0";

    fn strict(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
        let Ok(key) = sign::verifying_key(key) else {
            return false;
        };
        let covered = [CONTEXT, message].concat();
        key.verify_strict(&covered, &Signature::from_bytes(signature))
            .is_ok()
    }

    fn light(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
        LightVerifyingKey::from_bytes(key)
            .is_ok_and(|key| key.verifies(CONTEXT, message, signature))
    }

    /// Encodings of the eight points of small order, canonical or not, with either sign.
    fn weak_points() -> Vec<[u8; 32]> {
        let mut points: Vec<[u8; 32]> = curve25519_dalek::constants::EIGHT_TORSION
            .iter()
            .map(|point| point.compress().0)
            .collect();
        for low in [0xec, 0xed, 0xee_u8] {
            for top in [0x7f, 0xff_u8] {
                let mut bytes = [0xff; 32];
                (bytes[0], bytes[31]) = (low, top);
                points.push(bytes);
            }
        }
        for low in [0, 1] {
            let mut bytes = [0; 32];
            (bytes[0], bytes[31]) = (low, 0x80);
            points.push(bytes);
        }
        points
    }

    /// The least number of carries and the most.
    #[test]
    fn remainders_at_the_edges_are_the_librarys() {
        let mut cases = vec![[0; 64], [0xff; 64]];
        for step in [0_u8, 1, 2, 0xfe, 0xff] {
            let mut bytes = [0; 64];
            bytes[..32].copy_from_slice(&ORDER);
            bytes[0] = bytes[0].wrapping_add(step);
            cases.push(bytes);
            let mut bytes = [0; 64];
            bytes[32..].copy_from_slice(&ORDER);
            bytes[32] = bytes[32].wrapping_add(step);
            cases.push(bytes);
            let mut bytes = [step; 64];
            bytes[31] = 0x10;
            cases.push(bytes);
        }
        for bytes in cases {
            assert_eq!(
                remainder(&bytes),
                Scalar::from_bytes_mod_order_wide(&bytes).to_bytes(),
                "{bytes:?}"
            );
        }
    }

    #[test]
    fn points_of_small_order_are_refused_in_every_place() {
        let honest = LightKey::from_seed(&[3; 32]);
        let signed = honest.sign(CONTEXT, b"m");
        let (_, response) = halves(&signed);
        for weak in weak_points() {
            assert!(LightVerifyingKey::from_bytes(&weak).is_err(), "{weak:?}");
            for response in [[0; 32], response] {
                let mut signature = [0; 64];
                signature[..32].copy_from_slice(&weak);
                signature[32..].copy_from_slice(&response);
                assert!(!light(&honest.public, b"m", &signature));
                assert!(!strict(&honest.public, b"m", &signature));
            }
        }
    }

    /// A key of mixed order: the library accepts it, and what it accepts under it is accepted here.
    #[test]
    fn keys_of_mixed_order_get_the_librarys_verdict() {
        for torsion in curve25519_dalek::constants::EIGHT_TORSION {
            let secret = Scalar::from(0x1234_5678_9abc_u64);
            let public = (EdwardsPoint::mul_base(&secret) + torsion).compress().0;
            let mut accepted = 0;
            for number in 1..33_u64 {
                let nonce = Scalar::from(number);
                let commitment = EdwardsPoint::mul_base(&nonce).compress().0;
                let challenge = scalar(challenge(&commitment, &public, CONTEXT, b"m"));
                let mut signature = [0; 64];
                signature[..32].copy_from_slice(&commitment);
                signature[32..].copy_from_slice((nonce + challenge * secret).as_bytes());
                let verdict = light(&public, b"m", &signature);
                assert_eq!(verdict, strict(&public, b"m", &signature));
                accepted += u32::from(verdict);
            }
            assert!(accepted > 0, "some challenges cancel the torsion");
        }
    }

    /// `s + order`, the other encoding of the same response.
    #[test]
    fn responses_beyond_the_order_are_refused() {
        let key = LightKey::from_seed(&[5; 32]);
        let mut signature = key.sign(CONTEXT, b"m");
        assert!(light(&key.public, b"m", &signature));
        let mut carry = 0;
        for (byte, of_order) in signature[32..].iter_mut().zip(ORDER) {
            carry += u16::from(*byte) + u16::from(of_order);
            *byte = carry as u8;
            carry >>= 8;
        }
        assert!(!light(&key.public, b"m", &signature));
        signature[32..].copy_from_slice(&ORDER);
        assert!(!light(&key.public, b"m", &signature));
    }

    proptest! {
        #[test]
        fn hashes_are_the_librarys(parts: Vec<Vec<u8>>, len in 0..400_usize) {
            let mut parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
            let last = vec![7; len];
            parts.push(&last);
            prop_assert_eq!(sha512(&parts).to_vec(), Sha512::digest(parts.concat()).to_vec());
        }

        #[test]
        fn remainders_are_the_librarys(low: [u8; 32], high: [u8; 32]) {
            let mut bytes = [0; 64];
            bytes[..32].copy_from_slice(&low);
            bytes[32..].copy_from_slice(&high);
            prop_assert_eq!(
                remainder(&bytes),
                Scalar::from_bytes_mod_order_wide(&bytes).to_bytes()
            );
        }

        #[test]
        fn keys_and_signatures_are_the_librarys(seed: [u8; 32], message: Vec<u8>) {
            let (ours, theirs) = (LightKey::from_seed(&seed), sign::signing_key(&seed));
            prop_assert_eq!(ours.public_key(), theirs.verifying_key().to_bytes());
            let signature = ours.sign(CONTEXT, &message);
            prop_assert_eq!(signature, Signer::sign(&theirs, CONTEXT, &message));
            prop_assert!(light(&ours.public, &message, &signature));
        }

        #[test]
        fn verdicts_are_the_librarys(
            seed: [u8; 32], message: Vec<u8>, at in 0..96_usize, bit in 0..8_u8,
        ) {
            let key = LightKey::from_seed(&seed);
            let mut signature = key.sign(CONTEXT, &message);
            let mut public = key.public;
            match at.checked_sub(64) {
                Some(at) => public[at] ^= 1 << bit,
                None => signature[at] ^= 1 << bit,
            }
            prop_assert_eq!(
                light(&public, &message, &signature),
                strict(&public, &message, &signature)
            );
        }
    }
}
