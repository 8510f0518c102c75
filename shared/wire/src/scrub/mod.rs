//! Takes secrets and personal data out of log lines, in linear time and without regular
//! expressions.
//!
//! What is found becomes `[redacted:<kind>]`. Scrubbing twice changes nothing more, so phone and
//! server may both do it. What tells one failure from another (hosts, ports, addresses, paths,
//! codes, checksums, UUIDs, pod names) is left alone.
//!
//! The text is cut at markers that already stand in it. Finders look at one piece at a time and see
//! a marker at its edge as a letter that touches, so that nothing is found on a second pass that was
//! refused on the first. Each finder goes over a piece once and reports spans; spans are merged and
//! the text is rebuilt.

use alloc::string::String;
use alloc::vec::Vec;
mod class;
mod keyed;
mod numbers;
mod pem;
mod piece;
mod tokens;
mod urls;
mod words;

use alloc::borrow::Cow;

use piece::{Piece, Span};
use words::At;

/// Kinds of things that are taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SecretKind {
    /// A PEM block with a private key.
    PrivateKey,
    /// The value of a field whose name says that it is secret.
    Secret,
    /// Credentials in an authorization header or after `Bearer`.
    Authorization,
    /// The value of a cookie header.
    Cookie,
    /// The password in a URL or data source name.
    UrlPassword,
    /// A JSON web token.
    Jwt,
    /// An access key id of a cloud provider.
    AccessKey,
    /// A token that its prefix gives away.
    Token,
    /// A Faultscan ticket.
    Ticket,
    /// An e-mail address.
    Email,
    /// A mobile number of mainland China.
    Phone,
    /// An identity number of mainland China.
    IdNumber,
    /// A number of a bank card.
    BankCard,
}

impl SecretKind {
    /// Every kind, in the order of their declaration.
    pub const ALL: [Self; 13] = [
        Self::PrivateKey,
        Self::Secret,
        Self::Authorization,
        Self::Cookie,
        Self::UrlPassword,
        Self::Jwt,
        Self::AccessKey,
        Self::Token,
        Self::Ticket,
        Self::Email,
        Self::Phone,
        Self::IdNumber,
        Self::BankCard,
    ];

    /// The kind's name, as it stands in the marker.
    #[must_use]
    pub fn name(self) -> &'static str {
        words::nth(NAMES, self as usize)
    }
}

/// Names of kinds, in the order of their declaration.
const NAMES: &str = "private_key secret authorization cookie url_password jwt access_key token \
    ticket email phone id_number bank_card ";
const MARKER_START: &str = "[redacted:";
const MARKER_END: &str = "]";

/// How often each kind was taken out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScrubReport {
    counts: [u32; SecretKind::ALL.len()],
}

impl ScrubReport {
    /// How often a kind was taken out.
    #[must_use]
    pub fn count(&self, kind: SecretKind) -> u32 {
        self.counts[kind as usize]
    }

    /// How often anything was taken out.
    #[must_use]
    pub fn total(&self) -> u32 {
        self.counts.iter().sum()
    }

    /// Kinds that were taken out, and how often.
    pub fn iter(&self) -> impl Iterator<Item = (SecretKind, u32)> + '_ {
        SecretKind::ALL
            .into_iter()
            .map(|kind| (kind, self.count(kind)))
            .filter(|(_, count)| *count > 0)
    }

    fn add(&mut self, kind: SecretKind) {
        let count = &mut self.counts[kind as usize];
        *count = count.saturating_add(1);
    }
}

/// Scrubs lines one after another, counts what it takes out, and recognises a private key that is
/// spread over several lines.
#[derive(Clone, Debug, Default)]
pub struct Scrubber {
    report: ScrubReport,
    keys: Vec<String>,
    /// A private key began on an earlier line and has not ended.
    in_private_key: bool,
}

impl Scrubber {
    /// A scrubber with the built-in rules.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a field name whose value is secret (`name=value`, `"name": "value"`). Case, `_`, `-` and
    /// `.` do not matter, and the name also counts at the end of a longer one. Names without an
    /// ASCII letter or digit are ignored.
    pub fn add_secret_key(&mut self, name: &str) {
        let name: String = name
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|char| char.to_ascii_lowercase())
            .collect();
        if !name.is_empty() && name.len() <= keyed::KEY_BYTES_MAX {
            self.keys.push(name);
        }
    }

    /// What was taken out so far.
    #[must_use]
    pub fn report(&self) -> &ScrubReport {
        &self.report
    }

    /// Scrubs one line. A message with line breaks in it counts as one line.
    pub fn scrub<'a>(&mut self, line: &'a str) -> Cow<'a, str> {
        if self.in_private_key {
            let (end, open) = pem::continuation(line.as_bytes());
            self.in_private_key = open;
            if let (1.., Some(rest)) = (end, line.get(end..)) {
                self.report.add(SecretKind::PrivateKey);
                let mut text = String::new();
                push_marker(&mut text, SecretKind::PrivateKey);
                text.push_str(&self.scrub_line(rest));
                return Cow::Owned(text);
            }
        }
        self.scrub_line(line)
    }

    fn scrub_line<'a>(&mut self, line: &'a str) -> Cow<'a, str> {
        let bytes = line.as_bytes();
        // What the line has enough of to be worth a closer look.
        let (mut digits, mut dashes, mut at_sign, mut bracket) = (0, 0, false, false);
        for &byte in bytes {
            digits += usize::from(byte.wrapping_sub(b'0') < 10);
            dashes += usize::from(byte == b'-');
            at_sign |= byte == b'@';
            bracket |= byte == b'[';
        }
        let mut piece = Piece {
            keys: &self.keys,
            ..Piece::default()
        };
        loop {
            let start = piece.offset;
            let marker = if bracket {
                next_marker(bytes, start)
            } else {
                None
            };
            let (end, after) = marker.unwrap_or((bytes.len(), 0));
            piece.bytes = bytes.get(start..end).unwrap_or_default();
            piece.touches_after = marker.is_some();
            if dashes >= pem::DASHES_MIN {
                self.in_private_key |= piece.find_keys();
            }
            piece.find_keyed();
            if at_sign || bracket {
                piece.find_urls_beside_spans();
            }
            if digits > 0 {
                piece.find_tokens();
            }
            if digits >= numbers::DIGITS_MIN {
                piece.find_numbers();
            }
            if marker.is_none() {
                break;
            }
            piece.offset = after;
            piece.touches_before = true;
        }
        if piece.spans.is_empty() {
            return Cow::Borrowed(line);
        }
        let spans = piece.into_sorted_spans();
        Cow::Owned(self.rebuild(line, &spans))
    }

    fn rebuild(&mut self, line: &str, spans: &[Span]) -> String {
        let mut text = String::with_capacity(line.len() + 64);
        let mut end = 0;
        // Spans start and end at ASCII characters, so these are character boundaries.
        for span in spans {
            if span.start >= end {
                text.push_str(line.get(end..span.start).unwrap_or_default());
                push_marker(&mut text, span.kind);
                self.report.add(span.kind);
            }
            end = end.max(span.end);
        }
        text.push_str(line.get(end..).unwrap_or_default());
        text
    }
}

/// Scrubs a line with the built-in rules.
#[must_use]
pub fn scrub(line: &str) -> Cow<'_, str> {
    Scrubber::new().scrub(line)
}

impl Piece<'_> {
    /// Finds addresses, and notes whether a URL's authority goes on behind the marker.
    fn find_urls_beside_spans(&mut self) {
        let at_sign = self.find(0, self.len(), b'@') < self.len();
        if at_sign || self.in_authority || self.touches_after {
            let in_authority = self.find_urls();
            let colon = self.authorities.last().map_or(0, |last| last.colon);
            let taken = |span: &Span| span.start < colon + 3 && span.end > colon;
            self.in_authority = in_authority && !self.spans.iter().any(taken);
        }
    }

    /// A span that takes a URL's `://` away takes its authority too, or the next pass would see
    /// other things in what is left of it.
    fn into_sorted_spans(mut self) -> Vec<Span> {
        for span in &mut self.spans {
            let before = self
                .authorities
                .partition_point(|authority| authority.colon < span.end);
            if let Some(last) = self.authorities[..before].last()
                && span.start < last.colon + 3
            {
                span.end = span.end.max(last.end);
            }
        }
        sort(&mut self.spans);
        self.spans
    }
}

/// Sorts by start, longer ones first. By a heap of our own: the library's sorts are many times the
/// code, and every phone downloads it.
fn sort(spans: &mut [Span]) {
    let after = |a: &Span, b: &Span| (a.start, b.end) > (b.start, a.end);
    let sift = |heap: &mut [Span], mut root: usize| {
        while let Some(child) = heap.get(2 * root + 1) {
            let left = 2 * root + 1;
            let right = heap.get(left + 1).is_some_and(|right| after(right, child));
            let largest = left + usize::from(right);
            if !after(&heap[largest], &heap[root]) {
                break;
            }
            heap.swap(root, largest);
            root = largest;
        }
    };
    for root in (0..spans.len() / 2).rev() {
        sift(spans, root);
    }
    for end in (1..spans.len()).rev() {
        spans.swap(0, end);
        sift(&mut spans[..end], 0);
    }
}

fn push_marker(text: &mut String, kind: SecretKind) {
    text.push_str(MARKER_START);
    text.push_str(kind.name());
    text.push_str(MARKER_END);
}

/// The next complete marker at or after a position: where it starts and where it ends.
fn next_marker(line: &[u8], from: usize) -> Option<(usize, usize)> {
    for (start, &byte) in line.iter().enumerate().skip(from) {
        // By its first byte: the library's search for a string is far more code.
        if byte == b'['
            && let Some(rest) = line[start..].strip_prefix(MARKER_START.as_bytes())
            && let Some(kind) = words::find(NAMES, rest, At::Start)
        {
            let len = words::nth(NAMES, kind).len();
            if rest.get(len) == Some(&b']') {
                return Some((start, start + MARKER_START.len() + len + MARKER_END.len()));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests;
