//! Where required literals stand in a text.
//!
//! A literal that stands anywhere in a text covers some position that four divides, however it
//! lies. So only every fourth position is looked at: the six or four bytes there (a gram) are
//! hashed into a bit table that knows, for each literal and each way it can lie, one of its grams.
//! Which one is free to choose, and the rarest in ordinary logs is chosen ([`rarity`]), so that the
//! table answers almost always no. Where it says yes, a hash table names the literals, and the
//! bytes are compared. The cost of a position does not depend on the number of literals.

pub(crate) mod rarity;

use aho_corasick::{AhoCorasick, MatchKind};
use rarity::Rarity;
use std::{
    collections::HashMap,
    hash::{BuildHasher, Hasher},
};

/// Every so many positions one is looked at.
const STRIDE: usize = 4;
/// Bytes of a long gram, and of a short one.
const LONG: usize = 6;
const SHORT: usize = 4;
/// Positions looked at in one turn of the loop.
const PLACES: usize = 8;
/// Bytes of one turn, and what its loads may read beyond them.
const TURN: usize = PLACES * STRIDE;
const BEYOND: usize = 8;
/// Sizes of the tables for each hash in them, at least.
const BYTES_PER_HASH: usize = 12;
const BITS_PER_HASH: usize = 24;
const MIX_SHORT: u32 = 0x85eb_ca77;
/// The golden ratio's bits mix well.
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
/// A gram that so many literals have already counts as twice as common.
const CROWD: f64 = 2.0;

/// A text that some pattern requires.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
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
}

/// What of a gram is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// All six bytes.
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
    let shift = if kind == Kind::Long { 48 } else { 32 };
    (x >> shift) as u16
}

/// What a text is held against at every position: one byte for each hash, not zero where a gram
/// of that hash is known. The sizes are fixed, so that the loop holds no bound to check.
#[derive(Debug)]
enum Sieve {
    Small(Box<[u8; 1 << 14]>),
    Medium(Box<[u8; 1 << 16]>),
    Large(Box<[u8; 1 << 18]>),
    Huge(Box<[u8; 1 << 20]>),
}

/// The same for short grams, which are few.
type ShortSieve = [u8; 1 << 15];

impl Sieve {
    fn of(hashes: &[u64]) -> Self {
        match hashes.len() * BYTES_PER_HASH {
            0..=0x4000 => Self::Small(filled(hashes)),
            0x4001..=0x1_0000 => Self::Medium(filled(hashes)),
            0x1_0001..=0x4_0000 => Self::Large(filled(hashes)),
            _ => Self::Huge(filled(hashes)),
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Small(bytes) => bytes.len(),
            Self::Medium(bytes) => bytes.len(),
            Self::Large(bytes) => bytes.len(),
            Self::Huge(bytes) => bytes.len(),
        }
    }

    /// Marks the positions of a text that may begin a gram, by turns.
    fn marks(&self, short: Option<&ShortSieve>, text: &[u8], out: &mut Vec<Turn>) {
        match self {
            Self::Small(long) => marks(long, short, text, out),
            Self::Medium(long) => marks(long, short, text, out),
            Self::Large(long) => marks(long, short, text, out),
            Self::Huge(long) => marks(long, short, text, out),
        }
    }
}

fn filled<const N: usize>(hashes: &[u64]) -> Box<[u8; N]> {
    let mut bytes: Box<[u8; N]> = vec![0; N]
        .into_boxed_slice()
        .try_into()
        .unwrap_or_else(|_| Box::new([0; N]));
    for hash in hashes {
        bytes[place::<N>(*hash)] |= 1;
        bytes[second_place::<N>(*hash)] |= 2;
    }
    bytes
}

/// The place of a hash in a table; its upper bits are the best mixed.
#[inline(always)]
fn place<const N: usize>(hash: u64) -> usize {
    (hash >> (64 - N.trailing_zeros())) as usize % N
}

#[inline(always)]
fn short_places(gram: u32) -> [usize; 2] {
    let hash = gram.wrapping_mul(MIX_SHORT);
    [(hash >> 17) as usize, (hash >> 6) as usize & 0x7fff]
}

/// A second place, of bits that are mixed well enough.
#[inline(always)]
fn second_place<const N: usize>(hash: u64) -> usize {
    (hash >> 32) as usize % N
}

/// Where a turn began, and its marks.
pub(crate) type Turn = (usize, u32);

fn marks<const N: usize>(
    long: &[u8; N],
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
    long: &[u8; N],
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
    long: &[u8; N],
    short: &ShortSieve,
    window: &[u8; TURN + BEYOND],
) -> u32 {
    let mark = |at: usize| {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&window[at * STRIDE..at * STRIDE + 8]);
        let x = u64::from_le_bytes(bytes);
        let hash = hash_long(x);
        let mut mark = u32::from(long[place::<N>(hash)] & long[second_place::<N>(hash)] >> 1) << at;
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
struct Bits {
    words: Vec<u32>,
    /// 64 less the logarithm of the number of words.
    shift: u32,
}

impl Bits {
    fn of(hashes: &[u64]) -> Self {
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

    fn has(&self, hash: u64) -> bool {
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

#[inline(always)]
fn hash_long(x: u64) -> u64 {
    (x << 16).wrapping_mul(MIX)
}

#[inline(always)]
fn hash_short(x: u64) -> u64 {
    (x << 32).wrapping_mul(MIX)
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
    /// Literals too short for every way to lie, and their places among the literals.
    tiny: Option<(AhoCorasick, Vec<u32>)>,
}

impl Prefilter {
    /// # Errors
    /// When the automaton over very short literals cannot be built.
    pub(crate) fn new(literals: Vec<Literal>, rarity: &Rarity) -> Result<Self, String> {
        let mut grams = Grams::default();
        let mut tiny = Vec::new();
        for (number, literal) in (0_u32..).zip(&literals) {
            if !grams.add(number, literal, rarity) {
                tiny.push(number);
            }
        }
        let tiny = if tiny.is_empty() {
            None
        } else {
            let texts = tiny.iter().map(|number| &literals[*number as usize].text);
            let automaton = AhoCorasick::builder()
                .ascii_case_insensitive(
                    tiny.iter()
                        .any(|number| literals[*number as usize].ignore_case),
                )
                .match_kind(MatchKind::Standard)
                .build(texts)
                .map_err(|error| error.to_string())?;
            Some((automaton, tiny))
        };
        let (heads, bucket_shift, entries) = buckets(std::mem::take(&mut grams.entries));
        Ok(Self {
            sieve: Sieve::of(&grams.long),
            short_sieve: grams.short_sieve(),
            bits: Bits::of(&[grams.long, grams.short].concat()),
            has_wild: grams.has_wild,
            heads,
            bucket_shift,
            entries,
            literals,
            tiny,
        })
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
            + self
                .tiny
                .as_ref()
                .map_or(0, |(tiny, _)| tiny.memory_usage())
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
        if let Some((automaton, numbers)) = &self.tiny {
            for found in automaton.find_overlapping_iter(text) {
                let Some(number) = numbers.get(found.pattern().as_usize()) else {
                    continue;
                };
                if self.literals[*number as usize].stands_in(&text[found.range()]) {
                    hit(*number, found.start());
                }
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
                Some(bytes) => u64::from_le_bytes(*bytes),
                None => packed(rest, Kind::Short),
            };
            if mark < PLACES {
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

/// Grams chosen so far.
#[derive(Default)]
struct Grams {
    entries: Vec<Entry>,
    /// How many literals have a gram.
    crowds: HashMap<u64, u32, Keys>,
    long: Vec<u64>,
    short: Vec<u64>,
    short_keys: Vec<u32>,
    has_wild: bool,
}

impl Grams {
    /// Chooses one gram for each way the literal can lie; false if there is a way without one.
    fn add(&mut self, number: u32, literal: &Literal, rarity: &Rarity) -> bool {
        let mut chosen = [(0, Kind::Long); STRIDE];
        for (way, slot) in chosen.iter_mut().enumerate() {
            let Some(best) = self.rarest(literal, way, rarity) else {
                return false;
            };
            *slot = best;
        }
        for (offset, kind) in chosen {
            let following = following(literal, offset, kind);
            for spelling in spellings(literal, known(literal, offset, kind)) {
                self.insert(number, offset, kind, &spelling, following);
            }
        }
        true
    }

    /// The rarest gram whose offset leaves `way` when divided by the stride.
    fn rarest(&self, literal: &Literal, way: usize, rarity: &Rarity) -> Option<(i32, Kind)> {
        let length = i32::try_from(literal.text.len()).ok()?;
        let (long, short, stride) = (LONG as i32, SHORT as i32, STRIDE as i32);
        let mut grams = Vec::new();
        let first = way as i32;
        for offset in (first..length).step_by(STRIDE) {
            // All spellings of a long gram would be too many.
            if offset + long <= length && !literal.ignore_case {
                grams.push((offset, Kind::Long));
            } else if offset + short <= length
                && (literal.ignore_case || length < long + stride - 1)
            {
                grams.push((offset, Kind::Short));
            }
        }
        // Where nothing else is left: a byte around the literal may be any.
        if grams.is_empty() {
            if first == stride - 1 && length >= short - 1 {
                grams.push((-1, Kind::AnyThenThree));
            }
            let offset = length - (short - 1);
            if offset >= 0 && offset % stride == first {
                grams.push((offset, Kind::ThreeThenAny));
            }
        }
        let cost = |(offset, kind): &(i32, Kind)| {
            let bytes = known(literal, *offset, *kind);
            let crowd = self.crowds.get(&kind.key(packed(bytes, *kind)));
            let crowd = f64::from(crowd.copied().unwrap_or(0));
            rarity.of(bytes) * (1.0 + crowd / CROWD)
        };
        let costs = grams.into_iter().map(|gram| (cost(&gram), gram));
        costs
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, gram)| gram)
    }

    fn insert(&mut self, literal: u32, offset: i32, kind: Kind, known: &[u8], following: [u16; 2]) {
        let x = packed(known, kind);
        let key = kind.key(x);
        let [known_after, after] = following;
        self.entries.push(Entry {
            key,
            literal,
            offset,
            known_after,
            after,
        });
        let crowd = self.crowds.entry(key).or_default();
        *crowd += 1;
        if *crowd > 1 {
            return;
        }
        let mut short = |x: u64| {
            self.short.push(hash_short(x));
            self.short_keys.push(x as u32);
        };
        match kind {
            Kind::Long => self.long.push(hash_long(x)),
            Kind::Short => short(x),
            Kind::AnyThenThree => {
                self.has_wild = true;
                (0..256).for_each(|any| short(x | any));
            }
            Kind::ThreeThenAny => {
                self.has_wild = true;
                (0..256).for_each(|any| short(x | any << 24));
            }
        }
    }

    fn short_sieve(&self) -> Option<Box<ShortSieve>> {
        if self.short_keys.is_empty() {
            return None;
        }
        let mut sieve = Box::new([0; 1 << 15]);
        for key in &self.short_keys {
            let [first, second] = short_places(*key);
            sieve[first] |= 1;
            sieve[second] |= 2;
        }
        Some(sieve)
    }
}

/// Hashes keys, which are texts of our own choice, as quickly as may be.
#[derive(Debug, Default, Clone, Copy)]
struct Keys;

impl BuildHasher for Keys {
    type Hasher = KeyHasher;

    fn build_hasher(&self) -> KeyHasher {
        KeyHasher(0)
    }
}

struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, key: u64) {
        let hash = (self.0 ^ key).wrapping_mul(MIX);
        self.0 = hash ^ hash >> 32;
    }
}

/// The known bytes of a gram where they stand in it.
fn packed(known: &[u8], kind: Kind) -> u64 {
    let mut bytes = [0; 8];
    let from = usize::from(kind == Kind::AnyThenThree);
    for (slot, byte) in bytes[from..].iter_mut().zip(known) {
        *slot = *byte;
    }
    u64::from_le_bytes(bytes)
}

/// The bytes of the literal that a gram knows.
fn known(literal: &Literal, offset: i32, kind: Kind) -> &[u8] {
    let length = match kind {
        Kind::Long => LONG,
        Kind::Short => SHORT,
        Kind::AnyThenThree | Kind::ThreeThenAny => SHORT - 1,
    };
    let start = usize::try_from(offset).unwrap_or(0);
    literal.text.get(start..start + length).unwrap_or_default()
}

/// What the literal says of the two bytes after a gram: which bits it knows, and them.
fn following(literal: &Literal, offset: i32, kind: Kind) -> [u16; 2] {
    let size = if kind == Kind::Long { LONG } else { SHORT } as i32;
    let mut bits = [0, 0];
    for (place, shift) in [(offset + size, 0), (offset + size + 1, 8)] {
        let byte = usize::try_from(place)
            .ok()
            .and_then(|place| literal.text.get(place));
        // A letter whose case does not count is as good as unknown.
        if let Some(byte) = byte.filter(|_| !literal.ignore_case) {
            bits[0] |= 0xff << shift;
            bits[1] |= u16::from(*byte) << shift;
        }
    }
    bits
}

/// Every way to spell the bytes that counts as the same.
fn spellings(literal: &Literal, known: &[u8]) -> Vec<Vec<u8>> {
    let mut all = vec![known.to_vec()];
    if literal.ignore_case {
        for at in 0..known.len() {
            if known[at].is_ascii_alphabetic() {
                let mut others = all.clone();
                for other in &mut others {
                    other[at] ^= 0x20;
                }
                all.append(&mut others);
            }
        }
    }
    all
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
        Prefilter::new(literals.collect(), &Rarity::of_ordinary_logs()).unwrap()
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
