//! Classes of bytes, as one table: a look-up is faster than comparisons, and one loop over runs of
//! any class is less code than one for each.

/// A set of bytes.
#[derive(Clone, Copy)]
pub(super) struct Class(u16);

/// Letters, digits and `_`.
pub(super) const WORD: Class = Class(1);
/// What names of fields and tokens are made of: words, `-` and `.`.
pub(super) const KEY: Class = Class(1 << 1);
/// Words and `-`.
pub(super) const BASE64URL: Class = Class(1 << 2);
/// Base64 of either alphabet, and dots.
pub(super) const TOKEN: Class = Class(1 << 3);
/// Space and tab.
pub(super) const BLANK: Class = Class(1 << 4);
/// Space only.
pub(super) const SPACE: Class = Class(1 << 5);
/// What a value without quotes is made of: printable ASCII, up to what ends it.
pub(super) const UNQUOTED: Class = Class(1 << 6);
/// What a name and value in a cookie header are made of.
pub(super) const PAIR: Class = Class(1 << 7);
/// Digits.
pub(super) const DIGIT: Class = Class(1 << 8);
/// Part of a domain between dots.
pub(super) const LABEL: Class = Class(1 << 9);
/// Labels and the dots between them.
pub(super) const DOMAIN: Class = Class(1 << 10);
/// What stands between `://` and the path.
pub(super) const AUTHORITY: Class = Class(1 << 11);
/// User and password before `@` in a data source name.
pub(super) const USERINFO: Class = Class(1 << 12);
/// The part of an e-mail address before `@`.
pub(super) const LOCAL_PART: Class = Class(1 << 13);
/// At which the name of a secret field may end or start.
pub(super) const TRIGGER: Class = Class(1 << 15);
/// The lines of a PEM block.
pub(super) const PEM_BODY: Class = Class(1 << 14);

static CLASSES: [u16; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < classes.len() {
        classes[byte] = classes_of(byte as u8);
        byte += 1;
    }
    classes
};

const fn classes_of(byte: u8) -> u16 {
    let alphanumeric = byte.is_ascii_alphanumeric();
    let word = alphanumeric || byte == b'_';
    let dark = !byte.is_ascii_whitespace();
    let members = [
        (WORD, word),
        (KEY, word || matches!(byte, b'-' | b'.')),
        (BASE64URL, word || byte == b'-'),
        (
            TOKEN,
            alphanumeric || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/' | b'='),
        ),
        (BLANK, matches!(byte, b' ' | b'\t')),
        (SPACE, byte == b' '),
        (
            UNQUOTED,
            byte.is_ascii_graphic()
                && !matches!(
                    byte,
                    b'&' | b','
                        | b';'
                        | b'"'
                        | b'\''
                        | b'`'
                        | b')'
                        | b'}'
                        | b']'
                        | b'>'
                        | b'<'
                        | b'|'
                        | b'\\'
                ),
        ),
        (
            PAIR,
            dark && !matches!(byte, b'"' | b'\'' | b'`' | b';' | b'\\'),
        ),
        (
            TRIGGER,
            matches!(byte, b'=' | b':' | b'-' | b'b' | b'B' | 0xe4 | 0xe5),
        ),
        (DIGIT, byte.is_ascii_digit()),
        (LABEL, alphanumeric || byte == b'-'),
        (DOMAIN, alphanumeric || matches!(byte, b'-' | b'.')),
        (
            AUTHORITY,
            dark && !matches!(
                byte,
                b'/' | b'?' | b'#' | b'"' | b'\'' | b'<' | b'>' | b'`' | b'\\'
            ),
        ),
        (
            USERINFO,
            dark && !matches!(byte, b'"' | b'\'' | b'`' | b'=' | b'/'),
        ),
        (
            LOCAL_PART,
            word || matches!(byte, b'.' | b'%' | b'+' | b'-'),
        ),
        (
            PEM_BODY,
            alphanumeric
                || matches!(
                    byte,
                    b'+' | b'/' | b'=' | b'\r' | b'\n' | b'\t' | b' ' | b'\\'
                ),
        ),
    ];
    let mut classes = 0;
    let mut index = 0;
    while index < members.len() {
        if members[index].1 {
            classes |= members[index].0.0;
        }
        index += 1;
    }
    classes
}

impl Class {
    /// Whether a byte is in the class.
    pub(super) fn has(self, byte: u8) -> bool {
        CLASSES[usize::from(byte)] & self.0 != 0
    }

    /// Whether all bytes are in the class.
    pub(super) fn has_all(self, bytes: &[u8]) -> bool {
        bytes.iter().all(|&byte| self.has(byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(class: Class, members: &str) {
        let found: String = (0..=0x7f_u8)
            .filter(|&byte| class.has(byte))
            .map(char::from)
            .collect();
        assert_eq!(found, members);
    }

    const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz";

    #[test]
    fn members_of_each_class_in_order() {
        let upper = LETTERS.to_uppercase();
        check(DIGIT, "0123456789");
        check(BLANK, "\t ");
        check(SPACE, " ");
        check(WORD, &format!("0123456789{upper}_{LETTERS}"));
        check(BASE64URL, &format!("-0123456789{upper}_{LETTERS}"));
        check(KEY, &format!("-.0123456789{upper}_{LETTERS}"));
        check(LABEL, &format!("-0123456789{upper}{LETTERS}"));
        check(DOMAIN, &format!("-.0123456789{upper}{LETTERS}"));
        check(TOKEN, &format!("+-./0123456789={upper}_{LETTERS}~"));
        check(LOCAL_PART, &format!("%+-.0123456789{upper}_{LETTERS}"));
        check(PEM_BODY, &format!("\t\n\r +/0123456789={upper}\\{LETTERS}"));
        check(
            UNQUOTED,
            &format!("!#$%(*+-./0123456789:=?@{upper}[^_{LETTERS}{{~"),
        );
    }

    #[test]
    fn classes_named_by_what_they_lack_hold_all_beyond_ascii() {
        let lacking = |class: Class| -> String {
            (0..=0xff_u8)
                .filter(|&byte| !class.has(byte))
                .map(char::from)
                .collect()
        };
        assert_eq!(lacking(PAIR), "\t\n\u{c}\r \"';\\`");
        assert_eq!(lacking(AUTHORITY), "\t\n\u{c}\r \"#'/<>?\\`");
        assert_eq!(lacking(USERINFO), "\t\n\u{c}\r \"'/=`");
        for class in [
            WORD, KEY, BASE64URL, TOKEN, UNQUOTED, DIGIT, LABEL, DOMAIN, LOCAL_PART,
        ] {
            assert!((0x80..=0xff).all(|byte| !class.has(byte)));
        }
    }
}
