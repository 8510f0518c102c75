//! Tells a message that was printed from one that is only named.
//!
//! Logs come with source code, documentation and test listings around them: build output quotes
//! lines of code, threads quote manuals, test runners print names. A message there is no event.
//! Every rule here asks for a sign that printed messages do not have; in doubt a message counts.

mod signs;

use crate::find::holds;
use signs::{CALLS, CHANGES, CODE_SIGNS, CODE_WORDS, EXAMPLE, MYBATIS, PASSED, REPORTS};
use std::ops::Range;

/// How far before a message its surroundings are looked at.
const BEFORE_BYTES_MAX: usize = 256;
/// Gap between the opening quote of a code span and the message in it.
const SPAN_GAP_BYTES_MAX: usize = 80;

/// How far behind a message the last one of its enumeration is looked for.
const ENUMERATION_BYTES_MAX: usize = 80;

/// As many words around a text in backquotes make a sentence of it.
const SENTENCE_WORDS_MIN: usize = 2;

/// Whether the message at `at` in a line is named there and was not printed.
pub(crate) fn is_mention(line: &[u8], at: Range<usize>) -> bool {
    let before = line.get(..at.start).unwrap_or_default();
    let after = line.get(at.end..).unwrap_or_default();
    let message = line.get(at.clone()).unwrap_or_default();
    let near = &before[before.len().saturating_sub(BEFORE_BYTES_MAX)..];
    let head = line.trim_ascii_start();
    begins_as_code(head)
        || is_change(head)
        || passed(head)
        || is_listed(before, message, after)
        || is_in_table(before, after)
        || in_call(near)
        || in_text_of_call(near)
        || quotes_in_call(line, &at)
        || is_call_statement(head)
        || is_advice(near)
        || in_code_span(near, after)
        || is_bold(near, after)
        || is_example(near)
        || is_enumerated(near, message, after)
}

fn begins_with_any(text: &[u8], list: &[&[u8]]) -> bool {
    list.iter().any(|entry| text.starts_with(entry))
}

fn ends_with_any(text: &[u8], list: &[&[u8]]) -> bool {
    list.iter().any(|entry| text.ends_with(entry))
}

/// Comments, headings of documents, statements.
fn begins_as_code(head: &[u8]) -> bool {
    if begins_with_any(head, &[b"// ", b"/// ", b"//! ", b"/* ", b"/** ", b"<!-- "]) {
        return true;
    }
    if begins_with_any(head, &[b"## ", b"### ", b"#### "]) && !begins_with_any(head, MYBATIS) {
        return true;
    }
    // A line of a difference.
    let line = match head {
        [b'+' | b'-', rest @ ..] => rest.trim_ascii_start(),
        _ => head,
    };
    let head = &line[..line.len().min(2 * BEFORE_BYTES_MAX)];
    begins_with_any(head, CODE_WORDS)
        && (ends_with_any(line.trim_ascii_end(), &[b"(", b"{"])
            || CODE_SIGNS.iter().any(|sign| holds(head, sign)))
}

/// An entry of a list of changes: `- fix: broken pipe`, `* fix(net): …`.
fn is_change(head: &[u8]) -> bool {
    let entry = head.trim_ascii_start();
    let entry = entry
        .strip_prefix(b"- ")
        .or_else(|| entry.strip_prefix(b"* "))
        .unwrap_or(entry);
    let word = entry
        .iter()
        .take_while(|byte| byte.is_ascii_lowercase())
        .count();
    CHANGES.contains(&&entry[..word]) && matches!(entry.get(word), Some(b':' | b'(' | b'!'))
}

fn passed(head: &[u8]) -> bool {
    begins_with_any(head, PASSED)
        || (head.starts_with(b"test ") && head.trim_ascii_end().ends_with(b" ... ok"))
}

/// A row of a table of numbers and texts: `28: "no space left on device",`.
fn is_in_table(before: &[u8], after: &[u8]) -> bool {
    let head = before.trim_ascii_start();
    let number = head.strip_prefix(b"{").unwrap_or(head);
    let digits = number
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    digits > 0
        && matches!(number.get(digits), Some(b',' | b':'))
        && head.ends_with(b" \"")
        && matches!(after.trim_ascii_end(), b"\"," | b"\"},")
}

/// The whole line is one quoted text of a list or of a call in code, not a name and its value in an
/// object.
fn is_listed(before: &[u8], message: &[u8], after: &[u8]) -> bool {
    let quote = match before.trim_ascii_start() {
        b"\"" => b'"',
        b"'" => b'\'',
        _ => return false,
    };
    after.first() == Some(&quote)
        && matches!(after[1..].trim_ascii_end(), b"," | b");" | b")," | b"));")
        && !message.contains(&quote)
}

/// Right before the message stands `name("`, perhaps with arguments between: `name(err, "`.
fn in_call(before: &[u8]) -> bool {
    let Some((quote, rest)) = before.split_last() else {
        return false;
    };
    if !matches!(quote, b'"' | b'\'' | b'`') {
        return false;
    }
    let Some(open) = open_bracket(rest) else {
        return false;
    };
    ends_with_any(&rest[..open], CALLS)
}

/// The message is the later part of such an argument: `contains("write: broken pipe")`.
fn in_text_of_call(before: &[u8]) -> bool {
    let near = &before[before.len().saturating_sub(SPAN_GAP_BYTES_MAX)..];
    let Some(quote) = near
        .iter()
        .rposition(|byte| matches!(byte, b'"' | b'\'' | b'`'))
    else {
        return false;
    };
    in_call(&before[..before.len() - near.len() + quote + 1])
}

/// The match ends in a quoted text that is itself an argument, as where a signature's first word
/// was the call's: `strings.Contains(err.Error(), "connection refused")`.
fn quotes_in_call(line: &[u8], at: &Range<usize>) -> bool {
    let Some(matched) = line.get(at.clone()) else {
        return false;
    };
    let Some(quote) = memchr::memrchr2(b'"', b'\'', matched) else {
        return false;
    };
    let closed = line.get(at.end) == matched.get(quote);
    let end = at.start + quote + 1;
    closed && in_call(&line[end.saturating_sub(BEFORE_BYTES_MAX)..end])
}

/// The whole line is one call with a quoted argument, `emit(Failed("Connection timed out", e))`, or
/// one argument by name, `answers=["Connection timed out"],`. Printed errors begin with a capital
/// letter, have empty brackets (`connect() failed`) or say what came of the call (`= -1 ECONNREFUSED`).
fn is_call_statement(head: &[u8]) -> bool {
    let line = head.trim_ascii_end();
    if !line.first().is_some_and(u8::is_ascii_lowercase) || holds(line, b") = ") {
        return false;
    }
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
    let name = line.iter().take_while(|byte| is_name(byte)).count();
    let quoted = memchr::memchr2(b'"', b'\'', line).is_some();
    match line.get(name..) {
        Some([b'(', next, ..]) => {
            let ends = [&b")"[..], b");", b"),", b") {"];
            *next != b')' && quoted && ends_with_any(line, &ends)
        }
        Some([b'=', b'[' | b'{', ..]) => quoted && line.ends_with(b","),
        _ => false,
    }
}

/// "In case you get …", "if you see …", or what a test asked for: "got expected error: …".
fn is_advice(before: &[u8]) -> bool {
    const ADVICE: &[&[u8]] = &[
        b"n case you ",
        b"f you see ",
        b"f you get ",
        b"f you encounter ",
        b"hen you see ",
        b"ou may see ",
        b"got expected error",
        b"(expected error",
        b"ou will see ",
        b"ymptom",
        b"\xe8\x8b\xa5\xe9\x94\x99\xe8\xaf\xaf",
        b"\xe5\xa6\x82\xe6\x9e\x9c\xe9\x81\x87\xe5\x88\xb0",
        b"\xe5\xa6\x82\xe6\x9e\x9c\xe5\x87\xba\xe7\x8e\xb0",
        b"\xe5\xa6\x82\xe6\x9e\x9c\xe7\x9c\x8b\xe5\x88\xb0",
    ];
    ADVICE.iter().any(|words| holds(before, words))
}

/// The bracket of the call whose arguments `text` ends in.
fn open_bracket(text: &[u8]) -> Option<usize> {
    let mut depth = 0_u32;
    for (at, byte) in text.iter().enumerate().rev() {
        match byte {
            b')' => depth += 1,
            b'(' if depth == 0 => return Some(at),
            b'(' => depth -= 1,
            b'"' | b'\'' | b';' => return None,
            _ => {}
        }
    }
    None
}

/// Between two backquotes, as documents set code in a sentence. A line that is nothing but code, or
/// a table's cell of it, is how people paste a message.
fn in_code_span(before: &[u8], after: &[u8]) -> bool {
    let Some(open) = memchr::memrchr(b'`', before) else {
        return false;
    };
    let Some(close) = memchr::memchr(b'`', after) else {
        return false;
    };
    let gap = before.len() - open - 1;
    let count = memchr::memchr_iter(b'`', before).count();
    let around = &before[..open];
    gap <= SPAN_GAP_BYTES_MAX
        && count % 2 == 1
        && is_sentence(around, &after[close + 1..])
        && !is_reported(around)
}

/// Whether a sentence says of the text that follows that it was seen: "the pod is stuck due to …".
fn is_reported(before: &[u8]) -> bool {
    // What stands between the words and the text: blanks, a mark, a fence of several backquotes.
    let marks = [
        &b":"[..],
        b",",
        b" ",
        b"`",
        "：".as_bytes(),
        "，".as_bytes(),
    ];
    let mut words = before;
    while let Some(rest) = marks.iter().find_map(|mark| words.strip_suffix(*mark)) {
        words = rest;
    }
    ends_with_any(words, REPORTS)
}

/// Set in bold as a whole, as documents do: `**504 Gateway Timeout**`.
fn is_bold(before: &[u8], after: &[u8]) -> bool {
    let before = before.strip_suffix(b"\"").unwrap_or(before);
    let after = after.strip_prefix(b"\"").unwrap_or(after);
    match (before.strip_suffix(b"**"), after.strip_prefix(b"**")) {
        (Some(before), Some(after)) => is_sentence(before, after),
        _ => false,
    }
}

/// What stands around a marked text is more than a label: it has [`SENTENCE_WORDS_MIN`] words.
fn is_sentence(before: &[u8], after: &[u8]) -> bool {
    let words = |text: &[u8]| {
        text.split(|byte| !byte.is_ascii_alphabetic() && byte.is_ascii())
            .filter(|word| word.len() > 1)
            .count()
    };
    words(before) + words(after) >= SENTENCE_WORDS_MIN
}

/// One of several names that a sentence lists: "browsers show A, B, or C".
fn is_enumerated(before: &[u8], message: &[u8], after: &[u8]) -> bool {
    const LAST: &[u8] = b", or ";
    let next = &after[..after.len().min(ENUMERATION_BYTES_MAX)];
    let listed = before.ends_with(LAST) || (next.starts_with(b", ") && holds(next, LAST));
    listed && !message.contains(&b' ')
}

/// "e.g. …", "such as …".
fn is_example(before: &[u8]) -> bool {
    let quoted = before
        .strip_suffix(b"\"")
        .or_else(|| before.strip_suffix(b"'"))
        .unwrap_or(before);
    let Some(words) = quoted.strip_suffix(b" ") else {
        return ends_with_any(quoted, &EXAMPLE[6..]);
    };
    ends_with_any(words, EXAMPLE)
}

#[cfg(test)]
mod tests {
    use super::is_mention;

    fn mentioned(line: &str, message: &str) -> bool {
        let start = line.find(message).unwrap_or_else(|| panic!("{message}"));
        is_mention(line.as_bytes(), start..start + message.len())
    }

    #[test]
    fn named_messages_are_told_from_printed_ones() {
        for (line, message) in [
            (
                r#"	if strings.Contains(err.Error(), "connection refused") {"#,
                "connection refused",
            ),
            (
                r#"ok := strings.HasSuffix(err.Error(), "broken pipe")"#,
                "broken pipe",
            ),
            (
                "  [new Error('429 Too Many Requests'), true],",
                "429 Too Many Requests",
            ),
            (
                r#"            "Broken pipe (os error 32)","#,
                "Broken pipe (os error 32)",
            ),
            ("// gives ECONNREFUSED at once", "ECONNREFUSED"),
            (
                r#"} else if strings.Contains(r.Error(), "connection refused") {"#,
                r#"Error(), "connection refused"#,
            ),
            (
                r#"    emit(Failed("Connection timed out", e))"#,
                "Connection timed out",
            ),
            (
                r#"  events=[{"reason": "FailedScheduling"}],"#,
                "FailedScheduling",
            ),
            (
                "* In case you get the error 'Connection reset', listen elsewhere",
                "Connection reset",
            ),
            ("若错误信息包含 \"No route to host\"", "No route to host"),
            (
                "--- PASS: TestConnectionRefused (0.00s)",
                "ConnectionRefused",
            ),
            ("    \u{2713} retries on ECONNRESET (3 ms)", "ECONNRESET"),
            ("test tests::oom_killed ... ok", "oom_killed"),
            (
                "Answer with `429 Too Many Requests` then.",
                "429 Too Many Requests",
            ),
            ("a restart reason (e.g. OOMKilled) is kept", "OOMKilled"),
            ("状态码例如OOMKilled", "OOMKilled"),
            ("- **504 Gateway Timeout**: too slow", "504 Gateway Timeout"),
            (
                "    return { error: 'Connection timed out' };",
                "Connection timed out",
            ),
            ("### dial tcp: connection refused", "connection refused"),
            (
                r#"if strings.Contains(text, "write: broken pipe") {"#,
                "broken pipe",
            ),
            ("- fix(net): broken pipe", "broken pipe"),
            (
                "  - Symptom: Address already in use",
                ": Address already in use",
            ),
            (
                "Browsers show ECONNRESET, EPIPE, or ENOTFOUND",
                "ECONNRESET",
            ),
            ("Browsers show ECONNRESET, EPIPE, or ENOTFOUND", "ENOTFOUND"),
            (
                "+\t\tthrow new TransactionException( \"transaction timeout expired\" );",
                "transaction timeout expired",
            ),
            (
                "\t\t\"No existing transaction found for transaction\");",
                "No existing transaction found for transaction",
            ),
            (
                "\t28:  \"no space left on device\",",
                "no space left on device",
            ),
            (
                "\t{28, \"ENOSPC\", \"no space left on device\"},",
                "no space left on device",
            ),
            (
                "public class CannotAcquireLockException extends PessimisticLockingFailureException",
                "CannotAcquireLockException",
            ),
            ("} catch (BrokenPipeException e) {", "BrokenPipe"),
            (
                "            raise ConnectTimeoutError(",
                "ConnectTimeoutError",
            ),
            (
                "\t\treturn \"x509: certificate is not valid for any names\"",
                "x509: certificate is not valid",
            ),
        ] {
            assert!(mentioned(line, message), "{line}");
        }
    }

    #[test]
    fn printed_messages_count() {
        for (line, message) in [
            (
                r#"Error: Os { code: 111, message: "Connection refused" }"#,
                "Connection refused",
            ),
            (
                "requests.exceptions.ConnectionError: ('Connection aborted.', reset)",
                "Connection aborted",
            ),
            (
                r#"ConnectionError("Connection refused")"#,
                "Connection refused",
            ),
            ("* Failed to connect to db port 1: refused", "refused"),
            (
                "connect() failed (111: Connection refused)",
                "Connection refused",
            ),
            (
                r#"connect(3, "db", 16) = -1 ECONNREFUSED (Connection refused)"#,
                "Connection refused",
            ),
            (r#"        "message": "exceeded quota","#, "exceeded quota"),
            (
                r#"        "reason": "OOMKilled","#,
                r#"reason": "OOMKilled"#,
            ),
            ("#12 ERROR: process failed: OOMKilled", "OOMKilled"),
            (
                "run `go mod tidy`: missing go.sum entry",
                "missing go.sum entry",
            ),
            ("return code 137: OOMKilled", "OOMKilled"),
            (
                "--- FAIL: TestDial: connection refused",
                "connection refused",
            ),
            ("if it fails: connection refused", "connection refused"),
            (
                "### Error querying database.  Cause: connection refused",
                "connection refused",
            ),
            ("### Cause: connection refused", "connection refused"),
            ("`dial tcp: connection refused`", "connection refused"),
            (
                "| **Message** | `connection refused` |",
                "connection refused",
            ),
            ("**connection refused**", "connection refused"),
            (
                "connection refused, retrying on b, c, or d",
                "connection refused",
            ),
            (
                r#"calls contains("a") and says: broken pipe"#,
                "broken pipe",
            ),
            (
                "the pod is stuck \"Pending\" due to `1 Insufficient memory.`",
                "Insufficient memory",
            ),
            (
                "After the update hibernate throws ```object references an unsaved instance``` again",
                "object references",
            ),
            ("部署后一直报错：`connection refused`，怎么办", "refused"),
        ] {
            assert!(!mentioned(line, message), "{line}");
        }
    }

    #[test]
    fn places_outside_the_line_are_harmless() {
        assert!(!is_mention(b"short", 9..12));
        assert!(!is_mention(b"", 0..0));
    }
}
