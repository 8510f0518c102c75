//! The few MessagePack types that a pack is made of, always in their shortest encoding.
//!
//! The reader trusts no length: it never allocates more than the bytes it was given could fill.

/// Why bytes are no row of a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RowFault {
    /// The bytes end inside a value.
    #[error("the bytes end inside a value")]
    Truncated,
    /// Another type stands where a certain one is wanted, or a longer encoding than needed.
    #[error("a value has the wrong type or is not in its shortest encoding")]
    WrongType,
    /// A record has another number of fields.
    #[error("a record has the wrong number of fields")]
    WrongLength,
    /// A text is not UTF-8.
    #[error("a text is not valid UTF-8")]
    InvalidUtf8,
    /// A number names no known choice.
    #[error("a number names no known choice")]
    UnknownChoice,
    /// A number is infinite or not a number.
    #[error("a number is infinite or not a number")]
    NotFinite,
    /// A gate or a test is not a formula.
    #[error("a gate or a test is not a formula")]
    BadFormula,
    /// Bytes or texts are left over.
    #[error("bytes or texts are left over")]
    TrailingBytes,
}

/// Appends MessagePack to bytes.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Appends what is MessagePack already.
    pub(crate) fn raw(&mut self, value: &[u8]) {
        self.bytes.extend_from_slice(value);
    }

    pub(crate) fn nil(&mut self) {
        self.bytes.push(0xc0);
    }

    pub(crate) fn bool(&mut self, value: bool) {
        self.bytes.push(0xc2 + u8::from(value));
    }

    pub(crate) fn uint(&mut self, value: u32) {
        let bytes = value.to_be_bytes();
        match value {
            0..=0x7f => self.bytes.push(bytes[3]),
            0x80..=0xff => self.marked(0xcc, &bytes[3..]),
            0x100..=0xffff => self.marked(0xcd, &bytes[2..]),
            _ => self.marked(0xce, &bytes),
        }
    }

    pub(crate) fn f64(&mut self, value: f64) {
        self.marked(0xcb, &value.to_be_bytes());
    }

    pub(crate) fn str(&mut self, value: &str) {
        match value.len() {
            len @ 0..=0x1f => self.bytes.push(0xa0 | len as u8),
            len => self.length(len, Some(0xd9), 0xda),
        }
        self.bytes.extend_from_slice(value.as_bytes());
    }

    pub(crate) fn bin(&mut self, value: &[u8]) {
        self.length(value.len(), Some(0xc4), 0xc5);
        self.bytes.extend_from_slice(value);
    }

    pub(crate) fn array(&mut self, len: usize) {
        if len < 16 {
            self.bytes.push(0x90 | len as u8);
        } else {
            self.length(len, None, 0xdc);
        }
    }

    /// A length in the shortest of one, two or four bytes; the markers of the latter two adjoin.
    /// Sections are bounded far below four bytes' worth.
    fn length(&mut self, len: usize, marker_1: Option<u8>, marker_2: u8) {
        let bytes = (len as u32).to_be_bytes();
        match (len, marker_1) {
            (0..=0xff, Some(marker)) => self.marked(marker, &bytes[3..]),
            (0..=0xffff, _) => self.marked(marker_2, &bytes[2..]),
            _ => self.marked(marker_2 + 1, &bytes),
        }
    }

    fn marked(&mut self, marker: u8, bytes: &[u8]) {
        self.bytes.push(marker);
        self.bytes.extend_from_slice(bytes);
    }
}

/// Reads MessagePack from untrusted bytes, value by value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

type Read<T> = Result<T, RowFault>;

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Asserts that everything was read.
    pub(crate) fn end(&self) -> Read<()> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(RowFault::TrailingBytes)
        }
    }

    /// Reads nil if it is next.
    pub(crate) fn nil(&mut self) -> bool {
        let is_nil = self.rest.first() == Some(&0xc0);
        if is_nil {
            self.rest = &self.rest[1..];
        }
        is_nil
    }

    pub(crate) fn bool(&mut self) -> Read<bool> {
        match self.byte()? {
            0xc2 => Ok(false),
            0xc3 => Ok(true),
            _ => Err(RowFault::WrongType),
        }
    }

    pub(crate) fn uint(&mut self) -> Read<u32> {
        match self.byte()? {
            value @ 0..=0x7f => Ok(u32::from(value)),
            0xcc => self.big_endian(1, 0x80),
            0xcd => self.big_endian(2, 0x100),
            0xce => self.big_endian(4, 0x1_0000),
            _ => Err(RowFault::WrongType),
        }
    }

    pub(crate) fn f64(&mut self) -> Read<f64> {
        if self.byte()? != 0xcb {
            return Err(RowFault::WrongType);
        }
        let bytes: [u8; 8] = self.take(8)?.try_into().map_err(|_| RowFault::Truncated)?;
        let value = f64::from_be_bytes(bytes);
        if value.is_finite() {
            Ok(value)
        } else {
            Err(RowFault::NotFinite)
        }
    }

    /// Whether a string comes next.
    pub(crate) fn is_str(&self) -> bool {
        matches!(self.rest.first(), Some(0xa0..=0xbf | 0xd9..=0xdb))
    }

    pub(crate) fn str(&mut self) -> Read<&'a str> {
        let len = match self.byte()? {
            marker @ 0xa0..=0xbf => u32::from(marker & 0x1f),
            0xd9 => self.big_endian(1, 0x20)?,
            0xda => self.big_endian(2, 0x100)?,
            0xdb => self.big_endian(4, 0x1_0000)?,
            _ => return Err(RowFault::WrongType),
        };
        core::str::from_utf8(self.take(len as usize)?).map_err(|_| RowFault::InvalidUtf8)
    }

    pub(crate) fn bin(&mut self) -> Read<&'a [u8]> {
        let len = match self.byte()? {
            0xc4 => self.big_endian(1, 0)?,
            0xc5 => self.big_endian(2, 0x100)?,
            0xc6 => self.big_endian(4, 0x1_0000)?,
            _ => return Err(RowFault::WrongType),
        };
        self.take(len as usize)
    }

    /// Opens an array and gives the number of its values, never more than bytes are left.
    pub(crate) fn array(&mut self) -> Read<usize> {
        let len = match self.byte()? {
            marker @ 0x90..=0x9f => u32::from(marker & 0x0f),
            0xdc => self.big_endian(2, 16)?,
            0xdd => self.big_endian(4, 0x1_0000)?,
            _ => return Err(RowFault::WrongType),
        };
        if len as usize > self.rest.len() {
            return Err(RowFault::Truncated);
        }
        Ok(len as usize)
    }

    fn byte(&mut self) -> Read<u8> {
        let (first, rest) = self.rest.split_first().ok_or(RowFault::Truncated)?;
        self.rest = rest;
        Ok(*first)
    }

    fn take(&mut self, len: usize) -> Read<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(len).ok_or(RowFault::Truncated)?;
        self.rest = rest;
        Ok(taken)
    }

    /// A number of `len` bytes; one below `least` would have had a shorter encoding.
    fn big_endian(&mut self, len: usize, least: u32) -> Read<u32> {
        let value = self
            .take(len)?
            .iter()
            .fold(0, |value, byte| value << 8 | u32::from(*byte));
        if value < least {
            return Err(RowFault::WrongType);
        }
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn reads_what_it_wrote(
            number in any::<u32>(),
            float in -1e300..1e300_f64,
            text in "\\PC{0,300}",
            bytes in prop::collection::vec(any::<u8>(), 0..400),
            len in 0..70_000_usize,
            flag in any::<bool>(),
        ) {
            let mut out = Writer::default();
            out.uint(number);
            out.f64(float);
            out.str(&text);
            out.bin(&bytes);
            out.bool(flag);
            out.nil();
            out.array(len);
            let mut written = out.into_bytes();
            let before = written.len();
            written.resize(before + len, 0xc0);
            let mut from = Reader::new(&written);
            prop_assert_eq!(from.uint(), Ok(number));
            prop_assert_eq!(from.f64(), Ok(float));
            prop_assert_eq!(from.str(), Ok(text.as_str()));
            prop_assert_eq!(from.bin(), Ok(bytes.as_slice()));
            prop_assert_eq!(from.bool(), Ok(flag));
            prop_assert!(from.nil());
            prop_assert_eq!(from.array(), Ok(len));
            for _ in 0..len {
                prop_assert!(from.nil());
            }
            prop_assert_eq!(from.end(), Ok(()));
        }
    }

    #[test]
    fn refuses_long_encodings_and_claims_beyond_the_end() {
        let uint = |bytes: &[u8]| Reader::new(bytes).uint();
        assert_eq!(uint(&[0xcc, 0x7f]), Err(RowFault::WrongType));
        assert_eq!(uint(&[0xcd, 0x00, 0xff]), Err(RowFault::WrongType));
        assert_eq!(uint(&[0xce, 0, 0, 0xff, 0xff]), Err(RowFault::WrongType));
        assert_eq!(uint(&[0xcd, 0x01]), Err(RowFault::Truncated));
        assert_eq!(Reader::new(&[0xd9, 0x05]).str(), Err(RowFault::WrongType));
        assert_eq!(Reader::new(&[0xa2, b'a']).str(), Err(RowFault::Truncated));
        assert_eq!(Reader::new(&[0xa1, 0xff]).str(), Err(RowFault::InvalidUtf8));
        let claim = [0xdd, 0xff, 0xff, 0xff, 0xff, 0xc0];
        assert_eq!(Reader::new(&claim).array(), Err(RowFault::Truncated));
        assert_eq!(
            Reader::new(&[0xdb, 0xff, 0xff, 0xff, 0xff]).str(),
            Err(RowFault::Truncated)
        );
        let nan = [0xcb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0];
        assert_eq!(Reader::new(&nan).f64(), Err(RowFault::NotFinite));
    }
}
