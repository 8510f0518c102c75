//! Faultscan's byte formats: everything that crosses from one machine to another.
//!
//! | what | type | made by | specification |
//! |---|---|---|---|
//! | ticket: signed claims in a QR code | [`Ticket`] | server, `diag` | `docs/spec/ticket.md` |
//! | snapshot: what a phone captured | [`Envelope`], `SnapshotBody` | SDK, `diag` | `docs/spec/snapshot.md` |
//! | urgent datagram: something is dying | [`Urgent`], [`UrgentDatagram`] | SDK | `docs/spec/urgent.md` |
//!
//! Beside them: [`limits`] (every maximum, once), [`scrub`] (secrets out of log lines), [`sign`]
//! (strict Ed25519 under contexts), [`mp`] (MessagePack: a compact writer, a strict reader, a check of
//! structure), and with feature `qr` the module `qr` (codes as SVG, PNG and terminal text).
//!
//! What this crate never does: read a clock, a file or the network, make random numbers, allocate by
//! a length that untrusted bytes claim, recurse deeper than [`limits::NESTING_MAX`], or believe a
//! signature that only a lax verifier would accept. Time and randomness are arguments. Parsing and
//! verifying are separate steps, so that a caller can refuse in order of cost; until the signature has
//! been verified, a parsed value is only well formed.
//!
//! Every error enum has `reason()`: a stable name for machines, listed in the specifications.
//!
//! Features: `std` (default) brings snapshot bodies as values, with serde; without it the crate is
//! `no_std` for the SDK, which writes bodies itself. `qr` brings QR codes.
//!
//! ```
//! use faultscan_wire::{
//!     Claims, Envelope, Environment, Fingerprint, SnapshotBody, Ticket, TicketId, key_id, seal, sign,
//! };
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // The issuer makes a ticket. Seeds are 32 secret random bytes.
//! let issuer = sign::signing_key(&[1; 32]);
//! let ticket = Ticket::issue(
//!     Claims {
//!         key_id: key_id(&issuer.verifying_key()),
//!         ticket_id: TicketId([2; 16]),
//!         issued_at_s: 1_790_000_000,
//!         ttl_s: 600,
//!         fingerprint: Fingerprint::of(&Environment { os: "linux".into(), ..Environment::default() }),
//!         code: Some("ERR-NET-003".into()),
//!         context: Default::default(),
//!         evidence: Vec::new(),
//!     },
//!     &issuer,
//! )?;
//! let link = ticket.to_url("https://scan.example.org");
//!
//! // A phone scans it and trusts it only after these two checks.
//! let scanned = Ticket::parse(&link)?;
//! scanned.verify_signature(&issuer.verifying_key())?;
//! scanned.check_time(1_790_000_060, 300)?;
//!
//! // It sends what it captured, under a key of its own.
//! let session = sign::signing_key(&[3; 32]);
//! let body = SnapshotBody { captured_at_ms: 1_790_000_060_000, ..SnapshotBody::default() };
//! let sent = seal(scanned.bytes(), 1, &body, &session)?;
//!
//! // The server refuses in order of cost.
//! let envelope = Envelope::parse(&sent)?;
//! envelope.ticket()?.verify_signature(&issuer.verifying_key())?;
//! envelope.verify_signature()?;
//! assert_eq!(envelope.body()?, body);
//! # Ok(())
//! # }
//! ```
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
    Envelope, FLAG_ENCRYPTED, SNAPSHOT_HEADER_BYTES, SNAPSHOT_MAGIC, SNAPSHOT_VERSION,
    SnapshotError, seal_block, seal_encoded, sign_envelope, unsigned,
};
pub use ticket::{IssuerKeys, Ticket, TicketHead, TimeCheck};
pub use ticket_error::TicketError;
pub use ticket_text::{SCAN_PATH, TEXT_PREFIX};
pub use urgent::{
    URGENT_HEADER_BYTES, URGENT_MAGIC, URGENT_VERSION, Urgent, UrgentDatagram, UrgentError,
    UrgentKind,
};
