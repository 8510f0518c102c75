//! What of a fault tree is drawn on a small screen. Nothing here enters a computation: every
//! probability is the exact one of the whole tree, whatever is drawn of it.
//!
//! [`Outline`] is the tree as the drawing sees it; [`compress`] chooses what a first view shows,
//! [`below`] what is fetched when a node is opened. `docs/diagnosis.md` states the rules.

mod compress;
mod diff;
mod options;
mod outline;

pub(crate) use compress::{View, below, compress, whole};
pub use diff::{DiffError, GraphDiff};
pub use options::GraphOptions;
pub(crate) use outline::{Outline, Spot};
