//! Texts that trees are read from and written to.
//!
//! Readers bound size and depth, refuse what they do not know with a line and column, and never
//! panic. Writers give a text that the matching reader turns into an equal tree.
mod errcode;
mod error;
mod galileo;
mod graph;
mod mef;
mod native;
mod quantity;
mod xml;

pub use errcode::read_errcode;
pub use error::{FormatError, TextLimits};
pub use galileo::read_galileo;
pub use graph::{write_dot, write_json_graph, write_mermaid};
pub use mef::{read_open_psa, write_open_psa};
pub use native::{read_toml, write_toml};
