//! Posteriors against brute force: the sum over all states of the causes, by the formulas of
//! `docs/diagnosis.md` and nothing else.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what is unexpected here is a failed test"
)]

mod support;

use std::collections::BTreeMap;

use faultscan_diagnosis::{Answer, Diagnoser, GivenAnswer, Input};
use faultscan_knowledge::Formula;
use proptest::prelude::*;
use support::{CauseSpec, CheckSpec, CodeSpec, IndicatorSpec, Spec};

const UNLISTED_SHARE: f64 = 0.05;

type State = BTreeMap<String, bool>;

fn truth(formula: &Formula, state: &State) -> bool {
    let all: Vec<bool> = formula
        .operands()
        .into_iter()
        .map(|operand| truth(operand, state))
        .collect();
    match formula {
        Formula::Ref(name) => state[name],
        Formula::Constant(value) => *value,
        Formula::And(_) | Formula::Inhibit { .. } => all.iter().all(|value| *value),
        Formula::Or(_) => all.iter().any(|value| *value),
        Formula::Not(_) => !all[0],
        Formula::Xor(_) => all.iter().filter(|value| **value).count() % 2 == 1,
        Formula::AtLeast { k, .. } => all.iter().filter(|value| **value).count() >= *k as usize,
        Formula::Nand(_) => !all.iter().all(|value| *value),
        Formula::Nor(_) => !all.iter().any(|value| *value),
        _ => unreachable!(),
    }
}

/// Every state of the causes with its prior probability.
fn states(spec: &Spec) -> Vec<(State, f64)> {
    (0..1_u32 << spec.causes.len())
        .map(|bits| {
            let mut weight = 1.0;
            let state = spec.causes.iter().enumerate().map(|(place, cause)| {
                let is_true = bits >> place & 1 == 1;
                let p = spec.prior(&cause.id);
                weight *= if is_true { p } else { 1.0 - p };
                (cause.id.clone(), is_true)
            });
            let state: State = state.collect();
            (state, weight)
        })
        .collect()
}

fn probability(states: &[(State, f64)], holds: impl Fn(&State) -> bool) -> f64 {
    let total: f64 = states.iter().map(|(_, weight)| weight).sum();
    states
        .iter()
        .filter(|(state, _)| holds(state))
        .map(|(_, weight)| weight)
        .sum::<f64>()
        / total
}

/// Weighs every state by the likelihood of one observation of a formula.
fn weigh(states: &mut [(State, f64)], formula: &Formula, if_true: f64, if_false: f64) {
    for (state, weight) in states {
        *weight *= if truth(formula, state) {
            if_true
        } else {
            if_false
        };
    }
}

/// Likelihoods of a found message, as the docs define them.
fn message(prior: f64, code: &CodeSpec) -> (f64, f64) {
    let h = code.sensitivity;
    let unlisted = UNLISTED_SHARE / (1.0 - UNLISTED_SHARE) * h * prior / (1.0 - prior);
    let f = (unlisted + code.false_alarm.min(unlisted)).min(h);
    (h, f)
}

struct Case {
    spec: Spec,
    seen: Vec<usize>,
    shown: Vec<usize>,
    answers: Vec<(usize, Answer)>,
}

impl Case {
    fn input(&self) -> Input {
        let mut lines = vec!["something else".to_owned()];
        lines.extend(
            self.seen
                .iter()
                .map(|code| format!("{} happened", self.spec.codes[*code].code)),
        );
        lines.extend(
            self.shown
                .iter()
                .map(|one| self.spec.indicators[*one].line.clone()),
        );
        let answers = self.answers.iter().map(|(check, answer)| GivenAnswer {
            check: self.spec.checks[*check].id.clone(),
            answer: *answer,
        });
        Input {
            lines,
            answers: answers.collect(),
            ..Input::default()
        }
    }

    /// States with the weight of all evidence.
    fn weighed(&self) -> Vec<(State, f64)> {
        let prior_states = states(&self.spec);
        let mut states = prior_states.clone();
        for code in self.seen.iter().map(|place| &self.spec.codes[*place]) {
            let gate = Formula::parse(&code.gate).unwrap();
            let prior = probability(&prior_states, |state| truth(&gate, state));
            if prior > 0.0 && prior < 1.0 {
                let (if_true, if_false) = message(prior, code);
                weigh(&mut states, &gate, if_true, if_false);
            }
        }
        for one in self.shown.iter().map(|place| &self.spec.indicators[*place]) {
            let cause = Formula::named(one.cause.as_str());
            weigh(&mut states, &cause, one.ratio, 1.0);
        }
        for (check, answer) in &self.answers {
            let check = &self.spec.checks[*check];
            let test = Formula::parse(&check.test).unwrap();
            match answer {
                Answer::Yes => weigh(&mut states, &test, check.hit, check.false_alarm),
                Answer::No => weigh(&mut states, &test, 1.0 - check.hit, 1.0 - check.false_alarm),
                Answer::Unsure => {}
            }
        }
        states
    }
}

fn names(count: usize) -> impl Strategy<Value = String> {
    (0..count).prop_map(|place| format!("c{place}"))
}

/// Gate expressions over causes, two operators deep, every kind of gate among them.
fn gate(causes: usize) -> impl Strategy<Value = String> {
    let leaf = names(causes).boxed();
    let inner = operator(leaf.clone());
    prop_oneof![1 => leaf.clone(), 4 => operator(prop_oneof![3 => leaf, 1 => inner].boxed())]
}

fn operator(operand: BoxedStrategy<String>) -> BoxedStrategy<String> {
    let many = proptest::collection::vec(operand.clone(), 2..5);
    let join = |operands: Vec<String>| operands.join(", ");
    prop_oneof![
        5 => many.clone().prop_map(move |of| format!("OR({})", join(of))),
        3 => many.clone().prop_map(move |of| format!("AND({})", join(of))),
        1 => many.clone().prop_map(move |of| format!("ATLEAST(2, {})", join(of))),
        1 => many.clone().prop_map(move |of| format!("XOR({})", join(of))),
        1 => many.prop_map(move |of| format!("NOR({})", join(of))),
        1 => operand.prop_map(|of| format!("NOT({of})")),
    ]
    .boxed()
}

fn spec() -> impl Strategy<Value = Spec> {
    (3..11_usize).prop_flat_map(|count| {
        let classes = proptest::collection::vec(
            prop_oneof![Just("common"), Just("occasional"), Just("rare")],
            count,
        );
        let code = (gate(count), 0.5..0.99_f64, 0.0001..0.05_f64);
        let codes = proptest::collection::vec(code, 1..5);
        let check = (gate(count), 0.6..0.99_f64, 0.01..0.4_f64, 0.5..10.0_f64);
        let checks = proptest::collection::vec(check, 1..4);
        let indicators = proptest::collection::vec((names(count), 0.05..20.0_f64), 0..4);
        (classes, codes, checks, indicators).prop_map(|(classes, codes, checks, indicators)| Spec {
            priors: [0.12, 0.03, 0.004],
            causes: (0..)
                .zip(classes)
                .map(|(n, class)| CauseSpec {
                    id: format!("c{n}"),
                    class,
                })
                .collect(),
            codes: (0..)
                .zip(codes)
                .map(|(n, (gate, sensitivity, false_alarm))| CodeSpec {
                    code: format!("T-{n}X"),
                    gate,
                    sensitivity,
                    false_alarm,
                    // Software of its own: no message is missed where another program writes.
                    software: format!("program {n}"),
                })
                .collect(),
            checks: (0..)
                .zip(checks)
                .map(|(n, (test, hit, false_alarm, cost_min))| CheckSpec {
                    id: format!("check_{n}"),
                    test,
                    hit,
                    false_alarm,
                    cost_min,
                })
                .collect(),
            indicators: (0..)
                .zip(indicators)
                .map(|(n, (cause, ratio))| IndicatorSpec {
                    cause,
                    line: format!("sign number {n} seen"),
                    ratio,
                })
                .collect(),
        })
    })
}

fn case() -> impl Strategy<Value = Case> {
    spec().prop_flat_map(|spec| {
        let codes = proptest::sample::subsequence(
            (0..spec.codes.len()).collect::<Vec<_>>(),
            1..=spec.codes.len(),
        );
        let shown: Vec<usize> = (0..spec.indicators.len()).collect();
        let shown_max = shown.len();
        let shown = proptest::sample::subsequence(shown, 0..=shown_max);
        let answer = prop_oneof![Just(Answer::Yes), Just(Answer::No), Just(Answer::Unsure)];
        let asked: Vec<usize> = (0..spec.checks.len()).collect();
        let asked_max = asked.len();
        let asked = proptest::sample::subsequence(asked, 0..=asked_max);
        let answers = (asked, proptest::collection::vec(answer, asked_max));
        (Just(spec), codes, shown, answers).prop_map(|(spec, seen, shown, (asked, answers))| Case {
            spec,
            seen,
            shown,
            answers: asked.into_iter().zip(answers).collect(),
        })
    })
}

impl std::fmt::Debug for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:#?}\nseen {:?} shown {:?} answers {:?}",
            self.spec, self.seen, self.shown, self.answers
        )
    }
}

fn entropy(p: f64) -> f64 {
    let term = |p: f64| if p > 0.0 { -p * p.log2() } else { 0.0 };
    term(p) + term(1.0 - p)
}

fn close(what: &str, got: f64, want: f64) -> Result<(), TestCaseError> {
    prop_assert!((got - want).abs() < 1e-12, "{what}: {got} is not {want}");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn every_number_equals_brute_force(case in case()) {
        let catalogue = case.spec.catalogue();
        let diagnoser = Diagnoser::new(&catalogue).unwrap();
        let diagnosis = diagnoser.diagnose(&case.input()).unwrap();
        let states = case.weighed();
        let prior_states = crate::states(&case.spec);

        for cause in &diagnosis.causes {
            close(&cause.id, cause.posterior, probability(&states, |state| state[&cause.id]))?;
            close(&cause.id, cause.prior, case.spec.prior(&cause.id))?;
        }
        for found in &diagnosis.codes {
            let code = case.spec.codes.iter().find(|code| code.code == found.code).unwrap();
            let gate = Formula::parse(&code.gate).unwrap();
            close(&found.code, found.probability, probability(&states, |state| truth(&gate, state)))?;
        }
        for set in &diagnosis.cut_sets {
            let all = probability(&states, |state| set.events.iter().all(|event| state[event]));
            close(&format!("{:?}", set.events), set.posterior, all)?;
        }
        for follows in &diagnosis.forward {
            let code = case.spec.codes.iter().find(|code| code.code == follows.code).unwrap();
            let gate = Formula::parse(&code.gate).unwrap();
            close(&follows.code, follows.probability, probability(&states, |state| truth(&gate, state)))?;
        }
        for check in &diagnosis.next_checks {
            let Some(known) = case.spec.checks.iter().find(|known| known.id == check.id) else { continue };
            let test = Formula::parse(&known.test).unwrap();
            let p = probability(&states, |state| truth(&test, state));
            let yes = known.hit * p + known.false_alarm * (1.0 - p);
            close(&check.id, check.probability_yes, yes)?;
            let gain = entropy(yes) - p * entropy(known.hit) - (1.0 - p) * entropy(known.false_alarm);
            close(&check.id, check.gain_bits, gain)?;
        }
        for node in &diagnosis.graph.nodes {
            if let Some(code) = case.spec.codes.iter().find(|code| code.code == node.id) {
                let gate = Formula::parse(&code.gate).unwrap();
                close(&node.id, node.prior, probability(&prior_states, |state| truth(&gate, state)))?;
            }
        }

        // The explanation is a state of greatest weight.
        let best = states.iter().map(|(_, weight)| *weight).fold(0.0, f64::max);
        let explained = states.iter().find(|(state, _)| {
            state.iter().all(|(id, is_true)| *is_true == diagnosis.explanation.contains(id))
        });
        let (_, weight) = explained.unwrap();
        prop_assert!(*weight >= best * (1.0 - 1e-9), "{:?} weighs {weight}, not {best}", diagnosis.explanation);

        // The same input gives the same diagnosis, and a dialogue is replayed from its value.
        let text = serde_json::to_string(&case.input()).unwrap();
        let replayed: Input = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(diagnoser.diagnose(&replayed).unwrap(), diagnosis);
    }
}
