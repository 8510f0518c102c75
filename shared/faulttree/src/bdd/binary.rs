use super::ite::Frame;
use super::table::{Computed, TERMINAL, Unique};
use crate::Arrange as _;
use crate::budget::{Budget, Spent};

/// A function: a node and whether it is negated (the low bit).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Edge(pub(super) u32);

impl Edge {
    pub(crate) const TRUE: Edge = Edge(0);
    pub(crate) const FALSE: Edge = Edge(1);

    pub(crate) fn new(index: u32, negated: bool) -> Edge {
        Edge(index << 1 | u32::from(negated))
    }

    pub(crate) fn index(self) -> u32 {
        self.0 >> 1
    }

    pub(crate) fn is_negated(self) -> bool {
        self.0 & 1 == 1
    }

    pub(crate) fn negate_if(self, condition: bool) -> Edge {
        Edge(self.0 ^ u32::from(condition))
    }

    pub(crate) fn is_terminal(self) -> bool {
        self.0 < 2
    }
}

impl std::ops::Not for Edge {
    type Output = Edge;
    fn not(self) -> Edge {
        Edge(self.0 ^ 1)
    }
}

/// Reduced ordered binary decision diagrams with complement edges. Variables are levels: the
/// caller fixes the order beforehand. A `hi` edge is never negated, so equal functions are equal
/// edges.
pub(crate) struct Bdd {
    pub(super) unique: Unique,
    pub(super) computed: Computed,
    pub(super) stack: Vec<Frame>,
}

impl Bdd {
    pub(crate) fn new(budget: &Budget) -> Self {
        Bdd {
            unique: Unique::new(1, budget.clone()),
            computed: Computed::new(),
            stack: Vec::new(),
        }
    }

    /// A copy to work in; what it adds goes when it is dropped.
    pub(crate) fn scratch(&self) -> Self {
        Bdd {
            unique: self.unique.clone(),
            computed: Computed::new(),
            stack: Vec::new(),
        }
    }

    /// Nodes made so far, garbage included.
    pub(crate) fn len(&self) -> usize {
        self.unique.len()
    }

    pub(crate) fn level(&self, edge: Edge) -> u32 {
        self.unique.level(edge.index())
    }

    /// (hi, lo) of a function that is not constant.
    pub(crate) fn children(&self, edge: Edge) -> (Edge, Edge) {
        let node = self.unique.node(edge.index());
        let negated = edge.is_negated();
        (
            Edge(node.hi).negate_if(negated),
            Edge(node.lo).negate_if(negated),
        )
    }

    /// (level, hi, lo) of a node, without the sign of an edge to it.
    pub(crate) fn node(&self, index: u32) -> (u32, Edge, Edge) {
        let node = self.unique.node(index);
        (node.level, Edge(node.hi), Edge(node.lo))
    }

    /// Pays for one step of work outside the kernel.
    pub(crate) fn step(&mut self) -> Result<(), Spent> {
        self.unique.step()
    }

    pub(crate) fn make(&mut self, level: u32, hi: Edge, lo: Edge) -> Result<Edge, Spent> {
        if hi == lo {
            return Ok(hi);
        }
        let negated = hi.is_negated();
        let (hi, lo) = (hi.negate_if(negated), lo.negate_if(negated));
        let index = self.unique.find_or_add(level, hi.0, lo.0)?;
        Ok(Edge(index << 1).negate_if(negated))
    }

    pub(crate) fn variable(&mut self, level: u32) -> Result<Edge, Spent> {
        self.make(level, Edge::TRUE, Edge::FALSE)
    }

    pub(crate) fn and(&mut self, f: Edge, g: Edge) -> Result<Edge, Spent> {
        self.ite(f, g, Edge::FALSE)
    }

    pub(crate) fn or(&mut self, f: Edge, g: Edge) -> Result<Edge, Spent> {
        Ok(!self.ite(!f, !g, Edge::FALSE)?)
    }

    pub(crate) fn xor(&mut self, f: Edge, g: Edge) -> Result<Edge, Spent> {
        self.ite(f, !g, g)
    }

    /// True if at least `k` of `of` are: rows of a table, from the last operand to the first.
    pub(crate) fn at_least(&mut self, k: usize, of: &[Edge]) -> Result<Edge, Spent> {
        let mut row = vec![Edge::FALSE; k + 1];
        row[0] = Edge::TRUE;
        for (seen, &operand) in of.iter().rev().enumerate() {
            // With `left` operands still to come, fewer than k - left hits are too few.
            let left = of.len() - seen - 1;
            for j in (k.saturating_sub(left).max(1)..=k.min(seen + 1)).rev() {
                row[j] = self.ite(operand, row[j - 1], row[j])?;
            }
        }
        Ok(row[k])
    }

    /// Indices of all nodes under `roots`, ascending, so children before parents.
    pub(crate) fn reachable(&self, roots: &[Edge]) -> Vec<u32> {
        let Some(highest) = roots.iter().map(|root| root.index()).max() else {
            return Vec::new();
        };
        let mut seen = vec![false; highest as usize + 1];
        for root in roots {
            seen[root.index() as usize] = true;
        }
        let mut found = Vec::new();
        for index in (1..=highest).rev() {
            if seen[index as usize] {
                found.push(index);
                let (_, hi, lo) = self.node(index);
                seen[hi.index() as usize] = true;
                seen[lo.index() as usize] = true;
            }
        }
        found.reverse();
        found
    }

    /// Levels that the function depends on, ascending.
    pub(crate) fn support(&self, root: Edge) -> Vec<u32> {
        let mut levels: Vec<u32> = self
            .reachable(&[root])
            .into_iter()
            .map(|index| self.unique.level(index))
            .collect();
        levels.arrange();
        levels.dedup();
        levels.retain(|level| *level != TERMINAL);
        levels
    }
}
