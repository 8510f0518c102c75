//! The fault tree as data: events, gates, formulas, expressions. A [`FaultTree`] that exists is
//! valid: no cycle, no undefined name, no bad arity, no probability outside [0, 1].
mod builder;
mod error;
#[cfg_attr(not(feature = "quantities"), allow(dead_code))]
mod expression;
mod formula;
mod parse;
#[cfg_attr(not(feature = "quantities"), allow(dead_code))]
mod random;
mod sort;
mod tree;

pub use builder::FaultTreeBuilder;
pub use error::ModelError;
pub use expression::{Expression, ValueError};
pub use formula::Formula;
#[cfg(feature = "formats")]
pub(crate) use formula::formula_text;
pub use parse::ParseError;
pub(crate) use random::Random;
pub use tree::{Event, EventId, EventKind, FaultTree, Gate, GateId, Limits, NodeId, Note};
