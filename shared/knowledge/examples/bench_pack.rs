//! How long loading the built-in catalogue takes, from the program and from a file's bytes, and how
//! large its sections are. Prints one JSON document. With a folder as argument, writes there the
//! packs that a server sends, so that they can be compressed as transports do.

use ed25519_dalek::SigningKey;
use faultscan_knowledge::pack::{Compression, Section, Sections};
use faultscan_knowledge::{Catalogue, Pack, PackError, PackKeys};
use std::error::Error;
use std::time::Instant;

const ROUNDS: usize = 31;

fn main() -> Result<(), Box<dyn Error>> {
    let key = SigningKey::from_bytes(&[7; 32]);
    let keys = PackKeys::new([key.verifying_key().to_bytes()]);
    let pack = Pack::builtin()?.signed_by(&key);
    let mut figures = Vec::new();
    figures.push(("load_builtin_ms", median(Catalogue::builtin)?));
    for (name, compression, sections) in [
        ("load_file_ms", Compression::Lz4, Sections::ALL),
        ("load_core_zh_ms", Compression::Stored, Sections::CORE_ZH),
    ] {
        let bytes = pack.to_bytes(compression, sections)?;
        figures.push((name, median(|| Pack::open(&bytes, &keys)?.catalogue())?));
    }
    for (name, section) in [
        ("core_bytes", Section::Core),
        ("en_bytes", Section::En),
        ("zh_bytes", Section::Zh),
        ("reference_bytes", Section::Reference),
    ] {
        figures.push((name, pack.body(section)?.len() as f64));
    }
    for (name, sections) in [
        ("all", Sections::ALL),
        ("core-zh", Sections::CORE_ZH),
        ("core-en", Sections::CORE_EN),
        ("core", Sections::CORE),
    ] {
        if let Some(folder) = std::env::args_os().nth(1) {
            let path = std::path::Path::new(&folder).join(format!("{name}.fspk"));
            std::fs::write(path, pack.to_bytes(Compression::Stored, sections)?)?;
        }
    }
    let members: Vec<String> = figures
        .iter()
        .map(|(name, value)| format!("\"{name}\":{value:.3}"))
        .collect();
    println!(
        "{{\"name\":\"pack\",\"version\":\"{}\",\"figures\":{{{}}}}}",
        pack.version(),
        members.join(",")
    );
    Ok(())
}

/// Milliseconds, the median of some rounds.
fn median(run: impl Fn() -> Result<Catalogue, PackError>) -> Result<f64, PackError> {
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let catalogue = run()?;
        times.push(start.elapsed().as_secs_f64() * 1000.0);
        drop(catalogue);
    }
    times.sort_by(f64::total_cmp);
    Ok(times[ROUNDS / 2])
}
