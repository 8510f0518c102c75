//! Values whose name says that they are secret: `password=…`, `"api_key": "…"`, `--token …`,
//! `Authorization: …`, `Cookie: …`, and what follows `Bearer`.

use super::SecretKind;
use super::class::{BLANK, DIGIT, KEY, PAIR, SPACE, TOKEN, TRIGGER, UNQUOTED};
use super::piece::Piece;
use super::words::{self, At};

/// Longest field name looked at, without separators.
pub(super) const KEY_BYTES_MAX: usize = 40;
/// Names without separators that count at the end of a field's name. From the third on they name
/// secrets, and five of those also name a thing that errors speak of (`secret: not found`).
const NAMES: &str = "authorization cookie token secret signature credential credentials \
    password passwd passphrase apikey accesskey secretkey privatekey sessionid phpsessid ";
const AUTHORIZATION: usize = 0;
const COOKIE: usize = 1;
const OBJECTS_END: usize = 7;
/// The number of a name that is the app's own, or in Chinese.
const OTHER: usize = 16;
/// The number of `pwd`, which counts only alone, and in capitals is a folder.
const PWD: usize = OTHER + 1;
const BEARER: &str = "bearer";
/// The last two letters of all names.
const NAME_ENDS: [[u8; 2]; 13] = [
    *b"rd", *b"wd", *b"se", *b"et", *b"en", *b"ey", *b"al", *b"ls", *b"id", *b"re", *b"on", *b"ie",
    *b"er",
];
const AUTHORIZATION_SCHEMES: &str = "basic bearer token apikey negotiate ntlm digest ";
const CHINESE_NAMES: &str = "密码 口令 密钥 令牌 ";
const CHINESE_NAME_BYTES: usize = 6;
const WIDE_COLON: &str = "：";
/// Values that stand for "there is none" or "there is one", not for a secret.
const PLAIN_VALUES: &str =
    "yes no true false null nil none undefined empty required missing invalid ";
/// Longest start of a value by which it is judged. Values that overlap could otherwise make the
/// whole take quadratic time.
const JUDGED_BYTES_MAX: usize = 64;

/// How a name and its value are joined.
#[derive(Clone, Copy, PartialEq)]
enum Join {
    /// `=`, `:=` or `=>`.
    Equals,
    /// `:` without white space after it.
    Tight,
    /// `:` and white space.
    Loose,
    /// White space only, after `--name`.
    Flag,
}

/// A value's place in the text, without its quotes.
#[derive(Clone, Copy)]
struct Value {
    start: usize,
    end: usize,
    join: Join,
    quoted: bool,
    /// The name stood in quotes, as in JSON.
    field: bool,
}

impl Value {
    /// Where the part ends by which it is judged.
    fn judged_end(&self) -> usize {
        self.end.min(self.start + JUDGED_BYTES_MAX)
    }
}

/// The last run of unquoted characters. Names inside it share its end; it is measured once.
type Unquoted = (usize, usize);

impl Piece<'_> {
    pub(super) fn find_keyed(&mut self) {
        // A copy: the loop need not look up where the bytes are.
        let bytes = self.bytes;
        let mut unquoted = (0, 0);
        // What lies before the cursor has been taken out.
        let mut cursor = 0;
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if !TRIGGER.has(byte) {
                at += 1;
                continue;
            }
            // Most hyphens and letters are nothing, as the byte after them tells at once.
            let next = bytes.get(at + 1).copied().unwrap_or_default();
            let nothing = match byte {
                b'-' => next != b'-',
                b'b' | b'B' => next | 0x20 != b'e',
                _ => false,
            };
            if nothing {
                at += 1;
                continue;
            }
            let (start, end) = self.name_at(cursor, at, byte);
            let next = if start >= end {
                0
            } else if byte >= 0x80 {
                self.chinese(end, &mut unquoted)
            } else {
                self.keyed(start, end, &mut unquoted)
            };
            // A Chinese name is stepped over: its bytes are no start of another.
            at = if byte >= 0x80 {
                end.max(at + 1)
            } else {
                at + 1
            };
            if next > end {
                cursor = next;
                at = at.max(next);
            }
        }
    }

    /// The name that ends or starts at a trigger; empty where there is none.
    fn name_at(&self, cursor: usize, at: usize, trigger: u8) -> (usize, usize) {
        let alone = at == cursor || !KEY.has(self.before(at));
        let mut end = at;
        match trigger {
            // Before a separator: with blanks between them, in quotes, or neither.
            b'=' | b':' => {
                end = self.run_back(cursor, end, BLANK);
                if end > cursor && matches!(self.before(end), b'"' | b'\'') {
                    end -= 1;
                    if end > cursor && self.before(end) == b'\\' {
                        end -= 1;
                    }
                }
                if !self.keys.is_empty() || self.may_end_name(cursor, end) {
                    return (self.run_back(cursor, end, KEY), end);
                }
            }
            // `--name` with a blank after it.
            b'-' if alone && self.at(at + 1) == b'-' => {
                let key_end = self.run(at, KEY);
                if BLANK.has(self.at(key_end)) {
                    end = key_end;
                }
            }
            // `Bearer` and a space.
            b'b' | b'B' if alone && self.at(at + BEARER.len()) == b' ' && self.has(at, BEARER) => {
                end += BEARER.len();
            }
            0x80.. => {
                let rest = self.slice(at, self.len());
                if words::find(CHINESE_NAMES, rest, At::Start).is_some() {
                    end += CHINESE_NAME_BYTES;
                }
            }
            _ => {}
        }
        (at, end)
    }

    /// Whether text ends as one of the built-in names does. Most words do not, and cost no more.
    fn may_end_name(&self, from: usize, to: usize) -> bool {
        let mut ends = [0; 2];
        let mut left = 2;
        let mut before = self.slice(from, to);
        while left > 0 {
            let [rest @ .., byte] = before else {
                return false;
            };
            before = rest;
            if !KEY.has(*byte) {
                return false;
            }
            if byte.is_ascii_alphanumeric() {
                left -= 1;
                ends[left] = byte.to_ascii_lowercase();
            }
        }
        NAME_ENDS.contains(&ends)
    }

    /// Looks at one name and what follows it; returns where to go on: after what was taken out, or
    /// with what follows the name.
    fn keyed(&mut self, start: usize, end: usize, unquoted: &mut Unquoted) -> usize {
        // The last letters and digits of the name.
        let mut buffer = [0; KEY_BYTES_MAX];
        let mut first = KEY_BYTES_MAX;
        let mut at = end;
        while at > start && first > 0 {
            at -= 1;
            let byte = self.at(at);
            if byte.is_ascii_alphanumeric() {
                first -= 1;
                buffer[first] = byte;
            }
        }
        let name = buffer.get(first..).unwrap_or_default();
        // A name that touches a marker may be the rest of a longer one.
        let whole = self.starts_word(start);
        if whole && name.eq_ignore_ascii_case(BEARER.as_bytes()) {
            return self.bearer(end);
        }
        let pwd = name.eq_ignore_ascii_case(b"pwd");
        let number = match words::find(NAMES, name, At::End) {
            Some(number) => number,
            None if self.is_own(name) || pwd && whole && self.slice(start, end) != b"PWD" => {
                OTHER + usize::from(pwd)
            }
            None => return end,
        };
        let flag = whole && self.has(start, "--");
        let Some(value) = self.value_at(end, flag, unquoted) else {
            return end;
        };
        let (kind, value_end) = match number {
            AUTHORIZATION if value.quoted => (SecretKind::Authorization, value.end),
            AUTHORIZATION => (
                SecretKind::Authorization,
                self.authorization_end(&value, unquoted),
            ),
            COOKIE if value.quoted => (SecretKind::Cookie, value.end),
            COOKIE if self.find(value.start, value.judged_end(), b'=') < value.judged_end() => {
                (SecretKind::Cookie, self.cookies_end(value.start))
            }
            COOKIE => return end,
            _ if self.is_secret(&value, number) => (SecretKind::Secret, value.end),
            _ => return end,
        };
        self.report(value.start, value_end, kind);
        value_end.max(end)
    }

    /// Whether a name ends as one that the app added.
    fn is_own(&self, name: &[u8]) -> bool {
        self.keys.iter().any(|key| {
            let start = name.len().wrapping_sub(key.len());
            let end = name.get(start..).unwrap_or_default();
            end.eq_ignore_ascii_case(key.as_bytes())
        })
    }

    /// The value after a name, if something joins them.
    fn value_at(&self, name_end: usize, flag: bool, unquoted: &mut Unquoted) -> Option<Value> {
        let mut at = name_end;
        // The closing quote of a quoted name, escaped or not.
        let escape = usize::from(self.at(at) == b'\\');
        let field = matches!(self.at(at + escape), b'"' | b'\'');
        if field {
            at += escape + 1;
        }
        let spaced = self.run(at, BLANK);
        let next = self.at(spaced + 1);
        let (join, at) = match self.at(spaced) {
            b'=' => (Join::Equals, spaced + 1 + usize::from(next == b'>')),
            b':' if next == b'=' => (Join::Equals, spaced + 2),
            b':' if BLANK.has(next) => (Join::Loose, spaced + 1),
            b':' => (Join::Tight, spaced + 1),
            _ if flag && spaced == name_end + 1 => (Join::Flag, spaced),
            _ => return None,
        };
        self.value_after(at, join, field, unquoted)
    }

    fn value_after(
        &self,
        at: usize,
        join: Join,
        field: bool,
        unquoted: &mut Unquoted,
    ) -> Option<Value> {
        let mut start = self.run(at, BLANK);
        let escape = usize::from(self.at(start) == b'\\');
        let quote = self.at(start + escape);
        let quoted = matches!(quote, b'"' | b'\'' | b'`');
        let end = if quoted {
            start += escape + 1;
            self.quoted_end(start, quote, escape == 1)
        } else {
            self.unquoted_end(start, unquoted)
        };
        (start < end).then_some(Value {
            start,
            end,
            join,
            quoted,
            field,
        })
    }

    fn unquoted_end(&self, at: usize, unquoted: &mut Unquoted) -> usize {
        if !(unquoted.0..unquoted.1).contains(&at) {
            *unquoted = (at, self.run(at, UNQUOTED));
        }
        unquoted.1
    }

    /// Where a quoted value ends: at the quote in the manner in which it was opened, or with the text.
    fn quoted_end(&self, start: usize, quote: u8, escaped: bool) -> usize {
        let mut at = start;
        while at < self.len() {
            let byte = self.at(at);
            if byte == b'\\' {
                if escaped && self.at(at + 1) == quote {
                    return at;
                }
                // The escaped character may be a wide one, of which only the first byte is skipped;
                // the others are never a quote or a backslash.
                at += 1;
            } else if byte == quote {
                return at;
            }
            at += 1;
        }
        self.len()
    }

    /// `Bearer` and a token.
    fn bearer(&mut self, end: usize) -> usize {
        let token = self.run(end, SPACE);
        let token_end = self.run(token, TOKEN);
        let clear = token > end && self.ends_word(token_end);
        if clear && self.looks_random(token, token_end) {
            self.report(token, token_end, SecretKind::Authorization);
            return token_end;
        }
        end
    }

    /// Where an authorization header's value ends: with one word, or a scheme and one word. 0 for a
    /// word that does not look like credentials.
    fn authorization_end(&self, value: &Value, unquoted: &mut Unquoted) -> usize {
        // More of the word may have stood where a marker now is.
        let cut = self.touches_after && value.end == self.len();
        if !cut && self.is_word_of(AUTHORIZATION_SCHEMES, value.start, value.end) {
            let next = self.run(value.end, SPACE);
            return self.unquoted_end(next, unquoted).max(value.end);
        }
        let judged = value.judged_end();
        let credentials =
            self.looks_random(value.start, judged) || self.find(value.start, judged, b'=') < judged;
        if credentials { value.end } else { 0 }
    }

    /// A Chinese name and its value; returns where to go on.
    fn chinese(&mut self, end: usize, unquoted: &mut Unquoted) -> usize {
        let value = if self.has(end, WIDE_COLON) {
            self.value_after(end + WIDE_COLON.len(), Join::Tight, false, unquoted)
        } else {
            self.value_at(end, false, unquoted)
        };
        if let Some(value) = value
            && self.is_secret(&value, OTHER)
        {
            self.report(value.start, value.end, SecretKind::Secret);
            return value.end;
        }
        end
    }

    fn is_secret(&self, value: &Value, number: usize) -> bool {
        let &Value { start, end, .. } = value;
        let first = self.at(start);
        if self.is_word_of(PLAIN_VALUES, start, end) || (number == PWD && first == b'/') {
            return false;
        }
        let object = number == PWD || number < OBJECTS_END;
        match value.join {
            _ if value.quoted && (value.field || !object) => true,
            Join::Equals => true,
            // The scheme of a URL.
            Join::Tight if self.has(start, "//") && end > start + 1 => false,
            Join::Tight => !(object && self.is_port(start, end)),
            Join::Flag if first == b'-' => false,
            Join::Loose if object => self.looks_random(start, value.judged_end()),
            Join::Flag | Join::Loose => !self.is_prose(start, end),
        }
    }

    /// A port, as in `my-token:8080/path`.
    fn is_port(&self, start: usize, end: usize) -> bool {
        let digits_end = self.run(start, DIGIT).min(end);
        (1..=5).contains(&(digits_end - start))
            && (digits_end == end || self.at(digits_end) == b'/')
    }

    /// A word in letters, followed by another: a sentence about passwords, not a password.
    fn is_prose(&self, start: usize, end: usize) -> bool {
        let next = self.run(end, BLANK);
        self.letters(start, end) && self.at(next).is_ascii_alphabetic()
    }

    /// Where a cookie header's value ends: pairs of name and value, `; ` between them.
    fn cookies_end(&self, start: usize) -> usize {
        let mut end = self.run(start, PAIR);
        while self.at(end) == b';' {
            let next = self.run(end + 1, SPACE);
            let next_end = self.run(next, PAIR);
            if next_end == next {
                break;
            }
            end = next_end;
        }
        end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_filter_lets_every_name_through() {
        let may_be_key = |text: &str| {
            let bytes = text.as_bytes();
            let piece = Piece {
                bytes,
                ..Piece::default()
            };
            piece.may_end_name(0, bytes.len())
        };
        for name in NAMES.split_ascii_whitespace() {
            assert!(may_be_key(name), "{name}");
        }
        for name in ["bearer", "pwd", "Bearer", "db.PassWord-"] {
            assert!(may_be_key(name), "{name}");
        }
        assert!(!may_be_key("") && !may_be_key("d") && !may_be_key("--"));
    }

    #[test]
    fn numbers_of_names_are_their_places() {
        let names: Vec<&str> = NAMES.split_ascii_whitespace().collect();
        assert_eq!(names.len(), OTHER);
        assert_eq!(
            (names[AUTHORIZATION], names[COOKIE], names[OBJECTS_END]),
            ("authorization", "cookie", "password")
        );
        for name in CHINESE_NAMES.split_ascii_whitespace() {
            assert_eq!(name.len(), CHINESE_NAME_BYTES);
        }
    }
}
