//! Trees too large to enumerate, against another decision-diagram library.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(not(target_family = "wasm"))]
#[path = "support/mod.rs"]
mod support;

use faultscan_faulttree::{Analysis, Budget, FaultTree, Formula, Inference, NodeId};
use oxidd::bcdd::BCDDFunction;
use oxidd::util::SatCountCache;
use oxidd::{BooleanFunction, Manager, ManagerRef};
use proptest::prelude::*;
use std::hash::RandomState;
use support::{Kind, close, trees};

fn build(
    of: &Formula<NodeId>,
    events: &[BCDDFunction],
    gates: &[BCDDFunction],
    zero: &BCDDFunction,
) -> BCDDFunction {
    let all = |of: &[Formula<NodeId>]| -> Vec<BCDDFunction> {
        of.iter().map(|f| build(f, events, gates, zero)).collect()
    };
    let one = || zero.not().unwrap();
    let and = |of: Vec<BCDDFunction>| of.iter().fold(one(), |a, b| a.and(b).unwrap());
    let or = |of: Vec<BCDDFunction>| of.iter().fold(zero.clone(), |a, b| a.or(b).unwrap());
    match of {
        Formula::Ref(NodeId::Event(id)) => events[id.index()].clone(),
        Formula::Ref(NodeId::Gate(id)) => gates[id.index()].clone(),
        Formula::Constant(value) => {
            if *value {
                one()
            } else {
                zero.clone()
            }
        }
        Formula::And(of) => and(all(of)),
        Formula::Or(of) => or(all(of)),
        Formula::Nand(of) => and(all(of)).not().unwrap(),
        Formula::Nor(of) => or(all(of)).not().unwrap(),
        Formula::Not(of) => build(of, events, gates, zero).not().unwrap(),
        Formula::Xor(of) => all(of).iter().fold(zero.clone(), |a, b| a.xor(b).unwrap()),
        Formula::AtLeast { k, of } => {
            // By subsets: another way than the engine's table.
            let of = all(of);
            let subsets = (0u32..1 << of.len()).filter(|s| s.count_ones() == *k);
            or(subsets
                .map(|s| {
                    and((0..of.len())
                        .filter(|i| s >> i & 1 == 1)
                        .map(|i| of[i].clone())
                        .collect())
                })
                .collect())
        }
        Formula::Inhibit { of, condition } => and(vec![
            build(of, events, gates, zero),
            build(condition, events, gates, zero),
        ]),
        _ => unreachable!(),
    }
}

/// Share of all states in which the top is true.
fn share(tree: &FaultTree) -> f64 {
    let manager = oxidd::bcdd::new_manager(1 << 16, 1 << 14, 1);
    let count = u32::try_from(tree.events().len()).unwrap();
    let (events, zero) = manager.with_manager_exclusive(|manager| {
        manager.add_vars(count);
        let events: Vec<BCDDFunction> = (0..count)
            .map(|v| BCDDFunction::var(manager, v).unwrap())
            .collect();
        (events, BCDDFunction::f(manager))
    });
    let mut gates = vec![zero.clone(); tree.gates().len()];
    for id in tree.gates_bottom_up() {
        gates[id.index()] = build(tree.gates()[id.index()].formula(), &events, &gates, &zero);
    }
    let mut cache: SatCountCache<u128, RandomState> = SatCountCache::default();
    let states = gates[tree.tops()[0].index()].sat_count(count, &mut cache);
    states as f64 / 2f64.powi(i32::try_from(count).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn probability_is_the_share_of_states(tree in trees(Kind::Any, 50, 80)) {
        let even = vec![0.5; tree.events().len()];
        let analysis = Analysis::new(&tree, tree.tops()[0], &Budget::default()).unwrap();
        let truth = share(&tree);
        prop_assert!(close(analysis.probability(&even).unwrap(), truth), "{truth}");
        let whole = Inference::structural(&tree, &Budget::default()).unwrap();
        let posterior = whole.condition(&[]).unwrap();
        prop_assert!(close(posterior.posterior(tree.tops()[0]), truth));
    }

    /// Reordering and repeating operands, De Morgan and double negation change nothing.
    #[test]
    fn algebra_changes_nothing(tree in trees(Kind::Any, 20, 30)) {
        let mut builder = faultscan_faulttree::FaultTreeBuilder::new();
        for event in tree.events() {
            let expression = event.expression().cloned();
            builder.event(event.name(), event.kind(), expression, event.note().clone()).unwrap();
        }
        for gate in tree.gates() {
            builder.gate(gate.name(), rewritten(&tree, gate.formula())).unwrap();
        }
        builder.top("top");
        let other = builder.build().unwrap();
        let p: Vec<f64> = tree.probabilities().unwrap().into_iter().map(Option::unwrap).collect();
        let of = |tree: &FaultTree| Analysis::new(tree, tree.tops()[0], &Budget::default()).unwrap();
        let (a, b) = (of(&tree), of(&other));
        prop_assert!(close(a.probability(&p).unwrap(), b.probability(&p).unwrap()));
        prop_assert_eq!(a.cut_sets().unwrap().count_by_order(), b.cut_sets().unwrap().count_by_order());
    }
}

fn rewritten(tree: &FaultTree, of: &Formula<NodeId>) -> Formula {
    let all = |of: &[Formula<NodeId>]| -> Vec<Formula> {
        let mut of: Vec<Formula> = of.iter().rev().map(|f| rewritten(tree, f)).collect();
        of.push(of[0].clone());
        of
    };
    let plain = |of: &[Formula<NodeId>]| -> Vec<Formula> {
        of.iter().rev().map(|f| rewritten(tree, f)).collect()
    };
    let not = |f: Formula| Formula::Not(Box::new(f));
    let nots = |of: Vec<Formula>| of.into_iter().map(not).collect::<Vec<_>>();
    match of {
        Formula::Ref(node) => not(not(Formula::named(tree.name_of(*node)))),
        Formula::Constant(value) => not(Formula::Constant(!value)),
        Formula::And(of) => not(Formula::Or(nots(all(of)))),
        Formula::Or(of) => not(Formula::And(nots(all(of)))),
        Formula::Nand(of) => Formula::Or(nots(all(of))),
        Formula::Nor(of) => Formula::And(nots(all(of))),
        Formula::Not(of) => Formula::Nand(vec![rewritten(tree, of)]),
        Formula::Xor(of) => Formula::Xor(plain(of)),
        Formula::AtLeast { k, of } => {
            // At least k are true: not at least n - k + 1 are false.
            let k = of.len() as u32 - k + 1;
            not(Formula::AtLeast {
                k,
                of: nots(plain(of)),
            })
        }
        Formula::Inhibit { of, condition } => {
            Formula::And(vec![rewritten(tree, condition), rewritten(tree, of)])
        }
        _ => unreachable!(),
    }
}
