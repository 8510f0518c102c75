//! Posteriors of trees of up to 20 events against the sum over all of their million states, by truth
//! tables.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what is unexpected here is a failed test"
)]

mod support;

use faultscan_diagnosis::{Answer, Diagnoser, GivenAnswer, Input};
use faultscan_knowledge::Formula;
use proptest::prelude::*;
use support::{CauseSpec, CheckSpec, CodeSpec, Spec};

const EVENTS_MAX: usize = 20;
const UNLISTED_SHARE: f64 = 0.05;

/// A function of up to 20 events: one bit for each state.
type Table = Vec<u64>;

struct Oracle<'a> {
    spec: &'a Spec,
    events: usize,
}

impl Oracle<'_> {
    fn words(&self) -> usize {
        (1_usize << self.events).div_ceil(64)
    }

    fn event(&self, event: usize) -> Table {
        const LOW: [u64; 6] = [
            0xaaaa_aaaa_aaaa_aaaa,
            0xcccc_cccc_cccc_cccc,
            0xf0f0_f0f0_f0f0_f0f0,
            0xff00_ff00_ff00_ff00,
            0xffff_0000_ffff_0000,
            0xffff_ffff_0000_0000,
        ];
        (0..self.words())
            .map(|word| match LOW.get(event) {
                Some(pattern) => *pattern,
                None if word >> (event - 6) & 1 == 1 => u64::MAX,
                None => 0,
            })
            .collect()
    }

    fn table(&self, formula: &Formula) -> Table {
        let of: Vec<Table> = formula
            .operands()
            .into_iter()
            .map(|one| self.table(one))
            .collect();
        let fold = |start: u64, join: fn(u64, u64) -> u64| -> Table {
            let word = |at: usize| of.iter().fold(start, |all, table| join(all, table[at]));
            (0..self.words()).map(word).collect()
        };
        let not = |table: Table| table.into_iter().map(|word| !word).collect();
        match formula {
            Formula::Ref(name) => {
                let event = self.spec.causes.iter().position(|cause| cause.id == *name);
                self.event(event.unwrap())
            }
            Formula::And(_) => fold(u64::MAX, |a, b| a & b),
            Formula::Or(_) => fold(0, |a, b| a | b),
            Formula::Xor(_) => fold(0, |a, b| a ^ b),
            Formula::Not(_) => not(fold(u64::MAX, |a, b| a & b)),
            Formula::AtLeast { k: 2, .. } => {
                let word = |at: usize| {
                    let (mut one, mut two) = (0, 0);
                    for table in &of {
                        two |= one & table[at];
                        one |= table[at];
                    }
                    two
                };
                (0..self.words()).map(word).collect()
            }
            _ => unreachable!(),
        }
    }

    /// Prior weight of every state.
    fn weights(&self) -> Vec<f64> {
        let mut weights = vec![1.0];
        for cause in &self.spec.causes {
            let p = self.spec.prior(&cause.id);
            let with: Vec<f64> = weights.iter().map(|weight| weight * p).collect();
            for weight in &mut weights {
                *weight *= 1.0 - p;
            }
            weights.extend(with);
        }
        weights
    }

    fn sum(weights: &[f64], table: &Table) -> f64 {
        let is_true = |state: usize| table[state / 64] >> (state % 64) & 1 == 1;
        // In blocks, so that a million small terms lose no digits to rounding.
        weights
            .chunks(1024)
            .enumerate()
            .map(|(block, chunk)| {
                let terms = chunk.iter().enumerate();
                terms
                    .filter(|(at, _)| is_true(block * 1024 + at))
                    .map(|(_, weight)| weight)
                    .sum::<f64>()
            })
            .sum()
    }
}

fn formula(events: usize) -> BoxedStrategy<String> {
    let leaf = (0..events).prop_map(|event| format!("c{event}")).boxed();
    let gate = |operand: BoxedStrategy<String>| {
        let many = proptest::collection::vec(operand.clone(), 2..6);
        let with = |name: &'static str| move |of: Vec<String>| format!("{name}({})", of.join(", "));
        prop_oneof![
            4 => many.clone().prop_map(with("OR")),
            3 => many.clone().prop_map(with("AND")),
            1 => many.clone().prop_map(with("XOR")),
            1 => many.prop_map(|of| format!("ATLEAST(2, {})", of.join(", "))),
            1 => operand.prop_map(|of| format!("NOT({of})")),
        ]
        .boxed()
    };
    let inner = gate(leaf.clone());
    let deeper = gate(prop_oneof![2 => leaf.clone(), 1 => inner].boxed());
    gate(prop_oneof![1 => leaf, 1 => deeper].boxed())
}

fn case() -> impl Strategy<Value = (Spec, Vec<Answer>)> {
    (15..=EVENTS_MAX).prop_flat_map(|events| {
        let code = (formula(events), 0.5..0.99_f64, 0.0001..0.05_f64);
        let check = (formula(events), 0.6..0.99_f64, 0.01..0.4_f64);
        let answer = prop_oneof![Just(Answer::Yes), Just(Answer::No)];
        (
            proptest::collection::vec(code, 2..5),
            proptest::collection::vec((check, answer), 0..4),
        )
            .prop_map(move |(codes, checks)| {
                let causes = (0..events).map(|event| CauseSpec {
                    id: format!("c{event}"),
                    class: ["common", "occasional", "rare"][event % 3],
                });
                let codes = (0..)
                    .zip(codes)
                    .map(|(n, (gate, sensitivity, false_alarm))| CodeSpec {
                        code: format!("T-{n}X"),
                        gate,
                        sensitivity,
                        false_alarm,
                        software: format!("program {n}"),
                    });
                let (checks, answers): (Vec<_>, Vec<_>) = checks.into_iter().unzip();
                let checks = (0..)
                    .zip(checks)
                    .map(|(n, (test, hit, false_alarm))| CheckSpec {
                        id: format!("check_{n}"),
                        test,
                        hit,
                        false_alarm,
                        cost_min: 1.0,
                    });
                let spec = Spec {
                    priors: [0.12, 0.03, 0.004],
                    causes: causes.collect(),
                    codes: codes.collect(),
                    checks: checks.collect(),
                    ..Spec::default()
                };
                (spec, answers)
            })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 20, ..ProptestConfig::default() })]

    #[test]
    fn posteriors_of_large_trees_equal_the_sum_over_all_states((spec, answers) in case()) {
        let catalogue = spec.catalogue();
        let diagnoser = Diagnoser::new(&catalogue).unwrap();
        let lines: Vec<String> = spec.codes.iter().map(|code| format!("{} happened", code.code)).collect();
        let mut input = Input::from_lines(lines);
        for (check, answer) in spec.checks.iter().zip(&answers) {
            input = input.with_answer(GivenAnswer { check: check.id.clone(), answer: *answer });
        }
        let oracle = Oracle { spec: &spec, events: spec.causes.len() };
        let mut weights = oracle.weights();
        let mut pieces: Vec<(Table, f64, f64)> = Vec::new();
        for code in &spec.codes {
            let table = oracle.table(&Formula::parse(&code.gate).unwrap());
            let prior = Oracle::sum(&weights, &table);
            if prior <= 0.0 || prior >= 1.0 {
                continue;
            }
            let h = code.sensitivity;
            let unlisted = UNLISTED_SHARE / (1.0 - UNLISTED_SHARE) * h * prior / (1.0 - prior);
            pieces.push((table, h, (unlisted + code.false_alarm.min(unlisted)).min(h)));
        }
        for (check, answer) in spec.checks.iter().zip(&answers) {
            let table = oracle.table(&Formula::parse(&check.test).unwrap());
            let (hit, false_alarm) = match answer {
                Answer::Yes => (check.hit, check.false_alarm),
                _ => (1.0 - check.hit, 1.0 - check.false_alarm),
            };
            pieces.push((table, hit, false_alarm));
        }
        for (table, if_true, if_false) in &pieces {
            for (state, weight) in weights.iter_mut().enumerate() {
                *weight *= if table[state / 64] >> (state % 64) & 1 == 1 { *if_true } else { *if_false };
            }
        }
        let total: f64 = weights.chunks(1024).map(|chunk| chunk.iter().sum::<f64>()).sum();
        let posteriors = diagnoser.posteriors(&input).unwrap();
        let ids = catalogue.causes().iter().map(|cause| cause.id.as_str());
        for (id, got) in ids.zip(posteriors) {
            let event = spec.causes.iter().position(|cause| cause.id == id).unwrap();
            let want = Oracle::sum(&weights, &oracle.event(event)) / total;
            prop_assert!((got - want).abs() < 1e-12, "{id}: {got} is not {want}");
        }
    }
}
