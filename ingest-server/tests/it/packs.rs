//! The catalogue's packs: what the server is started with, and what phones are sent.

use faultscan_knowledge::pack::{Compression, Sections};
use faultscan_knowledge::{Catalogue, Pack, PackDelta, PackKeys, Release};
use faultscan_wire::base64url;
use faultscan_wire::sign::signing_key;
use std::time::Duration;

use crate::support::Server;

/// The keys that a phone believes packs by.
fn published(server: &Server) -> PackKeys {
    let keys = server.get("/.well-known/faultscan/keys.json", &[]).json();
    let keys = keys["keys"].as_array().unwrap().iter();
    let own = keys.filter(|key| key["signs_catalogue"] == true);
    PackKeys::new(own.map(|key| {
        let bytes = base64url::decode(key["public_key"].as_str().unwrap()).unwrap();
        bytes.try_into().unwrap()
    }))
}

#[test]
fn a_phone_is_sent_a_signed_pack_in_its_language() {
    let server = Server::start();
    let keys = published(&server);
    let answer = server.get("/v1/catalogue/pack?lang=zh", &[]);
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.header("content-type"),
        Some("application/vnd.faultscan.pack")
    );
    let pack = Pack::open(&answer.body, &keys).unwrap();
    assert_eq!(pack.sections(), Sections::CORE_ZH);
    let version = server.get("/v1/catalogue", &[]).json()["version"].clone();
    assert_eq!(version, pack.version());
    assert_eq!(answer.header("x-catalogue-version"), version.as_str());
    let tag = answer.header("etag").unwrap().to_owned();
    let again = server.get("/v1/catalogue/pack?lang=zh", &[("if-none-match", &tag)]);
    assert_eq!((again.status, again.body.len()), (304, 0));
    let other = server.get("/v1/catalogue/pack?lang=en", &[]);
    assert_ne!(other.header("etag"), Some(tag.as_str()));
    let same = server.get(
        &format!("/v1/catalogue/pack?lang=zh&have={}", pack.version()),
        &[],
    );
    assert_eq!(same.status, 204);
    let fixed = server.get(
        &format!("/v1/catalogue/pack?lang=en&version={}", pack.version()),
        &[],
    );
    assert!(fixed.header("cache-control").unwrap().contains("immutable"));
    for bad in ["lang=fr", "have=../../etc", "have=.", "colour=red"] {
        let refused = server.get(&format!("/v1/catalogue/pack?{bad}"), &[]);
        assert_eq!(
            (refused.status, refused.reason().as_str()),
            (400, "bad_query"),
            "{bad}"
        );
    }
}

#[test]
fn a_phone_with_an_older_pack_is_sent_what_changed() {
    let data = tempfile::tempdir().unwrap();
    let key = signing_key(&[5; 32]);
    let old = Catalogue::builtin()
        .unwrap()
        .released_as(Release::new(2020, 1, 2, 1).unwrap());
    let old = Pack::compile(&old, &key).unwrap();
    std::fs::create_dir(data.path().join("catalogue")).unwrap();
    let kept = data
        .path()
        .join("catalogue")
        .join(format!("{}.fspk", old.version()));
    std::fs::write(
        kept,
        old.to_bytes(Compression::Lz4, Sections::CORE).unwrap(),
    )
    .unwrap();
    let server = Server::start_in(data, |_| {});
    let keys = published(&server);
    let answer = server.get(
        &format!("/v1/catalogue/pack?lang=en&have={}", old.version()),
        &[],
    );
    assert_eq!(
        answer.header("content-type"),
        Some("application/vnd.faultscan.pack-delta")
    );
    assert!(answer.body.len() < 2000, "{} bytes", answer.body.len());
    let made = PackDelta::apply(&old, &answer.body, &keys).unwrap();
    assert_eq!(answer.header("x-catalogue-version"), Some(made.version()));
    let unknown = server.get(
        "/v1/catalogue/pack?lang=en&have=2019.01.01.1-000000000000",
        &[],
    );
    assert!(Pack::open(&unknown.body, &keys).is_ok());
}

/// What a phone downloads for the diagnosis besides the module.
const PACK_SENT_BYTES_MAX: usize = 150 * 1024;

#[test]
fn a_pack_for_a_phone_stays_within_its_budget() {
    let server = Server::start();
    for lang in ["en", "zh"] {
        let path = format!("/v1/catalogue/pack?lang={lang}");
        // Until Brotli is done in the background, LZ4 is sent.
        let sent = (0..600)
            .map(|_| {
                std::thread::sleep(Duration::from_millis(100));
                server.get(&path, &[("accept-encoding", "br")])
            })
            .find(|answer| answer.header("content-encoding") == Some("br"))
            .unwrap();
        let len = sent.body.len();
        assert!(len <= PACK_SENT_BYTES_MAX, "{lang}: {len} bytes");
    }
}
