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

/// Makes the template of a message and appends its variables.
pub(super) fn take_apart<'a>(message: &'a str, variables: &mut Vec<Variable<'a>>) -> String {
    let bytes = message.as_bytes();
    let mut template = Vec::with_capacity(bytes.len());
    let (mut at, mut copied) = (0, 0);
    while let Some(&byte) = bytes.get(at) {
        let word = &bytes[at..at + run(&bytes[at..], alphanumeric)];
        if let Some((skip, len, kind)) = variable(word, byte) {
            at += skip;
            template.extend_from_slice(&bytes[copied..at]);
            template.push(HOLE);
            copied = at + len;
            variables.push(Variable {
                kind,
                text: &bytes[at..copied],
            });
            // A unit after a number has no digits, so it is not looked at twice in vain.
            at = copied;
        } else {
            at += word.len().max(1);
        }
    }
    template.extend_from_slice(&bytes[copied..]);
    // Only whole ASCII characters were replaced, so this loses nothing.
    String::from_utf8(template).unwrap_or_default()
}

/// What in a longest run of ASCII letters and digits, or in the byte where there is none, is
/// variable: where it starts, its length, its kind.
fn variable(word: &[u8], byte: u8) -> Option<(usize, usize, u64)> {
    if word.is_empty() {
        return (byte == HOLE).then_some((0, 1, TEXT));
    }
    let len = word.len();
    let letters = run(word, letter);
    if letters == len {
        return None;
    }
    let digits = run(&word[letters..], digit);
    let rest = len - letters - digits;
    let identifier = len.is_multiple_of(2) && run(word, lower_hex) == len;
    if identifier && len >= IDENTIFIER_LEN_MIN && (digits < len || len > DIGITS_MAX) {
        return Some((0, len, HEXADECIMAL));
    }
    // Digits alone, a name with its number, or a number with its unit.
    let beside = rest == 0 || (letters == 0 && run(&word[digits..], letter) == rest);
    if beside && digits <= DIGITS_MAX {
        return Some((letters, digits, DIGITS));
    }
    Some((0, len, if identifier { HEXADECIMAL } else { TEXT }))
}

/// How many bytes at the start are such.
fn run(bytes: &[u8], such: impl Fn(u8) -> bool) -> usize {
    bytes.iter().take_while(|&&byte| such(byte)).count()
}

// The library's own tests are not inlined where size counts most, and one call a byte is dear.

fn digit(byte: u8) -> bool {
    byte.wrapping_sub(b'0') < 10
}

fn letter(byte: u8) -> bool {
    (byte | 0x20).wrapping_sub(b'a') < 26
}

fn alphanumeric(byte: u8) -> bool {
    digit(byte) || letter(byte)
}

fn lower_hex(byte: u8) -> bool {
    digit(byte) || byte.wrapping_sub(b'a') < 6
}
