//! The server as others meet it: over HTTP and UDP, and its store by its contract.
// Helpers of tests may fail as tests do.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod auth;
mod cli;
mod control;
mod encryption;
mod export;
mod graph;
mod groups;
mod limits;
mod migration;
mod packs;
mod pages;
mod refusals;
mod reports;
mod store_contract;
mod support;
mod tickets;
mod uploads;
mod urgent;
mod what_if;
