//! Any text: no panic; what is read is written and read back as the same tree.
#![no_main]
use faultscan_faulttree::formats::{TextLimits, read_toml, write_toml};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let limits = TextLimits::default();
    if let Ok(tree) = read_toml(text, &limits) {
        let again = read_toml(&write_toml(&tree), &limits).expect("what is written can be read");
        assert_eq!(again, tree);
    }
});
