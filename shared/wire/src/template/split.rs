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
    let mut template = Vec::with_capacity(message.len());
    let mut rest = message.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let len = run(rest, u8::is_ascii_alphanumeric);
        if len > 0 {
            let (word, after) = rest.split_at(len);
            take_word(word, &mut template, variables);
            rest = after;
            continue;
        }
        if byte == HOLE {
            variables.push(Variable {
                kind: TEXT,
                text: &rest[..1],
            });
        }
        template.push(byte);
        rest = after;
    }
    // Only whole ASCII characters were replaced, so this loses nothing.
    String::from_utf8(template).unwrap_or_default()
}

/// A longest run of ASCII letters and digits.
fn take_word<'a>(word: &'a [u8], template: &mut Vec<u8>, variables: &mut Vec<Variable<'a>>) {
    let digits = run(word, u8::is_ascii_digit);
    let letters = run(word, u8::is_ascii_alphabetic);
    let mut take = |kind, text| {
        template.push(HOLE);
        variables.push(Variable { kind, text });
    };
    if letters == word.len() {
        template.extend_from_slice(word);
        return;
    }
    let lower_hex = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let identifier = word.len().is_multiple_of(2) && run(word, lower_hex) == word.len();
    if digits == word.len() && digits <= DIGITS_MAX {
        take(DIGITS, word);
    } else if identifier && word.len() >= IDENTIFIER_LEN_MIN {
        take(HEXADECIMAL, word);
    } else if digits > 0
        && digits <= DIGITS_MAX
        && digits + run(&word[digits..], u8::is_ascii_alphabetic) == word.len()
    {
        // A number with its unit.
        take(DIGITS, &word[..digits]);
        template.extend_from_slice(&word[digits..]);
    } else if letters > 0
        && word.len() - letters <= DIGITS_MAX
        && letters + run(&word[letters..], u8::is_ascii_digit) == word.len()
    {
        // A name with its number.
        template.extend_from_slice(&word[..letters]);
        template.push(HOLE);
        variables.push(Variable {
            kind: DIGITS,
            text: &word[letters..],
        });
    } else if identifier {
        take(HEXADECIMAL, word);
    } else {
        take(TEXT, word);
    }
}

/// How many bytes at the start are such.
fn run(bytes: &[u8], such: impl Fn(&u8) -> bool) -> usize {
    bytes.iter().take_while(|byte| such(byte)).count()
}
