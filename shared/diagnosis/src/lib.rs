//! Turns evidence into a diagnosis: which root causes explain it and how surely, what else will
//! fail, what to check next, how to mend it.
//!
//! [`Diagnoser`] compiles the catalogue into one fault tree, once. Each [`Input`] is then a matter of
//! conditioning that tree's decision diagram, exactly. The crate reads no clock, no file and no
//! random source: the same input gives the same [`Diagnosis`] on every machine, `wasm32` included.
//! The maths stands in `docs/diagnosis.md`.
#![forbid(unsafe_code)]

mod captures;
mod checks;
mod diagnoser;
mod display;
mod error;
mod export;
mod findings;
mod fixes;
mod gather;
mod graph;
mod influence;
mod input;
mod likelihood;
mod model;
mod ranking;
mod report;
mod sensitivity;
mod session;
mod what_if;
mod wording;

pub use diagnoser::{Diagnoser, GraphPart};
pub use display::{DiffError, GraphDiff, GraphOptions};
pub use error::DiagnosisError;
pub use export::GraphFormat;
pub use faultscan_evidence::Metrics;
pub use input::{EvidenceLine, Input};
pub use report::{
    Answer, Confidence, Consequence, Diagnosis, Fix, FoundCode, GateKind, GivenAnswer, Graph,
    GraphEdge, GraphNode, Influence, InfluenceKind, MergedNode, MetricNote, NextCheck, NodeKind,
    Note, PriorSensitivity, RankedCause, RankedCutSet, Sensitivity, Status, UnknownAnswer, Verdict,
};
pub use session::{Moved, SESSION_SCHEMA, Session, SessionStep};
pub use what_if::{CauseName, Follows, WhatIf};
