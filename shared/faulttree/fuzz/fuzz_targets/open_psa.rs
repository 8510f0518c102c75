//! Any text: no panic; what is read is written and read back as the same tree.
#![no_main]
use faultscan_faulttree::formats::{TextLimits, read_open_psa, write_open_psa};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let limits = TextLimits::default();
    if let Ok(tree) = read_open_psa(text, &limits) {
        let written = write_open_psa(&tree);
        let again = read_open_psa(&written, &limits).expect("what is written can be read");
        assert_eq!((again.gates(), again.events()), (tree.gates(), tree.events()));
    }
});
