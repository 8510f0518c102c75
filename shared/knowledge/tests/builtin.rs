//! The data files that are compiled in keep every rule of the format, and are complete.

mod support;

use faultscan_knowledge::{Catalogue, Family};
use std::collections::BTreeSet;

#[test]
fn what_is_compiled_in_is_what_the_data_files_say() {
    let loaded = support::load(&support::data_files()).unwrap();
    let builtin = Catalogue::builtin().unwrap();
    assert_eq!(loaded.version(), builtin.version());
    assert_eq!(loaded.codes(), builtin.codes());
    assert_eq!(loaded.causes(), builtin.causes());
    assert_eq!(loaded.trees(), builtin.trees());
    assert_eq!(loaded.priors(), builtin.priors());
}

#[test]
fn the_go_tree_is_whole() {
    let catalogue = Catalogue::builtin().unwrap();
    let tree = catalogue.tree("go_env").unwrap();
    assert_eq!(tree.events.len(), 47);
    assert_eq!(tree.gates.len(), 1 + 19);
    assert_eq!(tree.axes.len(), 3);
    for event in &tree.events {
        let cause = catalogue.cause(&event.id).unwrap();
        assert!(
            !cause.checks.is_empty() && !cause.fixes.is_empty(),
            "{}",
            event.id
        );
        let is_told = catalogue
            .codes()
            .iter()
            .any(|code| code.family == Family::Go && code.causes.contains(&event.id));
        assert!(is_told, "no message tells {}", event.id);
    }
}

#[test]
fn each_family_has_codes_and_each_code_can_be_acted_on() {
    let catalogue = Catalogue::builtin().unwrap();
    for family in [
        Family::Db,
        Family::Tls,
        Family::K8s,
        Family::Sb,
        Family::Net,
    ] {
        assert!(catalogue.family(family).count() >= 3, "{}", family.as_str());
    }
    for code in catalogue.codes() {
        assert!(
            catalogue.checks(code).count() > 0,
            "{} has no check",
            code.code
        );
        for cause in &code.causes {
            assert!(
                !catalogue.fixes(code, cause).is_empty(),
                "{}: {cause} has no fix",
                code.code
            );
        }
    }
}

#[test]
fn every_cause_is_used() {
    let catalogue = Catalogue::builtin().unwrap();
    let used: BTreeSet<&str> = catalogue
        .codes()
        .iter()
        .flat_map(|code| code.causes.iter().map(String::as_str))
        .collect();
    let idle: Vec<&str> = catalogue
        .causes()
        .iter()
        .map(|cause| cause.id.as_str())
        .filter(|id| !used.contains(id))
        .collect();
    assert!(idle.is_empty(), "no gate names {idle:?}");
}
