//! Why there is no diagnosis.

use std::fmt::Display;

use faultscan_evidence::MatcherError;
use faultscan_faulttree::{EngineError, ModelError};

/// Why the diagnoser cannot be built, or an input cannot be diagnosed. One line each.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DiagnosisError {
    /// The catalogue's gates do not make a fault tree.
    #[error("the catalogue makes no fault tree: {}", brief(.0, &.0.reason()))]
    Model(#[from] ModelError),
    /// The engine's budget does not suffice.
    #[error("the fault tree cannot be computed: {}", brief(.0, &.0.reason()))]
    Engine(#[from] EngineError),
    /// The catalogue's signatures cannot be compiled.
    #[error(transparent)]
    Matcher(#[from] MatcherError),
    /// An answer names a check that the catalogue does not have.
    #[error("there is no check `{check}` in catalogue {catalogue_version}")]
    UnknownCheck {
        /// The check that was named.
        check: String,
        /// The catalogue that lacks it.
        catalogue_version: String,
    },
    /// A node was asked for that the graph of this diagnosis does not have.
    #[error("there is no node `{node}` in the graph of this diagnosis")]
    UnknownNode {
        /// The node that was named.
        node: String,
    },
    /// A drawing option is out of bounds.
    #[error("{option} must be {allowed}")]
    BadOption {
        /// The option.
        option: &'static str,
        /// What it may be.
        allowed: &'static str,
    },
    /// A session is of a form that this version does not read.
    #[error("the session has form {schema}; this version reads form {known}")]
    SessionForm {
        /// The form that was found.
        schema: u32,
        /// The form that is read.
        known: u32,
    },
    /// A cause was assumed that the catalogue does not have.
    #[error("there is no cause `{cause}` in catalogue {catalogue_version}")]
    UnknownCause {
        /// The cause that was named.
        cause: String,
        /// The catalogue that lacks it.
        catalogue_version: String,
    },
}

/// What the engine says; on phones, whose catalogue a loader has tried, the name of it is enough.
fn brief<'a>(error: &'a dyn Display, reason: &'a dyn Display) -> &'a dyn Display {
    if cfg!(target_family = "wasm") {
        reason
    } else {
        error
    }
}

impl DiagnosisError {
    /// Stable name of the kind of error.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Model(error) => error.reason(),
            Self::Engine(error) => error.reason(),
            Self::Matcher(error) => error.reason(),
            Self::UnknownCheck { .. } => "unknown_check",
            Self::UnknownCause { .. } => "unknown_cause",
            Self::UnknownNode { .. } => "unknown_node",
            Self::BadOption { .. } => "bad_option",
            Self::SessionForm { .. } => "session_form",
        }
    }
}
