//! Forward: from causes that are assumed to what follows from them, beside what is believed now.

use faultscan_faulttree::Arrange as _;
use faultscan_faulttree::SortedSet;
use faultscan_faulttree::one_by_one;

use faultscan_faulttree::{EventId, NodeId, Observation, Posterior};
use faultscan_knowledge::Text;
use serde::{Deserialize, Serialize};

use crate::diagnoser::{Diagnoser, believe};
use crate::error::DiagnosisError;
use crate::findings::{Findings, Leaks};
use crate::gather;
use crate::input::Input;
use crate::model::Model;
use crate::report::Consequence;

/// Smaller changes of a cause's probability are not told.
const CAUSE_MOVED_MIN: f64 = 0.005;
/// Causes that are told at most, those that moved most.
const CAUSES_MAX: usize = 12;
/// Causes that a search gives at most.
const FOUND_MAX: usize = 20;

/// What follows from assumptions, beside what is believed without them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WhatIf {
    /// What was assumed; `then` is 1 or 0.
    pub assumed: Vec<Follows>,
    /// Codes above an assumed cause, most probable first.
    pub codes: Vec<Follows>,
    /// Top events of larger trees above an assumed cause, most probable first.
    pub tops: Vec<Follows>,
    /// Other causes of what was seen that become more or less likely, those that move most first.
    pub causes: Vec<Follows>,
}

/// The probability of one thing, without and with the assumptions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Follows {
    /// A code, a cause, or the gate of a larger tree.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its title in Chinese.
    pub title_zh: String,
    /// Before any evidence.
    pub prior: f64,
    /// By the evidence.
    pub now: f64,
    /// By the evidence and the assumptions.
    pub then: f64,
}

/// A cause that can be assumed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CauseName {
    /// The cause.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its title in Chinese.
    pub title_zh: String,
    /// How likely it is before any evidence.
    pub prior: f64,
}

impl Diagnoser {
    /// What follows if these causes are true or false: every code above one of them, most probable
    /// first.
    ///
    /// # Errors
    /// If a cause is unknown, or the same one is assumed both ways.
    pub fn what_if(&self, assumed: &[(&str, bool)]) -> Result<Vec<Consequence>, DiagnosisError> {
        self.what_if_given(&Input::default(), assumed)
    }

    /// What follows from these assumptions beside what is known.
    ///
    /// # Errors
    /// As [`Diagnoser::what_if`] and [`Diagnoser::diagnose`].
    pub fn what_if_given(
        &self,
        input: &Input,
        assumed: &[(&str, bool)],
    ) -> Result<Vec<Consequence>, DiagnosisError> {
        let follow = self.what_if_beside(input, assumed)?.codes.into_iter();
        Ok(follow
            .map(|code| Consequence {
                code: code.id,
                title: code.title,
                title_zh: code.title_zh,
                probability: code.then,
                prior: code.prior,
            })
            .collect())
    }

    /// What follows from these assumptions, each thing beside what is believed of it now.
    ///
    /// # Errors
    /// As [`Diagnoser::what_if_given`].
    pub fn what_if_beside(
        &self,
        input: &Input,
        assumed: &[(&str, bool)],
    ) -> Result<WhatIf, DiagnosisError> {
        let model = self.model();
        let mut gathered = gather::gather(model, self.matcher(), input)?;
        // Leaves the evidence as small as it must be.
        let now = believe(model, &mut gathered)?;
        let findings = &gathered.findings;
        let mut observations = findings.observations(model, Leaks::Summed);
        let mut events = SortedSet::new();
        for (cause, is_true) in assumed {
            let event = model
                .cause(cause)
                .filter(|_| model.catalogue.cause(cause).is_some())
                .ok_or_else(|| DiagnosisError::UnknownCause {
                    cause: (*cause).to_owned(),
                    catalogue_version: model.catalogue.version().to_owned(),
                })?;
            observations.push(Observation::Is(event.into(), *is_true));
            events.insert(event);
        }
        let then = model.engine.condition(&observations)?;
        let view = Beside {
            model,
            now: &now,
            then: &then,
        };
        Ok(WhatIf {
            assumed: view.all(events.iter().map(|event| NodeId::from(*event))),
            codes: view.codes(&events),
            tops: view.tops(&events),
            causes: view.causes(findings, &events),
        })
    }

    /// Causes whose id or titles have all these words, likeliest before any evidence first.
    #[must_use]
    pub fn find_causes(&self, words: &str) -> Vec<CauseName> {
        let words = words.to_ascii_lowercase();
        let words: Vec<&str> = words.split_whitespace().collect();
        let fits = |text: &str| words.iter().all(|word| text.contains(word));
        let causes = self.catalogue().causes().iter();
        let mut found: Vec<CauseName> = causes
            .filter(|cause| {
                let Text { en, zh, .. } = &cause.title;
                fits(&format!("{} {en} {zh}", cause.id).to_ascii_lowercase())
            })
            .map(|cause| CauseName {
                id: cause.id.clone(),
                title: cause.title.en.clone(),
                title_zh: cause.title.zh.clone(),
                prior: cause.probability,
            })
            .collect();
        found.arrange_by(|a, b| b.prior.total_cmp(&a.prior).then_with(|| a.id.cmp(&b.id)));
        found.truncate(FOUND_MAX);
        found
    }
}

/// What is believed now, and what would be then.
struct Beside<'a> {
    model: &'a Model,
    now: &'a Posterior,
    then: &'a Posterior,
}

impl Beside<'_> {
    fn of(&self, node: NodeId) -> Option<Follows> {
        let id = self.model.name(node);
        let title = self.title(id)?;
        Some(Follows {
            id: id.to_owned(),
            title: title.en.clone(),
            title_zh: title.zh.clone(),
            prior: self.model.prior.posterior(node),
            now: self.now.posterior(node),
            then: self.then.posterior(node),
        })
    }

    fn title(&self, id: &str) -> Option<&Text> {
        let catalogue = &self.model.catalogue;
        let code = catalogue.code(id).map(|code| &code.title);
        let cause = || catalogue.cause(id).map(|cause| &cause.title);
        let gate = || {
            let mut gates = catalogue.trees().iter().flat_map(|tree| &tree.gates);
            gates.find(|gate| gate.id == id).map(|gate| &gate.title)
        };
        code.or_else(cause).or_else(gate)
    }

    fn all(&self, nodes: impl Iterator<Item = NodeId>) -> Vec<Follows> {
        nodes.filter_map(|node| self.of(node)).collect()
    }

    fn ranked(&self, nodes: impl Iterator<Item = NodeId>) -> Vec<Follows> {
        let mut all = self.all(nodes);
        all.arrange_by(|a, b| b.then.total_cmp(&a.then).then_with(|| a.id.cmp(&b.id)));
        all
    }

    fn codes(&self, assumed: &SortedSet<EventId>) -> Vec<Follows> {
        let codes = assumed
            .iter()
            .flat_map(|event| self.model.codes_above(*event));
        let codes: SortedSet<&str> = one_by_one(codes);
        self.ranked(codes.into_iter().filter_map(|code| self.model.code(code)))
    }

    /// Gates of larger trees that nothing else of these trees rests on.
    fn tops(&self, assumed: &SortedSet<EventId>) -> Vec<Follows> {
        let mut seen: SortedSet<NodeId> = SortedSet::new();
        let mut tops = SortedSet::new();
        let mut open: Vec<NodeId> = assumed.iter().map(|event| NodeId::from(*event)).collect();
        while let Some(node) = open.pop() {
            if !seen.insert(node) {
                continue;
            }
            let parents = self.model.parents(node);
            if parents.is_empty() && matches!(node, NodeId::Gate(_)) {
                tops.insert(node);
            }
            open.extend(parents.iter().map(|gate| NodeId::Gate(*gate)));
        }
        self.ranked(tops.into_iter())
    }

    fn causes(&self, findings: &Findings, assumed: &SortedSet<EventId>) -> Vec<Follows> {
        let mentioned = findings.causes(self.model).into_iter();
        let others = mentioned.filter(|event| !assumed.contains(event));
        let mut moved = self.all(others.map(NodeId::from));
        let by = |cause: &Follows| (cause.then - cause.now).abs();
        moved.retain(|cause| by(cause) >= CAUSE_MOVED_MIN);
        moved.arrange_by(|a, b| by(b).total_cmp(&by(a)).then_with(|| a.id.cmp(&b.id)));
        moved.truncate(CAUSES_MAX);
        moved
    }
}
