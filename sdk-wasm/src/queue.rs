//! When to send which snapshot: the upload state machine.
//!
//! It owns no bytes and makes no request. The host asks [`UploadQueue::next`] what to do, does it,
//! and reports how it went to [`UploadQueue::answered`]. There is never more than one request at a
//! time, and a snapshot leaves the queue only when the server took it, refused it for good, or
//! newer ones pushed it out.

use alloc::vec::Vec;
/// Limits of the upload path.
#[derive(Debug, Clone, Copy)]
pub struct UploadPolicy {
    /// Requests for one snapshot before it is parked.
    pub attempts_max: u32,
    /// First pause.
    pub backoff_ms: f64,
    /// Longest pause.
    pub backoff_max_ms: f64,
    /// Snapshots kept.
    pub items_max: usize,
    /// Bytes kept.
    pub bytes_max: usize,
}

impl Default for UploadPolicy {
    fn default() -> Self {
        Self {
            attempts_max: 4,
            backoff_ms: 500.0,
            backoff_max_ms: 30_000.0,
            items_max: 8,
            bytes_max: 2 << 20,
        }
    }
}

/// What the host should do now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Task {
    /// Upload the snapshot with this sequence number.
    Send(u32),
    /// Ask again after so many milliseconds.
    Wait(f64),
    /// Nothing to do until something is pushed or woken.
    Idle,
}

/// How a request went.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reply {
    /// The server can't be reached, did not answer in time, or what it said made no sense.
    Nothing,
    /// A status code, with the pause that the server asked for.
    Status(u16, Option<f64>),
}

/// What becomes of the snapshot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Verdict {
    /// Stored by the server.
    Done,
    /// Refused for good.
    Refused,
    /// Another attempt follows after so many milliseconds.
    Retry(f64),
    /// Kept until [`UploadQueue::wake`].
    Parked,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    /// To be sent at this time or later.
    Due(f64),
    Sending,
    /// Waits to be woken, at this time or later: the server may have asked for a long pause.
    Parked(f64),
}

struct Item {
    sequence: u32,
    bytes: usize,
    attempts: u32,
    state: State,
}

/// Bounded queue of sealed snapshots, by sequence number.
#[derive(Default)]
pub struct UploadQueue {
    /// Its limits.
    pub policy: UploadPolicy,
    items: Vec<Item>,
}

impl UploadQueue {
    /// An empty queue.
    pub fn new(policy: UploadPolicy) -> Self {
        Self {
            policy,
            items: Vec::new(),
        }
    }

    /// Takes a snapshot in (again: puts it back to work). Returns those that newer ones pushed
    /// out, oldest first; the one being sent and the new one itself stay.
    pub fn push(&mut self, sequence: u32, bytes: usize, now_ms: f64) -> Vec<u32> {
        if let Some(item) = self.items.iter_mut().find(|item| item.sequence == sequence) {
            if item.state != State::Sending {
                item.state = State::Due(now_ms);
                item.attempts = 0;
            }
            return Vec::new();
        }
        self.items.push(Item {
            sequence,
            bytes,
            attempts: 0,
            state: State::Due(now_ms),
        });
        let mut evicted = Vec::new();
        while self.items.len() > self.policy.items_max || self.bytes() > self.policy.bytes_max {
            let oldest = self.items[..self.items.len() - 1]
                .iter()
                .position(|item| item.state != State::Sending);
            let Some(oldest) = oldest else { break };
            evicted.push(self.items.remove(oldest).sequence);
        }
        evicted
    }

    /// What to do now. A snapshot that is handed out counts as being sent until it is answered.
    pub fn next(&mut self, now_ms: f64) -> Task {
        let mut wait_ms = f64::INFINITY;
        if self.items.iter().any(|item| item.state == State::Sending) {
            return Task::Idle;
        }
        for item in &mut self.items {
            if let State::Due(due_ms) = item.state {
                if due_ms <= now_ms {
                    item.state = State::Sending;
                    item.attempts += 1;
                    return Task::Send(item.sequence);
                }
                wait_ms = wait_ms.min(due_ms - now_ms);
            }
        }
        if wait_ms.is_finite() {
            Task::Wait(wait_ms)
        } else {
            Task::Idle
        }
    }

    /// Reports how sending went. `chance` in `0..1` spreads the retries of many phones.
    pub fn answered(&mut self, reply: Reply, now_ms: f64, chance: f64) -> Verdict {
        let policy = self.policy;
        let Some(index) = self
            .items
            .iter()
            .position(|item| item.state == State::Sending)
        else {
            return Verdict::Refused;
        };
        let asked_ms = match reply {
            Reply::Status(200..=299, _) => {
                self.items.remove(index);
                return Verdict::Done;
            }
            Reply::Status(408 | 425 | 429 | 500..=599, asked_ms) => asked_ms,
            Reply::Status(..) => {
                self.items.remove(index);
                return Verdict::Refused;
            }
            Reply::Nothing => None,
        };
        let item = &mut self.items[index];
        let asked_ms = asked_ms.unwrap_or(0.0);
        if item.attempts >= policy.attempts_max || asked_ms > policy.backoff_max_ms {
            item.state = State::Parked(now_ms + asked_ms);
            return Verdict::Parked;
        }
        let doubled =
            policy.backoff_ms * f64::from(1_u32 << item.attempts.saturating_sub(1).min(20));
        let pause_ms = doubled.min(policy.backoff_max_ms) * (0.5 + 0.5 * chance.clamp(0.0, 1.0));
        let pause_ms = pause_ms.max(asked_ms);
        item.state = State::Due(now_ms + pause_ms);
        Verdict::Retry(pause_ms)
    }

    /// Parks a snapshot that waits for its next attempt: the host knows that it would be in vain.
    pub fn park(&mut self, sequence: u32) {
        for item in &mut self.items {
            if item.sequence == sequence && item.state != State::Sending {
                item.state = State::Parked(0.0);
            }
        }
    }

    /// Puts everything that is parked back to work, with fresh attempts; only a pause that the
    /// server asked for is kept.
    pub fn wake(&mut self, now_ms: f64) {
        for item in &mut self.items {
            if let State::Parked(until_ms) = item.state
                && until_ms <= now_ms
            {
                item.state = State::Due(now_ms);
                item.attempts = 0;
            }
        }
    }

    /// Snapshots in the queue.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// True where nothing waits.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Bytes in the queue.
    pub fn bytes(&self) -> usize {
        self.items.iter().map(|item| item.bytes).sum()
    }
}

#[cfg(test)]
#[path = "queue_tests.rs"]
mod tests;
