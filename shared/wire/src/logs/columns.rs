//! Log lines as columns on the wire: `t` differences between times, `lv` one byte of level a line,
//! `sd` the distinct sources, `s` each line's index into them, LEB128, and the messages as
//! [`crate::template`] packs them: `td` templates, `ti` indexes, `v` variables.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Level, LogLine, Logs};
use crate::body::{Field, record};
use crate::leb128;
use crate::limits::{LOG_LINES_MAX, LOG_SOURCE_BYTES_MAX};
use crate::mp::{MpError, Writer};
use crate::template::{Packer, put_together};

record! {
    /// The columns.
    pub(super) struct Columns {
        /// Differences between times.
        t: Vec<i64>,
        /// Levels.
        lv: Bytes,
        /// Distinct sources.
        sd: Vec<String>,
        /// Indexes into them.
        s: Bytes,
        /// Distinct templates.
        td: Vec<String>,
        /// Indexes into them.
        ti: Bytes,
        /// Variables.
        v: Bytes,
    }
}

/// A column of bytes.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Bytes(Vec<u8>);

impl Columns {
    fn of(logs: &Logs) -> Self {
        let mut columns = Self {
            lv: Bytes(logs.lines.iter().map(|line| line.level.code()).collect()),
            ..Self::default()
        };
        let mut before_ms = 0;
        let mut packer = Packer::default();
        for line in &logs.lines {
            let at_ms = i64::from(line.at_ms);
            columns.t.push(at_ms - before_ms);
            before_ms = at_ms;
            leb128::write(index_of(&line.source, &mut columns.sd), &mut columns.s.0);
            packer.push(&line.message);
        }
        let packed = packer.finish();
        columns.td = packed.templates;
        columns.ti = Bytes(packed.indexes);
        columns.v = Bytes(packed.variables);
        columns.extra.clone_from(&logs.extra);
        columns
    }

    /// Makes lines of the columns, or says what is wrong with them. What comes out is bounded while
    /// it grows: a few long sources or templates must not become many megabytes.
    fn into_lines(self) -> Result<Vec<LogLine>, &'static str> {
        let count = self.t.len();
        if count > LOG_LINES_MAX {
            return Err("too many lines");
        }
        if self.lv.0.len() != count {
            return Err("columns of different lengths");
        }
        if self
            .sd
            .iter()
            .any(|source| source.len() > LOG_SOURCE_BYTES_MAX)
        {
            return Err("a source is too long");
        }
        let messages = put_together(&self.td, &self.ti.0, &self.v.0, count)?;
        let mut sources = self.s.0.as_slice();
        let mut lines = Vec::with_capacity(count);
        let mut at_ms = 0_i64;
        for ((delta_ms, level), message) in self.t.into_iter().zip(self.lv.0).zip(messages) {
            at_ms = at_ms.saturating_add(delta_ms);
            let source = entry(&mut sources, &self.sd).ok_or("a source index points nowhere")?;
            lines.push(LogLine {
                at_ms: i32::try_from(at_ms).map_err(|_| "a time is out of range")?,
                level: Level::from_code(level),
                source: source.clone(),
                message,
            });
        }
        if sources.is_empty() {
            Ok(lines)
        } else {
            Err("columns of different lengths")
        }
    }
}

/// The place of a text in a dictionary, which grows when the text is new. The last entries are the
/// likeliest.
fn index_of(text: &str, dictionary: &mut Vec<String>) -> u64 {
    let known = dictionary.iter().rposition(|entry| entry == text);
    known.unwrap_or_else(|| {
        dictionary.push(text.to_owned());
        dictionary.len() - 1
    }) as u64
}

fn entry<'a>(indexes: &mut &[u8], dictionary: &'a [String]) -> Option<&'a String> {
    dictionary.get(usize::try_from(leb128::read(indexes)?).ok()?)
}

impl Field for Bytes {
    fn write(&self, writer: &mut Writer) -> Result<(), MpError> {
        writer.bin(&self.0);
        Ok(())
    }

    fn is_absent(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl serde::de::Visitor<'_> for Visitor {
            type Value = Bytes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.to_vec()))
            }
        }

        deserializer.deserialize_bytes(Visitor)
    }
}

impl Field for Logs {
    fn is_absent(&self) -> bool {
        self.lines.is_empty() && self.extra.is_empty()
    }

    fn write(&self, writer: &mut Writer) -> Result<(), MpError> {
        Columns::of(self).write(writer)
    }
}

impl Serialize for Logs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Columns::of(self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Logs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut columns = Columns::deserialize(deserializer)?;
        let extra = std::mem::take(&mut columns.extra);
        let lines = columns.into_lines().map_err(D::Error::custom)?;
        Ok(Self { lines, extra })
    }
}
