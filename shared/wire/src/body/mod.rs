//! The snapshot body: a MessagePack map of named fields, every one but `captured_at_ms` optional.
//!
//! Unknown fields anywhere in it, and unknown item kinds, are kept and written back. Times inside
//! (`at_ms`) are milliseconds relative to the capture, usually negative.
//! `docs/spec/snapshot.md` is normative.

mod parts;
mod record;

pub use parts::{App, Device, Dropped, Fps, Item, Memory, Network, Rtt, Sdk, kind};
pub use record::Extra;
pub(crate) use record::{Field, key, record, serialize_present, write_map};

use crate::limits::{
    ITEMS_MAX, KEY_BYTES_MAX, LOG_LINE_BYTES_MAX, LOG_LINES_MAX, LOG_SOURCE_BYTES_MAX,
    MAP_ENTRIES_MAX, NESTING_MAX, SAFE_INTEGER_MAX, SAMPLES_MAX, TEXT_BYTES_MAX,
    UNCOMPRESSED_BYTES_MAX, VALUES_MAX,
};
use crate::logs::Logs;
use crate::mp::{self, Bounds, MpError, Writer};

record! {
    /// What a phone captured.
    pub struct SnapshotBody {
        /// Unix milliseconds by the phone's clock. Zero stands for "missing" and is refused.
        captured_at_ms: u64,
        /// Server time less phone time, where the phone knows it.
        clock_skew_ms: Option<i64>,
        /// The software that made the snapshot.
        sdk: Option<Sdk>,
        /// The device.
        device: Option<Device>,
        /// The network.
        network: Option<Network>,
        /// The application.
        app: Option<App>,
        /// Frames per second.
        fps: Option<Fps>,
        /// Round-trip times.
        rtt: Option<Rtt>,
        /// Memory.
        memory: Option<Memory>,
        /// Log lines, oldest first.
        logs: Logs,
        /// Things that happened.
        items: Vec<Item>,
        /// What was left out.
        dropped: Option<Dropped>,
    }
}

/// Why a body is refused, by the reader or by the writer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BodyError {
    /// Not well-formed MessagePack within the bounds.
    #[error("the snapshot body is not acceptable MessagePack: {0}")]
    Format(#[from] MpError),
    /// A field that is known has another type or range than it should.
    #[error("the snapshot body does not fit its schema: {detail}")]
    BadField {
        /// Which field, and how it differs.
        detail: String,
    },
    /// `captured_at_ms` is missing.
    #[error("the snapshot body does not say when it was captured")]
    MissingCaptureTime,
    /// More of something than allowed.
    #[error("the snapshot body has too many or too long {what}")]
    LimitExceeded {
        /// Of what.
        what: &'static str,
    },
}

impl BodyError {
    /// Stable name of the fault.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Format(error) => match error {
                MpError::Truncated => "body_truncated",
                MpError::WrongType | MpError::NotShortest => "body_malformed",
                MpError::InvalidUtf8 => "body_invalid_utf8",
                MpError::TrailingBytes => "body_trailing_bytes",
                MpError::NestedTooDeep => "body_nested_too_deep",
                MpError::DuplicateKey => "body_duplicate_key",
                MpError::TooLarge => "body_limit_exceeded",
                MpError::NotFinite => "body_number_not_finite",
            },
            Self::BadField { .. } => "body_bad_field",
            Self::MissingCaptureTime => "body_missing_capture_time",
            Self::LimitExceeded { .. } => "body_limit_exceeded",
        }
    }
}

/// The bounds within which a body's structure must stay.
pub const BODY_BOUNDS: Bounds = Bounds {
    nesting_max: NESTING_MAX,
    values_max: VALUES_MAX,
    map_entries_max: MAP_ENTRIES_MAX,
    key_bytes_max: KEY_BYTES_MAX,
    text_bytes_max: LOG_LINE_BYTES_MAX,
};

impl SnapshotBody {
    /// Writes the body. Fails where a reader would refuse the result.
    pub fn encode(&self) -> Result<Vec<u8>, BodyError> {
        self.check()?;
        let mut writer = Writer::new();
        self.write(&mut writer)?;
        let bytes = writer.into_bytes();
        if bytes.len() > UNCOMPRESSED_BYTES_MAX {
            return Err(BodyError::LimitExceeded { what: "bytes" });
        }
        mp::check(&bytes, &BODY_BOUNDS)?;
        Ok(bytes)
    }

    /// Reads a body from untrusted bytes: first their structure is checked within bounds, then
    /// serde gives them types, then the schema's limits are applied.
    pub fn decode(bytes: &[u8]) -> Result<Self, BodyError> {
        if bytes.len() > UNCOMPRESSED_BYTES_MAX {
            return Err(BodyError::LimitExceeded { what: "bytes" });
        }
        mp::check(bytes, &BODY_BOUNDS)?;
        let body: Self = rmp_serde::from_slice(bytes).map_err(|error| BodyError::BadField {
            detail: error.to_string(),
        })?;
        body.check()?;
        Ok(body)
    }

    /// Whether every integer of 64 bits stays where JavaScript and a sum of two are exact.
    fn integers_are_safe(&self) -> bool {
        let memory = self.memory.iter().flat_map(|memory| {
            let figures = memory.used_bytes.iter().chain(&memory.limit_bytes);
            figures.chain(&memory.samples_bytes)
        });
        let dropped = self.dropped.iter().flat_map(|dropped| {
            let lines = dropped.log_lines.iter().chain(&dropped.log_bytes);
            lines.chain(&dropped.items)
        });
        let skew = self.clock_skew_ms.unwrap_or_default().unsigned_abs();
        skew <= SAFE_INTEGER_MAX
            && memory
                .chain(dropped)
                .all(|figure| *figure <= SAFE_INTEGER_MAX)
    }

    fn check(&self) -> Result<(), BodyError> {
        if self.captured_at_ms == 0 {
            return Err(BodyError::MissingCaptureTime);
        }
        let lines = &self.logs.lines;
        let rtt = self.rtt.as_ref().map_or(0, |rtt| rtt.at_ms.len());
        let memory = self.memory.as_ref().map_or(0, |memory| memory.at_ms.len());
        let fps = self.fps.as_ref().map_or(0, |fps| fps.samples.len());
        for (good, what) in [
            (self.captured_at_ms <= SAFE_INTEGER_MAX, "captured_at_ms"),
            (self.integers_are_safe(), "large integers"),
            (lines.len() <= LOG_LINES_MAX, "log lines"),
            (
                lines
                    .iter()
                    .all(|line| line.message.len() <= LOG_LINE_BYTES_MAX),
                "log line bytes",
            ),
            (
                lines
                    .iter()
                    .all(|line| line.source.len() <= LOG_SOURCE_BYTES_MAX),
                "log source bytes",
            ),
            (fps.max(rtt).max(memory) <= SAMPLES_MAX, "samples"),
            (self.items.len() <= ITEMS_MAX, "items"),
            (
                self.items
                    .iter()
                    .all(|item| item.text.as_ref().map_or(0, String::len) <= TEXT_BYTES_MAX),
                "item text bytes",
            ),
        ] {
            if !good {
                return Err(BodyError::LimitExceeded { what });
            }
        }
        let columns = |good: bool, detail: &str| {
            if good {
                Ok(())
            } else {
                Err(BodyError::BadField {
                    detail: detail.to_owned(),
                })
            }
        };
        let rtt_values = self.rtt.as_ref().map_or(0, |rtt| rtt.rtt_ms.len());
        let memory_values = self
            .memory
            .as_ref()
            .map_or(0, |memory| memory.samples_bytes.len());
        columns(rtt == rtt_values, "rtt: columns of different lengths")?;
        columns(
            memory == memory_values,
            "memory: columns of different lengths",
        )?;
        columns(
            self.items
                .iter()
                .all(|item| (1..=KEY_BYTES_MAX).contains(&item.kind.len())),
            "items: kind missing or too long",
        )
    }
}
