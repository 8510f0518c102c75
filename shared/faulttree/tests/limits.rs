//! Deep trees, wide counts, budgets, determinism.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use faultscan_faulttree::{
    Analysis, Budget, CutSets, EngineError, FaultTree, FaultTreeBuilder, Formula, Inference,
    ModelError, NodeId, Observation, Phase, Resource,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// `g0 = AND(e0, x)`, `g1 = OR(e1, g0)`, `g2 = AND(e2, g1)` and so on, `x` in every tenth.
fn chain(length: usize) -> FaultTree {
    let mut builder = FaultTreeBuilder::new();
    builder.basic_event("x", 0.5).unwrap();
    for at in 0..length {
        builder.basic_event(&format!("e{at}"), 0.5).unwrap();
        let below = if at == 0 {
            "x".to_owned()
        } else {
            format!("g{}", at - 1)
        };
        let mut of = vec![Formula::named(format!("e{at}")), Formula::named(below)];
        if at % 10 == 9 {
            of.push(Formula::named("x"));
        }
        let formula = if at % 2 == 0 {
            Formula::And(of)
        } else {
            Formula::Or(of)
        };
        builder.gate(&format!("g{at}"), formula).unwrap();
    }
    builder.build().unwrap()
}

/// A thread with a stack that recursion over a deep tree would soon fill.
fn on_a_small_stack(run: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new()
        .stack_size(192 * 1024)
        .spawn(run)
        .unwrap()
        .join()
        .unwrap();
}

#[test]
fn deep_trees_need_no_stack() {
    on_a_small_stack(|| {
        let tree = chain(4_000);
        let analysis = Analysis::new(&tree, tree.tops()[0], &Budget::default()).unwrap();
        let p = vec![0.5; tree.events().len()];
        let probability = analysis.probability(&p).unwrap();
        assert!((0.3..0.9).contains(&probability));
        assert!(analysis.cut_sets().unwrap().count().to_u128().unwrap() >= 2_000);
        assert!(analysis.importance(&p).unwrap().iter().any(Option::is_some));
    });
    on_a_small_stack(|| {
        let tree = chain(2_000);
        let engine = Inference::new(&tree, &Budget::default()).unwrap();
        let top = NodeId::Gate(tree.tops()[0]);
        let seen = engine.condition(&[Observation::Is(top, true)]).unwrap();
        assert!((seen.posterior(top) - 1.0).abs() < 1e-12);
        assert!(seen.posterior(tree.node("x").unwrap()) > 0.5);
    });
}

#[test]
fn a_long_cycle_is_told_without_a_stack() {
    on_a_small_stack(|| {
        let mut builder = FaultTreeBuilder::new();
        for at in 0..50_000 {
            let next = Formula::named(format!("g{}", (at + 1) % 50_000));
            builder.gate(&format!("g{at}"), next).unwrap();
        }
        let Err(ModelError::Cycle { path }) = builder.build() else {
            panic!("no cycle found")
        };
        assert_eq!((path.len(), &path[0]), (50_001, &path[50_000]));
    });
}

#[test]
fn counts_go_beyond_any_machine_integer() {
    let mut builder = FaultTreeBuilder::new();
    let mut factors = Vec::new();
    for factor in 0..60 {
        let names: Vec<String> = (0..10).map(|i| format!("e{factor}_{i}")).collect();
        for name in &names {
            builder.basic_event(name, 0.01).unwrap();
        }
        factors.push(Formula::Or(names.into_iter().map(Formula::Ref).collect()));
    }
    builder.gate("top", Formula::And(factors)).unwrap();
    let tree = builder.build().unwrap();
    let analysis = Analysis::new(&tree, tree.tops()[0], &Budget::default()).unwrap();
    let sets = analysis.cut_sets().unwrap();
    assert_eq!(sets.count().to_string(), format!("1{}", "0".repeat(60)));
    assert_eq!(sets.count_by_order().len(), 61);
    let p = vec![0.01; 600];
    let best = sets.most_probable(3, &p).unwrap();
    assert_eq!(best.len(), 3);
    assert!((best[2].probability / 1e-120 - 1.0).abs() < 1e-9);
    assert_eq!(
        sets.sets(usize::MAX, 0.0, &p).unwrap().take(1000).count(),
        1000
    );
}

/// A parity of many random products: large in every order.
fn hard() -> FaultTree {
    let mut builder = FaultTreeBuilder::new();
    for at in 0..60 {
        builder.basic_event(&format!("e{at}"), 0.5).unwrap();
    }
    let mut state = 1u64;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        Formula::named(format!("e{}", (state >> 33) % 60))
    };
    let product = |_| Formula::And(vec![next(), next(), next()]);
    let products = (0..200).map(product).collect();
    builder.gate("top", Formula::Xor(products)).unwrap();
    builder.build().unwrap()
}

#[test]
fn a_spent_budget_says_which() {
    let tree = hard();
    let error = Analysis::new(&tree, tree.tops()[0], &Budget::nodes(50_000))
        .err()
        .unwrap();
    assert!(
        matches!(
            error,
            EngineError::NodesSpent {
                nodes_max: 50_000,
                ..
            }
        ),
        "{error}"
    );
    let known = error.known().unwrap();
    assert_eq!((known.phase, known.modules), (Phase::Diagrams, 1));
    assert_eq!(error.spent(), Some(Resource::Nodes));

    let asked = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&asked);
    let budget = Budget::default().with_stop(move || seen.fetch_add(1, Ordering::Relaxed) >= 5);
    let error = Analysis::new(&tree, tree.tops()[0], &budget).err().unwrap();
    assert!(matches!(error, EngineError::Stopped { .. }), "{error}");
    assert_eq!(error.spent(), Some(Resource::Time));
    assert!(
        asked.load(Ordering::Relaxed) < 50,
        "the engine goes on after it was told to stop"
    );
}

#[test]
fn the_same_input_gives_the_same_answer() {
    let tree = chain(200);
    let run = || {
        let analysis = Analysis::new(&tree, tree.tops()[0], &Budget::default()).unwrap();
        let sets = analysis.cut_sets().unwrap();
        let p = vec![0.3; tree.events().len()];
        let listed: Vec<_> = sets.sets(usize::MAX, 0.0, &p).unwrap().collect();
        (
            analysis.nodes(),
            sets.nodes(),
            analysis.probability(&p).unwrap().to_bits(),
            listed,
        )
    };
    assert_eq!(run(), run());
}

#[test]
fn uncertainty_comes_from_the_seed_alone() {
    use faultscan_faulttree::{EventKind, Expression, Note};
    let number = |value: f64| Box::new(Expression::Number(value));
    let mut builder = FaultTreeBuilder::new();
    let law = Expression::Lognormal {
        mean: number(0.01),
        factor: number(3.0),
        level: number(0.95),
    };
    for name in ["a", "b"] {
        builder
            .event(name, EventKind::Basic, Some(law.clone()), Note::default())
            .unwrap();
    }
    builder
        .gate("top", Formula::parse("OR(a, b)").unwrap())
        .unwrap();
    let tree = builder.build().unwrap();
    let analysis = Analysis::new(&tree, tree.tops()[0], &Budget::default()).unwrap();
    let draw = |seed| analysis.uncertainty(&tree, None, seed, 4000).unwrap();
    assert_eq!(draw(1), draw(1));
    assert_ne!(draw(1), draw(2));
    let found = draw(3);
    // The two are independent, so the mean of the union is known.
    assert!(
        (found.mean - (0.02 - 1e-4)).abs() < 5.0 * found.error,
        "{found:?}"
    );
    let [low, median, high] = found.percentiles;
    assert!(low < median && median < found.mean && found.mean < high);
}

/// Layers of gates that share all events across: no order of variables is good.
fn woven() -> FaultTree {
    let mut builder = FaultTreeBuilder::new();
    let size = 40;
    for at in 0..size {
        builder.basic_event(&format!("e{at}"), 0.01).unwrap();
    }
    let named = |at: usize| Formula::named(format!("e{}", at % size));
    let mut all = Vec::new();
    for at in 0..120 {
        let of = [at * 7, at * 11 + 3, at * 13 + 5, at * 17 + 1].map(named);
        builder
            .gate(&format!("g{at}"), Formula::Or(of.into()))
            .unwrap();
        all.push(Formula::named(format!("g{at}")));
    }
    builder.gate("top", Formula::And(all)).unwrap();
    builder.build().unwrap()
}

#[test]
fn an_order_bounds_the_work_and_errors_say_what_was_known() {
    let tree = woven();
    let top = tree.tops()[0];
    let budget = Budget::nodes(3_000);
    let error = CutSets::up_to(&tree, top, 30, &budget).err().unwrap();
    assert_eq!(error.spent(), Some(Resource::Nodes));
    let none = CutSets::up_to(&tree, top, 1, &budget).unwrap();
    let p = vec![0.01; tree.events().len()];
    assert!(none.rare_event(&p).unwrap().is_sign_positive());
    let known = error.known().unwrap();
    assert_eq!(known.phase, Phase::TruncatedCutSets);
    let reached = CutSets::as_far_as_possible(&tree, top, usize::MAX, &budget).unwrap();
    let order = reached.order_max().unwrap();
    assert!((1..30).contains(&order), "{order}");
    assert_eq!(known.cut_sets_by_order, reached.count_by_order());
    let more = CutSets::up_to(&tree, top, order, &Budget::default()).unwrap();
    assert_eq!(more.count_by_order(), reached.count_by_order());
}
