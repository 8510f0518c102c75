//! A pattern where one of its literals stands.
//!
//! It is executed by the catalogue's machine and not by an automaton, natively too: a log names each
//! pattern seldom, so that whatever a pattern needs has to come from memory each time, and a program
//! of a few hundred bytes comes a hundred times sooner than an automaton's tables. The machine's time
//! and memory are bounded by the product of pattern and text, and what it sees of a text is bounded
//! here.

use crate::limits::{CAPTURE_BYTES_MAX, PATTERN_WINDOW_BYTES, WINDOWS_PER_LINE_MAX};
use faultscan_knowledge::pattern::{Program, Syntax};
use std::{collections::BTreeMap, ops::Range, sync::OnceLock};

/// One pattern; the program is compiled when one of its literals is met for the first time.
#[derive(Debug)]
pub(crate) struct Pattern {
    text: String,
    ignore_case: bool,
    program: OnceLock<Option<Program>>,
}

impl Pattern {
    pub(crate) fn new(pattern: &str, ignore_case: bool) -> Self {
        Self {
            text: pattern.to_owned(),
            ignore_case,
            program: OnceLock::new(),
        }
    }

    /// The program; nothing where the loader would refuse the pattern.
    fn program(&self) -> Option<&Program> {
        let build = || {
            let syntax = Syntax::parse(&self.text, self.ignore_case).ok()?;
            Program::new(&syntax).ok()
        };
        self.program.get_or_init(build).as_ref()
    }

    /// Whether the pattern matches somewhere in a short text.
    pub(crate) fn matches(&self, text: &[u8]) -> bool {
        self.program().is_some_and(|program| program.is_match(text))
    }

    /// The first match in `text`. In a very long text only the surroundings of the literals at
    /// `literals_at` are looked at.
    pub(crate) fn find(
        &self,
        text: &[u8],
        literals_at: impl Iterator<Item = usize>,
    ) -> Option<Found> {
        let program = self.program()?;
        if text.len() <= 2 * PATTERN_WINDOW_BYTES {
            return captures(program, text, 0);
        }
        windows(text.len(), literals_at)
            .find_map(|window| captures(program, &text[window.clone()], window.start))
    }

    /// Whether the pattern matches, as for [`Self::find`].
    pub(crate) fn is_match(&self, text: &[u8], literals_at: impl Iterator<Item = usize>) -> bool {
        let Some(program) = self.program() else {
            return false;
        };
        if text.len() <= 2 * PATTERN_WINDOW_BYTES {
            return program.is_match(text);
        }
        windows(text.len(), literals_at).any(|window| program.is_match(&text[window]))
    }
}

/// The surroundings of some literals, without repeating any.
fn windows(length: usize, at: impl Iterator<Item = usize>) -> impl Iterator<Item = Range<usize>> {
    let mut last_end = 0;
    at.take(WINDOWS_PER_LINE_MAX).filter_map(move |at| {
        let start = at.saturating_sub(PATTERN_WINDOW_BYTES);
        let end = (at + PATTERN_WINDOW_BYTES).min(length);
        if end <= last_end {
            return None;
        }
        last_end = end;
        Some(start..end)
    })
}

/// A match of one pattern.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Bytes of the match that no capture took.
    pub(crate) fixed: usize,
    pub(crate) captures: BTreeMap<String, String>,
}

fn captures(program: &Program, text: &[u8], offset: usize) -> Option<Found> {
    let (whole, ranges) = program.find(text)?;
    let mut values = BTreeMap::new();
    let mut captured = 0;
    for (name, range) in program.names().iter().zip(ranges) {
        let Some(range) = range else { continue };
        captured += range.len();
        let bytes = &text[range];
        let bytes = bytes.get(..CAPTURE_BYTES_MAX).unwrap_or(bytes);
        if !bytes.is_empty() {
            values.insert(name.clone(), String::from_utf8_lossy(bytes).into_owned());
        }
    }
    Some(Found {
        start: offset + whole.start,
        end: offset + whole.end,
        fixed: whole.len().saturating_sub(captured),
        captures: values,
    })
}
