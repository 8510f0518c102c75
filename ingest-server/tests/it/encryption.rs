//! Bodies that phones encrypt to the server.

use faultscan_wire::{Envelope, FLAG_ENCRYPTED, base64url, sign_envelope, unsigned};
use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeS, Serializable, single_shot_seal};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::support::{Phone, Response, Server};

type PublicKey = <X25519HkdfSha256 as Kem>::PublicKey;

/// The key that `keys.json` names, with its id.
fn published(server: &Server) -> (Vec<u8>, Vec<u8>) {
    let keys: Value = server.get("/.well-known/faultscan/keys.json", &[]).json();
    let field = |name: &str| keys["encryption"][name].as_str().unwrap().to_owned();
    let key = base64url::decode(&field("public_key")).unwrap();
    let id = Sha256::digest(&key)[..8].to_vec();
    assert_eq!(field("key_id"), faultscan_wire::hex::encode(&id));
    (key, id)
}

/// A snapshot as `phone` encrypts it to `key`, by the bytes of docs/spec/snapshot.md.
fn encrypted(phone: &Phone, sequence: u32, line: &str, (key, id): &(Vec<u8>, Vec<u8>)) -> Vec<u8> {
    let plain = phone.snapshot(sequence, &[line]);
    let envelope = Envelope::parse(&plain).unwrap();
    let (len, block) = (envelope.uncompressed_len, envelope.block);
    let ticket = phone.ticket.bytes();
    let open = unsigned(ticket, sequence, len, block, &phone.session, FLAG_ENCRYPTED).unwrap();
    let before = &open[..open.len() - block.len()];
    let (enc, sealed) = single_shot_seal::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
        &OpModeS::Base,
        &PublicKey::from_bytes(key).unwrap(),
        b"faultscan/snapshot/hpke/v1\0",
        block,
        before,
    )
    .unwrap();
    let mut bytes = [before, id, &enc.to_bytes(), &sealed].concat();
    sign_envelope(&mut bytes, &phone.session);
    bytes
}

fn first_line(server: &Server, answer: &Response) -> String {
    let path = format!(
        "/v1/reports/{}",
        answer.json()["report_id"].as_str().unwrap()
    );
    let report = server.get(&path, &server.log_in().reading());
    assert_eq!(report.status, 200, "{report:?}");
    report.json()["logs"][0]["message"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn what_is_encrypted_to_the_server_is_read_scrubbed_and_kept_readable() {
    let server = Server::start();
    let key = published(&server);
    let phone = server.phone();
    let bytes = encrypted(&phone, 0, "connection refused", &key);
    assert!(!bytes.windows(18).any(|part| part == b"connection refused"));
    let answer = server.upload(&bytes);
    assert_eq!(answer.status, 200, "{answer:?}");
    // Stored as it can be read later, although nothing had to be scrubbed.
    assert_eq!(first_line(&server, &answer), "connection refused");
    assert_eq!(server.upload(&bytes).json()["outcome"], "duplicate");
    let secret = encrypted(&phone, 1, "password=hunter2hunter2", &key);
    assert!(!first_line(&server, &server.upload(&secret)).contains("hunter2"));
}

#[test]
fn what_the_server_cannot_open_is_refused_by_name() {
    let server = Server::start();
    let (key, id) = published(&server);
    let phone = server.phone();
    let check = |bytes: &[u8], status: u16, reason: &str| {
        let answer = server.upload(bytes);
        assert_eq!((answer.status, answer.reason().as_str()), (status, reason));
    };
    let stranger = (key.clone(), vec![7; 8]);
    check(
        &encrypted(&phone, 0, "x", &stranger),
        422,
        "unknown_body_key",
    );
    // Encrypted to another key under our id.
    let (_, other) = X25519HkdfSha256::derive_keypair(&[5; 32]);
    let wrong = (other.to_bytes().to_vec(), id.clone());
    check(
        &encrypted(&phone, 0, "x", &wrong),
        422,
        "bad_body_encryption",
    );
    // Nobody's signature covers a block that was changed on its way.
    let mut damaged = encrypted(&phone, 0, "x", &(key, id));
    let at = damaged.len() - 70;
    damaged[at] ^= 1;
    check(&damaged, 401, "bad_snapshot_signature");
}

#[test]
fn the_key_stays_with_the_store() {
    let server = Server::start();
    let before = published(&server);
    assert_eq!(published(&server), before);
    assert_ne!(published(&Server::start()), before);
}
