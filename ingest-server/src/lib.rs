//! Faultscan's ingestion server as a library. The binary adds a command line, nothing else.
//!
//! - [`service`] does the work and knows no transport;
//! - [`http`] and [`udp`] are transports that call it;
//! - [`store`] is what it keeps things in; [`keys`] says who may what;
//! - [`fingerprint`] says which failures are alike, [`search`] by which words reports are found;
//! - [`server`] starts and stops it all.
#![forbid(unsafe_code)]

pub mod clock;
pub mod config;
pub mod fingerprint;
pub mod http;
pub mod ids;
pub mod keys;
pub mod observe;
pub mod search;
pub mod server;
pub mod service;
pub mod store;
pub mod udp;
