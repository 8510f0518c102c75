//! What JavaScript calls. Only numbers and byte arrays cross.

use crate::picture::Picture;
use crate::reader::{self, Reader};
use std::cell::RefCell;
use wasm_bindgen::prelude::wasm_bindgen;

thread_local! {
    /// The camera's reader. The module runs on one thread and calls nothing outside.
    static READER: RefCell<Reader> = RefCell::default();
}

/// The bytes of a code in the next frame of a camera, in `rgba` of `width` times `height` pixels;
/// empty where there is none, or where the sizes don't fit.
#[wasm_bindgen]
pub fn read_frame(rgba: &[u8], width: u32, height: u32) -> Vec<u8> {
    Picture::from_rgba(rgba, width as usize, height as usize)
        .and_then(|picture| READER.with_borrow_mut(|reader| reader.frame(&picture)))
        .unwrap_or_default()
}

/// As [`read_frame`], for a picture that stands alone: slower, and reads more.
#[wasm_bindgen]
pub fn read_still(rgba: &[u8], width: u32, height: u32) -> Vec<u8> {
    Picture::from_rgba(rgba, width as usize, height as usize)
        .and_then(|picture| reader::still(&picture))
        .unwrap_or_default()
}
