//! What each fuzz target does with its bytes. The bodies are also run as ordinary tests.

use ed25519_dalek::SigningKey;
use faultscan_knowledge::pack::{Compression, PACK_FORMAT, PACK_MAGIC, PACK_SCHEMA, Section};
use faultscan_knowledge::{Pack, PackDelta, PackKeys};
use sha2::{Digest as _, Sha256};

/// Any bytes as a pack: no panic; what is read is written and read as the same.
pub fn pack(bytes: &[u8]) {
    if let Ok(pack) = Pack::open_trusted(bytes) {
        rows(&pack);
    }
    assert!(
        Pack::open(bytes, &PackKeys::default()).is_err(),
        "nobody is trusted"
    );
}

/// Any bytes as the sections of a pack whose hashes are right, so that the rows are reached: the
/// first four pairs of bytes are the sections' lengths.
pub fn sections(bytes: &[u8]) {
    let Some((lengths, mut rest)) = bytes.split_at_checked(8) else {
        return;
    };
    let mut out = PACK_MAGIC.to_vec();
    out.extend([PACK_FORMAT, PACK_SCHEMA]);
    out.extend([0; 6 + 8]);
    let mut parts = vec![0, 0b1111];
    for length in lengths.chunks(2) {
        let length = usize::from(length[0]) << 8 | usize::from(length[1]);
        let (body, behind) = rest.split_at(length.min(rest.len()));
        rest = behind;
        let length = (body.len() as u32).to_le_bytes();
        out.extend(length);
        out.extend(Sha256::digest(body));
        parts.extend(length);
        parts.extend(body);
    }
    out.extend([0; 64]);
    out.extend(parts);
    let pack = Pack::open_trusted(&out).expect("hashes and lengths are right");
    rows(&pack);
}

/// Sections to bytes that [`sections`] takes apart again.
pub fn join(pack: &Pack) -> Vec<u8> {
    let bodies = Section::ALL.map(|section| pack.body(section).expect("all are there"));
    let mut out = Vec::new();
    for body in bodies {
        out.extend((body.len() as u16).to_be_bytes());
    }
    out.extend(bodies.concat());
    out
}

fn rows(pack: &Pack) {
    let Ok(catalogue) = pack.catalogue() else {
        return;
    };
    let again = pack
        .to_bytes(Compression::Lz4, pack.sections())
        .expect("they are there");
    let again = Pack::open_trusted(&again).expect("just written");
    assert_eq!(again.version(), pack.version());
    let key = SigningKey::from_bytes(&[7; 32]);
    let Ok(compiled) = Pack::compile(&catalogue, &key) else {
        return;
    };
    // What a reader takes has one encoding only, but for literals, which a stranger may have put into
    // another section than the compiler does.
    for section in [Section::En, Section::Zh] {
        assert_eq!(compiled.body(section).ok(), pack.body(section).ok());
    }
    let read = compiled.catalogue().expect("just compiled");
    let again = Pack::compile(&read, &key).expect("as before");
    for section in Section::ALL {
        assert_eq!(again.body(section).ok(), compiled.body(section).ok());
    }
}

/// Any bytes as a delta for the program's own pack: no panic, and never a pack that is trusted.
pub fn delta(bytes: &[u8]) {
    if let Ok(pack) = Pack::builtin() {
        assert!(PackDelta::apply(&pack, bytes, &PackKeys::default()).is_err());
    }
}
