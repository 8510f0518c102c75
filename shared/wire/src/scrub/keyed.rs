//! Values whose name says that they are secret: `password=…`, `"api_key": "…"`, `--token …`,
//! `Authorization: …`, `Cookie: …`, and what follows `Bearer`.

use super::SecretKind;
use super::class::{BLANK, DIGIT, KEY, PAIR, SPACE, TOKEN, UNQUOTED};
use super::piece::{Piece, Span, looks_random};
use alloc::string::String;
use alloc::vec::Vec;

/// Longest field name looked at, without separators.
pub(super) const KEY_BYTES_MAX: usize = 40;

/// Names, in lower case and without separators, that count at the end of a field's name.
const SECRET_KEYS: [&str; 14] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "accesskey",
    "secretkey",
    "privatekey",
    "credential",
    "credentials",
    "sessionid",
    "phpsessid",
    "signature",
];
/// Those of them that also name a thing that errors speak of (`secret: not found`).
const OBJECT_KEYS: [&str; 5] = ["token", "secret", "signature", "credential", "credentials"];
/// Bytes at which a name may end or start.
const TRIGGERS: [bool; 256] = {
    let mut triggers = [false; 256];
    let bytes = b"=:-bB\xe4\xe5";
    let mut index = 0;
    while index < bytes.len() {
        triggers[bytes[index] as usize] = true;
        index += 1;
    }
    triggers
};
const BEARER: &str = "bearer";
/// The last two letters of all names.
const KEY_ENDS: [[u8; 2]; 13] = [
    *b"rd", *b"wd", *b"se", *b"et", *b"en", *b"ey", *b"al", *b"ls", *b"id", *b"re", *b"on", *b"ie",
    *b"er",
];
const AUTHORIZATION_SCHEMES: [&str; 7] = [
    "basic",
    "bearer",
    "token",
    "apikey",
    "negotiate",
    "ntlm",
    "digest",
];
const CHINESE_KEYS: [&str; 4] = ["密码", "口令", "密钥", "令牌"];

/// Values that stand for "there is none" or "there is one", not for a secret.
const PLAIN_VALUES: [&str; 12] = [
    "yes",
    "no",
    "true",
    "false",
    "null",
    "nil",
    "none",
    "undefined",
    "empty",
    "required",
    "missing",
    "invalid",
];

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
struct ValueAt {
    start: usize,
    end: usize,
    join: Join,
    quoted: bool,
    /// The name stood in quotes, as in JSON.
    field: bool,
}

/// Longest start of a value by which it is judged. Values that overlap could otherwise make the
/// whole take quadratic time.
const JUDGED_BYTES_MAX: usize = 64;

pub(super) fn find(piece: &Piece<'_>, keys: &[String], spans: &mut Vec<Span>) {
    let mut finder = Finder {
        piece,
        keys,
        spans,
        unquoted: (0, 0),
    };
    // What lies before the cursor has been taken out.
    let mut cursor = 0;
    let mut at = 0;
    while let Some(skipped) = next_trigger(piece, at) {
        at += skipped;
        let name = match piece.bytes[at] {
            b'=' | b':' => name_before(piece, keys, cursor, at),
            b'-' => flag_at(piece, cursor, at),
            b'b' | b'B' => bearer_at(piece, cursor, at),
            0xe4 | 0xe5 => {
                at = finder.chinese(at);
                cursor = cursor.max(at);
                continue;
            }
            _ => None,
        };
        at += 1;
        if let Some((start, end)) = name {
            let next = finder.keyed(start, end);
            if next > end {
                cursor = next;
                at = at.max(next);
            }
        }
    }
}

fn next_trigger(piece: &Piece<'_>, from: usize) -> Option<usize> {
    let rest = piece.bytes.get(from..)?;
    rest.iter().position(|&byte| TRIGGERS[usize::from(byte)])
}

/// The name before a separator: with blanks between them, in quotes, or neither.
fn name_before(
    piece: &Piece<'_>,
    keys: &[String],
    cursor: usize,
    separator: usize,
) -> Option<(usize, usize)> {
    let mut before = &piece.bytes[cursor..separator];
    while let [rest @ .., b' ' | b'\t'] = before {
        before = rest;
    }
    if let [rest @ .., b'"' | b'\''] = before {
        before = rest;
        if let [rest @ .., b'\\'] = before {
            before = rest;
        }
    }
    if keys.is_empty() && !may_be_key(before) {
        return None;
    }
    let len = KEY.len_at_end(before);
    let end = cursor + before.len();
    (len > 0).then_some((end - len, end))
}

/// `--name` with a blank after it, where it starts.
fn flag_at(piece: &Piece<'_>, cursor: usize, at: usize) -> Option<(usize, usize)> {
    if piece.bytes.get(at + 1) != Some(&b'-') || (at > cursor && KEY.has(piece.bytes[at - 1])) {
        return None;
    }
    let end = piece.run(at, KEY);
    let blank = piece.bytes.get(end).is_some_and(|&byte| BLANK.has(byte));
    blank.then_some((at, end))
}

/// `Bearer` and a space, where it starts.
fn bearer_at(piece: &Piece<'_>, cursor: usize, at: usize) -> Option<(usize, usize)> {
    let end = at + BEARER.len();
    let alone = at == cursor || !KEY.has(piece.bytes[at - 1]);
    (alone && piece.bytes.get(end) == Some(&b' ') && piece.has(at, BEARER)).then_some((at, end))
}

struct Finder<'a> {
    piece: &'a Piece<'a>,
    keys: &'a [String],
    spans: &'a mut Vec<Span>,
    /// The last run of unquoted characters. Names inside it share its end; it is measured once.
    unquoted: (usize, usize),
}

impl Finder<'_> {
    /// Looks at one name and what follows it; returns where to go on: after what was taken out, or
    /// with what follows the name.
    fn keyed(&mut self, start: usize, end: usize) -> usize {
        let piece = self.piece;
        let mut buffer = [0; KEY_BYTES_MAX];
        let name = normalized(&piece.bytes[start..end], &mut buffer);
        // A name that touches a marker may be the rest of a longer one.
        let whole = piece.starts_word(start);
        if name == BEARER.as_bytes() && whole {
            return self.bearer(end);
        }
        let upper = &piece.bytes[start..end] == b"PWD";
        let Some(kind) = self.kind(name, whole && !upper) else {
            return end;
        };
        let flag = whole && piece.bytes[start..end].starts_with(b"--");
        let Some(value) = self.value_at(end, flag) else {
            return end;
        };
        let word = &piece.bytes[value.start..value.end];
        let value_end = match kind {
            SecretKind::Secret => is_secret(piece, &value, name).then_some(value.end),
            _ if value.quoted => Some(value.end),
            SecretKind::Cookie => judged(word)
                .contains(&b'=')
                .then(|| cookies_end(piece, value.start)),
            _ => self.authorization_end(&value),
        };
        let Some(value_end) = value_end else {
            return end;
        };
        piece.report(value.start, value_end, kind, self.spans);
        value_end
    }

    fn kind(&self, name: &[u8], may_be_pwd: bool) -> Option<SecretKind> {
        let is = |wanted: &str| name.ends_with(wanted.as_bytes());
        if is("authorization") {
            Some(SecretKind::Authorization)
        } else if is("cookie") {
            Some(SecretKind::Cookie)
        } else {
            let secret = SECRET_KEYS.iter().any(|key| is(key))
                || self.keys.iter().any(|key| is(key))
                || (name == b"pwd" && may_be_pwd);
            secret.then_some(SecretKind::Secret)
        }
    }

    /// The value after a name, if something joins them.
    fn value_at(&mut self, name_end: usize, flag: bool) -> Option<ValueAt> {
        let byte = |at: usize| self.piece.bytes.get(at).copied();
        let mut at = name_end;
        // The closing quote of a quoted name, escaped or not.
        let escape = usize::from(byte(at) == Some(b'\\'));
        let field = matches!(byte(at + escape), Some(b'"' | b'\''));
        if field {
            at += escape + 1;
        }
        let spaced = self.piece.run(at, BLANK);
        let next = byte(spaced + 1);
        let (join, at) = match byte(spaced)? {
            b'=' => (Join::Equals, spaced + 1 + usize::from(next == Some(b'>'))),
            b':' if next == Some(b'=') => (Join::Equals, spaced + 2),
            b':' if next.is_some_and(|byte| BLANK.has(byte)) => (Join::Loose, spaced + 1),
            b':' => (Join::Tight, spaced + 1),
            _ if flag && spaced == name_end + 1 => (Join::Flag, spaced),
            _ => return None,
        };
        self.value_after(at, join)
            .map(|value| ValueAt { field, ..value })
    }

    fn value_after(&mut self, at: usize, join: Join) -> Option<ValueAt> {
        let byte = |at: usize| self.piece.bytes.get(at).copied();
        let at = self.piece.run(at, BLANK);
        let escape = usize::from(byte(at) == Some(b'\\'));
        let quote = byte(at + escape).filter(|byte| b"\"'`".contains(byte));
        let (start, end) = match quote {
            Some(quote) => {
                let start = at + escape + 1;
                (start, quoted_end(self.piece, start, quote, escape == 1))
            }
            None => (at, self.unquoted_end(at)),
        };
        let quoted = quote.is_some();
        (start < end).then_some(ValueAt {
            start,
            end,
            join,
            quoted,
            field: false,
        })
    }

    fn unquoted_end(&mut self, at: usize) -> usize {
        if !(self.unquoted.0..self.unquoted.1).contains(&at) {
            self.unquoted = (at, self.piece.run(at, UNQUOTED));
        }
        self.unquoted.1
    }

    /// `Bearer` and a token.
    fn bearer(&mut self, end: usize) -> usize {
        let token = self.piece.run(end, SPACE);
        let token_end = self.piece.run(token, TOKEN);
        let clear = token > end && self.piece.ends_word(token_end);
        if clear && looks_random(&self.piece.bytes[token..token_end]) {
            self.piece
                .report(token, token_end, SecretKind::Authorization, self.spans);
            return token_end;
        }
        end
    }

    /// Where an authorization header's value ends: with one word, or a scheme and one word. `None`
    /// for a word that does not look like credentials.
    fn authorization_end(&mut self, value: &ValueAt) -> Option<usize> {
        let word = &self.piece.bytes[value.start..value.end];
        let scheme = |scheme: &str| word.eq_ignore_ascii_case(scheme.as_bytes());
        // More of the word may have stood where a marker now is.
        let cut = self.piece.touches_after && value.end == self.piece.bytes.len();
        if !cut && AUTHORIZATION_SCHEMES.iter().any(|name| scheme(name)) {
            let next = self.piece.run(value.end, SPACE);
            return Some(self.unquoted_end(next).max(value.end));
        }
        let credentials = looks_random(judged(word)) || judged(word).contains(&b'=');
        credentials.then_some(value.end)
    }

    /// A Chinese name and its value; returns where to go on.
    fn chinese(&mut self, at: usize) -> usize {
        let rest = &self.piece.bytes[at..];
        let Some(key) = CHINESE_KEYS
            .iter()
            .find(|key| rest.starts_with(key.as_bytes()))
        else {
            return at + 1;
        };
        let end = at + key.len();
        let wide_colon = "：".as_bytes();
        let value = if self.piece.bytes[end..].starts_with(wide_colon) {
            self.value_after(end + wide_colon.len(), Join::Tight)
        } else {
            self.value_at(end, false)
        };
        if let Some(value) = value
            && is_secret(self.piece, &value, b"")
        {
            self.piece
                .report(value.start, value.end, SecretKind::Secret, self.spans);
            return value.end;
        }
        end
    }
}

fn judged(word: &[u8]) -> &[u8] {
    &word[..word.len().min(JUDGED_BYTES_MAX)]
}

/// Whether text ends as one of the built-in names does. Most words do not, and cost no more.
fn may_be_key(text: &[u8]) -> bool {
    let mut letters = text
        .iter()
        .rev()
        .take_while(|byte| KEY.has(**byte))
        .filter(|byte| byte.is_ascii_alphanumeric());
    let (Some(last), Some(before)) = (letters.next(), letters.next()) else {
        return false;
    };
    KEY_ENDS.contains(&[before.to_ascii_lowercase(), last.to_ascii_lowercase()])
}

/// The last letters and digits of a name, in lower case.
fn normalized<'b>(name: &[u8], buffer: &'b mut [u8; KEY_BYTES_MAX]) -> &'b [u8] {
    let mut start = KEY_BYTES_MAX;
    for byte in name
        .iter()
        .rev()
        .filter(|byte| byte.is_ascii_alphanumeric())
    {
        if start == 0 {
            break;
        }
        start -= 1;
        buffer[start] = byte.to_ascii_lowercase();
    }
    &buffer[start..]
}

/// Where a quoted value ends: at the quote in the manner in which it was opened, or with the text.
fn quoted_end(piece: &Piece<'_>, start: usize, quote: u8, escaped: bool) -> usize {
    let mut at = start;
    while let Some(&byte) = piece.bytes.get(at) {
        if byte == b'\\' {
            if escaped && piece.bytes.get(at + 1) == Some(&quote) {
                return at;
            }
            // The escaped character may be a wide one, of which only the first byte is skipped; the
            // others are never a quote or a backslash.
            at += 2;
        } else if byte == quote {
            return at;
        } else {
            at += 1;
        }
    }
    piece.bytes.len()
}

fn is_secret(piece: &Piece<'_>, value: &ValueAt, name: &[u8]) -> bool {
    let bytes = &piece.bytes[value.start..value.end];
    let plain = |word: &str| bytes.eq_ignore_ascii_case(word.as_bytes());
    if PLAIN_VALUES.iter().any(|word| plain(word)) {
        return false;
    }
    if name == b"pwd" && bytes[0] == b'/' {
        return false;
    }
    let object = name == b"pwd" || OBJECT_KEYS.iter().any(|key| name.ends_with(key.as_bytes()));
    match value.join {
        _ if value.quoted && (value.field || !object) => true,
        Join::Equals => true,
        // The scheme of a URL.
        Join::Tight if bytes.starts_with(b"//") => false,
        Join::Tight => !(object && is_port(bytes)),
        Join::Flag if bytes[0] == b'-' => false,
        Join::Loose if object => looks_random(judged(bytes)),
        Join::Flag | Join::Loose => !is_prose(piece, value, bytes),
    }
}

/// A port, as in `my-token:8080/path`.
fn is_port(bytes: &[u8]) -> bool {
    let digits = DIGIT.len_at_start(bytes);
    (1..=5).contains(&digits) && bytes.get(digits).is_none_or(|&byte| byte == b'/')
}

/// A word in letters, followed by another: a sentence about passwords, not a password.
fn is_prose(piece: &Piece<'_>, value: &ValueAt, bytes: &[u8]) -> bool {
    let letters = bytes.iter().all(u8::is_ascii_alphabetic);
    let next = piece.run(value.end, BLANK);
    let goes_on = piece
        .at(next)
        .is_some_and(|byte| byte.is_ascii_alphabetic());
    letters && goes_on
}

/// Where a cookie header's value ends: pairs of name and value, `; ` between them.
fn cookies_end(piece: &Piece<'_>, start: usize) -> usize {
    let mut end = piece.run(start, PAIR);
    while piece.bytes.get(end) == Some(&b';') {
        let next = piece.run(end + 1, SPACE);
        let next_end = piece.run(next, PAIR);
        if next_end == next {
            break;
        }
        end = next_end;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_filter_lets_every_name_through() {
        let others = [
            "authorization",
            "cookie",
            "bearer",
            "pwd",
            "Bearer",
            "db.PassWord-",
        ];
        for name in SECRET_KEYS.iter().chain(&others) {
            assert!(may_be_key(name.as_bytes()), "{name}");
        }
        assert!(!may_be_key(b"") && !may_be_key(b"d") && !may_be_key(b"--"));
    }
}
