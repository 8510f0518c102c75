//! Token buckets: how fast an address or a project may ask.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

/// How many tokens come back each second, and how many there can be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Tokens for each second.
    pub per_s: f64,
    /// Most tokens in a bucket.
    pub burst: f64,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    at_ms: u64,
}

impl Bucket {
    fn refill(&mut self, rate: Rate, now_ms: u64) {
        let passed_s = now_ms.saturating_sub(self.at_ms) as f64 / 1000.0;
        self.tokens = (self.tokens + passed_s * rate.per_s).min(rate.burst);
        self.at_ms = self.at_ms.max(now_ms);
    }
}

/// A bucket for each key, with bounded memory.
#[derive(Debug)]
pub struct Rates<K> {
    rate: Rate,
    entries_max: usize,
    buckets: Mutex<Buckets<K>>,
}

#[derive(Debug)]
struct Buckets<K> {
    by_key: HashMap<K, Bucket>,
    /// Shared by all keys for which there is no room.
    overflow: Bucket,
}

impl<K: Hash + Eq> Rates<K> {
    /// Buckets that are all full.
    #[must_use]
    pub fn new(rate: Rate, entries_max: usize) -> Self {
        let overflow = Bucket {
            tokens: rate.burst,
            at_ms: 0,
        };
        let buckets = Mutex::new(Buckets {
            by_key: HashMap::new(),
            overflow,
        });
        Self {
            rate,
            entries_max,
            buckets,
        }
    }

    /// Takes one token.
    ///
    /// # Errors
    /// Where there is none: seconds until there is one.
    pub fn take(&self, key: K, now_ms: u64) -> Result<(), u32> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let Buckets { by_key, overflow } = &mut *buckets;
        if by_key.len() >= self.entries_max && !by_key.contains_key(&key) {
            // Whoever has been quiet long enough to have a full bucket needs no entry.
            by_key.retain(|_, bucket| {
                bucket.refill(self.rate, now_ms);
                bucket.tokens < self.rate.burst
            });
        }
        let bucket = if by_key.len() < self.entries_max || by_key.contains_key(&key) {
            by_key.entry(key).or_insert(Bucket {
                tokens: self.rate.burst,
                at_ms: now_ms,
            })
        } else {
            overflow
        };
        bucket.refill(self.rate, now_ms);
        if bucket.tokens >= 1.0 {
            bucket.tokens -= 1.0;
            return Ok(());
        }
        let wait_s = ((1.0 - bucket.tokens) / self.rate.per_s).ceil();
        Err(wait_s.clamp(1.0, 3_600.0) as u32)
    }
}

/// The unit that address rates count by: an IPv4 address, or an IPv6 /64, since whoever has one
/// address of a /64 has them all.
#[must_use]
pub fn address_unit(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate {
        per_s: 2.0,
        burst: 3.0,
    };

    #[test]
    fn a_burst_is_allowed_then_the_rate() {
        let rates = Rates::new(RATE, 10);
        for _ in 0..3 {
            assert_eq!(rates.take("a", 1_000), Ok(()));
        }
        assert_eq!(rates.take("a", 1_000), Err(1));
        assert_eq!(rates.take("b", 1_000), Ok(()));
        assert_eq!(rates.take("a", 1_500), Ok(()));
        assert_eq!(rates.take("a", 1_500), Err(1));
    }

    #[test]
    fn memory_stays_bounded_and_strangers_share_a_bucket() {
        let rates = Rates::new(RATE, 2);
        for key in 0..2 {
            assert_eq!(rates.take(key, 1_000), Ok(()));
        }
        let granted = (2..100)
            .filter(|key| rates.take(*key, 1_000).is_ok())
            .count();
        assert_eq!(granted, 3);
        assert_eq!(rates.buckets.lock().unwrap().by_key.len(), 2);
        // Once the first two have been quiet, newcomers get entries of their own.
        assert_eq!(rates.take(200, 60_000), Ok(()));
        assert!(rates.buckets.lock().unwrap().by_key.contains_key(&200));
    }

    #[test]
    fn a_clock_that_steps_back_gives_nothing_away() {
        let rates = Rates::new(RATE, 2);
        for _ in 0..3 {
            assert_eq!(rates.take("a", 10_000), Ok(()));
        }
        assert!(rates.take("a", 5_000).is_err());
        assert!(rates.take("a", 10_400).is_err());
        assert!(rates.take("a", 10_500).is_ok());
    }

    #[test]
    fn an_ipv6_network_is_one_unit() {
        let unit = |text: &str| address_unit(text.parse().unwrap());
        assert_eq!(unit("2001:db8::1"), unit("2001:db8::ffff:1"));
        assert_ne!(unit("2001:db8::1"), unit("2001:db8:0:1::1"));
        assert_eq!(unit("::ffff:192.0.2.1"), unit("192.0.2.1"));
        assert_ne!(unit("192.0.2.1"), unit("192.0.2.2"));
    }
}
