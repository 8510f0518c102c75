//! Which positions of a text may begin a gram: bit tables over hashes of grams.

use super::{MIX, PLACES, STRIDE, folded};

/// Bytes of one turn, and what its loads may read beyond them.
const TURN: usize = PLACES * STRIDE;
const BEYOND: usize = 8;
/// Sizes of the tables for each hash in them, at least.
const BITS_PER_HASH_FIRST: usize = 20;
const BITS_PER_HASH: usize = 24;
const MIX_SHORT: u32 = 0x85eb_ca77;

/// What a text is held against at every position: a word for each hash, and two bits in it that are
/// set where a gram of that hash is known. The sizes are fixed, so that the loop holds no bound to
/// check.
#[derive(Debug)]
pub(super) enum Sieve {
    Small(Box<[u64; 1 << 11]>),
    Medium(Box<[u64; 1 << 13]>),
    Large(Box<[u64; 1 << 15]>),
    Huge(Box<[u64; 1 << 17]>),
}

/// The same for short grams, which are few.
pub(super) type ShortSieve = [u8; 1 << 15];

impl Sieve {
    pub(super) fn of(hashes: &[u64]) -> Self {
        match hashes.len() * BITS_PER_HASH_FIRST / 64 {
            0..=0x800 => Self::Small(filled(hashes)),
            0x801..=0x2000 => Self::Medium(filled(hashes)),
            0x2001..=0x8000 => Self::Large(filled(hashes)),
            _ => Self::Huge(filled(hashes)),
        }
    }

    pub(super) fn bytes(&self) -> usize {
        let words = match self {
            Self::Small(words) => words.len(),
            Self::Medium(words) => words.len(),
            Self::Large(words) => words.len(),
            Self::Huge(words) => words.len(),
        };
        words * size_of::<u64>()
    }

    /// Marks the positions of a text that may begin a gram, by turns.
    pub(super) fn marks(&self, short: Option<&ShortSieve>, text: &[u8], out: &mut Vec<Turn>) {
        match self {
            Self::Small(long) => marks(long, short, text, out),
            Self::Medium(long) => marks(long, short, text, out),
            Self::Large(long) => marks(long, short, text, out),
            Self::Huge(long) => marks(long, short, text, out),
        }
    }
}

fn filled<const N: usize>(hashes: &[u64]) -> Box<[u64; N]> {
    let mut words: Box<[u64; N]> = vec![0; N]
        .into_boxed_slice()
        .try_into()
        .unwrap_or_else(|_| Box::new([0; N]));
    for hash in hashes {
        let [first, second] = bits_of(*hash);
        words[place::<N>(*hash)] |= 1 << first | 1 << second;
    }
    words
}

/// The place of a hash in a table; its upper bits are the best mixed.
#[inline(always)]
fn place<const N: usize>(hash: u64) -> usize {
    (hash >> (64 - N.trailing_zeros())) as usize % N
}

/// The two bits of a hash in its word.
#[inline(always)]
fn bits_of(hash: u64) -> [u64; 2] {
    [hash >> 34 & 63, hash >> 40 & 63]
}

#[inline(always)]
pub(super) fn short_places(gram: u32) -> [usize; 2] {
    let hash = gram.wrapping_mul(MIX_SHORT);
    [(hash >> 17) as usize, (hash >> 6) as usize & 0x7fff]
}

/// Where a turn began, and its marks.
pub(crate) type Turn = (usize, u32);

fn marks<const N: usize>(
    long: &[u64; N],
    short: Option<&ShortSieve>,
    text: &[u8],
    out: &mut Vec<Turn>,
) {
    match short {
        Some(short) => marks_of::<N, true>(long, short, text, out),
        None => marks_of::<N, false>(long, &[0; 1 << 15], text, out),
    }
}

/// All the time goes here.
#[inline(never)]
fn marks_of<const N: usize, const SHORT_TOO: bool>(
    long: &[u64; N],
    short: &ShortSieve,
    text: &[u8],
    out: &mut Vec<Turn>,
) {
    let mut at = 0;
    while let Some(window) = text
        .get(at..)
        .and_then(<[u8]>::first_chunk::<{ TURN + BEYOND }>)
    {
        let marks = turn::<N, SHORT_TOO>(long, short, window);
        if marks != 0 {
            out.push((at, marks));
        }
        at += TURN;
    }
    // What is left is shorter than a window; zeros stand in for what would follow.
    while at < text.len() {
        let rest = &text[at..];
        let mut window = [0; TURN + BEYOND];
        let length = rest.len().min(window.len());
        window[..length].copy_from_slice(&rest[..length]);
        let marks = turn::<N, SHORT_TOO>(long, short, &window);
        if marks != 0 {
            out.push((at, marks));
        }
        at += TURN;
    }
}

/// For each position of the window a bit where a long gram may begin, and above all those one
/// where a short one may. Written out, so that nothing but the tables is looked at.
#[inline(always)]
fn turn<const N: usize, const SHORT_TOO: bool>(
    long: &[u64; N],
    short: &ShortSieve,
    window: &[u8; TURN + BEYOND],
) -> u32 {
    let mark = |at: usize| {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&window[at * STRIDE..at * STRIDE + 8]);
        let x = folded(u64::from_le_bytes(bytes));
        let hash = hash_long(x);
        let word = long[place::<N>(hash)];
        let [first, second] = bits_of(hash);
        let mut mark = (((word >> first) & (word >> second)) as u32 & 1) << at;
        if SHORT_TOO {
            let [first, second] = short_places(x as u32);
            mark |= u32::from(short[first] & short[second] >> 1) << (at + PLACES);
        }
        mark
    };
    mark(0) | mark(1) | mark(2) | mark(3) | mark(4) | mark(5) | mark(6) | mark(7)
}

/// A finer sieve for what passes the first: a word for each hash, and two bits in it.
#[derive(Debug)]
pub(super) struct Bits {
    pub(super) words: Vec<u32>,
    /// 64 less the logarithm of the number of words.
    shift: u32,
}

impl Bits {
    pub(super) fn of(hashes: &[u64]) -> Self {
        let count = (hashes.len() * BITS_PER_HASH / 32)
            .next_power_of_two()
            .max(2);
        let mut words = vec![0; count];
        let shift = 64 - count.trailing_zeros();
        for hash in hashes {
            words[(hash >> shift) as usize] |= pair_of(*hash);
        }
        Self { words, shift }
    }

    pub(super) fn has(&self, hash: u64) -> bool {
        let pair = pair_of(hash);
        let word = self.words.get((hash >> self.shift) as usize);
        word.is_some_and(|word| word & pair == pair)
    }
}

/// Two bits of a word, looked up since two shifts by a variable cost more.
const PAIRS: [u32; 256] = {
    let mut pairs = [0; 256];
    let mut at = 0;
    while at < 256 {
        let first = at as u32 % 32;
        // Any of the other 31 bits, each about as often.
        let second = (first + 1 + (at as u32 / 32 * 4 + at as u32 % 3) % 31) % 32;
        pairs[at] = 1 << first | 1 << second;
        at += 1;
    }
    pairs
};

#[inline(always)]
fn pair_of(hash: u64) -> u32 {
    PAIRS[usize::from((hash >> 40) as u8)]
}

/// Of all eight bytes.
#[inline(always)]
pub(super) fn hash_whole(x: u64) -> u64 {
    x.wrapping_mul(MIX)
}

#[inline(always)]
pub(super) fn hash_long(x: u64) -> u64 {
    (x << 16).wrapping_mul(MIX)
}

#[inline(always)]
pub(super) fn hash_short(x: u64) -> u64 {
    (x << 32).wrapping_mul(MIX)
}
