//! The commands, one a file.

pub(crate) mod catalogue;
pub(crate) mod diagnose;
pub(crate) mod fta;
pub(crate) mod keygen;
pub(crate) mod matching;
pub(crate) mod qr;
pub(crate) mod snapshot;
pub(crate) mod ticket;
