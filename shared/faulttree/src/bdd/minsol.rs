//! Minimal solutions of a function as a family of sets (Rauzy 1993): for a node (x, F1, F0) the
//! sets of F0, and x with those of F1 that include none of F0's.
use super::binary::{Bdd, Edge};
use super::zero::{EMPTY, UNIT, Zdd};
use crate::budget::Spent;

const UNKNOWN: u32 = u32::MAX;

/// Where the nodes of a diagram stand.
pub(crate) trait Nodes {
    /// (level, hi, lo) of a function that is not constant.
    fn split(&self, edge: Edge) -> (u32, Edge, Edge);
}

impl Nodes for Bdd {
    fn split(&self, edge: Edge) -> (u32, Edge, Edge) {
        let (hi, lo) = self.children(edge);
        (self.level(edge), hi, lo)
    }
}

/// The minimal sets of variables that, alone true, make the function true.
pub(crate) fn minimal_solutions(
    nodes: &impl Nodes,
    root: Edge,
    zdd: &mut Zdd,
) -> Result<u32, Spent> {
    let mut known = vec![UNKNOWN; (root.index() as usize + 1) * 2];
    known[0] = UNIT;
    known[1] = EMPTY;
    let mut open = vec![root];
    while let Some(&edge) = open.last() {
        if known[edge.0 as usize] != UNKNOWN {
            open.pop();
            continue;
        }
        let (level, hi, lo) = nodes.split(edge);
        let (with, rest) = (known[hi.0 as usize], known[lo.0 as usize]);
        if rest == UNKNOWN {
            open.push(lo);
        }
        if with == UNKNOWN {
            open.push(hi);
        }
        if with != UNKNOWN && rest != UNKNOWN {
            let with = zdd.without(with, rest)?;
            known[edge.0 as usize] = zdd.make(level, with, rest)?;
            open.pop();
        }
    }
    Ok(known[root.0 as usize])
}
