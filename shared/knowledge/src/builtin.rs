//! The data files that are compiled in; the table is written by `build.rs`.

include!(concat!(env!("OUT_DIR"), "/sources.rs"));
