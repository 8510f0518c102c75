use super::table::{Computed, Unique};
use crate::budget::{Budget, Spent};

/// The family without any set.
pub(crate) const EMPTY: u32 = 0;
/// The family of the empty set alone.
pub(crate) const UNIT: u32 = 1;

const WITHOUT: u32 = 0;
const UNION: u32 = 1;

/// Zero-suppressed decision diagrams: families of sets, each family one node index.
pub(crate) struct Zdd {
    pub(super) unique: Unique,
    computed: Computed,
    stack: Vec<Task>,
    values: Vec<u32>,
}

enum Task {
    /// Push the value of `op(f, g)`.
    Call(u32, u32, u32),
    /// Pop the values of hi and lo, make the node and remember it for `op(f, g)`.
    Make { level: u32, key: [u32; 3] },
    /// Pop the value v and call `WITHOUT(v, g)`.
    Then(u32),
}

impl Zdd {
    pub(crate) fn new(budget: &Budget) -> Self {
        Zdd {
            unique: Unique::new(2, budget.clone()),
            computed: Computed::new(),
            stack: Vec::new(),
            values: Vec::new(),
        }
    }

    /// Nodes made so far, garbage included.
    pub(crate) fn len(&self) -> usize {
        self.unique.len()
    }

    /// (level, hi, lo): the sets with the variable, less it, and the sets without.
    pub(crate) fn node(&self, family: u32) -> (u32, u32, u32) {
        let node = self.unique.node(family);
        (node.level, node.hi, node.lo)
    }

    pub(crate) fn make(&mut self, level: u32, hi: u32, lo: u32) -> Result<u32, Spent> {
        if hi == EMPTY {
            Ok(lo)
        } else {
            self.unique.find_or_add(level, hi, lo)
        }
    }

    /// Sets of `f` that include no set of `g` (Rauzy 1993).
    pub(crate) fn without(&mut self, f: u32, g: u32) -> Result<u32, Spent> {
        self.run(WITHOUT, f, g)
    }

    /// Sets of either family.
    pub(crate) fn union(&mut self, f: u32, g: u32) -> Result<u32, Spent> {
        self.run(UNION, f, g)
    }

    fn run(&mut self, op: u32, f: u32, g: u32) -> Result<u32, Spent> {
        self.stack.clear();
        self.values.clear();
        self.stack.push(Task::Call(op, f, g));
        while let Some(task) = self.stack.pop() {
            match task {
                Task::Call(op, f, g) => self.call(op, f, g),
                Task::Make { level, key } => {
                    self.unique.step()?;
                    let lo = self.values.pop().unwrap_or(EMPTY);
                    let hi = self.values.pop().unwrap_or(EMPTY);
                    let made = self.make(level, hi, lo)?;
                    self.computed.put(key, made);
                    self.values.push(made);
                }
                Task::Then(g) => {
                    let f = self.values.pop().unwrap_or(EMPTY);
                    self.call(WITHOUT, f, g);
                }
            }
        }
        Ok(self.values.pop().unwrap_or(EMPTY))
    }

    #[inline]
    fn call(&mut self, op: u32, mut f: u32, mut g: u32) {
        let trivial = if op == WITHOUT {
            match (f, g) {
                (EMPTY, _) | (_, UNIT) => Some(EMPTY),
                (_, EMPTY) => Some(f),
                _ if f == g => Some(EMPTY),
                // `g` may hold the empty set only where it is `UNIT`: families are minimal.
                (UNIT, _) => Some(if self.holds_empty_set(g) { EMPTY } else { UNIT }),
                _ => None,
            }
        } else {
            match (f, g) {
                (EMPTY, other) | (other, EMPTY) => Some(other),
                _ if f == g => Some(f),
                _ => None,
            }
        };
        if let Some(value) = trivial {
            self.values.push(value);
            return;
        }
        if op == UNION && f > g {
            (f, g) = (g, f);
        }
        let key = [f, g, op];
        if let Some(known) = self.computed.get(key) {
            self.values.push(known);
            return;
        }
        let (fl, f1, f0) = self.node(f);
        let (gl, g1, g0) = self.node(g);
        if op == WITHOUT {
            if fl > gl {
                self.stack.push(Task::Call(op, f, g0));
                return;
            }
            self.stack.push(Task::Make { level: fl, key });
            if fl < gl {
                self.stack.push(Task::Call(op, f0, g));
                self.stack.push(Task::Call(op, f1, g));
            } else {
                self.stack.push(Task::Call(op, f0, g0));
                self.stack.push(Task::Then(g0));
                self.stack.push(Task::Call(op, f1, g1));
            }
            return;
        }
        let level = fl.min(gl);
        let (f1, f0) = if fl == level { (f1, f0) } else { (EMPTY, f) };
        let (g1, g0) = if gl == level { (g1, g0) } else { (EMPTY, g) };
        self.stack.push(Task::Make { level, key });
        self.stack.push(Task::Call(op, f0, g0));
        self.stack.push(Task::Call(op, f1, g1));
    }

    fn holds_empty_set(&self, mut family: u32) -> bool {
        while family > UNIT {
            family = self.node(family).2;
        }
        family == UNIT
    }

    /// Indices of all nodes under `root`, ascending, so children before parents; no terminals.
    pub(crate) fn reachable(&self, root: u32) -> Vec<u32> {
        let mut seen = vec![false; root as usize + 1];
        seen[root as usize] = true;
        let mut found = Vec::new();
        for index in (UNIT + 1..=root).rev() {
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
}
