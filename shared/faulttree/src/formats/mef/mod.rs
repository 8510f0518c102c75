//! Open-PSA Model Exchange Format 2.0: the fault-tree and stochastic layers.
mod expression;
mod formula;
mod read;
mod write;

pub use read::read_open_psa;
pub use write::write_open_psa;
