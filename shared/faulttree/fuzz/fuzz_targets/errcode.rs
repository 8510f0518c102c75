//! Any text: no panic, and clustering within a small budget ends.
#![no_main]
use faultscan_faulttree::formats::{TextLimits, read_errcode};
use faultscan_faulttree::{Budget, clusters};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(tree) = read_errcode(text, None, &TextLimits::default()) {
        let _ = clusters(&tree, &Budget::nodes(10_000), 1000);
    }
});
