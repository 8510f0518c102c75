//! Which of several codes explains a line, a trace, a report.

use crate::{
    limits::LINES_KEPT_MAX,
    matcher::{Matcher, Rules},
    pattern::Found,
    report::{CodeMatch, IndicatorHit, MatchReport, Reason},
};
use faultscan_knowledge::{Arrange as _, SortedMap, SortedSet};
use std::collections::BTreeMap;

/// What a secondary match's score is multiplied with.
const SECONDARY: f64 = 0.4;
/// Captures by which two matches can be about different objects.
const OBJECTS: [&str; 5] = ["pod", "container", "node", "namespace", "name"];
/// The capture that says how many objects a reason concerns.
const COUNT: &str = "count";

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

    /// Length of the match, then bytes that no capture took.
    fn weight(&self) -> (usize, usize) {
        (self.end - self.start, self.fixed)
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
    last: u32,
    count: u32,
    captures: BTreeMap<String, String>,
    primary: bool,
    reason: Reason,
    span: usize,
    signatures: Vec<u32>,
    /// Whether another code of the same line counts more.
    outnumbered: bool,
}

/// Gathers the events of a log.
#[derive(Debug)]
pub(crate) struct Collector<'m> {
    matcher: &'m Matcher,
    sums: SortedMap<usize, Sum>,
    indicators: SortedMap<usize, Vec<u32>>,
}

impl<'m> Collector<'m> {
    pub(crate) fn new(matcher: &'m Matcher) -> Self {
        Self {
            matcher,
            sums: SortedMap::new(),
            indicators: SortedMap::new(),
        }
    }

    /// Whether no code was found so far.
    pub(crate) fn is_empty(&self) -> bool {
        self.sums.is_empty()
    }

    pub(crate) fn indicator(&mut self, indicator: usize, number: u32) {
        let lines = self.indicators.get_or_insert_with(indicator, Vec::new);
        if lines.len() < LINES_KEPT_MAX && lines.last() != Some(&number) {
            lines.push(number);
        }
    }

    /// Settles one event. In a trace one code explains all; otherwise each line stands for itself.
    pub(crate) fn event(&mut self, hits: Vec<Hit>, is_trace: bool, root_comes_first: bool) {
        let mut reasons = self.covered(&hits);
        if is_trace {
            self.wrapped(&hits, &mut reasons, true);
            self.outer(&hits, &mut reasons, root_comes_first);
        } else {
            self.wrapped(&hits, &mut reasons, false);
        }
        let mut settled: Vec<_> = hits.into_iter().zip(reasons).collect();
        settled.arrange_by_key(|(hit, _)| hit.place);
        for (hit, reason) in settled {
            self.add(hit, reason);
        }
    }

    fn rules(&self, hit: &Hit) -> &'m Rules {
        &self.matcher.codes[hit.code]
    }

    /// For each hit the reason it is not primary because a better one overlaps it.
    fn covered(&self, hits: &[Hit]) -> Vec<Option<Reason>> {
        let mut reasons = vec![None; hits.len()];
        let mut order: Vec<usize> = (0..hits.len()).collect();
        order.arrange_by_key(|index| hits[*index].start);
        let mut cluster: Vec<usize> = Vec::new();
        let mut end = 0;
        for index in order {
            if hits[index].start >= end && !cluster.is_empty() {
                self.settle(hits, &cluster, &mut reasons);
                cluster.clear();
            }
            end = end.max(hits[index].end);
            cluster.push(index);
        }
        self.settle(hits, &cluster, &mut reasons);
        reasons
    }

    /// Settles hits that overlap each other, directly or through others.
    fn settle(&self, hits: &[Hit], cluster: &[usize], reasons: &mut [Option<Reason>]) {
        let mut open: Vec<usize> = cluster.to_vec();
        let rivals =
            |a: usize, b: usize| hits[a].code != hits[b].code && hits[a].overlaps(&hits[b]);
        while !open.is_empty() {
            let unbeaten = |beats: &dyn Fn(&Hit, &Hit) -> bool| -> Vec<usize> {
                let beaten = |hit: usize| {
                    open.iter()
                        .any(|other| rivals(hit, *other) && beats(&hits[*other], &hits[hit]))
                };
                open.iter().copied().filter(|hit| !beaten(*hit)).collect()
            };
            let mut winners = unbeaten(&|other, hit| self.beats(other, hit));
            if winners.is_empty() {
                // Who gives way to whom goes round in a circle: being named outweighs length.
                let mut named =
                    unbeaten(&|other, hit| self.rules(hit).wraps(&self.rules(other).code));
                if named.is_empty() {
                    named.clone_from(&open);
                }
                winners.extend(named.into_iter().max_by_key(|hit| hits[*hit].weight()));
            }
            open.retain(|hit| !winners.contains(hit));
            open.retain(|hit| {
                let over = winners.iter().find(|winner| rivals(*hit, **winner));
                if let Some(winner) = over {
                    let code = self.rules(&hits[*winner]).code.clone();
                    let wraps = self.rules(&hits[*hit]).wraps(&code);
                    let reason = if wraps {
                        Reason::Wraps(code)
                    } else {
                        Reason::CoveredBy(code)
                    };
                    reasons[*hit] = Some(reason);
                }
                over.is_none()
            });
        }
    }

    /// Whether `other` is the better explanation of the text it shares with `hit`.
    fn beats(&self, other: &Hit, hit: &Hit) -> bool {
        let (theirs, ours) = (self.rules(other), self.rules(hit));
        let gives_way = ours.wraps(&theirs.code);
        if gives_way != theirs.wraps(&ours.code) {
            return gives_way;
        }
        let weak = |hit: &Hit| self.matcher.patterns[hit.pattern as usize].weak;
        if weak(other) != weak(hit) {
            return weak(hit);
        }
        let (theirs_weighs, ours_weighs) = (other.weight(), hit.weight());
        theirs_weighs > ours_weighs || (theirs_weighs == ours_weighs && theirs.code < ours.code)
    }

    /// Marks wrappers of a code that stands in the same scope: the trace, or else the line.
    fn wrapped(&self, hits: &[Hit], reasons: &mut [Option<Reason>], is_trace: bool) {
        let scope = |hit: &Hit| if is_trace { 0 } else { hit.place };
        let mut codes: SortedMap<usize, SortedSet<usize>> = SortedMap::new();
        for (hit, reason) in hits.iter().zip(reasons.iter()) {
            if reason.is_none() {
                codes
                    .get_or_insert_with(scope(hit), SortedSet::new)
                    .insert(hit.code);
            }
        }
        for (hit, reason) in hits.iter().zip(reasons) {
            let Some(codes) = codes.get(&scope(hit)).filter(|_| reason.is_none()) else {
                continue;
            };
            let named = |code: &&usize| self.rules(hit).wraps(&self.matcher.codes[**code].code);
            if let Some(inner) = codes.iter().find(named) {
                let inner = &self.matcher.codes[*inner];
                // Two that name each other stay as they are.
                if !inner.wraps(&self.rules(hit).code) {
                    *reason = Some(Reason::Wraps(inner.code.clone()));
                }
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
        let sum = self.sums.get_or_insert_with(hit.code, || Sum {
            score: 0.0,
            lines: Vec::new(),
            last: 0,
            count: 0,
            captures: BTreeMap::new(),
            primary: false,
            reason: reason.clone(),
            span: 0,
            signatures: Vec::new(),
            outnumbered: false,
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
        // Hits come in the order of their lines, so a number not above the last one is known.
        for number in hit.numbers {
            if number <= sum.last {
                continue;
            }
            sum.last = number;
            sum.count += 1;
            if sum.lines.len() < LINES_KEPT_MAX {
                sum.lines.push(number);
            }
        }
    }

    pub(crate) fn finish(mut self, lines_read: u32) -> MatchReport {
        self.yields();
        self.outnumber();
        let matcher = self.matcher;
        let mut sums: Vec<(usize, Sum)> = self.sums.into_iter().collect();
        sums.arrange_by(|(a_code, a), (b_code, b)| {
            b.primary
                .cmp(&a.primary)
                .then_with(|| b.score.total_cmp(&a.score))
                .then_with(|| a.outnumbered.cmp(&b.outnumbered))
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
                reason: match sum.reason {
                    Reason::MostSpecific
                        if sum.signatures.iter().all(|one| matcher.is_guess(*one)) =>
                    {
                        Reason::Guessed
                    }
                    reason => reason,
                },
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

    /// Where one line lists several reasons with a number each ("2 node(s) were unschedulable, 3
    /// Too many pods"), those with a smaller number stand behind the largest; of equals the first.
    fn outnumber(&mut self) {
        let mut most: SortedMap<u32, u64> = SortedMap::new();
        let numbered = |sum: &Sum| {
            let line = *sum.lines.first().filter(|_| sum.primary)?;
            Some((line, sum.captures.get(COUNT)?.parse::<u64>().ok()?))
        };
        for (line, count) in self.sums.values().filter_map(numbered) {
            let largest = most.get_or_insert_with(line, || 0);
            *largest = count.max(*largest);
        }
        for sum in self.sums.values_mut() {
            sum.outnumbered =
                numbered(sum).is_some_and(|(line, count)| most.get(&line) > Some(&count));
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
        let captures = |code: &usize| self.sums.get(code).map(|sum| &sum.captures);
        for code in &primary {
            let rules = &self.matcher.codes[*code];
            let over = primary.iter().find(|other| {
                rules.yields_to(&self.matcher.codes[**other].code)
                    && (captures(code).zip(captures(other))).is_some_and(|(a, b)| same_object(a, b))
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
