use super::expression::ValueError;

/// Why a tree can not be built.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// An empty name, or one with characters that no format can carry.
    #[error(
        "bad name {0:?}: names are 1 to 256 bytes without spaces, commas, brackets or control characters"
    )]
    BadName(String),
    /// A name that stands for two things.
    #[error("'{0}' is defined twice")]
    Duplicate(String),
    /// A gate refers to something that does not exist.
    #[error("'{name}' is used in '{used_in}' but not defined")]
    Undefined {
        /// The missing name.
        name: String,
        /// Where it is used.
        used_in: String,
    },
    /// Gates or parameters that depend on themselves.
    #[error("cycle: {}", path.join(" -> "))]
    Cycle {
        /// The names along the cycle, the first repeated at the end.
        path: Vec<String>,
    },
    /// An operator with too few or too many operands.
    #[error("gate '{gate}': {fault}")]
    BadArity {
        /// The gate.
        gate: String,
        /// What is wrong.
        fault: String,
    },
    /// A formula or expression nests too deep.
    #[error("'{name}' nests deeper than {max}")]
    TooDeep {
        /// The gate, event or parameter.
        name: String,
        /// The maximum.
        max: usize,
    },
    /// The value of an event or parameter does not exist or is no probability.
    #[error("'{name}': {fault}")]
    BadValue {
        /// The event or parameter.
        name: String,
        /// What is wrong.
        fault: ValueError,
    },
    /// More elements than the limits allow.
    #[error("more than {max} {what}")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// The maximum.
        max: usize,
    },
    /// No gate at all, so there is nothing to analyse.
    #[error("the tree has no gate")]
    NoGate,
}

impl ModelError {
    /// A stable name for this kind of error.
    pub fn reason(&self) -> &'static str {
        match self {
            ModelError::BadName(_) => "bad_name",
            ModelError::Duplicate(_) => "duplicate_name",
            ModelError::Undefined { .. } => "undefined_name",
            ModelError::Cycle { .. } => "cycle",
            ModelError::BadArity { .. } => "bad_arity",
            ModelError::TooDeep { .. } => "nesting_too_deep",
            ModelError::BadValue { fault, .. } => fault.reason(),
            ModelError::TooMany { .. } => "too_many_elements",
            ModelError::NoGate => "no_gate",
        }
    }

    /// The element that the error is about, to find its place in a source text.
    pub fn subject(&self) -> Option<&str> {
        match self {
            ModelError::BadName(name) | ModelError::Duplicate(name) => Some(name),
            ModelError::Undefined { used_in, .. } => Some(used_in),
            ModelError::Cycle { path } => path.first().map(String::as_str),
            ModelError::BadArity { gate, .. } => Some(gate),
            ModelError::TooDeep { name, .. } | ModelError::BadValue { name, .. } => Some(name),
            ModelError::TooMany { .. } | ModelError::NoGate => None,
        }
    }
}
