//! Bytes as bare decimal digits, for the numeric mode of QR codes.
//!
//! Seven bytes, big-endian, make seventeen digits; a tail of one to six bytes makes 3, 5, 8, 10, 13
//! or 15. A numeric QR segment spends 10 bits on three digits, so seven bytes cost 56.7 bits, where
//! base64url in a byte segment costs 74.7.

use alloc::string::String;
use alloc::vec::Vec;
const GROUP_BYTES: usize = 7;
/// Digits for a group of as many bytes as the index.
const DIGITS: [usize; GROUP_BYTES + 1] = [0, 3, 5, 8, 10, 13, 15, 17];

/// Writes bytes as decimal digits.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() / GROUP_BYTES * 17 + 15);
    for group in bytes.chunks(GROUP_BYTES) {
        let mut value = group
            .iter()
            .fold(0_u64, |value, &byte| value << 8 | u64::from(byte));
        let mut digits = [b'0'; 17];
        let digits = &mut digits[..DIGITS[group.len()]];
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + (value % 10) as u8;
            value /= 10;
        }
        text.extend(digits.iter().map(|&digit| char::from(digit)));
    }
    text
}

/// Reads decimal digits. `None` for foreign characters, impossible lengths, and groups whose value
/// does not fit their bytes.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 17 * GROUP_BYTES + GROUP_BYTES);
    for group in text.as_bytes().chunks(DIGITS[GROUP_BYTES]) {
        let count = DIGITS.iter().position(|&digits| digits == group.len())?;
        let mut value = 0_u64;
        for &digit in group {
            if !digit.is_ascii_digit() {
                return None;
            }
            value = value * 10 + u64::from(digit - b'0');
        }
        if value >> (8 * count) != 0 {
            return None;
        }
        bytes.extend_from_slice(&value.to_be_bytes()[8 - count..]);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_groups_with_leading_zeros() {
        assert_eq!(encode(&[0]), "000");
        assert_eq!(encode(&[255]), "255");
        assert_eq!(encode(&[1, 0]), "00256");
        assert_eq!(encode(&[0xff; 7]), "72057594037927935");
        assert_eq!(encode(&[0xff; 8]), "72057594037927935255");
    }

    #[test]
    fn refuses_values_beyond_their_bytes_and_impossible_lengths() {
        for text in [
            "256",
            "1",
            "12",
            "1234",
            "72057594037927936",
            "00a",
            "٣٣٣",
            " 00",
        ] {
            assert_eq!(decode(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn round_trips(bytes: Vec<u8>) {
            proptest::prop_assert_eq!(decode(&encode(&bytes)), Some(bytes));
        }

        #[test]
        fn accepts_only_what_it_would_write(text in "[0-9]{0,60}") {
            if let Some(bytes) = decode(&text) {
                proptest::prop_assert_eq!(encode(&bytes), text);
            }
        }
    }
}
