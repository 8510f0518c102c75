//! Exact fault-tree analysis by decision diagrams.
//!
//! The crate never reads a clock, a file or a random source: time limits, seeds and texts are
//! arguments, so that the same input gives the same answer on every machine, `wasm32` included.
//!
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod analysis;
mod arrange;
mod bdd;
mod budget;
mod circuit;
mod cluster;
#[cfg(feature = "formats")]
pub mod formats;
mod inference;
mod model;
mod order;
mod prep;
mod sorted;

pub use analysis::{Analysis, Bounds, Count, CutSets, Importance, Sets, Uncertainty};
pub use arrange::{Arrange, one_by_one};
pub use budget::{Budget, EngineError, Known, Phase, Resource};
pub use cluster::{Cluster, clusters, path};
pub use inference::{CutSet, Explanation, Inference, Observation, Posterior};
pub use model::{
    Event, EventId, EventKind, Expression, FaultTree, FaultTreeBuilder, Formula, Gate, GateId,
    Limits, ModelError, NodeId, Note, ParseError, ValueError,
};
pub use sorted::{SortedMap, SortedSet};
