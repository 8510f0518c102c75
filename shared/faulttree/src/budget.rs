use crate::analysis::{Bounds, Count};
use std::fmt;
use std::sync::Arc;

/// How much an analysis may spend. The default is 20 million diagram nodes (about 700 MB at the
/// very most) and no limit on time.
#[derive(Clone)]
#[non_exhaustive]
pub struct Budget {
    /// Decision-diagram nodes alive at once.
    pub nodes_max: usize,
    stop: Option<Arc<dyn Fn() -> bool + Send + Sync>>,
}

impl Default for Budget {
    fn default() -> Self {
        Budget {
            nodes_max: 20_000_000,
            stop: None,
        }
    }
}

impl Budget {
    /// A budget of so many nodes.
    pub fn nodes(nodes_max: usize) -> Self {
        Budget {
            nodes_max,
            ..Budget::default()
        }
    }

    /// Asks `stop` every few thousand steps; once it says `true`, the analysis ends with
    /// [`EngineError::Stopped`]. This is how a caller that has a clock, or a Ctrl-C, sets a limit.
    #[must_use]
    pub fn with_stop(mut self, stop: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        self.stop = Some(Arc::new(stop));
        self
    }

    /// Whether the caller wants an end.
    pub fn should_stop(&self) -> bool {
        self.stop.as_ref().is_some_and(|stop| stop())
    }

    pub(crate) fn capped(&self, nodes_max: usize) -> Self {
        Budget {
            nodes_max: nodes_max.min(self.nodes_max),
            stop: self.stop.clone(),
        }
    }
}

impl fmt::Debug for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Budget")
            .field("nodes_max", &self.nodes_max)
            .field("stop", &self.stop.is_some())
            .finish()
    }
}

/// What ran out inside a diagram operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spent {
    Nodes,
    Stopped,
}

/// What a budget limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Resource {
    /// [`Budget::nodes_max`].
    Nodes,
    /// The caller's own check, usually time.
    Time,
}

/// What an analysis was doing when its budget was spent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    /// Building the diagrams of the modules.
    Diagrams,
    /// Finding minimal cut sets in finished diagrams.
    CutSets,
    /// Finding minimal cut sets up to an order without diagrams.
    TruncatedCutSets,
    /// Bounding a probability.
    Bounds,
    /// Building the unions for exact Fussell-Vesely importance.
    Unions,
    /// Drawing samples.
    Sampling,
    /// Answering a question about what is already compiled.
    #[default]
    Query,
}

impl Phase {
    /// What it is, in words.
    pub fn words(self) -> &'static str {
        match self {
            Phase::Diagrams => "building diagrams",
            Phase::CutSets => "finding minimal cut sets",
            Phase::TruncatedCutSets => "finding minimal cut sets up to an order",
            Phase::Bounds => "bounding the probability",
            Phase::Unions => "building unions of cut sets",
            Phase::Sampling => "drawing samples",
            Phase::Query => "answering a question",
        }
    }
}

/// What was known when a budget was spent. All of it is true, none of it complete.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Known {
    /// What was being done.
    pub phase: Phase,
    /// Modules that were finished in this phase.
    pub modules_done: usize,
    /// Modules in all; 0 where the phase has none.
    pub modules: usize,
    /// Diagram nodes of the finished modules.
    pub nodes: usize,
    /// How many minimal cut sets there are of each order, entry `n` for order `n`. Every entry is
    /// exact; orders beyond the last are not known. Empty where none is known.
    pub cut_sets_by_order: Vec<Count>,
    /// Proven bounds of the probability.
    pub probability_bounds: Option<Bounds>,
}

impl Known {
    fn at(phase: Phase) -> Box<Self> {
        Box::new(Known {
            phase,
            ..Known::default()
        })
    }
}

/// Why an analysis has no answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// More diagram nodes would be needed than the budget allows.
    #[error("the budget of {nodes_max} diagram nodes is spent while {}", known.phase.words())]
    NodesSpent {
        /// The budget.
        nodes_max: usize,
        /// What was known by then.
        known: Box<Known>,
    },
    /// The caller's check said stop.
    #[error("stopped by the caller's time limit while {}", known.phase.words())]
    Stopped {
        /// What was known by then.
        known: Box<Known>,
    },
    /// An event without a probability where one is needed.
    #[error("event '{event}' has no probability")]
    NoProbability {
        /// The event.
        event: String,
    },
    /// An event's expression has no value at this mission time.
    #[error("event '{event}': {fault}")]
    BadValue {
        /// The event.
        event: String,
        /// What is wrong.
        fault: crate::ValueError,
    },
    /// The observations contradict each other or the tree: their probability is 0.
    #[error("the observations are impossible together")]
    Impossible,
    /// A likelihood that is negative or not finite.
    #[error("likelihood {0} is negative or not finite")]
    BadLikelihood(f64),
    /// A node id that is not of this tree.
    #[error("no such event or gate in this tree")]
    NoSuchNode,
    /// A gate has more minimal cut sets than the caller wants listed.
    #[error("more than {sets_max} minimal cut sets")]
    TooManySets {
        /// The maximum.
        sets_max: usize,
    },
    /// The question has an answer for coherent trees alone.
    #[error("the tree is not coherent, and this is only defined for trees that are")]
    NotCoherent,
    /// The number of weights is not the number of events, or one is outside [0, 1].
    #[error("weights must be one probability for each event")]
    BadWeights,
}

impl EngineError {
    /// A stable name for this kind of error.
    pub fn reason(&self) -> &'static str {
        match self {
            EngineError::NodesSpent { .. } => "nodes_spent",
            EngineError::Stopped { .. } => "stopped",
            EngineError::NoProbability { .. } => "no_probability",
            EngineError::BadValue { fault, .. } => fault.reason(),
            EngineError::Impossible => "impossible_observations",
            EngineError::BadLikelihood(_) => "bad_likelihood",
            EngineError::NoSuchNode => "no_such_node",
            EngineError::TooManySets { .. } => "too_many_cut_sets",
            EngineError::NotCoherent => "not_coherent",
            EngineError::BadWeights => "bad_weights",
        }
    }

    /// Which budget was spent, if that is what ended the analysis.
    pub fn spent(&self) -> Option<Resource> {
        match self {
            EngineError::NodesSpent { .. } => Some(Resource::Nodes),
            EngineError::Stopped { .. } => Some(Resource::Time),
            _ => None,
        }
    }

    /// What was known when a budget was spent, if that is what ended the analysis.
    pub fn known(&self) -> Option<&Known> {
        match self {
            EngineError::NodesSpent { known, .. } | EngineError::Stopped { known } => Some(known),
            _ => None,
        }
    }

    pub(crate) fn from_spent(spent: Spent, budget: &Budget) -> Self {
        let known = Known::at(Phase::Query);
        match spent {
            Spent::Nodes => EngineError::NodesSpent {
                nodes_max: budget.nodes_max,
                known,
            },
            Spent::Stopped => EngineError::Stopped { known },
        }
    }

    /// The same error with what was known.
    pub(crate) fn with_known(mut self, write: impl FnOnce(&mut Known)) -> Self {
        if let EngineError::NodesSpent { known, .. } | EngineError::Stopped { known } = &mut self {
            write(known);
        }
        self
    }

    pub(crate) fn during(self, phase: Phase) -> Self {
        self.with_known(|known| known.phase = phase)
    }
}
