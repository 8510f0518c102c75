//! The text between two markers, and helpers to look around in it.
//!
//! Every look at a byte goes through [`Piece::at`], which is a call and not a slice: on the phone the
//! module is a third smaller for it.

use super::class::{Class, DIGIT, WORD};
use super::{SecretKind, words};
use alloc::string::String;
use alloc::vec::Vec;

/// Part of a line without markers, and what was found in the line so far. A marker that touches its
/// edge counts as a letter there.
#[derive(Default)]
pub(super) struct Piece<'a> {
    pub(super) bytes: &'a [u8],
    /// Names of fields that are secret, beside the built-in ones.
    pub(super) keys: &'a [String],
    /// Where the piece starts in its line.
    pub(super) offset: usize,
    pub(super) touches_before: bool,
    pub(super) touches_after: bool,
    /// The piece starts inside a URL's authority, which a marker interrupts.
    pub(super) in_authority: bool,
    /// By their place in the line.
    pub(super) spans: Vec<Span>,
    pub(super) authorities: Vec<Authority>,
}

/// Something to take out, by its place in the line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: SecretKind,
}

/// The user, host and port of a URL, by their place in the line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Authority {
    /// Where the `://` before it starts.
    pub(super) colon: usize,
    pub(super) end: usize,
}

impl Piece<'_> {
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The byte at a place. Beyond either edge: a letter where a marker touches, else zero, which is
    /// neither letter, digit nor punctuation.
    #[cfg_attr(target_family = "wasm", inline(never))]
    pub(super) fn at(&self, at: usize) -> u8 {
        match self.bytes.get(at) {
            Some(&byte) => byte,
            None if at > usize::MAX / 2 => u8::from(self.touches_before) * b'x',
            None => u8::from(self.touches_after) * b'x',
        }
    }

    /// The byte before a place.
    pub(super) fn before(&self, at: usize) -> u8 {
        self.at(at.wrapping_sub(1))
    }

    /// Part of the text; nothing where that makes no sense.
    #[cfg_attr(target_family = "wasm", inline(never))]
    pub(super) fn slice(&self, from: usize, to: usize) -> &[u8] {
        self.bytes.get(from..to).unwrap_or_default()
    }

    /// Where the run of bytes of a class ends, starting at a place.
    #[cfg_attr(target_family = "wasm", inline(never))]
    pub(super) fn run(&self, from: usize, class: Class) -> usize {
        let bytes = self.bytes;
        let mut at = from;
        while let Some(&byte) = bytes.get(at)
            && class.has(byte)
        {
            at += 1;
        }
        at
    }

    /// Where the run of bytes of a class starts that ends at a place, no earlier than `from`.
    #[cfg_attr(target_family = "wasm", inline(never))]
    pub(super) fn run_back(&self, from: usize, to: usize, class: Class) -> usize {
        let mut at = to;
        while at > from && class.has(self.before(at)) {
            at -= 1;
        }
        at
    }

    /// Where a byte first stands in a part of the text; where the part ends if it does not.
    #[cfg_attr(target_family = "wasm", inline(never))]
    pub(super) fn find(&self, from: usize, to: usize, byte: u8) -> usize {
        let mut at = from;
        while at < to && self.at(at) != byte {
            at += 1;
        }
        at
    }

    /// Whether the text goes on with another, whatever its case.
    #[cfg_attr(target_family = "wasm", inline(never))]
    pub(super) fn has(&self, from: usize, text: &str) -> bool {
        self.slice(from, from.wrapping_add(text.len()))
            .eq_ignore_ascii_case(text.as_bytes())
    }

    /// Whether no letter, digit or `_` touches on the left.
    pub(super) fn starts_word(&self, at: usize) -> bool {
        !WORD.has(self.before(at))
    }

    /// Whether no letter, digit or `_` touches on the right.
    pub(super) fn ends_word(&self, at: usize) -> bool {
        !WORD.has(self.at(at))
    }

    /// Whether a part of the text looks made by a machine: long enough, and with digits among letters
    /// or capitals inside.
    pub(super) fn looks_random(&self, from: usize, to: usize) -> bool {
        let (mut digits, mut letters, mut lower, mut capitals) = (0, 0, 0, 0);
        for at in from..to {
            let byte = self.at(at);
            digits += usize::from(DIGIT.has(byte));
            letters += usize::from(byte.is_ascii_alphabetic());
            lower += usize::from(byte.is_ascii_lowercase());
            capitals += usize::from(at > from && byte.is_ascii_uppercase());
        }
        let len = to - from;
        (len >= 8 && digits > 0 && letters > 0)
            || (len >= 16 && digits == len)
            || (len >= 20 && capitals >= 3 && lower > 0)
    }

    /// Whether a part of the text is letters only.
    pub(super) fn letters(&self, from: usize, to: usize) -> bool {
        (from..to).all(|at| self.at(at).is_ascii_alphabetic())
    }

    /// Whether a part of the text is one of a list of words, whatever its case.
    pub(super) fn is_word_of(&self, list: &str, from: usize, to: usize) -> bool {
        words::find(list, self.slice(from, to), words::At::Whole).is_some()
    }

    #[cfg_attr(target_family = "wasm", inline(never))]
    pub(super) fn report(&mut self, start: usize, end: usize, kind: SecretKind) {
        if start < end {
            self.spans.push(Span {
                start: self.offset + start,
                end: self.offset + end,
                kind,
            });
        }
    }
}
