//! Generated codes: the catalogue's signatures with other words in them.

use crate::logs::Random;
use faultscan_knowledge::{Catalogue, Signature};
use std::collections::BTreeSet;

/// Shorter runs of letters stay as they are.
const WORD_MIN: usize = 4;

/// `count` codes: first the catalogue's own, then copies whose words are drawn anew from all the
/// catalogue's words, so that they look like what other software would print: the same grammar,
/// numbers and signs, and words of one vocabulary. Words that stand in the healthy log are left out:
/// a signature that hits there would be no signature.
pub(crate) fn generate(
    catalogue: &Catalogue,
    healthy: &[u8],
    count: usize,
) -> Vec<(String, Vec<Signature>)> {
    let own = catalogue.codes();
    let mut words = vocabulary(catalogue);
    let known: BTreeSet<&[u8]> = words.iter().map(String::as_bytes).collect();
    let common: BTreeSet<Vec<u8>> = healthy
        .split(|byte| !byte.is_ascii_alphabetic())
        .filter(|word| known.contains(word))
        .map(<[u8]>::to_vec)
        .collect();
    words.retain(|word| !common.contains(word.as_bytes()));
    (0..count)
        .map(|number| {
            let code = &own[number % own.len()];
            let copy = number / own.len();
            let mut signatures = code.signatures.clone();
            if copy > 0 {
                for signature in &mut signatures {
                    signature.pattern = renamed(&signature.pattern, copy, &words);
                    for literal in &mut signature.literals {
                        *literal = renamed(literal, copy, &words);
                    }
                }
                // Where no word is long enough the copy would be the same signature again.
                signatures.retain(|copy| {
                    code.signatures
                        .iter()
                        .all(|own| own.pattern != copy.pattern)
                });
            }
            (format!("{}-{copy}", code.code), signatures)
        })
        .collect()
}

/// How a word is written. Names stay names: `ECONNREFUSED` or `NodeNotReady` say by themselves what
/// happened, and a plain word in their place would stand in any log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Shape {
    /// `refused`
    Lower,
    /// `Refused`
    Capital,
    /// `CONNREFUSED`
    Upper,
    /// `ConnectException`
    Joined,
}

impl Shape {
    fn of(word: &str) -> Self {
        let uppers = word.bytes().filter(u8::is_ascii_uppercase).count();
        match uppers {
            0 => Self::Lower,
            1 if word.starts_with(|c: char| c.is_ascii_uppercase()) => Self::Capital,
            _ if uppers == word.len() => Self::Upper,
            _ => Self::Joined,
        }
    }
}

/// Words of the catalogue's texts, in small letters, shortest first.
fn vocabulary(catalogue: &Catalogue) -> Vec<String> {
    let texts = catalogue.codes().iter().flat_map(|code| {
        let signatures = code.signatures.iter().flat_map(|one| one.literals.iter());
        signatures.chain([&code.title.en, &code.explanation.en])
    });
    let words: BTreeSet<(usize, String)> = texts
        .flat_map(|text| text.split(|c: char| !c.is_ascii_alphabetic()))
        .filter(|word| word.len() >= WORD_MIN && Shape::of(word) != Shape::Joined)
        .map(|word| (word.len(), word.to_ascii_lowercase()))
        .collect();
    words.into_iter().map(|(_, word)| word).collect()
}

/// Another word of the same shape.
fn other(word: &str, random: &mut Random, words: &[String]) -> String {
    let mut draw = |length: usize| {
        // No shorter, so that what was a good literal stays one.
        let shorter = words.partition_point(|word| word.len() < length);
        let shorter = shorter.min(words.len() * 3 / 4);
        words[shorter + random.below((words.len() - shorter) as u64) as usize].clone()
    };
    let capital = |word: String| word[..1].to_ascii_uppercase() + &word[1..];
    match Shape::of(word) {
        Shape::Lower => draw(word.len()),
        Shape::Capital => capital(draw(word.len())),
        Shape::Upper if word.len() < 2 * WORD_MIN => draw(word.len()).to_ascii_uppercase(),
        Shape::Upper => (draw(WORD_MIN) + &draw(word.len() / 2)).to_ascii_uppercase(),
        Shape::Joined => capital(draw(word.len() / 2)) + &capital(draw(word.len() / 2)),
    }
}

/// The text with every word exchanged, the same word always for the same other one.
fn renamed(text: &str, copy: usize, words: &[String]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        // Escapes and names of captures are no words.
        let keep = if rest.starts_with('\\') {
            1 + rest.chars().nth(1).map_or(0, char::len_utf8)
        } else if rest.starts_with("(?P<") {
            rest.find('>').map_or(4, |end| end + 1)
        } else {
            0
        };
        if keep > 0 {
            out.push_str(&rest[..keep]);
            rest = &rest[keep..];
            continue;
        }
        let length = rest
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(rest.len());
        if length >= WORD_MIN {
            let seed = rest[..length].bytes().fold(copy as u64, |hash, byte| {
                hash.wrapping_mul(31) + u64::from(byte)
            });
            out.push_str(&other(&rest[..length], &mut Random::new(seed), words));
            rest = &rest[length..];
        } else {
            let length = length.max(first.len_utf8());
            out.push_str(&rest[..length]);
            rest = &rest[length..];
        }
    }
    out
}
