//! Passwords in URLs and data source names, and e-mail addresses.

use super::SecretKind;
use super::class::{AUTHORITY, DIGIT, DOMAIN, LABEL, LOCAL_PART, USERINFO, WORD};
use super::piece::{Authority, Piece};

/// A user name in a data source name, looked back at from the `@`.
const USERINFO_BYTES_MAX: usize = 256;
const LOCAL_PART_BYTES_MAX: usize = 64;
/// What looks like an address with one of these at its end is a systemd unit.
const UNIT_SUFFIXES: &str = "service socket target timer mount slice scope device path ";

impl Piece<'_> {
    /// Returns whether the piece ends inside an authority.
    pub(super) fn find_urls(&mut self) -> bool {
        // Where the authority of the last URL ends; addresses inside it are part of the URL.
        // Passwords are found on the first pass, when no marker interrupts the authority.
        let mut authority_end = if self.in_authority {
            self.run(0, AUTHORITY)
        } else {
            0
        };
        let mut open = self.in_authority && authority_end == self.len();
        for (at, &byte) in self.bytes.iter().enumerate() {
            if byte == b':' && self.has(at, "://") {
                authority_end = self.authority(at + 3);
                open = authority_end == self.len();
                self.authorities.push(Authority {
                    colon: self.offset + at,
                    end: self.offset + authority_end,
                });
            } else if byte == b'@' && at >= authority_end {
                // The networks that follow in a Go MySQL data source name.
                if self.has(at, "@tcp(") || self.has(at, "@unix(") || self.has(at, "@tcp6(") {
                    self.dsn(at);
                } else {
                    self.email(at);
                }
            }
        }
        open
    }

    /// Takes the password out of `user:password@host`; returns where the authority ends.
    fn authority(&mut self, start: usize) -> usize {
        let end = self.run(start, AUTHORITY);
        let mut host = end;
        while host > start && self.at(host) != b'@' {
            host -= 1;
        }
        self.password(start, host);
        end
    }

    /// Takes out what follows the first colon of a part of the text.
    fn password(&mut self, start: usize, end: usize) {
        let colon = self.find(start, end, b':');
        self.report(colon + 1, end, SecretKind::UrlPassword);
    }

    /// Takes the password out of `user:password@tcp(host:port)/database`.
    fn dsn(&mut self, at: usize) {
        let start = self.run_back(at.saturating_sub(USERINFO_BYTES_MAX), at, USERINFO);
        let clear = if start == 0 {
            !self.touches_before
        } else {
            at - start < USERINFO_BYTES_MAX
        };
        if clear {
            self.password(start, at);
        }
    }

    fn email(&mut self, at: usize) {
        let earliest = at.saturating_sub(LOCAL_PART_BYTES_MAX + 1);
        let start = self.run_back(earliest, at, LOCAL_PART);
        let before = self.before(start);
        let domain = at + 1;
        let end = self.domain_end(domain);
        let after = self.at(end);
        // More of the domain may have stood where the marker now is.
        let cut = self.touches_after && self.run(domain, DOMAIN) == self.len();
        let clear = (1..=LOCAL_PART_BYTES_MAX).contains(&(at - start))
            && !WORD.has(before)
            && !matches!(before, b'/' | b'@')
            && !WORD.has(after)
            && after != b'@';
        if clear && !cut && self.slice(start, at) != b"git" && self.is_domain(domain, end) {
            self.report(start, end, SecretKind::Email);
        }
    }

    /// Where labels joined by dots end; each starts and ends with a letter or digit.
    fn domain_end(&self, start: usize) -> usize {
        let mut end = start;
        let mut label = start;
        while label < self.len() && LABEL.has(self.at(label)) && self.at(label) != b'-' {
            let label_end = self.run(label, LABEL);
            end = label_end;
            while self.before(end) == b'-' {
                end -= 1;
            }
            if end < label_end || self.at(end) != b'.' {
                break;
            }
            label = end + 1;
        }
        end
    }

    /// At least two labels, the last of them letters only; not a version, not a systemd unit.
    fn is_domain(&self, start: usize, end: usize) -> bool {
        let last = self.run_back(start, end, LABEL);
        let version = matches!(self.at(start), b'v' | b'V') && DIGIT.has(self.at(start + 1));
        !version
            && last > start
            && end - last >= 2
            && self.letters(last, end)
            && !self.is_word_of(UNIT_SUFFIXES, last, end)
    }
}
