//! Tokens that give themselves away: JSON web tokens, Faultscan tickets, access keys, and the
//! prefixed tokens of well-known services.

use super::SecretKind;
use super::class::{BASE64URL, DIGIT, KEY, WORD};
use super::piece::Piece;
use super::words::{self, At};

/// What tokens start with: access keys, tokens, tickets.
const PREFIXES: &str = "AKIA ASIA AROA AIDA LTAI AKID AIza \
    ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- xoxb- xoxp- xoxa- xoxs- sk_live_ rk_live_ sk- npm_ pypi- hf_ \
    FS1. ";
/// For each prefix: characters after it, at least.
const LENS_MIN: &[u8; 25] = &[
    16, 16, 16, 16, 12, 28, 35, //
    30, 30, 30, 30, 30, 22, 20, 20, 20, 20, 20, 16, 16, 32, 30, 50, 30, //
    160,
];
/// Where tokens start in the list, and tickets.
const TOKENS: usize = 7;
const TICKETS: usize = 24;
/// The shortest token with its prefix.
const STRETCH_LEN_MIN: usize = 16;
const JWT_START: &str = "eyJ";
const JWT_PART_LEN_MIN: usize = 8;

impl Piece<'_> {
    pub(super) fn find_tokens(&mut self) {
        // Every stretch as long as the shortest token covers one of these places.
        let bytes = self.bytes;
        let mut place = STRETCH_LEN_MIN - 1;
        while let Some(&byte) = bytes.get(place) {
            if KEY.has(byte) {
                let start = self.run_back(0, place, KEY);
                let end = self.run(place, KEY);
                if end - start >= STRETCH_LEN_MIN {
                    self.look_at_stretch(start, end);
                }
                place = end;
            }
            place += STRETCH_LEN_MIN;
        }
    }

    /// Where the last digit of a part of the text is, plus one; 0 where there is none.
    fn last_digit(&self, from: usize, to: usize) -> usize {
        let mut at = to;
        while at > from {
            if DIGIT.has(self.before(at)) {
                return at;
            }
            at -= 1;
        }
        0
    }

    /// Looks at a stretch of letters, digits, `_`, `-` and dots. A token lies wholly in one.
    fn look_at_stretch(&mut self, start: usize, end: usize) {
        // Every token has a digit somewhere; names of classes and hosts mostly have none.
        if self.last_digit(start, end) == 0 {
            return;
        }
        // The run of base64url characters that we are in, where its last digit is, and whether a JSON
        // web token may start in it. Several words may start in one run; it is measured only once.
        let (mut run, mut digit, mut jwt) = (0, 0, true);
        let mut at = start;
        while at < end {
            let first = self.at(at);
            if !WORD.has(first) || !self.starts_word(at) {
                at += 1;
                continue;
            }
            let word = self.run(at, WORD);
            if !may_start(first) {
                at = word;
                continue;
            }
            if at >= run {
                run = self.run(at, BASE64URL);
                digit = self.last_digit(at, run);
                jwt = true;
            }
            let (mut found, mut kind) = (0, SecretKind::Jwt);
            if jwt && self.starts(at, JWT_START) {
                // Whatever fails here fails for every later start in the same run.
                jwt = false;
                found = self.jwt_end(at, run);
            }
            if found == 0 {
                (found, kind) = self.prefixed(at, run, digit);
            }
            self.report(at, found, kind);
            at = if found > 0 { found } else { word };
        }
    }

    /// Whether the text goes on with another, in this case.
    fn starts(&self, at: usize, text: &str) -> bool {
        self.slice(at, at + text.len()) == text.as_bytes()
    }

    /// Three parts of base64url, the first two of them JSON objects; 0 for anything else.
    fn jwt_end(&self, at: usize, run: usize) -> usize {
        let payload = run + 1;
        let payload_end = self.run(payload, BASE64URL);
        let dots = self.at(run) == b'.' && self.at(payload_end) == b'.';
        if run - at < JWT_PART_LEN_MIN || !dots || !self.starts(payload, JWT_START) {
            return 0;
        }
        self.run(payload_end + 1, BASE64URL)
    }

    /// Where a token with a known prefix ends, or 0, and its kind.
    fn prefixed(&self, at: usize, run: usize, digit: usize) -> (usize, SecretKind) {
        let rest = self.slice(at, self.len());
        let Some(number) = words::find(PREFIXES, rest, At::Start) else {
            return (0, SecretKind::Token);
        };
        let start = at + words::nth(PREFIXES, number).len();
        let (end, kind) = match number {
            TICKETS.. => (self.run(start, BASE64URL), SecretKind::Ticket),
            // Every other prefix is within the run.
            TOKENS.. => (run, SecretKind::Token),
            _ => (run, SecretKind::AccessKey),
        };
        let long = end >= start + usize::from(LENS_MIN[number]);
        let good = long && (number >= TICKETS || digit > start);
        (if good { end } else { 0 }, kind)
    }
}

/// Whether a token starts with a letter.
fn may_start(letter: u8) -> bool {
    matches!(
        letter,
        b'A' | b'L' | b'g' | b'x' | b's' | b'r' | b'n' | b'p' | b'h' | b'F' | b'e'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_filters_let_every_shape_through() {
        let prefixes: Vec<&str> = PREFIXES.split_ascii_whitespace().collect();
        assert_eq!(prefixes.len(), LENS_MIN.len());
        for (prefix, len_min) in prefixes.iter().zip(LENS_MIN) {
            assert!(may_start(prefix.as_bytes()[0]), "{prefix}");
            assert!(prefix.len() + usize::from(*len_min) >= STRETCH_LEN_MIN);
            assert!(prefix.bytes().all(|byte| KEY.has(byte)));
        }
        assert!(may_start(JWT_START.as_bytes()[0]));
        assert_eq!((prefixes[TOKENS], prefixes[TICKETS]), ("ghp_", "FS1."));
    }
}
