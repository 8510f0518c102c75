//! All signatures as one automaton.

use crate::{
    limits::{CAPTURE_BYTES_MAX, PATTERN_WINDOW_BYTES, WINDOWS_PER_LINE_MAX},
    report::{MatchReport, Owner},
    stream::Stream,
};
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use faultscan_knowledge::{Catalogue, Condition, Signature};
use regex::bytes::{Regex, RegexBuilder};
use std::{
    collections::{BTreeMap, HashMap},
    sync::OnceLock,
};
use thiserror::Error;

/// Bytes of compiled program for one pattern; the loader allows no more either.
const PROGRAM_BYTES_MAX: usize = 256 * 1024;

/// A full table is the fastest; where memory and start-up time count more, the compact form.
const KIND: AhoCorasickKind = if cfg!(target_family = "wasm") {
    AhoCorasickKind::ContiguousNFA
} else {
    AhoCorasickKind::DFA
};

/// From this false alarm probability on a signature is weak.
const WEAK_FALSE_ALARM: f64 = 0.01;

/// A matcher that cannot be built.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MatcherError {
    /// The literals of all signatures are too many for one automaton.
    #[error("the automaton over all literals cannot be built: {0}")]
    Automaton(String),
}

impl MatcherError {
    /// Stable name of the kind of error.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Automaton(_) => "matcher_automaton",
        }
    }
}

/// What a pattern stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// A signature of the code at this place.
    Signature { code: usize },
    /// The indicator at this place of the list of indicators.
    Indicator(usize),
}

/// One pattern; the program is compiled when one of its literals is met for the first time.
#[derive(Debug)]
pub(crate) struct Pattern {
    pub(crate) id: String,
    pub(crate) target: Target,
    pub(crate) multiline: bool,
    pub(crate) score: f64,
    /// Words that also stand in harmless lines; gives way to any overlapping pattern that is not.
    pub(crate) weak: bool,
    text: String,
    ignore_case: bool,
    program: OnceLock<Option<Regex>>,
}

impl Pattern {
    fn program(&self) -> Option<&Regex> {
        let build = || {
            RegexBuilder::new(&self.text)
                .unicode(false)
                .multi_line(true)
                .case_insensitive(self.ignore_case)
                .size_limit(PROGRAM_BYTES_MAX)
                .build()
                .ok()
        };
        self.program.get_or_init(build).as_ref()
    }

    /// The first match in `text`, as offset range and captures. In a very long text only the
    /// surroundings of the literals at `literals_at` are looked at.
    pub(crate) fn find(&self, text: &[u8], literals_at: &[usize]) -> Option<Found> {
        let program = self.program()?;
        if text.len() <= 2 * PATTERN_WINDOW_BYTES {
            return captures(program, text, 0);
        }
        let mut last_end = 0;
        let places = literals_at.iter().take(WINDOWS_PER_LINE_MAX);
        places.copied().find_map(|at| {
            let start = at.saturating_sub(PATTERN_WINDOW_BYTES);
            let end = (at + PATTERN_WINDOW_BYTES).min(text.len());
            if end <= last_end {
                return None;
            }
            last_end = end;
            captures(program, text.get(start..end)?, start)
        })
    }
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

fn captures(program: &Regex, text: &[u8], offset: usize) -> Option<Found> {
    let found = program.captures(text)?;
    let whole = found.get(0)?;
    let mut values = BTreeMap::new();
    let mut captured = 0;
    for name in program.capture_names().flatten() {
        if let Some(value) = found.name(name) {
            captured += value.len();
            let bytes = value.as_bytes();
            let bytes = bytes.get(..CAPTURE_BYTES_MAX).unwrap_or(bytes);
            if !bytes.is_empty() {
                values.insert(name.to_owned(), String::from_utf8_lossy(bytes).into_owned());
            }
        }
    }
    Some(Found {
        start: offset + whole.start(),
        end: offset + whole.end(),
        fixed: whole.len().saturating_sub(captured),
        captures: values,
    })
}

/// What resolution needs to know of a code.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) code: String,
    wraps: Vec<String>,
    yields_to: Vec<String>,
}

impl Rules {
    pub(crate) fn wraps(&self, other: &str) -> bool {
        names(&self.wraps, other) && self.code != other
    }

    pub(crate) fn yields_to(&self, other: &str) -> bool {
        names(&self.yields_to, other) && self.code != other
    }
}

fn names(list: &[String], code: &str) -> bool {
    list.iter().any(|entry| match entry.strip_suffix('*') {
        Some(prefix) => code.starts_with(prefix),
        None => entry == code,
    })
}

/// Finds the codes of a catalogue in logs. Immutable and cheap to share between threads.
#[derive(Debug)]
pub struct Matcher {
    automaton: AhoCorasick,
    /// For each literal of the automaton: the patterns that require it.
    patterns_of_literal: Vec<Vec<u32>>,
    pub(crate) patterns: Vec<Pattern>,
    pub(crate) codes: Vec<Rules>,
    pub(crate) indicators: Vec<(Owner, usize)>,
}

impl Matcher {
    /// Compiles a catalogue's signatures and indicator lines.
    ///
    /// # Errors
    /// When the automaton would be too large.
    pub fn new(catalogue: &Catalogue) -> Result<Self, MatcherError> {
        let mut builder = Builder::default();
        for code in catalogue.codes() {
            builder.code(
                code.code.clone(),
                code.wraps.clone(),
                code.yields_to.clone(),
            );
            for signature in &code.signatures {
                builder.signature(signature);
            }
            for (index, indicator) in code.indicators.iter().enumerate() {
                builder.indicator(Owner::Code(code.code.clone()), index, &indicator.when);
            }
        }
        for cause in catalogue.causes() {
            for (index, indicator) in cause.indicators.iter().enumerate() {
                builder.indicator(Owner::Cause(cause.id.clone()), index, &indicator.when);
            }
        }
        builder.build()
    }

    /// Matches a log given as lines; a line may itself hold line feeds, as a logged trace does.
    pub fn match_lines<L: AsRef<[u8]>>(&self, lines: impl IntoIterator<Item = L>) -> MatchReport {
        let mut stream = self.stream();
        for line in lines {
            stream.line(line.as_ref());
        }
        stream.finish()
    }

    /// Matches a log given as bytes.
    #[must_use]
    pub fn match_bytes(&self, log: &[u8]) -> MatchReport {
        let mut stream = self.stream();
        stream.bytes(log);
        stream.finish()
    }

    /// Starts to match a log that comes piece by piece.
    #[must_use]
    pub fn stream(&self) -> Stream<'_> {
        Stream::new(self)
    }

    /// How many patterns there are.
    #[must_use]
    pub fn pattern_count(&self) -> usize {
        self.patterns.len()
    }

    /// Calls `hit(pattern, offset of a literal)` for every literal in `text`.
    pub(crate) fn literals(&self, text: &[u8], mut hit: impl FnMut(u32, usize)) {
        for found in self.automaton.find_overlapping_iter(text) {
            for pattern in self
                .patterns_of_literal
                .get(found.pattern().as_usize())
                .into_iter()
                .flatten()
            {
                hit(*pattern, found.start());
            }
        }
    }
}

#[derive(Default)]
struct Builder {
    literals: Vec<String>,
    literal_at: HashMap<String, usize>,
    patterns_of_literal: Vec<Vec<u32>>,
    patterns: Vec<Pattern>,
    codes: Vec<Rules>,
    indicators: Vec<(Owner, usize)>,
}

impl Builder {
    fn code(&mut self, code: String, wraps: Vec<String>, yields_to: Vec<String>) {
        self.codes.push(Rules {
            code,
            wraps,
            yields_to,
        });
    }

    fn signature(&mut self, signature: &Signature) {
        let pattern = Pattern {
            id: signature.id.clone(),
            target: Target::Signature {
                code: self.codes.len().saturating_sub(1),
            },
            multiline: signature.multiline,
            // At even odds before, the probability that the code and not chance printed the text.
            score: signature.sensitivity / (signature.sensitivity + signature.false_alarm),
            weak: signature.false_alarm >= WEAK_FALSE_ALARM,
            text: signature.pattern.clone(),
            ignore_case: signature.ignore_case,
            program: OnceLock::new(),
        };
        self.pattern(pattern, &signature.literals);
    }

    fn indicator(&mut self, owner: Owner, index: usize, when: &Condition) {
        let Condition::Line {
            pattern,
            literals,
            ignore_case,
        } = when
        else {
            return;
        };
        let target = Target::Indicator(self.indicators.len());
        self.indicators.push((owner, index));
        let pattern = Pattern {
            id: String::new(),
            target,
            multiline: false,
            score: 0.0,
            weak: false,
            text: pattern.clone(),
            ignore_case: *ignore_case,
            program: OnceLock::new(),
        };
        self.pattern(pattern, literals);
    }

    fn pattern(&mut self, pattern: Pattern, literals: &[String]) {
        let Ok(number) = u32::try_from(self.patterns.len()) else {
            return;
        };
        for literal in literals {
            // One automaton serves both cases; the pattern itself decides about case.
            let key = literal.to_ascii_lowercase();
            let at = *self.literal_at.entry(key.clone()).or_insert_with(|| {
                self.literals.push(key);
                self.patterns_of_literal.push(Vec::new());
                self.literals.len() - 1
            });
            if !self.patterns_of_literal[at].contains(&number) {
                self.patterns_of_literal[at].push(number);
            }
        }
        self.patterns.push(pattern);
    }

    fn build(self) -> Result<Matcher, MatcherError> {
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .kind(Some(KIND))
            .build(&self.literals)
            .map_err(|error| MatcherError::Automaton(error.to_string()))?;
        Ok(Matcher {
            automaton,
            patterns_of_literal: self.patterns_of_literal,
            patterns: self.patterns,
            codes: self.codes,
            indicators: self.indicators,
        })
    }
}
