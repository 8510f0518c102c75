//! Writing.

use std::fmt::Display;
use std::process::abort;

use serde::Serialize;
use serde::ser::{
    Error, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

/// A value as JSON. Numbers that JSON does not know become `null`.
pub fn to_vec(value: &impl Serialize) -> Vec<u8> {
    let mut writer = Writer(String::new());
    match value.serialize(&mut writer) {
        Ok(()) => writer.0.into_bytes(),
        Err(never) => match never {},
    }
}

struct Writer(String);

/// Writing cannot fail; so the compiler leaves out what would look for failures.
#[derive(Debug)]
enum Never {}

impl Display for Never {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {}
    }
}

impl std::error::Error for Never {}

impl Error for Never {
    /// No type that is written here refuses to be.
    fn custom<T: Display>(_: T) -> Self {
        abort()
    }
}

type Done = Result<(), Never>;

impl Writer {
    fn text(&mut self, text: &str) {
        self.0.push('"');
        let mut plain = 0;
        for (at, byte) in text.bytes().enumerate() {
            if byte >= b' ' && byte != b'"' && byte != b'\\' {
                continue;
            }
            self.0.push_str(&text[plain..at]);
            plain = at + 1;
            if byte < b' ' {
                self.0.push_str("\\u00");
                self.digit(byte >> 4);
                self.digit(byte & 15);
            } else {
                self.0.push('\\');
                self.0.push(char::from(byte));
            }
        }
        self.0.push_str(&text[plain..]);
        self.0.push('"');
    }

    fn digit(&mut self, digit: u8) {
        self.0
            .push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
    }

    fn whole(&mut self, value: u64) {
        if value > 9 {
            self.whole(value / 10);
        }
        self.digit((value % 10) as u8);
    }

    /// A comma, but not before the first of a list.
    fn next(&mut self) {
        if !self.0.ends_with(['[', '{']) {
            self.0.push(',');
        }
    }

    fn key(&mut self, name: &str) {
        self.next();
        self.text(name);
        self.0.push(':');
    }

    fn open(&mut self, variant: Option<&str>, bracket: char) -> Open<'_> {
        if let Some(name) = variant {
            self.0.push('{');
            self.text(name);
            self.0.push(':');
        }
        self.0.push(bracket);
        Open {
            writer: self,
            close: match (bracket, variant) {
                ('[', None) => "]",
                ('[', Some(_)) => "]}",
                (_, None) => "}",
                (_, Some(_)) => "}}",
            },
        }
    }
}

/// A list or an object that is being written.
struct Open<'w> {
    writer: &'w mut Writer,
    close: &'static str,
}

impl Open<'_> {
    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.writer.next();
        value.serialize(&mut *self.writer)
    }

    fn field<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Done {
        self.writer.key(name);
        value.serialize(&mut *self.writer)
    }

    fn close(self) -> Done {
        self.writer.0.push_str(self.close);
        Ok(())
    }
}

impl<'w> Serializer for &'w mut Writer {
    type Ok = ();
    type Error = Never;
    type SerializeSeq = Open<'w>;
    type SerializeTuple = Open<'w>;
    type SerializeTupleStruct = Open<'w>;
    type SerializeTupleVariant = Open<'w>;
    type SerializeMap = Open<'w>;
    type SerializeStruct = Open<'w>;
    type SerializeStructVariant = Open<'w>;

    fn serialize_bool(self, value: bool) -> Done {
        self.0.push_str(if value { "true" } else { "false" });
        Ok(())
    }

    fn serialize_i8(self, value: i8) -> Done {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Done {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Done {
        self.serialize_i64(value.into())
    }

    fn serialize_i64(self, value: i64) -> Done {
        if value < 0 {
            self.0.push('-');
        }
        self.whole(value.unsigned_abs());
        Ok(())
    }

    fn serialize_u8(self, value: u8) -> Done {
        self.serialize_u64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Done {
        self.serialize_u64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Done {
        self.serialize_u64(value.into())
    }

    fn serialize_u64(self, value: u64) -> Done {
        self.whole(value);
        Ok(())
    }

    fn serialize_f32(self, value: f32) -> Done {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Done {
        if value.is_finite() {
            // The fewest digits that read back as the same number.
            self.0.push_str(ryu::Buffer::new().format_finite(value));
        } else {
            self.0.push_str("null");
        }
        Ok(())
    }

    fn serialize_char(self, value: char) -> Done {
        self.text(value.encode_utf8(&mut [0; 4]));
        Ok(())
    }

    fn serialize_str(self, value: &str) -> Done {
        self.text(value);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Done {
        self.collect_seq(value)
    }

    fn serialize_none(self) -> Done {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Done {
        self.0.push_str("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Done {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Done {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Done {
        let mut open = self.open(None, '{');
        open.field(variant, value)?;
        open.close()
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Open<'w>, Never> {
        Ok(self.open(None, '['))
    }

    fn serialize_tuple(self, _: usize) -> Result<Open<'w>, Never> {
        Ok(self.open(None, '['))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Open<'w>, Never> {
        Ok(self.open(None, '['))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Open<'w>, Never> {
        Ok(self.open(Some(variant), '['))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Open<'w>, Never> {
        Ok(self.open(None, '{'))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Open<'w>, Never> {
        Ok(self.open(None, '{'))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Open<'w>, Never> {
        Ok(self.open(Some(variant), '{'))
    }
}

/// The traits of lists, which differ in the names of their functions only.
macro_rules! list {
    ($($name:ident $item:ident),+) => {$(
        impl $name for Open<'_> {
            type Ok = ();
            type Error = Never;

            fn $item<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
                self.item(value)
            }

            fn end(self) -> Done {
                self.close()
            }
        }
    )+};
}

list!(SerializeSeq serialize_element, SerializeTuple serialize_element);
list!(SerializeTupleStruct serialize_field, SerializeTupleVariant serialize_field);

/// The traits of objects with known fields.
macro_rules! object {
    ($($name:ident),+) => {$(
        impl $name for Open<'_> {
            type Ok = ();
            type Error = Never;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Done {
                self.field(name, value)
            }

            fn end(self) -> Done {
                self.close()
            }
        }
    )+};
}

object!(SerializeStruct, SerializeStructVariant);

impl SerializeMap for Open<'_> {
    type Ok = ();
    type Error = Never;

    /// Keys are texts in all that is written here; of another type the JSON is refused where it is
    /// read.
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Done {
        self.item(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.writer.0.push(':');
        value.serialize(&mut *self.writer)
    }

    fn end(self) -> Done {
        self.close()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde::Deserialize;
    use std::collections::BTreeMap;

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    enum Kind {
        Unit,
        One(f64),
        Two(i64, String),
        Named { a: Option<bool>, b: Vec<u8> },
    }

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    #[serde(tag = "kind")]
    enum Tagged {
        A { x: u32 },
        B,
    }

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    struct All {
        kinds: Vec<Kind>,
        tagged: Vec<Tagged>,
        map: BTreeMap<String, f64>,
        pair: (char, u64),
        nothing: (),
    }

    fn kind() -> impl Strategy<Value = Kind> {
        prop_oneof![
            Just(Kind::Unit),
            any::<f64>()
                .prop_filter("JSON has no such number", |x| x.is_finite())
                .prop_map(Kind::One),
            (any::<i64>(), any::<String>()).prop_map(|(a, b)| Kind::Two(a, b)),
            (any::<Option<bool>>(), any::<Vec<u8>>()).prop_map(|(a, b)| Kind::Named { a, b }),
        ]
    }

    proptest! {
        #[test]
        fn what_it_writes_reads_back_the_same(
            kinds in prop::collection::vec(kind(), 0..5),
            text in any::<String>(),
            pair in any::<(char, u64)>(),
        ) {
            let all = All {
                kinds,
                tagged: vec![Tagged::A { x: 7 }, Tagged::B],
                map: BTreeMap::from([(text, -0.25), ("\"\\\n\u{1}".to_owned(), 1e300)]),
                pair,
                nothing: (),
            };
            let read: All = serde_json::from_slice(&to_vec(&all)).unwrap();
            prop_assert_eq!(read, all);
        }
    }

    #[test]
    fn numbers_that_json_does_not_know_are_null() {
        assert_eq!(to_vec(&[f64::NAN, f64::INFINITY]), b"[null,null]");
    }
}
