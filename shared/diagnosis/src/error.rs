//! Why there is no diagnosis.

use faultscan_evidence::MatcherError;
use faultscan_faulttree::{EngineError, ModelError};

/// Why the diagnoser cannot be built, or an input cannot be diagnosed. One line each.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DiagnosisError {
    /// The catalogue's gates do not make a fault tree.
    #[error("the catalogue makes no fault tree: {0}")]
    Model(#[from] ModelError),
    /// The engine's budget does not suffice.
    #[error("the fault tree cannot be computed: {0}")]
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
    /// A cause was assumed that the catalogue does not have.
    #[error("there is no cause `{cause}` in catalogue {catalogue_version}")]
    UnknownCause {
        /// The cause that was named.
        cause: String,
        /// The catalogue that lacks it.
        catalogue_version: String,
    },
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
        }
    }
}
