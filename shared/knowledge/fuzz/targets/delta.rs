#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| faultscan_knowledge_fuzz::bodies::delta(bytes));
