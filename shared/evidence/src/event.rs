//! Which lines belong together: a stack trace or an indented block counts as one event.

use crate::{
    find::holds,
    limits::{EVENT_BYTES_MAX, EVENT_LINES_MAX},
};
use std::ops::Range;

/// Starts of lines that go on with the trace above although they are not indented.
const GO_ON: [&[u8]; 9] = [
    b"Caused by:",
    b"Suppressed: ",
    b"at ",
    b"... ",
    b"During handling of the above exception",
    b"The above exception was the direct cause",
    b"The last packet s",
    b"The last packet succ",
    b"nested exception is ",
];
const CHAINED: [&[u8]; 2] = [
    b"During handling of the above exception",
    b"The above exception was the direct cause",
];
const TRACEBACK: &[u8] = b"Traceback (most recent call last)";

/// Finds, line by line, where events begin.
#[derive(Debug, Default, Clone)]
pub(crate) struct Splitter {
    /// In a Python traceback: the first line without indentation still belongs to it.
    traceback: bool,
    /// The line before was indented.
    indented: bool,
    /// Blank lines come after the event's last line.
    blank: bool,
    /// The line before said that another traceback of the same chain follows.
    chained: bool,
    /// There is an event to go on with.
    open: bool,
}

impl Splitter {
    /// Whether the line goes on with the event above it. A blank line goes on for the time being;
    /// the next line decides.
    pub(crate) fn goes_on(&mut self, line: &[u8]) -> bool {
        let line = without_prefix(line);
        let goes_on = self.open && self.belongs(line);
        self.note(line, goes_on);
        goes_on
    }

    fn belongs(&self, line: &[u8]) -> bool {
        match line.first() {
            None | Some(b'\r') => true,
            Some(b' ' | b'\t') => !self.blank || self.traceback,
            Some(_) if GO_ON.iter().any(|start| line.starts_with(start)) => true,
            Some(_) if line.starts_with(TRACEBACK) => self.chained,
            Some(_) => self.traceback && self.indented && !self.blank,
        }
    }

    fn note(&mut self, line: &[u8], goes_on: bool) {
        let is_blank = matches!(line.first(), None | Some(b'\r'));
        if is_blank {
            self.blank = true;
            return;
        }
        let starts_traceback = line.starts_with(TRACEBACK);
        self.traceback = starts_traceback || (goes_on && self.traceback);
        self.indented = matches!(line.first(), Some(b' ' | b'\t'));
        self.chained = CHAINED.iter().any(|start| line.starts_with(start));
        self.blank = false;
        self.open = true;
    }

    /// The next line starts an event whatever it is.
    pub(crate) fn cut(&mut self) {
        *self = Self::default();
    }
}

/// Whether `line` begins an event whatever stands above it but for `before`, the line just above.
pub(crate) fn surely_begins(before: &[u8], line: &[u8]) -> bool {
    let line = without_prefix(line);
    let goes_on = match line.first() {
        None | Some(b'\r' | b' ' | b'\t') => true,
        Some(_) => line.starts_with(TRACEBACK) || GO_ON.iter().any(|start| line.starts_with(start)),
    };
    // What ends a traceback is not indented, but what stands above it is.
    !goes_on && !matches!(without_prefix(before).first(), Some(b' ' | b'\t'))
}

/// Reads a text line by line and says which lines begin an event.
#[derive(Debug)]
pub(crate) struct Walker<'t> {
    text: &'t [u8],
    at: usize,
    splitter: Splitter,
    event_start: usize,
    event_lines: usize,
}

impl<'t> Walker<'t> {
    /// Starts at a line that begins an event.
    pub(crate) fn new(text: &'t [u8], start: usize) -> Self {
        Self {
            text,
            at: start,
            splitter: Splitter::default(),
            event_start: start,
            event_lines: 0,
        }
    }
}

impl Iterator for Walker<'_> {
    /// The line's place, without its line feed, and whether it begins an event.
    type Item = (Range<usize>, bool);

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.at;
        let rest = self.text.get(start..).filter(|rest| !rest.is_empty())?;
        let end = start + memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let is_long =
            end - self.event_start > EVENT_BYTES_MAX || self.event_lines >= EVENT_LINES_MAX;
        if is_long {
            self.splitter.cut();
        }
        let begins = !self.splitter.goes_on(&self.text[start..end]);
        if begins {
            self.event_start = start;
            self.event_lines = 0;
        }
        self.event_lines += 1;
        self.at = end + 1;
        Some((start..end, begins))
    }
}

/// The last line up to the one at `line` that surely begins an event; `floor` begins one.
fn sure_start(text: &[u8], line: usize, floor: usize) -> usize {
    let mut start = line;
    let mut end = memchr::memchr(b'\n', &text[start..]).map_or(text.len(), |at| start + at);
    while start > floor {
        let before_end = start - 1;
        let before =
            memchr::memrchr(b'\n', &text[floor..before_end]).map_or(floor, |at| floor + at + 1);
        if surely_begins(&text[before..before_end], &text[start..end]) {
            return start;
        }
        (start, end) = (before, before_end);
    }
    floor
}

/// The lines of the event that holds the line at `line`. At `floor` an event begins.
pub(crate) fn around(text: &[u8], line: usize, floor: usize) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    for (range, begins) in Walker::new(text, sure_start(text, line, floor)) {
        if begins {
            if range.start > line {
                break;
            }
            lines.clear();
        }
        lines.push(range);
    }
    lines
}

/// Where the last event of a text begins that ends with a line feed.
pub(crate) fn last_start(text: &[u8]) -> usize {
    let Some(body) = text.len().checked_sub(1) else {
        return 0;
    };
    let line = memchr::memrchr(b'\n', &text[..body]).map_or(0, |at| at + 1);
    let walker = Walker::new(text, sure_start(text, line, 0));
    let starts = walker.filter(|(_, begins)| *begins);
    starts.last().map_or(0, |(range, _)| range.start)
}

/// The line without the name that Docker Compose puts before it (`api-1  | `).
fn without_prefix(line: &[u8]) -> &[u8] {
    let Some(bar) = line.iter().take(48).position(|byte| *byte == b'|') else {
        return line;
    };
    let name = line[..bar].trim_ascii_end();
    let is_name = !name.is_empty()
        && name
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte));
    match line.get(bar + 1..) {
        Some([b' ', rest @ ..]) if is_name => rest,
        _ => line,
    }
}

/// Whether an event is a stack trace, where an inner error explains the outer ones. .NET indents by
/// three blanks and puts `--->` before an inner error, others indent by four or by a tab.
pub(crate) fn is_trace(text: &[u8]) -> bool {
    [
        &b"Caused by:"[..],
        b"\tat ",
        b"   at ",
        b"---> ",
        TRACEBACK,
        b"nested exception is ",
    ]
    .iter()
    .any(|mark| holds(text, mark))
}

/// Whether the first error of a trace is its root, as in Python's chained tracebacks.
pub(crate) fn root_comes_first(text: &[u8]) -> bool {
    holds(text, TRACEBACK)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `+` before lines that go on.
    fn check(lines: &[&str]) {
        let mut splitter = Splitter::default();
        for line in lines {
            let (want, text) = match line.strip_prefix('+') {
                Some(text) => (true, text),
                None => (false, *line),
            };
            assert_eq!(splitter.goes_on(text.as_bytes()), want, "{text:?}");
        }
    }

    #[test]
    fn java_traces_are_one_event() {
        check(&[
            "ERROR x",
            "java.lang.X: y",
            "+\tat a.b",
            "+Caused by: z",
            "+\t... 3 more",
            "INFO next",
        ]);
        check(&[
            "X: Communications link failure",
            "+",
            "+The last packet sent",
            "+\tat a",
            "+Caused by: c",
        ]);
    }

    #[test]
    fn python_traces_end_with_the_exception() {
        check(&[
            "Traceback (most recent call last):",
            "+  File \"a\"",
            "+    f()",
            "+ValueError: x",
            "INFO next",
        ]);
        check(&[
            "Traceback (most recent call last):",
            "+  File \"a\"",
            "+ValueError: x",
            "+",
            "+During handling of the above exception, another exception occurred:",
            "+",
            "+Traceback (most recent call last):",
            "+  File \"b\"",
            "+KeyError: y",
            "next",
        ]);
        check(&[
            "Traceback (most recent call last):",
            "+  F",
            "+E: x",
            "Traceback (most recent call last):",
        ]);
    }

    #[test]
    fn blocks_and_prefixes() {
        check(&["head", "+\tpart", "+", "next"]);
        check(&[
            "api-1  | X: y",
            "+api-1  | \tat a",
            "+api-1  | Caused by: z",
            "api-1  | next",
        ]);
        check(&["  first line indented", "+  second"]);
    }

    #[test]
    fn causes_below_a_heading_of_their_own_belong_to_the_error() {
        check(&[
            "Error: error communicating with database",
            "+",
            "+Caused by:",
            "+    0: Connection refused (os error 111)",
            "next",
        ]);
    }

    /// Lines of every kind that the splitter tells apart.
    fn text() -> impl Strategy<Value = Vec<u8>> {
        let line = proptest::sample::select(vec![
            "plain",
            "",
            "\r",
            "  indented",
            "\tat a.b",
            "Caused by: x",
            "at z",
            "api-1  | x",
            "api-1  |   y",
            "api-1  | ",
            "Traceback (most recent call last):",
            "E: z",
            "During handling of the above exception, another exception occurred:",
        ]);
        proptest::collection::vec(line, 1..60).prop_map(|lines| {
            let mut text = lines.join("\n").into_bytes();
            text.push(b'\n');
            text
        })
    }

    proptest! {
        #[test]
        fn an_event_is_the_same_wherever_the_search_for_it_starts(text in text()) {
            let mut events: Vec<Vec<Range<usize>>> = Vec::new();
            for (range, begins) in Walker::new(&text, 0) {
                if begins || events.is_empty() {
                    events.push(Vec::new());
                }
                events.last_mut().unwrap().push(range);
            }
            prop_assert_eq!(last_start(&text), events.last().unwrap()[0].start);
            let mut floors = vec![0];
            for event in &events {
                for line in event {
                    for floor in &floors {
                        prop_assert_eq!(&around(&text, line.start, *floor), event);
                    }
                }
                floors.push(event.last().unwrap().end + 1);
            }
        }
    }
}
