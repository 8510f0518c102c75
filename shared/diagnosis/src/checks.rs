//! The next best check: the question whose answer is expected to tell most about the causes for
//! what it costs.
//!
//! An answer depends on the causes X only through the truth of the check's test t. With hit rate h
//! and false-alarm rate f, P(yes | E) = h·P(t | E) + f·(1 − P(t | E)), and what the answer A is
//! expected to tell is I(X; A | E) = H(A | E) − H(A | t, E)
//! = Hb(P(yes | E)) − P(t | E)·Hb(h) − (1 − P(t | E))·Hb(f).

use faultscan_faulttree::Arrange as _;
use faultscan_faulttree::SortedMap;
use faultscan_faulttree::SortedSet;
use faultscan_faulttree::one_by_one;
use std::collections::BTreeMap;

use faultscan_faulttree::{EventId, Posterior};
use faultscan_knowledge::Check;

use crate::captures::instruct;
use crate::findings::Findings;
use crate::model::Model;
use crate::report::{GivenAnswer, NextCheck};

/// A check that would tell less is not worth a person's time.
const GAIN_MIN_BITS: f64 = 0.01;
/// How many checks are proposed.
const CHECKS_MAX: usize = 6;
/// No check is free: below this, cost does not count.
const COST_MIN: f64 = 0.1;

/// Entropy of a yes/no variable, in bits.
pub(crate) fn binary_entropy(p: f64) -> f64 {
    let term = |p: f64| if p > 0.0 { -p * p.log2() } else { 0.0 };
    term(p) + term(1.0 - p)
}

/// What the answer to a noisy test is expected to tell, in bits, and P(yes).
pub(crate) fn gain(p_test: f64, hit: f64, false_alarm: f64) -> (f64, f64) {
    let p_yes = hit * p_test + false_alarm * (1.0 - p_test);
    let noise = p_test * binary_entropy(hit) + (1.0 - p_test) * binary_entropy(false_alarm);
    ((binary_entropy(p_yes) - noise).max(0.0), p_yes)
}

/// The checks worth making next, best first.
pub(crate) fn next(
    model: &Model,
    findings: &Findings,
    causes: &[EventId],
    posterior: &Posterior,
    answers: &[GivenAnswer],
) -> Vec<NextCheck> {
    let answered: SortedSet<&str> = one_by_one(answers.iter().map(|answer| answer.check.as_str()));
    let mut ranked: Vec<(f64, NextCheck)> = candidates(model, findings, causes)
        .into_iter()
        .filter(|(id, _)| !answered.contains(id))
        .filter_map(|(id, captures)| {
            let tested = model.check(id)?;
            let check = &tested.check;
            let p_test = posterior.posterior(tested.node);
            let (gain_bits, p_yes) = gain(p_test, check.hit, check.false_alarm);
            (gain_bits >= GAIN_MIN_BITS).then(|| {
                (
                    gain_bits / check.cost_min.max(COST_MIN),
                    to_report(check, captures, gain_bits, p_yes),
                )
            })
        })
        .collect();
    ranked.arrange_by(|(a, x), (b, y)| b.total_cmp(a).then_with(|| x.id.cmp(&y.id)));
    ranked
        .into_iter()
        .take(CHECKS_MAX)
        .map(|(_, check)| check)
        .collect()
}

/// Checks of the observed codes and of every cause that the evidence speaks of, with the captures
/// that their texts may use.
fn candidates<'a>(
    model: &'a Model,
    findings: &'a Findings,
    causes: &[EventId],
) -> SortedMap<&'a str, Option<&'a BTreeMap<String, String>>> {
    let mut candidates = SortedMap::new();
    for found in findings.observed() {
        if let Some(code) = model.catalogue.code(&found.code) {
            for check in model.catalogue.checks(code) {
                candidates.get_or_insert_with(check.id.as_str(), || Some(&found.captures));
            }
        }
    }
    for cause in causes {
        for check in model
            .catalogue
            .cause(model.name(*cause))
            .iter()
            .flat_map(|cause| &cause.checks)
        {
            candidates.get_or_insert_with(check.id.as_str(), || None);
        }
    }
    candidates
}

fn to_report(
    check: &Check,
    captures: Option<&BTreeMap<String, String>>,
    gain_bits: f64,
    probability_yes: f64,
) -> NextCheck {
    let none = BTreeMap::new();
    let captures = captures.unwrap_or(&none);
    let question = check.question.render(captures);
    let (command, command_zh) = instruct(&check.command, captures);
    let (yes, no) = (check.yes.render(captures), check.no.render(captures));
    NextCheck {
        id: check.id.clone(),
        question: question.en,
        question_zh: question.zh,
        command,
        command_zh,
        cost_min: check.cost_min,
        gain_bits,
        probability_yes,
        yes: yes.en,
        yes_zh: yes.zh,
        no: no.en,
        no_zh: no.zh,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_noiseless_even_test_tells_one_bit() {
        let (bits, p_yes) = gain(0.5, 1.0, 0.0);
        assert!((bits - 1.0).abs() < 1e-15);
        assert!((p_yes - 0.5).abs() < 1e-15);
    }

    #[test]
    fn a_coin_tells_nothing_and_certainty_leaves_nothing_to_tell() {
        assert!(gain(0.3, 0.7, 0.7).0 < 1e-15);
        assert!(gain(0.0, 0.9, 0.1).0 < 1e-15);
        assert!(gain(1.0, 0.9, 0.1).0 < 1e-15);
    }

    #[test]
    fn gain_is_the_mutual_information_of_test_and_answer() {
        // By the definition: the sum over the joint table of p·log2(p / (row · column)).
        let (p, h, f) = (0.2, 0.9, 0.05);
        let joint = [
            (p * h, p),
            (p * (1.0 - h), p),
            ((1.0 - p) * f, 1.0 - p),
            ((1.0 - p) * (1.0 - f), 1.0 - p),
        ];
        let yes: f64 = p * h + (1.0 - p) * f;
        let columns = [yes, 1.0 - yes, yes, 1.0 - yes];
        let expected: f64 = joint
            .iter()
            .zip(columns)
            .map(|((pj, row), column)| pj * (pj / (row * column)).log2())
            .sum();
        assert!((gain(p, h, f).0 - expected).abs() < 1e-12);
    }
}
