//! Decision-diagram kernels: binary diagrams with complement edges, and zero-suppressed diagrams
//! for families of sets. Single-threaded, hash-consed, without recursion.
mod binary;
mod family;
mod ite;
mod minsol;
mod table;
mod tail;
mod zero;

pub(crate) use binary::{Bdd, Edge};
pub(crate) use family::Families;
pub(crate) use minsol::{Nodes, minimal_solutions};
pub(crate) use tail::Tails;
pub(crate) use zero::{EMPTY, UNIT, Zdd};
