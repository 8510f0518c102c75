//! The server as others meet it: over HTTP and UDP, and its store by its contract.

mod auth;
mod cli;
mod limits;
mod pages;
mod refusals;
mod reports;
mod store_contract;
mod support;
mod tickets;
mod uploads;
mod urgent;
