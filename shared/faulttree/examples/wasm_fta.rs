//! The engine as a bare wasm module, to measure it against the native build: node hands in the
//! bytes of an Open-PSA file and reads back figures. Run by `wasm_fta.mjs`, which says how.
#![allow(unsafe_code)]

use faultscan_faulttree::formats::{TextLimits, read_open_psa};
use faultscan_faulttree::{Analysis, Budget};

/// Room for `length` bytes of input; the caller fills it and hands it to [`analyse`].
#[unsafe(no_mangle)]
pub extern "C" fn room(length: usize) -> *mut u8 {
    Box::leak(vec![0u8; length].into_boxed_slice()).as_mut_ptr()
}

/// Analyses the file in the room: the probability, or a negative number for what went wrong.
///
/// # Safety
/// `start` and `length` are what [`room`] was called with and gave back, and are used once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn analyse(start: *mut u8, length: usize, count: *mut f64) -> f64 {
    // SAFETY: by this function's own contract.
    let bytes = unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(start, length)) };
    let Ok(text) = std::str::from_utf8(&bytes) else {
        return -1.0;
    };
    let Ok(tree) = read_open_psa(text, &TextLimits::default()) else {
        return -2.0;
    };
    let Some(top) = tree.tops().first() else {
        return -2.0;
    };
    let Ok(analysis) = Analysis::new(&tree, *top, &Budget::default()) else {
        return -3.0;
    };
    let values = tree.probabilities().unwrap_or_default();
    let p: Vec<f64> = values.into_iter().flatten().collect();
    let Ok(sets) = analysis.cut_sets() else {
        return -4.0;
    };
    // SAFETY: the caller gives a place for one number.
    unsafe { *count = sets.count().to_f64() };
    analysis.probability(&p).unwrap_or(-5.0)
}
