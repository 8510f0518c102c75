//! The urgent datagram: one UDP packet that says that something is dying, while it still can.
//!
//! It names its ticket by id; the server finds the session key bound to that ticket. The same bytes
//! also go over HTTP where a host has no UDP. `docs/spec/urgent.md` is normative.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use crate::ids::TicketId;
use crate::limits::{
    KEY_BYTES_MAX, MAP_ENTRIES_MAX, NESTING_MAX, PUBLIC_KEY_BYTES, SAFE_INTEGER_MAX,
    SIGNATURE_BYTES, URGENT_BYTES_MAX, URGENT_LINE_BYTES_MAX, URGENT_METRIC_NAME_BYTES_MAX,
    URGENT_METRICS_MAX,
};
use crate::mp::{self, Bounds, MpError, Reader, Writer};
use crate::sign::{self, SigningKey, URGENT_CONTEXT};

/// The first bytes of every urgent datagram.
pub const URGENT_MAGIC: [u8; 4] = *b"FSUR";
/// The only version of the datagram's layout so far.
pub const URGENT_VERSION: u8 = 1;
/// Bytes before the MessagePack map.
pub const URGENT_HEADER_BYTES: usize = 68;

/// What is happening.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UrgentKind {
    /// The application does not respond.
    Anr,
    /// Memory ran out.
    Oom,
    /// The application crashed.
    Crash,
    /// The host warned of low memory.
    MemoryWarning,
    /// A kind of a later version.
    Unknown(u8),
}

impl UrgentKind {
    /// The byte that stands for the kind.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Anr => 1,
            Self::Oom => 2,
            Self::Crash => 3,
            Self::MemoryWarning => 4,
            Self::Unknown(code) => code,
        }
    }

    /// The kind for a byte.
    #[must_use]
    pub fn from_code(code: u8) -> Self {
        match code {
            1 => Self::Anr,
            2 => Self::Oom,
            3 => Self::Crash,
            4 => Self::MemoryWarning,
            code => Self::Unknown(code),
        }
    }

    /// The kind's name; `unknown` for kinds of later versions.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Anr => "anr",
            Self::Oom => "oom",
            Self::Crash => "crash",
            Self::MemoryWarning => "memory_warning",
            Self::Unknown(_) => "unknown",
        }
    }
}

/// What an urgent datagram says.
#[derive(Clone, Debug, PartialEq)]
pub struct Urgent {
    /// What is happening.
    pub kind: UrgentKind,
    /// The ticket under which it is reported.
    pub ticket_id: TicketId,
    /// Number of this datagram within its session, counted apart from snapshots.
    pub sequence: u32,
    /// Unix milliseconds by the phone's clock.
    pub occurred_at_ms: u64,
    /// A few figures by name.
    pub metrics: BTreeMap<String, f64>,
    /// The last log line, or an empty string.
    pub line: String,
}

/// Why an urgent datagram is refused, by the reader or by the writer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UrgentError {
    /// More bytes than a datagram may have.
    #[error("the urgent datagram is too large")]
    TooLarge,
    /// The bytes end too early.
    #[error("the urgent datagram is cut short")]
    Truncated,
    /// Another kind of packet.
    #[error("these bytes are not an urgent datagram")]
    BadMagic,
    /// A version that this code does not know.
    #[error("urgent datagram version {version} is not supported")]
    UnsupportedVersion {
        /// The version it states.
        version: u8,
    },
    /// A flag that this code does not know.
    #[error("urgent datagram flags {flags:#06x} are not supported")]
    UnsupportedFlags {
        /// The flags it states.
        flags: u16,
    },
    /// The content is not well-formed MessagePack within the bounds.
    #[error("the urgent datagram's content is not acceptable MessagePack: {0}")]
    Format(#[from] MpError),
    /// A field is out of its range.
    #[error("the urgent datagram's {field} is not acceptable")]
    BadField {
        /// Name of the field.
        field: &'static str,
    },
    /// The session's public key is no key that signatures may be checked with.
    #[error("the urgent datagram's session key is not usable")]
    BadSessionKey,
    /// The session key has not signed these bytes.
    #[error("the urgent datagram's signature is not valid")]
    BadSignature,
}

impl UrgentError {
    /// Stable name of the fault, for machines and counters.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::TooLarge => "body_too_large",
            Self::Truncated => "urgent_truncated",
            Self::BadMagic => "bad_magic",
            Self::UnsupportedVersion { .. } => "unsupported_version",
            Self::UnsupportedFlags { .. } => "unsupported_flags",
            Self::Format(error) => match error {
                MpError::Truncated => "urgent_truncated",
                MpError::InvalidUtf8 => "urgent_invalid_utf8",
                MpError::TrailingBytes => "urgent_trailing_bytes",
                MpError::NestedTooDeep => "urgent_nested_too_deep",
                MpError::DuplicateKey => "urgent_duplicate_key",
                MpError::NotFinite => "urgent_number_not_finite",
                MpError::TooLarge => "urgent_limit_exceeded",
                MpError::WrongType | MpError::NotShortest => "urgent_malformed",
            },
            Self::BadField { .. } => "urgent_bad_field",
            Self::BadSessionKey => "bad_session_key",
            Self::BadSignature => "bad_urgent_signature",
        }
    }
}

const BOUNDS: Bounds = Bounds {
    nesting_max: NESTING_MAX,
    values_max: URGENT_BYTES_MAX,
    map_entries_max: MAP_ENTRIES_MAX,
    key_bytes_max: KEY_BYTES_MAX,
    text_bytes_max: URGENT_BYTES_MAX,
};

/// A datagram whose layout and content are sound. Nothing in it is to be believed before
/// [`UrgentDatagram::verify_signature`] has said yes.
#[derive(Clone, Debug)]
pub struct UrgentDatagram<'a> {
    bytes: &'a [u8],
    /// Public key of the session that sent it.
    pub session_key: [u8; PUBLIC_KEY_BYTES],
    /// What it says.
    pub urgent: Urgent,
}

impl<'a> UrgentDatagram<'a> {
    /// Reads a datagram from untrusted bytes. The signature is not checked yet.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, UrgentError> {
        if bytes.len() > URGENT_BYTES_MAX {
            return Err(UrgentError::TooLarge);
        }
        let (header, rest) = bytes
            .split_first_chunk::<URGENT_HEADER_BYTES>()
            .ok_or(UrgentError::Truncated)?;
        let (content, _signature) = rest
            .split_last_chunk::<SIGNATURE_BYTES>()
            .ok_or(UrgentError::Truncated)?;
        let (magic, header) = take::<4>(header);
        if magic != URGENT_MAGIC {
            return Err(UrgentError::BadMagic);
        }
        let ([version, kind, f0, f1], header) = take(header);
        if version != URGENT_VERSION {
            return Err(UrgentError::UnsupportedVersion { version });
        }
        let flags = u16::from_le_bytes([f0, f1]);
        if flags != 0 {
            return Err(UrgentError::UnsupportedFlags { flags });
        }
        let (ticket_id, header) = take(header);
        let (session_key, header) = take(header);
        let (sequence, header) = take(header);
        let (occurred_at_ms, _) = take(header);
        let (metrics, line) = read_content(content)?;
        let urgent = Urgent {
            kind: UrgentKind::from_code(kind),
            ticket_id: TicketId(ticket_id),
            sequence: u32::from_le_bytes(sequence),
            occurred_at_ms: u64::from_le_bytes(occurred_at_ms),
            metrics,
            line,
        };
        urgent.check()?;
        Ok(Self {
            bytes,
            session_key,
            urgent,
        })
    }

    /// All bytes of the datagram.
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Checks that the session key has signed all other bytes.
    pub fn verify_signature(&self) -> Result<(), UrgentError> {
        let key = sign::verifying_key(&self.session_key).map_err(|_| UrgentError::BadSessionKey)?;
        sign::verify(self.bytes, URGENT_CONTEXT, &key).map_err(|_| UrgentError::BadSignature)
    }
}

impl Urgent {
    /// Packs and signs the datagram. Fails where a reader would refuse it.
    pub fn seal(&self, session: &SigningKey) -> Result<Vec<u8>, UrgentError> {
        self.check()?;
        let mut bytes = Vec::with_capacity(URGENT_BYTES_MAX);
        bytes.extend_from_slice(&URGENT_MAGIC);
        bytes.extend_from_slice(&[URGENT_VERSION, self.kind.code(), 0, 0]);
        bytes.extend_from_slice(&self.ticket_id.0);
        bytes.extend_from_slice(session.verifying_key().as_bytes());
        bytes.extend_from_slice(&self.sequence.to_le_bytes());
        bytes.extend_from_slice(&self.occurred_at_ms.to_le_bytes());
        let mut writer = Writer::new();
        let line = !self.line.is_empty();
        let metrics = !self.metrics.is_empty();
        writer.map(usize::from(line) + usize::from(metrics));
        if metrics {
            writer.str("metrics");
            writer.map(self.metrics.len());
            for (name, value) in &self.metrics {
                writer.str(name);
                writer.f64(*value);
            }
        }
        if line {
            writer.str("line");
            writer.str(&self.line);
        }
        bytes.extend_from_slice(&writer.into_bytes());
        sign::append_signature(&mut bytes, URGENT_CONTEXT, session);
        if bytes.len() > URGENT_BYTES_MAX {
            return Err(UrgentError::TooLarge);
        }
        Ok(bytes)
    }

    fn check(&self) -> Result<(), UrgentError> {
        let metrics = self.metrics.len() <= URGENT_METRICS_MAX
            && self.metrics.iter().all(|(name, value)| {
                (1..=URGENT_METRIC_NAME_BYTES_MAX).contains(&name.len()) && value.is_finite()
            });
        for (good, field) in [
            (self.occurred_at_ms <= SAFE_INTEGER_MAX, "occurred_at_ms"),
            (metrics, "metrics"),
            (self.line.len() <= URGENT_LINE_BYTES_MAX, "line"),
        ] {
            if !good {
                return Err(UrgentError::BadField { field });
            }
        }
        Ok(())
    }
}

fn read_content(content: &[u8]) -> Result<(BTreeMap<String, f64>, String), UrgentError> {
    mp::check(content, &BOUNDS)?;
    let mut metrics = BTreeMap::new();
    let mut line = String::new();
    let mut reader = Reader::new(content);
    for _ in 0..reader.map()? {
        match reader.str()? {
            "metrics" => {
                for _ in 0..reader.map()? {
                    metrics.insert(reader.str()?.to_owned(), reader.number()?);
                }
            }
            "line" => line = reader.str()?.to_owned(),
            _ => reader.skip()?,
        }
    }
    Ok((metrics, line))
}

/// The first `N` bytes of a header whose length was checked, and the rest.
fn take<const N: usize>(bytes: &[u8]) -> ([u8; N], &[u8]) {
    bytes
        .split_first_chunk()
        .map_or(([0; N], bytes), |(first, rest)| (*first, rest))
}
