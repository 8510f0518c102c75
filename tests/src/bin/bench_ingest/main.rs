//! Measures the ingest path.
fn main() {}
