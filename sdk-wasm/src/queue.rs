//! When to store, send and forget which snapshot: the upload state machine.
//!
//! It owns no bytes and makes no request. The host asks [`UploadQueue::next`] what to do, does it,
//! and reports how sending went to [`UploadQueue::answered`]. There is never more than one request
//! at a time, and a snapshot leaves the queue only when the server took it, refused it for good,
//! newer ones pushed it out, or it grew too old. What is in the queue is also in the host's storage
//! where that works, so that it outlives the app.

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
    /// How long a snapshot is kept.
    pub age_max_ms: f64,
}

impl Default for UploadPolicy {
    fn default() -> Self {
        Self {
            attempts_max: 4,
            backoff_ms: 500.0,
            backoff_max_ms: 30_000.0,
            items_max: 8,
            bytes_max: 1 << 20,
            age_max_ms: 86_400_000.0,
        }
    }
}

/// What the host should do now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Task {
    /// Put the snapshot with this number into storage, where there is any, and ask again.
    Store(u32),
    /// Take the snapshot with this number out of storage, and ask again.
    Forget(u32),
    /// Upload the snapshot with this number.
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
    /// Waits to be woken.
    Parked,
}

struct Item {
    id: u32,
    bytes: usize,
    attempts: u32,
    /// The server asked not to be bothered before.
    not_before_ms: f64,
    /// Too old from then on.
    until_ms: f64,
    state: State,
    /// Whether it is in storage.
    stored: bool,
}

/// Bounded queue of sealed snapshots, by numbers that the host gives them.
#[derive(Default)]
pub struct UploadQueue {
    /// Its limits.
    pub policy: UploadPolicy,
    items: Vec<Item>,
    /// What is no longer in the queue but still in storage.
    forget: Vec<u32>,
    /// What had to go and was not told yet.
    gone: Vec<u32>,
    /// While hidden: no request starts from then on.
    asleep_from_ms: Option<f64>,
}

impl UploadQueue {
    /// An empty queue.
    pub fn new(policy: UploadPolicy) -> Self {
        Self {
            policy,
            ..Self::default()
        }
    }

    /// Takes a snapshot in (again: puts it back to work). Newer ones push out the oldest, see
    /// [`UploadQueue::gone`]; the one being sent and the new one itself stay. `stored_age_ms` is for
    /// one that comes out of storage.
    pub fn push(&mut self, id: u32, bytes: usize, now_ms: f64, stored_age_ms: Option<f64>) {
        if let Some(item) = self.items.iter_mut().find(|item| item.id == id) {
            if item.state != State::Sending {
                item.state = State::Due(now_ms);
                item.attempts = 0;
            }
            return;
        }
        self.items.push(Item {
            id,
            bytes,
            attempts: 0,
            not_before_ms: f64::NEG_INFINITY,
            until_ms: now_ms + self.policy.age_max_ms - stored_age_ms.unwrap_or(0.0),
            state: State::Due(now_ms),
            stored: stored_age_ms.is_some(),
        });
        while self.items.len() > self.policy.items_max || self.bytes() > self.policy.bytes_max {
            let oldest = self.items[..self.items.len() - 1]
                .iter()
                .position(|item| item.state != State::Sending);
            let Some(oldest) = oldest else { break };
            self.give_up(oldest);
        }
    }

    fn give_up(&mut self, index: usize) {
        let id = self.remove(index);
        self.gone.push(id);
    }

    fn remove(&mut self, index: usize) -> u32 {
        let item = self.items.remove(index);
        if item.stored {
            self.forget.push(item.id);
        }
        item.id
    }

    /// A snapshot that had to go, pushed out or too old, each once.
    pub fn gone(&mut self) -> Option<u32> {
        self.gone.pop()
    }

    /// What to do now. A snapshot that is handed out to be sent counts as being sent until it is
    /// answered.
    pub fn next(&mut self, now_ms: f64) -> Task {
        while let Some(old) = self
            .items
            .iter()
            .position(|item| item.until_ms <= now_ms && item.state != State::Sending)
        {
            self.give_up(old);
        }
        if let Some(id) = self.forget.pop() {
            return Task::Forget(id);
        }
        // Before anything is sent: the app may end at any moment.
        if let Some(item) = self.items.iter_mut().find(|item| !item.stored) {
            item.stored = true;
            return Task::Store(item.id);
        }
        let asleep = self.asleep_from_ms.is_some_and(|from| from <= now_ms);
        if asleep || self.items.iter().any(|item| item.state == State::Sending) {
            return Task::Idle;
        }
        let mut wait_ms = f64::INFINITY;
        for item in &mut self.items {
            if let State::Due(due_ms) = item.state {
                let left_ms = due_ms - now_ms;
                // No pause is longer than the longest: then the clock was set back.
                if !(left_ms > 0.0 && left_ms <= self.policy.backoff_max_ms) {
                    item.state = State::Sending;
                    item.attempts += 1;
                    return Task::Send(item.id);
                }
                wait_ms = wait_ms.min(left_ms);
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
                self.remove(index);
                return Verdict::Done;
            }
            Reply::Status(408 | 425 | 429 | 500..=599, asked_ms) => asked_ms,
            Reply::Status(..) => {
                self.remove(index);
                return Verdict::Refused;
            }
            Reply::Nothing => None,
        };
        let item = &mut self.items[index];
        if reply == Reply::Nothing && self.asleep_from_ms.is_some() {
            // The host cuts the network of what nobody sees: no fault of the server.
            item.attempts = 0;
            item.state = State::Parked;
            return Verdict::Parked;
        }
        let asked_ms = asked_ms.unwrap_or(0.0);
        item.not_before_ms = now_ms + asked_ms;
        if item.attempts >= policy.attempts_max || asked_ms > policy.backoff_max_ms {
            item.state = State::Parked;
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
    pub fn park(&mut self, id: u32) {
        for item in &mut self.items {
            if item.id == id && item.state != State::Sending {
                item.state = State::Parked;
            }
        }
    }

    /// Nobody sees the app any more, and its network lives for another `grace_ms`: whatever waits
    /// is tried now.
    pub fn hide(&mut self, now_ms: f64, grace_ms: f64) {
        for item in &mut self.items {
            if let State::Due(_) = item.state {
                item.state = State::Due(now_ms.max(item.not_before_ms));
            }
        }
        self.wake(now_ms);
        self.asleep_from_ms = Some(now_ms + grace_ms);
    }

    /// Puts everything that is parked back to work, with fresh attempts; only a pause that the
    /// server asked for is kept. Ends what [`UploadQueue::hide`] began.
    pub fn wake(&mut self, now_ms: f64) {
        self.asleep_from_ms = None;
        for item in &mut self.items {
            if item.state == State::Parked && item.not_before_ms <= now_ms {
                item.state = State::Due(now_ms);
                item.attempts = 0;
            }
        }
    }

    /// Forgets everything, and that there was anything to take out of storage.
    pub fn clear(&mut self) {
        self.items.clear();
        self.forget.clear();
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
