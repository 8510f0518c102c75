//! One line as patterns see it: without terminal colours and carriage returns, with the texts of
//! JSON strings unescaped.

use crate::find::holds;
use std::borrow::Cow;

const ESCAPE: u8 = 0x1b;
/// An unescaped string shorter than this says nothing.
const STRING_BYTES_MIN: usize = 8;

/// Where the first byte stands for which a line may have to be rewritten.
pub(crate) fn first_work(text: &[u8]) -> Option<usize> {
    memchr::memchr2(ESCAPE, b'\\', text)
}

/// The line as patterns see it. Texts of JSON strings that held escapes follow the raw line, each
/// on a line of its own.
pub(crate) fn normal(line: &[u8]) -> Cow<'_, [u8]> {
    let line = without_return(line);
    let mut out = Vec::new();
    match rewrite(line, &mut out) {
        Rewrite::None => Cow::Borrowed(line),
        Rewrite::Adds => Cow::Owned([line, &out].concat()),
        Rewrite::Replaces => Cow::Owned(out),
    }
}

pub(crate) fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// How a line as patterns see it differs from the raw line without its carriage return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rewrite {
    /// Not at all.
    None,
    /// Something follows it.
    Adds,
    /// Something stands in its place.
    Replaces,
}

/// Writes what differs behind `out`.
pub(crate) fn rewrite(line: &[u8], out: &mut Vec<u8>) -> Rewrite {
    let line = without_return(line);
    if memchr::memchr(ESCAPE, line).is_none() {
        return json_texts(line, out);
    }
    let plain = without_escapes(line);
    let before = out.len();
    if json_texts(&plain, out) != Rewrite::Replaces {
        out.splice(before..before, plain.iter().copied());
    }
    Rewrite::Replaces
}

/// Drops CSI sequences (colours, cursor movements), OSC sequences and lone escapes.
fn without_escapes(line: &[u8]) -> Cow<'_, [u8]> {
    let Some(first) = memchr::memchr(ESCAPE, line) else {
        return Cow::Borrowed(line);
    };
    let mut out = Vec::with_capacity(line.len());
    let mut rest = line;
    let mut next = Some(first);
    while let Some(at) = next {
        out.extend_from_slice(&rest[..at]);
        rest = skip_sequence(&rest[at + 1..]);
        next = memchr::memchr(ESCAPE, rest);
    }
    out.extend_from_slice(rest);
    Cow::Owned(out)
}

/// What follows an escape sequence; `rest` starts after the escape byte.
fn skip_sequence(rest: &[u8]) -> &[u8] {
    let end = match rest.first() {
        Some(b'[') => {
            let body = rest.iter().skip(1).take(32);
            body.into_iter()
                .position(|byte| (0x40..=0x7e).contains(byte))
                .map(|at| at + 2)
        }
        Some(b']') => rest
            .iter()
            .take(256)
            .position(|byte| *byte == 0x07)
            .map(|at| at + 1),
        Some(0x40..=0x5f) => Some(1),
        _ => Some(0),
    };
    rest.get(end.unwrap_or(0)..).unwrap_or_default()
}

/// For a line with escapes in quoted strings, as JSON, klog and logfmt write them: adds a line feed
/// and the text for each string that held some. A line that a container runtime wrapped
/// (`{"log":"…`) becomes the wrapped line alone.
fn json_texts(line: &[u8], out: &mut Vec<u8>) -> Rewrite {
    let Some(first_escape) = memchr::memchr(b'\\', line) else {
        return Rewrite::None;
    };
    let body = line.trim_ascii_start();
    let has_strings = body.first() == Some(&b'{') || holds(&line[first_escape..], b"\\\"");
    if !has_strings {
        return single_quoted(line, first_escape, out);
    }
    let from = out.len();
    if let Some(wrapped) = body.strip_prefix(b"{\"log\":\"") {
        unescape(wrapped, out);
        while out.len() > from && matches!(out.last(), Some(b'\n' | b'\r')) {
            out.pop();
        }
        return Rewrite::Replaces;
    }
    let mut rest = body;
    while let Some(open) = memchr::memchr(b'"', rest) {
        rest = &rest[open + 1..];
        // Most strings hold no escape and stay as they are.
        match memchr::memchr2(b'"', b'\\', rest) {
            None => break,
            Some(stop) if rest[stop] == b'"' => rest = &rest[stop + 1..],
            Some(_) => rest = add_text(rest, out),
        }
    }
    if out.len() > from {
        Rewrite::Adds
    } else {
        Rewrite::None
    }
}

/// For a line with `\'`, as Python writes a text that holds both kinds of quotes: adds it without
/// those backslashes.
fn single_quoted(line: &[u8], first_escape: usize, out: &mut Vec<u8>) -> Rewrite {
    if !holds(&line[first_escape..], b"\\'") {
        return Rewrite::None;
    }
    out.push(b'\n');
    for (at, byte) in line.iter().enumerate() {
        if *byte != b'\\' || line.get(at + 1) != Some(&b'\'') {
            out.push(*byte);
        }
    }
    Rewrite::Adds
}

/// Adds one unescaped string and gives what follows it.
fn add_text<'l>(body: &'l [u8], out: &mut Vec<u8>) -> &'l [u8] {
    let before = out.len();
    out.push(b'\n');
    let read = unescape(body, out);
    if out.len() - before <= STRING_BYTES_MIN {
        out.truncate(before);
    }
    body.get(read..).unwrap_or_default()
}

/// Unescapes up to the closing quote; gives the bytes read, with the quote.
fn unescape(body: &[u8], out: &mut Vec<u8>) -> usize {
    let mut at = 0;
    loop {
        let rest = body.get(at..).unwrap_or_default();
        let Some(stop) = memchr::memchr2(b'"', b'\\', rest) else {
            out.extend_from_slice(rest);
            return body.len();
        };
        out.extend_from_slice(&rest[..stop]);
        at += stop + 1;
        if rest[stop] == b'"' {
            return at;
        }
        let Some(kind) = body.get(at) else {
            return body.len();
        };
        at += 1;
        match kind {
            b'n' => out.push(b'\n'),
            b't' => out.push(b'\t'),
            b'r' => out.push(b'\r'),
            b'u' => at += unicode(body.get(at..).unwrap_or_default(), out),
            other => out.push(*other),
        }
    }
}

/// Decodes the digits of `\uXXXX`, with a second one for a surrogate pair; gives the bytes read.
fn unicode(rest: &[u8], out: &mut Vec<u8>) -> usize {
    let Some(high) = hex4(rest) else { return 0 };
    let mut buffer = [0; 4];
    if let Some(c) = char::from_u32(high) {
        out.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes());
        return 4;
    }
    let low = rest
        .get(4..6)
        .filter(|mark| *mark == b"\\u")
        .and_then(|_| hex4(&rest[6..]));
    let pair = low.filter(|low| (0xdc00..0xe000).contains(low) && (0xd800..0xdc00).contains(&high));
    match pair.and_then(|low| char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00))) {
        Some(c) => {
            out.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes());
            10
        }
        None => {
            out.extend_from_slice("\u{fffd}".as_bytes());
            4
        }
    }
}

fn hex4(rest: &[u8]) -> Option<u32> {
    let digits = rest.get(..4)?;
    digits.iter().try_fold(0, |value, byte| {
        Some(value * 16 + char::from(*byte).to_digit(16)?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(line: &str, want: &str) {
        assert_eq!(String::from_utf8_lossy(&normal(line.as_bytes())), want);
    }

    #[test]
    fn strips_colours_and_carriage_returns() {
        check("\u{1b}[31mERROR\u{1b}[0m no\r", "ERROR no");
        check("\u{1b}[1;38;5;196mE\u{1b}[K\u{1b}]0;title\u{7}x", "Ex");
        check("a\u{1b}", "a");
        check("plain", "plain");
    }

    #[test]
    fn unescapes_json_strings() {
        check(
            r#"{"msg":"Get \"https://a/\": EOF","n":1}"#,
            "{\"msg\":\"Get \\\"https://a/\\\": EOF\",\"n\":1}\nGet \"https://a/\": EOF",
        );
        check(
            r#"{"log":"\u001b[31mx\u001b[0m\n","stream":"stderr"}"#,
            "\u{1b}[31mx\u{1b}[0m",
        );
        check(
            r#"{"log":"\tat a.b(C.java:1)\n","stream":"stderr"}"#,
            "\tat a.b(C.java:1)",
        );
        check(
            r#"{"m":"\u8fde\u63a5 \ud83d\ude00 ok"}"#,
            "{\"m\":\"\\u8fde\\u63a5 \\ud83d\\ude00 ok\"}\n连接 😀 ok",
        );
        check(r"C:\path", r"C:\path");
        check(
            r#"E('Can\'t connect ("no")')"#,
            "E('Can\\'t connect (\"no\")')\nE('Can't connect (\"no\")')",
        );
        check(
            r#"E0507 err="pods \"web\" is forbidden" pod="a/b""#,
            "E0507 err=\"pods \\\"web\\\" is forbidden\" pod=\"a/b\"\npods \"web\" is forbidden",
        );
    }

    proptest! {
        #[test]
        fn never_panics(line in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = normal(&line);
        }

        #[test]
        fn never_panics_on_json_like(text in "\\{\"[\\\\\"u0-9a-fd:{} \u{1b}\\[m]{0,60}") {
            let _ = normal(text.as_bytes());
        }
    }
}
