//! An LZ4 block compressor.
//!
//! A snapshot is made rarely and travels over a phone's uplink, so this one looks longer for
//! matches than fast compressors do, and is a quarter of their code. What it writes, any LZ4
//! decoder reads: <https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md>.

use alloc::vec;
use alloc::vec::Vec;

const MATCH_MIN: usize = 4;
/// The last bytes of a block are literals, and no match starts in the last twelve.
const LITERALS_AT_END: usize = 5;
const NO_MATCH_AT_END: usize = 12;
const DISTANCE_MAX: usize = 65_535;
const HASH_BITS: u32 = 12;
/// Earlier places with the same hash that are tried.
const CHAIN_MAX: u32 = 16;

/// Places by the hash of the four bytes there, newest first; a place is stored one higher, zero
/// ends a chain.
struct Places<'a> {
    input: &'a [u8],
    newest: Vec<u32>,
    before: Vec<u32>,
}

impl Places<'_> {
    fn add(&mut self, at: usize) {
        if let Some(slot) = slot(self.input, at) {
            self.before[at] = self.newest[slot];
            self.newest[slot] = at as u32 + 1;
        }
    }

    /// The longest earlier occurrence of what stands at a place: its length and distance.
    fn longest(&self, at: usize) -> (usize, usize) {
        let (mut longest, mut distance) = (0, 0);
        let Some(slot) = slot(self.input, at) else {
            return (0, 0);
        };
        let here = self
            .input
            .get(at..self.input.len() - LITERALS_AT_END)
            .unwrap_or_default();
        let mut next = self.newest[slot];
        for _ in 0..CHAIN_MAX {
            let Some(place) = (next as usize).checked_sub(1) else {
                break;
            };
            if at - place > DISTANCE_MAX {
                break;
            }
            let there = &self.input[place..];
            let len = here.iter().zip(there).take_while(|(a, b)| a == b).count();
            if len > longest {
                (longest, distance) = (len, at - place);
            }
            next = self.before[place];
        }
        (longest, distance)
    }
}

fn slot(input: &[u8], at: usize) -> Option<usize> {
    let word = u32::from_le_bytes(*input.get(at..)?.first_chunk()?);
    Some((word.wrapping_mul(2_654_435_761) >> (32 - HASH_BITS)) as usize)
}

/// Compresses into one block. An empty input gives a block of one byte.
pub fn compress(input: &[u8]) -> Vec<u8> {
    let mut block = Vec::with_capacity(input.len() / 2 + 64);
    let newest = vec![0; 1 << HASH_BITS];
    let mut places = Places {
        input,
        newest,
        before: vec![0; input.len()],
    };
    let last_start = input.len().saturating_sub(NO_MATCH_AT_END);
    let (mut at, mut written) = (0, 0);
    while at < last_start {
        let (len, distance) = places.longest(at);
        if len < MATCH_MIN {
            places.add(at);
            at += 1;
            continue;
        }
        sequence(&mut block, &input[written..at], Some((len, distance)));
        for _ in 0..len {
            places.add(at);
            at += 1;
        }
        written = at;
    }
    sequence(&mut block, &input[written..], None);
    block
}

/// Writes literals and, but for the last sequence, a match.
fn sequence(block: &mut Vec<u8>, literals: &[u8], found: Option<(usize, usize)>) {
    let extra = found.map_or(0, |(len, _)| len - MATCH_MIN);
    let nibble = |len: usize| len.min(15) as u8;
    block.push(nibble(literals.len()) << 4 | nibble(extra));
    rest(block, literals.len());
    block.extend_from_slice(literals);
    if let Some((_, distance)) = found {
        block.extend_from_slice(&(distance as u16).to_le_bytes());
        rest(block, extra);
    }
}

/// What of a length did not fit its four bits.
fn rest(block: &mut Vec<u8>, len: usize) {
    let Some(mut left) = len.checked_sub(15) else {
        return;
    };
    while left >= 255 {
        block.push(255);
        left -= 255;
    }
    block.push(left as u8);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(input: &[u8]) -> usize {
        let block = compress(input);
        let mut output = vec![0; input.len()];
        let len = lz4_flex::block::decompress_into(&block, &mut output).unwrap();
        assert_eq!((len, output.as_slice()), (input.len(), input));
        block.len()
    }

    #[test]
    fn short_and_extreme_inputs() {
        for len in (0..40).chain([254, 255, 256, 270, 300, 70_000, 200_000]) {
            let zeros = check(&vec![0; len]);
            assert!(zeros <= len / 200 + 16, "{len} zeros took {zeros}");
            let noise: Vec<u8> = (0..len as u32)
                .map(|at| (at.wrapping_mul(at ^ 0x9e37_79b9).wrapping_mul(0x85eb_ca6b) >> 24) as u8)
                .collect();
            assert!(check(&noise) <= len + len / 255 + 16);
        }
    }

    #[test]
    fn matches_reach_as_far_as_the_format_allows() {
        for gap in [65_500, 65_523, 65_524, 65_535, 65_536, 70_000] {
            let mut input = b"0123456789ab".to_vec();
            input.resize(gap, 0);
            input.extend_from_slice(b"0123456789ab and some more bytes");
            check(&input);
        }
    }

    #[test]
    fn finds_more_than_a_fast_compressor() {
        let text: String = (0..400)
            .map(|line| {
                format!(
                    "{} GET /api/v1/orders/{} 200 {} ms\n",
                    line * 7,
                    line * 31 % 97,
                    line % 13
                )
            })
            .collect();
        assert!(check(text.as_bytes()) < lz4_flex::block::compress(text.as_bytes()).len());
    }

    proptest! {
        #[test]
        fn any_input_comes_back(input in proptest::collection::vec(0..4_u8, 0..3000)) {
            check(&input);
        }

        #[test]
        fn so_does_noise(input in proptest::collection::vec(any::<u8>(), 0..600)) {
            check(&input);
        }
    }
}
