//! Matching a log piece by piece, in bounded memory.

use crate::{
    event::{self, Splitter},
    limits::{BLOCK_BYTES, EVENT_BYTES_MAX, EVENT_LINES_MAX},
    matcher::{Matcher, Target},
    normal,
    report::MatchReport,
    resolve::{Collector, Hit},
};
use std::{borrow::Cow, collections::BTreeMap, ops::Range};

/// A log on its way through a [`Matcher`]. Holds at most a block and one event; cutting the log
/// elsewhere gives the same report.
#[derive(Debug)]
pub struct Stream<'m> {
    matcher: &'m Matcher,
    collector: Collector<'m>,
    buffer: Vec<u8>,
    /// For each line feed in the buffer that ends a line: whether the next line has a new number.
    ends: Vec<bool>,
    /// Number of the buffer's first line.
    first_line: u32,
    splitter: Splitter,
}

/// One physical line of the block at hand.
struct Line {
    range: Range<usize>,
    number: u32,
    begins_event: bool,
}

impl<'m> Stream<'m> {
    pub(crate) fn new(matcher: &'m Matcher) -> Self {
        Self {
            matcher,
            collector: Collector::new(matcher),
            buffer: Vec::new(),
            ends: Vec::new(),
            first_line: 1,
            splitter: Splitter::default(),
        }
    }

    /// Takes the next bytes of the log; lines end with line feeds.
    pub fn bytes(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let room = BLOCK_BYTES.saturating_sub(self.buffer.len()).max(1);
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.buffer.extend_from_slice(now);
            self.ends.resize(
                self.ends.len() + memchr::memchr_iter(b'\n', now).count(),
                true,
            );
            bytes = later;
            if self.buffer.len() >= BLOCK_BYTES {
                self.work(false);
            }
        }
    }

    /// Takes one line, without its line feed. Line feeds inside it do not count as new lines.
    pub fn line(&mut self, line: &[u8]) {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let inner = memchr::memchr_iter(b'\n', line).count();
        self.ends.resize(self.ends.len() + inner, false);
        self.ends.push(true);
        self.buffer.extend_from_slice(line);
        self.buffer.push(b'\n');
        if self.buffer.len() >= BLOCK_BYTES {
            self.work(false);
        }
    }

    /// Ends the log.
    #[must_use]
    pub fn finish(mut self) -> MatchReport {
        if !self.buffer.is_empty() && self.buffer.last() != Some(&b'\n') {
            self.buffer.push(b'\n');
            self.ends.push(true);
        }
        self.work(true);
        self.collector.finish(self.first_line - 1)
    }

    /// Works off the whole events in the buffer, or all of it at the end.
    fn work(&mut self, all: bool) {
        let buffer = std::mem::take(&mut self.buffer);
        let ends = std::mem::take(&mut self.ends);
        let lines = self.lines(&buffer, &ends);
        // The last event may go on in what comes next; a line without end always does.
        let whole = if all {
            lines.len()
        } else {
            lines
                .iter()
                .rposition(|line| line.begins_event)
                .unwrap_or(0)
        };
        let done = lines.get(whole).map_or_else(
            || lines.last().map_or(0, |line| line.range.end + 1),
            |line| line.range.start,
        );
        let is_long = buffer.len() - done >= BLOCK_BYTES;
        if !all && is_long {
            // One line fills the block: cut it there rather than grow without bound.
            self.cut_long_line(buffer, &ends, &lines);
            return;
        }
        self.block(&buffer, &lines[..whole]);
        if let Some(next) = lines.get(whole) {
            self.first_line = next.number;
        } else if let Some(last) = lines.last() {
            self.first_line = last.number + u32::from(ends.last().copied().unwrap_or(true));
        }
        self.splitter = Splitter::default();
        self.ends = ends.get(whole..).unwrap_or_default().to_vec();
        self.buffer = buffer;
        self.buffer.drain(..done.min(self.buffer.len()));
    }

    /// The buffer holds no whole event but is full: works off what is there as one.
    fn cut_long_line(&mut self, mut buffer: Vec<u8>, ends: &[bool], lines: &[Line]) {
        self.block(&buffer, lines);
        let tail_starts = lines.last().map_or(0, |line| line.range.end + 1);
        let unfinished = buffer.len().saturating_sub(tail_starts);
        if let Some(last) = lines.last() {
            self.first_line = last.number + u32::from(ends.last().copied().unwrap_or(true));
        }
        if unfinished > 0 {
            let keep = buffer
                .len()
                .saturating_sub(EVENT_BYTES_MAX / 4)
                .max(tail_starts);
            let piece = Line {
                range: tail_starts..buffer.len(),
                number: self.first_line,
                begins_event: true,
            };
            self.block(&buffer, &[piece]);
            buffer.drain(..keep);
            self.buffer = buffer;
        }
        self.splitter = Splitter::default();
    }

    /// The ended lines of the buffer.
    fn lines(&mut self, buffer: &[u8], ends: &[bool]) -> Vec<Line> {
        let mut out = Vec::with_capacity(ends.len());
        let mut start = 0;
        let mut number = self.first_line;
        let mut event_start = 0;
        let mut event_lines = 0;
        for (end, counts) in memchr::memchr_iter(b'\n', buffer).zip(ends) {
            let line = &buffer[start..end];
            let too_long = end - event_start > EVENT_BYTES_MAX || event_lines >= EVENT_LINES_MAX;
            if too_long {
                self.splitter.cut();
            }
            let begins_event = !self.splitter.goes_on(line);
            if begins_event {
                event_start = start;
                event_lines = 0;
            }
            event_lines += 1;
            out.push(Line {
                range: start..end,
                number,
                begins_event,
            });
            number += u32::from(*counts);
            start = end + 1;
        }
        out
    }

    /// Matches whole events.
    fn block(&mut self, buffer: &[u8], lines: &[Line]) {
        let (Some(first), Some(last)) = (lines.first(), lines.last()) else {
            return;
        };
        let (from, to) = (first.range.start, last.range.end);
        let text = &buffer[from..to];
        let mut hits: BTreeMap<usize, Candidates> = BTreeMap::new();
        let line_at = |offset: usize| lines.partition_point(|line| line.range.end < from + offset);
        self.matcher.literals(text, |pattern, at| {
            let index = line_at(at);
            let start = lines[index].range.start;
            hits.entry(index)
                .or_default()
                .add(pattern, from + at - start);
        });
        self.rewritten(buffer, lines, text, &mut hits);
        let mut hits = hits.into_iter().peekable();
        while let Some((index, candidates)) = hits.next() {
            let begin = lines[..=index]
                .iter()
                .rposition(|line| line.begins_event)
                .unwrap_or(0);
            let after = lines[index + 1..].iter().position(|line| line.begins_event);
            let end = after.map_or(lines.len(), |after| index + 1 + after);
            let mut members = vec![(index, candidates)];
            while let Some(next) = hits.next_if(|(next, _)| *next < end) {
                members.push(next);
            }
            self.event(buffer, &lines[begin..end], begin, members);
        }
    }

    /// Looks again for literals in lines that must be rewritten first.
    fn rewritten(
        &self,
        buffer: &[u8],
        lines: &[Line],
        text: &[u8],
        hits: &mut BTreeMap<usize, Candidates>,
    ) {
        if !normal::needs_work(text) {
            return;
        }
        for (index, line) in lines.iter().enumerate() {
            let raw = &buffer[line.range.clone()];
            if !normal::needs_work(raw) {
                continue;
            }
            if let Cow::Owned(rewritten) = normal::normal(raw) {
                let mut candidates = Candidates::default();
                self.matcher
                    .literals(&rewritten, |pattern, at| candidates.add(pattern, at));
                hits.remove(&index);
                if !candidates.0.is_empty() {
                    hits.insert(index, candidates);
                }
            }
        }
    }

    /// Matches one event: every line's candidates, then the patterns that see the whole event.
    fn event(
        &mut self,
        buffer: &[u8],
        lines: &[Line],
        begin: usize,
        members: Vec<(usize, Candidates)>,
    ) {
        let texts: Vec<Cow<'_, [u8]>> = lines
            .iter()
            .map(|line| normal::normal(&buffer[line.range.clone()]))
            .collect();
        let mut starts = Vec::with_capacity(lines.len());
        let mut at = 0;
        for text in &texts {
            starts.push(at);
            at += text.len() + 1;
        }
        let mut found = Vec::new();
        let mut multiline: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (index, candidates) in members {
            let place = index - begin;
            let (text, start, number) = (&texts[place], starts[place], lines[place].number);
            for (pattern, literals_at) in candidates.0 {
                let rule = &self.matcher.patterns[pattern as usize];
                if rule.multiline {
                    let at = literals_at.iter().map(|at| start + at);
                    multiline.entry(pattern).or_default().extend(at);
                } else if let Some(hit) = rule.find(text, &literals_at) {
                    match rule.target {
                        Target::Indicator(indicator) => self.collector.indicator(indicator, number),
                        Target::Signature { code } => {
                            found.push(Hit::new(code, pattern, hit, start, place, vec![number]));
                        }
                    }
                }
            }
        }
        let is_whole_needed = !multiline.is_empty() || (texts.len() > 1 && found.len() > 1);
        let whole = if is_whole_needed || texts.len() == 1 {
            texts.join(&b'\n')
        } else {
            Vec::new()
        };
        for (pattern, literals_at) in multiline {
            let rule = &self.matcher.patterns[pattern as usize];
            let (Target::Signature { code }, Some(hit)) =
                (rule.target, rule.find(&whole, &literals_at))
            else {
                continue;
            };
            let first = starts
                .partition_point(|start| *start <= hit.start)
                .saturating_sub(1);
            let last = starts
                .partition_point(|start| *start < hit.end)
                .saturating_sub(1);
            let mut numbers: Vec<u32> =
                lines[first..=last].iter().map(|line| line.number).collect();
            numbers.dedup();
            found.push(Hit::new(code, pattern, hit, 0, first, numbers));
        }
        let is_trace = event::is_trace(&whole);
        self.collector
            .event(found, is_trace, event::root_comes_first(&whole));
    }
}

/// Patterns to try on a line, each with the places of its literals.
#[derive(Default)]
struct Candidates(Vec<(u32, Vec<usize>)>);

impl Candidates {
    fn add(&mut self, pattern: u32, at: usize) {
        match self.0.iter_mut().find(|(known, _)| *known == pattern) {
            Some((_, places)) => {
                if places.len() < crate::limits::WINDOWS_PER_LINE_MAX {
                    places.push(at);
                }
            }
            None => self.0.push((pattern, vec![at])),
        }
    }
}
