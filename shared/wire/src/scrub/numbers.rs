//! Numbers that name a person or an account: mainland mobile numbers, identity numbers with a valid
//! date and check digit, bank cards with a valid check digit.

use super::SecretKind;
use super::class::{DIGIT, WORD};
use super::piece::Piece;

/// Digits of the shortest number looked for.
pub(super) const DIGITS_MIN: usize = PHONE_DIGITS;
const PHONE_DIGITS: usize = 11;
const ID_DIGITS: usize = 18;
const CARD_DIGITS_MAX: usize = 19;
const COUNTRY_CODE: &str = "86";
/// Digits of the shortest ticket in decimal form.
const TICKET_DIGITS_MIN: usize = 316;
/// Digits and separators of the longest number, a bank card in groups of four.
const LEN_MAX: usize = CARD_DIGITS_MAX + 4;

impl Piece<'_> {
    pub(super) fn find_numbers(&mut self) {
        let bytes = self.bytes;
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if !DIGIT.has(byte) {
                at += 1;
                continue;
            }
            let plain = self.run(at, DIGIT);
            let country_end = at + COUNTRY_CODE.len();
            if plain - at >= TICKET_DIGITS_MIN {
                self.report(at, plain, SecretKind::Ticket);
            } else if self.before(at) == b'+'
                && self.has(at, COUNTRY_CODE)
                && is_phone(self.slice(country_end, plain))
                && self.ends_word(plain)
            {
                // The country code is part of the run of digits.
                self.report(country_end, plain, SecretKind::Phone);
            } else if self.starts_clear(at) {
                at = self.number(at, plain);
                continue;
            }
            at = plain;
        }
    }

    /// Looks at a number that nothing touches on the left; returns where to go on: after what was
    /// taken out, or after the first group.
    fn number(&mut self, at: usize, plain: usize) -> usize {
        // Three or four digits may start groups; other short numbers are nothing.
        if plain - at < DIGITS_MIN && !(3..=4).contains(&(plain - at)) {
            return plain;
        }
        let end = self.number_end(at, plain);
        if !(PHONE_DIGITS..=LEN_MAX).contains(&(end - at)) || !self.ends_clear(end) {
            return plain;
        }
        let mut buffer = [0; LEN_MAX];
        let mut len = 0;
        for place in at..end {
            let byte = self.at(place);
            if WORD.has(byte)
                && let Some(free) = buffer.get_mut(len)
            {
                *free = byte;
                len += 1;
            }
        }
        let digits = buffer.get(..len).unwrap_or_default();
        let grouped = len != end - at;
        // Another group may have stood where the marker now is.
        let cut = grouped && self.touches_after && end + 1 == self.len();
        if let (Some(kind), false) = (classify(digits, grouped), cut) {
            self.report(at, end, kind);
            return end;
        }
        plain
    }

    /// Where a number ends: digits, with single spaces or hyphens between groups of three or four
    /// where the whole has the shape of a phone or card; and the X that may end an identity number.
    fn number_end(&self, at: usize, plain: usize) -> usize {
        let grouped = self.grouped_end(at, plain);
        let end = if grouped > 0 { grouped } else { plain };
        let check = end - at == ID_DIGITS - 1 && self.has(end, "x");
        end + usize::from(check)
    }

    /// `138-1234-5678`, `6222 0212 3456 7890 123`: groups by one and the same separator; 0 for others.
    fn grouped_end(&self, at: usize, first_end: usize) -> usize {
        let separator = self.at(first_end);
        let phone = first_end - at == 3;
        if !matches!((first_end - at, separator), (3 | 4, b' ' | b'-')) {
            return 0;
        }
        let mut end = first_end;
        let mut groups = 0;
        while groups < if phone { 2 } else { 4 } && self.at(end) == separator {
            let next = self.run(end + 1, DIGIT);
            let len = next - end - 1;
            if len != 4 && (phone || groups < 2 || !(1..=3).contains(&len)) {
                break;
            }
            end = next;
            groups += 1;
        }
        let complete = if phone { groups == 2 } else { groups >= 3 };
        if complete { end } else { 0 }
    }

    /// Whether nothing touches on the left that would make the number part of a larger thing: a word,
    /// an address, a decimal, a UUID, a pod's name.
    fn starts_clear(&self, start: usize) -> bool {
        match self.before(start) {
            b'-' => self.has(start.wrapping_sub(4), "+86-"),
            byte => !WORD.has(byte) && !matches!(byte, b'.' | b'/' | b'+'),
        }
    }

    /// The same on the right.
    fn ends_clear(&self, end: usize) -> bool {
        match self.at(end) {
            b'.' => self.ends_word(end + 1),
            byte => !WORD.has(byte) && !matches!(byte, b'-' | b'/'),
        }
    }
}

fn classify(digits: &[u8], grouped: bool) -> Option<SecretKind> {
    if is_phone(digits) {
        Some(SecretKind::Phone)
    } else if !grouped && is_id_number(digits) {
        Some(SecretKind::IdNumber)
    } else if is_bank_card(digits) {
        Some(SecretKind::BankCard)
    } else {
        None
    }
}

fn is_phone(digits: &[u8]) -> bool {
    digits.len() == PHONE_DIGITS && matches!(digits, [b'1', b'3'..=b'9', ..])
}

/// The value of some of the digits.
#[cfg_attr(target_family = "wasm", inline(never))]
fn value(digits: &[u8], from: usize, to: usize) -> u32 {
    let digits = digits.get(from..to).unwrap_or_default();
    digits.iter().fold(0, |value, digit| {
        value * 10 + u32::from(digit.wrapping_sub(b'0'))
    })
}

/// GB 11643: six digits of place, a date of birth, three digits, and a check digit modulo 11.
fn is_id_number(digits: &[u8]) -> bool {
    // The weight of a digit is a power of two, that of the last one first; X stands for ten.
    let mut sum = 0;
    for &digit in digits {
        let digit = if digit > b'9' { 10 } else { digit & 15 };
        sum = (sum * 2 + u32::from(digit)) % 11;
    }
    digits.len() == ID_DIGITS
        && !digits.starts_with(b"0")
        && (1900..2100).contains(&value(digits, 6, 10))
        && (1..=12).contains(&value(digits, 10, 12))
        && (1..=31).contains(&value(digits, 12, 14))
        && sum == 1
}

/// A card of `UnionPay`, Visa, Mastercard, JCB or American Express, by prefix, length and check digit.
/// Times in milliseconds or finer start with 1 and so never match.
fn is_bank_card(digits: &[u8]) -> bool {
    let prefix = value(digits, 0, 2);
    let issuer = match digits.len() {
        16 => {
            matches!(prefix, 62 | 40..=49 | 51..=55 | 35)
                || (2221..=2720).contains(&value(digits, 0, 4))
        }
        17..=CARD_DIGITS_MAX => prefix == 62,
        15 => matches!(prefix, 34 | 37),
        _ => false,
    };
    issuer && DIGIT.has_all(digits) && luhn(digits)
}

fn luhn(digits: &[u8]) -> bool {
    let mut sum = 0;
    let mut doubled = false;
    for digit in digits.iter().rev() {
        let value = u32::from(digit & 15) << u32::from(doubled);
        sum += if value > 9 { value - 9 } else { value };
        doubled = !doubled;
    }
    sum % 10 == 0
}
