//! The two tables both kernels share: a unique table of nodes and a lossy computed table.
use crate::budget::{Budget, Spent};

/// Level of a terminal: below every variable.
pub(crate) const TERMINAL: u32 = u32::MAX;
const NONE: u32 = u32::MAX;

#[derive(Clone, Copy)]
pub(crate) struct Node {
    pub(crate) level: u32,
    pub(crate) hi: u32,
    pub(crate) lo: u32,
    next: u32,
}

/// Nodes by index, each (level, hi, lo) once. Children come before their parents, so an ascending
/// scan is a bottom-up pass and a descending scan a top-down one.
#[derive(Clone)]
pub(crate) struct Unique {
    nodes: Vec<Node>,
    buckets: Vec<u32>,
    budget: Budget,
    steps: usize,
    steps_max: usize,
}

/// Steps (operations that no table answers) that each node of the budget pays for. A diagram that
/// fits may still take for ever to combine, once the computed table forgets more than it knows.
const STEPS_PER_NODE: usize = 16;

fn mix(a: u32, b: u32, c: u32) -> u64 {
    let x = (u64::from(a) << 32 | u64::from(b)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let y = (x ^ (x >> 29))
        .wrapping_add(u64::from(c))
        .wrapping_mul(0xbf58_476d_1ce4_e5b9);
    y ^ (y >> 32)
}

/// Low bits as an index; the mask keeps it in range, so no bit that counts is lost.
#[allow(clippy::cast_possible_truncation)]
fn slot(hash: u64, mask: usize) -> usize {
    hash as usize & mask
}

/// Where a key goes in a table of `mask + 1` entries.
pub(super) fn slot_of([a, b, c]: [u32; 3], mask: usize) -> usize {
    slot(mix(a, b, c), mask)
}

impl Unique {
    /// A table whose first nodes are `terminals` terminals.
    pub(crate) fn new(terminals: u32, budget: Budget) -> Self {
        let terminal = |i| Node {
            level: TERMINAL,
            hi: i,
            lo: i,
            next: NONE,
        };
        Unique {
            nodes: (0..terminals).map(terminal).collect(),
            buckets: vec![NONE; 1 << 10],
            steps: 0,
            steps_max: budget.nodes_max.saturating_mul(STEPS_PER_NODE),
            budget,
        }
    }

    /// An empty table that goes on with what is left of the budget's steps.
    pub(crate) fn emptied(&self, terminals: u32) -> Self {
        Unique {
            steps: self.steps,
            ..Unique::new(terminals, self.budget.clone())
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(crate) fn node(&self, index: u32) -> Node {
        self.nodes[index as usize]
    }

    pub(crate) fn level(&self, index: u32) -> u32 {
        self.nodes[index as usize].level
    }

    /// Pays for one step.
    #[inline]
    pub(crate) fn step(&mut self) -> Result<(), Spent> {
        self.steps += 1;
        if self.steps & 0x3fff == 0 {
            if self.budget.should_stop() {
                return Err(Spent::Stopped);
            }
            if self.steps > self.steps_max {
                return Err(Spent::Nodes);
            }
        }
        Ok(())
    }

    pub(crate) fn find_or_add(&mut self, level: u32, hi: u32, lo: u32) -> Result<u32, Spent> {
        let bucket = slot(mix(level, hi, lo), self.buckets.len() - 1);
        let mut at = self.buckets[bucket];
        while at != NONE {
            let node = &self.nodes[at as usize];
            if node.hi == hi && node.lo == lo && node.level == level {
                return Ok(at);
            }
            at = node.next;
        }
        let count = self.nodes.len();
        if count >= self.budget.nodes_max {
            return Err(Spent::Nodes);
        }
        // An index must leave room for a sign bit.
        let index = u32::try_from(count)
            .ok()
            .filter(|i| *i < 1 << 31)
            .ok_or(Spent::Nodes)?;
        if count == self.nodes.capacity() {
            // Doubling would need three times the memory for a moment, which a phone has not.
            self.nodes.reserve_exact(count / 4 + 1024);
        }
        self.nodes.push(Node {
            level,
            hi,
            lo,
            next: self.buckets[bucket],
        });
        self.buckets[bucket] = index;
        if count > self.buckets.len() {
            self.grow();
        }
        Ok(index)
    }

    fn grow(&mut self) {
        let mask = self.buckets.len() * 2 - 1;
        self.buckets.clear();
        self.buckets.resize(mask + 1, NONE);
        for (index, node) in (0u32..).zip(self.nodes.iter_mut()) {
            if node.level != TERMINAL {
                let bucket = slot(mix(node.level, node.hi, node.lo), mask);
                node.next = std::mem::replace(&mut self.buckets[bucket], index);
            }
        }
    }
}

#[derive(Clone, Copy)]
struct Entry {
    key: [u32; 3],
    value: u32,
}

const VACANT: Entry = Entry {
    key: [NONE; 3],
    value: 0,
};

/// Results of earlier operations, direct-mapped: a clash forgets the older result.
pub(crate) struct Computed {
    entries: Vec<Entry>,
    max: usize,
    written: usize,
}

impl Computed {
    pub(crate) fn new() -> Self {
        Computed {
            entries: vec![VACANT; 1 << 10],
            max: 1 << 22,
            written: 0,
        }
    }

    pub(crate) fn get(&self, key: [u32; 3]) -> Option<u32> {
        let entry = &self.entries[slot(mix(key[0], key[1], key[2]), self.entries.len() - 1)];
        (entry.key == key).then_some(entry.value)
    }

    pub(crate) fn put(&mut self, key: [u32; 3], value: u32) {
        self.written += 1;
        if self.written > self.entries.len() && self.entries.len() < self.max {
            let old = std::mem::take(&mut self.entries);
            self.entries = vec![VACANT; old.len() * 4];
            let mask = self.entries.len() - 1;
            for entry in old.into_iter().filter(|entry| entry.key != VACANT.key) {
                let [a, b, c] = entry.key;
                self.entries[slot(mix(a, b, c), mask)] = entry;
            }
            self.written = 0;
        }
        let at = slot(mix(key[0], key[1], key[2]), self.entries.len() - 1);
        self.entries[at] = Entry { key, value };
    }
}
