//! What JavaScript calls. Only numbers and byte arrays cross; answers are JSON in UTF-8. What was
//! refused comes as `{"reason": …, "detail": …}`: a stable name and a sentence.

use std::cell::RefCell;

use faultscan_knowledge::PackKeys;
use serde::Serialize;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::desk::{Desk, Further, Question, Refusal};
use crate::json::{self, Value};
use crate::{arguments, intake, verify};

thread_local! {
    /// The catalogue that is loaded. The module runs on one thread, and what it calls outside does not
    /// call back.
    static DESK: RefCell<Option<Desk>> = const { RefCell::new(None) };
}

#[derive(Serialize)]
struct Loaded {
    version: String,
}

impl Loaded {
    fn of(desk: &Desk) -> Self {
        Self {
            version: desk.version().to_owned(),
        }
    }
}

/// Loads a catalogue pack that one of `keys` (32 bytes each) has signed. A pack that is refused
/// leaves the one before in place.
#[wasm_bindgen]
pub fn load(pack: &[u8], keys: &[u8]) -> Vec<u8> {
    write(Desk::open(pack, &trusted(keys)).map(install))
}

/// Brings the loaded pack up to date by a difference.
#[wasm_bindgen]
pub fn update(delta: &[u8], keys: &[u8]) -> Vec<u8> {
    write(with(|desk| desk.updated(delta, &trusted(keys))).map(install))
}

fn trusted(keys: &[u8]) -> PackKeys {
    PackKeys::verified_by(verify::is_signed, keys.as_chunks().0.iter().copied())
}

fn install(desk: Desk) -> Loaded {
    let loaded = Loaded::of(&desk);
    DESK.with_borrow_mut(|slot| *slot = Some(desk));
    loaded
}

/// The loaded pack as bytes that [`load`] takes; none where nothing is loaded.
#[wasm_bindgen]
pub fn pack() -> Vec<u8> {
    with(|desk| Ok(desk.bytes())).unwrap_or_default()
}

/// The input of a diagnosis, from a sealed snapshot.
#[wasm_bindgen]
pub fn read_snapshot(snapshot: &[u8]) -> Vec<u8> {
    write(intake::input(snapshot))
}

/// Takes the input that is asked about from now on.
#[wasm_bindgen]
pub fn begin(input: &[u8]) -> Vec<u8> {
    let input = Value::read(input).and_then(arguments::input);
    write(input.map_err(Refusal::from).and_then(|input| {
        with_mut(|desk| {
            desk.begin(input);
            Ok(Loaded::of(desk))
        })
    }))
}

/// Asks something of the dialogue; see [`Question`] for the numbers and arguments.
#[wasm_bindgen]
pub fn ask(what: u32, argument: &[u8]) -> Vec<u8> {
    bytes(Question::read(what, argument).and_then(|question| with_mut(|desk| desk.ask(&question))))
}

/// Asks something beside the dialogue; see [`Further`] for the numbers and arguments. Exports come as
/// text.
#[wasm_bindgen]
pub fn more(what: u32, argument: &[u8]) -> Vec<u8> {
    bytes(Further::read(what, argument).and_then(|question| with(|desk| desk.tell(&question))))
}

/// An answer as it is, or what was refused.
fn bytes(answer: Result<Vec<u8>, Refusal>) -> Vec<u8> {
    answer.unwrap_or_else(|refusal| json::to_vec(&refusal))
}

fn with<T>(work: impl FnOnce(&Desk) -> Result<T, Refusal>) -> Result<T, Refusal> {
    DESK.with_borrow(|desk| {
        desk.as_ref()
            .ok_or_else(Refusal::nothing_loaded)
            .and_then(work)
    })
}

fn with_mut<T>(work: impl FnOnce(&mut Desk) -> Result<T, Refusal>) -> Result<T, Refusal> {
    DESK.with_borrow_mut(|desk| {
        desk.as_mut()
            .ok_or_else(Refusal::nothing_loaded)
            .and_then(work)
    })
}

fn write<T: Serialize>(result: Result<T, Refusal>) -> Vec<u8> {
    match result {
        Ok(value) => json::to_vec(&value),
        Err(refusal) => json::to_vec(&refusal),
    }
}
