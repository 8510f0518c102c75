//! One session: a verified ticket, its key, what was measured, and snapshots made of it.
//!
//! It has no clock, no randomness and no I/O: the host brings times, seeds and samples, and carries
//! out what the [`queue`](crate::queue) hands out.

use faultscan_wire::body::{Dropped, Item, Memory, Rtt, SnapshotBody, kind};
use faultscan_wire::limits::{
    CLOCK_SKEW_S_DEFAULT, LOG_LINE_BYTES_MAX, LOG_LINES_MAX, LOG_SOURCE_BYTES_MAX,
};
use faultscan_wire::{
    Level, LogLine, SigningKey, SnapshotError, Ticket, TicketError, VerifyingKey, scrub, sign,
};

use crate::frames::{self, FrameMeter};
use crate::lines::{self, LineBounds, cut};
use crate::probes::ProbeMeter;
use crate::ring::Ring;

/// Memory samples kept.
const MEMORY_SAMPLES_MAX: usize = 60;
/// Events kept.
const EVENTS_MAX: usize = 64;
/// Bytes of an event's text.
const EVENT_TEXT_BYTES_MAX: usize = 512;

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
    /// The content breaks a limit of the format.
    Snapshot(SnapshotError),
}

impl SealError {
    /// Stable name of the fault.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NotReady => "not_ready",
            Self::SequenceExhausted => "sequence_exhausted",
            Self::Snapshot(error) => error.reason(),
        }
    }
}

struct Event {
    kind: String,
    at_ms: f64,
    value: Option<f64>,
    text: Option<String>,
}

/// A sealed snapshot.
pub struct Sealed {
    /// What goes over the wire.
    pub bytes: Vec<u8>,
    /// Its number within the session.
    pub sequence: u32,
}

/// See the module.
pub struct Session {
    ticket: Ticket,
    key: Option<SigningKey>,
    next_sequence: Option<u32>,
    bounds: Bounds,
    facts: SnapshotBody,
    /// Frame times.
    pub frames: FrameMeter,
    /// Round trips.
    pub probes: ProbeMeter,
    memory: Ring<(f64, f64)>,
    memory_limit_bytes: f64,
    events: Ring<Event>,
    events_dropped: u64,
    packed: Option<SnapshotBody>,
}

impl Session {
    /// Starts a session by a scanned ticket: its form, then its signature by one of `keys`, then
    /// its time against the device's clock with the usual allowance.
    pub fn open(text: &str, keys: &Vec<VerifyingKey>, now_ms: f64) -> Result<Self, TicketError> {
        let ticket = Ticket::parse(text)?;
        ticket.verify_signature(keys)?;
        ticket.check_time((now_ms / 1000.0) as u64, CLOCK_SKEW_S_DEFAULT)?;
        Ok(Self {
            ticket,
            key: None,
            next_sequence: Some(0),
            bounds: Bounds::default(),
            facts: SnapshotBody::default(),
            frames: FrameMeter::default(),
            probes: ProbeMeter::default(),
            memory: Ring::new(MEMORY_SAMPLES_MAX),
            memory_limit_bytes: f64::NAN,
            events: Ring::new(EVENTS_MAX),
            events_dropped: 0,
            packed: None,
        })
    }

    /// The verified ticket.
    pub fn ticket(&self) -> &Ticket {
        &self.ticket
    }

    /// Sets the session key, and where its sequence goes on after a reload.
    pub fn use_key(&mut self, seed: &[u8; 32], next_sequence: u32) {
        self.key = Some(sign::signing_key(seed));
        self.next_sequence = Some(next_sequence);
    }

    /// Sets the bounds; those of the format stay above them.
    pub fn set_bounds(&mut self, bounds: Bounds) {
        self.bounds = bounds;
        let lines = &mut self.bounds.lines;
        lines.lines_max = lines.lines_max.min(LOG_LINES_MAX);
        lines.line_bytes_max = lines.line_bytes_max.min(LOG_LINE_BYTES_MAX);
    }

    /// Facts that go into every snapshot.
    pub fn facts(&mut self) -> &mut SnapshotBody {
        &mut self.facts
    }

    /// Takes a memory reading; passing the threshold upwards becomes an event.
    pub fn memory(&mut self, at_ms: f64, used_bytes: f64, limit_bytes: f64) {
        let before = self.memory.iter().next_back().map_or(0.0, |sample| sample.1);
        self.memory.push((at_ms, used_bytes));
        self.memory_limit_bytes = limit_bytes;
        let warning_bytes = self.bounds.memory_warning_bytes;
        if used_bytes >= warning_bytes && before < warning_bytes {
            self.event(kind::MEMORY_WARNING, at_ms, used_bytes, "");
        }
    }

    /// Takes an event. NaN and the empty text mean: none.
    pub fn event(&mut self, kind: &str, at_ms: f64, value: f64, text: &str) {
        let text = cut(text, EVENT_TEXT_BYTES_MAX);
        let event = Event {
            kind: kind.to_owned(),
            at_ms,
            value: value.is_finite().then_some(value),
            text: (!text.is_empty()).then(|| scrub::scrub(text).into_owned()),
        };
        if self.events.push(event).is_some() {
            self.events_dropped += 1;
        }
    }

    /// Gathers everything into a body that waits for [`Session::seal`]. `text` and `meta` are a
    /// batch as in [`lines::split`], `sources` the names that it refers to, one a line;
    /// `lines_dropped` counts lines that the host already had to forget.
    pub fn pack(&mut self, now_ms: f64, batch: (&str, &[i32]), sources: &str, lines_dropped: u32) {
        let mut body = self.facts.clone();
        body.captured_at_ms = now_ms.max(1.0) as u64;
        let raw = lines::split(batch.0, batch.1);
        let selection = lines::select(&raw, &self.bounds.lines, scrub::scrub);
        let sources: Vec<&str> = sources.split('\n').collect();
        body.logs.lines = selection
            .lines
            .into_iter()
            .map(|line| LogLine {
                at_ms: line.at_ms,
                level: Level::from_code(line.level),
                source: sources
                    .get(usize::from(line.source))
                    .map(|source| cut(source, LOG_SOURCE_BYTES_MAX).to_owned())
                    .unwrap_or_default(),
                message: line.text,
            })
            .collect();
        let dropped_lines = u64::from(selection.dropped_lines) + u64::from(lines_dropped);
        if dropped_lines + u64::from(selection.dropped_bytes) + self.events_dropped > 0 {
            body.dropped = Some(Dropped {
                log_lines: Some(dropped_lines),
                log_bytes: Some(u64::from(selection.dropped_bytes)),
                items: Some(self.events_dropped),
                ..Dropped::default()
            });
        }
        self.measure(&mut body, now_ms);
        self.packed = Some(body);
    }

    fn measure(&self, body: &mut SnapshotBody, now_ms: f64) {
        let relative = |at_ms: f64| (at_ms - now_ms) as i32;
        if let Some(summary) = self.frames.summary() {
            let fps = body.fps.get_or_insert_default();
            fps.interval_ms = Some(frames::INTERVAL_MS as u32);
            fps.window_ms = Some(summary.samples.len() as u32 * frames::INTERVAL_MS as u32);
            fps.mean = Some(summary.mean);
            fps.min = Some(summary.min);
            fps.frames = Some(summary.frames);
            fps.jank = Some(summary.jank);
            fps.freeze = Some(summary.freeze);
            fps.samples = summary.samples;
        }
        let probes = self.probes.summary();
        if probes.sent > 0 {
            body.rtt = Some(Rtt {
                interval_ms: Some(self.bounds.probe_interval_ms as u32),
                at_ms: self.probes.iter().map(|probe| relative(probe.at_ms)).collect(),
                rtt_ms: self.probes.iter().map(|probe| probe.rtt_ms).collect(),
                median_ms: probes.median_ms,
                jitter_ms: probes.jitter_ms,
                sent: Some(probes.sent),
                lost: Some(probes.lost),
                ..Rtt::default()
            });
        }
        if let Some(newest) = self.memory.iter().next_back() {
            let limit_bytes = self.memory_limit_bytes;
            let memory = body.memory.get_or_insert_with(Memory::default);
            memory.used_bytes = Some(newest.1 as u64);
            memory.limit_bytes = limit_bytes.is_finite().then_some(limit_bytes as u64);
            memory.at_ms = self.memory.iter().map(|sample| relative(sample.0)).collect();
            memory.samples_bytes = self.memory.iter().map(|sample| sample.1 as u64).collect();
        }
        let item = |event: &Event| Item {
            kind: event.kind.clone(),
            at_ms: relative(event.at_ms),
            value: event.value,
            text: event.text.clone(),
            ..Item::default()
        };
        body.items = self.events.iter().map(item).collect();
    }

    /// Log lines in the packed body.
    pub fn packed_lines(&self) -> usize {
        self.packed.as_ref().map_or(0, |body| body.logs.lines.len())
    }

    /// Encodes, compresses and signs the packed body. The sequence number is used up by success.
    pub fn seal(&mut self) -> Result<Sealed, SealError> {
        let (Some(key), Some(body)) = (&self.key, &self.packed) else {
            return Err(SealError::NotReady);
        };
        let sequence = self.next_sequence.ok_or(SealError::SequenceExhausted)?;
        let bytes = faultscan_wire::seal(self.ticket.bytes(), sequence, body, key)
            .map_err(SealError::Snapshot)?;
        self.packed = None;
        self.next_sequence = sequence.checked_add(1);
        Ok(Sealed { bytes, sequence })
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
