use super::table::{Computed, Unique};
use crate::budget::{Budget, Spent};
use std::cmp::Ordering;

/// The family without any set.
pub(crate) const EMPTY: u32 = 0;
/// The family of the empty set alone.
pub(crate) const UNIT: u32 = 1;

/// Zero-suppressed decision diagrams: families of sets, each family one node index.
pub(crate) struct Zdd {
    pub(super) unique: Unique,
    computed: Computed,
    stack: Vec<Task>,
    values: Vec<u32>,
}

enum Task {
    /// Push the sets of `f` without those of `g`.
    Call(u32, u32),
    /// Pop the values of hi and lo, make the node and remember it for (f, g).
    Make { level: u32, f: u32, g: u32 },
    /// Pop a value and call it without `g`.
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
        self.stack.clear();
        self.values.clear();
        self.stack.push(Task::Call(f, g));
        while let Some(task) = self.stack.pop() {
            match task {
                Task::Call(f, g) => self.call(f, g),
                Task::Make { level, f, g } => {
                    self.unique.step()?;
                    let lo = self.values.pop().unwrap_or(EMPTY);
                    let hi = self.values.pop().unwrap_or(EMPTY);
                    let made = self.make(level, hi, lo)?;
                    self.computed.put([f, g, 0], made);
                    self.values.push(made);
                }
                Task::Then(g) => {
                    let f = self.values.pop().unwrap_or(EMPTY);
                    self.call(f, g);
                }
            }
        }
        Ok(self.values.pop().unwrap_or(EMPTY))
    }

    #[inline]
    fn call(&mut self, f: u32, g: u32) {
        let trivial = match (f, g) {
            (EMPTY, _) | (_, UNIT) => Some(EMPTY),
            (_, EMPTY) => Some(f),
            _ if f == g => Some(EMPTY),
            // `g` may hold the empty set only where it is `UNIT`: families are minimal.
            (UNIT, _) => Some(if self.holds_empty_set(g) { EMPTY } else { UNIT }),
            _ => self.computed.get([f, g, 0]),
        };
        if let Some(value) = trivial {
            self.values.push(value);
            return;
        }
        let (fl, f1, f0) = self.node(f);
        let (gl, g1, g0) = self.node(g);
        match fl.cmp(&gl) {
            Ordering::Greater => self.stack.push(Task::Call(f, g0)),
            Ordering::Less => {
                self.stack.push(Task::Make { level: fl, f, g });
                self.stack.push(Task::Call(f0, g));
                self.stack.push(Task::Call(f1, g));
            }
            Ordering::Equal => {
                self.stack.push(Task::Make { level: fl, f, g });
                self.stack.push(Task::Call(f0, g0));
                self.stack.push(Task::Then(g0));
                self.stack.push(Task::Call(f1, g1));
            }
        }
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
