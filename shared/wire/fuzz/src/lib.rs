//! The bodies of the fuzz targets.
#![forbid(unsafe_code)]

pub mod bodies;
