//! Fault trees that are larger than one code's gate.

use crate::text::Text;
use faultscan_faulttree::Formula;
use serde::Serialize;

/// A named gate of a tree.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct TreeGate {
    /// Name, unique in the catalogue.
    pub id: String,
    /// The axis it lies on; `None` for the top.
    pub axis: Option<String>,
    /// Name for people.
    pub title: Text,
    /// The gate over events and other gates, as written.
    pub gate: String,
    /// The gate, parsed.
    #[serde(skip)]
    pub formula: Formula,
}

/// One axis of a tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Axis {
    /// Name.
    pub id: String,
    /// Name for people.
    pub title: Text,
}

/// A fault tree with named gates. Its events are causes of the catalogue, its symptoms are codes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Tree {
    /// Name, for example `go_env`.
    pub id: String,
    /// Name for people.
    pub title: Text,
    /// The top event's id.
    pub top: String,
    /// The axes events are sorted by.
    pub axes: Vec<Axis>,
    /// All gates, the top first.
    pub gates: Vec<TreeGate>,
    /// The basic events, in the order of the file, with the axis of each.
    pub events: Vec<TreeEvent>,
}

/// An event's place in a tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TreeEvent {
    /// The cause's id.
    pub id: String,
    /// Its axis.
    pub axis: String,
}
