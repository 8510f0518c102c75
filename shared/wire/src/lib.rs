//! Faultscan's byte formats.
#![forbid(unsafe_code)]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod base64url;
#[cfg(feature = "std")]
pub mod body;
mod claims;
pub mod decimal;
pub mod hex;
mod ids;
pub mod leb128;
pub mod limits;
#[cfg(feature = "std")]
mod logs;
pub mod mp;
#[cfg(feature = "qr")]
pub mod qr;
pub mod scrub;
pub mod sign;
mod snapshot;
pub mod template;
mod ticket;
mod ticket_error;
mod ticket_text;
mod urgent;

#[cfg(feature = "std")]
pub use body::{BodyError, SnapshotBody};
pub use claims::{Claims, Context, TICKET_VERSION, TicketEvidence};
pub use ids::{Environment, Fingerprint, KeyId, ParseIdError, TicketId, key_id};
#[cfg(feature = "std")]
pub use logs::{Level, LogLine, Logs};
#[cfg(feature = "std")]
pub use rmpv::Value;
pub use sign::{SigningKey, VerifyingKey};
#[cfg(feature = "std")]
pub use snapshot::seal;
pub use snapshot::{
    Envelope, SNAPSHOT_HEADER_BYTES, SNAPSHOT_MAGIC, SNAPSHOT_VERSION, SnapshotError, seal_block,
    seal_encoded,
};
pub use ticket::{IssuerKeys, Ticket, TimeCheck};
pub use ticket_error::TicketError;
pub use ticket_text::{SCAN_PATH, TEXT_PREFIX};
pub use urgent::{
    URGENT_HEADER_BYTES, URGENT_MAGIC, URGENT_VERSION, Urgent, UrgentDatagram, UrgentError,
    UrgentKind,
};
