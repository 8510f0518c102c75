//! The Aralia suite, over a folder named by `FAULTSCAN_ARALIA`; without it there is nothing to do.
//! Unoptimised builds leave the two largest models out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(feature = "formats")]

use faultscan_faulttree::formats::{TextLimits, read_open_psa, write_open_psa};
use faultscan_faulttree::{Analysis, Budget, Count, CutSets};

/// Model, minimal cut sets, probability: measured with SCRAM and an independent program.
const KNOWN: [(&str, u128, Option<f64>); 6] = [
    ("baobab1", 46_188, Some(1.017_080_778_383_7e-4)),
    ("das9601", 4_259, Some(4.234_402_887_369_2e-3)),
    ("edf9203", 20_807_446, Some(0.599_589_097_665_55)),
    ("edf9206", 7_159_688_704, None),
    ("isp9607", 150_436, Some(9.495_101_853_731_0e-7)),
    ("jbd9601", 14_007, Some(0.755_090_615_056_51)),
];

#[test]
fn the_aralia_suite_has_its_known_values() {
    let Some(folder) = std::env::var_os("FAULTSCAN_ARALIA") else {
        return;
    };
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "xml"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "the folder holds no model");
    for path in files {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let tree = read_open_psa(&text, &TextLimits::default()).unwrap();
        let again = read_open_psa(&write_open_psa(&tree), &TextLimits::default()).unwrap();
        assert_eq!(again.gates(), tree.gates(), "{name}");
        if name == "nus9601" {
            // No diagram fits; the counts up to an order do not need one.
            let top = tree.tops()[0];
            let sets = CutSets::up_to(&tree, top, 7, &Budget::default()).unwrap();
            let counts: Vec<_> = sets.count_by_order().iter().map(Count::to_u128).collect();
            assert_eq!(counts, [0, 0, 0, 10, 2, 0, 1_160, 197_832].map(Some));
            continue;
        }
        let large = matches!(name.as_str(), "das9701" | "cea9601") && cfg!(debug_assertions);
        if large {
            continue;
        }
        let p: Vec<f64> = tree
            .probabilities()
            .unwrap()
            .into_iter()
            .map(Option::unwrap)
            .collect();
        let analysis = Analysis::new(&tree, tree.tops()[0], &Budget::default()).unwrap();
        let probability = analysis.probability(&p).unwrap();
        let sets = analysis.cut_sets().unwrap();
        assert!(
            probability <= sets.rare_event(&p).unwrap() * (1.0 + 1e-12),
            "{name}"
        );
        let best = sets.most_probable(1, &p).unwrap();
        if analysis.is_coherent() {
            assert!(probability >= best[0].probability * (1.0 - 1e-12), "{name}");
        }
        if let Some((_, count, known)) = KNOWN.iter().find(|(known, ..)| *known == name) {
            assert_eq!(sets.count().to_u128(), Some(*count), "{name}");
            if let Some(known) = known {
                assert!(
                    (probability / known - 1.0).abs() < 1e-9,
                    "{name}: {probability}"
                );
            }
        }
    }
}
