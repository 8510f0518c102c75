//! Messages taken apart into templates and variables, and put together again.
//!
//! Lines that one statement of a program wrote differ in a few numbers and identifiers. A message is
//! cut into its template, with a U+0000 in place of each variable, and the variables. Many lines share
//! a template, and its variables go hole by hole: counters and times become small differences, what
//! does not change becomes zeros, identifiers take half their bytes. `docs/spec/snapshot.md`, "Log
//! columns", is normative.

use alloc::vec::Vec;

mod read;
mod split;
mod write;

pub use read::put_together;
pub use write::{Packed, Packer};

/// Stands for a variable in a template.
const HOLE: u8 = 0;

/// The form of a hole's column: each variable is the difference between its rank and that of the one
/// before.
const NUMBERS: u64 = 0;
/// Each variable has a head that says what it is. Greater forms: each variable is hexadecimal, of one
/// byte less than the form.
const MIXED: u64 = 1;

/// What a variable of a mixed column is: the lower two bits of its head, a LEB128 integer.
const HEAD_BITS: u32 = 2;
const DIGITS: u64 = 0;
const HEXADECIMAL: u64 = 1;
const TEXT: u64 = 2;

/// Digits that go as one number.
const DIGITS_MAX: usize = 15;

/// The place of a string of digits among all such strings, shorter ones first: `0` is 0, `9` is 9,
/// `00` is 10, `99` is 109, `000` is 110. Unlike its value it keeps leading zeros, and `09` and `10`
/// stay neighbours.
fn rank(digits: &[u8]) -> u64 {
    let mut next = 0;
    for digit in digits {
        next = next * 10 + u64::from(digit - b'0') + 1;
    }
    next.wrapping_sub(1)
}

/// Appends the string of digits at a place.
fn push_digits(rank: u64, message: &mut Vec<u8>) {
    let start = message.len();
    let mut next = rank + 1;
    while next > 0 {
        next -= 1;
        message.push(b'0' + (next % 10) as u8);
        next /= 10;
    }
    message[start..].reverse();
}

#[cfg(test)]
mod tests;
