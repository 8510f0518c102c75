//! What JavaScript calls. Only numbers and byte arrays cross: no JavaScript object, no 64-bit
//! integer, no exception. Texts cross as UTF-8, which every host codes faster at once than the glue
//! does by character.
//!
//! Each exported function costs a quarter of a kilobyte on both sides, so there is one for numbers
//! and one for bytes, and a number says what is meant. `core.ts` names the same numbers; change
//! both together. Sessions are named by a handle; a handle that is closed does nothing.

use alloc::vec::Vec;
use faultscan_wire::scrub::Scrubber;
use faultscan_wire::sign::{Verifier as _, light::LightVerifyingKey};
use faultscan_wire::{FLAG_ENCRYPTED, TicketError};
use spin::Mutex;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::lines::until;
use crate::queue::{Reply, Task, UploadQueue, Verdict};
use crate::session::{Issuer, SealError, Session};

/// A session, its upload queue, and figures of its newest snapshot.
struct Live {
    session: Session,
    queue: UploadQueue,
    /// Sequence number, bytes of the body, log lines.
    sealed: [f64; 3],
    /// What belongs to the lines that come next: names of sources, numbers.
    sources: Vec<u8>,
    meta: Vec<u8>,
}

/// The module runs on one thread and calls nothing outside, so this lock is always free, unless a
/// panic stopped the module in the midst of a call: then nothing more is done, for nobody could say
/// in what state.
static SESSIONS: Mutex<Vec<Option<Live>>> = Mutex::new(Vec::new());

/// Generic rather than `dyn`: without a single indirect call the linker's table of functions can
/// go, and with it all formatting code, which only panics refer to.
fn with(handle: u32, work: impl FnOnce(&mut Live)) {
    if let Some(mut sessions) = SESSIONS.try_lock()
        && let Some(Some(live)) = sessions.get_mut(handle as usize)
    {
        work(live);
    }
}

/// The number by which [`set`] closes a session.
const CLOSE: u32 = 26;

/// A text that `core.ts` encoded: nothing where it is not UTF-8, as a shim for the encoder might have it.
fn utf8(bytes: &[u8]) -> &str {
    core::str::from_utf8(bytes).unwrap_or_default()
}

/// Opens a session by issuers of 40 bytes each (key id or zeros, then the key), a ticket's bytes after
/// them, and the device's clock: nothing, or one byte that says why not.
fn open(given: &[u8], keys_len: usize, now_ms: f64) -> Vec<u8> {
    let (keys, ticket) = given.split_at_checked(keys_len).unwrap_or_default();
    let mut issuers = Vec::new();
    for record in keys.as_chunks::<40>().0 {
        if let Some((&id, key)) = record.split_first_chunk()
            && let Ok(key) = key.try_into()
            && let Ok(key) = LightVerifyingKey::from_bytes(key)
        {
            issuers.push(Issuer { id, key });
        }
    }
    let fault = match Session::open(ticket, &issuers, now_ms) {
        Ok(session) => match SESSIONS.try_lock() {
            Some(mut sessions) => {
                sessions.push(Some(Live {
                    session,
                    queue: UploadQueue::default(),
                    sealed: [0.0; 3],
                    sources: Vec::new(),
                    meta: Vec::new(),
                }));
                return Vec::new();
            }
            None => 0,
        },
        Err(TicketError::UnknownIssuer) => 1,
        Err(TicketError::BadSignature) => 2,
        Err(TicketError::Expired { .. }) => 3,
        Err(TicketError::NotYetValid { .. }) => 4,
        Err(_) => 0,
    };
    [fault].into()
}

/// Whether a key (32 bytes) has made the signature (64 bytes) that follows it over all that follows
/// that, strictly: the diagnosis checks its catalogue by this.
fn is_signed(given: &[u8]) -> Option<()> {
    let (key, given) = given.split_first_chunk()?;
    let (signature, message) = given.split_first_chunk()?;
    let key = LightVerifyingKey::from_bytes(key).ok()?;
    key.verifies(&[], message, signature).then_some(())
}

/// Ends a session. Handles are not used again.
fn close(handle: u32) {
    if let Some(mut sessions) = SESSIONS.try_lock()
        && let Some(slot) = sessions.get_mut(handle as usize)
    {
        *slot = None;
    }
}

/// Tells a number, or asks for one. NaN stands for "not known" in both directions.
#[wasm_bindgen]
pub fn set(handle: u32, what: u32, a: f64, b: f64, c: f64, d: f64) -> f64 {
    let mut answer = f64::NAN;
    if what == CLOSE {
        close(handle);
    }
    with(handle, |live| {
        answer = number(live, what, [a, b, c, d]);
    });
    answer
}

/// What `put` takes as an event.
const EVENT: u32 = 100;

/// Tells tasks apart whose snapshots have any number of 32 bits.
const STORE: f64 = 4_294_967_296.0;

fn number(live: &mut Live, what: u32, [a, b, c, d]: [f64; 4]) -> f64 {
    let Live {
        session,
        queue,
        sealed,
        ..
    } = live;
    match what {
        // A frame was drawn at `a`.
        0 => session.frames.frame(a),
        // The page is hidden.
        1 => session.frames.pause(),
        // Frames per second now, at `a`.
        2 => return session.frames.current(a).map_or(f64::NAN, f64::from),
        // How many samples of frames per second there are; then sample `a`.
        3 => return session.frames.intervals().len() as f64,
        4 => {
            return session
                .frames
                .intervals()
                .get(a as usize)
                .map_or(f64::NAN, |i| i.fps.into());
        }
        // A probe of time `a` was answered after `b`.
        5 => session.probes.push(a, b),
        // How many probes there are; then the round trip of probe `a`, NaN where it was lost.
        6 => return session.probes.probes().len() as f64,
        7 => {
            let probe = session.probes.probes().get(a as usize);
            return probe
                .and_then(|probe| probe.rtt_ms)
                .map_or(f64::NAN, f64::from);
        }
        // Median round trip.
        8 => {
            return session
                .probes
                .summary()
                .median_ms
                .map_or(f64::NAN, f64::from);
        }
        // At `a`, memory use was `b` of at most `c`; 1 where that passes the threshold.
        9 => return f64::from(u8::from(session.memory(a, b, c))),
        // Fact number `a` is `b`.
        10 => session.facts.set_number(a as u32, b),
        // Bound number `a` is `b`.
        11 => bound(session, queue, a as u32, b),
        // Figure `a` of the newest snapshot: sequence (-1: it failed), bytes, log lines.
        12 => return sealed.get(a as usize).copied().unwrap_or(f64::NAN),
        // The next sequence number.
        13 => return session.next_sequence().map_or(f64::NAN, f64::from),
        // Leave out `a` sequence numbers.
        14 => session.skip_sequences(a as u32),
        // Queue snapshot `a` of `b` bytes at `c`; `d` is its age where it comes out of storage.
        15 => queue.push(a as u32, b as usize, c, (!d.is_nan()).then_some(d)),
        // A snapshot that had to go, each once.
        16 => return queue.gone().map_or(f64::NAN, f64::from),
        // What to do at `a`: a snapshot to send, 2^32 more: to store, 2^33 more: to forget, or
        // `-1 - ms` to wait.
        17 => {
            return match queue.next(a) {
                Task::Send(id) => f64::from(id),
                Task::Store(id) => f64::from(id) + STORE,
                Task::Forget(id) => f64::from(id) + STORE * 2.0,
                Task::Wait(ms) => -1.0 - ms,
                Task::Idle => f64::NAN,
            };
        }
        // At `c`, sending the snapshot that was handed out ended with status `a` (0: no answer)
        // and `Retry-After` of `b`; `d` is a chance. A pause until the next attempt, or -1 done,
        // -2 refused, -3 parked.
        18 => {
            let reply = match a as u16 {
                0 => Reply::Nothing,
                status => Reply::Status(status, b.is_finite().then_some(b)),
            };
            return match queue.answered(reply, c, d) {
                Verdict::Retry(ms) => ms,
                Verdict::Done => -1.0,
                Verdict::Refused => -2.0,
                Verdict::Parked => -3.0,
            };
        }
        // Send snapshot `a` no more until woken; put parked snapshots back to work at `a`.
        19 => queue.park(a as u32),
        20 => queue.wake(a),
        // At `a` the app was hidden, and its network lives for another `b`.
        21 => queue.hide(a, b),
        // Events that had to go before they were handed over.
        22 => session.events_dropped = a as u32,
        // The number of the next urgent datagram.
        23 => return session.next_urgent().into(),
        // It is at least `a`: another session with this key may have used some.
        24 => session.skip_urgent_to(a as u32),
        // Consent was taken back: nothing waits any more.
        25 => queue.clear(),
        _ => {}
    }
    f64::NAN
}

fn bound(session: &mut Session, queue: &mut UploadQueue, which: u32, value: f64) {
    let bounds = &mut session.bounds;
    let uploads = &mut queue.policy;
    match which {
        0 => bounds.lines.lines_max = value as usize,
        1 => bounds.lines.window_ms = value as i32,
        2 => bounds.lines.bytes_max = value as usize,
        3 => bounds.memory_warning_bytes = value,
        4 => bounds.probe_interval_ms = value,
        5 => uploads.attempts_max = value as u32,
        6 => uploads.backoff_ms = value,
        7 => uploads.backoff_max_ms = value,
        8 => uploads.items_max = value as usize,
        9 => uploads.bytes_max = value as usize,
        10 => uploads.age_max_ms = value,
        _ => {}
    }
}

/// Hands over bytes, mostly text in UTF-8, and gets bytes back. What below 100 is a fact of that
/// number, and further:
///
/// | what | bytes | a, b | answer |
/// |---|---|---|---|
/// | 100 | an event: its kind, a line feed, its text | time, value or NaN | |
/// | 200 | | | the gathered snapshot; where that fails, its figure for the sequence is -1 and this is the reason's name |
/// | 201 to 204 | last line | time, milliseconds blocked or NaN | urgent datagram of kind 1 to 4 |
/// | 205 | lines, U+0000 between them | | the same without secrets |
/// | 206 | | | as 200, not signed yet and to be encrypted first |
/// | 207 | an envelope | | the same, signed |
/// | 210 | issuers, then the ticket | time, bytes of the issuers | nothing, or the number of a fault (`REFUSED` in `core.ts`); the handle counts up from 0 |
/// | 211 | seed of the session's key | next numbers of snapshots and urgent datagrams | |
/// | 212, 213 | sources, numbers of the lines that come next | | |
/// | 214 | lines, see [`Session::pack`] | time, lines dropped | |
/// | 215 | a key, a signature, what it covers | | one byte if the signature is good, else nothing |
#[wasm_bindgen]
pub fn call(handle: u32, what: u32, bytes: &[u8], a: f64, b: f64) -> Vec<u8> {
    let mut answer = Vec::new();
    if what == 210 {
        return open(bytes, b as usize, a);
    }
    if what == 215 {
        return is_signed(bytes).map_or_else(Vec::new, |()| [1].into());
    }
    with(handle, |live| answer = told(live, what, bytes, a, b));
    answer
}

fn told(live: &mut Live, what: u32, bytes: &[u8], a: f64, b: f64) -> Vec<u8> {
    let session = &mut live.session;
    // Keys and ciphertexts are no texts.
    let text = || utf8(bytes);
    match what {
        0..EVENT => session.facts.set_text(what, text()),
        EVENT => {
            let (kind, text) = until(text(), b'\n');
            session.event(kind, a, b, text.unwrap_or_default());
        }
        200 => return seal(live, 0),
        206 => return seal(live, FLAG_ENCRYPTED),
        207 => {
            let mut envelope = bytes.to_vec();
            session.sign(&mut envelope);
            return envelope;
        }
        201..=204 => return session.urgent((what - 200) as u8, a, b, text()),
        205 => return scrubbed(text()),
        211 => {
            if let Ok(seed) = bytes.try_into() {
                session.use_key(seed, a as u32, b as u32);
            }
        }
        212 => live.sources = bytes.into(),
        213 => live.meta = bytes.into(),
        214 => session.pack(a, text(), &live.meta, utf8(&live.sources), b as u32),
        _ => {}
    }
    Vec::new()
}

/// An envelope; one that is still to be encrypted is not signed yet.
fn seal(live: &mut Live, flags: u8) -> Vec<u8> {
    match live.session.envelope(flags) {
        Ok(mut sealed) => {
            if flags == 0 {
                live.session.sign(&mut sealed.bytes);
            }
            live.sealed = [
                f64::from(sealed.sequence),
                sealed.uncompressed_bytes as f64,
                sealed.lines as f64,
            ];
            sealed.bytes
        }
        Err(error) => {
            live.sealed = [-1.0, 0.0, 0.0];
            SealError::reason(&error).into()
        }
    }
}

fn scrubbed(text: &str) -> Vec<u8> {
    let mut scrubber = Scrubber::new();
    let mut clean = Vec::new();
    let mut rest = Some(text);
    while let Some(text) = rest {
        let (line, more) = until(text, 0);
        clean.extend_from_slice(scrubber.scrub(line).as_bytes());
        clean.push(0);
        rest = more;
    }
    clean.pop();
    clean
}
