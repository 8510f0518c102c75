use alloc::vec::Vec;
#[cfg(feature = "std")]
use rmpv::Value;

#[cfg(feature = "std")]
use super::MpError;

/// Appends MessagePack to a byte vector, always in the shortest encoding.
#[derive(Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// An empty writer.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What was written.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Takes over what another writer wrote.
    pub fn append(&mut self, other: &Self) {
        self.bytes.extend_from_slice(&other.bytes);
    }

    /// Writes nil.
    pub fn nil(&mut self) {
        self.bytes.push(0xc0);
    }

    /// Writes a boolean.
    pub fn bool(&mut self, value: bool) {
        self.bytes.push(0xc2 + u8::from(value));
    }

    /// Writes an unsigned integer.
    pub fn uint(&mut self, value: u64) {
        let bytes = value.to_be_bytes();
        match value {
            0..=0x7f => self.bytes.push(bytes[7]),
            0x80..=0xff => self.marked(0xcc, &bytes[7..]),
            0x100..=0xffff => self.marked(0xcd, &bytes[6..]),
            0x1_0000..=0xffff_ffff => self.marked(0xce, &bytes[4..]),
            _ => self.marked(0xcf, &bytes),
        }
    }

    /// Writes a signed integer; one that is not negative is written as unsigned.
    pub fn int(&mut self, value: i64) {
        if let Ok(value) = u64::try_from(value) {
            return self.uint(value);
        }
        let bytes = value.to_be_bytes();
        match value {
            -0x20.. => self.bytes.push(bytes[7]),
            -0x80.. => self.marked(0xd0, &bytes[7..]),
            -0x8000.. => self.marked(0xd1, &bytes[6..]),
            -0x8000_0000.. => self.marked(0xd2, &bytes[4..]),
            _ => self.marked(0xd3, &bytes),
        }
    }

    /// Writes a 32-bit float.
    pub fn f32(&mut self, value: f32) {
        self.marked(0xca, &value.to_be_bytes());
    }

    /// Writes a 64-bit float.
    pub fn f64(&mut self, value: f64) {
        self.marked(0xcb, &value.to_be_bytes());
    }

    /// Writes a string.
    pub fn str(&mut self, value: &str) {
        if value.len() < 32 {
            self.bytes.push(0xa0 | value.len() as u8);
        } else {
            self.length(value.len(), Some(0xd9), 0xda);
        }
        self.bytes.extend_from_slice(value.as_bytes());
    }

    /// Writes a byte string.
    pub fn bin(&mut self, value: &[u8]) {
        self.length(value.len(), Some(0xc4), 0xc5);
        self.bytes.extend_from_slice(value);
    }

    /// Opens an array; as many values must follow.
    pub fn array(&mut self, len: usize) {
        if len < 16 {
            self.bytes.push(0x90 | len as u8);
        } else {
            self.length(len, None, 0xdc);
        }
    }

    /// Opens a map; as many pairs of key and value must follow.
    pub fn map(&mut self, len: usize) {
        if len < 16 {
            self.bytes.push(0x80 | len as u8);
        } else {
            self.length(len, None, 0xde);
        }
    }

    /// Writes a value of any type. Fails on nesting beyond `depth_max` and on strings that are not
    /// UTF-8.
    #[cfg(feature = "std")]
    pub fn value(&mut self, value: &Value, depth_max: usize) -> Result<(), MpError> {
        match value {
            Value::Nil => self.nil(),
            Value::Boolean(value) => self.bool(*value),
            Value::Integer(value) => match (value.as_u64(), value.as_i64()) {
                (Some(value), _) => self.uint(value),
                (None, value) => self.int(value.unwrap_or_default()),
            },
            Value::F32(value) => self.f32(*value),
            Value::F64(value) => self.f64(*value),
            Value::String(value) => self.str(value.as_str().ok_or(MpError::InvalidUtf8)?),
            Value::Binary(value) => self.bin(value),
            Value::Array(values) => {
                let depth_max = depth_max.checked_sub(1).ok_or(MpError::NestedTooDeep)?;
                self.array(values.len());
                for value in values {
                    self.value(value, depth_max)?;
                }
            }
            Value::Map(pairs) => {
                let depth_max = depth_max.checked_sub(1).ok_or(MpError::NestedTooDeep)?;
                self.map(pairs.len());
                for (key, value) in pairs {
                    self.value(key, depth_max)?;
                    self.value(value, depth_max)?;
                }
            }
            Value::Ext(kind, value) => self.ext(*kind, value),
        }
        Ok(())
    }

    #[cfg(feature = "std")]
    fn ext(&mut self, kind: i8, value: &[u8]) {
        match value.len() {
            1 => self.bytes.push(0xd4),
            2 => self.bytes.push(0xd5),
            4 => self.bytes.push(0xd6),
            8 => self.bytes.push(0xd7),
            16 => self.bytes.push(0xd8),
            len => self.length(len, Some(0xc7), 0xc8),
        }
        self.bytes.push(kind.cast_unsigned());
        self.bytes.extend_from_slice(value);
    }

    /// A length in the shortest of one, two or four bytes; the markers of the latter two adjoin.
    /// No format lets four bytes overflow: whole messages are bounded far below.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Writer)) -> Vec<u8> {
        let mut writer = Writer::new();
        write(&mut writer);
        writer.into_bytes()
    }

    fn reference(value: &Value) -> Vec<u8> {
        let mut bytes = Vec::new();
        rmpv::encode::write_value(&mut bytes, value).unwrap();
        bytes
    }

    #[test]
    fn agrees_with_rmpv_at_every_boundary() {
        for value in [
            0,
            1,
            0x7f,
            0x80,
            0xff,
            0x100,
            0xffff,
            0x1_0000,
            0xffff_ffff,
            1 << 32,
            u64::MAX,
        ] {
            assert_eq!(
                written(|w| w.uint(value)),
                reference(&value.into()),
                "{value}"
            );
        }
        for value in [
            -1,
            -32,
            -33,
            -128,
            -129,
            -32768,
            -32769,
            -(1 << 31),
            -(1 << 31) - 1,
            i64::MIN,
            5,
        ] {
            assert_eq!(
                written(|w| w.int(value)),
                reference(&value.into()),
                "{value}"
            );
        }
        for len in [0, 1, 15, 16, 31, 32, 255, 256, 65535, 65536] {
            let text = "x".repeat(len);
            assert_eq!(
                written(|w| w.str(&text)),
                reference(&text.as_str().into()),
                "{len}"
            );
            assert_eq!(
                written(|w| w.bin(text.as_bytes())),
                reference(&text.as_bytes().into()),
                "{len}"
            );
            let values = Value::Array(vec![Value::Nil; len]);
            assert_eq!(
                written(|w| w.value(&values, 1).unwrap()),
                reference(&values),
                "{len}"
            );
            let pairs = Value::Map(vec![(Value::Nil, Value::Nil); len]);
            assert_eq!(
                written(|w| w.value(&pairs, 1).unwrap()),
                reference(&pairs),
                "{len}"
            );
            let ext = Value::Ext(-3, text.into_bytes());
            assert_eq!(
                written(|w| w.value(&ext, 1).unwrap()),
                reference(&ext),
                "{len}"
            );
        }
        for value in [
            Value::F32(1.5),
            Value::F64(-2.25),
            Value::Boolean(true),
            Value::Boolean(false),
        ] {
            assert_eq!(written(|w| w.value(&value, 0).unwrap()), reference(&value));
        }
    }

    #[test]
    fn refuses_nesting_beyond_the_bound() {
        let mut value = Value::Nil;
        for _ in 0..3 {
            value = Value::Array(vec![value]);
        }
        assert_eq!(Writer::new().value(&value, 3), Ok(()));
        assert_eq!(Writer::new().value(&value, 2), Err(MpError::NestedTooDeep));
    }
}
