//! MessagePack as the formats use it: a compact writer, a strict reader for untrusted bytes, and a
//! structural check that bounds what a later decoder may spend.
//!
//! The writer always takes the shortest encoding. The reader allocates nothing, trusts no claimed
//! length, and stops at the first byte that does not fit.

mod check;
mod read;
mod write;

pub use check::{Bounds, check};
pub use read::Reader;
pub use write::Writer;

/// Why bytes are not the MessagePack that a format asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MpError {
    /// The bytes end inside a value, or a length claims more than there is.
    #[error("the bytes end inside a value")]
    Truncated,
    /// Another type stands where the format wants a certain one, or the reserved byte 0xc1.
    #[error("a value has the wrong type")]
    WrongType,
    /// A string is not UTF-8.
    #[error("a string is not valid UTF-8")]
    InvalidUtf8,
    /// Bytes follow the value.
    #[error("bytes follow the value")]
    TrailingBytes,
    /// Arrays or maps nest too deep.
    #[error("arrays or maps nest too deep")]
    NestedTooDeep,
    /// A map names the same key twice.
    #[error("a map has the same key twice")]
    DuplicateKey,
    /// More values, entries or bytes in one string than the format allows.
    #[error("more values or longer strings than allowed")]
    TooLarge,
    /// An integer or a length takes more bytes than it needs, where the format forbids that.
    #[error("an integer or a length takes more bytes than it needs")]
    NotShortest,
    /// A number is infinite or not a number.
    #[error("a number is infinite or not a number")]
    NotFinite,
}
