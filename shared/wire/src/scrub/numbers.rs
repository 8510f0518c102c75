//! Numbers that name a person or an account: mainland mobile numbers, identity numbers with a valid
//! date and check digit, bank cards with a valid check digit.

use super::SecretKind;
use super::class::DIGIT;
use super::piece::{Piece, Span, is_word};
use alloc::vec::Vec;

/// Digits of the shortest number looked for.
pub(super) const DIGITS_MIN: usize = PHONE_DIGITS;
const PHONE_DIGITS: usize = 11;
const ID_DIGITS: usize = 18;
const CARD_DIGITS_MAX: usize = 19;
const COUNTRY_CODE: &[u8] = b"86";
/// Digits of the shortest ticket in decimal form.
const TICKET_DIGITS_MIN: usize = 316;
/// Digits and separators of the longest number, a bank card in groups of four.
const LEN_MAX: usize = CARD_DIGITS_MAX + 4;

pub(super) fn find(piece: &Piece<'_>, spans: &mut Vec<Span>) {
    let mut at = 0;
    let next_digit = |at: usize| piece.bytes.get(at..)?.iter().position(u8::is_ascii_digit);
    while let Some(skipped) = next_digit(at) {
        at += skipped;
        let plain = piece.run(at, DIGIT);
        at = if plain - at >= TICKET_DIGITS_MIN {
            piece.report(at, plain, SecretKind::Ticket, spans);
            plain
        } else if is_international(piece, at, plain) {
            piece.report(at + COUNTRY_CODE.len(), plain, SecretKind::Phone, spans);
            plain
        } else if starts_clear(piece, at) {
            number(piece, at, plain, spans)
        } else {
            plain
        };
    }
}

/// Looks at a number that nothing touches on the left; returns where to go on: after what was taken
/// out, or after the first group.
fn number(piece: &Piece<'_>, at: usize, plain: usize, spans: &mut Vec<Span>) -> usize {
    // Three or four digits may start groups; other short numbers are nothing.
    if plain - at < DIGITS_MIN && !(3..=4).contains(&(plain - at)) {
        return plain;
    }
    let end = number_end(piece, at, plain);
    if !(PHONE_DIGITS..=LEN_MAX).contains(&(end - at)) || !ends_clear(piece, end) {
        return plain;
    }
    let alphanumeric = |byte: &u8| byte.is_ascii_alphanumeric();
    let digits: Vec<u8> = piece.bytes[at..end]
        .iter()
        .copied()
        .filter(alphanumeric)
        .collect();
    let grouped = digits.len() != end - at;
    // Another group may have stood where the marker now is.
    let cut = grouped && piece.touches_after && end + 1 == piece.bytes.len();
    if let (Some(kind), false) = (classify(&digits, grouped), cut) {
        piece.report(at, end, kind, spans);
        return end;
    }
    plain
}

/// Where a number ends: digits, with single spaces or hyphens between groups of three or four where
/// the whole has the shape of a phone or card; and the X that may end an identity number.
fn number_end(piece: &Piece<'_>, at: usize, plain: usize) -> usize {
    let end = grouped_end(piece, at, plain).unwrap_or(plain);
    let check = piece
        .bytes
        .get(end)
        .is_some_and(|byte| byte.eq_ignore_ascii_case(&b'x'));
    if check && end - at == ID_DIGITS - 1 {
        end + 1
    } else {
        end
    }
}

/// `138-1234-5678`, `6222 0212 3456 7890 123`: groups by one and the same separator.
fn grouped_end(piece: &Piece<'_>, at: usize, first_end: usize) -> Option<usize> {
    let separator = *piece.bytes.get(first_end)?;
    if !matches!((first_end - at, separator), (3 | 4, b' ' | b'-')) {
        return None;
    }
    let phone = first_end - at == 3;
    let groups_max = if phone { 2 } else { 4 };
    let mut end = first_end;
    let mut groups = 0;
    while groups < groups_max && piece.bytes.get(end) == Some(&separator) {
        let next = piece.run(end + 1, DIGIT);
        let len = next - end - 1;
        if len == 4 || (!phone && groups >= 2 && (1..=3).contains(&len)) {
            end = next;
            groups += 1;
        } else {
            break;
        }
    }
    let complete = if phone { groups == 2 } else { groups >= 3 };
    complete.then_some(end)
}

/// Whether nothing touches on the left that would make the number part of a larger thing: a word, an
/// address, a decimal, a UUID, a pod's name.
fn starts_clear(piece: &Piece<'_>, start: usize) -> bool {
    match piece.before(start) {
        Some(b'-') => start.checked_sub(4).is_some_and(|at| piece.has(at, "+86-")),
        Some(byte) => !is_word(byte) && !b"./+".contains(&byte),
        None => true,
    }
}

/// The same on the right.
fn ends_clear(piece: &Piece<'_>, end: usize) -> bool {
    match piece.at(end) {
        None => true,
        Some(b'.') => piece.ends_word(end + 1),
        Some(byte) => !is_word(byte) && !b"-/".contains(&byte),
    }
}

/// `+8613812345678`, whose country code is part of the run of digits.
fn is_international(piece: &Piece<'_>, start: usize, end: usize) -> bool {
    let digits = &piece.bytes[start..end];
    piece.before(start) == Some(b'+')
        && digits.starts_with(COUNTRY_CODE)
        && is_phone(&digits[COUNTRY_CODE.len()..])
        && piece.ends_word(end)
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
    digits.len() == PHONE_DIGITS && digits[0] == b'1' && (b'3'..=b'9').contains(&digits[1])
}

/// GB 11643: six digits of place, a date of birth, three digits, and a check digit modulo 11.
fn is_id_number(digits: &[u8]) -> bool {
    const WEIGHTS: [u32; ID_DIGITS - 1] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: &[u8; 11] = b"10X98765432";
    if digits.len() != ID_DIGITS {
        return false;
    }
    let number = |from: usize, to: usize| {
        digits[from..to].iter().fold(0_u32, |value, &digit| {
            value * 10 + u32::from(digit.wrapping_sub(b'0'))
        })
    };
    let sum: u32 = digits
        .iter()
        .zip(WEIGHTS)
        .map(|(&digit, weight)| u32::from(digit.wrapping_sub(b'0')) * weight)
        .sum();
    digits[0] != b'0'
        && (1900..2100).contains(&number(6, 10))
        && (1..=12).contains(&number(10, 12))
        && (1..=31).contains(&number(12, 14))
        && digits[ID_DIGITS - 1].to_ascii_uppercase() == CHECKS[(sum % 11) as usize]
}

/// A card of `UnionPay`, Visa, Mastercard, JCB or American Express, by prefix, length and check digit.
/// Times in milliseconds or finer start with 1 and so never match.
fn is_bank_card(digits: &[u8]) -> bool {
    if !digits.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let prefix = |len: usize| {
        digits
            .iter()
            .take(len)
            .fold(0_u32, |value, &digit| value * 10 + u32::from(digit - b'0'))
    };
    let issuer = match digits.len() {
        16 => {
            matches!(prefix(2), 62 | 40..=49 | 51..=55 | 35) || (2221..=2720).contains(&prefix(4))
        }
        17..=CARD_DIGITS_MAX => prefix(2) == 62,
        15 => matches!(prefix(2), 34 | 37),
        _ => false,
    };
    issuer && luhn(digits)
}

fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, &digit)| {
            let value = u32::from(digit - b'0') * if place % 2 == 1 { 2 } else { 1 };
            if value > 9 { value - 9 } else { value }
        })
        .sum();
    sum.is_multiple_of(10)
}
