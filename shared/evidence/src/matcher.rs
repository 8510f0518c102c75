//! All signatures at once.

use crate::{
    doubt,
    index::{Index, IndexBuilder, Place, Scratch},
    mention,
    pattern::{Found, Pattern},
    prefilter::rarity::Rarity,
    report::{MatchReport, Owner},
    stream::{Met, Stream},
};
use faultscan_knowledge::{Catalogue, Condition, Signature};
use thiserror::Error;

/// From this false alarm probability on a signature is weak.
const WEAK_FALSE_ALARM: f64 = 0.01;

/// A matcher that cannot be built.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MatcherError {
    /// The literals of all signatures are too many for one index.
    #[error("the tables over all literals cannot be built: {0}")]
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

/// One signature.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) id: String,
    /// Place of the code whose signature it is.
    pub(crate) code: usize,
    pub(crate) multiline: bool,
    pub(crate) score: f64,
    /// Words that also stand in harmless lines; gives way to any overlapping pattern that is not.
    pub(crate) weak: bool,
    pub(crate) pattern: Pattern,
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
    pub(crate) index: Index,
    /// The signatures, guesses last.
    pub(crate) patterns: Vec<Rule>,
    guess_index: Index,
    /// How many of `patterns` are none.
    guesses_from: usize,
    pub(crate) codes: Vec<Rules>,
    pub(crate) indicator_index: Index,
    /// The pattern of each indicator.
    indicator_patterns: Vec<Pattern>,
    pub(crate) indicators: Vec<(Owner, usize)>,
}

impl Matcher {
    /// Compiles a catalogue's signatures and indicator lines.
    ///
    /// # Errors
    /// When the tables would be too large.
    pub fn new(catalogue: &Catalogue) -> Result<Self, MatcherError> {
        let rarity = Rarity::of_ordinary_logs();
        let mut builder = Builder::new(&rarity);
        for code in catalogue.codes() {
            builder.codes.push(Rules {
                code: code.code.clone(),
                wraps: code.wraps.clone(),
                yields_to: code.yields_to.clone(),
            });
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

    /// Compiles signatures alone, by code; no code gives way to another by name.
    ///
    /// # Errors
    /// When the tables would be too large.
    pub fn of_signatures(codes: &[(String, Vec<Signature>)]) -> Result<Self, MatcherError> {
        let rarity = Rarity::of_ordinary_logs();
        let mut builder = Builder::new(&rarity);
        for (code, signatures) in codes {
            builder.codes.push(Rules {
                code: code.clone(),
                wraps: Vec::new(),
                yields_to: Vec::new(),
            });
            for signature in signatures {
                builder.signature(signature);
            }
        }
        builder.build()
    }

    /// Matches a log given as lines; a line may itself hold line feeds, as a logged trace does.
    /// Finds codes only; [`crate::gather`] looks for indicators too.
    pub fn match_lines<L: AsRef<[u8]>>(&self, lines: impl IntoIterator<Item = L>) -> MatchReport {
        let mut stream = self.stream();
        for line in lines {
            stream.line(line.as_ref());
        }
        stream.finish()
    }

    /// Matches a log given as bytes. Finds codes only.
    #[must_use]
    pub fn match_bytes(&self, log: &[u8]) -> MatchReport {
        let mut stream = self.stream();
        stream.bytes(log);
        stream.finish()
    }

    /// Starts to match a log that comes piece by piece. Finds codes only.
    #[must_use]
    pub fn stream(&self) -> Stream<'_> {
        Stream::new(self)
    }

    /// How many signatures there are.
    #[must_use]
    pub fn pattern_count(&self) -> usize {
        self.patterns.len()
    }

    /// Whether a signature is tried only where nothing else was found.
    pub(crate) fn is_guess(&self, pattern: u32) -> bool {
        pattern as usize >= self.guesses_from
    }

    /// The signatures that are no guesses.
    #[cfg(test)]
    pub(crate) fn surely(&self) -> &[Rule] {
        &self.patterns[..self.guesses_from]
    }

    /// Memory of the tables over all literals, in bytes; programs of patterns come on top as they
    /// are first needed.
    #[must_use]
    pub fn table_bytes(&self) -> usize {
        self.index.bytes() + self.guess_index.bytes() + self.indicator_index.bytes()
    }

    /// Adds the lines of indicators to a report: of causes always, of codes where it has the code.
    pub(crate) fn add_indicators<L: AsRef<[u8]>>(&self, lines: &[L], report: &mut MatchReport) {
        let counts: Vec<bool> = self
            .indicators
            .iter()
            .map(|(owner, _)| match owner {
                Owner::Code(code) => report.code(code).is_some(),
                Owner::Cause(_) => true,
            })
            .collect();
        if !counts.contains(&true) {
            return;
        }
        let mut stream = Stream::of_indicators(self, counts);
        for line in lines {
            stream.line(line.as_ref());
        }
        report.indicators = stream.finish().indicators;
    }

    /// Tries a line's candidates.
    pub(crate) fn met(&self, place: &Place<'_>) -> Met {
        let mut met = Met::default();
        for group in place.candidates.chunk_by(|a, b| a.0 == b.0) {
            let Some((number, _)) = group.first() else {
                continue;
            };
            let rule = &self.patterns[*number as usize];
            if rule.multiline {
                met.multiline.extend(group);
            } else if let Some(found) = rule
                .pattern
                .find(place.text, group.iter().map(|(_, at)| *at))
                && !mention::is_mention(place.text, found.start..found.end)
            {
                met.found.push((*number, found));
            }
        }
        met
    }

    /// Calls `visit` for each line that reports an error, with the guesses that match it.
    pub(crate) fn guesses(
        &self,
        log: &[u8],
        scratch: &mut Scratch,
        mut visit: impl FnMut(&Place<'_>, Vec<(u32, Found)>),
    ) {
        self.guess_index.lines(log, scratch, |place| {
            let mut guesses = Vec::new();
            for group in place.candidates.chunk_by(|a, b| a.0 == b.0) {
                let Some((guess, _)) = group.first() else {
                    continue;
                };
                let number = self.guesses_from + *guess as usize;
                let pattern = &self.patterns[number].pattern;
                let found = pattern.find(place.text, group.iter().map(|(_, at)| *at));
                if let Some(found) = found
                    && !mention::is_mention(place.text, found.start..found.end)
                    && !doubt::is_quoted(place.text, found.start)
                {
                    guesses.push((number as u32, found));
                }
            }
            if !guesses.is_empty() && !doubt::is_doubtful(place.text) {
                visit(&place, guesses);
            }
        });
    }

    /// Calls `hit` for each indicator that counts and that the line matches.
    pub(crate) fn indicators_at(
        &self,
        place: &Place<'_>,
        counts: &[bool],
        mut hit: impl FnMut(usize),
    ) {
        for group in place.candidates.chunk_by(|a, b| a.0 == b.0) {
            let Some(number) = group.first().map(|(number, _)| *number as usize) else {
                continue;
            };
            let matches = || {
                self.indicator_patterns[number]
                    .is_match(place.text, group.iter().map(|(_, at)| *at))
            };
            if counts.get(number) == Some(&true) && matches() {
                hit(number);
            }
        }
    }
}

struct Builder<'r> {
    index: IndexBuilder<'r>,
    patterns: Vec<Rule>,
    guess_index: IndexBuilder<'r>,
    guesses: Vec<Rule>,
    codes: Vec<Rules>,
    indicator_index: IndexBuilder<'r>,
    indicator_patterns: Vec<Pattern>,
    indicators: Vec<(Owner, usize)>,
}

impl<'r> Builder<'r> {
    fn new(rarity: &'r Rarity) -> Self {
        Self {
            index: IndexBuilder::new(rarity),
            patterns: Vec::new(),
            guess_index: IndexBuilder::new(rarity),
            guesses: Vec::new(),
            codes: Vec::new(),
            indicator_index: IndexBuilder::new(rarity),
            indicator_patterns: Vec::new(),
            indicators: Vec::new(),
        }
    }

    fn signature(&mut self, signature: &Signature) {
        let (index, patterns) = if signature.is_guess() {
            (&mut self.guess_index, &mut self.guesses)
        } else {
            (&mut self.index, &mut self.patterns)
        };
        index.pattern(
            &signature.pattern,
            &signature.literals,
            signature.ignore_case,
        );
        patterns.push(Rule {
            id: signature.id.clone(),
            code: self.codes.len().saturating_sub(1),
            multiline: signature.multiline,
            // At even odds before, the probability that the code and not chance printed the text.
            score: signature.sensitivity / (signature.sensitivity + signature.false_alarm),
            weak: signature.false_alarm >= WEAK_FALSE_ALARM,
            pattern: Pattern::new(&signature.pattern, signature.ignore_case),
        });
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
        self.indicator_index
            .pattern(pattern, literals, *ignore_case);
        self.indicators.push((owner, index));
        self.indicator_patterns
            .push(Pattern::new(pattern, *ignore_case));
    }

    fn build(mut self) -> Result<Matcher, MatcherError> {
        let guesses_from = self.patterns.len();
        self.patterns.append(&mut self.guesses);
        Ok(Matcher {
            index: self.index.build().map_err(MatcherError::Automaton)?,
            patterns: self.patterns,
            guess_index: self.guess_index.build().map_err(MatcherError::Automaton)?,
            guesses_from,
            codes: self.codes,
            indicator_index: self
                .indicator_index
                .build()
                .map_err(MatcherError::Automaton)?,
            indicator_patterns: self.indicator_patterns,
            indicators: self.indicators,
        })
    }
}
