//! Faultscan's catalogue: error codes, root causes and fault trees as data files, and the loader
//! that turns them into validated domain types.
//!
//! The crate never reads a file at run time: the built-in data is compiled in, other data is
//! handed over as text. The format is described in `docs/spec/catalogue.md`.
#![forbid(unsafe_code)]

mod action;
mod builtin;
mod catalogue;
mod cause;
mod code;
mod error;
mod load;
mod pattern;
mod priors;
mod schema;
mod text;
mod tree;

pub use action::{Check, Fix, Risk};
pub use catalogue::Catalogue;
pub use cause::{Cause, CauseKind};
pub use code::{
    ClientNote, Code, Condition, EvidenceLevel, Family, Guideline, Indicator, MetricName, NearMiss,
    Probability, ProbabilityClass, Provenance, Runbook, Sample, Severity, Signature, VersionRange,
};
pub use error::CatalogueError;
pub use faultscan_faulttree::Formula;
pub use priors::{Priors, Thresholds};
pub use text::{Text, places, render};
pub use tree::{Axis, Tree, TreeEvent, TreeGate};
