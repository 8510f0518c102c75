//! Any text: no panic; what is read prints as what reads the same; and where it makes a tree, both
//! engines agree on it.
#![no_main]
use faultscan_faulttree::{Analysis, Budget, CutSets, FaultTreeBuilder, Formula, Inference};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(formula) = Formula::parse(text) else { return };
    assert_eq!(Formula::parse(&formula.to_string()).as_ref(), Ok(&formula));
    let mut builder = FaultTreeBuilder::new();
    for name in formula.references() {
        if !builder.contains(name) && builder.basic_event(name, 0.25).is_err() {
            return;
        }
    }
    if builder.gate("the top gate".replace(' ', "_").as_str(), formula).is_err() {
        return;
    }
    let Ok(tree) = builder.build() else { return };
    let budget = Budget::nodes(10_000);
    let top = tree.tops()[0];
    let (Ok(analysis), Ok(engine)) =
        (Analysis::new(&tree, top, &budget), Inference::new(&tree, &budget))
    else {
        return;
    };
    if let (Ok(all), Ok(some)) = (analysis.cut_sets(), CutSets::up_to(&tree, top, 3, &budget)) {
        assert_eq!(all.count_up_to(3), some.count());
    }
    let one = analysis.probability(engine.priors()).expect("priors are probabilities");
    let Ok(seen) = engine.condition(&[]) else { return };
    assert!((one - seen.posterior(top)).abs() < 1e-9);
});
