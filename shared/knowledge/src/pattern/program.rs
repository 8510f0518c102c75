//! A pattern as a small program, and the machine that runs it: a backtracker that never enters the
//! same choice twice at the same place, so that its time and memory are bounded by the product of
//! pattern and text.
//!
//! It finds what the `regex` crate finds, match and captures alike: the leftmost match, and of
//! those the one that the pattern's order prefers. Choices are remembered from one start to the
//! next, since what has failed from a place fails there again however it was reached.

mod machine;

use super::{
    set::ByteSet,
    syntax::{Look, Node, Repeat, Syntax, SyntaxError},
};
use std::ops::Range;

/// Steps that one program may have.
const STEPS_MAX: usize = 10_000;
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
