//! What JavaScript calls. Only numbers and byte arrays cross; answers are JSON in UTF-8. What was
//! refused comes as `{"reason": …, "detail": …}`: a stable name and a sentence.
#![allow(unsafe_code, reason = "memory is given back all at once")]

use std::cell::RefCell;

use faultscan_diagnosis::Input;
use serde::Serialize;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::desk::{Desk, Further, Question, Refusal};
use crate::json::{self, Value};
use crate::{arguments, heap, intake};

thread_local! {
    /// The catalogue that is loaded. The module runs on one thread and calls nothing outside.
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
    install(Desk::open(pack, keys))
}

/// Brings the loaded pack up to date by a difference.
#[wasm_bindgen]
pub fn update(delta: &[u8], keys: &[u8]) -> Vec<u8> {
    install(with(|desk| desk.updated(delta, keys)))
}

fn install(desk: Result<Desk, Refusal>) -> Vec<u8> {
    let answer = match desk {
        Ok(desk) => {
            let loaded = Loaded::of(&desk);
            DESK.with_borrow_mut(|slot| *slot = Some(desk));
            heap::keep();
            json::to_vec(&loaded)
        }
        Err(refusal) => json::to_vec(&refusal),
    };
    leave(answer)
}

/// The loaded pack as bytes that [`load`] takes; none where nothing is loaded.
#[wasm_bindgen]
pub fn pack() -> Vec<u8> {
    leave(with(|desk| Ok(desk.bytes())).unwrap_or_default())
}

/// The input of a diagnosis, from a sealed snapshot.
#[wasm_bindgen]
pub fn read_snapshot(snapshot: &[u8]) -> Vec<u8> {
    leave(write(intake::input(snapshot)))
}

/// Takes the input that is asked about from now on.
#[wasm_bindgen]
pub fn begin(input: &[u8]) -> Vec<u8> {
    if let Err(refusal) = read(input).and_then(|_| with(|_| Ok(()))) {
        return leave(json::to_vec(&refusal));
    }
    let begun = with_mut(|desk| {
        desk.end();
        // SAFETY: the dialogue before has just ended.
        let input = unsafe { heap::restart(input.to_vec()) };
        desk.begin(read(&input)?);
        heap::keep_dialogue();
        Ok(Loaded::of(desk))
    });
    leave(write(begun))
}

fn read(input: &[u8]) -> Result<Input, Refusal> {
    Ok(Value::read(input).and_then(arguments::input)?)
}

/// Asks something of the dialogue; see [`Question`] for the numbers and arguments.
#[wasm_bindgen]
pub fn ask(what: u32, argument: &[u8]) -> Vec<u8> {
    let answer = Question::read(what, argument).and_then(|question| {
        with_mut(|desk| {
            if desk.take(&question)? {
                heap::keep_dialogue();
            }
            keeping(desk, |desk| desk.ask(&question))
        })
    });
    leave(answer.unwrap_or_else(|refusal| json::to_vec(&refusal)))
}

/// Asks something beside the dialogue; see [`Further`] for the numbers and arguments. Exports come as
/// text.
#[wasm_bindgen]
pub fn more(what: u32, argument: &[u8]) -> Vec<u8> {
    let answer = Further::read(what, argument)
        .and_then(|question| with(|desk| keeping(desk, |desk| desk.tell(&question))));
    leave(answer.unwrap_or_else(|refusal| json::to_vec(&refusal)))
}

/// Keeps what a question leaves behind.
fn keeping<T>(desk: &Desk, ask: impl FnOnce(&Desk) -> T) -> T {
    let before = desk.left_behind();
    let answer = ask(desk);
    if desk.left_behind() > before {
        heap::keep();
    }
    answer
}

/// Gives back the memory of all that was made on the way.
fn leave(answer: Vec<u8>) -> Vec<u8> {
    // SAFETY: a desk and its session were kept when they were made or changed, and so was what a
    // question leaves behind. All else that a call makes ends with it.
    unsafe { heap::leave(answer) }
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
