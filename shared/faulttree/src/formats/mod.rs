//! Texts that trees are read from and written to.
//!
//! Readers bound size and depth, refuse what they do not know with a line and column, and never
//! panic. Writers give a text that the matching reader turns into an equal tree.
mod error;
mod mef;
mod xml;

pub use error::{FormatError, TextLimits};
pub use mef::{read_open_psa, write_open_psa};
