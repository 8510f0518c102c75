//! From messages to columns.

use alloc::string::String;
use alloc::vec::Vec;

use super::split::{Variable, take_apart};
use super::{DIGITS, HEAD_BITS, HEXADECIMAL, MIXED, NUMBERS, rank};
use crate::leb128;

/// Packs the messages of a snapshot, one after another.
#[derive(Default)]
pub struct Packer<'a> {
    templates: Vec<String>,
    /// For each template its lines' variables, line after line.
    rows: Vec<Vec<Variable<'a>>>,
    indexes: Vec<u8>,
}

/// The columns of packed messages.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Packed {
    /// The distinct templates, in order of their first lines.
    pub templates: Vec<String>,
    /// For each line its template, LEB128: 0 is the first that has not been used, n the one at n - 1.
    pub indexes: Vec<u8>,
    /// Variables, template after template, hole after hole, line after line.
    pub variables: Vec<u8>,
}

impl<'a> Packer<'a> {
    /// Adds the next line's message.
    pub fn push(&mut self, message: &'a str) {
        let mut variables = Vec::new();
        let template = take_apart(message, &mut variables);
        // The last ones are the likeliest.
        match self.templates.iter().rposition(|known| *known == template) {
            Some(index) => {
                leb128::write(index as u64 + 1, &mut self.indexes);
                self.rows[index].append(&mut variables);
            }
            None => {
                self.indexes.push(0);
                self.templates.push(template);
                self.rows.push(variables);
            }
        }
    }

    /// The columns.
    #[must_use]
    pub fn finish(self) -> Packed {
        let mut variables = Vec::new();
        for (template, row) in self.templates.iter().zip(&self.rows) {
            let holes = template.bytes().filter(|&byte| byte == super::HOLE).count();
            for hole in 0..holes {
                write_column(&row[hole..], holes, &mut variables);
            }
        }
        Packed {
            templates: self.templates,
            indexes: self.indexes,
            variables,
        }
    }
}

/// One hole's variables: every `step`th.
fn write_column(row: &[Variable<'_>], step: usize, bytes: &mut Vec<u8>) {
    let form = form(row, step);
    leb128::write(form, bytes);
    let mut before = 0;
    for Variable { kind, text } in row.iter().step_by(step) {
        if form == NUMBERS {
            let rank = rank(text) as i64;
            let delta = rank - before;
            leb128::write((delta << 1 ^ delta >> 63) as u64, bytes);
            before = rank;
            continue;
        }
        if form == MIXED {
            let value = match *kind {
                DIGITS => rank(text),
                HEXADECIMAL => text.len() as u64 / 2,
                _ => text.len() as u64,
            };
            leb128::write(value << HEAD_BITS | kind, bytes);
        }
        match *kind {
            DIGITS => {}
            HEXADECIMAL => bytes.extend(
                text.chunks_exact(2)
                    .map(|pair| nibble(pair[0]) << 4 | nibble(pair[1])),
            ),
            _ => bytes.extend_from_slice(text),
        }
    }
}

fn form(row: &[Variable<'_>], step: usize) -> u64 {
    let Some(first) = row.first() else {
        return MIXED;
    };
    let like_first = |one: &Variable<'_>| {
        one.kind == first.kind && (one.kind == DIGITS || one.text.len() == first.text.len())
    };
    match first.kind {
        _ if !row.iter().step_by(step).all(like_first) => MIXED,
        DIGITS => NUMBERS,
        HEXADECIMAL => first.text.len() as u64 / 2 + MIXED,
        _ => MIXED,
    }
}

fn nibble(digit: u8) -> u8 {
    if digit > b'9' {
        digit - b'a' + 10
    } else {
        digit - b'0'
    }
}
