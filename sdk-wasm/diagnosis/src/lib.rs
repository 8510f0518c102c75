//! The diagnosis on the phone: matcher, catalogue and fault-tree engine in a module of their own,
//! which a page loads after a capture. It needs no network and says exactly what the server says:
//! the same crates read the same snapshot.
//!
//! - [`desk`]: what can be asked, in plain Rust
//! - [`intake`]: from a sealed snapshot to the input of a diagnosis
//! - [`json`]: reading questions and writing answers
//! - [`verify`]: whose catalogue it is, which the SDK's module says
//! - [`bindings`]: the functions that JavaScript calls

mod arguments;
pub mod bindings;
pub mod desk;
pub mod intake;
pub mod json;
mod verify;
