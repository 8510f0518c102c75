#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| faultscan_wire_fuzz::bodies::message_pack(bytes));
