//! Believing bytes, in order of cost: header, ticket, issuer, signature, time; then the snapshot's
//! own signature, decompression within declared bounds, and decoding.

use faultscan_wire::{
    BodyError, Envelope, IssuerKeys, SnapshotBody, SnapshotError, Ticket, TicketError, UrgentError,
};

use super::refusal::{Class, Refusal};
use crate::keys::bodies::{BodyKey, BodyKeyError};

impl From<BodyKeyError> for Refusal {
    fn from(error: BodyKeyError) -> Self {
        Self::new(Class::Unacceptable, error.reason(), error.to_string())
    }
}

impl From<TicketError> for Refusal {
    fn from(error: TicketError) -> Self {
        let class = match error {
            TicketError::UnknownIssuer | TicketError::BadSignature => Class::Unauthenticated,
            TicketError::Expired { .. } => Class::Expired,
            TicketError::NotYetValid { .. } => Class::Forbidden,
            TicketError::BadField { .. } => Class::Unacceptable,
            _ => Class::Malformed,
        };
        Self::new(class, error.reason(), error.to_string())
    }
}

impl From<SnapshotError> for Refusal {
    fn from(error: SnapshotError) -> Self {
        let class = match error {
            SnapshotError::TooLarge => Class::TooLarge,
            SnapshotError::BadSignature | SnapshotError::BadSessionKey => Class::Unauthenticated,
            SnapshotError::DecompressionBomb
            | SnapshotError::LengthMismatch
            | SnapshotError::BadCompression
            | SnapshotError::Encrypted
            | SnapshotError::Body(_) => Class::Unacceptable,
            _ => Class::Malformed,
        };
        Self::new(class, error.reason(), error.to_string())
    }
}

impl From<BodyError> for Refusal {
    fn from(error: BodyError) -> Self {
        SnapshotError::Body(error).into()
    }
}

impl From<UrgentError> for Refusal {
    fn from(error: UrgentError) -> Self {
        let class = match error {
            UrgentError::TooLarge => Class::TooLarge,
            UrgentError::BadSignature | UrgentError::BadSessionKey => Class::Unauthenticated,
            UrgentError::Format(_) | UrgentError::BadField { .. } => Class::Unacceptable,
            _ => Class::Malformed,
        };
        Self::new(class, error.reason(), error.to_string())
    }
}

/// Believes a snapshot: everything that costs CPU and needs no storage. A benchmark compares the
/// whole server with this.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn open(
    bytes: &[u8],
    keys: &dyn IssuerKeys,
    now_s: u64,
    skew_max_s: u32,
) -> Result<(Ticket, SnapshotBody), Refusal> {
    let envelope = Envelope::parse(bytes)?;
    let ticket = envelope.ticket()?;
    ticket.verify_signature(keys)?;
    ticket.check_time(now_s, skew_max_s)?;
    envelope.verify_signature()?;
    Ok((ticket, envelope.body()?))
}

/// Believes a snapshot's own part, its ticket being good.
pub(super) fn body(envelope: &Envelope<'_>, key: &BodyKey) -> Result<SnapshotBody, Refusal> {
    envelope.verify_signature()?;
    if !envelope.is_encrypted() {
        return Ok(envelope.body()?);
    }
    let block = key.open(envelope)?;
    Ok(envelope.decrypted(&block)?.body()?)
}
