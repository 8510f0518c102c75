//! Any text: no panic.
#![no_main]
use faultscan_faulttree::formats::{TextLimits, read_galileo};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = read_galileo(text, &TextLimits::default());
});
