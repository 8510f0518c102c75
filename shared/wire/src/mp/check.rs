use super::{MpError, Reader};
use alloc::vec::Vec;

/// What a message may hold at most.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Arrays and maps inside each other.
    pub nesting_max: usize,
    /// Values of any kind.
    pub values_max: usize,
    /// Entries of one map.
    pub map_entries_max: usize,
    /// Bytes of one key.
    pub key_bytes_max: usize,
    /// Bytes of one string.
    pub text_bytes_max: usize,
}

/// Checks that bytes are one MessagePack value within bounds, with nothing after it: map keys are
/// strings and unique, strings are UTF-8, numbers are finite.
///
/// After this a general decoder can be let loose: its depth, its allocations and its surprises are
/// bounded.
pub fn check(bytes: &[u8], bounds: &Bounds) -> Result<(), MpError> {
    let mut checker = Checker {
        reader: Reader::new(bytes),
        bounds,
        values: 0,
    };
    checker.value(bounds.nesting_max)?;
    checker.reader.end()
}

struct Checker<'a, 'b> {
    reader: Reader<'a>,
    bounds: &'b Bounds,
    values: usize,
}

impl Checker<'_, '_> {
    fn value(&mut self, depth: usize) -> Result<(), MpError> {
        self.values += 1;
        if self.values > self.bounds.values_max {
            return Err(MpError::TooLarge);
        }
        match self.reader.peek()? {
            0x80..=0x8f | 0xde | 0xdf => self.map(depth),
            0x90..=0x9f | 0xdc | 0xdd => {
                let depth = depth.checked_sub(1).ok_or(MpError::NestedTooDeep)?;
                for _ in 0..self.reader.array()? {
                    self.value(depth)?;
                }
                Ok(())
            }
            0xa0..=0xbf | 0xd9..=0xdb => {
                bounded(self.reader.str()?.len(), self.bounds.text_bytes_max)
            }
            0xc4..=0xc6 => self.reader.bin().map(|_| ()),
            0xc0 | 0xc2 | 0xc3 => self.reader.marker().map(|_| ()),
            0xc7..=0xc9 | 0xd4..=0xd8 => self.reader.ext(),
            0xc1 => Err(MpError::WrongType),
            _ => self.reader.number().map(|_| ()),
        }
    }

    fn map(&mut self, depth: usize) -> Result<(), MpError> {
        let depth = depth.checked_sub(1).ok_or(MpError::NestedTooDeep)?;
        let len = self.reader.map()?;
        bounded(len, self.bounds.map_entries_max)?;
        // Kept sorted. A general sort would do as well and weigh 3 KB more in wasm.
        let mut keys: Vec<&str> = Vec::with_capacity(len);
        for _ in 0..len {
            let key = self.reader.str()?;
            bounded(key.len(), self.bounds.key_bytes_max)?;
            match keys.binary_search(&key) {
                Ok(_) => return Err(MpError::DuplicateKey),
                Err(place) => keys.insert(place, key),
            }
            self.value(depth)?;
        }
        Ok(())
    }
}

fn bounded(len: usize, max: usize) -> Result<(), MpError> {
    if len > max {
        Err(MpError::TooLarge)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds {
        nesting_max: 3,
        values_max: 20,
        map_entries_max: 4,
        key_bytes_max: 4,
        text_bytes_max: 8,
    };

    #[track_caller]
    fn expect(bytes: &[u8], result: Result<(), MpError>) {
        assert_eq!(check(bytes, &BOUNDS), result, "{bytes:02x?}");
    }

    #[test]
    fn accepts_every_type() {
        expect(
            b"\x84\xa1a\xc0\xa1b\x93\xc3\xd5\x01ab\xca\x3f\x80\0\0\xa1c\xc4\x01\xff\xa1d\xd1\xff\0",
            Ok(()),
        );
    }

    #[test]
    fn refuses_each_fault() {
        expect(b"", Err(MpError::Truncated));
        expect(b"\xc0\xc0", Err(MpError::TrailingBytes));
        expect(b"\xc1", Err(MpError::WrongType));
        expect(b"\x91\x91\x91\xc0", Ok(()));
        expect(b"\x91\x91\x91\x91\xc0", Err(MpError::NestedTooDeep));
        expect(b"\x82\xa1a\xc0\xa1a\xc0", Err(MpError::DuplicateKey));
        expect(b"\x81\x01\xc0", Err(MpError::WrongType));
        expect(b"\xa2\xc3\x28", Err(MpError::InvalidUtf8));
        expect(b"\xa9123456789", Err(MpError::TooLarge));
        expect(b"\x81\xa512345\xc0", Err(MpError::TooLarge));
        expect(b"\xcb\x7f\xf0\0\0\0\0\0\0", Err(MpError::NotFinite));
        expect(b"\xc7\xff\x01", Err(MpError::Truncated));
        expect(
            &[&[0xdc, 0, 20][..], &[0xc0; 20]].concat(),
            Err(MpError::TooLarge),
        );
        expect(
            b"\x85\xa1a\xc0\xa1b\xc0\xa1c\xc0\xa1d\xc0\xa1e\xc0",
            Err(MpError::TooLarge),
        );
    }

    proptest::proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes: Vec<u8>) {
            let _ = check(&bytes, &BOUNDS);
        }
    }
}
