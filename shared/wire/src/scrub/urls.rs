//! Passwords in URLs and data source names, and e-mail addresses.

use super::SecretKind;
use super::class::{AUTHORITY, DOMAIN, LABEL, LOCAL_PART, USERINFO};
use super::piece::{Piece, Span, is_word};
use alloc::vec::Vec;

/// A user name in a data source name, looked back at from the `@`.
const USERINFO_BYTES_MAX: usize = 256;
const LOCAL_PART_BYTES_MAX: usize = 64;
/// Networks that follow the `@` in a Go MySQL data source name.
const DSN_NETWORKS: [&str; 3] = ["@tcp(", "@unix(", "@tcp6("];
/// What looks like an address with one of these at its end is a systemd unit.
const UNIT_SUFFIXES: [&str; 9] = [
    "service", "socket", "target", "timer", "mount", "slice", "scope", "device", "path",
];

/// The user, host and port of a URL, by their place in the line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Authority {
    /// Where the `://` before it starts.
    pub(super) colon: usize,
    pub(super) end: usize,
}

/// Returns whether the piece ends inside an authority.
pub(super) fn find(
    piece: &Piece<'_>,
    spans: &mut Vec<Span>,
    authorities: &mut Vec<Authority>,
) -> bool {
    // Where the authority of the last URL ends; addresses inside it are part of the URL.
    // Passwords are found on the first pass, when no marker interrupts the authority.
    let mut authority_end = if piece.in_authority {
        piece.run(0, AUTHORITY)
    } else {
        0
    };
    let mut open = piece.in_authority && authority_end == piece.bytes.len();
    let mut at = 0;
    let next = |at: usize| {
        let mut rest = piece.bytes.get(at..)?.iter();
        rest.position(|&byte| byte == b':' || byte == b'@')
    };
    while let Some(skipped) = next(at) {
        at += skipped;
        let byte = piece.bytes[at];
        if byte == b':' && piece.bytes[at..].starts_with(b"://") {
            authority_end = authority(piece, at + 3, spans);
            open = authority_end == piece.bytes.len();
            authorities.push(Authority {
                colon: piece.offset + at,
                end: piece.offset + authority_end,
            });
        } else if byte == b'@' && at >= authority_end {
            if DSN_NETWORKS.iter().any(|network| piece.has(at, network)) {
                dsn(piece, at, spans);
            } else {
                email(piece, at, spans);
            }
        }
        at += 1;
    }
    open
}

/// Takes the password out of `user:password@host`; returns where the authority ends.
fn authority(piece: &Piece<'_>, start: usize, spans: &mut Vec<Span>) -> usize {
    let end = piece.run(start, AUTHORITY);
    let authority = &piece.bytes[start..end];
    if let Some(at) = authority.iter().rposition(|&byte| byte == b'@')
        && let Some(colon) = authority[..at].iter().position(|&byte| byte == b':')
    {
        piece.report(
            start + colon + 1,
            start + at,
            SecretKind::UrlPassword,
            spans,
        );
    }
    end
}

/// Takes the password out of `user:password@tcp(host:port)/database`.
fn dsn(piece: &Piece<'_>, at: usize, spans: &mut Vec<Span>) {
    let window = &piece.bytes[at.saturating_sub(USERINFO_BYTES_MAX)..at];
    let len = USERINFO.len_at_end(window);
    let start = at - len;
    let clear = if start == 0 {
        !piece.touches_before
    } else {
        len < USERINFO_BYTES_MAX
    };
    let colon = window[window.len() - len..]
        .iter()
        .position(|&byte| byte == b':');
    if let (true, Some(colon)) = (clear, colon) {
        piece.report(start + colon + 1, at, SecretKind::UrlPassword, spans);
    }
}

fn email(piece: &Piece<'_>, at: usize, spans: &mut Vec<Span>) {
    let window = &piece.bytes[at.saturating_sub(LOCAL_PART_BYTES_MAX + 1)..at];
    let local_len = LOCAL_PART.len_at_end(window);
    let start = at - local_len;
    let local = &piece.bytes[start..at];
    let domain_start = at + 1;
    let end = domain_end(piece, domain_start);
    // More of the domain may have stood where the marker now is.
    let whole_end = piece.run(domain_start, DOMAIN);
    let cut = piece.touches_after && whole_end == piece.bytes.len();
    let clear = (1..=LOCAL_PART_BYTES_MAX).contains(&local_len)
        && piece
            .before(start)
            .is_none_or(|byte| !is_word(byte) && byte != b'/' && byte != b'@')
        && piece
            .at(end)
            .is_none_or(|byte| !is_word(byte) && byte != b'@');
    if clear && !cut && local != b"git" && is_domain(&piece.bytes[domain_start..end]) {
        piece.report(start, end, SecretKind::Email, spans);
    }
}

/// Where labels joined by dots end; each starts and ends with a letter or digit.
fn domain_end(piece: &Piece<'_>, start: usize) -> usize {
    let mut end = start;
    let mut label = start;
    while piece
        .bytes
        .get(label)
        .is_some_and(u8::is_ascii_alphanumeric)
    {
        let label_end = piece.run(label, LABEL);
        let hyphens = piece.bytes[label..label_end]
            .iter()
            .rev()
            .take_while(|&&byte| byte == b'-');
        end = label_end - hyphens.count();
        if end < label_end || piece.bytes.get(end) != Some(&b'.') {
            break;
        }
        label = end + 1;
    }
    end
}

/// At least two labels, the last of them letters only; not a version, not a systemd unit.
fn is_domain(domain: &[u8]) -> bool {
    let mut labels = domain.split(|&byte| byte == b'.');
    let first = labels.next().unwrap_or_default();
    let Some(last) = labels.next_back() else {
        return false;
    };
    let version = matches!(first, [b'v' | b'V', digit, ..] if digit.is_ascii_digit());
    !version
        && last.len() >= 2
        && last.iter().all(u8::is_ascii_alphabetic)
        && !UNIT_SUFFIXES
            .iter()
            .any(|suffix| last.eq_ignore_ascii_case(suffix.as_bytes()))
}
