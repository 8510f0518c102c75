//! What can be wrong with a data file.

use thiserror::Error;

/// A catalogue that cannot be loaded. The text is one line: file, field, reason.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CatalogueError {
    /// The file is not TOML.
    #[error("{file}: not valid TOML: {reason}")]
    Syntax {
        /// Name of the data file as given to the loader.
        file: String,
        /// What the TOML parser says, on one line, with its line number.
        reason: String,
    },
    /// A field is missing, unknown, of the wrong type, or its value breaks a rule.
    #[error("{file}: {field}: {reason}")]
    Field {
        /// Name of the data file as given to the loader.
        file: String,
        /// Path of the field inside the file, such as `signatures[2].pattern`.
        field: String,
        /// The rule that is broken.
        reason: String,
    },
    /// The file's name fits none of the places where data may lie.
    #[error("{file}: {reason}")]
    UnknownFile {
        /// Name of the data file as given to the loader.
        file: String,
        /// Which names are allowed.
        reason: String,
    },
}

impl CatalogueError {
    /// Stable name of the kind of error.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Syntax { .. } => "catalogue_syntax",
            Self::Field { .. } => "catalogue_field",
            Self::UnknownFile { .. } => "catalogue_unknown_file",
        }
    }

    /// Name of the file the error is in.
    #[must_use]
    pub fn file(&self) -> &str {
        match self {
            Self::Syntax { file, .. }
            | Self::Field { file, .. }
            | Self::UnknownFile { file, .. } => file,
        }
    }
}
