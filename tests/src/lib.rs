//! Means to drive the real binaries from outside: start, kill and watch a server; speak HTTP down
//! to the byte; make tickets, snapshots and datagrams, good ones and broken ones.
//!
//! Nothing here knows the server's or the command line's code. The only crate of ours in use is
//! `faultscan-wire`, to craft bytes.
#![forbid(unsafe_code)]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "support for tests: what is unexpected here is a failed test"
)]

pub mod binaries;
pub mod craft;
pub mod http;
pub mod metrics;
pub mod probe;
pub mod server;
