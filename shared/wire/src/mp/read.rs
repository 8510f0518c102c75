use super::MpError;

/// Reads MessagePack from untrusted bytes, value by value, without allocating.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
    /// Refuse integers and lengths that a shorter encoding would hold.
    shortest: bool,
}

impl<'a> Reader<'a> {
    /// A reader over bytes.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            shortest: false,
        }
    }

    /// A reader that refuses unsigned integers and lengths in more bytes than they need.
    #[must_use]
    pub fn shortest(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            shortest: true,
        }
    }

    /// The bytes not yet read.
    #[must_use]
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Asserts that everything was read.
    pub fn end(&self) -> Result<(), MpError> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(MpError::TrailingBytes)
        }
    }

    /// Reads nil if it is next.
    pub fn nil(&mut self) -> bool {
        let nil = self.rest.first() == Some(&0xc0);
        if nil {
            self.rest = &self.rest[1..];
        }
        nil
    }

    /// Reads an unsigned integer.
    pub fn uint(&mut self) -> Result<u64, MpError> {
        let marker = self.marker()?;
        match marker {
            0..=0x7f => Ok(u64::from(marker)),
            0xcc..=0xcf => self.sized(marker, 0xcc, 1, 0x80),
            _ => Err(MpError::WrongType),
        }
    }

    /// Reads a number of any kind as a 64-bit float.
    pub fn number(&mut self) -> Result<f64, MpError> {
        let marker = self.marker()?;
        let value = match marker {
            0..=0x7f => f64::from(marker),
            0xe0..=0xff => f64::from(marker.cast_signed()),
            0xca => f64::from(f32::from_bits(self.big_endian(4)? as u32)),
            0xcb => f64::from_bits(self.big_endian(8)?),
            0xcc..=0xcf => self.big_endian(1 << (marker - 0xcc))? as f64,
            0xd0 => f64::from((self.big_endian(1)? as u8).cast_signed()),
            0xd1 => f64::from((self.big_endian(2)? as u16).cast_signed()),
            0xd2 => f64::from((self.big_endian(4)? as u32).cast_signed()),
            0xd3 => self.big_endian(8)?.cast_signed() as f64,
            _ => return Err(MpError::WrongType),
        };
        if value.is_finite() {
            Ok(value)
        } else {
            Err(MpError::NotFinite)
        }
    }

    /// Reads a string.
    pub fn str(&mut self) -> Result<&'a str, MpError> {
        let marker = self.marker()?;
        let len = match marker {
            0xa0..=0xbf => usize::from(marker & 0x1f),
            0xd9..=0xdb => self.length(marker, 0xd9, 1, 32)?,
            _ => return Err(MpError::WrongType),
        };
        core::str::from_utf8(self.take(len)?).map_err(|_| MpError::InvalidUtf8)
    }

    /// Reads a byte string.
    pub fn bin(&mut self) -> Result<&'a [u8], MpError> {
        let marker = self.marker()?;
        let len = match marker {
            0xc4..=0xc6 => self.length(marker, 0xc4, 1, 0)?,
            _ => return Err(MpError::WrongType),
        };
        self.take(len)
    }

    /// Reads a byte string of exactly `N` bytes.
    pub fn bin_array<const N: usize>(&mut self) -> Result<[u8; N], MpError> {
        self.bin()?.try_into().map_err(|_| MpError::WrongType)
    }

    /// Opens an array and returns the number of its values, never more than bytes are left.
    pub fn array(&mut self) -> Result<usize, MpError> {
        let marker = self.marker()?;
        let len = match marker {
            0x90..=0x9f => usize::from(marker & 0x0f),
            0xdc | 0xdd => self.length(marker, 0xdc, 2, 16)?,
            _ => return Err(MpError::WrongType),
        };
        if len > self.rest.len() {
            Err(MpError::Truncated)
        } else {
            Ok(len)
        }
    }

    /// Opens a map and returns the number of its pairs, never more than fit the bytes left.
    pub fn map(&mut self) -> Result<usize, MpError> {
        let marker = self.marker()?;
        let len = match marker {
            0x80..=0x8f => usize::from(marker & 0x0f),
            0xde | 0xdf => self.length(marker, 0xde, 2, 16)?,
            _ => return Err(MpError::WrongType),
        };
        if len > self.rest.len() / 2 {
            Err(MpError::Truncated)
        } else {
            Ok(len)
        }
    }

    /// Steps over one value of any type, however deep, without recursion.
    pub fn skip(&mut self) -> Result<(), MpError> {
        let mut pending = 1_usize;
        while pending > 0 {
            pending -= 1;
            match self.peek()? {
                0x80..=0x8f | 0xde | 0xdf => pending += self.map()? * 2,
                0x90..=0x9f | 0xdc | 0xdd => pending += self.array()?,
                0xa0..=0xbf | 0xd9..=0xdb => {
                    self.str()?;
                }
                0xc4..=0xc6 => {
                    self.bin()?;
                }
                0xc0 | 0xc2 | 0xc3 => {
                    self.marker()?;
                }
                0xc7..=0xc9 | 0xd4..=0xd8 => self.ext()?,
                0xc1 => return Err(MpError::WrongType),
                _ => {
                    self.number()?;
                }
            }
        }
        Ok(())
    }

    /// Steps over an extension value.
    pub(super) fn ext(&mut self) -> Result<(), MpError> {
        let marker = self.marker()?;
        let len = match marker {
            0xc7..=0xc9 => self.length(marker, 0xc7, 1, 0)?,
            0xd4..=0xd8 => 1 << (marker - 0xd4),
            _ => return Err(MpError::WrongType),
        };
        self.take(1)?;
        self.take(len).map(|_| ())
    }

    pub(super) fn peek(&self) -> Result<u8, MpError> {
        self.rest.first().copied().ok_or(MpError::Truncated)
    }

    pub(super) fn marker(&mut self) -> Result<u8, MpError> {
        let (&marker, rest) = self.rest.split_first().ok_or(MpError::Truncated)?;
        self.rest = rest;
        Ok(marker)
    }

    fn length(
        &mut self,
        marker: u8,
        first: u8,
        width: usize,
        least: u64,
    ) -> Result<usize, MpError> {
        let len = self.sized(marker, first, width, least)?;
        usize::try_from(len).map_err(|_| MpError::Truncated)
    }

    /// The unsigned integer after a marker. The markers from `first` on stand for widths that double
    /// from `width` on; below `least` a value has a form without any such bytes.
    fn sized(&mut self, marker: u8, first: u8, width: usize, least: u64) -> Result<u64, MpError> {
        let step = marker - first;
        let width = width << step;
        let value = self.big_endian(width)?;
        let least = if step == 0 { least } else { 1 << (4 * width) };
        if self.shortest && value < least {
            return Err(MpError::NotShortest);
        }
        Ok(value)
    }

    pub(super) fn take(&mut self, len: usize) -> Result<&'a [u8], MpError> {
        let (bytes, rest) = self.rest.split_at_checked(len).ok_or(MpError::Truncated)?;
        self.rest = rest;
        Ok(bytes)
    }

    fn big_endian(&mut self, width: usize) -> Result<u64, MpError> {
        let bytes = self.take(width)?;
        Ok(bytes
            .iter()
            .fold(0, |value, &byte| value << 8 | u64::from(byte)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Writer;
    use super::*;

    #[test]
    fn trusts_no_claimed_length() {
        assert_eq!(
            Reader::new(&[0xdd, 0xff, 0xff, 0xff, 0xff]).array(),
            Err(MpError::Truncated)
        );
        assert_eq!(
            Reader::new(&[0xdf, 0, 0, 0, 2, 0xc0, 0xc0, 0xc0]).map(),
            Err(MpError::Truncated)
        );
        assert_eq!(
            Reader::new(&[0xdb, 0xff, 0xff, 0xff, 0xff, b'a']).str(),
            Err(MpError::Truncated)
        );
        assert_eq!(
            Reader::new(&[0xc6, 0, 0, 0, 2, 1]).bin(),
            Err(MpError::Truncated)
        );
        assert_eq!(Reader::new(&[0xcf, 1]).uint(), Err(MpError::Truncated));
        assert_eq!(Reader::new(&[]).uint(), Err(MpError::Truncated));
    }

    #[test]
    fn refuses_other_types_bad_text_and_infinite_numbers() {
        assert_eq!(Reader::new(&[0xc1]).uint(), Err(MpError::WrongType));
        assert_eq!(Reader::new(&[0xff]).uint(), Err(MpError::WrongType));
        assert_eq!(Reader::new(&[0xa1, 0xff]).str(), Err(MpError::InvalidUtf8));
        let mut writer = Writer::new();
        writer.f64(f64::NAN);
        assert_eq!(
            Reader::new(&writer.into_bytes()).number(),
            Err(MpError::NotFinite)
        );
        assert_eq!(
            Reader::new(&[0xc4, 1, 9]).bin_array::<2>(),
            Err(MpError::WrongType)
        );
    }

    #[test]
    fn the_shortest_reader_refuses_longer_forms() {
        let refused = Some(MpError::NotShortest);
        let uint = |bytes: &[u8]| Reader::shortest(bytes).uint().err();
        let str = |bytes: &[u8]| Reader::shortest(bytes).str().err();
        let array = |bytes: &[u8]| Reader::shortest(bytes).array().err();
        assert_eq!(uint(&[0xcc, 0x7f]), refused);
        assert_eq!(uint(&[0xcc, 0x80]), None);
        assert_eq!(uint(&[0xcd, 0, 0xff]), refused);
        assert_eq!(uint(&[0xcd, 1, 0]), None);
        assert_eq!(uint(&[0xce, 0, 0, 0xff, 0xff]), refused);
        assert_eq!(uint(&[0xcf, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]), refused);
        assert_eq!(uint(&[0xcf, 0, 0, 0, 1, 0, 0, 0, 0]), None);
        assert_eq!(str(&[0xd9, 1, b'a']), refused);
        assert_eq!(str(&[0xda, 0, 1, b'a']), refused);
        assert_eq!(Reader::shortest(&[0xc4, 0]).bin(), Ok(&[][..]));
        assert_eq!(Reader::shortest(&[0xc5, 0, 0]).bin().err(), refused);
        assert_eq!(array(&[0xdc, 0, 1, 0]), refused);
        assert_eq!(array(&[0xdd, 0, 0, 0, 1, 0]), refused);
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_written_is_shortest(number: u64, text in ".{0,300}", bytes: Vec<u8>) {
            let mut writer = Writer::new();
            writer.uint(number);
            writer.str(&text);
            writer.bin(&bytes);
            let written = writer.into_bytes();
            let mut reader = Reader::shortest(&written);
            proptest::prop_assert_eq!(reader.uint(), Ok(number));
            proptest::prop_assert_eq!(reader.str(), Ok(text.as_str()));
            proptest::prop_assert_eq!(reader.bin(), Ok(bytes.as_slice()));
        }

        #[test]
        fn reads_the_integers_that_were_written(unsigned: u64, signed: i32) {
            let mut writer = Writer::new();
            writer.uint(unsigned);
            writer.int(i64::from(signed));
            let bytes = writer.into_bytes();
            let mut reader = Reader::new(&bytes);
            proptest::prop_assert_eq!(reader.uint(), Ok(unsigned));
            proptest::prop_assert_eq!(reader.number(), Ok(f64::from(signed)));
            proptest::prop_assert_eq!(reader.end(), Ok(()));
        }
    }
}
