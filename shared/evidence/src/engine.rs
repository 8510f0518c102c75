//! The engine that executes a pattern: natively the `regex` crate, on phones the small machine of
//! the catalogue, which finds the same and is a tenth of the size. A test of the catalogue's crate
//! holds them against each other.

use std::ops::Range;

/// A compiled pattern.
#[derive(Debug)]
pub(crate) struct Engine {
    program: Program,
}

/// Where a match stands, and its captures by name. A capture that took no part is not among them.
pub(crate) struct Captures<'e> {
    pub(crate) whole: Range<usize>,
    pub(crate) named: Vec<(&'e str, Range<usize>)>,
}

#[cfg(not(target_family = "wasm"))]
type Program = regex::bytes::Regex;
#[cfg(target_family = "wasm")]
type Program = faultscan_knowledge::pattern::Program;

/// Bytes of compiled program for one pattern; the loader allows no more either.
#[cfg(not(target_family = "wasm"))]
const PROGRAM_BYTES_MAX: usize = 256 * 1024;

#[cfg(not(target_family = "wasm"))]
impl Engine {
    /// Compiles a pattern; nothing where the loader would refuse it.
    pub(crate) fn new(pattern: &str, ignore_case: bool) -> Option<Self> {
        let program = regex::bytes::RegexBuilder::new(pattern)
            .unicode(false)
            .multi_line(true)
            .case_insensitive(ignore_case)
            .size_limit(PROGRAM_BYTES_MAX)
            .build()
            .ok()?;
        Some(Self { program })
    }

    /// The leftmost match.
    pub(crate) fn captures(&self, text: &[u8]) -> Option<Captures<'_>> {
        let found = self.program.captures(text)?;
        let names = self.program.capture_names().flatten();
        Some(Captures {
            whole: found.get(0)?.range(),
            named: names
                .filter_map(|name| Some((name, found.name(name)?.range())))
                .collect(),
        })
    }
}

#[cfg(target_family = "wasm")]
impl Engine {
    /// Compiles a pattern; nothing where the loader would refuse it.
    pub(crate) fn new(pattern: &str, ignore_case: bool) -> Option<Self> {
        let syntax = faultscan_knowledge::pattern::Syntax::parse(pattern, ignore_case).ok()?;
        let program = Program::new(&syntax).ok()?;
        Some(Self { program })
    }

    /// The leftmost match.
    pub(crate) fn captures(&self, text: &[u8]) -> Option<Captures<'_>> {
        let (whole, captures) = self.program.find(text)?;
        let names = self.program.names().iter();
        Some(Captures {
            whole,
            named: names
                .zip(captures)
                .filter_map(|(name, range)| Some((name.as_str(), range?)))
                .collect(),
        })
    }
}

impl Engine {
    /// Whether the pattern matches somewhere.
    pub(crate) fn is_match(&self, text: &[u8]) -> bool {
        self.program.is_match(text)
    }
}
