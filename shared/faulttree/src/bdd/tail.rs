//! How much probability a product under a limit leaves out.
use super::family::Families;
use super::zero::{EMPTY, UNIT};
use crate::budget::Spent;

/// Sums already known, direct-mapped: a clash forgets the older one.
pub(crate) struct Tails {
    /// Probability of each level.
    probabilities: Vec<f64>,
    known: Vec<([u32; 3], f64)>,
    steps: usize,
}

const VACANT: [u32; 3] = [u32::MAX; 3];
/// Sums remembered for each level, and at most.
const KNOWN_PER_LEVEL: usize = 1 << 11;
const KNOWN_MAX: usize = 1 << 20;
/// "No limit left": whatever comes is beyond it.
const BEYOND: u32 = u32::MAX;

enum Start {
    Known(f64),
    Open(Frame),
}

/// A sum under way.
struct Frame {
    key: [u32; 3],
    /// Calls still to make, with their factors.
    calls: [(u32, u32, u32, f64); 4],
    next: usize,
    sum: f64,
}

impl Tails {
    pub(crate) fn new(probabilities: Vec<f64>) -> Self {
        let known = (probabilities.len() * KNOWN_PER_LEVEL).next_power_of_two();
        Tails {
            probabilities,
            known: vec![(VACANT, 0.0); known.min(KNOWN_MAX)],
            steps: 0,
        }
    }

    /// Forgets what was known; node numbers mean something else now.
    pub(crate) fn forget(&mut self) {
        self.known.fill((VACANT, 0.0));
    }

    /// Sum of the probabilities of all sets of `f` beyond `limit`.
    pub(crate) fn cut(
        &mut self,
        families: &mut Families,
        f: u32,
        limit: u32,
    ) -> Result<f64, Spent> {
        self.sum(families, UNIT, f, limit)
    }

    /// A bound on the probability of what [`Families::product`] leaves out: the sum of the
    /// probabilities of all unions of a set of `f` and one of `g` beyond `limit`, but for unions
    /// that the product knows not to be minimal.
    pub(crate) fn product(
        &mut self,
        families: &mut Families,
        f: u32,
        g: u32,
        limit: u32,
    ) -> Result<f64, Spent> {
        if f <= UNIT || g <= UNIT || f == g {
            let other = if f == EMPTY || g == EMPTY {
                EMPTY
            } else {
                f.max(g)
            };
            return self.cut(families, other, limit);
        }
        let (a, b) = families.apart(f, g)?;
        let (x, y) = (families.minus(f, a)?, families.minus(g, b)?);
        Ok(self.sum(families, a, b, limit)?
            + self.cut(families, x, limit)?
            + self.cut(families, y, limit)?)
    }

    /// All unions of a set of `f` and a set of `g` beyond `limit`, each counted as often as it
    /// comes about.
    fn sum(&mut self, families: &mut Families, f: u32, g: u32, limit: u32) -> Result<f64, Spent> {
        let mut stack: Vec<Frame> = Vec::new();
        let mut call = (f, g, limit);
        loop {
            let mut value = match self.start(families, call) {
                Start::Known(value) => value,
                Start::Open(frame) => {
                    self.steps += 1;
                    if self.steps & 7 == 0 {
                        families.step()?;
                    }
                    let (f, g, limit, _) = frame.calls[0];
                    call = (f, g, limit);
                    stack.push(frame);
                    continue;
                }
            };
            loop {
                let Some(frame) = stack.last_mut() else {
                    return Ok(value);
                };
                frame.sum += value * frame.calls[frame.next].3;
                frame.next += 1;
                if let Some(&(f, g, limit, factor)) = frame.calls.get(frame.next)
                    && factor > 0.0
                {
                    call = (f, g, limit);
                    break;
                }
                value = frame.sum;
                let at = self.slot(frame.key);
                self.known[at] = (frame.key, value);
                stack.pop();
            }
        }
    }

    fn start(&self, families: &Families, (f, g, limit): (u32, u32, u32)) -> Start {
        let (f, g) = (f.min(g), f.max(g));
        if f == EMPTY {
            return Start::Known(0.0);
        }
        let mut limit = limit;
        if limit != BEYOND {
            if limit >= families.most(f) + families.most(g) {
                return Start::Known(0.0);
            }
            if limit < families.least(f).max(families.least(g)) {
                limit = BEYOND;
            }
        }
        if g == UNIT {
            return Start::Known(if limit == BEYOND { 1.0 } else { 0.0 });
        }
        let key = [f, g, limit];
        let (known, value) = self.known[self.slot(key)];
        if known == key {
            return Start::Known(value);
        }
        let (fl, f1, f0) = families.node(f);
        let (gl, g1, g0) = families.node(g);
        let level = fl.min(gl);
        let rest = match limit {
            BEYOND => BEYOND,
            limit => limit.checked_sub(families.weight(level)).unwrap_or(BEYOND),
        };
        let p = self.probabilities[level as usize];
        const NONE: (u32, u32, u32, f64) = (EMPTY, EMPTY, 0, 0.0);
        let calls = if fl == gl {
            [
                (f0, g0, limit, 1.0),
                (f1, g0, rest, p),
                (f0, g1, rest, p),
                (f1, g1, rest, p),
            ]
        } else if fl < gl {
            [(f0, g, limit, 1.0), (f1, g, rest, p), NONE, NONE]
        } else {
            [(f, g0, limit, 1.0), (f, g1, rest, p), NONE, NONE]
        };
        Start::Open(Frame {
            key,
            calls,
            next: 0,
            sum: 0.0,
        })
    }

    fn slot(&self, key: [u32; 3]) -> usize {
        super::table::slot_of(key, self.known.len() - 1)
    }
}
