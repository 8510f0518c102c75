use crate::model::{Limits, ModelError};
use std::collections::HashMap;
use std::fmt;

/// How large a text may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TextLimits {
    /// Bytes at most.
    pub bytes_max: usize,
    /// Nesting of elements or tables at most.
    pub depth_max: usize,
    /// Elements at most.
    pub elements_max: usize,
    /// Limits of the tree itself.
    pub tree: Limits,
}

impl Default for TextLimits {
    fn default() -> Self {
        TextLimits {
            bytes_max: 64 << 20,
            depth_max: 120,
            elements_max: 8_000_000,
            tree: Limits::default(),
        }
    }
}

/// Why a text is no fault tree, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatError {
    place: Option<(usize, usize)>,
    message: String,
    reason: &'static str,
}

impl std::error::Error for FormatError {}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((line, column)) = self.place {
            write!(f, "line {line}, column {column}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl FormatError {
    pub(crate) fn at(
        text: &str,
        offset: usize,
        reason: &'static str,
        message: impl Into<String>,
    ) -> Self {
        FormatError {
            place: Some(place(text, offset)),
            message: message.into(),
            reason,
        }
    }

    pub(crate) fn whole(reason: &'static str, message: impl Into<String>) -> Self {
        FormatError {
            place: None,
            message: message.into(),
            reason,
        }
    }

    /// A model error, at the place where its subject was defined if that is known.
    pub(crate) fn model(text: &str, offsets: &HashMap<String, usize>, error: &ModelError) -> Self {
        let offset = error.subject().and_then(|name| offsets.get(name));
        FormatError {
            place: offset.map(|offset| place(text, *offset)),
            message: error.to_string(),
            reason: error.reason(),
        }
    }

    /// Line and column in characters, both from 1, where they are known.
    pub fn location(&self) -> Option<(usize, usize)> {
        self.place
    }

    /// What is wrong, without the place.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// A stable name for this kind of error.
    pub fn reason(&self) -> &'static str {
        self.reason
    }
}

fn place(text: &str, offset: usize) -> (usize, usize) {
    let mut end = offset.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let before = &text[..end];
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

/// Refuses a text that is too long before anything else looks at it.
pub(crate) fn check_size(text: &str, limits: &TextLimits) -> Result<(), FormatError> {
    if text.len() > limits.bytes_max {
        let message = format!("{} bytes, the maximum is {}", text.len(), limits.bytes_max);
        return Err(FormatError::whole("text_too_large", message));
    }
    Ok(())
}
