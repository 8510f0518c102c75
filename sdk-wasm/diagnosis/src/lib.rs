//! The diagnosis on the phone: matcher, catalogue and fault-tree engine in a module of their own,
//! which a page loads after a capture. It needs no network and says exactly what the server says:
//! the same crates read the same snapshot.
//!
//! - [`desk`]: what can be asked, in plain Rust
//! - [`intake`]: from a sealed snapshot to the input of a diagnosis
//! - [`json`]: reading questions and writing answers
//! - [`bindings`]: the functions that JavaScript calls
//! - `heap`: memory that is given back all at once

mod arguments;
pub mod bindings;
pub mod desk;
#[allow(unsafe_code, reason = "an allocator hands out raw memory")]
mod heap;
pub mod intake;
pub mod json;
