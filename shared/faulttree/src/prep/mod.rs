//! Before any diagram: the tree is simplified, then cut into modules, parts that share no event
//! with the rest, so that each gets a small diagram of its own.
mod assume;
mod factor;
mod limits;
mod modules;
mod plan;
mod simplify;
mod twins;

pub(crate) use limits::Weighed;
pub(crate) use plan::{Module, Plan, Source};
