//! Builds, runs, tests and checks this repository.
fn main() {}
