//! Runs the fuzz target's body over the catalogue's own texts and changed ones, on stable Rust.

#![allow(clippy::unwrap_used, unreachable_pub)]

#[path = "../fuzz/src/lib.rs"]
#[allow(clippy::missing_panics_doc)]
mod target;

use faultscan_knowledge::Catalogue;

#[test]
fn every_sample_and_its_cuts_keep_the_promises() {
    let catalogue = Catalogue::builtin().unwrap();
    let samples = catalogue.codes().iter().flat_map(|code| &code.samples);
    let mut state = 1_u64;
    for sample in samples.step_by(3) {
        let mut data = sample.text.clone().into_bytes();
        data.insert(0, 0);
        for _ in 0..2 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            data[0] = (state >> 56) as u8;
            target::match_log(&data);
            let at = 1 + (state >> 20) as usize % (data.len() - 1);
            data[at] = (state >> 40) as u8;
        }
    }
    target::match_log(&[]);
    target::match_log(b"\x80");
    target::match_log(&[&[128][..], &[b'x'; 600_000]].concat());
}
