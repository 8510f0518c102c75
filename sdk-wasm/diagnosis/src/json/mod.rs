//! JSON in few bytes: a serializer that cannot fail, and a reader of small values. Together they are
//! a fraction of a general library's size, which counts in a module that phones load.

mod read;
mod write;

pub use read::{Malformed, Value};
pub use write::to_vec;
