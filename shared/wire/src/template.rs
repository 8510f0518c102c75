//! Messages taken apart into templates and variables, and put together again.
//!
//! A variable is a longest run of ASCII letters and digits with at least one digit in it, or a
//! U+0000. The template is the message with a U+0000 in place of each variable.

use alloc::string::String;
use alloc::vec::Vec;

use crate::leb128;

/// Stands for a variable in a template.
const HOLE: u8 = 0;

/// How a variable is packed: the lower two bits of its head, a LEB128 integer.
const DECIMAL: u64 = 0;
const HEXADECIMAL: u64 = 1;
const TEXT: u64 = 2;
const FORM_BITS: u32 = 2;
/// Decimal digits that fit the rest of a 64-bit head with room to spare.
const DECIMAL_DIGITS_MAX: usize = 15;

/// Makes the template of a message and appends its variables.
pub fn take_apart(message: &str, variables: &mut Vec<u8>) -> String {
    let bytes = message.as_bytes();
    let mut template = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let rest = &bytes[at..];
        let len = rest
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric())
            .count();
        let word = &rest[..len];
        if word.iter().any(u8::is_ascii_digit) {
            template.push(HOLE);
            write_variable(word, variables);
        } else if byte == HOLE {
            template.push(HOLE);
            write_variable(&[HOLE], variables);
        } else if len == 0 {
            template.push(byte);
        } else {
            template.extend_from_slice(word);
        }
        at += len.max(1);
    }
    // Only whole ASCII characters were replaced, so this loses nothing.
    String::from_utf8(template).unwrap_or_default()
}

/// Puts a message together, taking variables from the front of `variables`. `None` where these are
/// damaged, or the message would be longer than `bytes_max`.
pub fn put_together(template: &str, variables: &mut &[u8], bytes_max: usize) -> Option<String> {
    let mut message = Vec::with_capacity(template.len() + 16);
    for (index, part) in template.as_bytes().split(|&byte| byte == HOLE).enumerate() {
        if index > 0 {
            read_variable(variables, &mut message)?;
        }
        message.extend_from_slice(part);
        if message.len() > bytes_max {
            return None;
        }
    }
    String::from_utf8(message).ok()
}

fn write_variable(word: &[u8], bytes: &mut Vec<u8>) {
    let head = |value: usize, form: u64| (value as u64) << FORM_BITS | form;
    let digits = word.iter().all(u8::is_ascii_digit);
    if digits && word.len() <= DECIMAL_DIGITS_MAX && (word[0] != b'0' || word.len() == 1) {
        let value = word
            .iter()
            .fold(0, |value, digit| value * 10 + u64::from(digit - b'0'));
        leb128::write(value << FORM_BITS | DECIMAL, bytes);
        return;
    }
    let lower_hex = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if word.len().is_multiple_of(2) && word.iter().all(lower_hex) {
        leb128::write(head(word.len() / 2, HEXADECIMAL), bytes);
        let nibble = |digit: u8| {
            if digit > b'9' {
                digit - b'a' + 10
            } else {
                digit - b'0'
            }
        };
        bytes.extend(
            word.chunks_exact(2)
                .map(|pair| nibble(pair[0]) << 4 | nibble(pair[1])),
        );
        return;
    }
    leb128::write(head(word.len(), TEXT), bytes);
    bytes.extend_from_slice(word);
}

fn read_variable(bytes: &mut &[u8], message: &mut Vec<u8>) -> Option<()> {
    let head = leb128::read(bytes)?;
    let value = head >> FORM_BITS;
    let form = head & ((1 << FORM_BITS) - 1);
    if form == DECIMAL {
        write_decimal(value, message);
        return Some(());
    }
    let (word, rest) = bytes.split_at_checked(usize::try_from(value).ok()?)?;
    *bytes = rest;
    match form {
        HEXADECIMAL => {
            for byte in word {
                message.extend_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
            }
        }
        TEXT => message.extend_from_slice(word),
        _ => return None,
    }
    Some(())
}

fn write_decimal(mut value: u64, message: &mut Vec<u8>) {
    let start = message.len();
    loop {
        message.push(digit((value % 10) as u8));
        value /= 10;
        if value == 0 {
            break;
        }
    }
    message[start..].reverse();
}

/// A hexadecimal digit, lower case.
fn digit(value: u8) -> u8 {
    if value < 10 {
        b'0' + value
    } else {
        b'a' + value - 10
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(message: &str, template: &str, variables: &[u8]) {
        let mut bytes = Vec::new();
        assert_eq!(take_apart(message, &mut bytes), template);
        assert_eq!(bytes, variables, "{message}");
        let mut rest = bytes.as_slice();
        assert_eq!(
            put_together(template, &mut rest, message.len()).as_deref(),
            Some(message)
        );
        assert!(rest.is_empty());
    }

    #[test]
    fn packs_numbers_identifiers_and_the_rest() {
        check("", "", &[]);
        check("no digits: 没有", "no digits: 没有", &[]);
        check("took 7 ms", "took \0 ms", &[7 << 2]);
        check("port 5432!", "port \0!", &[0xe0, 0xa9, 0x01]);
        check("at 05:00", "at \0:\0", &[1 << 2 | 1, 0x05, 1 << 2 | 1, 0]);
        check(
            "id deadbeef01",
            "id \0",
            &[5 << 2 | 1, 0xde, 0xad, 0xbe, 0xef, 1],
        );
        check("log4j", "\0", b"\x16log4j");
        check("a\0b", "a\0b", &[1 << 2 | 2, 0]);
        check("0", "\0", &[0]);
        check("DEAD1", "\0", b"\x16DEAD1");
        check("第3行", "第\0行", &[12]);
    }

    #[test]
    fn refuses_damaged_variables_and_long_messages() {
        for bytes in [
            &[][..],
            &[0x80],
            &[3],
            &[8 | 2, b'a'],
            &[4 | 2, 0xff],
            &[0xff; 10],
        ] {
            assert_eq!(put_together("\0", &mut &bytes[..], 100), None, "{bytes:?}");
        }
        assert_eq!(put_together("12345", &mut &[][..], 4), None);
        assert_eq!(
            put_together("\0", &mut &[6 << 2 | 2, 1, 2, 3, 4, 5, 6][..], 5),
            None
        );
    }

    proptest::proptest! {
        #[test]
        fn any_message_survives(message in "(\\PC|[0-9a-f]{1,20}|[0-9]{1,20}|\u{0}|\n){0,30}") {
            let mut bytes = Vec::new();
            let template = take_apart(&message, &mut bytes);
            let mut rest = bytes.as_slice();
            let again = put_together(&template, &mut rest, message.len());
            proptest::prop_assert_eq!(again, Some(message));
            proptest::prop_assert!(rest.is_empty());
        }
    }
}
