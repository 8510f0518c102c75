//! Log lines, and their layout by column inside a snapshot body.
//!
//! LZ4 has no entropy coding, so a layout has to do what gzip's second half does. Rows repeat what
//! neighbours share; columns put like beside like; and a message is taken apart into a template,
//! which many lines share, and the few numbers and identifiers in it, which are packed in binary.
//! With that, LZ4 gets below gzip's size on the logs of failing applications.
//! `docs/spec/snapshot.md` is normative.

mod columns;

use std::fmt;
use std::ops::{Deref, DerefMut};

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::body::Extra;

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
