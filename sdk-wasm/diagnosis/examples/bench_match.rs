//! The matcher alone, compiled just as the diagnosis is: the phone's side of
//! `cargo xtask bench match`. `bench_match.mjs` calls it.

use std::cell::OnceCell;

use faultscan_evidence::Matcher;
use faultscan_knowledge::Catalogue;
use wasm_bindgen::prelude::wasm_bindgen;

thread_local! {
    static CATALOGUE: OnceCell<Option<Catalogue>> = const { OnceCell::new() };
    static MATCHER: OnceCell<Option<Matcher>> = const { OnceCell::new() };
}

/// Opens the catalogue; gives the number of its codes, 0 where it could not be opened.
#[wasm_bindgen]
pub fn open() -> u32 {
    CATALOGUE.with(|catalogue| {
        let catalogue = catalogue.get_or_init(|| Catalogue::builtin().ok()).as_ref();
        catalogue.map_or(0, |catalogue| catalogue.codes().len() as u32)
    })
}

/// Builds the matcher over the open catalogue; gives the number of its signatures, 0 where it could
/// not be built.
#[wasm_bindgen]
pub fn prepare() -> u32 {
    let build = || CATALOGUE.with(|catalogue| Matcher::new(catalogue.get()?.as_ref()?).ok());
    MATCHER.with(|matcher| {
        let matcher = matcher.get_or_init(build).as_ref();
        matcher.map_or(0, |matcher| matcher.pattern_count() as u32)
    })
}

/// Matches the lines of a log; gives the number of codes found.
#[wasm_bindgen]
pub fn match_log(log: &[u8]) -> u32 {
    MATCHER.with(|matcher| {
        let matcher = matcher.get().and_then(Option::as_ref);
        let lines = log.split(|byte| *byte == b'\n');
        matcher.map_or(0, |matcher| matcher.match_lines(lines).codes.len() as u32)
    })
}
