//! Values of one field next to each other.
//!
//! A section holds row after row, and a compressor sees a pattern, a number, a name, a pattern. Here
//! the values of a MessagePack document are sorted into columns: one for each path through it. The
//! columns of a catalogue compress a tenth better than its rows, and are put together again without
//! knowing what the fields mean.
//!
//! A path goes by the places in records and passes over those in lists: of nested arrays every other
//! one is taken for a list, beginning with the outermost, and a byte string holds a document of its
//! own that begins with a record. Where that guess is wrong, only the compression suffers.

use super::mp::{Reader, Writer};

/// Arrays and byte strings may stand in each other this deep.
const DEPTH_MAX: usize = 32;

/// The paths met so far; their numbers are those of the columns.
#[derive(Default)]
struct Paths {
    /// The numbers of the paths one step longer, by place; 0 where that was not met.
    next: Vec<Vec<usize>>,
}

impl Paths {
    fn new() -> Self {
        Self {
            next: vec![Vec::new()],
        }
    }

    fn step(&mut self, path: usize, place: usize) -> usize {
        let new = self.next.len();
        let places = &mut self.next[path];
        if places.len() <= place {
            places.resize(place + 1, 0);
        }
        if places[place] == 0 {
            places[place] = new;
            self.next.push(Vec::new());
        }
        self.next[path][place]
    }
}

/// What a value begins with.
enum Head {
    /// An array of so many values.
    Array(usize),
    /// A byte string of so many bytes.
    Bin(usize),
    /// So many bytes follow that mean nothing here; they have a column of their own.
    Scalar(usize),
}

/// Reads a value's head; gives also how many bytes it has.
fn head(bytes: &[u8]) -> Option<(Head, usize)> {
    let big_endian = |len: usize| {
        let bytes = bytes.get(1..=len)?;
        let value = bytes
            .iter()
            .fold(0, |value, byte| value << 8 | usize::from(*byte));
        Some((value, 1 + len))
    };
    let marker = *bytes.first()?;
    Some(match marker {
        0x00..=0x7f | 0xc0 | 0xc2 | 0xc3 => (Head::Scalar(0), 1),
        0x90..=0x9f => (Head::Array(usize::from(marker & 15)), 1),
        0xa0..=0xbf => (Head::Scalar(usize::from(marker & 31)), 1),
        0xcc..=0xce => (Head::Scalar(1 << (marker - 0xcc)), 1),
        0xcb => (Head::Scalar(8), 1),
        0xc4..=0xc6 => {
            let (len, head) = big_endian(1 << (marker - 0xc4))?;
            (Head::Bin(len), head)
        }
        0xd9..=0xdb => {
            let (len, head) = big_endian(1 << (marker - 0xd9))?;
            (Head::Scalar(len), head)
        }
        0xdc | 0xdd => {
            let (len, head) = big_endian(2 << (marker - 0xdc))?;
            (Head::Array(len), head)
        }
        _ => return None,
    })
}

/// The columns of a document; nothing where bytes are no document of the types that packs use.
pub(super) fn split(document: &[u8]) -> Option<Vec<u8>> {
    let mut splitter = Splitter {
        paths: Paths::new(),
        columns: vec![Vec::new()],
    };
    let rest = splitter.value(document, 0, 1, 0)?;
    if !rest.is_empty() {
        return None;
    }
    let mut out = Writer::default();
    out.array(splitter.columns.len());
    splitter.columns.iter().for_each(|column| out.bin(column));
    Some(out.into_bytes())
}

struct Splitter {
    paths: Paths,
    columns: Vec<Vec<u8>>,
}

impl Splitter {
    /// Sorts in the value that bytes begin with; gives what follows it.
    fn value<'a>(
        &mut self,
        bytes: &'a [u8],
        path: usize,
        level: usize,
        depth: usize,
    ) -> Option<&'a [u8]> {
        if depth > DEPTH_MAX {
            return None;
        }
        let (kind, head) = head(bytes)?;
        let (head, mut rest) = bytes.split_at_checked(head)?;
        match kind {
            Head::Array(len) => {
                self.columns[path].extend_from_slice(head);
                for place in 0..len {
                    let path = self.step(path, place, level);
                    rest = self.value(rest, path, level + 1, depth + 1)?;
                }
            }
            Head::Bin(len) => {
                // Its length is that of what is inside.
                self.columns[path].push(0xc4);
                let (inside, after) = rest.split_at_checked(len)?;
                let path = self.step(path, 0, 0);
                if !self.value(inside, path, 0, depth + 1)?.is_empty() {
                    return None;
                }
                rest = after;
            }
            Head::Scalar(len) => {
                let (value, after) = rest.split_at_checked(len)?;
                self.columns[path].extend_from_slice(head);
                let path = self.step(path, 0, 0);
                self.columns[path].extend_from_slice(value);
                rest = after;
            }
        }
        Some(rest)
    }

    fn step(&mut self, path: usize, place: usize, level: usize) -> usize {
        let path = self
            .paths
            .step(path, if level.is_multiple_of(2) { place } else { 0 });
        self.columns.resize(self.paths.next.len(), Vec::new());
        path
    }
}

/// The document that columns were made of, of exactly as many bytes; nothing where they were made of
/// none.
pub(super) fn join(columns: &[u8], want_bytes: usize) -> Option<Vec<u8>> {
    let mut reader = Reader::new(columns);
    let count = reader.array().ok()?;
    let mut rests = Vec::new();
    for _ in 0..count {
        rests.push(reader.bin().ok()?);
    }
    reader.end().ok()?;
    let mut joiner = Joiner {
        paths: Paths::new(),
        columns: rests,
        want_bytes,
    };
    let mut out = Writer::default();
    joiner.value(&mut out, 0, 1, 0)?;
    let document = out.into_bytes();
    let is_whole = joiner.columns.iter().all(|column| column.is_empty());
    (is_whole && document.len() == want_bytes).then_some(document)
}

struct Joiner<'a> {
    paths: Paths,
    /// What is left of each.
    columns: Vec<&'a [u8]>,
    want_bytes: usize,
}

impl Joiner<'_> {
    fn value(&mut self, out: &mut Writer, path: usize, level: usize, depth: usize) -> Option<()> {
        let column = *self.columns.get(path)?;
        if depth > DEPTH_MAX || out.len() > self.want_bytes {
            return None;
        }
        if column.first() == Some(&0xc4) {
            self.columns[path] = &column[1..];
            let mut inside = Writer::default();
            let path = self.paths.step(path, 0);
            self.value(&mut inside, path, 0, depth + 1)?;
            out.bin(&inside.into_bytes());
            return Some(());
        }
        let (kind, head) = head(column)?;
        let (head, rest) = column.split_at_checked(head)?;
        out.raw(head);
        self.columns[path] = rest;
        let count = match kind {
            Head::Array(len) => len,
            Head::Scalar(len) => {
                let path = self.paths.step(path, 0);
                let (value, rest) = self.columns.get(path)?.split_at_checked(len)?;
                out.raw(value);
                self.columns[path] = rest;
                0
            }
            Head::Bin(_) => return None,
        };
        for place in 0..count {
            let path = self
                .paths
                .step(path, if level.is_multiple_of(2) { place } else { 0 });
            self.value(out, path, level + 1, depth + 1)?;
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Debug, Clone)]
    enum Value {
        Nil,
        Bool(bool),
        Uint(u32),
        Float(f64),
        Str(String),
        Array(Vec<Value>),
        Bin(Box<Value>),
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Nil),
            any::<bool>().prop_map(Value::Bool),
            any::<u32>().prop_map(Value::Uint),
            any::<f64>().prop_map(Value::Float),
            "[a-z]{0,40}".prop_map(Value::Str),
        ];
        leaf.prop_recursive(5, 60, 20, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..20).prop_map(Value::Array),
                inner.prop_map(|value| Value::Bin(Box::new(value))),
            ]
        })
    }

    fn write(value: &Value, out: &mut Writer) {
        match value {
            Value::Nil => out.nil(),
            Value::Bool(value) => out.bool(*value),
            Value::Uint(value) => out.uint(*value),
            Value::Float(value) => out.f64(*value),
            Value::Str(value) => out.str(value),
            Value::Array(values) => {
                out.array(values.len());
                values.iter().for_each(|value| write(value, out));
            }
            Value::Bin(inner) => {
                let mut inside = Writer::default();
                write(inner, &mut inside);
                out.bin(&inside.into_bytes());
            }
        }
    }

    proptest! {
        #[test]
        fn joins_what_it_split(value in value()) {
            let mut out = Writer::default();
            write(&value, &mut out);
            let document = out.into_bytes();
            let columns = split(&document).unwrap();
            prop_assert_eq!(join(&columns, document.len()), Some(document.clone()));
            prop_assert_eq!(join(&columns, document.len() + 1), None);
        }

        #[test]
        fn takes_any_bytes_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = split(&bytes);
            let _ = join(&bytes, 1000);
        }

        #[test]
        fn damaged_columns_give_no_longer_document(
            value in value(),
            at in any::<prop::sample::Index>(),
            byte in any::<u8>(),
        ) {
            let mut out = Writer::default();
            write(&value, &mut out);
            let document = out.into_bytes();
            let mut columns = split(&document).unwrap();
            let at = at.index(columns.len());
            columns[at] = byte;
            if let Some(joined) = join(&columns, document.len()) {
                prop_assert_eq!(joined.len(), document.len());
            }
        }
    }

    #[test]
    fn refuses_what_goes_too_deep() {
        assert_eq!(split(&[0x91; 99]), None);
        assert_eq!(
            join(
                &[0x91, 0xc4, 99]
                    .iter()
                    .copied()
                    .chain([0x91; 99])
                    .collect::<Vec<_>>(),
                99
            ),
            None
        );
    }
}
