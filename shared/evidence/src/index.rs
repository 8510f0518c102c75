//! Which patterns to try on which lines.

use crate::{
    literals,
    normal::{self, Rewrite},
    prefilter::{Literal, Prefilter, Turn, rarity::Rarity},
};
use faultscan_knowledge::{Arrange as _, pattern::obvious_literals};
use std::ops::Range;

/// A set above this cost may be exchanged for a better one.
const COST_FINE: f64 = 1e-6;
/// Literals of one index; the tables number four entries for each in 32 bits.
const LITERALS_MAX: usize = 1 << 28;

/// The literals of many patterns.
#[derive(Debug)]
pub(crate) struct Index {
    prefilter: Prefilter,
    /// Where each literal's patterns begin among `patterns`; one more than there are literals.
    heads: Vec<u32>,
    patterns: Vec<u32>,
}

/// A pattern to try, and a place where one of its literals stands.
pub(crate) type Candidate = (u32, usize);

/// A place where a literal stands, and a pattern that requires it.
type Met = (usize, u32);

/// A line that patterns see otherwise than it stands in the block.
#[derive(Debug)]
struct Rewritten {
    line: Range<usize>,
    how: Rewrite,
    /// In [`Scratch::text`]: what is added or stands in its place.
    text: Range<usize>,
}

/// Memory that one block after the other uses.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    marks: Vec<Turn>,
    raw: Vec<Met>,
    rewritten: Vec<Rewritten>,
    text: Vec<u8>,
    again: Vec<Met>,
    candidates: Vec<Candidate>,
}

/// A line with candidates.
pub(crate) struct Place<'a> {
    /// The raw line in the block.
    pub(crate) line: Range<usize>,
    /// The line as patterns see it.
    pub(crate) text: &'a [u8],
    /// Ordered by pattern, then by place in `text`.
    pub(crate) candidates: &'a [Candidate],
}

impl Index {
    /// Bytes on the heap.
    pub(crate) fn bytes(&self) -> usize {
        self.prefilter.bytes() + 4 * (self.heads.len() + self.patterns.len())
    }

    /// Calls `visit` for every line of a block, in order, that holds a literal.
    pub(crate) fn lines(
        &self,
        block: &[u8],
        scratch: &mut Scratch,
        mut visit: impl FnMut(Place<'_>),
    ) {
        let Scratch {
            marks,
            raw,
            rewritten,
            text,
            again,
            candidates,
        } = scratch;
        raw.clear();
        self.prefilter
            .scan(block, marks, |literal, at| self.each(literal, at, raw));
        rewrite(block, rewritten, text);
        again.clear();
        self.prefilter
            .scan(text, marks, |literal, at| self.each(literal, at, again));
        raw.arrange();
        again.arrange();
        let (mut raw, mut again) = (raw.as_slice(), again.as_slice());
        let mut floor = 0;
        for changed in rewritten.iter() {
            let (before, rest) = split(raw, changed.line.start);
            visit_raw(block, floor, before, candidates, &mut visit);
            floor = changed.line.end;
            let (inside, rest) = split(rest, changed.line.end);
            raw = rest;
            let (added, rest) = split(again, changed.text.end);
            again = rest;
            candidates.clear();
            let line = &block[changed.line.clone()];
            let mut shift = 0;
            if changed.how == Rewrite::Adds {
                let from = changed.line.start;
                candidates.extend(inside.iter().map(|(at, pattern)| (*pattern, at - from)));
                shift = normal::without_return(line).len();
            }
            let from = changed.text.start;
            candidates.extend(
                added
                    .iter()
                    .map(|(at, pattern)| (*pattern, at - from + shift)),
            );
            if !candidates.is_empty() {
                candidates.arrange();
                visit(Place {
                    line: changed.line.clone(),
                    text: &normal::normal(line),
                    candidates,
                });
            }
        }
        visit_raw(block, floor, raw, candidates, &mut visit);
    }

    fn each(&self, literal: u32, at: usize, out: &mut Vec<Met>) {
        let literal = literal as usize;
        let range = self.heads[literal] as usize..self.heads[literal + 1] as usize;
        out.extend(self.patterns[range].iter().map(|pattern| (at, *pattern)));
    }
}

/// What stands before a place, and the rest.
fn split(found: &[Met], place: usize) -> (&[Met], &[Met]) {
    found.split_at(found.partition_point(|(at, _)| *at < place))
}

/// Lines that are as patterns see them, but for a carriage return.
fn visit_raw(
    block: &[u8],
    mut floor: usize,
    mut found: &[Met],
    candidates: &mut Vec<Candidate>,
    visit: &mut impl FnMut(Place<'_>),
) {
    while let Some((at, _)) = found.first() {
        let start =
            memchr::memrchr(b'\n', &block[floor..*at]).map_or(floor, |feed| floor + feed + 1);
        let end = memchr::memchr(b'\n', &block[*at..]).map_or(block.len(), |feed| at + feed);
        let here = found.partition_point(|(at, _)| *at < end);
        candidates.clear();
        candidates.extend(
            found[..here]
                .iter()
                .map(|(at, pattern)| (*pattern, at - start)),
        );
        candidates.arrange();
        let text = &block[start..end];
        visit(Place {
            line: start..end,
            text: normal::without_return(text),
            candidates,
        });
        found = &found[here..];
        floor = end;
    }
}

/// The lines of a block that must be rewritten, one after the other.
fn rewrite(block: &[u8], rewritten: &mut Vec<Rewritten>, text: &mut Vec<u8>) {
    rewritten.clear();
    text.clear();
    let mut start = 0;
    while let Some(found) = normal::first_work(&block[start..]) {
        let at = start + found;
        let line_start =
            memchr::memrchr(b'\n', &block[start..at]).map_or(start, |feed| start + feed + 1);
        let line_end = memchr::memchr(b'\n', &block[at..]).map_or(block.len(), |feed| at + feed);
        let from = text.len();
        let how = normal::rewrite(&block[line_start..line_end], text);
        if how != Rewrite::None {
            rewritten.push(Rewritten {
                line: line_start..line_end,
                how,
                text: from..text.len(),
            });
            text.push(b'\n');
        }
        if line_end >= block.len() {
            return;
        }
        start = line_end + 1;
    }
}

/// Gathers the literals of patterns.
pub(crate) struct IndexBuilder<'r> {
    rarity: &'r Rarity,
    /// Literals, and the pattern that asks for each.
    pairs: Vec<(Literal, u32)>,
    count: u32,
    /// A pattern that no literal was found for.
    blind: Option<String>,
}

impl<'r> IndexBuilder<'r> {
    pub(crate) fn new(rarity: &'r Rarity) -> Self {
        Self {
            rarity,
            pairs: Vec::new(),
            count: 0,
            blind: None,
        }
    }

    /// Adds the next pattern, with literals of which one stands in all it matches.
    pub(crate) fn pattern(&mut self, pattern: &str, literals: &[String], ignore_case: bool) {
        let authored: Vec<Vec<u8>> = literals.iter().map(|one| one.as_bytes().to_vec()).collect();
        let chosen = self.choose(pattern, authored);
        if chosen.is_empty() {
            self.blind = Some(pattern.to_owned());
        }
        for text in chosen {
            self.pairs.push((Literal { text, ignore_case }, self.count));
        }
        self.count += 1;
    }

    fn choose(&self, pattern: &str, authored: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
        if authored.is_empty() {
            return literals::best(pattern, self.rarity)
                .or_else(|| obvious_literals(pattern))
                .unwrap_or_default();
        }
        let cost = literals::cost(&authored, self.rarity);
        if cost <= COST_FINE {
            return authored;
        }
        match literals::best(pattern, self.rarity) {
            Some(other) if literals::cost(&other, self.rarity) < cost => other,
            _ => authored,
        }
    }

    /// # Errors
    /// When there are more literals than the tables number, or none for some pattern.
    pub(crate) fn build(mut self) -> Result<Index, String> {
        if let Some(pattern) = self.blind {
            return Err(format!("no literal for {pattern}"));
        }
        self.pairs.arrange();
        self.pairs.dedup();
        let mut literals: Vec<Literal> = Vec::new();
        let (mut heads, mut patterns) = (Vec::new(), Vec::new());
        for (literal, pattern) in self.pairs {
            if literals.last() != Some(&literal) {
                heads.push(patterns.len() as u32);
                literals.push(literal);
            }
            patterns.push(pattern);
        }
        heads.push(patterns.len() as u32);
        if literals.len() > LITERALS_MAX {
            return Err(format!("{} literals", literals.len()));
        }
        Ok(Index {
            prefilter: Prefilter::new(literals, self.rarity),
            heads,
            patterns,
        })
    }
}

#[cfg(test)]
#[path = "../examples/bench_match/logs.rs"]
#[allow(dead_code, reason = "the bench uses more of it")]
mod logs;

#[cfg(test)]
mod tests {
    use super::{logs::Kind, *};
    use crate::Matcher;
    use faultscan_knowledge::Catalogue;

    /// Bytes of a healthy log in which a pattern may be tried once.
    const BYTES_PER_TRY: usize = 64 * 1024;

    #[test]
    fn healthy_logs_hardly_hold_a_literal() {
        let catalogue = Catalogue::builtin().unwrap();
        let matcher = Matcher::new(&catalogue).unwrap();
        let mut scratch = Scratch::default();
        for kind in Kind::ALL {
            let log = logs::log(&[kind], 1 << 20, &[], 0);
            let mut tries = vec![0_usize; matcher.patterns.len()];
            matcher.index.lines(&log, &mut scratch, |place| {
                for (pattern, _) in place.candidates {
                    tries[*pattern as usize] += 1;
                }
            });
            for (rule, tries) in matcher.patterns.iter().zip(tries) {
                let code = &matcher.codes[rule.code].code;
                assert!(
                    tries <= log.len() / BYTES_PER_TRY,
                    "{code} {}: its literals stand {tries} times in a healthy {} log",
                    rule.id,
                    kind.name()
                );
            }
        }
    }
}
