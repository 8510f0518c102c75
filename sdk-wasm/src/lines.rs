//! Log lines as the host hands them over, and which of them go into a snapshot.
//!
//! The host keeps its own ring, since pushing each line over the WebAssembly boundary costs far
//! more than keeping it. At capture it hands all lines over at once: their texts joined by a line
//! feed, and three numbers for each. Here the bounds are enforced exactly, secrets are blanked, and
//! what had to go is counted.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use faultscan_wire::limits::{LOG_LINE_BYTES_MAX, LOG_LINES_MAX};

/// One line of a batch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RawLine<'a> {
    /// Milliseconds relative to the capture, usually negative.
    pub at_ms: i32,
    /// 0 trace to 5 fatal.
    pub level: u8,
    /// Index into the batch's sources.
    pub source: u8,
    /// The text.
    pub text: &'a str,
}

/// Bounds of the lines in one snapshot.
#[derive(Debug, Clone, Copy)]
pub struct LineBounds {
    /// Lines.
    pub lines_max: usize,
    /// Age of the oldest.
    pub window_ms: i32,
    /// Bytes of text, all lines together, as they were before secrets were taken out.
    pub bytes_max: usize,
    /// Bytes of one line.
    pub line_bytes_max: usize,
}

impl LineBounds {
    /// The same, but never above what the format allows.
    #[must_use]
    pub fn within_format(self) -> Self {
        Self {
            lines_max: self.lines_max.min(LOG_LINES_MAX),
            line_bytes_max: self.line_bytes_max.min(LOG_LINE_BYTES_MAX),
            ..self
        }
    }
}

/// A line that goes into the snapshot.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptLine<'a> {
    /// As in [`RawLine`].
    pub at_ms: i32,
    /// As in [`RawLine`].
    pub level: u8,
    /// As in [`RawLine`].
    pub source: u8,
    /// Scrubbed and cut.
    pub text: Cow<'a, str>,
}

/// The chosen lines, oldest first, and what was left out.
#[derive(Debug, Default, PartialEq)]
pub struct Selection<'a> {
    /// Lines that go.
    pub lines: Vec<KeptLine<'a>>,
    /// Lines of the window that were too many or too large together.
    pub dropped_lines: u32,
    /// Bytes of text in dropped lines and cut tails.
    pub dropped_bytes: u32,
}

/// Splits a batch. `meta` has three 32-bit numbers, little-endian, for each line: time, `level |
/// source << 8`, and length in UTF-16 code units, the only length that JavaScript knows for free. A
/// batch whose numbers do not fit its text is cut where it stops to make sense.
pub fn split<'a>(text: &'a str, meta: &[u8]) -> Vec<RawLine<'a>> {
    let mut lines = Vec::with_capacity(meta.len() / 12);
    let mut rest = text;
    let mut numbers = meta.as_chunks::<4>().0;
    while let [at_ms, [level, source, ..], units, after @ ..] = numbers {
        let Some((line, more)) = split_units(rest, u32::from_le_bytes(*units)) else {
            break;
        };
        let at_ms = i32::from_le_bytes(*at_ms);
        lines.push(RawLine {
            at_ms,
            level: *level,
            source: *source,
            text: line,
        });
        rest = more.strip_prefix('\n').unwrap_or(more);
        numbers = after;
    }
    lines
}

fn split_units(text: &str, units: u32) -> Option<(&str, &str)> {
    let mut left = units as usize;
    let mut end = 0;
    // A character's first byte tells its length in both encodings.
    while left > 0 {
        let (bytes, units) = match text.as_bytes().get(end)? {
            0..0x80 => (1, 1),
            0x80..0xe0 => (2, 1),
            0xe0..0xf0 => (3, 1),
            _ => (4, 2),
        };
        left = left.checked_sub(units)?;
        end += bytes;
    }
    text.split_at_checked(end)
}

/// Chooses the newest lines that fit the bounds and passes them through `scrub`, oldest first: what
/// one line begins, such as a private key, another may end.
pub fn select<'a>(
    raw: &[RawLine<'a>],
    bounds: &LineBounds,
    mut scrub: impl FnMut(&'a str) -> Cow<'a, str>,
) -> Selection<'a> {
    let mut selection = Selection::default();
    let mut bytes = 0;
    let mut from = raw.len();
    while let Some(line) = raw[..from].last() {
        bytes += line.text.len().min(bounds.line_bytes_max);
        let full = raw.len() - from >= bounds.lines_max || bytes > bounds.bytes_max;
        if line.at_ms < -bounds.window_ms {
            break;
        }
        if full {
            drop_all(&mut selection, &raw[..from], bounds);
            break;
        }
        from -= 1;
    }
    for &RawLine {
        at_ms,
        level,
        source,
        text,
    } in &raw[from..]
    {
        let scrubbed = scrub(text);
        let kept = cut(&scrubbed, bounds.line_bytes_max).len();
        selection.dropped_bytes += (scrubbed.len() - kept) as u32;
        let text = match scrubbed {
            Cow::Borrowed(text) => Cow::Borrowed(cut(text, kept)),
            Cow::Owned(mut text) => {
                text.truncate(kept);
                Cow::Owned(text)
            }
        };
        selection.lines.push(KeptLine {
            at_ms,
            level,
            source,
            text,
        });
    }
    selection
}

/// Counts lines as dropped, but for those that nobody asked for.
fn drop_all(selection: &mut Selection<'_>, lines: &[RawLine<'_>], bounds: &LineBounds) {
    for line in lines.iter().filter(|line| line.at_ms >= -bounds.window_ms) {
        selection.dropped_lines += 1;
        selection.dropped_bytes += line.text.len() as u32;
    }
}

/// The text before an ASCII character, and what follows it where it is there.
pub fn until(text: &str, separator: u8) -> (&str, Option<&str>) {
    match text.bytes().position(|byte| byte == separator) {
        Some(at) => (text.get(..at).unwrap_or_default(), text.get(at + 1..)),
        None => (text, None),
    }
}

/// The longest prefix of at most `bytes_max` bytes that ends between two characters.
pub fn cut(text: &str, bytes_max: usize) -> &str {
    let mut end = text.len().min(bytes_max);
    loop {
        if let Some(prefix) = text.get(..end) {
            return prefix;
        }
        end -= 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BOUNDS: LineBounds = LineBounds {
        lines_max: 3,
        window_ms: 1000,
        bytes_max: 20,
        line_bytes_max: 8,
    };

    fn bytes(numbers: &[i32]) -> Vec<u8> {
        numbers
            .iter()
            .flat_map(|number| number.to_le_bytes())
            .collect()
    }

    fn batch(lines: &[(i32, &str)]) -> (String, Vec<u8>) {
        let text = lines
            .iter()
            .map(|line| line.1)
            .collect::<Vec<_>>()
            .join("\n");
        let meta: Vec<i32> = lines
            .iter()
            .flat_map(|line| [line.0, 3 | 1 << 8, line.1.encode_utf16().count() as i32])
            .collect();
        (text, bytes(&meta))
    }

    fn texts(lines: &[(i32, &str)]) -> (Vec<String>, u32, u32) {
        let (text, meta) = batch(lines);
        let selection = select(&split(&text, &meta), &BOUNDS, Cow::Borrowed);
        let kept = selection
            .lines
            .into_iter()
            .map(|line| line.text.into_owned())
            .collect();
        (kept, selection.dropped_lines, selection.dropped_bytes)
    }

    #[test]
    fn texts_end_at_a_separator() {
        assert_eq!(until("a\nb\nc", b'\n'), ("a", Some("b\nc")));
        assert_eq!(until("日\n", b'\n'), ("日", Some("")));
        assert_eq!(until("ab", b'\n'), ("ab", None));
    }

    #[test]
    fn the_newest_lines_are_kept() {
        let (kept, lines, bytes) = texts(&[(-9, "aa"), (-8, "b"), (-7, "c"), (-6, "d")]);
        assert_eq!(
            (kept, lines, bytes),
            (vec!["b".into(), "c".into(), "d".into()], 1, 2)
        );
    }

    #[test]
    fn old_lines_stay_behind_and_are_not_counted_as_dropped() {
        let (kept, lines, _) = texts(&[(-1001, "old"), (-1000, "new")]);
        assert_eq!((kept, lines), (vec!["new".to_owned()], 0));
        let (_, lines, bytes) =
            texts(&[(-1001, "old"), (-4, "a"), (-3, "b"), (-2, "c"), (-1, "d")]);
        assert_eq!((lines, bytes), (1, 1));
    }

    #[test]
    fn bytes_are_bounded_and_long_lines_are_cut_between_characters() {
        let (kept, lines, bytes) = texts(&[(-2, "0123456789"), (-1, "日本語テスト")]);
        assert_eq!(
            (kept, lines, bytes),
            (vec!["01234567".into(), "日本".into()], 0, 14)
        );
        let (kept, lines, bytes) = texts(&[(-3, "aaaaaaaa"), (-2, "bbbbbbbb"), (-1, "cccccccc")]);
        assert_eq!(
            (kept, lines, bytes),
            (vec!["bbbbbbbb".into(), "cccccccc".into()], 1, 8)
        );
    }

    #[test]
    fn scrubbing_comes_before_cutting() {
        let raw = [RawLine {
            at_ms: 0,
            level: 2,
            source: 0,
            text: "password=hunter2",
        }];
        let bounds = LineBounds {
            line_bytes_max: 100,
            bytes_max: 100,
            ..BOUNDS
        };
        let selection = select(&raw, &bounds, |_| Cow::Owned("password=[redacted]".into()));
        assert_eq!(selection.lines[0].text, "password=[redacted]");
    }

    #[test]
    fn lines_are_scrubbed_in_their_order() {
        let (text, meta) = batch(&[(-3, "a"), (-2, "b"), (-1, "c")]);
        let mut seen = Vec::new();
        select(&split(&text, &meta), &BOUNDS, |line| {
            seen.push(line);
            Cow::Borrowed(line)
        });
        assert_eq!(seen, ["a", "b", "c"]);
    }

    #[test]
    fn numbers_that_lie_about_the_text_end_the_batch() {
        assert_eq!(split("ab", &bytes(&[0, 0, 3])), []);
        assert_eq!(split("ab", &bytes(&[0, 0, -1])), []);
        assert_eq!(split("😀", &bytes(&[0, 0, 1])), []);
        assert_eq!(split("ab\ncd", &bytes(&[0, 0, 2, 0, 0])).len(), 1);
        assert_eq!(split("", &bytes(&[])), []);
    }

    proptest! {
        #[test]
        fn split_undoes_join(lines in proptest::collection::vec("(\\PC|\n){0,12}", 0..12)) {
            let entries: Vec<_> = lines.iter().map(|line| (-5, line.as_str())).collect();
            let (text, meta) = batch(&entries);
            let raw = split(&text, &meta);
            prop_assert_eq!(raw.iter().map(|line| line.text).collect::<Vec<_>>(), lines);
            prop_assert!(raw.iter().all(|line| (line.level, line.source) == (3, 1)));
        }

        #[test]
        fn any_numbers_are_survived(text in "\\PC{0,40}", meta in proptest::collection::vec(-3..50_i32, 0..30)) {
            let total: usize = split(&text, &bytes(&meta)).iter().map(|line| line.text.len()).sum();
            prop_assert!(total <= text.len());
        }
    }
}
