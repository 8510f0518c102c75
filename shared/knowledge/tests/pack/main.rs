//! Packs: what is compiled reads back, what is bent is refused, deltas make what they promise.
#![allow(clippy::unwrap_used, clippy::panic)]

mod craft;
#[path = "../support/small.rs"]
mod small;
#[path = "../support/mod.rs"]
mod support;
mod vectors;

use ed25519_dalek::{Signature, SigningKey, VerifyingKey};
use faultscan_knowledge::pack::{Compression, PACK_CONTEXT, Section, Sections};
use faultscan_knowledge::pattern::obvious_literals;
use faultscan_knowledge::{Catalogue, Pack, PackDelta, PackDiff, PackError, PackKeys};

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn keys() -> PackKeys {
    PackKeys::new([key().verifying_key().to_bytes()])
}

fn assert_same(a: &Catalogue, b: &Catalogue) {
    assert_eq!(a.version(), b.version());
    assert_eq!(a.codes(), b.codes());
    assert_eq!(a.causes(), b.causes());
    assert_eq!(a.trees(), b.trees());
    assert_eq!(a.priors(), b.priors());
}

#[test]
fn the_whole_catalogue_comes_back_by_every_compression() {
    let catalogue = Catalogue::builtin().unwrap();
    let pack = Pack::compile(&catalogue, &key()).unwrap();
    assert_eq!(pack.version(), catalogue.version());
    for compression in [Compression::Stored, Compression::Lz4, Compression::Columns] {
        let bytes = pack.to_bytes(compression, Sections::ALL).unwrap();
        let opened = Pack::open(&bytes, &keys()).unwrap();
        assert_same(&opened.catalogue().unwrap(), &catalogue);
    }
    let builtin = Pack::builtin().unwrap();
    for section in Section::ALL {
        assert_eq!(pack.body(section), builtin.body(section), "{section}");
    }
}

#[test]
fn a_phone_reads_the_core_in_one_language() {
    let catalogue = Catalogue::builtin().unwrap();
    let pack = Pack::builtin().unwrap().signed_by(&key());
    let bytes = pack.to_bytes(Compression::Lz4, Sections::CORE_ZH).unwrap();
    let core = Pack::open(&bytes, &keys()).unwrap();
    let phone = core.catalogue().unwrap();
    assert_eq!(phone.version(), catalogue.version());
    assert_eq!(phone.codes().len(), catalogue.codes().len());
    for (code, whole) in phone.codes().iter().zip(catalogue.codes()) {
        let sent = whole.signatures.iter().filter(|signature| !signature.rare);
        assert_eq!(code.signatures.len(), sent.clone().count());
        for (signature, whole) in code.signatures.iter().zip(sent) {
            let mut as_sent = whole.clone();
            if obvious_literals(&whole.pattern).is_some() {
                as_sent.literals.clear();
            }
            assert_eq!(*signature, as_sent);
        }
        assert_eq!(code.formula, whole.formula);
        assert_eq!(code.proof, whole.proof);
        assert_eq!(code.title.zh, whole.title.zh);
        // A language that is not there is filled from the other one.
        assert_eq!(code.title.en, whole.title.zh);
        assert!(code.samples.is_empty() && code.explanation.zh.is_empty());
    }
    for (cause, whole) in phone.causes().iter().zip(catalogue.causes()) {
        assert_eq!(cause.probability, whole.probability);
        assert_eq!(cause.checks.len(), whole.checks.len());
    }
    assert_eq!(
        Pack::compile(&phone, &key()).err(),
        Some(PackError::MissingSection {
            section: Section::En
        })
    );
    assert_eq!(
        core.to_bytes(Compression::Stored, Sections::CORE).err(),
        Some(PackError::MissingSection {
            section: Section::En
        })
    );
}

#[test]
fn the_bodies_are_message_pack() {
    let pack = Pack::builtin().unwrap();
    for section in Section::ALL {
        let mut rest = pack.body(section).unwrap();
        let table = rmpv::decode::read_value(&mut rest).unwrap();
        assert!(rest.is_empty());
        for entry in table.as_array().unwrap() {
            let entry = entry.as_array().unwrap();
            assert_eq!(entry.len(), 3);
            let mut row = entry[2].as_slice().unwrap();
            rmpv::decode::read_value(&mut row).unwrap();
            assert!(row.is_empty(), "{section} {:?}", entry[1]);
        }
    }
}

#[test]
fn other_keys_and_no_signature_are_refused() {
    let pack = Pack::compile(&small::first(), &key()).unwrap();
    let bytes = pack.to_bytes(Compression::Stored, Sections::ALL).unwrap();
    assert!(Pack::open(&bytes, &keys()).is_ok());
    let others = PackKeys::new([
        [0; 32],
        SigningKey::from_bytes(&[8; 32]).verifying_key().to_bytes(),
    ]);
    let error = Pack::open(&bytes, &others).unwrap_err();
    assert_eq!(error.reason(), "unknown_key");
    assert_eq!(
        error.to_string(),
        format!(
            "signed by key {}, which is not trusted here",
            pack.key_id().unwrap()
        )
    );
    let unsigned = Pack::builtin().unwrap();
    assert_eq!(unsigned.key_id(), None);
    let bytes = unsigned
        .to_bytes(Compression::Stored, Sections::ALL)
        .unwrap();
    assert_eq!(
        Pack::open(&bytes, &keys()).unwrap_err(),
        PackError::Unsigned
    );
    assert!(Pack::open_trusted(&bytes).is_ok());
}

#[test]
fn another_program_may_say_whose_signature_is_good() {
    fn strictly(key: &[u8; 32], signature: &[u8; 64], message: &[u8]) -> bool {
        let key = VerifyingKey::from_bytes(key).unwrap();
        assert!(message.starts_with(PACK_CONTEXT));
        key.verify_strict(message, &Signature::from_bytes(signature))
            .is_ok()
    }
    let pack = Pack::compile(&small::first(), &key()).unwrap();
    let bytes = pack.to_bytes(Compression::Stored, Sections::ALL).unwrap();
    let ours = key().verifying_key().to_bytes();
    assert!(Pack::open(&bytes, &PackKeys::verified_by(strictly, [ours])).is_ok());
    let key_id = pack.key_id().unwrap();
    assert_eq!(
        Pack::open(&bytes, &PackKeys::verified_by(|_, _, _| false, [ours])).unwrap_err(),
        PackError::BadSignature { key_id }
    );
    // Nobody is asked about a key that is not among them.
    assert_eq!(
        Pack::open(&bytes, &PackKeys::verified_by(|_, _, _| true, [[8; 32]])).unwrap_err(),
        PackError::UnknownKey { key_id }
    );
}

#[test]
fn every_bent_byte_and_every_cut_is_refused() {
    let pack = Pack::compile(&small::first(), &key()).unwrap();
    for compression in [Compression::Stored, Compression::Lz4, Compression::Columns] {
        let whole = pack.to_bytes(compression, Sections::CORE_EN).unwrap();
        let text = pack.catalogue().unwrap();
        for at in 0..whole.len() {
            assert!(Pack::open(&whole[..at], &keys()).is_err(), "cut at {at}");
            let mut bent = whole.clone();
            bent[at] ^= 1;
            // A byte of the packing may be bent where it unpacks to the same: LZ4 has many forms.
            if let Ok(opened) = Pack::open(&bent, &keys()) {
                assert_eq!(
                    opened.catalogue().unwrap().codes()[0].gate,
                    text.codes()[0].gate
                );
                assert!(compression == Compression::Lz4 && at >= 230, "bent at {at}");
            }
        }
    }
}

#[test]
fn a_delta_makes_the_new_pack_of_the_old_one() {
    let old = Pack::compile(&small::first(), &key()).unwrap();
    let new = Pack::compile(&small::second(), &key()).unwrap();
    for sections in [Sections::ALL, Sections::CORE_ZH] {
        for compression in [Compression::Stored, Compression::Lz4, Compression::Columns] {
            let delta = PackDelta::make(&old, &new, compression, sections).unwrap();
            let made = PackDelta::apply(&old, &delta, &keys()).unwrap();
            assert_eq!(made.sections(), sections);
            assert_eq!(
                made.to_bytes(Compression::Stored, sections),
                new.to_bytes(Compression::Stored, sections)
            );
            assert_eq!(made.catalogue().unwrap().version(), new.version());
            for at in 0..delta.len() {
                assert!(PackDelta::apply(&old, &delta[..at], &keys()).is_err());
            }
            let again = PackDelta::apply(&new, &delta, &keys()).unwrap_err();
            assert_eq!(again.reason(), "wrong_base");
        }
    }
}

#[test]
fn a_delta_of_one_code_is_a_small_part_of_the_pack() {
    let old = Pack::compile(&support::load(&support::data_files()).unwrap(), &key()).unwrap();
    let files = support::changed("codes/net/ERR-NET-003.toml", |text| {
        text.replacen(
            "en = \"Connection refused\"",
            "en = \"Connection was refused\"",
            1,
        )
    });
    let new = Pack::compile(&support::load(&files).unwrap(), &key()).unwrap();
    let delta = PackDelta::make(&old, &new, Compression::Stored, Sections::CORE_EN).unwrap();
    assert!(delta.len() < 4096, "{} bytes", delta.len());
    let made = PackDelta::apply(&old, &delta, &keys()).unwrap();
    let title = made
        .catalogue()
        .unwrap()
        .code("ERR-NET-003")
        .unwrap()
        .title
        .en
        .clone();
    assert_eq!(title, "Connection was refused");
}

#[test]
fn the_diff_names_what_changed() {
    let diff = PackDiff::between(&small::first(), &small::second());
    let json = serde_json::to_value(&diff).unwrap();
    assert!(json["old"].as_str().unwrap().starts_with("2026.11.24.1-"));
    assert!(json["new"].as_str().unwrap().starts_with("2026.11.25.1-"));
    assert_eq!(
        json["codes"],
        serde_json::json!([{ "change": "changed", "name": "MILL-1", "fields": ["title", "gate"] }])
    );
    assert_eq!(
        json["causes"],
        serde_json::json!([
            { "change": "added", "name": "stream_dried_up" },
            { "change": "removed", "name": "stream_dry" },
        ])
    );
    assert!(PackDiff::between(&small::first(), &small::first()).is_empty());
}
