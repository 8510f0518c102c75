//! The machine that runs a program: a backtracker that never enters the same choice twice at the same
//! place.

use super::{Captures, NONE, Program, Step};
use crate::pattern::syntax::Look;
use std::ops::Range;

/// Bytes of runs that a search counts one by one, for each byte of its text. A search that counts
/// more lists the ends of all runs and looks them up, so that its time stays linear.
const COUNTED_PER_BYTE: usize = 8;

impl Program {
    /// Whether the pattern matches somewhere in a text.
    #[must_use]
    pub fn is_match(&self, text: &[u8]) -> bool {
        self.find(text).is_some()
    }

    /// The leftmost match: where it stands, and each capture that took part in it. Nothing in texts
    /// of 4 GiB and more.
    #[must_use]
    pub fn find(&self, text: &[u8]) -> Option<(Range<usize>, Captures)> {
        let length = u32::try_from(text.len())
            .ok()
            .filter(|length| *length < NONE)?;
        let mut machine = Machine {
            program: self,
            text,
            slots: vec![NONE; 2 * self.names.len()],
            stack: Vec::new(),
            marks: vec![0; (self.marks as usize * (text.len() + 1)).div_ceil(32)],
            counted: 0,
            ends: Vec::new(),
        };
        for start in 0..=length {
            let may_start = self.first.any
                || text
                    .get(start as usize)
                    .is_none_or(|byte| self.first.set.has(*byte));
            if may_start && let Some(end) = machine.run(start) {
                let captures = machine.slots.chunks_exact(2);
                let range = |slots: &[u32]| {
                    let [from, to] = *slots else { return None };
                    (to != NONE).then_some(from as usize..to as usize)
                };
                return Some((start as usize..end as usize, captures.map(range).collect()));
            }
        }
        None
    }
}

/// What to do when a way has failed.
enum Frame {
    /// Go on at a step and a place.
    Way { step: u32, at: u32 },
    /// Undo a capture.
    Slot { slot: u32, old: u32 },
    /// Leave a run at the next place, up to and with `last`.
    Leave { step: u32, at: u32, last: u32 },
}

struct Machine<'a> {
    program: &'a Program,
    text: &'a [u8],
    slots: Vec<u32>,
    stack: Vec<Frame>,
    /// A bit for each choice at each place.
    marks: Vec<u32>,
    /// Bytes of runs counted so far.
    counted: usize,
    /// For sets whose runs were counted too often: where the run at each place ends.
    ends: Vec<Vec<u32>>,
}

impl Machine<'_> {
    /// Marks a choice at a place; false if it was marked.
    fn enter(&mut self, mark: u32, at: u32) -> bool {
        let bit = mark as usize * (self.text.len() + 1) + at as usize;
        let (word, bit) = (&mut self.marks[bit / 32], 1 << (bit % 32));
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    /// The end of the match that starts here.
    fn run(&mut self, start: u32) -> Option<u32> {
        self.stack.push(Frame::Way { step: 0, at: start });
        while let Some(frame) = self.stack.pop() {
            let end = match frame {
                Frame::Way { step, at } => self.go(step, at),
                Frame::Slot { slot, old } => {
                    self.slots[slot as usize] = old;
                    None
                }
                Frame::Leave { step, at, last } => self.leave(step, at, last),
            };
            if end.is_some() {
                self.stack.clear();
                return end;
            }
        }
        None
    }

    /// Leaves a run here, and remembers to leave it elsewhere should that fail.
    fn leave(&mut self, step: u32, at: u32, last: u32) -> Option<u32> {
        let Step::Run { lazy, mark, .. } = self.program.steps[step as usize] else {
            return None;
        };
        if at != last {
            let at = if lazy { at + 1 } else { at - 1 };
            self.stack.push(Frame::Leave { step, at, last });
        }
        if self.enter(mark + 1, at) {
            self.go(step + 1, at)
        } else {
            None
        }
    }

    /// How many bytes of a set stand here, up to a bound.
    fn count(&mut self, set: u32, at: u32, max: u32) -> u32 {
        if self.counted > COUNTED_PER_BYTE * self.text.len() {
            return self.run_end(set, at).saturating_sub(at).min(max);
        }
        let set = &self.program.sets[set as usize];
        let here = &self.text[at as usize..];
        let here = here.get(..max as usize).unwrap_or(here);
        let count = here.iter().take_while(|byte| set.has(**byte)).count();
        self.counted += count;
        count as u32
    }

    /// Where the run of a set that holds this place ends, looked up.
    #[cold]
    fn run_end(&mut self, set: u32, at: u32) -> u32 {
        let sets = &self.program.sets;
        self.ends.resize_with(sets.len(), Vec::new);
        let ends = &mut self.ends[set as usize];
        if ends.is_empty() {
            let mut end = self.text.len() as u32;
            ends.resize(self.text.len() + 1, end);
            for (place, byte) in self.text.iter().enumerate().rev() {
                if !sets[set as usize].has(*byte) {
                    end = place as u32;
                }
                ends[place] = end;
            }
        }
        ends[at as usize]
    }

    /// Follows one way to its end.
    fn go(&mut self, mut step: u32, mut at: u32) -> Option<u32> {
        let program = self.program;
        loop {
            let here = self.text.get(at as usize);
            match *program.steps.get(step as usize)? {
                Step::Byte(byte) => {
                    if here != Some(&byte) {
                        return None;
                    }
                    at += 1;
                }
                Step::Set(set) => {
                    if !program.sets[set as usize].has(*here?) {
                        return None;
                    }
                    at += 1;
                }
                Step::Look(look) => {
                    if !holds(look, self.text, at as usize) {
                        return None;
                    }
                }
                Step::Save(slot) => {
                    let old = std::mem::replace(&mut self.slots[slot as usize], at);
                    self.stack.push(Frame::Slot { slot, old });
                }
                Step::Split {
                    first,
                    second,
                    mark,
                } => {
                    if !self.enter(mark, at) {
                        return None;
                    }
                    self.stack.push(Frame::Way { step: second, at });
                    step = first;
                    continue;
                }
                Step::Jump(to) => {
                    step = to;
                    continue;
                }
                Step::Take { set, min, max } => {
                    let count = self.count(set, at, max);
                    if count < min {
                        return None;
                    }
                    at += count;
                }
                Step::Run {
                    set,
                    min,
                    max,
                    lazy,
                    mark,
                } => {
                    if !self.enter(mark, at) {
                        return None;
                    }
                    let count = self.count(set, at, max);
                    if count < min {
                        return None;
                    }
                    let (mut first, mut last) = (at + count, at + min);
                    if lazy {
                        std::mem::swap(&mut first, &mut last);
                    }
                    self.stack.push(Frame::Leave {
                        step,
                        at: first,
                        last,
                    });
                    return None;
                }
                Step::Done => return Some(at),
            }
            step += 1;
        }
    }
}

fn holds(look: Look, text: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|at| text.get(at));
    let after = text.get(at);
    let is_word = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    let is_line = |byte: Option<&u8>| byte.is_none_or(|byte| *byte == b'\n');
    match look {
        Look::TextStart => before.is_none(),
        Look::TextEnd => after.is_none(),
        Look::LineStart => is_line(before),
        Look::LineEnd => is_line(after),
        Look::WordBoundary => is_word(before) != is_word(after),
        Look::NoWordBoundary => is_word(before) == is_word(after),
    }
}
