//! The snapshot envelope: ticket, session key, sequence number, the compressed body, and the
//! session key's signature over all of it.
//!
//! [`Envelope::parse`] looks only at lengths, so that a server can refuse in order of cost: size,
//! header, ticket, signature, replay, then decompression within declared and checked bounds.
//! `docs/spec/snapshot.md` is normative.

#[cfg(feature = "std")]
use crate::body::{BodyError, SnapshotBody};
use crate::limits::{
    COMPRESSION_RATIO_MAX, ENVELOPE_BYTES_MAX, PUBLIC_KEY_BYTES, SIGNATURE_BYTES, TICKET_BYTES_MAX,
    TICKET_BYTES_MIN, UNCOMPRESSED_BYTES_MAX,
};
use crate::sign::{self, SNAPSHOT_CONTEXT, Signer, SigningKey};
use crate::ticket::Ticket;
use crate::ticket_error::TicketError;
use alloc::vec;
use alloc::vec::Vec;

/// The first bytes of every envelope.
pub const SNAPSHOT_MAGIC: [u8; 4] = *b"FSNP";
/// The only version of the envelope's layout so far.
pub const SNAPSHOT_VERSION: u8 = 1;
/// Flag: the block is encrypted to a server's key, as `docs/spec/snapshot.md` lays down. Who holds
/// that key goes on with [`Envelope::decrypted`].
pub const FLAG_ENCRYPTED: u8 = 1;
/// Bytes before the ticket.
pub const SNAPSHOT_HEADER_BYTES: usize = 48;

/// Why a snapshot is refused, by the reader or by the writer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// More bytes than an envelope may have.
    #[error("the snapshot is too large")]
    TooLarge,
    /// The bytes end before the envelope does.
    #[error("the snapshot is cut short")]
    Truncated,
    /// Another kind of file.
    #[error("these bytes are not a snapshot")]
    BadMagic,
    /// A version that this code does not know.
    #[error("snapshot version {version} is not supported")]
    UnsupportedVersion {
        /// The version it states.
        version: u8,
    },
    /// A flag that this code does not know.
    #[error("snapshot flags {flags:#04x} are not supported")]
    UnsupportedFlags {
        /// The flags it states.
        flags: u8,
    },
    /// The block is encrypted, and was not decrypted first.
    #[error("the snapshot is encrypted to a server's key")]
    Encrypted,
    /// The ticket's length is impossible.
    #[error("the snapshot's ticket has an impossible length")]
    BadTicketLength,
    /// The declared uncompressed length is more than allowed, or more than the block could hold.
    #[error("the snapshot claims to unpack to more than is allowed")]
    DecompressionBomb,
    /// The block unpacks to another length than declared.
    #[error("the snapshot unpacks to another length than it declares")]
    LengthMismatch,
    /// The block is not LZ4.
    #[error("the snapshot's compressed block is damaged")]
    BadCompression,
    /// The session's public key is no key that signatures may be checked with.
    #[error("the snapshot's session key is not usable")]
    BadSessionKey,
    /// The session key has not signed these bytes.
    #[error("the snapshot's signature is not valid")]
    BadSignature,
    /// The body cannot be written or read.
    #[cfg(feature = "std")]
    #[error(transparent)]
    Body(#[from] BodyError),
}

impl SnapshotError {
    /// Stable name of the fault, for machines and counters.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::TooLarge => "body_too_large",
            Self::Truncated => "snapshot_truncated",
            Self::BadMagic => "bad_magic",
            Self::UnsupportedVersion { .. } => "unsupported_version",
            Self::UnsupportedFlags { .. } => "unsupported_flags",
            Self::Encrypted => "snapshot_encrypted",
            Self::BadTicketLength => "bad_ticket_length",
            Self::DecompressionBomb => "decompression_bomb",
            Self::LengthMismatch => "length_mismatch",
            Self::BadCompression => "bad_compression",
            Self::BadSessionKey => "bad_session_key",
            Self::BadSignature => "bad_snapshot_signature",
            #[cfg(feature = "std")]
            Self::Body(error) => error.reason(),
        }
    }
}

/// An envelope whose layout is sound. Nothing in it is to be believed before
/// [`Envelope::verify_signature`] has said yes.
#[derive(Clone, Copy, Debug)]
pub struct Envelope<'a> {
    bytes: &'a [u8],
    /// Number of this snapshot within its session; unique for a ticket.
    pub sequence: u32,
    /// Length of the body once decompressed, as declared and within the limits.
    pub uncompressed_len: u32,
    /// Public key of the session that captured the snapshot.
    pub session_key: [u8; PUBLIC_KEY_BYTES],
    /// The ticket's bytes.
    pub ticket_bytes: &'a [u8],
    /// The LZ4 block, or what it was encrypted to.
    pub block: &'a [u8],
    /// Flags: zero or [`FLAG_ENCRYPTED`].
    pub flags: u8,
}

impl<'a> Envelope<'a> {
    /// Takes an envelope apart. Nothing is decoded, verified or allocated.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, SnapshotError> {
        if bytes.len() > ENVELOPE_BYTES_MAX {
            return Err(SnapshotError::TooLarge);
        }
        let (header, rest) = bytes
            .split_first_chunk::<SNAPSHOT_HEADER_BYTES>()
            .ok_or(SnapshotError::Truncated)?;
        let [
            m0,
            m1,
            m2,
            m3,
            version,
            flags,
            t0,
            t1,
            s0,
            s1,
            s2,
            s3,
            u0,
            u1,
            u2,
            u3,
            session_key @ ..,
        ] = *header;
        if [m0, m1, m2, m3] != SNAPSHOT_MAGIC {
            return Err(SnapshotError::BadMagic);
        }
        if version != SNAPSHOT_VERSION {
            return Err(SnapshotError::UnsupportedVersion { version });
        }
        if flags & !FLAG_ENCRYPTED != 0 {
            return Err(SnapshotError::UnsupportedFlags { flags });
        }
        let ticket_len = usize::from(u16::from_le_bytes([t0, t1]));
        if !(TICKET_BYTES_MIN..=TICKET_BYTES_MAX).contains(&ticket_len) {
            return Err(SnapshotError::BadTicketLength);
        }
        let (ticket_bytes, rest) = rest
            .split_at_checked(ticket_len)
            .ok_or(SnapshotError::Truncated)?;
        let (block, _signature) = rest
            .split_last_chunk::<SIGNATURE_BYTES>()
            .ok_or(SnapshotError::Truncated)?;
        if block.is_empty() {
            return Err(SnapshotError::Truncated);
        }
        let uncompressed_len = u32::from_le_bytes([u0, u1, u2, u3]);
        check_ratio(uncompressed_len, block)?;
        Ok(Self {
            bytes,
            sequence: u32::from_le_bytes([s0, s1, s2, s3]),
            uncompressed_len,
            session_key,
            ticket_bytes,
            block,
            flags,
        })
    }

    /// All bytes of the envelope.
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Whether the block has to be decrypted first.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.flags & FLAG_ENCRYPTED != 0
    }

    /// What encryption binds the block to: all bytes before it.
    #[must_use]
    pub fn before_block(&self) -> &'a [u8] {
        let len = SNAPSHOT_HEADER_BYTES + self.ticket_bytes.len();
        self.bytes.get(..len).unwrap_or_default()
    }

    /// The same envelope with what its block was decrypted to. Verify the signature before: it
    /// covers the bytes as they came.
    pub fn decrypted<'b>(&self, block: &'b [u8]) -> Result<Envelope<'b>, SnapshotError>
    where
        'a: 'b,
    {
        check_ratio(self.uncompressed_len, block)?;
        Ok(Envelope {
            block,
            flags: self.flags & !FLAG_ENCRYPTED,
            ..*self
        })
    }

    /// The ticket, decoded and not verified.
    pub fn ticket(&self) -> Result<Ticket, TicketError> {
        Ticket::decode(self.ticket_bytes)
    }

    /// Checks that the session key has signed all other bytes.
    pub fn verify_signature(&self) -> Result<(), SnapshotError> {
        let key =
            sign::verifying_key(&self.session_key).map_err(|_| SnapshotError::BadSessionKey)?;
        sign::verify(self.bytes, SNAPSHOT_CONTEXT, &key).map_err(|_| SnapshotError::BadSignature)
    }

    /// Unpacks the body into a fresh buffer of exactly the declared length.
    pub fn decompress(&self) -> Result<Vec<u8>, SnapshotError> {
        if self.is_encrypted() {
            return Err(SnapshotError::Encrypted);
        }
        let mut body = vec![0; self.uncompressed_len as usize];
        match lz4_flex::block::decompress_into(self.block, &mut body) {
            Ok(len) if len == body.len() => Ok(body),
            Ok(_) | Err(lz4_flex::block::DecompressError::OutputTooSmall { .. }) => {
                Err(SnapshotError::LengthMismatch)
            }
            Err(_) => Err(SnapshotError::BadCompression),
        }
    }

    /// Unpacks and decodes the body.
    #[cfg(feature = "std")]
    pub fn body(&self) -> Result<SnapshotBody, SnapshotError> {
        Ok(SnapshotBody::decode(&self.decompress()?)?)
    }
}

/// No block unpacks to more than the limit, nor to more than it could hold.
fn check_ratio(uncompressed_len: u32, block: &[u8]) -> Result<(), SnapshotError> {
    let length_max = UNCOMPRESSED_BYTES_MAX.min(block.len() * COMPRESSION_RATIO_MAX);
    if uncompressed_len as usize > length_max {
        return Err(SnapshotError::DecompressionBomb);
    }
    Ok(())
}

/// Packs, compresses and signs a snapshot.
#[cfg(feature = "std")]
pub fn seal(
    ticket: &[u8],
    sequence: u32,
    body: &SnapshotBody,
    session: &SigningKey,
) -> Result<Vec<u8>, SnapshotError> {
    seal_encoded(ticket, sequence, &body.encode()?, session)
}

/// As `seal`, for a body that is encoded already.
pub fn seal_encoded(
    ticket: &[u8],
    sequence: u32,
    body: &[u8],
    session: &SigningKey,
) -> Result<Vec<u8>, SnapshotError> {
    if body.len() > UNCOMPRESSED_BYTES_MAX {
        return Err(SnapshotError::TooLarge);
    }
    let mut block = vec![0; lz4_flex::block::get_maximum_output_size(body.len())];
    let block_len = lz4_flex::block::compress_into(body, &mut block)
        .map_err(|_| SnapshotError::BadCompression)?;
    block.truncate(block_len);
    // Within the limit just checked.
    let uncompressed_len = body.len() as u32;
    seal_block(ticket, sequence, uncompressed_len, &block, session)
}

/// As `seal`, for a body that is compressed already. It says what it is told: a test can make it
/// lie about the length.
pub fn seal_block(
    ticket: &[u8],
    sequence: u32,
    uncompressed_len: u32,
    block: &[u8],
    session: &impl Signer,
) -> Result<Vec<u8>, SnapshotError> {
    let mut bytes = unsigned(ticket, sequence, uncompressed_len, block, session, 0)?;
    sign::append_signature(&mut bytes, SNAPSHOT_CONTEXT, session);
    Ok(bytes)
}

/// All of an envelope but the signature. What follows the ticket may be encrypted, with
/// [`FLAG_ENCRYPTED`] among the flags; then [`sign_envelope`] finishes it.
pub fn unsigned(
    ticket: &[u8],
    sequence: u32,
    uncompressed_len: u32,
    block: &[u8],
    session: &impl Signer,
    flags: u8,
) -> Result<Vec<u8>, SnapshotError> {
    if !(TICKET_BYTES_MIN..=TICKET_BYTES_MAX).contains(&ticket.len()) {
        return Err(SnapshotError::BadTicketLength);
    }
    let len = SNAPSHOT_HEADER_BYTES + ticket.len() + block.len() + SIGNATURE_BYTES;
    if len > ENVELOPE_BYTES_MAX {
        return Err(SnapshotError::TooLarge);
    }
    let mut bytes = Vec::with_capacity(len);
    bytes.extend_from_slice(&SNAPSHOT_MAGIC);
    bytes.extend_from_slice(&[SNAPSHOT_VERSION, flags]);
    // At most TICKET_BYTES_MAX, checked above.
    bytes.extend_from_slice(&(ticket.len() as u16).to_le_bytes());
    bytes.extend_from_slice(&sequence.to_le_bytes());
    bytes.extend_from_slice(&uncompressed_len.to_le_bytes());
    bytes.extend_from_slice(&session.public_key());
    bytes.extend_from_slice(ticket);
    bytes.extend_from_slice(block);
    Ok(bytes)
}

/// Signs what [`unsigned`] made.
pub fn sign_envelope(bytes: &mut Vec<u8>, session: &impl Signer) {
    sign::append_signature(bytes, SNAPSHOT_CONTEXT, session);
}
