//! Which lines belong together: a stack trace or an indented block counts as one event.

/// Starts of lines that go on with the trace above although they are not indented.
const GO_ON: [&[u8]; 9] = [
    b"Caused by: ",
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

/// Whether an event is a stack trace, where an inner error explains the outer ones.
pub(crate) fn is_trace(text: &[u8]) -> bool {
    [
        &b"Caused by: "[..],
        b"\tat ",
        b"    at ",
        TRACEBACK,
        b"nested exception is ",
    ]
    .iter()
    .any(|mark| memchr::memmem::find(text, mark).is_some())
}

/// Whether the first error of a trace is its root, as in Python's chained tracebacks.
pub(crate) fn root_comes_first(text: &[u8]) -> bool {
    memchr::memmem::find(text, TRACEBACK).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
