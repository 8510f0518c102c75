//! From an input to a diagnosis.

use std::collections::BTreeSet;
use std::sync::Arc;

use faultscan_evidence::Matcher;
use faultscan_faulttree::{Observation, Posterior};
use faultscan_knowledge::{Catalogue, Severity};

use crate::error::DiagnosisError;
use crate::findings::{Findings, Found, Leaks};
use crate::gather::Gathered;
use crate::input::Input;
use crate::model::Model;
use crate::report::{Consequence, Diagnosis, FoundCode, Status};
use crate::wording::LIKELY;
use crate::{checks, fixes, gather, graph, ranking, wording};

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

    /// The matcher, for those who want codes only.
    pub fn matcher(&self) -> &Matcher {
        &self.matcher
    }

    /// Diagnoses an input. The same input gives the same diagnosis.
    ///
    /// # Errors
    /// If an answer names an unknown check, or the engine's budget does not suffice.
    pub fn diagnose(&self, input: &Input) -> Result<Diagnosis, DiagnosisError> {
        let model = &self.model;
        let mut gathered = gather::gather(model, &self.matcher, input)?;
        let posterior = believe(model, &mut gathered)?;
        let findings = &gathered.findings;
        let mentioned = findings.causes(model);
        let mut causes = ranking::causes(model, findings, &mentioned, &posterior);
        let codes = found_codes(model, findings, &posterior);
        let (status, lead) = status(
            findings,
            &posterior,
            causes.first().map_or(0.0, |cause| cause.posterior),
        );
        let groups = leading_first(ranking::groups(model, findings), lead);
        let cut_sets = ranking::cut_sets(model, &groups, &posterior)?;
        let verdict = wording::verdict(model, status, lead, &codes, &causes);
        let fixes = match status {
            Status::Explained => fixes::rank(model, findings, &causes),
            Status::Unexplained => Vec::new(),
        };
        if status == Status::Unexplained && findings.pieces.is_empty() {
            causes.clear();
        }
        let answers = input.last_answers();
        Ok(Diagnosis {
            catalogue_version: model.catalogue.version().to_owned(),
            status,
            explanation: explanation(model, findings)?,
            next_checks: checks::next(model, findings, &mentioned, &posterior, &answers),
            forward: ranking::consequences(model, findings, &mentioned, &posterior),
            graph: graph::draw(model, findings, &groups, &cut_sets, &posterior),
            verdict,
            codes,
            causes,
            cut_sets,
            answers,
            fixes,
            metrics: gathered.metrics,
            notes: gathered.notes,
        })
    }

    /// What follows if these causes are true or false: every code whose probability changes, most
    /// probable first.
    ///
    /// # Errors
    /// If a cause is unknown.
    pub fn what_if(&self, assumed: &[(&str, bool)]) -> Result<Vec<Consequence>, DiagnosisError> {
        let model = &self.model;
        let mut observations = Vec::new();
        let mut codes = BTreeSet::new();
        for (cause, is_true) in assumed {
            let event = model
                .cause(cause)
                .ok_or_else(|| DiagnosisError::UnknownCause {
                    cause: (*cause).to_owned(),
                    catalogue_version: model.catalogue.version().to_owned(),
                })?;
            observations.push(Observation::Is(event.into(), *is_true));
            codes.extend(model.codes_above(event));
        }
        let posterior = model.engine.condition(&observations)?;
        let mut follow: Vec<Consequence> = codes
            .into_iter()
            .filter_map(|code| {
                let probability = posterior.posterior(model.code(code)?);
                ranking::consequence(model, code, probability)
            })
            .collect();
        follow.sort_by(|a, b| {
            b.probability
                .total_cmp(&a.probability)
                .then_with(|| a.code.cmp(&b.code))
        });
        Ok(follow)
    }
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
        groups.sort_by_key(|group| !group.iter().any(|found| found.code == lead.code));
        for group in &mut groups {
            group.sort_by_key(|found| found.code != lead.code);
        }
    }
    groups
}

/// Posteriors of everything. Where a log shows more codes at once than can be computed, the least
/// of the evidence is given up, and a note says so.
fn believe(model: &Model, gathered: &mut Gathered) -> Result<Posterior, DiagnosisError> {
    let mut is_reduced = false;
    loop {
        let observations = gathered.findings.observations(model, Leaks::Summed);
        match model.engine.condition(&observations) {
            Ok(posterior) => {
                if is_reduced {
                    gathered.notes.push(wording::reduced_note());
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
