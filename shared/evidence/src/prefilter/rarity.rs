//! How often a few bytes stand in ordinary logs.
//!
//! Learnt at start from a page of ordinary lines (`ordinary.txt`) and the words that ordinary lines
//! use (`words.txt`): counts of the grams themselves, and of pairs of bytes for what neither holds.
//! Only speed depends on it: a line added there makes the prefilter avoid what the line says. All
//! digits count as one, each tenth as often, unless it repeats the one before.

#[cfg(not(target_family = "wasm"))]
const ORDINARY: &str = include_str!("ordinary.txt");
#[cfg(not(target_family = "wasm"))]
const WORDS: &str = include_str!("words.txt");
/// A phone makes do with half a dozen lines: each byte is downloaded, and a snapshot is small.
#[cfg(target_family = "wasm")]
const ORDINARY: &str = include_str!("few.txt");
#[cfg(target_family = "wasm")]
const WORDS: &str = "";
const SLOTS: usize = 1 << 16;
/// A pair that never occurs counts as this much of one.
const UNSEEN: f32 = 0.05;

/// Estimates of how often grams occur.
#[derive(Debug)]
pub(crate) struct Rarity {
    /// P(second byte | first byte).
    pairs: Vec<f32>,
    singles: [f32; 256],
    /// Of grams of three, four and six bytes, by hash.
    counts: Vec<u16>,
    total: f32,
}

impl Rarity {
    pub(crate) fn of_ordinary_logs() -> Self {
        Self::of_text(&[ORDINARY.as_bytes(), WORDS.as_bytes()].concat())
    }

    fn of_text(text: &[u8]) -> Self {
        let text: Vec<u8> = text.iter().map(|byte| class(*byte)).collect();
        let mut pairs = vec![UNSEEN; SLOTS];
        let mut singles = [1.0; 256];
        for byte in &text {
            singles[usize::from(*byte)] += 1.0;
        }
        for pair in text.windows(2) {
            pairs[usize::from(pair[0]) << 8 | usize::from(pair[1])] += 1.0;
        }
        for (first, row) in pairs.chunks_mut(256).enumerate() {
            row.iter_mut().for_each(|count| *count /= singles[first]);
        }
        let mut counts = vec![0_u16; SLOTS];
        for length in [3, 4, 6] {
            for gram in text.windows(length) {
                let slot = &mut counts[slot(gram)];
                *slot = slot.saturating_add(1);
            }
        }
        let total = text.len() as f32;
        singles.iter_mut().for_each(|count| *count /= total);
        Self {
            pairs,
            singles,
            counts,
            total,
        }
    }

    /// The probability that `gram` begins at some position, roughly.
    pub(crate) fn of(&self, gram: &[u8]) -> f64 {
        let Some(first) = gram.first() else {
            return 1.0;
        };
        let chain = gram
            .windows(2)
            .fold(self.singles[usize::from(class(*first))], |p, pair| {
                p * self.pairs[usize::from(class(pair[0])) << 8 | usize::from(class(pair[1]))]
            });
        let seen = match gram.len() {
            3 | 4 | 6 => f32::from(self.counts[slot(gram)]) / self.total,
            _ => 0.0,
        };
        f64::from((chain + seen) * 0.1_f32.powi(digits(gram)))
    }

    /// The probability that a literal begins at some position, roughly.
    pub(crate) fn of_literal(&self, literal: &[u8]) -> f64 {
        // What occurs on the page as a whole occurs; otherwise its rarest grams decide.
        let rarest = literal
            .windows(6.min(literal.len().max(1)))
            .map(|gram| self.of(gram))
            .fold(1.0, f64::min);
        let length = literal.len().min(32) as i32;
        rarest * 0.9_f64.powi(length)
    }
}

/// Digits of a gram that may be any of ten. One that repeats the digit before it may not: numbers
/// are round, or filled up with zeros.
fn digits(gram: &[u8]) -> i32 {
    let mut before = 0;
    let free = gram.iter().filter(|byte| {
        let is_free = byte.is_ascii_digit() && **byte != before;
        before = **byte;
        is_free
    });
    free.count() as i32
}

/// What a byte counts as.
fn class(byte: u8) -> u8 {
    if byte.is_ascii_digit() {
        b'0'
    } else {
        byte | 0x20
    }
}

fn slot(gram: &[u8]) -> usize {
    let hash = gram.iter().fold(gram.len() as u64, |hash, byte| {
        (hash ^ u64::from(class(*byte))).wrapping_mul(0x0100_0000_01b3)
    });
    (hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 48) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_logs_say_all_day_is_common() {
        let rarity = Rarity::of_ordinary_logs();
        for (common, rare) in [
            (&b"INFO"[..], &b"XAER"[..]),
            (b"reques", b"refuse"),
            (b" the ", b"x509:"),
        ] {
            assert!(rarity.of(common) > 10.0 * rarity.of(rare), "{common:?}");
        }
    }

    #[test]
    fn what_the_page_does_not_hold_is_rare_but_possible() {
        let rarity = Rarity::of_ordinary_logs();
        assert!(rarity.of("连接".as_bytes()) > 0.0);
        assert!(rarity.of(b"\0\0\0\0") < rarity.of(b"tion"));
    }
}
