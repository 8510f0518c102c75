//! From columns to messages.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::{DIGITS, DIGITS_MAX, HEAD_BITS, HEXADECIMAL, HOLE, MIXED, NUMBERS, TEXT, push_digits};
use crate::leb128;
use crate::limits::{LOG_LINE_BYTES_MAX, UNCOMPRESSED_BYTES_MAX};

const DAMAGED: &str = "a variable is damaged";
const TOO_LONG: &str = "messages are too long";

/// Puts the messages of `lines` lines together. Each message and their sum are bounded while they
/// grow: a template of 16 KiB and two thousand lines that share it would otherwise make 32 MiB out of
/// a few hundred bytes.
///
/// # Errors
/// What is wrong with the columns.
pub fn put_together(
    templates: &[String],
    mut indexes: &[u8],
    mut variables: &[u8],
    lines: usize,
) -> Result<Vec<String>, &'static str> {
    let rows = rows(templates.len(), &mut indexes, lines)?;
    let mut messages = Messages {
        messages: vec![Vec::new(); lines],
        bytes_left: UNCOMPRESSED_BYTES_MAX,
    };
    for (template, row) in templates.iter().zip(&rows) {
        for (hole, part) in template.as_bytes().split(|&byte| byte == HOLE).enumerate() {
            if hole > 0 {
                messages.fill(row, &mut variables)?;
            }
            for &line in row {
                messages.add(line, part)?;
            }
        }
    }
    if !indexes.is_empty() || !variables.is_empty() {
        return Err("columns of different lengths");
    }
    messages
        .messages
        .into_iter()
        .map(|message| String::from_utf8(message).map_err(|_| "a message is not UTF-8"))
        .collect()
}

/// For each template the lines that have it.
fn rows(
    templates: usize,
    indexes: &mut &[u8],
    lines: usize,
) -> Result<Vec<Vec<usize>>, &'static str> {
    let mut rows: Vec<Vec<usize>> = Vec::new();
    for line in 0..lines {
        let index = leb128::read(indexes).ok_or("columns of different lengths")?;
        if index == 0 {
            rows.push(vec![line]);
            continue;
        }
        usize::try_from(index - 1)
            .ok()
            .and_then(|index| rows.get_mut(index))
            .ok_or("a template index points nowhere")?
            .push(line);
    }
    if rows.len() > templates {
        return Err("a template index points nowhere");
    }
    Ok(rows)
}

struct Messages {
    messages: Vec<Vec<u8>>,
    bytes_left: usize,
}

impl Messages {
    fn add(&mut self, line: usize, bytes: &[u8]) -> Result<(), &'static str> {
        let message = &mut self.messages[line];
        self.bytes_left = self.bytes_left.checked_sub(bytes.len()).ok_or(TOO_LONG)?;
        if message.len() + bytes.len() > LOG_LINE_BYTES_MAX {
            return Err(TOO_LONG);
        }
        message.extend_from_slice(bytes);
        Ok(())
    }

    /// Reads the column of a hole.
    fn fill(&mut self, row: &[usize], bytes: &mut &[u8]) -> Result<(), &'static str> {
        let form = leb128::read(bytes).ok_or(DAMAGED)?;
        let mut before = 0;
        let mut text = Vec::new();
        for &line in row {
            let (kind, value) = match form {
                NUMBERS => {
                    let delta = leb128::read(bytes).ok_or(DAMAGED)?;
                    let delta = (delta >> 1) as i64 ^ -((delta & 1) as i64);
                    before = delta.checked_add(before).ok_or(DAMAGED)?;
                    (DIGITS, u64::try_from(before).map_err(|_| DAMAGED)?)
                }
                MIXED => {
                    let head = leb128::read(bytes).ok_or(DAMAGED)?;
                    (head & ((1 << HEAD_BITS) - 1), head >> HEAD_BITS)
                }
                _ => (HEXADECIMAL, form - MIXED),
            };
            text.clear();
            variable(kind, value, bytes, &mut text).ok_or(DAMAGED)?;
            self.add(line, &text)?;
        }
        Ok(())
    }
}

/// Reads what follows a variable's head.
fn variable(kind: u64, value: u64, bytes: &mut &[u8], text: &mut Vec<u8>) -> Option<()> {
    if kind == DIGITS {
        push_digits(value, text);
        return (text.len() <= DIGITS_MAX).then_some(());
    }
    let (word, rest) = bytes.split_at_checked(usize::try_from(value).ok()?)?;
    *bytes = rest;
    match kind {
        HEXADECIMAL => text.extend(
            word.iter()
                .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]),
        ),
        TEXT => text.extend_from_slice(word),
        _ => return None,
    }
    Some(())
}

/// A hexadecimal digit, lower case.
fn digit(value: u8) -> u8 {
    if value < 10 {
        b'0' + value
    } else {
        b'a' + value - 10
    }
}
