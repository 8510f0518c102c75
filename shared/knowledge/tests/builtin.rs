//! The data files that are compiled in keep every rule of the format.

use faultscan_knowledge::Catalogue;

#[test]
fn builtin_data_is_valid() {
    let sources = Catalogue::builtin_sources().iter().copied();
    if let Err(error) = Catalogue::load(sources) {
        panic!("{error}");
    }
}
