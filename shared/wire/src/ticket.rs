//! The ticket: signed claims that a QR code carries from the failing machine to a phone.
//!
//! Bytes: the claims as a MessagePack array, then the issuer's signature over them. The claims are
//! canonical: a list of claims has exactly one encoding. `docs/spec/ticket.md` is normative.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::claims::{Claims, TICKET_VERSION};
use crate::ids::{KeyId, TicketId, key_id};
use crate::limits::{SIGNATURE_BYTES, TICKET_BYTES_MAX, TICKET_BYTES_MIN};
use crate::sign::{self, SigningKey, TICKET_CONTEXT, Verifier, VerifyingKey};
use crate::ticket_error::TicketError;

/// Where the keys of issuers come from.
pub trait IssuerKeys {
    /// The key with this id, if it is known and still trusted.
    fn issuer_key(&self, id: &KeyId) -> Option<VerifyingKey>;
}

impl IssuerKeys for BTreeMap<KeyId, VerifyingKey> {
    fn issuer_key(&self, id: &KeyId) -> Option<VerifyingKey> {
        self.get(id).copied()
    }
}

impl IssuerKeys for Vec<VerifyingKey> {
    fn issuer_key(&self, id: &KeyId) -> Option<VerifyingKey> {
        self.iter().find(|key| key_id(key) == *id).copied()
    }
}

impl IssuerKeys for VerifyingKey {
    fn issuer_key(&self, id: &KeyId) -> Option<VerifyingKey> {
        (key_id(self) == *id).then_some(*self)
    }
}

/// A ticket whose bytes are well formed. Nothing in it is to be believed before
/// [`Ticket::verify_signature`] has said yes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    bytes: Vec<u8>,
    claims: Claims,
}

/// How a valid ticket's time compares with the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeCheck {
    /// Seconds of life left; zero when only the allowance for skew keeps the ticket alive.
    pub remaining_s: u64,
    /// Seconds by which the clock was outside the ticket's time and was forgiven: positive when the
    /// ticket's issue lies in the future, negative when its end lies in the past, usually zero.
    pub skew_used_s: i64,
}

/// What a ticket starts with: enough to check its signature and its time. For the SDK, whose
/// TypeScript reads the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TicketHead<'a> {
    bytes: &'a [u8],
    /// The issuer's key.
    pub key_id: KeyId,
    /// Sixteen random bytes.
    pub ticket_id: TicketId,
    /// Unix seconds.
    pub issued_at_s: u64,
    /// Life in seconds.
    pub ttl_s: u64,
}

impl<'a> TicketHead<'a> {
    /// Reads the start of a ticket's bytes; what follows is not looked at. Canonical as tickets are,
    /// all that stands before the time of issue has its place.
    ///
    /// # Errors
    /// For bytes that do not start as a ticket, and for another version.
    pub fn read(bytes: &'a [u8]) -> Result<Self, TicketError> {
        let Some((head, mut rest)) = bytes.split_first_chunk::<30>() else {
            return Err(TicketError::Truncated);
        };
        if !matches!(head[0], 0x96..=0x99) || head[2..4] != [0xc4, 8] || head[12..14] != [0xc4, 16]
        {
            return Err(TicketError::Malformed);
        }
        if head[1] != TICKET_VERSION {
            return Err(TicketError::UnsupportedVersion);
        }
        let (mut key_id, mut ticket_id) = (KeyId([0; 8]), TicketId([0; 16]));
        key_id.0.copy_from_slice(&head[4..12]);
        ticket_id.0.copy_from_slice(&head[14..]);
        Ok(Self {
            bytes,
            key_id,
            ticket_id,
            issued_at_s: uint(&mut rest)?,
            ttl_s: uint(&mut rest)?,
        })
    }

    /// As [`Ticket::verify_signature_by`].
    ///
    /// # Errors
    /// [`TicketError::BadSignature`].
    pub fn verify_signature_by(&self, key: &impl Verifier) -> Result<(), TicketError> {
        sign::verify(self.bytes, TICKET_CONTEXT, key).map_err(|_| TicketError::BadSignature)
    }

    /// As [`Ticket::check_time`].
    ///
    /// # Errors
    /// [`TicketError::Expired`] and [`TicketError::NotYetValid`].
    pub fn check_time(&self, now_s: u64, skew_max_s: u32) -> Result<TimeCheck, TicketError> {
        let expires_at_s = self.issued_at_s.saturating_add(self.ttl_s);
        check_time(self.issued_at_s, expires_at_s, now_s, skew_max_s)
    }
}

impl Ticket {
    /// Signs claims. Their `key_id` must be that of `key`.
    pub fn issue(claims: Claims, key: &SigningKey) -> Result<Self, TicketError> {
        claims.check()?;
        if claims.key_id != key_id(&key.verifying_key()) {
            return Err(TicketError::KeyIdMismatch);
        }
        let mut bytes = claims.encode();
        sign::append_signature(&mut bytes, TICKET_CONTEXT, key);
        if bytes.len() > TICKET_BYTES_MAX {
            return Err(TicketError::TooLarge);
        }
        Ok(Self { bytes, claims })
    }

    /// Reads a ticket from its bytes. The signature is not checked yet.
    pub fn decode(bytes: &[u8]) -> Result<Self, TicketError> {
        if bytes.len() > TICKET_BYTES_MAX {
            return Err(TicketError::TooLarge);
        }
        if bytes.len() < TICKET_BYTES_MIN {
            return Err(TicketError::Truncated);
        }
        let claims = Claims::decode(&bytes[..bytes.len() - SIGNATURE_BYTES])?;
        Ok(Self {
            bytes: bytes.to_vec(),
            claims,
        })
    }

    /// What the ticket states.
    #[must_use]
    pub fn claims(&self) -> &Claims {
        &self.claims
    }

    /// The ticket's bytes, signature included.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The time at which the ticket ends, in Unix seconds.
    #[must_use]
    pub fn expires_at_s(&self) -> u64 {
        self.claims.expires_at_s()
    }

    /// Checks that the issuer named in the ticket is known and has signed it.
    pub fn verify_signature(&self, keys: &dyn IssuerKeys) -> Result<(), TicketError> {
        let key = keys
            .issuer_key(&self.claims.key_id)
            .ok_or(TicketError::UnknownIssuer)?;
        self.verify_signature_by(&key)
    }

    /// Checks that this key has signed the ticket, whichever key it names.
    pub fn verify_signature_by(&self, key: &impl Verifier) -> Result<(), TicketError> {
        sign::verify(&self.bytes, TICKET_CONTEXT, key).map_err(|_| TicketError::BadSignature)
    }

    /// Checks the ticket's time against a clock that may be off by `skew_max_s` either way. The
    /// last valid second is the one before `expires_at_s + skew_max_s`.
    pub fn check_time(&self, now_s: u64, skew_max_s: u32) -> Result<TimeCheck, TicketError> {
        check_time(
            self.claims.issued_at_s,
            self.expires_at_s(),
            now_s,
            skew_max_s,
        )
    }
}

/// An unsigned integer in MessagePack.
fn uint(rest: &mut &[u8]) -> Result<u64, TicketError> {
    let (&marker, after) = rest.split_first().ok_or(TicketError::Truncated)?;
    let size = match marker {
        0..=0x7f => 0,
        0xcc..=0xcf => 1 << (marker - 0xcc),
        _ => return Err(TicketError::Malformed),
    };
    let (bytes, after) = after.split_at_checked(size).ok_or(TicketError::Truncated)?;
    *rest = after;
    let first = if size > 0 { 0 } else { u64::from(marker) };
    Ok(bytes
        .iter()
        .fold(first, |value, &byte| value << 8 | u64::from(byte)))
}

fn check_time(
    issued_at_s: u64,
    expires_at_s: u64,
    now_s: u64,
    skew_max_s: u32,
) -> Result<TimeCheck, TicketError> {
    let skew_max_s = u64::from(skew_max_s);
    let early_s = issued_at_s.saturating_sub(now_s);
    if early_s > skew_max_s {
        return Err(TicketError::NotYetValid { in_s: early_s });
    }
    let late_s = now_s.saturating_sub(expires_at_s);
    if now_s >= expires_at_s && late_s >= skew_max_s {
        return Err(TicketError::Expired { ago_s: late_s });
    }
    // Both are at most `skew_max_s`, a u32.
    let skew_used_s = early_s as i64 - late_s as i64;
    Ok(TimeCheck {
        remaining_s: expires_at_s.saturating_sub(now_s),
        skew_used_s,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::Context;
    use crate::ids::{Environment, Fingerprint};

    #[test]
    fn a_head_says_what_the_whole_ticket_says() {
        let key = sign::signing_key(&[4; 32]);
        let claims = Claims {
            key_id: key_id(&key.verifying_key()),
            ticket_id: TicketId([9; 16]),
            issued_at_s: 1_790_000_000,
            ttl_s: 600,
            fingerprint: Fingerprint::of(&Environment::default()),
            code: Some("ERR-NET-003".into()),
            context: Context::new(),
            evidence: Vec::new(),
        };
        let ticket = Ticket::issue(claims, &key).unwrap();
        let head = TicketHead::read(ticket.bytes()).unwrap();
        assert_eq!(head.key_id, ticket.claims().key_id);
        assert_eq!(head.ticket_id, ticket.claims().ticket_id);
        let stranger = sign::signing_key(&[5; 32]).verifying_key();
        for key in [key.verifying_key(), stranger] {
            assert_eq!(
                head.verify_signature_by(&key),
                ticket.verify_signature_by(&key)
            );
        }
        for now_s in [
            0,
            1_789_999_800,
            1_790_000_100,
            1_790_000_899,
            1_790_000_900,
        ] {
            assert_eq!(head.check_time(now_s, 300), ticket.check_time(now_s, 300));
        }
        for len in [0, 1, 30, 31, 34, 35, 36] {
            assert_eq!(
                TicketHead::read(&ticket.bytes()[..len]),
                Err(TicketError::Truncated)
            );
        }
        let damaged = |at: usize, byte: u8| {
            let mut bytes = ticket.bytes().to_vec();
            bytes[at] = byte;
            TicketHead::read(&bytes).map(|_| ())
        };
        assert_eq!(damaged(1, 2), Err(TicketError::UnsupportedVersion));
        for (at, byte) in [(0, 0x95), (2, 0xc5), (3, 9), (12, 0), (13, 15), (30, 0xd0)] {
            assert_eq!(damaged(at, byte), Err(TicketError::Malformed), "{at}");
        }
    }
}
