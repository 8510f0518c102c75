//! What in a message is a variable.

use alloc::string::String;
use alloc::vec::Vec;

use super::{DIGITS, DIGITS_MAX, HEXADECIMAL, HOLE, TEXT};

/// Lower-case hexadecimal words from this length on are identifiers; shorter ones may be `5ff`, as in
/// a unit or a version.
const IDENTIFIER_LEN_MIN: usize = 6;

/// What stood in a hole of the template.
#[derive(Clone, Copy)]
pub(super) struct Variable<'a> {
    /// One of `DIGITS`, `HEXADECIMAL`, `TEXT`.
    pub(super) kind: u64,
    pub(super) text: &'a [u8],
}

/// What a byte adds to a word of ASCII letters and digits; 0 ends the word.
const DIGIT: u8 = 1;
const HEX_LETTER: u8 = 2;
const LETTER: u8 = 4;

/// One look-up for each byte of a snapshot, where comparisons would be several.
static PARTS: [u8; 256] = {
    let mut parts = [0; 256];
    let mut byte = 0;
    while byte < parts.len() {
        let char = byte as u8;
        if char.is_ascii_digit() {
            parts[byte] = DIGIT;
        } else if matches!(char, b'a'..=b'f') {
            parts[byte] = HEX_LETTER;
        } else if char.is_ascii_alphabetic() {
            parts[byte] = LETTER;
        }
        byte += 1;
    }
    parts
};

/// Makes the template of a message and appends its variables.
pub(super) fn take_apart<'a>(message: &'a str, variables: &mut Vec<Variable<'a>>) -> String {
    let bytes = message.as_bytes();
    let mut template = String::with_capacity(bytes.len());
    let (mut at, mut copied) = (0, 0);
    while let Some(&byte) = bytes.get(at) {
        let start = at;
        let mut parts = 0;
        while let Some(&byte) = bytes.get(at)
            && PARTS[usize::from(byte)] != 0
        {
            parts |= PARTS[usize::from(byte)];
            at += 1;
        }
        let (skip, len, kind) = if parts & DIGIT != 0 {
            variable(bytes.get(start..at).unwrap_or_default(), parts)
        } else if at > start {
            continue;
        } else {
            at += 1;
            if byte != HOLE {
                continue;
            }
            (0, 1, TEXT)
        };
        // A unit after a number has no digits, so it is not looked at twice in vain.
        at = start + skip + len;
        // Only whole ASCII characters are replaced, so these are character boundaries.
        let before = message.get(copied..start + skip).unwrap_or_default();
        template.push_str(before);
        template.push(char::from(HOLE));
        variables.push(Variable {
            kind,
            text: bytes.get(start + skip..at).unwrap_or_default(),
        });
        copied = at;
    }
    template.push_str(message.get(copied..).unwrap_or_default());
    template
}

/// What in a longest run of ASCII letters and digits, which has a digit, is variable: where it starts,
/// its length, its kind.
fn variable(word: &[u8], parts: u8) -> (usize, usize, u64) {
    let len = word.len();
    let letters = run(word, 0, HEX_LETTER | LETTER);
    let after_digits = run(word, letters, DIGIT);
    let digits = after_digits - letters;
    let rest = len - after_digits;
    let identifier = len.is_multiple_of(2) && parts & LETTER == 0;
    if identifier && len >= IDENTIFIER_LEN_MIN && (digits < len || len > DIGITS_MAX) {
        return (0, len, HEXADECIMAL);
    }
    // Digits alone, a name with its number, or a number with its unit.
    let unit = letters == 0 && run(word, digits, HEX_LETTER | LETTER) == len;
    if (rest == 0 || unit) && digits <= DIGITS_MAX {
        return (letters, digits, DIGITS);
    }
    (0, len, if identifier { HEXADECIMAL } else { TEXT })
}

/// Where the bytes of some parts end that start at a place.
fn run(word: &[u8], from: usize, parts: u8) -> usize {
    let mut at = from;
    while let Some(&byte) = word.get(at)
        && PARTS[usize::from(byte)] & parts != 0
    {
        at += 1;
    }
    at
}
