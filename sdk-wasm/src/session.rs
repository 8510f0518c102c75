//! One session: a verified ticket, its key, what was measured, and snapshots made of it.
//!
//! It has no clock, no randomness and no I/O: the host brings times, seeds and samples, and carries
//! out what the [`queue`](crate::queue) hands out.

use alloc::borrow::ToOwned;
use alloc::vec::Vec;
use faultscan_wire::limits::{
    CLOCK_SKEW_S_DEFAULT, LOG_LINE_BYTES_MAX, LOG_SOURCE_BYTES_MAX, UNCOMPRESSED_BYTES_MAX,
};
use faultscan_wire::scrub::Scrubber;
use faultscan_wire::sign::light::{LightKey, LightVerifyingKey};
use faultscan_wire::{TicketError, TicketHead, sign_envelope, unsigned};

use crate::body::{Content, Event, MemoryReading};
use crate::facts::Facts;
use crate::frames::FrameMeter;
use crate::lines::{self, LineBounds, cut, until};
use crate::lz4;
use crate::probes::ProbeMeter;
use crate::ring::Ring;
use crate::urgent::Notice;

/// Memory samples kept.
const MEMORY_SAMPLES_MAX: usize = 60;
/// Events of one snapshot.
const EVENTS_MAX: usize = 256;
/// Bytes of the name of an event's kind.
const EVENT_KIND_BYTES_MAX: usize = 32;
/// Bytes of an event's text.
const EVENT_TEXT_BYTES_MAX: usize = 256;

/// What a session keeps of logs, and when memory use is worth an event.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Log lines of a snapshot.
    pub lines: LineBounds,
    /// Memory use that makes an event when it is reached, in bytes.
    pub memory_warning_bytes: f64,
    /// Time between two probes.
    pub probe_interval_ms: f64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            lines: LineBounds {
                lines_max: 200,
                window_ms: 30_000,
                bytes_max: 256 * 1024,
                line_bytes_max: LOG_LINE_BYTES_MAX,
            },
            memory_warning_bytes: 80.0 * 1_048_576.0,
            probe_interval_ms: 5_000.0,
        }
    }
}

/// Why no snapshot was made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SealError {
    /// [`Session::use_key`] or [`Session::pack`] was not called.
    NotReady,
    /// Every sequence number is used up.
    SequenceExhausted,
    /// The snapshot is larger than the format allows.
    TooLarge,
}

impl SealError {
    /// Stable name of the fault.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NotReady => "not_ready",
            Self::SequenceExhausted => "sequence_exhausted",
            Self::TooLarge => "body_too_large",
        }
    }
}

/// A key whose tickets are accepted.
#[derive(Debug, Clone)]
pub struct Issuer {
    /// Its id, or [`UNNAMED`]: then every ticket is tried, and one that it did not sign counts as
    /// from an unknown issuer. So the module needs no SHA-256, which nothing else in it uses.
    pub id: [u8; 8],
    /// The key.
    pub key: LightVerifyingKey,
}

/// Stands for an id that is not known.
pub const UNNAMED: [u8; 8] = [0; 8];

/// A sealed snapshot.
pub struct Sealed {
    /// What goes over the wire.
    pub bytes: Vec<u8>,
    /// Its number within the session.
    pub sequence: u32,
    /// Bytes of its body.
    pub uncompressed_bytes: usize,
    /// Log lines in it.
    pub lines: usize,
}

struct Packed {
    body: Vec<u8>,
    lines: usize,
}

/// See the module.
pub struct Session {
    ticket: Vec<u8>,
    ticket_id: [u8; 16],
    key: Option<LightKey>,
    next_sequence: Option<u32>,
    /// What is kept of logs; the format's own bounds stay above it.
    pub bounds: Bounds,
    /// Facts that go into every snapshot.
    pub facts: Facts,
    /// Frame times.
    pub frames: FrameMeter,
    /// Round trips.
    pub probes: ProbeMeter,
    memory: Ring<MemoryReading>,
    events: Vec<Event>,
    /// Events that the host had to forget.
    pub events_dropped: u32,
    next_urgent: u32,
    packed: Option<Packed>,
}

impl Session {
    /// Starts a session by the bytes of a scanned ticket, whose form is that of a ticket: its
    /// signature by one of `issuers` is checked, then its time against the device's clock with the
    /// usual allowance.
    pub fn open(bytes: &[u8], issuers: &[Issuer], now_ms: f64) -> Result<Self, TicketError> {
        let ticket = TicketHead::read(bytes)?;
        let mut verified = Err(TicketError::UnknownIssuer);
        for issuer in issuers {
            let named = issuer.id == ticket.key_id.0;
            if !named && issuer.id != UNNAMED {
                continue;
            }
            match ticket.verify_signature_by(&issuer.key) {
                Ok(()) => {
                    verified = Ok(());
                    break;
                }
                Err(error) if named => verified = Err(error),
                Err(_) => {}
            }
        }
        verified?;
        ticket.check_time((now_ms / 1000.0) as u64, CLOCK_SKEW_S_DEFAULT)?;
        Ok(Self {
            ticket: bytes.into(),
            ticket_id: ticket.ticket_id.0,
            key: None,
            next_sequence: Some(0),
            bounds: Bounds::default(),
            facts: Facts::default(),
            frames: FrameMeter::default(),
            probes: ProbeMeter::default(),
            memory: Ring::new(MEMORY_SAMPLES_MAX),
            events: Vec::new(),
            events_dropped: 0,
            next_urgent: 0,
            packed: None,
        })
    }

    /// Sets the session key, and where the numbers of its snapshots and urgent datagrams go on
    /// after a reload.
    pub fn use_key(&mut self, seed: &[u8; 32], next_sequence: u32, next_urgent: u32) {
        self.key = Some(LightKey::from_seed(seed));
        self.next_sequence = Some(next_sequence);
        self.next_urgent = next_urgent;
    }

    /// Takes a memory reading; true where it passes the threshold upwards.
    pub fn memory(&mut self, at_ms: f64, used_bytes: f64, limit_bytes: f64) -> bool {
        let before = self
            .memory
            .entries()
            .last()
            .map_or(0.0, |reading| reading.used_bytes);
        self.memory.push(MemoryReading {
            at_ms,
            used_bytes,
            limit_bytes,
        });
        let warning_bytes = self.bounds.memory_warning_bytes;
        used_bytes >= warning_bytes && before < warning_bytes
    }

    /// Takes an event for the next snapshot. NaN and the empty text mean: none.
    pub fn event(&mut self, kind: &str, at_ms: f64, value: f64, text: &str) {
        if self.events.len() >= EVENTS_MAX {
            self.events_dropped += 1;
            return;
        }
        let scrubbed = Scrubber::new().scrub(text);
        self.events.push(Event {
            kind: cut(kind, EVENT_KIND_BYTES_MAX).to_owned(),
            at_ms,
            value,
            text: cut(&scrubbed, EVENT_TEXT_BYTES_MAX).to_owned(),
        });
    }

    /// An urgent datagram, or nothing without a key. Its number is used up.
    pub fn urgent(&mut self, kind: u8, at_ms: f64, blocked_ms: f64, line: &str) -> Vec<u8> {
        let Some(key) = &self.key else {
            return Vec::new();
        };
        let fps = self.frames.intervals().last();
        let probes = self.probes.summary();
        let memory = self.memory.entries().last();
        let notice = Notice {
            kind,
            ticket_id: self.ticket_id,
            sequence: self.next_urgent,
            at_ms,
            metrics: [
                ("fps", fps.map_or(f64::NAN, |last| last.fps.into())),
                ("rtt_ms", probes.median_ms.map_or(f64::NAN, f64::from)),
                ("rtt_lost", f64::from(probes.lost)),
                (
                    "used_mb",
                    memory.map_or(f64::NAN, |m| m.used_bytes / 1_048_576.0),
                ),
                ("blocked_ms", blocked_ms),
            ],
            line,
        };
        self.next_urgent = self.next_urgent.wrapping_add(1);
        notice.seal(key)
    }

    /// Leaves out numbers of urgent datagrams that another session with this key may have used.
    pub fn skip_urgent_to(&mut self, next: u32) {
        self.next_urgent = self.next_urgent.max(next);
    }

    /// The number of the next urgent datagram.
    pub fn next_urgent(&self) -> u32 {
        self.next_urgent
    }

    /// Gathers everything into a body that waits for [`Session::seal`]. `text` and `meta` are as in
    /// [`lines::split`], `sources` the names that it refers to, one a line; `lines_dropped` counts
    /// lines that the host already had to forget.
    pub fn pack(
        &mut self,
        now_ms: f64,
        text: &str,
        meta: &[u8],
        sources: &str,
        lines_dropped: u32,
    ) {
        let mut names = Vec::new();
        let mut rest = Some(sources);
        while let Some(sources) = rest {
            let (source, more) = until(sources, b'\n');
            names.push(cut(source, LOG_SOURCE_BYTES_MAX));
            rest = more;
        }
        let mut raw = lines::split(text, meta);
        // There is one name at least.
        let last = names.len() - 1;
        for line in &mut raw {
            line.source = usize::from(line.source).min(last) as u8;
        }
        let mut scrubber = Scrubber::new();
        let logs = lines::select(&raw, &self.bounds.lines.within_format(), |line| {
            scrubber.scrub(line)
        });
        let content = Content {
            now_ms,
            facts: &self.facts,
            frames: &self.frames,
            probes: &self.probes,
            probe_interval_ms: self.bounds.probe_interval_ms,
            memory: self.memory.entries(),
            events: &self.events,
            events_dropped: self.events_dropped,
            logs: &logs,
            sources: &names,
            lines_dropped,
        };
        self.packed = Some(Packed {
            body: content.encode(),
            lines: logs.lines.len(),
        });
        self.events.clear();
    }

    /// Compresses and signs the packed body. The sequence number is used up by success.
    pub fn seal(&mut self) -> Result<Sealed, SealError> {
        let mut sealed = self.envelope(0)?;
        self.sign(&mut sealed.bytes);
        Ok(sealed)
    }

    /// The same without the signature, for a host that encrypts what follows the ticket and then
    /// hands the whole to [`Session::sign`]. The sequence number is used up here.
    pub fn envelope(&mut self, flags: u8) -> Result<Sealed, SealError> {
        let (Some(key), Some(packed)) = (&self.key, self.packed.take()) else {
            return Err(SealError::NotReady);
        };
        let sequence = self.next_sequence.ok_or(SealError::SequenceExhausted)?;
        if packed.body.len() > UNCOMPRESSED_BYTES_MAX {
            return Err(SealError::TooLarge);
        }
        let block = lz4::compress(&packed.body);
        let len = packed.body.len() as u32;
        // The ticket was checked when the session was opened, so size is all that can be wrong.
        let bytes = unsigned(&self.ticket, sequence, len, &block, key, flags)
            .map_err(|_| SealError::TooLarge)?;
        self.next_sequence = sequence.checked_add(1);
        Ok(Sealed {
            bytes,
            sequence,
            uncompressed_bytes: packed.body.len(),
            lines: packed.lines,
        })
    }

    /// Signs an envelope.
    pub fn sign(&self, bytes: &mut Vec<u8>) {
        if let Some(key) = &self.key {
            sign_envelope(bytes, key);
        }
    }

    /// The number of the next snapshot; `None` after the last.
    pub fn next_sequence(&self) -> Option<u32> {
        self.next_sequence
    }

    /// Leaves out sequence numbers: another tab with this key may have used them.
    pub fn skip_sequences(&mut self, by: u32) {
        self.next_sequence = self.next_sequence.and_then(|next| next.checked_add(by));
    }
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
