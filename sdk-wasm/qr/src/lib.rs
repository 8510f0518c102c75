//! Reads QR codes from the frames of a phone's camera, for browsers that have no reader of their own.
//!
//! The search for finder patterns, the sampling and the error correction are `rxing`'s (a port of
//! ZXing-C++). What is ours is what happens to the picture before it is made black and white, because
//! that decides whether a noisy, dim or pale code is seen at all; `docs/adr/0060-qr-reader.md` has the
//! figures.
//!
//! - [`picture`]: a grey picture, and how it is made readable
//! - [`reader`]: what is tried on a frame, and in which order
//! - [`bindings`]: the functions that JavaScript calls

pub mod bindings;
pub mod picture;
pub mod reader;
