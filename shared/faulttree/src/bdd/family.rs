//! Algebra of families of minimal sets under a limit on the weight of a set: union, product, tail
//! mass. Minimal cut sets up to an order are made bottom-up with it, and the sets beyond the limit
//! are never there.
use super::table::{Computed, Unique};
use super::zero::{EMPTY, UNIT};
use crate::budget::{Budget, Spent};

/// Weight of "no set"; safe to add to.
const WEIGHT_MAX: u32 = 1 << 24;
/// Marks in the computed table; products take `PRODUCT` plus their limit.
const WITHOUT: u32 = 0;
const UNION: u32 = 1;
const MINUS: u32 = 2;
const PRODUCT: u32 = 3;

/// What a call computes of two families.
#[derive(Clone, Copy)]
enum Op {
    /// Sets of the first that include none of the second.
    Without,
    /// Minimal sets among those of both.
    Union,
    /// Sets of the first that are not in the second.
    Minus,
    /// Minimal unions of one set of each, up to a weight.
    Product(u32),
}

enum Task {
    Call(Op, u32, u32),
    /// Push this.
    Push(u32),
    /// Pop `g`, then the product of this and it, up to a weight.
    Times(u32, u32),
    /// Pop `f`, then those of it that include none of this.
    Less(u32),
    /// Pop two families, push their union.
    Join,
    /// Pop hi, push those of it that include none of lo, which stays.
    Prune,
    /// Pop hi and lo, make the node, remember it.
    Make {
        level: u32,
        key: [u32; 3],
    },
}

/// Families of sets over weighted levels, no set of a family including another.
pub(crate) struct Families {
    unique: Unique,
    computed: Computed,
    weights: Vec<u32>,
    /// Whether odd levels are the negations of the levels before them.
    signed: bool,
    /// Least and greatest weight of each node's sets.
    range: Vec<(u32, u32)>,
    stack: Vec<Task>,
    values: Vec<u32>,
}

impl Families {
    pub(crate) fn new(weights: Vec<u32>, signed: bool, budget: &Budget) -> Self {
        Families {
            unique: Unique::new(2, budget.clone()),
            computed: Computed::new(),
            weights,
            signed,
            range: vec![(WEIGHT_MAX, 0), (0, 0)],
            stack: Vec::new(),
            values: Vec::new(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.unique.len()
    }

    /// (level, hi, lo).
    pub(crate) fn node(&self, family: u32) -> (u32, u32, u32) {
        let node = self.unique.node(family);
        (node.level, node.hi, node.lo)
    }

    /// Least weight of a family's sets.
    pub(crate) fn least(&self, family: u32) -> u32 {
        self.range[family as usize].0
    }

    pub(super) fn most(&self, family: u32) -> u32 {
        self.range[family as usize].1
    }

    pub(super) fn weight(&self, level: u32) -> u32 {
        self.weights[level as usize]
    }

    /// The one set of one level, if that is within the limit.
    pub(crate) fn variable(&mut self, level: u32, limit: u32) -> Result<u32, Spent> {
        if self.weights[level as usize] > limit {
            return Ok(EMPTY);
        }
        self.make(level, UNIT, EMPTY)
    }

    fn make(&mut self, level: u32, mut hi: u32, lo: u32) -> Result<u32, Spent> {
        if self.signed && level & 1 == 0 && hi > UNIT {
            let (below, _, rest) = self.node(hi);
            if below == level + 1 {
                // An event and its negation: never both.
                hi = rest;
            }
        }
        if hi == EMPTY {
            return Ok(lo);
        }
        let made = self.unique.find_or_add(level, hi, lo)?;
        if made as usize == self.range.len() {
            let ((a, b), (c, d)) = (self.range[hi as usize], self.range[lo as usize]);
            let weight = self.weights[level as usize];
            self.range
                .push(((a + weight).min(c).min(WEIGHT_MAX), (b + weight).max(d)));
        }
        Ok(made)
    }

    /// Pays for one step of work outside.
    pub(super) fn step(&mut self) -> Result<(), Spent> {
        self.unique.step()
    }

    /// Minimal sets among those of both.
    pub(crate) fn union(&mut self, f: u32, g: u32) -> Result<u32, Spent> {
        self.run(Op::Union, f, g)
    }

    /// The sets that weigh at most `limit`.
    pub(crate) fn cut(&mut self, f: u32, limit: u32) -> Result<u32, Spent> {
        self.run(Op::Product(limit), f, f)
    }

    /// The sets of each that include none of the other's.
    pub(super) fn apart(&mut self, f: u32, g: u32) -> Result<(u32, u32), Spent> {
        Ok((self.run(Op::Without, f, g)?, self.run(Op::Without, g, f)?))
    }

    pub(super) fn minus(&mut self, f: u32, g: u32) -> Result<u32, Spent> {
        self.run(Op::Minus, f, g)
    }

    /// Minimal unions of a set of `f` and a set of `g` that weigh at most `limit`.
    ///
    /// A set of one that includes a set of the other is itself such a union, and whatever else it
    /// is joined with is not minimal. Such sets are taken out first; what is left to be joined is
    /// often much less.
    pub(crate) fn product(&mut self, f: u32, g: u32, limit: u32) -> Result<u32, Spent> {
        if f > UNIT && g > UNIT && f != g {
            let (a, b) = self.apart(f, g)?;
            if a != f || b != g {
                let including = [self.minus(f, a)?, self.minus(g, b)?];
                let mut all = self.run(Op::Product(limit), a, b)?;
                for family in including {
                    let within = self.cut(family, limit)?;
                    all = self.union(all, within)?;
                }
                return Ok(all);
            }
        }
        self.run(Op::Product(limit), f, g)
    }

    /// Drops all nodes but those under `roots`, which are renumbered in place.
    pub(crate) fn compact(&mut self, roots: &mut [u32]) -> Result<(), Spent> {
        let mut new = vec![EMPTY; self.len()];
        new[UNIT as usize] = UNIT;
        let mut kept = self.unique.emptied(2);
        let mut range = vec![self.range[0], self.range[1]];
        for index in self.reachable(roots) {
            let (level, hi, lo) = self.node(index);
            let made = kept.find_or_add(level, new[hi as usize], new[lo as usize])?;
            new[index as usize] = made;
            range.push(self.range[index as usize]);
        }
        for root in roots {
            *root = new[*root as usize];
        }
        self.unique = kept;
        self.range = range;
        self.computed = Computed::new();
        Ok(())
    }

    /// Indices of all nodes under `roots`, children before parents; no terminals.
    pub(crate) fn reachable(&self, roots: &[u32]) -> Vec<u32> {
        let highest = roots.iter().copied().max().unwrap_or(EMPTY);
        let mut seen = vec![false; highest.max(UNIT) as usize + 1];
        for root in roots {
            seen[*root as usize] = true;
        }
        let mut found = Vec::new();
        for index in (UNIT + 1..=highest).rev() {
            if seen[index as usize] {
                found.push(index);
                let (_, hi, lo) = self.node(index);
                seen[hi as usize] = true;
                seen[lo as usize] = true;
            }
        }
        found.reverse();
        found
    }

    /// The family without its negations, over levels half as many: what has to be true.
    pub(crate) fn positive(&mut self, root: u32) -> Result<u32, Spent> {
        let order = self.reachable(&[root]);
        let mut image = vec![EMPTY; self.len()];
        image[UNIT as usize] = UNIT;
        for index in order {
            let (level, hi, lo) = self.node(index);
            let (hi, lo) = (image[hi as usize], image[lo as usize]);
            image[index as usize] = if level & 1 == 1 {
                self.union(hi, lo)?
            } else {
                let hi = self.run(Op::Without, hi, lo)?;
                self.make(level, hi, lo)?
            };
        }
        Ok(image[root as usize])
    }

    fn run(&mut self, op: Op, f: u32, g: u32) -> Result<u32, Spent> {
        self.stack.clear();
        self.values.clear();
        self.stack.push(Task::Call(op, f, g));
        while let Some(task) = self.stack.pop() {
            match task {
                Task::Call(op, f, g) => self.call(op, f, g),
                Task::Push(f) => self.values.push(f),
                Task::Times(f, limit) => {
                    let g = self.pop();
                    self.call(Op::Product(limit), f, g);
                }
                Task::Less(g) => {
                    let f = self.pop();
                    self.call(Op::Without, f, g);
                }
                Task::Join => {
                    let (f, g) = (self.pop(), self.pop());
                    self.call(Op::Union, f, g);
                }
                Task::Prune => {
                    let hi = self.pop();
                    let lo = self.values.last().copied().unwrap_or(EMPTY);
                    self.call(Op::Without, hi, lo);
                }
                Task::Make { level, key } => {
                    self.unique.step()?;
                    let (hi, lo) = (self.pop(), self.pop());
                    let made = self.make(level, hi, lo)?;
                    self.computed.put(key, made);
                    self.values.push(made);
                }
            }
        }
        Ok(self.pop())
    }

    fn pop(&mut self) -> u32 {
        self.values.pop().unwrap_or(EMPTY)
    }

    #[inline]
    fn call(&mut self, op: Op, f: u32, g: u32) {
        match op {
            Op::Without => self.call_without(f, g),
            Op::Union => self.call_union(f.min(g), f.max(g)),
            Op::Minus => self.call_minus(f, g),
            Op::Product(limit) => self.call_product(f.min(g), f.max(g), limit),
        }
    }

    fn holds_empty_set(&self, mut family: u32) -> bool {
        while family > UNIT {
            family = self.node(family).2;
        }
        family == UNIT
    }

    fn call_without(&mut self, f: u32, g: u32) {
        let key = [f, g, WITHOUT];
        let known = match (f, g) {
            (EMPTY, _) | (_, UNIT) => Some(EMPTY),
            (_, EMPTY) => Some(f),
            _ if f == g => Some(EMPTY),
            (UNIT, _) => Some(if self.holds_empty_set(g) { EMPTY } else { UNIT }),
            // All of `g` is heavier than all of `f`: none is included.
            _ if self.least(g) > self.most(f) => Some(f),
            _ => self.computed.get(key),
        };
        if let Some(value) = known {
            self.values.push(value);
            return;
        }
        let (level, f1, f0) = self.node(f);
        let (below, g1, g0) = self.node(g);
        if level > below {
            self.stack.push(Task::Call(Op::Without, f, g0));
            return;
        }
        self.stack.push(Task::Make { level, key });
        if level < below {
            self.stack.push(Task::Call(Op::Without, f1, g));
            self.stack.push(Task::Call(Op::Without, f0, g));
        } else {
            self.stack.push(Task::Less(g0));
            self.stack.push(Task::Call(Op::Without, f1, g1));
            self.stack.push(Task::Call(Op::Without, f0, g0));
        }
    }

    fn call_minus(&mut self, f: u32, g: u32) {
        let key = [f, g, MINUS];
        let known = match (f, g) {
            (EMPTY, _) => Some(EMPTY),
            (_, EMPTY) => Some(f),
            _ if f == g => Some(EMPTY),
            (UNIT, _) => Some(if self.holds_empty_set(g) { EMPTY } else { UNIT }),
            _ => self.computed.get(key),
        };
        if let Some(value) = known {
            self.values.push(value);
            return;
        }
        let (level, f1, f0) = self.node(f);
        // A terminal's level is below all others.
        let (below, g1, g0) = self.node(g);
        if level > below {
            self.stack.push(Task::Call(Op::Minus, f, g0));
            return;
        }
        let (g1, g0) = if level == below { (g1, g0) } else { (EMPTY, g) };
        self.stack.push(Task::Make { level, key });
        self.stack.push(Task::Call(Op::Minus, f1, g1));
        self.stack.push(Task::Call(Op::Minus, f0, g0));
    }

    fn call_union(&mut self, f: u32, g: u32) {
        let key = [f, g, UNION];
        let known = match (f, g) {
            (EMPTY, _) => Some(g),
            (UNIT, _) => Some(UNIT),
            _ if f == g => Some(f),
            _ => self.computed.get(key),
        };
        if let Some(value) = known {
            self.values.push(value);
            return;
        }
        let (fl, f1, f0) = self.node(f);
        let (gl, g1, g0) = self.node(g);
        let level = fl.min(gl);
        self.stack.push(Task::Make { level, key });
        self.stack.push(Task::Prune);
        if fl == gl {
            self.stack.push(Task::Call(Op::Union, f1, g1));
            self.stack.push(Task::Call(Op::Union, f0, g0));
        } else if fl < gl {
            self.stack.push(Task::Push(f1));
            self.stack.push(Task::Call(Op::Union, f0, g));
        } else {
            self.stack.push(Task::Push(g1));
            self.stack.push(Task::Call(Op::Union, f, g0));
        }
    }

    fn call_product(&mut self, f: u32, g: u32, limit: u32) {
        if f == EMPTY || g == EMPTY || self.least(f) > limit || self.least(g) > limit {
            self.values.push(EMPTY);
            return;
        }
        if (f == UNIT || f == g) && self.most(g) <= limit {
            self.values.push(g);
            return;
        }
        // One spelling for all limits that cut nothing off.
        let limit = limit.min(self.most(f) + self.most(g));
        let key = [f, g, PRODUCT + limit];
        if let Some(value) = self.computed.get(key) {
            self.values.push(value);
            return;
        }
        let (fl, f1, f0) = self.node(f);
        let (gl, g1, g0) = self.node(g);
        let level = fl.min(gl);
        let without = (
            if fl == level { f0 } else { f },
            if gl == level { g0 } else { g },
        );
        self.stack.push(Task::Make { level, key });
        let Some(rest) = limit.checked_sub(self.weights[level as usize]) else {
            self.stack.push(Task::Push(EMPTY));
            let cut = Task::Call(Op::Product(limit), without.0, without.1);
            self.stack.push(cut);
            return;
        };
        self.stack.push(Task::Prune);
        let call = |f, g| Task::Call(Op::Product(rest), f, g);
        if f == g {
            // A cut-off only.
            self.stack.push(call(f1, f1));
        } else if fl == gl {
            self.stack.push(Task::Join);
            self.stack.push(Task::Times(f1, rest));
            self.stack.push(Task::Call(Op::Union, g0, g1));
            self.stack.push(call(f0, g1));
        } else if fl < gl {
            self.stack.push(call(f1, g));
        } else {
            self.stack.push(call(f, g1));
        }
        let cut = Task::Call(Op::Product(limit), without.0, without.1);
        self.stack.push(cut);
    }
}
