//! What JavaScript calls. Only numbers, strings and byte arrays cross: no JavaScript object, no
//! 64-bit integer, no exception. `core.ts` declares the same functions; change both together.

use faultscan_wire::{Ticket, VerifyingKey, sign};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::lines::LineBounds;
use crate::queue::{Reply, Task, UploadPolicy, UploadQueue, Verdict};
use crate::session::{Bounds, Session};
use crate::view;

/// Reads a ticket without checking signature or time: `{"ticket": …}` or `{"reason": …}`.
#[wasm_bindgen]
pub fn decode_ticket(text: &str) -> String {
    Ticket::parse(text).map_or_else(|error| view::refusal(&error), |ticket| view::ticket(&ticket))
}

/// The outcome of opening a session: a report for people, and the session where there is one.
#[wasm_bindgen]
pub struct Opening {
    report: String,
    session: Option<Session>,
}

#[wasm_bindgen]
impl Opening {
    /// Checks a scanned ticket against issuer keys of 32 bytes each and the device's clock.
    #[wasm_bindgen(constructor)]
    pub fn new(text: &str, keys: &[u8], now_ms: f64) -> Self {
        let keys: Vec<VerifyingKey> = keys
            .as_chunks::<32>()
            .0
            .iter()
            .filter_map(|key| sign::verifying_key(key).ok())
            .collect();
        match Session::open(text, &keys, now_ms) {
            Ok(session) => {
                Self { report: view::ticket(session.ticket()), session: Some(session) }
            }
            Err(error) => Self { report: view::refusal(&error), session: None },
        }
    }

    /// `{"ticket": …}` or `{"reason": …}`.
    pub fn report(&self) -> String {
        self.report.clone()
    }

    /// The session, once.
    pub fn core(self) -> Option<Core> {
        let session = self.session?;
        Some(Core {
            session,
            queue: UploadQueue::default(),
            evicted: Vec::new(),
            lines: 0,
            sequence: 0,
            uncompressed_bytes: 0,
            fault: "",
        })
    }
}

/// One session and its upload queue.
#[wasm_bindgen]
pub struct Core {
    session: Session,
    queue: UploadQueue,
    evicted: Vec<u32>,
    lines: usize,
    sequence: u32,
    uncompressed_bytes: usize,
    fault: &'static str,
}

#[wasm_bindgen]
impl Core {
    /// Sets the session key by its seed of 32 bytes; any other length is ignored.
    pub fn key(&mut self, seed: &[u8], next_sequence: u32) {
        if let Ok(seed) = seed.try_into() {
            self.session.use_key(seed, next_sequence);
        }
    }

    /// Sets the bounds, in this order: log lines, window in ms, log bytes, memory warning in bytes,
    /// probe interval in ms; then upload attempts, first and longest pause in ms, queued snapshots,
    /// queued bytes.
    pub fn limits(&mut self, values: &[f64]) {
        let &[lines, window_ms, bytes, memory, probe_ms, attempts, pause, longest, items, queued] =
            values
        else {
            return;
        };
        let line_bytes_max = usize::MAX;
        self.session.set_bounds(Bounds {
            lines: LineBounds {
                lines_max: lines as usize,
                window_ms: window_ms as i32,
                bytes_max: bytes as usize,
                line_bytes_max,
            },
            memory_warning_bytes: memory,
            probe_interval_ms: probe_ms,
        });
        self.queue = UploadQueue::new(UploadPolicy {
            attempts_max: attempts as u32,
            backoff_ms: pause,
            backoff_max_ms: longest,
            items_max: items as usize,
            bytes_max: queued as usize,
        });
    }

    /// Sets a fact: see `Facts::set_text`.
    pub fn text(&mut self, field: u32, value: &str) {
        self.session.facts.set_text(field, value);
    }

    /// Sets a fact: see `Facts::set_number`.
    pub fn number(&mut self, field: u32, value: f64) {
        self.session.facts.set_number(field, value);
    }

    /// A frame was drawn.
    pub fn frame(&mut self, tick_ms: f64) {
        self.session.frames.frame(tick_ms);
    }

    /// The page is hidden.
    pub fn pause(&mut self) {
        self.session.frames.pause();
    }

    /// Frames per second now; NaN where not known.
    pub fn fps(&self, tick_ms: f64) -> f64 {
        self.session.frames.current(tick_ms).map_or(f64::NAN, f64::from)
    }

    /// Frames per second by interval.
    pub fn fps_samples(&self) -> Vec<f64> {
        self.session.frames.samples().into_iter().map(f64::from).collect()
    }

    /// A probe was answered after so long; NaN: it was lost.
    pub fn probe(&mut self, at_ms: f64, rtt_ms: f64) {
        self.session.probes.push(at_ms, rtt_ms);
    }

    /// Round trips; NaN stands for a lost one.
    pub fn rtt_samples(&self) -> Vec<f64> {
        self.session.probes.probes().iter().map(|probe| probe.rtt_ms.map_or(f64::NAN, f64::from)).collect()
    }

    /// Median round trip; NaN where not known.
    pub fn rtt_median(&self) -> f64 {
        self.session.probes.summary().median_ms.map_or(f64::NAN, f64::from)
    }

    /// A memory reading; NaN: the limit is not known.
    pub fn memory(&mut self, at_ms: f64, used_bytes: f64, limit_bytes: f64) {
        self.session.memory(at_ms, used_bytes, limit_bytes);
    }

    /// Something happened; NaN and the empty text mean: none.
    pub fn item(&mut self, kind: &str, at_ms: f64, value: f64, text: &str) {
        self.session.event(kind, at_ms, value, text);
    }

    /// Gathers a snapshot: see [`Session::pack`].
    pub fn pack(&mut self, now_ms: f64, text: &str, meta: &[i32], sources: &str, dropped: u32) {
        self.session.pack(now_ms, (text, meta), sources, dropped);
    }

    /// Seals the gathered snapshot. Empty where that failed; then `fault` says why.
    pub fn sign(&mut self) -> Vec<u8> {
        match self.session.seal() {
            Ok(sealed) => {
                self.sequence = sealed.sequence;
                self.uncompressed_bytes = sealed.uncompressed_bytes;
                self.lines = sealed.lines;
                sealed.bytes
            }
            Err(error) => {
                self.fault = error.reason();
                Vec::new()
            }
        }
    }

    /// Of the newest sealed snapshot: 0 sequence, 1 uncompressed bytes, 2 log lines. 3: the next
    /// sequence number, NaN after the last.
    pub fn packed(&self, figure: u32) -> f64 {
        match figure {
            0 => f64::from(self.sequence),
            1 => self.uncompressed_bytes as f64,
            2 => self.lines as f64,
            _ => self.session.next_sequence().map_or(f64::NAN, f64::from),
        }
    }

    /// Why `sign` failed.
    pub fn fault(&self) -> String {
        self.fault.to_owned()
    }

    /// Leaves out sequence numbers.
    pub fn skip(&mut self, by: u32) {
        self.session.skip_sequences(by);
    }

    /// Queues a snapshot; `evicted` then names those that had to go.
    pub fn push(&mut self, sequence: u32, bytes: u32, tick_ms: f64) {
        self.evicted.extend(self.queue.push(sequence, bytes as usize, tick_ms));
    }

    /// A snapshot that had to go, each once; -1 when there is none.
    pub fn evicted(&mut self) -> f64 {
        self.evicted.pop().map_or(-1.0, f64::from)
    }

    /// What to do: a sequence number to send; below zero, `-1 - ms` to wait; NaN, nothing.
    pub fn next(&mut self, tick_ms: f64) -> f64 {
        match self.queue.next(tick_ms) {
            Task::Send(sequence) => f64::from(sequence),
            Task::Wait(ms) => -1.0 - ms,
            Task::Idle => f64::NAN,
        }
    }

    /// Reports a request: its status, 0 for no answer; NaN: no `Retry-After`. The verdict is a
    /// pause in milliseconds until the next attempt, or -1 done, -2 refused, -3 parked.
    pub fn answered(
        &mut self,
        sequence: u32,
        status: u32,
        retry_after_ms: f64,
        tick_ms: f64,
        chance: f64,
    ) -> f64 {
        let asked_ms = retry_after_ms.is_finite().then_some(retry_after_ms);
        let reply = match u16::try_from(status) {
            Ok(status) if status > 0 => Reply::Status(status, asked_ms),
            _ => Reply::Nothing,
        };
        match self.queue.answered(sequence, reply, tick_ms, chance) {
            Verdict::Retry(ms) => ms,
            Verdict::Done => -1.0,
            Verdict::Refused => -2.0,
            Verdict::Parked => -3.0,
        }
    }

    /// Sends no more of this snapshot until woken.
    pub fn park(&mut self, sequence: u32) {
        self.queue.park(sequence);
    }

    /// Puts parked snapshots back to work.
    pub fn wake(&mut self, tick_ms: f64) {
        self.queue.wake(tick_ms);
    }
}
