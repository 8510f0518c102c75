//! Which of several codes explains a line, a trace, a report.

use crate::{
    limits::LINES_KEPT_MAX,
    matcher::{Found, Matcher, Rules},
    report::{CodeMatch, IndicatorHit, MatchReport, Reason},
};
use std::collections::BTreeMap;

/// What a secondary match's score is multiplied with.
const SECONDARY: f64 = 0.4;
/// Captures by which two matches can be about different objects.
const OBJECTS: [&str; 5] = ["pod", "container", "node", "namespace", "name"];

/// A signature that matched, with its place in the event.
#[derive(Debug, Clone)]
pub(crate) struct Hit {
    code: usize,
    pattern: u32,
    start: usize,
    end: usize,
    fixed: usize,
    /// Place of the (first) line in the event.
    place: usize,
    numbers: Vec<u32>,
    captures: BTreeMap<String, String>,
}

impl Hit {
    pub(crate) fn new(
        code: usize,
        pattern: u32,
        found: Found,
        offset: usize,
        place: usize,
        numbers: Vec<u32>,
    ) -> Self {
        Self {
            code,
            pattern,
            start: offset + found.start,
            end: offset + found.end,
            fixed: found.fixed,
            place,
            numbers,
            captures: found.captures,
        }
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// Everything known of one code so far.
#[derive(Debug)]
struct Sum {
    score: f64,
    lines: Vec<u32>,
    count: u32,
    captures: BTreeMap<String, String>,
    primary: bool,
    reason: Reason,
    span: usize,
    signatures: Vec<u32>,
}

/// Gathers the events of a log.
#[derive(Debug)]
pub(crate) struct Collector<'m> {
    matcher: &'m Matcher,
    sums: BTreeMap<usize, Sum>,
    indicators: BTreeMap<usize, Vec<u32>>,
}

impl<'m> Collector<'m> {
    pub(crate) fn new(matcher: &'m Matcher) -> Self {
        Self {
            matcher,
            sums: BTreeMap::new(),
            indicators: BTreeMap::new(),
        }
    }

    pub(crate) fn indicator(&mut self, indicator: usize, number: u32) {
        let lines = self.indicators.entry(indicator).or_default();
        if lines.len() < LINES_KEPT_MAX && lines.last() != Some(&number) {
            lines.push(number);
        }
    }

    /// Settles one event. In a trace one code explains all; otherwise each line stands for itself.
    pub(crate) fn event(&mut self, hits: Vec<Hit>, is_trace: bool, root_comes_first: bool) {
        let mut reasons = self.covered(&hits);
        if is_trace {
            self.wrapped(&hits, &mut reasons, |_, _| true);
            self.outer(&hits, &mut reasons, root_comes_first);
        } else {
            self.wrapped(&hits, &mut reasons, |a, b| a.place == b.place);
        }
        for (hit, reason) in hits.into_iter().zip(reasons) {
            self.add(hit, reason);
        }
    }

    fn rules(&self, hit: &Hit) -> &'m Rules {
        &self.matcher.codes[hit.code]
    }

    /// For each hit the reason it is not primary because a better one overlaps it.
    fn covered(&self, hits: &[Hit]) -> Vec<Option<Reason>> {
        let better = |other: &Hit, hit: &Hit| {
            let (theirs, ours) = (self.rules(other), self.rules(hit));
            if ours.wraps(&theirs.code) != theirs.wraps(&ours.code) {
                return ours.wraps(&theirs.code);
            }
            let weight = |hit: &Hit| (hit.end - hit.start, hit.fixed);
            weight(other) > weight(hit) || (weight(other) == weight(hit) && theirs.code < ours.code)
        };
        hits.iter()
            .map(|hit| {
                let over = hits
                    .iter()
                    .filter(|other| other.code != hit.code && other.overlaps(hit))
                    .filter(|other| better(other, hit))
                    .max_by_key(|other| (other.end - other.start, other.fixed))?;
                let code = self.rules(over).code.clone();
                let wraps = self.rules(hit).wraps(&code);
                Some(if wraps {
                    Reason::Wraps(code)
                } else {
                    Reason::CoveredBy(code)
                })
            })
            .collect()
    }

    /// Marks wrappers of a code that stands in the same scope.
    fn wrapped(
        &self,
        hits: &[Hit],
        reasons: &mut [Option<Reason>],
        same_scope: impl Fn(&Hit, &Hit) -> bool,
    ) {
        let free: Vec<bool> = reasons.iter().map(Option::is_none).collect();
        for (index, hit) in hits.iter().enumerate() {
            if !free[index] {
                continue;
            }
            let inner = hits.iter().zip(&free).find(|(other, free)| {
                **free && same_scope(hit, other) && self.rules(hit).wraps(&self.rules(other).code)
            });
            if let Some((inner, _)) = inner {
                reasons[index] = Some(Reason::Wraps(self.rules(inner).code.clone()));
            }
        }
    }

    /// In a trace the root error stays; the others are its outer errors.
    fn outer(&self, hits: &[Hit], reasons: &mut [Option<Reason>], root_comes_first: bool) {
        let free = hits
            .iter()
            .zip(reasons.iter())
            .filter(|(_, reason)| reason.is_none());
        let key = |hit: &Hit| (hit.place, hit.start);
        let root = if root_comes_first {
            free.map(|(hit, _)| hit).min_by_key(|hit| key(hit))
        } else {
            free.map(|(hit, _)| hit).max_by_key(|hit| key(hit))
        };
        let Some(root) = root else { return };
        for (hit, reason) in hits.iter().zip(reasons) {
            if reason.is_none() && hit.code != root.code {
                *reason = Some(Reason::OuterOf(self.rules(root).code.clone()));
            }
        }
    }

    fn add(&mut self, hit: Hit, reason: Option<Reason>) {
        let primary = reason.is_none();
        let reason = reason.unwrap_or(Reason::MostSpecific);
        let certainty = self.matcher.patterns[hit.pattern as usize].score;
        let score = if primary {
            certainty
        } else {
            certainty * SECONDARY
        };
        let span = hit.end - hit.start;
        let sum = self.sums.entry(hit.code).or_insert_with(|| Sum {
            score: 0.0,
            lines: Vec::new(),
            count: 0,
            captures: BTreeMap::new(),
            primary: false,
            reason: reason.clone(),
            span: 0,
            signatures: Vec::new(),
        });
        if primary && !sum.primary {
            sum.primary = true;
            sum.reason = reason;
            sum.captures.clear();
        }
        sum.score = sum.score.max(score);
        sum.span = sum.span.max(span);
        if primary == sum.primary && hit.captures.len() > sum.captures.len() {
            sum.captures = hit.captures;
        }
        if !sum.signatures.contains(&hit.pattern) {
            sum.signatures.push(hit.pattern);
        }
        for number in hit.numbers {
            if let Err(at) = sum.lines.binary_search(&number) {
                sum.count += 1;
                if sum.lines.len() < LINES_KEPT_MAX {
                    sum.lines.insert(at, number);
                }
            }
        }
    }

    pub(crate) fn finish(mut self, lines_read: u32) -> MatchReport {
        self.yields();
        let matcher = self.matcher;
        let mut sums: Vec<(usize, Sum)> = self.sums.into_iter().collect();
        sums.sort_by(|(a_code, a), (b_code, b)| {
            b.primary
                .cmp(&a.primary)
                .then_with(|| b.score.total_cmp(&a.score))
                .then_with(|| b.span.cmp(&a.span))
                .then_with(|| a.lines.first().cmp(&b.lines.first()))
                .then_with(|| a_code.cmp(b_code))
        });
        let codes = sums
            .into_iter()
            .map(|(code, sum)| CodeMatch {
                code: matcher.codes[code].code.clone(),
                score: sum.score,
                lines: sum.lines,
                count: sum.count,
                captures: sum.captures,
                primary: sum.primary,
                reason: sum.reason,
                signatures: sum
                    .signatures
                    .iter()
                    .map(|pattern| matcher.patterns[*pattern as usize].id.clone())
                    .collect(),
            })
            .collect();
        let indicators = self
            .indicators
            .into_iter()
            .map(|(indicator, lines)| {
                let (owner, index) = matcher.indicators[indicator].clone();
                IndicatorHit {
                    owner,
                    index,
                    lines,
                }
            })
            .collect();
        MatchReport {
            codes,
            indicators,
            lines_read,
        }
    }

    /// Across the report: symptom codes give way to what explains them, object by object.
    fn yields(&mut self) {
        let primary: Vec<usize> = self
            .sums
            .iter()
            .filter(|(_, sum)| sum.primary)
            .map(|(code, _)| *code)
            .collect();
        let mut given_way = Vec::new();
        for code in &primary {
            let rules = &self.matcher.codes[*code];
            let over = primary.iter().find(|other| {
                rules.yields_to(&self.matcher.codes[**other].code)
                    && same_object(&self.sums[code].captures, &self.sums[*other].captures)
            });
            if let Some(over) = over {
                given_way.push((*code, self.matcher.codes[*over].code.clone()));
            }
        }
        for (code, over) in given_way {
            if let Some(sum) = self.sums.get_mut(&code) {
                sum.primary = false;
                sum.score *= SECONDARY;
                sum.reason = Reason::YieldsTo(over);
            }
        }
    }
}

/// No capture says that they are about different objects.
fn same_object(a: &BTreeMap<String, String>, b: &BTreeMap<String, String>) -> bool {
    OBJECTS.iter().all(|key| match (a.get(*key), b.get(*key)) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    })
}
