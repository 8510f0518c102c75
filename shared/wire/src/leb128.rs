//! Unsigned integers in seven bits a byte, the lowest first.

use alloc::vec::Vec;

/// Most bytes that 64 bits take.
const BYTES_MAX: u32 = 10;

/// Appends an integer.
pub fn write(mut value: u64, bytes: &mut Vec<u8>) {
    while value > 0x7f {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// Reads one integer and moves past it; `None` where the bytes end early or 64 bits overflow.
pub fn read(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for index in 0..BYTES_MAX {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        let part = u64::from(byte & 0x7f);
        if part > u64::MAX >> (7 * index) {
            return None;
        }
        value |= part << (7 * index);
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_is_cut_or_too_large() {
        assert_eq!(read(&mut &[][..]), None);
        assert_eq!(read(&mut &[0x80][..]), None);
        assert_eq!(read(&mut &[0xff; 11][..]), None);
        let mut largest = vec![0xff; 9];
        largest.push(1);
        assert_eq!(read(&mut largest.as_slice()), Some(u64::MAX));
        largest[9] = 2;
        assert_eq!(read(&mut largest.as_slice()), None);
    }

    proptest::proptest! {
        #[test]
        fn round_trips(value: u64, after: u8) {
            let mut bytes = Vec::new();
            write(value, &mut bytes);
            bytes.push(after);
            let mut rest = bytes.as_slice();
            proptest::prop_assert_eq!(read(&mut rest), Some(value));
            proptest::prop_assert_eq!(rest, &[after]);
        }
    }
}
