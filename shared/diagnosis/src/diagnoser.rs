//! From an input to a diagnosis.

use faultscan_faulttree::Arrange as _;
use std::sync::Arc;

use faultscan_evidence::Matcher;
use faultscan_faulttree::{NodeId, Posterior};
use faultscan_knowledge::{Catalogue, Severity};

use crate::display::GraphOptions;
use crate::error::DiagnosisError;
use crate::findings::{Findings, Found, Leaks};
use crate::gather::Gathered;
use crate::influence::Course;
use crate::input::Input;
use crate::model::Model;
use crate::report::{Diagnosis, FoundCode, Graph, Influence, RankedCause, Status, Verdict};
use crate::wording::LIKELY;
use crate::{checks, display, fixes, gather, graph, ranking, sensitivity, wording};

/// Evidence that is this many times less likely together than apart contradicts itself.
const CONFLICT_MIN: f64 = 20.0;

/// Diagnoses inputs by one catalogue. Costly to build, cheap to use, shared by reference between
/// threads.
pub struct Diagnoser {
    model: Model,
    matcher: Matcher,
}

impl Diagnoser {
    /// Compiles a catalogue.
    ///
    /// # Errors
    /// If the catalogue's gates make no fault tree that fits the engine's budget.
    pub fn new(catalogue: &Catalogue) -> Result<Self, DiagnosisError> {
        Self::from_shared(Arc::new(catalogue.clone()))
    }

    /// Compiles a catalogue that others hold too.
    ///
    /// # Errors
    /// As [`Diagnoser::new`].
    pub fn from_shared(catalogue: Arc<Catalogue>) -> Result<Self, DiagnosisError> {
        let matcher = Matcher::new(&catalogue)?;
        Ok(Self {
            model: Model::new(catalogue)?,
            matcher,
        })
    }

    /// The catalogue.
    pub fn catalogue(&self) -> &Catalogue {
        &self.model.catalogue
    }

    pub(crate) fn model(&self) -> &Model {
        &self.model
    }

    /// The matcher, for those who want codes only.
    pub fn matcher(&self) -> &Matcher {
        &self.matcher
    }

    /// Diagnoses an input. The same input gives the same diagnosis.
    ///
    /// # Errors
    /// If an answer names an unknown check, or the engine's budget does not suffice.
    pub fn diagnose(&self, input: &Input) -> Result<Diagnosis, DiagnosisError> {
        self.diagnose_with(input, &GraphOptions::default())
    }

    /// Diagnoses an input, its graph drawn by `options`.
    ///
    /// # Errors
    /// As [`Diagnoser::diagnose`], and if an option is out of bounds.
    pub fn diagnose_with(
        &self,
        input: &Input,
        options: &GraphOptions,
    ) -> Result<Diagnosis, DiagnosisError> {
        options.validate()?;
        let model = &self.model;
        let mut gathered = gather::gather(model, &self.matcher, input)?;
        let posterior = believe(model, &mut gathered)?;
        let findings = &gathered.findings;
        let mentioned = findings.causes(model);
        let mut causes = ranking::causes(model, findings, &mentioned, &posterior);
        let codes = found_codes(model, findings, &posterior);
        let (status, lead) = status(findings, &posterior, best_of(&causes));
        let groups = leading_first(ranking::groups(model, findings), lead);
        let cut_sets = ranking::cut_sets(model, &groups, &posterior)?;
        let verdict = wording::verdict(model, status, lead, &codes, &causes);
        let influence = explain(model, findings, &mut causes, &verdict, lead, &posterior)?;
        let sensitivity = sensitivity::of(model, findings, lead, &causes, &verdict, &posterior)?;
        let fixes = match status {
            Status::Explained => fixes::rank(model, findings, &causes),
            Status::Unexplained => Vec::new(),
        };
        if status == Status::Unexplained && findings.pieces.is_empty() {
            causes.clear();
        }
        let drawing = graph::lay_out(model, findings, &groups, &cut_sets, &posterior);
        let graph = drawing.render(&display::compress(&drawing.outline, options));
        let answers = input.last_answers();
        Ok(Diagnosis {
            catalogue_version: model.catalogue.version().to_owned(),
            status,
            explanation: explanation(model, findings)?,
            next_checks: checks::next(model, findings, &mentioned, &posterior, &answers),
            forward: ranking::consequences(model, findings, &mentioned, &posterior),
            graph,
            verdict,
            codes,
            causes,
            cut_sets,
            influence,
            sensitivity,
            answers,
            fixes,
            metrics: gathered.metrics,
            notes: gathered.notes,
        })
    }

    /// A part of the fault tree at hand: the first view, one node with what is below it, or all.
    ///
    /// # Errors
    /// As [`Diagnoser::diagnose_with`], and if the tree has no such node.
    pub fn graph(
        &self,
        input: &Input,
        part: GraphPart<'_>,
        options: &GraphOptions,
    ) -> Result<Graph, DiagnosisError> {
        options.validate()?;
        let model = &self.model;
        let mut gathered = gather::gather(model, &self.matcher, input)?;
        let posterior = believe(model, &mut gathered)?;
        let findings = &gathered.findings;
        let mentioned = findings.causes(model);
        let causes = ranking::causes(model, findings, &mentioned, &posterior);
        let (_, lead) = status(findings, &posterior, best_of(&causes));
        let groups = leading_first(ranking::groups(model, findings), lead);
        let cut_sets = ranking::cut_sets(model, &groups, &posterior)?;
        let drawing = graph::lay_out(model, findings, &groups, &cut_sets, &posterior);
        let outline = &drawing.outline;
        let view = match part {
            GraphPart::First => display::compress(outline, options),
            GraphPart::Whole => display::whole(outline),
            GraphPart::Below(id) => {
                let node = drawing
                    .find(id)
                    .ok_or_else(|| DiagnosisError::UnknownNode {
                        node: id.to_owned(),
                    })?;
                display::below(outline, node, options.lazy_load_depth)
            }
        };
        Ok(drawing.render(&view))
    }

    /// Whether the catalogue has a check.
    ///
    /// # Errors
    /// [`DiagnosisError::UnknownCheck`] where it has not.
    pub fn known_check(&self, check: &str) -> Result<(), DiagnosisError> {
        match self.model.check(check) {
            Some(_) => Ok(()),
            None => Err(DiagnosisError::UnknownCheck {
                check: check.to_owned(),
                catalogue_version: self.model.catalogue.version().to_owned(),
            }),
        }
    }

    /// P(cause | evidence) of every cause of the catalogue, in the catalogue's order: the backward
    /// engine alone, without texts, drawings and proposals.
    ///
    /// # Errors
    /// As [`Diagnoser::diagnose`].
    pub fn posteriors(&self, input: &Input) -> Result<Vec<f64>, DiagnosisError> {
        let model = &self.model;
        let mut gathered = gather::gather(model, &self.matcher, input)?;
        let posterior = believe(model, &mut gathered)?;
        let causes = model.catalogue.causes().iter();
        Ok(causes
            .filter_map(|cause| model.cause(&cause.id))
            .map(|event| posterior.posterior(event))
            .collect())
    }

    /// Diagram nodes that the compiled catalogue takes.
    #[must_use]
    pub fn diagram_nodes(&self) -> usize {
        self.model.engine.nodes()
    }
}

/// Which part of the fault tree at hand is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GraphPart<'a> {
    /// The compressed first view.
    First,
    /// Everything.
    Whole,
    /// This node, with [`GraphOptions::lazy_load_depth`] levels below it.
    Below(&'a str),
}

fn best_of(causes: &[RankedCause]) -> f64 {
    causes.first().map_or(0.0, |cause| cause.posterior)
}

/// Says of each cause what moved it; gives what moved the verdict.
fn explain(
    model: &Model,
    findings: &Findings,
    causes: &mut [RankedCause],
    verdict: &Verdict,
    lead: Option<&Found>,
    posterior: &Posterior,
) -> Result<Vec<Influence>, DiagnosisError> {
    let lead_gate: Vec<_> = match lead.map(|found| found.node) {
        Some(NodeId::Gate(gate)) => vec![gate],
        _ => Vec::new(),
    };
    let course = Course::of(model, findings, &lead_gate)?;
    for cause in causes.iter_mut() {
        if let Some(event) = model.cause(&cause.id) {
            cause.influence = course.influence(model, event.into(), posterior);
        }
    }
    let of_cause = |id: &String| causes.iter().find(|cause| cause.id == *id);
    Ok(match (verdict.cause.as_ref().and_then(of_cause), lead) {
        (Some(cause), _) => cause.influence.clone(),
        (None, Some(found)) => course.influence(model, found.node, posterior),
        (None, None) => Vec::new(),
    })
}

/// Whether anything explains the evidence, and the code to speak of.
fn status<'a>(
    findings: &'a Findings,
    posterior: &Posterior,
    best_cause: f64,
) -> (Status, Option<&'a Found>) {
    let first = findings.observed().next();
    let believed = findings
        .observed()
        .find(|found| posterior.posterior(found.node) >= LIKELY);
    match believed {
        Some(found) => (Status::Explained, Some(found)),
        None if first.is_none() && best_cause >= LIKELY => (Status::Explained, None),
        None => (Status::Unexplained, first),
    }
}

/// The group of the leading code first.
fn leading_first<'a>(mut groups: Vec<Vec<&'a Found>>, lead: Option<&Found>) -> Vec<Vec<&'a Found>> {
    if let Some(lead) = lead {
        groups.arrange_by_key(|group| !group.iter().any(|found| found.code == lead.code));
        for group in &mut groups {
            group.arrange_by_key(|found| found.code != lead.code);
        }
    }
    groups
}

/// Posteriors of everything. Where a log shows more codes at once than can be computed, the least
/// of the evidence is given up, and a note says so.
pub(crate) fn believe(model: &Model, gathered: &mut Gathered) -> Result<Posterior, DiagnosisError> {
    let mut is_reduced = false;
    loop {
        let observations = gathered.findings.observations(model, Leaks::Summed);
        match model.engine.condition(&observations) {
            Ok(posterior) => {
                if is_reduced {
                    gathered.notes.push(wording::reduced_note());
                }
                let ln_evidence = posterior.evidence_log_probability();
                let conflict = gathered.findings.conflict(model, ln_evidence);
                if conflict >= CONFLICT_MIN {
                    gathered.notes.push(wording::conflict_note(conflict));
                }
                return Ok(posterior);
            }
            Err(error) if error.spent().is_some() && gathered.findings.reduce() => {
                is_reduced = true;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// The causes that are true in the likeliest state of all.
fn explanation(model: &Model, findings: &Findings) -> Result<Vec<String>, DiagnosisError> {
    let observations = findings.observations(model, Leaks::Maximised);
    let best = model
        .engine
        .condition(&observations)?
        .most_probable_explanation();
    let names = best.events.iter().map(|event| model.name(*event));
    let causes = names.filter(|name| model.catalogue.cause(name).is_some());
    Ok(causes.map(str::to_owned).collect())
}

fn found_codes(model: &Model, findings: &Findings, posterior: &Posterior) -> Vec<FoundCode> {
    findings
        .found
        .iter()
        .filter_map(|found| {
            let code = model.catalogue.code(&found.code)?;
            Some(FoundCode {
                code: code.code.clone(),
                title: code.title.en.clone(),
                title_zh: code.title.zh.clone(),
                family: code.family.as_str().to_owned(),
                severity: severity(code.severity).to_owned(),
                score: found.score,
                primary: found.primary,
                reason: found.reason.en.clone(),
                reason_zh: found.reason.zh.clone(),
                lines: found.lines.clone(),
                captures: found.captures.clone(),
                probability: posterior.posterior(found.node),
            })
        })
        .collect()
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Low => "low",
        Severity::Medium => "medium",
        Severity::High => "high",
        _ => "critical",
    }
}
