//! Private keys in PEM blocks.

use super::SecretKind;
use super::class::PEM_BODY;
use super::piece::{Piece, Span};
use alloc::vec::Vec;

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

/// How far a line that follows the start of a key belongs to it.
pub(super) struct Continuation {
    /// Bytes of the line that belong to the key.
    pub(super) end: usize,
    /// Whether the key goes on after the line.
    pub(super) open: bool,
}

/// Finds whole blocks, and blocks that are not closed; returns whether the last one may go on in the
/// next line.
pub(super) fn find(piece: &Piece<'_>, spans: &mut Vec<Span>) -> bool {
    let mut from = 0;
    while let Some((start, body)) = delimiter(piece.bytes, from, BEGIN) {
        let Some((_, end)) = delimiter(piece.bytes, body, END) else {
            piece.report(start, piece.bytes.len(), SecretKind::PrivateKey, spans);
            let rest = piece.bytes.get(body..).unwrap_or_default();
            return !piece.touches_after && PEM_BODY.has_all(rest);
        };
        piece.report(start, end, SecretKind::PrivateKey, spans);
        from = end;
    }
    false
}

/// Looks at a line while a key is open.
pub(super) fn continuation(line: &str) -> Continuation {
    if let Some((_, end)) = delimiter(line.as_bytes(), 0, END) {
        return Continuation { end, open: false };
    }
    let inside =
        line.len() <= LINE_BYTES_MAX && (PEM_BODY.has_all(line.as_bytes()) || is_header(line));
    Continuation {
        end: if inside { line.len() } else { 0 },
        open: inside,
    }
}

/// The next `-----BEGIN … PRIVATE KEY-----` or its end: where it starts and where it ends.
fn delimiter(bytes: &[u8], from: usize, start: &[u8]) -> Option<(usize, usize)> {
    let mut from = from;
    loop {
        let at = from + position(bytes.get(from..)?, start)?;
        let label = at + start.len();
        let rest = bytes.get(label..)?;
        let window = &rest[..rest.len().min(LABEL_BYTES_MAX + DASHES.len())];
        match position(window, DASHES) {
            Some(len) if window[..len].ends_with(LABEL) => {
                return Some((at, label + len + DASHES.len()));
            }
            _ => from = label,
        }
    }
}

/// Where a text that starts with a dash stands.
fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + bytes.get(from..)?.iter().position(|&byte| byte == b'-')?;
        if bytes[at..].starts_with(wanted) {
            return Some(at);
        }
        from = at + 1;
    }
}

/// `Proc-Type: 4,ENCRYPTED` and `DEK-Info: …`.
fn is_header(line: &str) -> bool {
    line.trim_start().starts_with("Proc-Type:") || line.trim_start().starts_with("DEK-Info:")
}
