//! The `ingest-server` binary.
fn main() {}
