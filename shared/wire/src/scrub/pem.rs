//! Private keys in PEM blocks.

use super::SecretKind;
use super::class::PEM_BODY;
use super::piece::Piece;

/// Dashes around the label that starts a key.
pub(super) const DASHES_MIN: usize = 10;
const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const LABEL: &[u8] = b"PRIVATE KEY";
const DASHES: &[u8] = b"-----";
/// Longest label: `ENCRYPTED PRIVATE KEY`, `OPENSSH PRIVATE KEY` and the like.
const LABEL_BYTES_MAX: usize = 40;
/// A line of a PEM body is at most 64 or 76 characters long; some room for indentation.
const LINE_BYTES_MAX: usize = 100;

impl Piece<'_> {
    /// Finds whole blocks, and blocks that are not closed; returns whether the last one may go on in
    /// the next line.
    pub(super) fn find_keys(&mut self) -> bool {
        let mut from = 0;
        while let Some((start, body)) = delimiter(self.bytes, from, BEGIN) {
            let Some((_, end)) = delimiter(self.bytes, body, END) else {
                self.report(start, self.len(), SecretKind::PrivateKey);
                return !self.touches_after && PEM_BODY.has_all(self.slice(body, self.len()));
            };
            self.report(start, end, SecretKind::PrivateKey);
            from = end;
        }
        false
    }
}

/// How much of a line that follows the start of a key belongs to it, and whether the key goes on.
pub(super) fn continuation(line: &[u8]) -> (usize, bool) {
    if let Some((_, end)) = delimiter(line, 0, END) {
        return (end, false);
    }
    let header = line.trim_ascii_start();
    let inside = line.len() <= LINE_BYTES_MAX
        && (PEM_BODY.has_all(line)
            || header.starts_with(b"Proc-Type:")
            || header.starts_with(b"DEK-Info:"));
    (if inside { line.len() } else { 0 }, inside)
}

/// The next `-----BEGIN … PRIVATE KEY-----` or its end: where it starts and where it ends.
#[cfg_attr(target_family = "wasm", inline(never))]
fn delimiter(bytes: &[u8], from: usize, start: &[u8]) -> Option<(usize, usize)> {
    for at in from..bytes.len() {
        let Some(rest) = bytes.get(at..).and_then(|rest| rest.strip_prefix(start)) else {
            continue;
        };
        let label = at + start.len();
        for len in 0..=LABEL_BYTES_MAX.min(rest.len()) {
            if rest.get(len..).is_some_and(|rest| rest.starts_with(DASHES)) {
                if rest.get(..len).is_some_and(|label| label.ends_with(LABEL)) {
                    return Some((at, label + len + DASHES.len()));
                }
                break;
            }
        }
    }
    None
}
