//! Where required literals stand in a text.
//!
//! A literal that stands anywhere in a text covers some position that four divides, however it
//! lies. So only every fourth position is looked at: the six or four bytes there (a gram) are
//! hashed into a bit table that knows, for each literal and each way it can lie, one of its grams.
//! Which one is free to choose, and the rarest in ordinary logs is chosen ([`rarity`]), so that the
//! table answers almost always no. Where it says yes, a hash table names the literals, and the
//! bytes are compared. The cost of a position does not depend on the number of literals.

mod grams;
pub(crate) mod rarity;
mod sieve;

use grams::{Grams, packed};
use rarity::Rarity;
pub(crate) use sieve::Turn;
use sieve::{Bits, ShortSieve, Sieve, hash_long, hash_short, hash_whole};

/// Every so many positions one is looked at.
const STRIDE: usize = 4;
/// Bytes of a long gram, and of a short one.
const LONG: usize = 6;
const SHORT: usize = 4;
/// Positions looked at in one turn of the loop.
const PLACES: usize = 8;
/// The golden ratio's bits mix well.
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

/// A text that some pattern requires.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Literal {
    pub(crate) text: Vec<u8>,
    pub(crate) ignore_case: bool,
}

impl Literal {
    fn stands_in(&self, text: &[u8]) -> bool {
        if self.ignore_case {
            self.text.eq_ignore_ascii_case(text)
        } else {
            self.text == text
        }
    }

    /// Every place where the literal stands, found by its first byte alone.
    fn places_in<'t>(&'t self, text: &'t [u8]) -> impl Iterator<Item = usize> + 't {
        let first = self.text.first().copied().unwrap_or_default();
        let other = if self.ignore_case && first.is_ascii_alphabetic() {
            first ^ 0x20
        } else {
            first
        };
        memchr::memchr2_iter(first, other, text).filter(move |at| {
            let there = text.get(*at..*at + self.text.len());
            there.is_some_and(|there| self.stands_in(there))
        })
    }
}

/// What of a gram is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Six bytes and the two after them.
    Whole,
    /// Six bytes.
    Long,
    /// All four bytes.
    Short,
    /// The last three of four bytes.
    AnyThenThree,
    /// The first three of four bytes.
    ThreeThenAny,
}

impl Kind {
    /// The key under which the eight bytes of `x`, first byte lowest, are looked up.
    #[inline]
    fn key(self, x: u64) -> u64 {
        match self {
            Self::Whole => x,
            Self::Long => x & 0xffff_ffff_ffff,
            Self::Short => x & 0xffff_ffff | 1 << 56,
            Self::AnyThenThree => x & 0xffff_ff00 | 2 << 56,
            Self::ThreeThenAny => x & 0x00ff_ffff | 3 << 56,
        }
    }
}

/// One gram of one literal.
#[derive(Debug, Clone, Copy)]
struct Entry {
    key: u64,
    literal: u32,
    /// Of the gram in the literal; -1 where the gram begins before it.
    offset: i32,
    /// What the literal says of the two bytes after the gram: which bits it knows, and them.
    known_after: u16,
    after: u16,
}

/// The two bytes after a gram of this kind.
#[inline]
fn after(x: u64, kind: Kind) -> u16 {
    match kind {
        Kind::Whole => 0,
        Kind::Long => (x >> 48) as u16,
        Kind::Short | Kind::AnyThenThree | Kind::ThreeThenAny => (x >> 32) as u16,
    }
}

/// Eight bytes with letters of both cases made one. Other bytes that become one only cost time.
#[inline(always)]
fn folded(x: u64) -> u64 {
    x | 0x2020_2020_2020_2020
}

/// Finds literals in texts.
#[derive(Debug)]
pub(crate) struct Prefilter {
    sieve: Sieve,
    short_sieve: Option<Box<ShortSieve>>,
    bits: Bits,
    has_wild: bool,
    /// Where each bucket's entries begin; one more than there are buckets.
    heads: Vec<u32>,
    bucket_shift: u32,
    entries: Vec<Entry>,
    literals: Vec<Literal>,
    /// Literals too short for every way to lie.
    tiny: Vec<u32>,
}

impl Prefilter {
    pub(crate) fn new(literals: Vec<Literal>, rarity: &Rarity) -> Self {
        let mut grams = Grams::default();
        let mut tiny = Vec::new();
        for (number, literal) in (0_u32..).zip(&literals) {
            if !grams.add(number, literal, rarity) {
                tiny.push(number);
            }
        }
        let (heads, bucket_shift, entries) = buckets(std::mem::take(&mut grams.entries));
        Self {
            sieve: Sieve::of(&grams.long),
            short_sieve: grams.short_sieve(),
            bits: Bits::of(&[grams.whole, grams.partial, grams.short].concat()),
            has_wild: grams.has_wild,
            heads,
            bucket_shift,
            entries,
            literals,
            tiny,
        }
    }

    /// Bytes on the heap.
    pub(crate) fn bytes(&self) -> usize {
        let literals: usize = self
            .literals
            .iter()
            .map(|literal| literal.text.len() + size_of::<Literal>())
            .sum();
        self.sieve.bytes()
            + self.short_sieve.as_ref().map_or(0, |short| short.len())
            + 4 * (self.bits.words.len() + self.heads.len())
            + self.entries.len() * size_of::<Entry>()
            + literals
    }

    /// Calls `hit(literal, offset)` for every place where a literal stands, roughly from left to
    /// right. `marks` is memory to use.
    pub(crate) fn scan(&self, text: &[u8], marks: &mut Vec<Turn>, mut hit: impl FnMut(u32, usize)) {
        if !self.entries.is_empty() {
            marks.clear();
            self.sieve.marks(self.short_sieve.as_deref(), text, marks);
            for (at, marks) in marks {
                self.look(text, *at, *marks, &mut hit);
            }
        }
        for number in &self.tiny {
            let literal = &self.literals[*number as usize];
            for at in literal.places_in(text) {
                hit(*number, at);
            }
        }
    }

    /// Names the literals at the marked positions of one turn.
    fn look(&self, text: &[u8], at: usize, mut marks: u32, hit: &mut impl FnMut(u32, usize)) {
        while marks != 0 {
            let mark = marks.trailing_zeros() as usize;
            marks &= marks - 1;
            let place = at + mark % PLACES * STRIDE;
            let Some(rest) = text.get(place..) else {
                continue;
            };
            let x = match rest.first_chunk() {
                Some(bytes) => folded(u64::from_le_bytes(*bytes)),
                None => packed(rest, Kind::Short),
            };
            if mark < PLACES {
                if self.bits.has(hash_whole(x)) {
                    self.compare(text, place, x, Kind::Whole, hit);
                }
                if self.bits.has(hash_long(x)) {
                    self.compare(text, place, x, Kind::Long, hit);
                }
                continue;
            }
            if !self.bits.has(hash_short(x)) {
                continue;
            }
            self.compare(text, place, x, Kind::Short, hit);
            if self.has_wild {
                self.compare(text, place, x, Kind::AnyThenThree, hit);
                self.compare(text, place, x, Kind::ThreeThenAny, hit);
            }
        }
    }

    /// Compares the literals that have the gram of this kind at `place`, whose bytes are `x`.
    fn compare(
        &self,
        text: &[u8],
        place: usize,
        x: u64,
        kind: Kind,
        hit: &mut impl FnMut(u32, usize),
    ) {
        let (key, after) = (kind.key(x), after(x, kind));
        let bucket = bucket(key, self.bucket_shift);
        let range = self.heads[bucket] as usize..self.heads[bucket + 1] as usize;
        for entry in &self.entries[range] {
            if entry.key != key || (entry.after ^ after) & entry.known_after != 0 {
                continue;
            }
            let Some(start) = place.checked_add_signed(-(entry.offset as isize)) else {
                continue;
            };
            let literal = &self.literals[entry.literal as usize];
            let stands = text
                .get(start..start + literal.text.len())
                .is_some_and(|there| literal.stands_in(there));
            if stands {
                hit(entry.literal, start);
            }
        }
    }
}

#[inline]
fn bucket(key: u64, shift: u32) -> usize {
    (key.wrapping_mul(MIX) >> shift) as usize
}

/// Entries ordered by bucket, with the places where buckets begin.
fn buckets(entries: Vec<Entry>) -> (Vec<u32>, u32, Vec<Entry>) {
    let count = entries.len().next_power_of_two().max(2);
    let shift = 64 - count.trailing_zeros();
    let mut heads = vec![0_u32; count + 1];
    for entry in &entries {
        heads[bucket(entry.key, shift) + 1] += 1;
    }
    for at in 1..heads.len() {
        heads[at] += heads[at - 1];
    }
    let mut next = heads.clone();
    let mut ordered = entries.clone();
    for entry in entries {
        let at = &mut next[bucket(entry.key, shift)];
        ordered[*at as usize] = entry;
        *at += 1;
    }
    (heads, shift, ordered)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn prefilter(literals: &[(Vec<u8>, bool)]) -> Prefilter {
        let literals = literals.iter().map(|(text, ignore_case)| Literal {
            text: text.clone(),
            ignore_case: *ignore_case,
        });
        Prefilter::new(literals.collect(), &Rarity::of_ordinary_logs())
    }

    fn found(prefilter: &Prefilter, text: &[u8]) -> Vec<(u32, usize)> {
        let mut out = Vec::new();
        prefilter.scan(text, &mut Vec::new(), |literal, at| out.push((literal, at)));
        out.sort_unstable();
        out
    }

    fn expected(literals: &[(Vec<u8>, bool)], text: &[u8]) -> Vec<(u32, usize)> {
        let mut out = Vec::new();
        for (number, (literal, ignore_case)) in (0..).zip(literals) {
            for (at, window) in text.windows(literal.len()).enumerate() {
                let same = if *ignore_case {
                    window.eq_ignore_ascii_case(literal)
                } else {
                    window == literal
                };
                if same {
                    out.push((number, at));
                }
            }
        }
        out.sort_unstable();
        out
    }

    #[test]
    fn literals_of_every_length_are_found_however_they_lie() {
        let whole = b"Connection refused by 10.0.0.7:5432";
        for length in 4..whole.len() {
            for ignore_case in [false, true] {
                let literals = [(whole[..length].to_vec(), ignore_case)];
                let prefilter = prefilter(&literals);
                for before in 0..150 {
                    for after in [0, 1, 2, 3, 5, 8, 70] {
                        let mut text = vec![b'.'; before];
                        text.extend_from_slice(&whole[..length]);
                        text.extend(std::iter::repeat_n(b'C', after));
                        assert_eq!(found(&prefilter, &text), [(0, before)], "{length} {before}");
                    }
                }
            }
        }
    }

    #[test]
    fn every_spelling_of_a_literal_without_case_is_found() {
        let prefilter = prefilter(&[(b"no such host".to_vec(), true)]);
        for text in ["No Such Host", "NO SUCH HOST", "xxno sUCh hOST"] {
            assert_eq!(found(&prefilter, text.as_bytes()).len(), 1, "{text}");
        }
        assert_eq!(found(&prefilter, b"no such hose"), []);
    }

    /// Positions of a text that pass the sieve, of a hundred.
    fn passing(prefilter: &Prefilter, text: &[u8]) -> usize {
        let mut marks = Vec::new();
        let short = prefilter.short_sieve.as_deref();
        prefilter.sieve.marks(short, text, &mut marks);
        let passed: u32 = marks.iter().map(|(_, marks)| marks.count_ones()).sum();
        passed as usize * STRIDE * 100 / text.len()
    }

    /// Words of letters that come from a few syllables, as words do.
    fn words(count: usize) -> Vec<String> {
        const SYLLABLES: [&str; 12] = [
            "ka", "lum", "zor", "pli", "vex", "gom", "dra", "qui", "bof", "nyx", "whu", "jep",
        ];
        let word = |number: usize| {
            let digits = (0..5_u32).map(|digit| number / SYLLABLES.len().pow(digit));
            digits
                .map(|digit| SYLLABLES[digit % SYLLABLES.len()])
                .collect()
        };
        (0..count).map(|number| word(number * 7919)).collect()
    }

    #[test]
    fn many_literals_without_case_do_not_fill_the_tables() {
        // Each used to bring sixteen spellings of four letters; two thirds of all positions passed.
        let literals: Vec<_> = words(6000)
            .into_iter()
            .map(|word| (word.into_bytes(), true))
            .collect();
        let prefilter = prefilter(&literals);
        let ordinary = include_bytes!("prefilter/ordinary.txt");
        assert!(passing(&prefilter, ordinary) < 3);
    }

    #[test]
    fn literals_that_share_their_grams_are_told_apart() {
        let literals: Vec<_> = (0..2000)
            .map(|number| {
                (
                    format!("certificate {number:04} refused").into_bytes(),
                    false,
                )
            })
            .collect();
        let prefilter = prefilter(&literals);
        let text =
            b"x certificate 1234 refused, certificate 9999 refused, certificate 0007 refused";
        assert_eq!(found(&prefilter, text), [(7, 54), (1234, 2)]);
    }

    fn text() -> impl Strategy<Value = Vec<u8>> {
        // Few letters, so that literals overlap and almost match.
        let byte = proptest::sample::select(b"abAB: \0\xff".to_vec());
        proptest::collection::vec(byte, 0..400)
    }

    proptest! {
        #[test]
        fn equals_a_search_for_each_literal(
            text in text(),
            pieces in proptest::collection::vec((any::<usize>(), 4_usize..24, any::<bool>()), 1..30),
        ) {
            let mut literals: Vec<(Vec<u8>, bool)> = Vec::new();
            for (at, length, ignore_case) in pieces {
                let from = at % text.len().max(1);
                if let Some(piece) = text.get(from..from + length) {
                    let literal = (piece.to_vec(), ignore_case);
                    if !literals.contains(&literal) {
                        literals.push(literal);
                    }
                }
            }
            let prefilter = prefilter(&literals);
            prop_assert_eq!(found(&prefilter, &text), expected(&literals, &text));
        }
    }
}
