//! Tokens that give themselves away: JSON web tokens, Faultscan tickets, access keys, and the
//! prefixed tokens of well-known services.

use super::SecretKind;
use super::class::{BASE64URL, KEY, WORD};
use super::piece::{Piece, Span, is_word};
use alloc::vec::Vec;

/// What a prefixed token looks like after its prefix.
struct Shape {
    prefix: &'static str,
    /// Characters after the prefix, at least.
    len_min: usize,
    kind: SecretKind,
}

const fn shape(prefix: &'static str, len_min: usize, kind: SecretKind) -> Shape {
    Shape {
        prefix,
        len_min,
        kind,
    }
}

const SHAPES: &[Shape] = &[
    shape("AKIA", 16, SecretKind::AccessKey),
    shape("ASIA", 16, SecretKind::AccessKey),
    shape("AROA", 16, SecretKind::AccessKey),
    shape("AIDA", 16, SecretKind::AccessKey),
    shape("LTAI", 12, SecretKind::AccessKey),
    shape("AKID", 28, SecretKind::AccessKey),
    shape("AIza", 35, SecretKind::AccessKey),
    shape("ghp_", 30, SecretKind::Token),
    shape("gho_", 30, SecretKind::Token),
    shape("ghu_", 30, SecretKind::Token),
    shape("ghs_", 30, SecretKind::Token),
    shape("ghr_", 30, SecretKind::Token),
    shape("github_pat_", 22, SecretKind::Token),
    shape("glpat-", 20, SecretKind::Token),
    shape("xoxb-", 20, SecretKind::Token),
    shape("xoxp-", 20, SecretKind::Token),
    shape("xoxa-", 20, SecretKind::Token),
    shape("xoxs-", 20, SecretKind::Token),
    shape("sk_live_", 16, SecretKind::Token),
    shape("rk_live_", 16, SecretKind::Token),
    shape("sk-", 32, SecretKind::Token),
    shape("npm_", 30, SecretKind::Token),
    shape("pypi-", 50, SecretKind::Token),
    shape("hf_", 30, SecretKind::Token),
    shape("FS1.", 160, SecretKind::Ticket),
];

/// The shortest token with its prefix.
const STRETCH_LEN_MIN: usize = 16;
/// First letters of all prefixes.
const FIRST_LETTERS: &[u8] = b"ALgxsrnphFe";
const JWT_START: &[u8] = b"eyJ";
const JWT_PART_LEN_MIN: usize = 8;

/// A run of base64url characters. Several words may start in one; it is measured only once.
#[derive(Default)]
struct Run {
    end: usize,
    /// Where its last digit is.
    digit: Option<usize>,
    /// No JSON web token starts in it.
    no_jwt: bool,
}

pub(super) fn find(piece: &Piece<'_>, spans: &mut Vec<Span>) {
    // Every stretch as long as the shortest token covers one of these places.
    let mut place = STRETCH_LEN_MIN - 1;
    while let Some(&byte) = piece.bytes.get(place) {
        if !KEY.has(byte) {
            place += STRETCH_LEN_MIN;
            continue;
        }
        let start = place - KEY.len_at_end(&piece.bytes[..place]);
        let end = piece.run(place, KEY);
        // Every token has a digit somewhere; names of classes and hosts mostly have none.
        let digits = piece.bytes[start..end].iter().any(u8::is_ascii_digit);
        if end - start >= STRETCH_LEN_MIN && digits {
            look_at_stretch(piece, start, end, spans);
        }
        place = end + STRETCH_LEN_MIN;
    }
}

/// Looks at a stretch of letters, digits, `_`, `-` and dots. A token lies wholly in one.
fn look_at_stretch(piece: &Piece<'_>, start: usize, end: usize, spans: &mut Vec<Span>) {
    let mut run = Run::default();
    let mut at = start;
    while at < end {
        if !is_word(piece.bytes[at]) || !piece.starts_word(at) {
            at += 1;
            continue;
        }
        if !FIRST_LETTERS.contains(&piece.bytes[at]) {
            at = piece.run(at, WORD);
            continue;
        }
        if at >= run.end {
            run = measure(piece, at);
        }
        let found = jwt(piece, at, &mut run)
            .map(|end| (end, SecretKind::Jwt))
            .or_else(|| prefixed(piece, at, &run));
        at = match found {
            Some((end, kind)) => {
                piece.report(at, end, kind, spans);
                end
            }
            None => piece.run(at, WORD),
        };
    }
}

fn measure(piece: &Piece<'_>, at: usize) -> Run {
    let end = piece.run(at, BASE64URL);
    let digit = piece.bytes[at..end]
        .iter()
        .rposition(u8::is_ascii_digit)
        .map(|place| at + place);
    Run {
        end,
        digit,
        no_jwt: false,
    }
}

/// Three parts of base64url, the first two of them JSON objects.
fn jwt(piece: &Piece<'_>, at: usize, run: &mut Run) -> Option<usize> {
    if run.no_jwt || !piece.bytes[at..].starts_with(JWT_START) {
        return None;
    }
    // Whatever fails here fails for every later start in the same run.
    run.no_jwt = true;
    let payload = run.end + 1;
    let dot = |at: usize| piece.bytes.get(at) == Some(&b'.');
    if run.end - at < JWT_PART_LEN_MIN
        || !dot(run.end)
        || !piece.bytes[payload..].starts_with(JWT_START)
    {
        return None;
    }
    let payload_end = piece.run(payload, BASE64URL);
    dot(payload_end).then(|| piece.run(payload_end + 1, BASE64URL))
}

fn prefixed(piece: &Piece<'_>, at: usize, run: &Run) -> Option<(usize, SecretKind)> {
    let rest = &piece.bytes[at..];
    let shape = SHAPES
        .iter()
        .find(|shape| rest.starts_with(shape.prefix.as_bytes()))?;
    let start = at + shape.prefix.len();
    if shape.kind == SecretKind::Ticket {
        let end = piece.run(start, BASE64URL);
        return (end - start >= shape.len_min).then_some((end, shape.kind));
    }
    // Every other prefix is within the run.
    let digits = run.digit.is_some_and(|digit| digit >= start);
    (run.end.saturating_sub(start) >= shape.len_min && digits).then_some((run.end, shape.kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_filters_let_every_shape_through() {
        for shape in SHAPES {
            assert!(
                FIRST_LETTERS.contains(&shape.prefix.as_bytes()[0]),
                "{}",
                shape.prefix
            );
            assert!(shape.prefix.len() + shape.len_min >= STRETCH_LEN_MIN);
            assert!(KEY.has_all(shape.prefix.as_bytes()));
        }
        assert!(FIRST_LETTERS.contains(&JWT_START[0]));
    }
}
