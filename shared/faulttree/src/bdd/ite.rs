//! If-then-else, from which all other operations follow, on an explicit stack.
use super::binary::{Bdd, Edge};
use crate::budget::Spent;

/// A call that waits for its two cofactors.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    key: [u32; 3],
    /// The call for `lo` until that starts; then `lo[0]` holds the finished `hi`.
    lo: [Edge; 3],
    level: u32,
    negated: bool,
    has_hi: bool,
}

enum Step {
    Done(Edge),
    Split(Frame, [Edge; 3]),
}

impl Bdd {
    /// `f` and `g`, or not `f` and `h`.
    pub(crate) fn ite(&mut self, f: Edge, g: Edge, h: Edge) -> Result<Edge, Spent> {
        let result = self.run([f, g, h]);
        if result.is_err() {
            self.stack.clear();
        }
        result
    }

    fn run(&mut self, first: [Edge; 3]) -> Result<Edge, Spent> {
        let base = self.stack.len();
        let mut call = first;
        loop {
            let mut value = match self.start(call) {
                Step::Split(frame, hi) => {
                    self.unique.step()?;
                    self.stack.push(frame);
                    call = hi;
                    continue;
                }
                Step::Done(value) => value,
            };
            loop {
                if self.stack.len() == base {
                    return Ok(value);
                }
                let Some(frame) = self.stack.last_mut() else {
                    return Ok(value);
                };
                if !frame.has_hi {
                    frame.has_hi = true;
                    call = frame.lo;
                    frame.lo[0] = value;
                    break;
                }
                let frame = *frame;
                self.stack.pop();
                let made = self.make(frame.level, frame.lo[0], value)?;
                self.computed.put(frame.key, made.0);
                value = made.negate_if(frame.negated);
            }
        }
    }

    /// Answers a call that is trivial or known; otherwise splits it at its top variable.
    #[inline]
    fn start(&self, [mut f, mut g, mut h]: [Edge; 3]) -> Step {
        if f == Edge::TRUE || g == h {
            return Step::Done(g);
        }
        if f == Edge::FALSE {
            return Step::Done(h);
        }
        if g == f {
            g = Edge::TRUE;
        } else if g == !f {
            g = Edge::FALSE;
        }
        if h == f {
            h = Edge::FALSE;
        } else if h == !f {
            h = Edge::TRUE;
        }
        if g == h {
            return Step::Done(g);
        }
        // One spelling for equal calls. First: a constant branch makes it a conjunction (f, g, 0).
        let mut negated = false;
        if g.is_terminal() && h.is_terminal() {
            return Step::Done(f.negate_if(g == Edge::FALSE));
        } else if g == Edge::TRUE {
            (f, g, h, negated) = (!f, !h, Edge::FALSE, true);
        } else if g == Edge::FALSE {
            (f, g, h) = (!f, h, Edge::FALSE);
        } else if h == Edge::TRUE {
            (g, h, negated) = (!g, Edge::FALSE, true);
        }
        if h == Edge::FALSE {
            if f.0 > g.0 {
                (f, g) = (g, f);
            }
        } else if g == !h {
            // Exclusive or: signs and the order of operands do not matter.
            negated = f.is_negated() != h.is_negated();
            let (a, b) = (Edge(f.0 & !1), Edge(h.0 & !1));
            (f, h) = if a.0 > b.0 { (b, a) } else { (a, b) };
            g = !h;
        } else {
            if f.is_negated() {
                (f, g, h) = (!f, h, g);
            }
            if g.is_negated() {
                (g, h, negated) = (!g, !h, true);
            }
        }
        let key = [f.0, g.0, h.0];
        if let Some(known) = self.computed.get(key) {
            return Step::Done(Edge(known).negate_if(negated));
        }
        let (fl, gl, hl) = (self.level(f), self.level(g), self.level(h));
        let level = fl.min(gl).min(hl);
        let (f1, f0) = if fl == level {
            self.children(f)
        } else {
            (f, f)
        };
        let (g1, g0) = if gl == level {
            self.children(g)
        } else {
            (g, g)
        };
        let (h1, h0) = if hl == level {
            self.children(h)
        } else {
            (h, h)
        };
        let frame = Frame {
            key,
            lo: [f0, g0, h0],
            level,
            negated,
            has_hi: false,
        };
        Step::Split(frame, [f1, g1, h1])
    }
}
