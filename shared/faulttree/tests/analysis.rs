//! The engine against the truth by enumeration of every state.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#[path = "support/mod.rs"]
mod support;

use faultscan_faulttree::{
    Analysis, Bounds, Budget, Count, CutSets, FaultTree, GateId, NodeId, Resource,
};
use proptest::prelude::*;
use support::{Kind, bits, close, gates, minimal_solutions, states, trees, value, weight};

fn probabilities(tree: &FaultTree) -> Vec<f64> {
    tree.probabilities()
        .unwrap()
        .into_iter()
        .map(Option::unwrap)
        .collect()
}

fn chance(tree: &FaultTree, p: &[f64], top: GateId, given: impl Fn(u32) -> bool) -> f64 {
    states(tree)
        .filter(|state| given(*state) && gates(tree, *state)[top.index()])
        .map(|state| weight(state, p))
        .sum()
}

fn check(tree: &FaultTree) -> Result<(), TestCaseError> {
    let top = tree.tops()[0];
    let p = probabilities(tree);
    let analysis = Analysis::new(tree, top, &Budget::default()).unwrap();
    let total = chance(tree, &p, top, |_| true);
    prop_assert!(close(analysis.probability(&p).unwrap(), total), "{total}");

    let importance = analysis.importance(&p).unwrap();
    for event in tree.event_ids() {
        let bit = 1 << event.index();
        let mut certain = p.clone();
        certain[event.index()] = 1.0;
        let with = chance(tree, &certain, top, |state| state & bit != 0);
        certain[event.index()] = 0.0;
        let without = chance(tree, &certain, top, |state| state & bit == 0);
        let Some(found) = importance[event.index()] else {
            prop_assert!(
                close(with, without),
                "an event that matters has no importance"
            );
            continue;
        };
        prop_assert!(close(found.with, with), "{} {with}", found.with);
        prop_assert!(close(found.without, without), "{} {without}", found.without);
        prop_assert_eq!(found.birnbaum, found.with - found.without);
        if total > 0.0 {
            prop_assert!(close(found.raw.unwrap(), with / total));
            prop_assert!(close(
                found.diagnostic.unwrap(),
                p[event.index()] * with / total
            ));
            let rrw = found.rrw.unwrap();
            let wanted = if without == 0.0 {
                f64::INFINITY
            } else {
                total / without
            };
            prop_assert!(close(rrw, wanted), "{rrw} {wanted}");
        } else {
            prop_assert!(found.raw.is_none() && found.rrw.is_none());
        }
    }

    let sets = analysis.cut_sets().unwrap();
    let truth = minimal_solutions(tree, &[NodeId::Gate(top)]);
    let counts = sets.count_by_order();
    for order in 0..=tree.events().len() {
        let wanted = truth
            .iter()
            .filter(|set| set.count_ones() as usize == order)
            .count();
        let found = counts.get(order).and_then(Count::to_u128).unwrap_or(0);
        prop_assert_eq!(found, wanted as u128, "order {}", order);
    }
    prop_assert_eq!(sets.count().to_u128(), Some(truth.len() as u128));
    let product = |set: u32| -> f64 {
        (0..p.len())
            .filter(|i| set >> i & 1 == 1)
            .map(|i| p[i])
            .product()
    };
    let mut listed: Vec<u32> = sets
        .sets(usize::MAX, 0.0, &p)
        .unwrap()
        .map(|set| bits(&set.events))
        .collect();
    listed.sort_unstable();
    prop_assert_eq!(&listed, &truth);
    let cut: Vec<_> = sets.sets(2, 0.01, &p).unwrap().collect();
    let wanted = truth
        .iter()
        .filter(|s| s.count_ones() <= 2 && product(**s) >= 0.01)
        .count();
    prop_assert!(
        cut.len().abs_diff(wanted) <= truth.iter().filter(|s| close(product(**s), 0.01)).count()
    );
    let best = sets.most_probable(3, &p).unwrap();
    let mut ranked: Vec<f64> = truth.iter().map(|set| product(*set)).collect();
    ranked.sort_by(|a, b| b.total_cmp(a));
    prop_assert_eq!(best.len(), truth.len().min(3));
    for (found, wanted) in best.iter().zip(&ranked) {
        prop_assert!(close(found.probability, *wanted));
    }

    let union = |members: &[u32]| -> f64 {
        let hit = |state: u32| members.iter().any(|set| set & state == *set);
        states(tree)
            .filter(|state| hit(*state))
            .map(|state| weight(state, &p))
            .sum()
    };
    let hull = union(&truth);
    prop_assert!(close(sets.hull_probability(&p).unwrap(), hull));
    prop_assert!(close(sets.rare_event(&p).unwrap(), ranked.iter().sum()));
    let bound = 1.0 - ranked.iter().map(|q| 1.0 - q).product::<f64>();
    let found = sets.min_cut_upper_bound(&p).unwrap();
    prop_assert!(
        close(found, bound) || (found - bound).abs() < 1e-12,
        "{found} {bound}"
    );
    let shares = sets.fussell_vesely(&p).unwrap();
    for event in tree.event_ids() {
        let of: Vec<u32> = truth
            .iter()
            .copied()
            .filter(|s| s >> event.index() & 1 == 1)
            .collect();
        match shares[event.index()] {
            Some(share) => prop_assert!(close(share, union(&of) / hull), "{share}"),
            None => prop_assert!(of.is_empty() || hull == 0.0),
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn coherent_trees_agree_with_enumeration(tree in trees(Kind::Coherent, 10, 12)) {
        check(&tree)?;
        prop_assert!(Analysis::new(&tree, tree.tops()[0], &Budget::default()).unwrap().is_coherent());
    }

    #[test]
    fn any_tree_agrees_with_enumeration(tree in trees(Kind::Any, 9, 12)) {
        check(&tree)?;
    }

    /// What is made up to an order is what would have been picked from all.
    #[test]
    fn truncated_cut_sets_are_the_small_ones(tree in trees(Kind::Any, 10, 14), order in 0usize..6) {
        let top = tree.tops()[0];
        let p = probabilities(&tree);
        let exact = Analysis::new(&tree, top, &Budget::default()).unwrap().cut_sets().unwrap();
        let some = CutSets::up_to(&tree, top, order, &Budget::default()).unwrap();
        let mut counts = exact.count_by_order();
        counts.truncate(order + 1);
        while counts.last().is_some_and(Count::is_zero) {
            counts.pop();
        }
        prop_assert_eq!(some.count_by_order(), counts);
        prop_assert_eq!(some.order_max(), Some(order));
        prop_assert_eq!(some.is_coherent(), exact.is_coherent());
        let listed = |sets: &CutSets| {
            let mut found: Vec<_> = sets.sets(order, 0.0, &p).unwrap().map(|set| set.events).collect();
            found.sort();
            found
        };
        prop_assert_eq!(listed(&some), listed(&exact));
        let sum: f64 = exact.sets(order, 0.0, &p).unwrap().map(|set| set.probability).sum();
        prop_assert!(close(some.rare_event(&p).unwrap(), sum));
        let best = some.most_probable(3, &p).unwrap();
        prop_assert!(best.iter().all(|set| set.events.len() <= order));
    }

    /// Bounds hold the exact probability, and close where the diagrams fit.
    #[test]
    fn bounds_close_on_coherent_trees(tree in trees(Kind::Coherent, 10, 14)) {
        let top = tree.tops()[0];
        let p = probabilities(&tree);
        let exact = Analysis::new(&tree, top, &Budget::default()).unwrap().probability(&p).unwrap();
        let bounds = Bounds::of(&tree, top, &p, &Budget::default(), |_| {}).unwrap();
        prop_assert!(close(bounds.lower, exact) && close(bounds.upper, exact), "{bounds:?} {exact}");
    }

    /// A budget that is too small gives an error, never a wrong answer.
    #[test]
    fn small_budgets_never_lie(tree in trees(Kind::Any, 10, 14), nodes_max in 2usize..60) {
        let top = tree.tops()[0];
        let p = probabilities(&tree);
        match Analysis::new(&tree, top, &Budget::nodes(nodes_max)) {
            Err(error) => prop_assert_eq!(error.spent(), Some(Resource::Nodes), "{}", nodes_max),
            Ok(analysis) => {
                let total = chance(&tree, &p, top, |_| true);
                prop_assert!(close(analysis.probability(&p).unwrap(), total));
                if let Ok(sets) = analysis.cut_sets() {
                    let truth = minimal_solutions(&tree, &[NodeId::Gate(top)]);
                    prop_assert_eq!(sets.count().to_u128(), Some(truth.len() as u128));
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn wide_trees_agree_with_enumeration(tree in trees(Kind::Any, 15, 24)) {
        let top = tree.tops()[0];
        let p = probabilities(&tree);
        let analysis = Analysis::new(&tree, top, &Budget::default()).unwrap();
        let total: f64 = states(&tree)
            .filter(|state| value(&tree, *state, NodeId::Gate(top)))
            .map(|state| weight(state, &p))
            .sum();
        prop_assert!(close(analysis.probability(&p).unwrap(), total));
    }
}
