//! Faultscan's catalogue: error codes, root causes and fault trees as data files, the loader that
//! turns them into validated domain types, and the compiled pack that programs load.
//!
//! The crate never reads a file at run time: the built-in catalogue is compiled in, other data is
//! handed over as text or as a pack's bytes. The data files are described in
//! `docs/spec/catalogue.md`, packs in `docs/spec/pack.md`.
#![forbid(unsafe_code)]

mod action;
mod builtin;
mod catalogue;
mod cause;
mod code;
mod error;
mod load;
pub mod pack;
pub mod pattern;
mod priors;
mod proof;
mod schema;
mod text;
mod tree;
mod version;

pub use action::{Check, Fix, Instruction, Risk};
pub use catalogue::Catalogue;
pub use cause::{Cause, CauseKind};
pub use code::{
    ClientNote, Code, Condition, EvidenceLevel, Family, Guideline, Indicator, MetricName, NearMiss,
    Probability, ProbabilityClass, Provenance, Runbook, Sample, Severity, Signature, VersionRange,
};
pub use error::CatalogueError;
pub use faultscan_faulttree::{Arrange, Formula, SortedMap, SortedSet, one_by_one};
pub use pack::{Pack, PackDelta, PackDiff, PackError, PackKeys};
pub use priors::{Priors, Thresholds};
pub use proof::{Proof, ProofLevel};
pub use text::{Text, places, render};
pub use tree::{Axis, Tree, TreeEvent, TreeGate};
pub use version::{BadRelease, Release, Version};
