//! The text between two markers, and helpers to look around in it.

use super::SecretKind;
use super::class::{Class, WORD};
use alloc::vec::Vec;

/// Part of a line without markers. A marker that touches its edge counts as a letter there.
pub(super) struct Piece<'a> {
    pub(super) bytes: &'a [u8],
    /// Where the piece starts in its line.
    pub(super) offset: usize,
    pub(super) touches_before: bool,
    pub(super) touches_after: bool,
    /// The piece starts inside a URL's authority, which a marker interrupts.
    pub(super) in_authority: bool,
}

/// Something to take out, by its place in the line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: SecretKind,
}

impl Piece<'_> {
    /// The byte before a place; a letter where a marker touches, `None` at the start of the text.
    pub(super) fn before(&self, at: usize) -> Option<u8> {
        match at.checked_sub(1) {
            Some(before) => self.bytes.get(before).copied(),
            None => self.touches_before.then_some(b'x'),
        }
    }

    /// The byte at a place; a letter where a marker touches, `None` at the end of the text.
    pub(super) fn at(&self, at: usize) -> Option<u8> {
        match self.bytes.get(at) {
            Some(&byte) => Some(byte),
            None => self.touches_after.then_some(b'x'),
        }
    }

    /// Where the run of bytes of a class ends, starting at a place.
    pub(super) fn run(&self, from: usize, class: Class) -> usize {
        from + class.len_at_start(self.bytes.get(from..).unwrap_or_default())
    }

    /// Whether the piece goes on with some text, whatever its case.
    pub(super) fn has(&self, from: usize, text: &str) -> bool {
        self.bytes
            .get(from..from + text.len())
            .is_some_and(|bytes| bytes.eq_ignore_ascii_case(text.as_bytes()))
    }

    /// Whether no letter, digit or `_` touches on the left.
    pub(super) fn starts_word(&self, at: usize) -> bool {
        self.before(at).is_none_or(|byte| !is_word(byte))
    }

    /// Whether no letter, digit or `_` touches on the right.
    pub(super) fn ends_word(&self, at: usize) -> bool {
        self.at(at).is_none_or(|byte| !is_word(byte))
    }

    pub(super) fn report(&self, start: usize, end: usize, kind: SecretKind, spans: &mut Vec<Span>) {
        if start < end {
            spans.push(Span {
                start: self.offset + start,
                end: self.offset + end,
                kind,
            });
        }
    }
}

/// Letters, digits and `_`.
pub(super) fn is_word(byte: u8) -> bool {
    WORD.has(byte)
}

/// Whether a word looks made by a machine: long enough, and with digits among letters or capitals
/// inside.
pub(super) fn looks_random(word: &[u8]) -> bool {
    let digits = word.iter().filter(|byte| byte.is_ascii_digit()).count();
    let letters = word
        .iter()
        .filter(|byte| byte.is_ascii_alphabetic())
        .count();
    let inner_capitals = word
        .iter()
        .skip(1)
        .filter(|byte| byte.is_ascii_uppercase())
        .count();
    let lower = word.iter().any(u8::is_ascii_lowercase);
    (word.len() >= 8 && digits > 0 && letters > 0)
        || (word.len() >= 16 && digits == word.len())
        || (word.len() >= 20 && inner_capitals >= 3 && lower)
}
