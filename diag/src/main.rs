//! Faultscan command line.
fn main() {}
