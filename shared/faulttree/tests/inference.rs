//! Conditioning against the truth by enumeration.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#[path = "support/mod.rs"]
mod support;

use faultscan_faulttree::{Budget, EngineError, FaultTree, Inference, NodeId, Observation};
use proptest::prelude::*;
use support::{Kind, bits, close, minimal_solutions, states, trees, value, weight};

/// (index of node, kind of observation, two likelihoods)
type Seen = (prop::sample::Index, u8, f64, f64);

fn seen() -> impl Strategy<Value = Vec<Seen>> {
    prop::collection::vec(
        (
            any::<prop::sample::Index>(),
            0..4u8,
            0.01..1.0f64,
            0.0..3.0f64,
        ),
        0..4,
    )
}

fn nodes(tree: &FaultTree) -> Vec<NodeId> {
    let events = tree.event_ids().map(NodeId::Event);
    events.chain(tree.gate_ids().map(NodeId::Gate)).collect()
}

fn observations(tree: &FaultTree, seen: &[Seen]) -> Vec<Observation> {
    let nodes = nodes(tree);
    let one = |(index, kind, if_true, if_false): &Seen| {
        let node = *index.get(&nodes);
        match kind {
            0 => Observation::Is(node, true),
            1 => Observation::Is(node, false),
            _ => Observation::Likelihood {
                node,
                if_true: *if_true,
                if_false: *if_false,
            },
        }
    };
    seen.iter().map(one).collect()
}

fn likelihood(tree: &FaultTree, state: u32, observations: &[Observation]) -> f64 {
    let one = |observation: &Observation| match *observation {
        Observation::Is(node, wanted) => f64::from(u8::from(value(tree, state, node) == wanted)),
        Observation::Likelihood {
            node,
            if_true,
            if_false,
        } => {
            if value(tree, state, node) {
                if_true
            } else {
                if_false
            }
        }
        _ => unreachable!(),
    };
    observations.iter().map(one).product()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn conditioning_is_bayes(tree in trees(Kind::Any, 8, 8), seen in seen()) {
        let observations = observations(&tree, &seen);
        let engine = Inference::new(&tree, &Budget::default()).unwrap();
        let priors = engine.priors().to_vec();
        let joint: Vec<f64> = states(&tree)
            .map(|state| weight(state, &priors) * likelihood(&tree, state, &observations))
            .collect();
        let evidence: f64 = joint.iter().sum();
        let result = match engine.condition(&observations) {
            Err(error) => {
                prop_assert_eq!(error, EngineError::Impossible);
                prop_assert_eq!(evidence, 0.0);
                return Ok(());
            }
            Ok(result) => result,
        };
        prop_assert!(close(result.evidence_probability(), evidence), "{evidence}");
        for node in nodes(&tree) {
            let truth: f64 = states(&tree)
                .filter(|state| value(&tree, *state, node))
                .map(|state| joint[state as usize])
                .sum::<f64>() / evidence;
            let found = result.posterior(node);
            // An event's posterior is a sum over paths less those that pass by: absolute error.
            prop_assert!(close(found, truth) || (found - truth).abs() < 1e-12, "{found} {truth}");
        }
        let best = result.most_probable_explanation();
        let most = joint.iter().fold(0.0, |a: f64, b| a.max(*b)) / evidence;
        prop_assert!(close(best.probability, most), "{} {most}", best.probability);
        prop_assert!(close(joint[bits(&best.events) as usize] / evidence, most));

        let together: Vec<_> = tree.event_ids().take(3).collect();
        let mask = bits(&together);
        let truth: f64 = states(&tree)
            .filter(|state| state & mask == mask)
            .map(|state| joint[state as usize])
            .sum::<f64>() / evidence;
        prop_assert!(close(result.all_true(&together), truth));
    }

    #[test]
    fn cut_sets_are_the_minimal_solutions_best_first(tree in trees(Kind::Any, 8, 8), pair: bool) {
        let engine = Inference::new(&tree, &Budget::default()).unwrap();
        let mut nodes = vec![NodeId::Gate(tree.tops()[0])];
        if pair {
            nodes.push(NodeId::Gate(tree.gate_ids().next().unwrap()));
        }
        let truth = minimal_solutions(&tree, &nodes);
        let found = engine.cut_sets(&nodes, usize::MAX, engine.priors()).unwrap();
        let mut sets: Vec<u32> = found.iter().map(|set| bits(&set.events)).collect();
        prop_assert!(found.windows(2).all(|w| w[0].probability >= w[1].probability));
        for set in &found {
            let product: f64 = set.events.iter().map(|e| engine.priors()[e.index()]).product();
            prop_assert!(close(set.probability, product));
        }
        sets.sort_unstable();
        prop_assert_eq!(sets, truth);
        let few = engine.cut_sets(&nodes, 2, engine.priors()).unwrap();
        for (a, b) in few.iter().zip(&found) {
            prop_assert!(close(a.probability, b.probability));
        }
        prop_assert_eq!(few.len(), found.len().min(2));
    }
}
