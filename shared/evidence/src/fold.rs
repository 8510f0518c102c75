//! Lines that a mail program, a terminal or a box broke in two, joined again.
//!
//! People paste such lines; programs do not write them. So they are looked at in short logs only, and
//! only where nothing else was found: what is joined may be wrong.

use crate::normal::without_return;
use std::ops::Range;

/// A line and the first word of the next are together longer than this where a width broke them.
const WIDTH_MIN: usize = 60;
/// Lines joined to one.
const LINES_MAX: usize = 24;
/// Bytes in which an equals sign makes a line `name=value`, as programs write them.
const NAME_BYTES_MAX: usize = 16;
/// What answers by mail, and boxes around an error, put before each line.
const MARGINS: [&[u8]; 4] = [b"> ", "│ ".as_bytes(), b"| ", b"# "];

/// How the pieces of a line are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Glue {
    /// Broken between words, where the blank was left out.
    Blank,
    /// Broken anywhere.
    Nothing,
}

/// Where a line of the log begins among the joined lines.
#[derive(Debug)]
struct Piece {
    at: usize,
    /// In the log.
    from: usize,
    goes_on: bool,
}

/// Joined lines, each ending with a line feed.
#[derive(Debug, Default)]
pub(crate) struct Folded {
    pub(crate) text: Vec<u8>,
    pieces: Vec<Piece>,
}

impl Folded {
    /// The broken lines of a log; whole ones are left out.
    pub(crate) fn of(log: &[u8], glue: Glue) -> Self {
        let mut folded = Self::default();
        let mut from = 0;
        let mut before: Option<(usize, &[u8])> = None;
        let mut lines = 0;
        for end in memchr::memchr_iter(b'\n', log).chain([log.len()]) {
            let here = from;
            let line = without_margin(without_return(&log[here..end]));
            from = end + 1;
            if let Some((start, above)) = before
                && lines < LINES_MAX
                && is_broken(above, line)
            {
                if lines == 0 {
                    folded.begin(start, above);
                }
                folded.go_on(here, line, glue);
                lines += 1;
            } else {
                lines = 0;
            }
            before = Some((here, line));
        }
        if !folded.text.is_empty() {
            folded.text.push(b'\n');
        }
        folded
    }

    fn begin(&mut self, from: usize, line: &[u8]) {
        if !self.text.is_empty() {
            self.text.push(b'\n');
        }
        self.piece(from, line, false);
    }

    fn go_on(&mut self, from: usize, line: &[u8], glue: Glue) {
        if glue == Glue::Blank && self.text.last() != Some(&b' ') {
            self.text.push(b' ');
        }
        self.piece(from, line, true);
    }

    fn piece(&mut self, from: usize, line: &[u8], goes_on: bool) {
        self.pieces.push(Piece {
            at: self.text.len(),
            from,
            goes_on,
        });
        self.text.extend_from_slice(line);
    }

    /// Where the line of the log begins in which a match starts, if the match was broken.
    pub(crate) fn broken_at(&self, found: Range<usize>) -> Option<usize> {
        let after = self.pieces.partition_point(|piece| piece.at <= found.start);
        let is_broken = self
            .pieces
            .get(after)
            .is_some_and(|piece| piece.goes_on && piece.at < found.end);
        let piece = self.pieces.get(after.checked_sub(1)?)?;
        is_broken.then_some(piece.from)
    }
}

fn without_margin(line: &[u8]) -> &[u8] {
    MARGINS
        .iter()
        .find_map(|margin| line.strip_prefix(*margin))
        .unwrap_or(line)
}

/// Whether `next` is the rest of `line`.
fn is_broken(line: &[u8], next: &[u8]) -> bool {
    let begins = next
        .first()
        .is_some_and(|first| first.is_ascii_lowercase() || matches!(first, b'"' | b'\'' | b'('));
    if !begins || line.is_empty() {
        return false;
    }
    let word = next.iter().take_while(|byte| **byte != b' ').count();
    let is_value = next
        .iter()
        .take(NAME_BYTES_MAX)
        .take_while(|byte| **byte != b' ')
        .any(|byte| *byte == b'=');
    line.len() + word >= WIDTH_MIN && !is_value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(log: &str, glue: Glue) -> String {
        String::from_utf8(Folded::of(log.as_bytes(), glue).text).unwrap()
    }

    #[test]
    fn a_line_broken_at_a_width_is_joined() {
        let log = "2024-05-01 whole line\n> org.postgresql.util.PSQLException: FATAL: sorry, too many\n> clients already\nother";
        assert_eq!(
            joined(log, Glue::Blank),
            "org.postgresql.util.PSQLException: FATAL: sorry, too many clients already\n"
        );
        assert_eq!(
            joined(log, Glue::Nothing),
            "org.postgresql.util.PSQLException: FATAL: sorry, too manyclients already\n"
        );
    }

    #[test]
    fn lines_as_programs_write_them_stay_as_they_are() {
        for log in [
            "short line\nand another",
            "time=2024-05-01T10:00:00Z level=info msg=\"a request that took its time was served\"\ntime=2024-05-01T10:00:01Z",
            "a line that is long enough to have been broken by a terminal but was not\n2024-05-01 next",
            "a line that is long enough to have been broken by a terminal but was not\n\nnext",
        ] {
            assert_eq!(joined(log, Glue::Blank), "", "{log}");
        }
    }

    #[test]
    fn only_what_crosses_a_break_was_broken() {
        let log = "first\npanic: dial tcp 10.0.0.7:5432: connect: connection refused by the\nother side: i/o timeout";
        let folded = Folded::of(log.as_bytes(), Glue::Blank);
        let place = |words: &str| {
            let text = std::str::from_utf8(&folded.text).unwrap();
            let at = text.find(words).unwrap();
            folded.broken_at(at..at + words.len())
        };
        assert_eq!(place("connection refused"), None);
        assert_eq!(place("i/o timeout"), None);
        assert_eq!(place("the other side"), Some("first\n".len()));
    }
}
