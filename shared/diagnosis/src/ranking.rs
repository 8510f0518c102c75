//! Causes, cut sets and consequences, each with its exact posterior.

use faultscan_faulttree::Arrange as _;
use faultscan_faulttree::SortedSet;
use faultscan_faulttree::one_by_one;

use faultscan_faulttree::{EventId, NodeId, Posterior};

use crate::error::DiagnosisError;
use crate::findings::{Findings, Found};
use crate::model::Model;
use crate::report::{Consequence, RankedCause, RankedCutSet};

/// Causes that are less likely than this are left out, unless fewer than [`CAUSES_MIN`] are left.
const POSTERIOR_MIN: f64 = 0.001;
const CAUSES_MIN: usize = 3;
const CAUSES_MAX: usize = 20;
/// Cut sets asked of the engine for each group of codes, before they are ranked exactly.
const CUT_SETS_ASKED: usize = 32;
const CUT_SETS_MAX: usize = 10;
/// Codes of one group that cut sets are made for; sets that explain more at once say little.
const CUT_SET_CODES_MAX: usize = 8;
/// A consequence is worth a warning from this probability on …
const CONSEQUENCE_MIN: f64 = 0.1;
/// … and if the evidence has raised it by this factor.
const CONSEQUENCE_RAISED: f64 = 2.0;
const CONSEQUENCES_MAX: usize = 8;

/// The causes that the evidence speaks of: those of observed codes first, most probable first.
pub(crate) fn causes(
    model: &Model,
    findings: &Findings,
    mentioned: &[EventId],
    posterior: &Posterior,
) -> Vec<RankedCause> {
    let mut ranked: Vec<RankedCause> = mentioned
        .iter()
        .filter_map(|event| {
            let cause = model.catalogue.cause(model.name(*event))?;
            let pieces = findings
                .pieces
                .iter()
                .filter(|piece| model.is_below(*event, piece.node));
            let sentences: Vec<_> = pieces.map(crate::findings::Piece::sentence).collect();
            let observed = findings
                .observed()
                .filter(|found| model.is_below(*event, found.node));
            Some(RankedCause {
                id: cause.id.clone(),
                title: cause.title.en.clone(),
                title_zh: cause.title.zh.clone(),
                prior: model.prior.posterior(*event),
                posterior: posterior.posterior(*event),
                codes: observed.map(|found| found.code.clone()).collect(),
                evidence: sentences.iter().map(|text| text.en.clone()).collect(),
                evidence_zh: sentences.into_iter().map(|text| text.zh).collect(),
                influence: Vec::new(),
            })
        })
        .collect();
    // What can explain an observed code stands before what is merely likely to be there too.
    ranked.arrange_by(|a, b| {
        let explains = a.codes.is_empty().cmp(&b.codes.is_empty());
        explains
            .then(b.posterior.total_cmp(&a.posterior))
            .then_with(|| a.id.cmp(&b.id))
    });
    let worth = ranked
        .iter()
        .filter(|cause| cause.posterior >= POSTERIOR_MIN)
        .count();
    ranked.truncate(worth.clamp(CAUSES_MIN, CAUSES_MAX));
    ranked
}

/// Observed codes in groups that share no cause, each group in the order found.
pub(crate) fn groups<'a>(model: &Model, findings: &'a Findings) -> Vec<Vec<&'a Found>> {
    let mut groups: Vec<(SortedSet<EventId>, Vec<&Found>)> = Vec::new();
    for found in findings.observed() {
        let mut below = model.leaves(found.node);
        let mut members = Vec::new();
        // Every group that shares a cause with this code becomes one with it.
        let (touching, apart): (Vec<_>, Vec<_>) = groups
            .into_iter()
            .partition(|(events, _)| !events.is_disjoint(&below));
        for (events, of) in touching {
            below.extend(events);
            members.extend(of);
        }
        members.push(found);
        groups = apart;
        groups.push((below, members));
    }
    let place = |found: &Found| {
        findings
            .found
            .iter()
            .position(|other| other.code == found.code)
    };
    let mut groups: Vec<Vec<&Found>> = groups.into_iter().map(|(_, members)| members).collect();
    groups.arrange_by_key(|members| members.iter().filter_map(|found| place(found)).min());
    groups
}

/// Minimal cut sets of each group of codes, ranked by the probability that all of a set's events
/// are true. The group's own order of events does not matter; the engine's weights are the
/// posteriors of single events, so a set is ranked again by its exact joint posterior.
pub(crate) fn cut_sets(
    model: &Model,
    groups: &[Vec<&Found>],
    posterior: &Posterior,
) -> Result<Vec<RankedCutSet>, DiagnosisError> {
    let mut ranked: Vec<RankedCutSet> = Vec::new();
    for group in groups {
        let group = group.get(..CUT_SET_CODES_MAX).unwrap_or(group);
        let nodes: Vec<NodeId> = group.iter().map(|found| found.node).collect();
        for set in model
            .engine
            .cut_sets(&nodes, CUT_SETS_ASKED, posterior.events())?
        {
            ranked.push(RankedCutSet {
                events: set
                    .events
                    .iter()
                    .map(|event| model.name(*event).to_owned())
                    .collect(),
                posterior: posterior.all_true(&set.events),
                codes: group.iter().map(|found| found.code.clone()).collect(),
            });
        }
    }
    ranked.arrange_by(|a, b| {
        let by_posterior = b.posterior.total_cmp(&a.posterior);
        by_posterior
            .then(a.events.len().cmp(&b.events.len()))
            .then_with(|| a.events.cmp(&b.events))
    });
    ranked.truncate(CUT_SETS_MAX);
    Ok(ranked)
}

/// Codes that were not found, yet are likely to follow from what the evidence says of the causes.
pub(crate) fn consequences(
    model: &Model,
    findings: &Findings,
    causes: &[EventId],
    posterior: &Posterior,
) -> Vec<Consequence> {
    let found: SortedSet<&str> = one_by_one(findings.found.iter().map(|found| found.code.as_str()));
    let touched: SortedSet<&str> =
        one_by_one(causes.iter().flat_map(|event| model.codes_above(*event)));
    let mut ranked: Vec<Consequence> = touched
        .difference(&found)
        .filter_map(|code| {
            let node = model.code(code)?;
            // A symptom that is itself one of the causes is no consequence of it.
            let NodeId::Gate(_) = node else { return None };
            let probability = posterior.posterior(node);
            let raised = probability >= CONSEQUENCE_RAISED * model.prior.posterior(node);
            (probability >= CONSEQUENCE_MIN && raised)
                .then(|| consequence(model, code, probability))
        })
        .flatten()
        .collect();
    ranked.arrange_by(|a, b| {
        b.probability
            .total_cmp(&a.probability)
            .then_with(|| a.code.cmp(&b.code))
    });
    ranked.truncate(CONSEQUENCES_MAX);
    ranked
}

/// A code with its probability.
pub(crate) fn consequence(model: &Model, code: &str, probability: f64) -> Option<Consequence> {
    let code = model.catalogue.code(code)?;
    Some(Consequence {
        code: code.code.clone(),
        title: code.title.en.clone(),
        title_zh: code.title.zh.clone(),
        probability,
        prior: model
            .code(&code.code)
            .map_or(0.0, |node| model.prior.posterior(node)),
    })
}
