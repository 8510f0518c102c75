#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| faultscan_evidence_fuzz::match_log(data));
