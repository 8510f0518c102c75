//! How domain types stand in a pack: records are arrays of their fields in a fixed order, choices
//! are small numbers, and texts go where the section keeps them.

use super::mp::{Reader, RowFault, Writer};
use crate::text::Text;
use std::collections::BTreeMap;

type Read<T> = Result<T, RowFault>;

/// Where a row's texts are written.
enum TextsOut {
    /// In the row itself, both languages.
    Inline,
    /// Beside the row, a list for each language.
    Beside {
        en: Writer,
        zh: Writer,
        count: usize,
    },
}

/// Writes one row.
pub(crate) struct RowWriter {
    mp: Writer,
    texts: TextsOut,
}

/// A row whose texts stand beside it, each part as MessagePack.
pub(crate) struct SplitRow {
    pub(crate) row: Vec<u8>,
    pub(crate) en: Vec<u8>,
    pub(crate) zh: Vec<u8>,
}

impl RowWriter {
    /// One row with its texts inside.
    pub(crate) fn inline(write: impl FnOnce(&mut Self)) -> Vec<u8> {
        let mut out = Self {
            mp: Writer::default(),
            texts: TextsOut::Inline,
        };
        write(&mut out);
        out.mp.into_bytes()
    }

    /// One row with its texts beside it.
    pub(crate) fn split(write: impl FnOnce(&mut Self)) -> SplitRow {
        let mut out = Self {
            mp: Writer::default(),
            texts: TextsOut::Beside {
                en: Writer::default(),
                zh: Writer::default(),
                count: 0,
            },
        };
        write(&mut out);
        let (en, zh, count) = match out.texts {
            TextsOut::Beside { en, zh, count } => (en.into_bytes(), zh.into_bytes(), count),
            TextsOut::Inline => Default::default(),
        };
        let list = |texts: Vec<u8>| {
            let mut list = Writer::default();
            list.array(count);
            let mut bytes = list.into_bytes();
            bytes.extend_from_slice(&texts);
            bytes
        };
        SplitRow {
            row: out.mp.into_bytes(),
            en: list(en),
            zh: list(zh),
        }
    }

    pub(crate) fn mp(&mut self) -> &mut Writer {
        &mut self.mp
    }
}

/// The texts that stand beside a row, in one language.
struct TextList<'a> {
    from: Reader<'a>,
    left: usize,
}

impl<'a> TextList<'a> {
    fn new(bytes: &'a [u8]) -> Read<Self> {
        let mut from = Reader::new(bytes);
        let left = from.array()?;
        Ok(Self { from, left })
    }

    fn next(&mut self) -> Read<&'a str> {
        self.left = self.left.checked_sub(1).ok_or(RowFault::WrongLength)?;
        self.from.str()
    }

    fn end(&self) -> Read<()> {
        if self.left > 0 {
            return Err(RowFault::TrailingBytes);
        }
        self.from.end()
    }
}

enum TextsIn<'a> {
    Inline,
    Beside {
        en: Option<TextList<'a>>,
        zh: Option<TextList<'a>>,
    },
}

/// Reads one row. The first fault is kept, and what is read after it means nothing: rows have
/// hundreds of fields, and a way out behind each of them would be a third of the code.
pub(crate) struct RowReader<'a> {
    mp: Reader<'a>,
    texts: TextsIn<'a>,
    fault: Option<RowFault>,
}

impl<'a> RowReader<'a> {
    /// Reads a row with its texts inside, to its end.
    pub(crate) fn inline<T>(bytes: &'a [u8], read: impl FnOnce(&mut Self) -> T) -> Read<T> {
        let mut from = Self {
            mp: Reader::new(bytes),
            texts: TextsIn::Inline,
            fault: None,
        };
        let value = read(&mut from);
        from.end()?;
        Ok(value)
    }

    /// Reads a row with its texts beside it, all to their ends. A language that is not there is
    /// filled from the other one.
    pub(crate) fn split<T>(
        row: &'a [u8],
        en: Option<&'a [u8]>,
        zh: Option<&'a [u8]>,
        read: impl FnOnce(&mut Self) -> T,
    ) -> Read<T> {
        let mut from = Self {
            mp: Reader::new(row),
            texts: TextsIn::Beside {
                en: en.map(TextList::new).transpose()?,
                zh: zh.map(TextList::new).transpose()?,
            },
            fault: None,
        };
        let value = read(&mut from);
        from.end()?;
        Ok(value)
    }

    fn end(&self) -> Read<()> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        self.mp.end()?;
        if let TextsIn::Beside { en, zh } = &self.texts {
            for list in [en, zh].into_iter().flatten() {
                list.end()?;
            }
        }
        Ok(())
    }

    /// Says that the row cannot be read.
    pub(crate) fn fail(&mut self, fault: RowFault) {
        self.fault.get_or_insert(fault);
    }

    /// The value, or any where it could not be read.
    fn or_any<T: Default>(&mut self, read: Read<T>) -> T {
        read.unwrap_or_else(|fault| {
            self.fail(fault);
            T::default()
        })
    }

    pub(crate) fn uint(&mut self) -> u32 {
        let read = self.mp.uint();
        self.or_any(read)
    }

    /// Opens an array; none of its values can be read after a fault.
    pub(crate) fn array(&mut self) -> usize {
        let read = self.mp.array();
        let len = self.or_any(read);
        if self.fault.is_some() { 0 } else { len }
    }

    /// Whether a string comes next.
    pub(crate) fn is_str(&self) -> bool {
        self.mp.is_str()
    }

    fn str(&mut self) -> &'a str {
        let read = self.mp.str();
        self.or_any(read)
    }

    /// Opens a record that has `count` fields.
    pub(crate) fn fields(&mut self, count: usize) {
        if self.array() != count {
            self.fail(RowFault::WrongLength);
        }
    }

    fn text(&mut self) -> Read<Text> {
        let (en, zh) = match &mut self.texts {
            TextsIn::Inline if self.mp.array()? == 2 => {
                (Some(self.mp.str()?), Some(self.mp.str()?))
            }
            TextsIn::Inline => return Err(RowFault::WrongLength),
            TextsIn::Beside { en, zh } if self.mp.nil() => (
                en.as_mut().map(TextList::next).transpose()?,
                zh.as_mut().map(TextList::next).transpose()?,
            ),
            TextsIn::Beside { .. } => return Err(RowFault::WrongType),
        };
        let fallback = en.or(zh).unwrap_or_default();
        Ok(Text {
            en: en.unwrap_or(fallback).to_owned(),
            zh: zh.unwrap_or(fallback).to_owned(),
        })
    }
}

/// A type that stands in a row.
pub(crate) trait Row: Sized {
    fn put(&self, out: &mut RowWriter);
    fn take(from: &mut RowReader<'_>) -> Self;
}

impl Row for String {
    fn put(&self, out: &mut RowWriter) {
        out.mp.str(self);
    }

    fn take(from: &mut RowReader<'_>) -> Self {
        from.str().to_owned()
    }
}

impl Row for bool {
    fn put(&self, out: &mut RowWriter) {
        out.mp.bool(*self);
    }

    fn take(from: &mut RowReader<'_>) -> Self {
        let read = from.mp.bool();
        from.or_any(read)
    }
}

impl Row for f64 {
    fn put(&self, out: &mut RowWriter) {
        out.mp.f64(*self);
    }

    fn take(from: &mut RowReader<'_>) -> Self {
        let read = from.mp.f64();
        from.or_any(read)
    }
}

impl Row for Text {
    fn put(&self, out: &mut RowWriter) {
        match &mut out.texts {
            TextsOut::Inline => {
                out.mp.array(2);
                out.mp.str(&self.en);
                out.mp.str(&self.zh);
            }
            TextsOut::Beside { en, zh, count } => {
                out.mp.nil();
                en.str(&self.en);
                zh.str(&self.zh);
                *count += 1;
            }
        }
    }

    fn take(from: &mut RowReader<'_>) -> Self {
        let read = from.text();
        from.or_any(read)
    }
}

impl<T: Row> Row for Option<T> {
    fn put(&self, out: &mut RowWriter) {
        match self {
            Some(value) => {
                out.mp.array(1);
                value.put(out);
            }
            None => out.mp.nil(),
        }
    }

    fn take(from: &mut RowReader<'_>) -> Self {
        if from.mp.nil() {
            return None;
        }
        from.fields(1);
        Some(T::take(from))
    }
}

impl<T: Row> Row for Vec<T> {
    fn put(&self, out: &mut RowWriter) {
        out.mp.array(self.len());
        for value in self {
            value.put(out);
        }
    }

    fn take(from: &mut RowReader<'_>) -> Self {
        let mut out = Self::new();
        for _ in 0..from.array() {
            if from.fault.is_some() {
                break;
            }
            out.push(T::take(from));
        }
        out
    }
}

impl Row for BTreeMap<String, String> {
    fn put(&self, out: &mut RowWriter) {
        out.mp.array(self.len() * 2);
        for (key, value) in self {
            key.put(out);
            value.put(out);
        }
    }

    fn take(from: &mut RowReader<'_>) -> Self {
        let len = from.array();
        if !len.is_multiple_of(2) {
            from.fail(RowFault::WrongLength);
        }
        let mut out = Self::new();
        for _ in 0..len / 2 {
            let key = Row::take(from);
            out.insert(key, Row::take(from));
        }
        out
    }
}

/// A record: an array of the fields in the order they are named. Fields after a semicolon are not
/// written but made from the others.
macro_rules! record {
    ($type:ty { $($field:ident),+ $(,)? $(; $derived:ident = $value:ident($of:ident))? }) => {
        impl $crate::pack::row::Row for $type {
            fn put(&self, out: &mut $crate::pack::row::RowWriter) {
                out.mp().array([$(stringify!($field)),+].len());
                $(self.$field.put(out);)+
            }

            fn take(from: &mut $crate::pack::row::RowReader<'_>) -> Self {
                from.fields([$(stringify!($field)),+].len());
                $(let $field = $crate::pack::row::Row::take(from);)+
                $(let $derived = $value(from, String::as_str(&$of));)?
                Self { $($field,)+ $($derived,)? }
            }
        }
    };
}

/// A choice: a small number.
macro_rules! choice {
    ($type:ty { $($number:literal => $variant:ident),+ $(,)? }) => {
        impl $crate::pack::row::Row for $type {
            fn put(&self, out: &mut $crate::pack::row::RowWriter) {
                out.mp().uint(match self { $(Self::$variant => $number),+ });
            }

            fn take(from: &mut $crate::pack::row::RowReader<'_>) -> Self {
                match from.uint() {
                    $($number => Self::$variant,)+
                    _ => {
                        from.fail($crate::pack::mp::RowFault::UnknownChoice);
                        [$(Self::$variant),+][0]
                    }
                }
            }
        }
    };
}

pub(crate) use {choice, record};
