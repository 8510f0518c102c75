//! A pattern as a small program, and the machine that runs it: a backtracker that never enters the
//! same choice twice at the same place, so that its time and memory are bounded by the product of
//! pattern and text.
//!
//! It finds what the `regex` crate finds, match and captures alike: the leftmost match, and of
//! those the one that the pattern's order prefers. Choices are remembered from one start to the
//! next, since what has failed from a place fails there again however it was reached.

use super::{
    set::ByteSet,
    syntax::{Look, Node, Repeat, Syntax, SyntaxError},
};
use std::ops::Range;

/// Steps that one program may have.
const STEPS_MAX: usize = 10_000;
/// Bytes of runs that a search counts one by one, for each byte of its text. A search that counts
/// more lists the ends of all runs and looks them up, so that its time stays linear.
const COUNTED_PER_BYTE: usize = 8;
/// Stands for a repetition without an upper bound, and for a capture that was not met.
const NONE: u32 = u32::MAX;

/// One step. Numbers are of steps, of sets, of capture slots and of marks.
#[derive(Debug, Clone, Copy)]
enum Step {
    Byte(u8),
    Set(u32),
    Look(Look),
    Save(u32),
    /// Goes to one step, and should that fail to the other.
    Split {
        first: u32,
        second: u32,
        mark: u32,
    },
    Jump(u32),
    /// Takes as many bytes of a set as there are. What follows cannot begin with one of them, so
    /// that fewer would never do.
    Take {
        set: u32,
        min: u32,
        max: u32,
    },
    /// Takes as many bytes of a set as there are, and fewer should that fail; or in reverse order.
    Run {
        set: u32,
        min: u32,
        max: u32,
        lazy: bool,
        mark: u32,
    },
    Done,
}

/// What may come first in a text that a part of a pattern matches.
#[derive(Debug, Clone, Copy)]
struct First {
    set: ByteSet,
    /// The part may match whatever comes.
    any: bool,
}

/// Where the captures stand, in the order of their names; nothing for one that took no part.
pub type Captures = Vec<Option<Range<usize>>>;

/// A compiled pattern.
#[derive(Debug, Clone)]
pub struct Program {
    steps: Vec<Step>,
    sets: Vec<ByteSet>,
    names: Vec<String>,
    first: First,
    marks: u32,
}

impl Program {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// [`SyntaxError::TooLarge`] if its repetitions written out are too long.
    pub fn new(syntax: &Syntax) -> Result<Self, SyntaxError> {
        let end = First {
            set: ByteSet::default(),
            any: true,
        };
        let mut program = Self {
            steps: Vec::new(),
            sets: Vec::new(),
            names: syntax.names.clone(),
            first: first(&syntax.root, end),
            marks: 0,
        };
        program.compile(&syntax.root, end)?;
        program.put(Step::Done)?;
        Ok(program)
    }

    /// The names of the captures; [`Self::find`] gives their places in the same order.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

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

    fn put(&mut self, step: Step) -> Result<u32, SyntaxError> {
        if self.steps.len() >= STEPS_MAX {
            return Err(SyntaxError::TooLarge);
        }
        self.steps.push(step);
        Ok(self.steps.len() as u32 - 1)
    }

    fn here(&self) -> u32 {
        self.steps.len() as u32
    }

    fn set(&mut self, set: ByteSet) -> u32 {
        let known = self.sets.iter().position(|other| *other == set);
        known.unwrap_or_else(|| {
            self.sets.push(set);
            self.sets.len() - 1
        }) as u32
    }

    fn mark(&mut self) -> u32 {
        self.marks += 1;
        self.marks - 1
    }

    /// A choice whose second way is not known yet.
    fn put_split(&mut self) -> Result<u32, SyntaxError> {
        let mark = self.mark();
        let first = self.here() + 1;
        self.put(Step::Split {
            first,
            second: 0,
            mark,
        })
    }

    /// Lets the second way of a choice lead here; of a lazy one the first way.
    fn land(&mut self, split: u32, lazy: bool) {
        let here = self.here();
        if let Some(Step::Split { first, second, .. }) = self.steps.get_mut(split as usize) {
            *second = here;
            if lazy {
                std::mem::swap(first, second);
            }
        }
    }

    /// Compiles a part after which something comes that begins with `next`.
    fn compile(&mut self, node: &Node, next: First) -> Result<(), SyntaxError> {
        match node {
            Node::Text(text) => {
                for byte in text {
                    self.put(Step::Byte(*byte))?;
                }
            }
            Node::Set(set) => {
                let set = self.set(*set);
                self.put(Step::Set(set))?;
            }
            Node::Look(look) => {
                self.put(Step::Look(*look))?;
            }
            Node::Capture(number, node) => {
                let slot = 2 * *number as u32;
                self.put(Step::Save(slot))?;
                self.compile(node, next)?;
                self.put(Step::Save(slot + 1))?;
            }
            Node::Concat(parts) => {
                let mut after = vec![next];
                for part in parts.iter().skip(1).rev() {
                    after.push(first(part, after[after.len() - 1]));
                }
                for (part, next) in parts.iter().zip(after.into_iter().rev()) {
                    self.compile(part, next)?;
                }
            }
            Node::Either(branches) => {
                let mut jumps = Vec::new();
                for (index, branch) in branches.iter().enumerate() {
                    if index + 1 == branches.len() {
                        self.compile(branch, next)?;
                    } else {
                        let split = self.put_split()?;
                        self.compile(branch, next)?;
                        jumps.push(self.put(Step::Jump(0))?);
                        self.land(split, false);
                    }
                }
                let end = self.here();
                for jump in jumps {
                    self.steps[jump as usize] = Step::Jump(end);
                }
            }
            Node::Repeat(repeat) => self.repeat(repeat, next)?,
        }
        Ok(())
    }

    fn repeat(&mut self, repeat: &Repeat, next: First) -> Result<(), SyntaxError> {
        let Repeat {
            node,
            min,
            max,
            lazy,
        } = repeat;
        let (min, lazy) = (*min, *lazy);
        let bytes = match node {
            Node::Set(set) => Some(*set),
            Node::Text(text) if text.len() == 1 => Some(ByteSet::of(text)),
            _ => None,
        };
        if let Some(bytes) = bytes {
            let is_apart = !next.any && bytes.is_apart(&next.set);
            if is_apart || *max == Some(min) {
                let (set, max) = (self.set(bytes), max.unwrap_or(NONE));
                self.put(Step::Take { set, min, max })?;
                return Ok(());
            }
            if let Some(max) = *max
                && max > 1
            {
                let (set, mark) = (self.set(bytes), self.mark());
                // The second mark is of the places where the run was left.
                self.mark();
                self.put(Step::Run {
                    set,
                    min,
                    max,
                    lazy,
                    mark,
                })?;
                return Ok(());
            }
        }
        let again = or(first(node, next), next);
        for _ in 0..min {
            self.compile(node, again)?;
        }
        let Some(max) = *max else {
            let split = self.put_split()?;
            self.compile(node, again)?;
            self.put(Step::Jump(split))?;
            self.land(split, lazy);
            return Ok(());
        };
        let mut splits = Vec::new();
        for _ in min..max {
            splits.push(self.put_split()?);
            self.compile(node, again)?;
        }
        for split in splits {
            self.land(split, lazy);
        }
        Ok(())
    }
}

fn or(a: First, b: First) -> First {
    First {
        set: a.set.or(&b.set),
        any: a.any || b.any,
    }
}

/// What may come first where `node` stands before something that begins with `next`.
fn first(node: &Node, next: First) -> First {
    let only = |set| First { set, any: false };
    match node {
        Node::Text(text) => match text.first() {
            Some(byte) => only(ByteSet::of(&[*byte])),
            None => next,
        },
        Node::Set(set) => only(*set),
        // At the end of a text nothing comes.
        Node::Look(Look::LineEnd) => only(ByteSet::of(b"\n")),
        Node::Look(Look::TextEnd) => only(ByteSet::default()),
        Node::Look(_) => next,
        Node::Repeat(repeat) if repeat.max == Some(0) => next,
        Node::Repeat(repeat) => {
            let inner = first(&repeat.node, next);
            if repeat.min == 0 {
                or(inner, next)
            } else {
                inner
            }
        }
        Node::Capture(_, node) => first(node, next),
        Node::Concat(parts) => parts
            .iter()
            .rev()
            .fold(next, |next, part| first(part, next)),
        Node::Either(branches) => {
            let none = only(ByteSet::default());
            branches
                .iter()
                .fold(none, |all, branch| or(all, first(branch, next)))
        }
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
