//! Checks that tell causes apart and fixes that repair them.

use crate::text::Text;
use faultscan_faulttree::Formula;
use serde::{Deserialize, Serialize};

/// A question that a person can answer by looking.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Check {
    /// Name, unique in the catalogue.
    pub id: String,
    /// The question, to be answered yes or no.
    pub question: Text,
    /// What to run to find the answer; a template over captures.
    pub command: Instruction,
    /// Minutes it takes.
    pub cost_min: f64,
    /// A gate over causes that is true when the honest answer is yes, as written.
    pub test: String,
    /// The gate, parsed.
    #[serde(skip)]
    pub formula: Formula,
    /// P(the answer is yes | the test is true).
    pub hit: f64,
    /// P(the answer is yes | the test is false).
    pub false_alarm: f64,
    /// What yes means.
    pub yes: Text,
    /// What no means.
    pub no: Text,
}

/// What to type; or, where there is nothing to type, what to do. A template over captures.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(
    untagged,
    expecting = "wanted a command, or a sentence as { en = ..., zh = ... }"
)]
pub enum Instruction {
    /// Reads the same in every language.
    Command(String),
    /// Has to be said in each language.
    Words(Text),
}

impl Instruction {
    /// As it stands in English.
    #[must_use]
    pub fn en(&self) -> &str {
        match self {
            Self::Command(command) => command,
            Self::Words(words) => &words.en,
        }
    }

    /// As it stands in Chinese.
    #[must_use]
    pub fn zh(&self) -> &str {
        match self {
            Self::Command(command) => command,
            Self::Words(words) => &words.zh,
        }
    }
}

/// How much a fix can break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Risk {
    /// Only the broken thing is touched.
    Low,
    /// Others may notice, for example by a restart.
    Medium,
    /// Data or many users are in danger when it goes wrong.
    High,
}

/// A step that repairs a cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Fix {
    /// The cause it repairs.
    pub cause: String,
    /// What it does.
    pub title: Text,
    /// What to run or to write; a template over captures.
    pub command: Instruction,
    /// The same without effect: shows what would change.
    pub dry_run: Instruction,
    /// How to take it back.
    pub undo: Instruction,
    /// What else it does.
    pub side_effects: Text,
    /// Whether running it twice is the same as running it once.
    pub idempotent: bool,
    /// How much it can break.
    pub risk: Risk,
}
