//! Which grams stand for a literal.

use super::rarity::Rarity;
use super::sieve::{ShortSieve, hash_long, hash_short, hash_whole, short_places};
use super::{Entry, Kind, LONG, Literal, MIX, SHORT, STRIDE, folded};

/// Bytes that are compared where there are as many.
const WHOLE: usize = 8;
/// What it costs to look for a gram that is looked for already, beside the cost of another.
const KNOWN: f64 = 0.5;

/// Grams chosen so far.
#[derive(Default)]
pub(super) struct Grams {
    pub(super) entries: Vec<Entry>,
    /// The grams that the sieves know.
    known: Keys,
    /// Their hashes there, and for the finer table.
    pub(super) long: Vec<u64>,
    pub(super) whole: Vec<u64>,
    pub(super) partial: Vec<u64>,
    pub(super) short: Vec<u64>,
    short_keys: Vec<u32>,
    pub(super) has_wild: bool,
}

impl Grams {
    /// Chooses one gram for each way the literal can lie; false if there is a way without one.
    pub(super) fn add(&mut self, number: u32, literal: &Literal, rarity: &Rarity) -> bool {
        let mut chosen = [(0, Kind::Long); STRIDE];
        for (way, slot) in chosen.iter_mut().enumerate() {
            let Some(best) = self.rarest(literal, way, rarity) else {
                return false;
            };
            *slot = best;
        }
        for (offset, kind) in chosen {
            let following = following(literal, offset, kind);
            self.insert(
                number,
                offset,
                kind,
                known(literal, offset, kind),
                following,
            );
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
            if offset + WHOLE as i32 <= length {
                grams.push((offset, Kind::Whole));
            } else if offset + long <= length {
                grams.push((offset, Kind::Long));
            } else if offset + short <= length && length < long + stride - 1 {
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
            let looked_at = &bytes[..bytes.len().min(LONG)];
            let is_known = self.known.contains(sieve_key(packed(bytes, *kind), *kind));
            rarity.of(looked_at) * if is_known { KNOWN } else { 1.0 }
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
        let is_new = self.known.insert(sieve_key(x, kind));
        let mut short = |x: u64| {
            self.short.push(hash_short(x));
            self.short_keys.push(x as u32);
        };
        match kind {
            Kind::Whole | Kind::Long => {
                if is_new {
                    self.long.push(hash_long(x));
                }
                if kind == Kind::Whole {
                    self.whole.push(hash_whole(x));
                } else {
                    self.partial.push(hash_long(x));
                }
            }
            Kind::Short if is_new => short(x),
            Kind::AnyThenThree if is_new => {
                self.has_wild = true;
                any_byte().for_each(|any| short(x & !0xff | any));
            }
            Kind::ThreeThenAny if is_new => {
                self.has_wild = true;
                any_byte().for_each(|any| short(x & !0xff00_0000 | any << 24));
            }
            Kind::Short | Kind::AnyThenThree | Kind::ThreeThenAny => {}
        }
    }

    pub(super) fn short_sieve(&self) -> Option<Box<ShortSieve>> {
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

/// A set of keys, none of which is 0. A hash map would cost a phone as much code as all the rest here.
#[derive(Debug, Default)]
struct Keys {
    /// A power of two of slots, at most half of them taken; 0 where there is none.
    slots: Vec<u64>,
    count: usize,
}

impl Keys {
    /// Where the key is, or the free slot where it belongs.
    fn place(&self, key: u64) -> Option<usize> {
        let last = self.slots.len().checked_sub(1)?;
        let hash = key.wrapping_mul(MIX);
        let mut at = (hash ^ hash >> 32) as usize & last;
        while self.slots[at] != key && self.slots[at] != 0 {
            at = (at + 1) & last;
        }
        Some(at)
    }

    fn contains(&self, key: u64) -> bool {
        self.place(key).is_some_and(|at| self.slots[at] == key)
    }

    /// Adds a key; says whether it is new.
    fn insert(&mut self, key: u64) -> bool {
        if self.count * 2 >= self.slots.len() {
            let room = (self.slots.len() * 2).max(64);
            let old = std::mem::replace(&mut self.slots, vec![0; room]);
            for key in old {
                self.put(key);
            }
        }
        let is_new = self.put(key);
        self.count += usize::from(is_new);
        is_new
    }

    fn put(&mut self, key: u64) -> bool {
        let Some(at) = self.place(key) else {
            return false;
        };
        let is_new = self.slots[at] == 0;
        self.slots[at] = key;
        is_new
    }
}

/// The known bytes of a gram where they stand in it.
pub(super) fn packed(known: &[u8], kind: Kind) -> u64 {
    let mut bytes = [0; 8];
    let from = usize::from(kind == Kind::AnyThenThree);
    for (slot, byte) in bytes[from..].iter_mut().zip(known) {
        *slot = *byte;
    }
    folded(u64::from_le_bytes(bytes))
}

/// The key of what the sieves see of a gram.
fn sieve_key(x: u64, kind: Kind) -> u64 {
    let kind = if kind == Kind::Whole {
        Kind::Long
    } else {
        kind
    };
    kind.key(x)
}

/// Every byte once folded.
fn any_byte() -> impl Iterator<Item = u64> {
    (0..256).filter(|byte| byte & 0x20 != 0)
}

/// The bytes of the literal that a gram knows.
fn known(literal: &Literal, offset: i32, kind: Kind) -> &[u8] {
    let length = match kind {
        Kind::Whole => WHOLE,
        Kind::Long => LONG,
        Kind::Short => SHORT,
        Kind::AnyThenThree | Kind::ThreeThenAny => SHORT - 1,
    };
    let start = usize::try_from(offset).unwrap_or(0);
    literal.text.get(start..start + length).unwrap_or_default()
}

/// What the literal says of the two bytes after a gram: which bits it knows, and them.
fn following(literal: &Literal, offset: i32, kind: Kind) -> [u16; 2] {
    let size = match kind {
        Kind::Whole => return [0, 0],
        Kind::Long => LONG,
        Kind::Short | Kind::AnyThenThree | Kind::ThreeThenAny => SHORT,
    } as i32;
    let mut bits = [0, 0];
    for (place, shift) in [(offset + size, 0), (offset + size + 1, 8)] {
        let byte = usize::try_from(place)
            .ok()
            .and_then(|place| literal.text.get(place));
        if let Some(byte) = byte {
            bits[0] |= 0xff << shift;
            bits[1] |= u16::from(*byte | 0x20) << shift;
        }
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_key_is_new_once() {
        let (mut keys, mut model) = (Keys::default(), HashSet::new());
        assert!(!keys.contains(1));
        // Dense ones, and ones that differ only above: both share slots.
        for key in (1..1_000).chain((1..1_000).map(|high| high << 48)) {
            assert!(!keys.contains(key));
            assert_eq!(keys.insert(key), model.insert(key));
            assert!(!keys.insert(key));
        }
        assert!(model.iter().all(|key| keys.contains(*key)));
        assert!((1_000..2_000).all(|key| !keys.contains(key)));
    }
}
