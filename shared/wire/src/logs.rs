//! Log lines, and their layout by column inside a snapshot body.
//!
//! Rows repeat what neighbours share; columns put like beside like, which LZ4 (no entropy coding)
//! needs to come near gzip. The columns are `t` (differences between times), `lv` (one byte of level
//! a line), `sd` (the distinct sources), `s` (index into `sd` for each line, LEB128), `m` (messages).

use std::fmt;
use std::ops::{Deref, DerefMut};

use serde::de::Error as _;
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::body::{Extra, Field, record};
use crate::limits::{LOG_LINES_MAX, LOG_SOURCE_BYTES_MAX, NESTING_MAX};
use crate::mp::{MpError, Writer};

/// How grave a log line is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Tracing.
    Trace,
    /// Debugging.
    Debug,
    /// Information.
    #[default]
    Info,
    /// Warning.
    Warn,
    /// Error.
    Error,
    /// The program ended.
    Fatal,
    /// A level of a later version, 6 or above.
    Unknown(u8),
}

/// One log line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// When, in milliseconds relative to the capture.
    pub at_ms: i32,
    /// How grave.
    pub level: Level,
    /// What logged it, such as `console` or a module's name; may be empty.
    pub source: String,
    /// The text; a stack trace is one message with line breaks.
    pub message: String,
}

/// Log lines in order. Serde sees them by column, as they go over the wire; take the lines
/// themselves to get rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Logs {
    /// The lines, oldest first.
    pub lines: Vec<LogLine>,
    /// Columns that this version does not know.
    pub extra: Extra,
}

impl Deref for Logs {
    type Target = Vec<LogLine>;

    fn deref(&self) -> &Vec<LogLine> {
        &self.lines
    }
}

impl DerefMut for Logs {
    fn deref_mut(&mut self) -> &mut Vec<LogLine> {
        &mut self.lines
    }
}

impl From<Vec<LogLine>> for Logs {
    fn from(lines: Vec<LogLine>) -> Self {
        Self {
            lines,
            extra: Extra::new(),
        }
    }
}

impl Level {
    /// The byte that stands for the level.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Trace => 0,
            Self::Debug => 1,
            Self::Info => 2,
            Self::Warn => 3,
            Self::Error => 4,
            Self::Fatal => 5,
            Self::Unknown(code) => code,
        }
    }

    /// The level for a byte.
    #[must_use]
    pub fn from_code(code: u8) -> Self {
        match code {
            0 => Self::Trace,
            1 => Self::Debug,
            2 => Self::Info,
            3 => Self::Warn,
            4 => Self::Error,
            5 => Self::Fatal,
            code => Self::Unknown(code),
        }
    }

    /// The level's name; `unknown` for levels of later versions.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Trace => "trace",
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
            Self::Fatal => "fatal",
            Self::Unknown(_) => "unknown",
        }
    }

    /// The level with a name; `None` for names of no level.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        (0..=5)
            .map(Self::from_code)
            .find(|level| level.name() == name)
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(code) => write!(f, "level_{code}"),
            level => f.write_str(level.name()),
        }
    }
}

impl Serialize for Level {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Level {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::from_name(&name)
            .or_else(|| Some(Self::from_code(name.strip_prefix("level_")?.parse().ok()?)))
            .ok_or_else(|| D::Error::custom("not a level"))
    }
}

/// The columns, borrowed from the lines.
struct Columns<'a> {
    deltas_ms: Vec<i64>,
    levels: Vec<u8>,
    sources: Vec<&'a str>,
    source_indexes: Vec<u8>,
}

impl<'a> Columns<'a> {
    fn of(lines: &'a [LogLine]) -> Self {
        let mut columns = Self {
            deltas_ms: Vec::with_capacity(lines.len()),
            levels: lines.iter().map(|line| line.level.code()).collect(),
            sources: Vec::new(),
            source_indexes: Vec::with_capacity(lines.len()),
        };
        let mut before_ms = 0;
        for line in lines {
            let at_ms = i64::from(line.at_ms);
            columns.deltas_ms.push(at_ms - before_ms);
            before_ms = at_ms;
            let known = columns
                .sources
                .iter()
                .position(|source| *source == line.source);
            let index = known.unwrap_or_else(|| {
                columns.sources.push(&line.source);
                columns.sources.len() - 1
            });
            write_leb128(index, &mut columns.source_indexes);
        }
        columns
    }
}

impl Field for Logs {
    fn is_absent(&self) -> bool {
        self.lines.is_empty() && self.extra.is_empty()
    }

    fn write(&self, writer: &mut Writer) -> Result<(), MpError> {
        let columns = Columns::of(&self.lines);
        writer.map(5 + self.extra.len());
        writer.str("t");
        columns.deltas_ms.write(writer)?;
        writer.str("lv");
        writer.bin(&columns.levels);
        writer.str("sd");
        write_strs(columns.sources.iter().copied(), writer);
        writer.str("s");
        writer.bin(&columns.source_indexes);
        writer.str("m");
        write_strs(self.lines.iter().map(|line| line.message.as_str()), writer);
        for (name, value) in &self.extra {
            writer.str(name);
            writer.value(value, NESTING_MAX)?;
        }
        Ok(())
    }
}

fn write_strs<'a>(strs: impl ExactSizeIterator<Item = &'a str>, writer: &mut Writer) {
    writer.array(strs.len());
    for text in strs {
        writer.str(text);
    }
}

impl Serialize for Logs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let columns = Columns::of(&self.lines);
        let messages: Vec<&str> = self
            .lines
            .iter()
            .map(|line| line.message.as_str())
            .collect();
        let mut map = serializer.serialize_map(Some(5 + self.extra.len()))?;
        map.serialize_entry("t", &columns.deltas_ms)?;
        map.serialize_entry("lv", &ByteColumn(columns.levels))?;
        map.serialize_entry("sd", &columns.sources)?;
        map.serialize_entry("s", &ByteColumn(columns.source_indexes))?;
        map.serialize_entry("m", &messages)?;
        for (name, value) in &self.extra {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

record! {
    /// The columns as they come from the wire.
    pub(crate) struct OwnedColumns {
        /// Differences between times.
        t: Vec<i64>,
        /// Levels.
        lv: ByteColumn,
        /// Distinct sources.
        sd: Vec<String>,
        /// Indexes into them.
        s: ByteColumn,
        /// Messages.
        m: Vec<String>,
    }
}

/// A column of bytes.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ByteColumn(Vec<u8>);

impl Field for ByteColumn {
    fn write(&self, writer: &mut Writer) -> Result<(), MpError> {
        writer.bin(&self.0);
        Ok(())
    }
}

impl Serialize for ByteColumn {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for ByteColumn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl serde::de::Visitor<'_> for Visitor {
            type Value = ByteColumn;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<ByteColumn, E> {
                Ok(ByteColumn(bytes.to_vec()))
            }
        }

        deserializer.deserialize_bytes(Visitor)
    }
}

impl<'de> Deserialize<'de> for Logs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let columns = OwnedColumns::deserialize(deserializer)?;
        let count = columns.m.len();
        if columns.t.len() != count || columns.lv.0.len() != count {
            return Err(D::Error::custom("columns of different lengths"));
        }
        // Before sources are copied into lines: a few long ones must not become many megabytes.
        let long = columns
            .sd
            .iter()
            .any(|source| source.len() > LOG_SOURCE_BYTES_MAX);
        if long || count > LOG_LINES_MAX {
            return Err(D::Error::custom("too many lines or too long a source"));
        }
        let mut lines = Vec::with_capacity(count);
        let mut at_ms = 0_i64;
        let mut indexes = columns.s.0.as_slice();
        for ((delta_ms, level), message) in columns.t.into_iter().zip(columns.lv.0).zip(columns.m) {
            at_ms = at_ms.saturating_add(delta_ms);
            let source = read_leb128(&mut indexes)
                .and_then(|index| columns.sd.get(index))
                .ok_or_else(|| D::Error::custom("a source index points nowhere"))?;
            lines.push(LogLine {
                at_ms: i32::try_from(at_ms)
                    .map_err(|_| D::Error::custom("a time is out of range"))?,
                level: Level::from_code(level),
                source: source.clone(),
                message,
            });
        }
        if !indexes.is_empty() {
            return Err(D::Error::custom("columns of different lengths"));
        }
        Ok(Self {
            lines,
            extra: columns.extra,
        })
    }
}

fn write_leb128(mut value: usize, bytes: &mut Vec<u8>) {
    while value > 0x7f {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// Two bytes suffice for as many sources as there can be lines.
fn read_leb128(bytes: &mut &[u8]) -> Option<usize> {
    let mut value = 0;
    for shift in [0, 7] {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= usize::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}
