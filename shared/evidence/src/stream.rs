//! Matching a log piece by piece, in bounded memory.

mod again;
mod numbers;

use crate::{
    event,
    index::{Candidate, Scratch},
    limits::{BLOCK_BYTES, EVENT_BYTES_MAX},
    matcher::Matcher,
    normal,
    pattern::Found,
    report::MatchReport,
    resolve::{Collector, Hit},
};
use faultscan_knowledge::SortedMap;
use numbers::Numbers;
use std::{borrow::Cow, ops::Range};

/// A log on its way through a [`Matcher`]. Holds at most a block and one event; cutting the log
/// elsewhere gives the same report.
#[derive(Debug)]
pub struct Stream<'m> {
    matcher: &'m Matcher,
    collector: Collector<'m>,
    /// What has come but is not worked off.
    carry: Vec<u8>,
    /// Places in `carry` of line feeds that stand inside a line.
    inner: Vec<usize>,
    /// Number of the first line in `carry`.
    first_line: u32,
    scratch: Scratch,
    /// For each indicator whether it counts; without it, codes are looked for.
    indicators: Option<Vec<bool>>,
    /// Nothing is worked off: `carry` holds all that came.
    whole: bool,
}

impl<'m> Stream<'m> {
    pub(crate) fn new(matcher: &'m Matcher) -> Self {
        Self {
            matcher,
            collector: Collector::new(matcher),
            carry: Vec::new(),
            inner: Vec::new(),
            first_line: 1,
            scratch: Scratch::default(),
            indicators: None,
            whole: true,
        }
    }

    /// Looks for these indicators and not for codes.
    pub(crate) fn of_indicators(matcher: &'m Matcher, counts: Vec<bool>) -> Self {
        Self {
            indicators: Some(counts),
            ..Self::new(matcher)
        }
    }

    /// Takes the next bytes of the log; lines end with line feeds.
    pub fn bytes(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if self.carry.is_empty() && bytes.len() >= BLOCK_BYTES {
                // Worked off where they are.
                let done = self.work(&bytes[..BLOCK_BYTES], &[]);
                bytes = &bytes[done..];
                continue;
            }
            let room = BLOCK_BYTES.saturating_sub(self.carry.len()).max(1);
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.carry.extend_from_slice(now);
            bytes = later;
            self.work_when_full();
        }
    }

    /// Takes one line, without its line feed. Line feeds inside it do not count as new lines.
    pub fn line(&mut self, line: &[u8]) {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        for piece in line.chunks(BLOCK_BYTES / 2) {
            let from = self.carry.len();
            let feeds = memchr::memchr_iter(b'\n', piece);
            self.inner.extend(feeds.map(|at| from + at));
            self.carry.extend_from_slice(piece);
            self.work_when_full();
        }
        self.carry.push(b'\n');
        self.work_when_full();
    }

    /// Ends the log.
    #[must_use]
    pub fn finish(mut self) -> MatchReport {
        let (rest, inner) = self.work_rest();
        if self.whole && self.indicators.is_none() && self.collector.is_empty() {
            self.look_again(&rest, &inner);
        }
        self.collector.finish(self.first_line - 1)
    }

    /// Works off what has come; gives it, and the line feeds in it that stand inside a line.
    fn work_rest(&mut self) -> (Vec<u8>, Vec<usize>) {
        let mut rest = std::mem::take(&mut self.carry);
        if rest.last().is_some_and(|last| *last != b'\n') {
            rest.push(b'\n');
        }
        let inner = std::mem::take(&mut self.inner);
        self.events(&rest, &inner);
        (rest, inner)
    }

    fn work_when_full(&mut self) {
        if self.carry.len() < BLOCK_BYTES {
            return;
        }
        let mut carry = std::mem::take(&mut self.carry);
        let mut inner = std::mem::take(&mut self.inner);
        let done = self.work(&carry, &inner);
        carry.drain(..done);
        inner.drain(..inner.partition_point(|at| *at < done));
        inner.iter_mut().for_each(|at| *at -= done);
        self.carry = carry;
        self.inner = inner;
    }

    /// Works off the whole events of a full block; gives the bytes done with.
    fn work(&mut self, block: &[u8], inner: &[usize]) -> usize {
        self.whole = false;
        let ended = memchr::memrchr(b'\n', block).map_or(0, |feed| feed + 1);
        // The last event may go on in what comes next; a line without end always does.
        let done = event::last_start(&block[..ended]);
        if block.len() - done < BLOCK_BYTES {
            self.events(&block[..done], inner);
            return done;
        }
        // One event fills the block: it is cut here rather than held without bound.
        self.events(&block[..ended], inner);
        let number = self.first_line;
        self.events(
            &block[ended..],
            inner.get(inner.len()..).unwrap_or_default(),
        );
        self.first_line = number;
        if ended == block.len() {
            return ended;
        }
        // What stands across the cut is seen again.
        ended.max(block.len().saturating_sub(EVENT_BYTES_MAX / 4))
    }

    /// Matches whole events.
    fn events(&mut self, text: &[u8], inner: &[usize]) {
        let mut scratch = std::mem::take(&mut self.scratch);
        let mut numbers = Numbers::new(text, inner, self.first_line);
        let (matcher, collector) = (self.matcher, &mut self.collector);
        if let Some(counts) = &self.indicators {
            let index = &matcher.indicator_index;
            index.lines(text, &mut scratch, |place| {
                let number = numbers.at(place.line.start);
                matcher.indicators_at(&place, counts, |indicator| {
                    collector.indicator(indicator, number);
                });
            });
        } else {
            let mut event: Option<Event> = None;
            let mut floor = 0;
            matcher.index.lines(text, &mut scratch, |place| {
                let met = matcher.met(&place);
                if met.found.is_empty() && met.multiline.is_empty() {
                    return;
                }
                if let Some(over) = event.take_if(|event| place.line.start >= event.end()) {
                    floor = over.end();
                    over.settle(matcher, collector, text, &mut numbers);
                }
                event
                    .get_or_insert_with(|| Event::around(text, place.line.start, floor))
                    .met
                    .push((place.line.start, met));
            });
            if let Some(over) = event {
                over.settle(matcher, collector, text, &mut numbers);
            }
        }
        self.first_line = numbers.at(text.len());
        self.scratch = scratch;
    }
}

/// What one line met.
#[derive(Debug, Default)]
pub(crate) struct Met {
    /// Patterns that match the line.
    pub(crate) found: Vec<(u32, Found)>,
    /// Patterns to try on the whole event.
    pub(crate) multiline: Vec<Candidate>,
}

/// An event with something in it.
struct Event {
    lines: Vec<Range<usize>>,
    /// What lines met, by the places where they start.
    met: Vec<(usize, Met)>,
}

impl Event {
    fn around(text: &[u8], line: usize, floor: usize) -> Self {
        Self {
            lines: event::around(text, line, floor),
            met: Vec::new(),
        }
    }

    /// Where the next event begins.
    fn end(&self) -> usize {
        self.lines.last().map_or(0, |line| line.end + 1)
    }

    /// Tries the patterns that see the whole event and hands everything on.
    fn settle(
        self,
        matcher: &Matcher,
        collector: &mut Collector<'_>,
        block: &[u8],
        numbers: &mut Numbers<'_>,
    ) {
        let is_single = self.met.iter().all(|(_, met)| met.multiline.is_empty())
            && self
                .met
                .iter()
                .map(|(_, met)| met.found.len())
                .sum::<usize>()
                == 1;
        if is_single {
            self.settle_single(matcher, collector, numbers);
            return;
        }
        let numbers: Vec<u32> = self
            .lines
            .iter()
            .map(|line| numbers.at(line.start))
            .collect();
        let texts: Vec<Cow<'_, [u8]>> = self
            .lines
            .iter()
            .map(|line| normal::normal(&block[line.clone()]))
            .collect();
        let mut starts = Vec::with_capacity(texts.len());
        let mut at = 0;
        for text in &texts {
            starts.push(at);
            at += text.len() + 1;
        }
        let mut hits = Vec::new();
        let mut multiline: SortedMap<u32, Vec<usize>> = SortedMap::new();
        for (line, met) in self.met {
            let place = self.lines.partition_point(|range| range.start < line);
            for (pattern, found) in met.found {
                let code = matcher.patterns[pattern as usize].code;
                let number = vec![numbers[place]];
                hits.push(Hit::new(code, pattern, found, starts[place], place, number));
            }
            for (pattern, at) in met.multiline {
                multiline
                    .get_or_insert_with(pattern, Vec::new)
                    .push(starts[place] + at);
            }
        }
        let whole = texts.join(&b'\n');
        for (pattern, literals_at) in multiline {
            let rule = &matcher.patterns[pattern as usize];
            let Some(found) = rule.pattern.find(&whole, literals_at.into_iter()) else {
                continue;
            };
            let first = starts.partition_point(|start| *start <= found.start);
            let first = first.saturating_sub(1);
            let last = starts.partition_point(|start| *start < found.end);
            let mut numbers = numbers[first..last.max(first + 1)].to_vec();
            numbers.dedup();
            hits.push(Hit::new(rule.code, pattern, found, 0, first, numbers));
        }
        let is_trace = event::is_trace(&whole);
        collector.event(hits, is_trace, event::root_comes_first(&whole));
    }

    /// One pattern matched one line: nothing to weigh.
    fn settle_single(
        self,
        matcher: &Matcher,
        collector: &mut Collector<'_>,
        numbers: &mut Numbers<'_>,
    ) {
        for (line, met) in self.met {
            for (pattern, found) in met.found {
                let code = matcher.patterns[pattern as usize].code;
                let hit = Hit::new(code, pattern, found, 0, 0, vec![numbers.at(line)]);
                collector.event(vec![hit], false, false);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use faultscan_knowledge::Catalogue;
    use proptest::prelude::*;
    use regex::bytes::{Regex, RegexBuilder};
    use std::sync::OnceLock;

    fn catalogue() -> &'static Catalogue {
        static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
        CATALOGUE.get_or_init(|| Catalogue::builtin().unwrap())
    }

    fn matcher() -> &'static Matcher {
        static MATCHER: OnceLock<Matcher> = OnceLock::new();
        MATCHER.get_or_init(|| Matcher::new(catalogue()).unwrap())
    }

    /// Every signature as the `regex` crate compiles it.
    fn regexes() -> &'static [Regex] {
        static REGEXES: OnceLock<Vec<Regex>> = OnceLock::new();
        REGEXES.get_or_init(|| {
            let all = catalogue().codes().iter().flat_map(|code| &code.signatures);
            let all = all.filter(|signature| !signature.is_guess());
            all.map(|signature| {
                RegexBuilder::new(&signature.pattern)
                    .unicode(false)
                    .multi_line(true)
                    .case_insensitive(signature.ignore_case)
                    .build()
                    .unwrap()
            })
            .collect()
        })
    }

    /// What `regex` finds, in the words of the matcher.
    fn by_regex(regex: &Regex, text: &[u8]) -> Option<Found> {
        let found = regex.captures(text)?;
        let whole = found.get(0)?;
        let named: Vec<_> = regex
            .capture_names()
            .flatten()
            .filter_map(|name| Some((name, found.name(name)?.as_bytes())))
            .collect();
        let captured: usize = named.iter().map(|(_, value)| value.len()).sum();
        let values = named.iter().map(|(name, value)| {
            let value = &value[..value.len().min(crate::limits::CAPTURE_BYTES_MAX)];
            let value = String::from_utf8_lossy(value).into_owned();
            ((*name).to_owned(), value)
        });
        Some(Found {
            start: whole.start(),
            end: whole.end(),
            fixed: whole.len().saturating_sub(captured),
            captures: values.filter(|(_, value)| !value.is_empty()).collect(),
        })
    }

    /// Without the second look at a log in which nothing is found.
    pub(super) fn once(log: &[u8]) -> MatchReport {
        let mut stream = matcher().stream();
        stream.bytes(log);
        stream.work_rest();
        stream.collector.finish(stream.first_line - 1)
    }

    /// Every signature alone on every line, by another engine; nothing is left out beforehand.
    fn slowly(log: &[u8]) -> MatchReport {
        let matcher = matcher();
        let mut text = log.to_vec();
        if text.last().is_some_and(|last| *last != b'\n') {
            text.push(b'\n');
        }
        let mut events: Vec<Event> = Vec::new();
        for (line, begins) in event::Walker::new(&text, 0) {
            if begins || events.is_empty() {
                events.push(Event {
                    lines: Vec::new(),
                    met: Vec::new(),
                });
            }
            let mut met = Met::default();
            let seen = normal::normal(&text[line.clone()]);
            for ((number, rule), regex) in (0..).zip(matcher.surely()).zip(regexes()) {
                if rule.multiline {
                    met.multiline.push((number, 0));
                } else if let Some(found) = by_regex(regex, &seen)
                    && !crate::mention::is_mention(&seen, found.start..found.end)
                {
                    met.found.push((number, found));
                }
            }
            let event = events.last_mut().unwrap();
            event.met.push((line.start, met));
            event.lines.push(line);
        }
        let mut collector = Collector::new(matcher);
        let mut numbers = Numbers::new(&text, &[], 1);
        for event in events {
            event.settle(matcher, &mut collector, &text, &mut numbers);
        }
        collector.finish(numbers.at(text.len()) - 1)
    }

    /// A sample, whole or with a change, as it may stand in a log.
    fn piece() -> impl Strategy<Value = Vec<u8>> {
        let samples: Vec<&'static str> = catalogue()
            .codes()
            .iter()
            .flat_map(|code| {
                let misses = code.near_misses.iter().map(|miss| miss.text.as_str());
                code.samples
                    .iter()
                    .map(|sample| sample.text.as_str())
                    .chain(misses)
            })
            .collect();
        let change = (0_usize..8, any::<usize>(), any::<u8>());
        let sample =
            (proptest::sample::select(samples), change).prop_map(|(text, (how, at, byte))| {
                let mut text = text.trim_matches('\n').as_bytes().to_vec();
                let at = at % text.len().max(1);
                match how {
                    0 => text[at] = byte,
                    1 => {
                        text.remove(at);
                    }
                    2 => text.insert(at, byte),
                    3 => text.truncate(at),
                    4 => text = [b"\x1b[31m", &text[..at], b"\x1b[0m", &text[at..]].concat(),
                    5 => {
                        let escaped = String::from_utf8_lossy(&text)
                            .replace('\\', "\\\\")
                            .replace('"', "\\\"")
                            .replace('\n', "\\n");
                        text =
                            format!("{{\"level\":\"error\",\"msg\":\"{escaped}\"}}").into_bytes();
                    }
                    6 => text.push(b'\r'),
                    _ => {}
                }
                text
            });
        prop_oneof![
            6 => sample,
            1 => proptest::collection::vec(any::<u8>(), 0..60),
            1 => Just(b"\tat com.example.A.b(A.java:1)".to_vec()),
            1 => Just(b"Caused by: java.net.ConnectException: Connection refused".to_vec()),
            1 => Just(Vec::new()),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        #[test]
        fn equals_every_pattern_on_every_line(pieces in proptest::collection::vec(piece(), 0..12)) {
            let log = pieces.join(&b'\n');
            prop_assert_eq!(once(&log), slowly(&log));
        }
    }

    #[test]
    fn every_sample_equals_every_pattern_on_every_line() {
        for code in catalogue().codes() {
            for sample in &code.samples {
                let log = sample.text.trim_matches('\n').as_bytes();
                assert_eq!(once(log), slowly(log), "{}", sample.text);
            }
        }
    }
}
