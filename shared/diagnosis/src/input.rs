//! What a diagnosis is made from. An input is a value: the same input gives the same diagnosis, and
//! a dialogue is the same input with one answer more.

use std::borrow::Cow;
use std::collections::BTreeMap;

use faultscan_evidence::Metrics;
use serde::{Deserialize, Serialize};

use crate::report::GivenAnswer;

/// Everything that is known of one failure.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Input {
    /// Captured log lines, oldest first.
    pub lines: Vec<String>,
    /// Lines that the failing machine put into the ticket. They are numbered before [`Self::lines`].
    pub ticket_evidence: Vec<EvidenceLine>,
    /// The code that the ticket names.
    pub ticket_code: Option<String>,
    /// The ticket's context.
    pub context: BTreeMap<String, String>,
    /// What was measured.
    pub metrics: Metrics,
    /// Answers to checks, in the order given; a later answer to the same check replaces an earlier.
    pub answers: Vec<GivenAnswer>,
}

/// A line of a ticket's evidence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EvidenceLine {
    /// The code that the failing machine recognised in it.
    pub code: Option<String>,
    /// The line.
    pub line: String,
}

impl Input {
    /// An input of log lines alone.
    pub fn from_lines<S: Into<String>>(lines: impl IntoIterator<Item = S>) -> Self {
        Self {
            lines: lines.into_iter().map(Into::into).collect(),
            ..Self::default()
        }
    }

    /// The same input with one answer more.
    #[must_use]
    pub fn with_answer(mut self, answer: GivenAnswer) -> Self {
        self.answers.push(answer);
        self
    }

    /// All lines in the order in which they are numbered.
    #[must_use]
    pub fn all_lines(&self) -> Cow<'_, [String]> {
        if self.ticket_evidence.is_empty() {
            return Cow::Borrowed(&self.lines);
        }
        let of_ticket = self.ticket_evidence.iter().map(|evidence| &evidence.line);
        Cow::Owned(of_ticket.chain(&self.lines).cloned().collect())
    }

    /// Answers with only the last one to each check, in the order of the last answers.
    pub(crate) fn last_answers(&self) -> Vec<GivenAnswer> {
        let mut last: Vec<GivenAnswer> = Vec::new();
        for answer in &self.answers {
            last.retain(|earlier| earlier.check != answer.check);
            last.push(answer.clone());
        }
        last
    }
}
