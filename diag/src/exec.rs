//! Runs a command, lets its output through as it comes, and keeps the last part of it.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::{ErrorKind, Read, Write};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

/// How many lines of output are kept, newest last.
const TAIL_LINES_MAX: usize = 4_000;
/// How many bytes of output are kept.
const TAIL_BYTES_MAX: usize = 1024 * 1024;
/// Where a line is cut that does not end.
const LINE_BYTES_MAX: usize = 16 * 1024;
/// How long to wait for output that arrives after the command ended, as from a background process
/// that holds the pipe open: this long when the pipe is quiet …
const QUIET_DRAIN: Duration = Duration::from_millis(500);
/// … and this long when it is not.
const BUSY_DRAIN: Duration = Duration::from_secs(5);

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Finished {
    /// Its exit code; 128 + signal where a signal ended it, 127 where it could not be found.
    pub(crate) code: u8,
    /// The last lines that it wrote to either stream, in the order they arrived.
    pub(crate) tail: Vec<String>,
}

/// Where a command's standard output goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stdout {
    /// To this program's own.
    Through,
    /// To standard error, since this program's own standard output holds a document.
    ToStderr,
}

/// Runs a command to its end.
pub(crate) fn run(command: &[OsString], stdout_to: Stdout) -> anyhow::Result<Finished> {
    let Some((program, arguments)) = command.split_first() else {
        return Err(crate::exit::bad_input("a command is needed after --"));
    };
    let spawned = Command::new(program)
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = match spawned {
        Ok(child) => child,
        Err(error) => return Ok(could_not_start(&program.to_string_lossy(), &error)),
    };
    let (sender, receiver) = channel();
    let readers = usize::from(child.stdout.is_some()) + usize::from(child.stderr.is_some());
    if let Some(stdout) = child.stdout.take() {
        match stdout_to {
            Stdout::Through => pass_through(stdout, std::io::stdout(), 0, sender.clone()),
            Stdout::ToStderr => pass_through(stdout, std::io::stderr(), 0, sender.clone()),
        }
    }
    if let Some(stderr) = child.stderr.take() {
        pass_through(stderr, std::io::stderr(), 1, sender);
    }
    // The tail is gathered here while the child runs; a thread tells when it has ended.
    let waiter = std::thread::spawn(move || child.wait());
    let tail = gather(&receiver, readers, || waiter.is_finished());
    let status = waiter
        .join()
        .map_err(|_| anyhow::anyhow!("waiting for the command failed"))??;
    Ok(Finished {
        code: exit_code(status),
        tail,
    })
}

/// What a shell would say of a program that does not start, as a line that the catalogue knows.
fn could_not_start(program: &str, error: &std::io::Error) -> Finished {
    let (code, line) = match error.kind() {
        ErrorKind::NotFound => (127, format!("sh: {program}: command not found")),
        ErrorKind::PermissionDenied => (126, format!("sh: {program}: Permission denied")),
        _ => (126, format!("sh: {program}: cannot execute: {error}")),
    };
    eprintln!("{line}");
    Finished {
        code,
        tail: vec![line],
    }
}

#[cfg(unix)]
fn exit_code(status: ExitStatus) -> u8 {
    use std::os::unix::process::ExitStatusExt as _;
    let code = status
        .code()
        .or_else(|| status.signal().map(|signal| 128 + signal))
        .unwrap_or(1);
    u8::try_from(code).unwrap_or(1)
}

#[cfg(not(unix))]
fn exit_code(status: ExitStatus) -> u8 {
    u8::try_from(status.code().unwrap_or(1)).unwrap_or(1)
}

/// A piece of output, or the end of a stream (`None`).
struct Piece {
    stream: usize,
    bytes: Option<Vec<u8>>,
}

fn pass_through(
    mut from: impl Read + Send + 'static,
    mut to: impl Write + Send + 'static,
    stream: usize,
    sender: Sender<Piece>,
) {
    std::thread::spawn(move || {
        let mut buffer = vec![0_u8; 16 * 1024];
        loop {
            let count = match from.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(_) => break,
            };
            let bytes = buffer.get(..count).unwrap_or_default();
            // A closed reader downstream (`| head`) must not stop the command's own run.
            let _ = to.write_all(bytes).and_then(|()| to.flush());
            if sender
                .send(Piece {
                    stream,
                    bytes: Some(bytes.to_vec()),
                })
                .is_err()
            {
                return;
            }
        }
        let _ = sender.send(Piece {
            stream,
            bytes: None,
        });
    });
}

/// Gathers lines until both streams have ended, or the command has and nothing more comes.
fn gather(receiver: &Receiver<Piece>, readers: usize, ended: impl Fn() -> bool) -> Vec<String> {
    let mut tail = Tail::default();
    let mut open = readers;
    let mut ended_at: Option<Instant> = None;
    while open > 0 {
        match receiver.recv_timeout(Duration::from_millis(50)) {
            Ok(Piece {
                stream,
                bytes: Some(bytes),
            }) => tail.push(stream, &bytes),
            Ok(Piece { bytes: None, .. }) => open -= 1,
            Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => break,
            Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {
                if ended_at.is_some_and(|at| at.elapsed() > QUIET_DRAIN) {
                    break;
                }
            }
        }
        if ended() && ended_at.get_or_insert_with(Instant::now).elapsed() > BUSY_DRAIN {
            break;
        }
    }
    tail.finish()
}

/// The last lines, bounded in number and bytes; each stream's unfinished line apart.
#[derive(Default)]
struct Tail {
    lines: VecDeque<String>,
    bytes: usize,
    unfinished: [Vec<u8>; 2],
}

impl Tail {
    fn push(&mut self, stream: usize, bytes: &[u8]) {
        for byte in bytes {
            let Some(line) = self.unfinished.get_mut(stream) else {
                return;
            };
            // A progress bar ends its lines with a bare carriage return.
            if *byte == b'\n' || *byte == b'\r' || line.len() >= LINE_BYTES_MAX {
                let line = std::mem::take(line);
                self.keep(&line);
            }
            if *byte != b'\n'
                && *byte != b'\r'
                && let Some(line) = self.unfinished.get_mut(stream)
            {
                line.push(*byte);
            }
        }
    }

    fn keep(&mut self, line: &[u8]) {
        let line = without_escapes(&String::from_utf8_lossy(line));
        if line.trim().is_empty() {
            return;
        }
        self.bytes += line.len();
        self.lines.push_back(line);
        while self.lines.len() > TAIL_LINES_MAX || self.bytes > TAIL_BYTES_MAX {
            let Some(dropped) = self.lines.pop_front() else {
                break;
            };
            self.bytes -= dropped.len();
        }
    }

    fn finish(mut self) -> Vec<String> {
        for line in std::mem::take(&mut self.unfinished) {
            self.keep(&line);
        }
        self.lines.into()
    }
}

/// Removes terminal escape sequences (colours, cursor movement), which would hide text from the
/// matcher and waste room in a QR code.
fn without_escapes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\x1b' {
            if !c.is_control() || c == '\t' {
                out.push(c);
            }
            continue;
        }
        match chars.next() {
            // CSI: parameters, then one final byte.
            Some('[') => {
                while chars
                    .next()
                    .is_some_and(|c| !('\x40'..='\x7e').contains(&c))
                {}
            }
            // OSC: until BEL or ST.
            Some(']') => {
                while let Some(c) = chars.next() {
                    if c == '\x07' || (c == '\x1b' && chars.next_if_eq(&'\\').is_some()) {
                        break;
                    }
                }
            }
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_do_not_cut_each_others_lines() {
        let mut tail = Tail::default();
        tail.push(0, b"compil");
        tail.push(1, b"error: x\nhalf");
        tail.push(0, b"ing\r\n\n");
        assert_eq!(tail.finish(), ["error: x", "compiling", "half"]);
    }

    #[test]
    fn the_tail_keeps_the_newest_within_bounds() {
        let mut tail = Tail::default();
        for number in 0..TAIL_LINES_MAX + 10 {
            tail.push(0, format!("line {number}\n").as_bytes());
        }
        assert_eq!(tail.lines.len(), TAIL_LINES_MAX);
        assert_eq!(tail.lines.front().unwrap(), "line 10");
        tail.push(1, &vec![b'x'; 3 * TAIL_BYTES_MAX]);
        assert!(tail.bytes <= TAIL_BYTES_MAX, "{}", tail.bytes);
    }

    #[test]
    fn escapes_are_removed() {
        assert_eq!(
            without_escapes("\x1b[1;31mred\x1b[0m \x1b]0;title\x07plain\x1b"),
            "red plain"
        );
    }
}
