//! What each fuzz target does with its bytes. The fuzzer calls these functions, and so does the
//! ordinary test `fuzz_seeds`, over the golden vectors and over every input that ever crashed one.

use faultscan_wire::scrub::{Scrubber, scrub};
use faultscan_wire::{
    Envelope, SigningKey, SnapshotBody, Ticket, UrgentDatagram, base64url, decimal, hex, key_id,
    mp, sign,
};

/// A fuzz target's name and body.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: [Target; 7] = [
    ("ticket_text", ticket_text),
    ("ticket_bytes", ticket_bytes),
    ("envelope", envelope),
    ("body", body),
    ("urgent", urgent),
    ("scrub", scrub_text),
    ("message_pack", message_pack),
];

/// A text that may be a ticket in any of its forms.
pub fn ticket_text(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Some(bytes) = hex::decode(text) {
        assert_eq!(hex::encode(&bytes), text.to_ascii_lowercase());
    }
    if let Some(bytes) = base64url::decode(text) {
        assert_eq!(base64url::encode(&bytes), text);
    }
    if let Some(bytes) = decimal::decode(text) {
        assert_eq!(decimal::encode(&bytes), text);
    }
    if let Ok(ticket) = Ticket::parse(text) {
        ticket_holds(&ticket);
    }
}

/// Bytes that may be a ticket.
pub fn ticket_bytes(bytes: &[u8]) {
    if let Ok(ticket) = Ticket::decode(bytes) {
        assert_eq!(ticket.bytes(), bytes);
        ticket_holds(&ticket);
    }
}

fn ticket_holds(ticket: &Ticket) {
    for text in [
        ticket.to_base64url(),
        ticket.to_decimal(),
        ticket.to_url("https://scan.example.org"),
        ticket.to_decimal_url("https://scan.example.org"),
    ] {
        assert_eq!(Ticket::parse(&text).as_ref(), Ok(ticket));
    }
    let nobody = sign::signing_key(&[0x77; 32]);
    assert!(ticket.verify_signature(&nobody.verifying_key()).is_err());
    canonical(ticket, &nobody);
    assert!(ticket.expires_at_s() > ticket.claims().issued_at_s);
    for now_s in [
        0,
        ticket.claims().issued_at_s,
        ticket.expires_at_s(),
        u64::MAX,
    ] {
        let _ = ticket.check_time(now_s, u32::MAX);
        let _ = ticket.check_time(now_s, 0);
    }
}

/// The same claims under another issuer's name differ in the key id and the signature only: there is
/// one encoding of them.
fn canonical(ticket: &Ticket, issuer: &SigningKey) {
    const KEY_ID: std::ops::Range<usize> = 4..12;
    let mut claims = ticket.claims().clone();
    claims.key_id = key_id(&issuer.verifying_key());
    let twin = Ticket::issue(claims, issuer).map(|twin| twin.bytes().to_vec());
    let outside = |bytes: &[u8]| {
        let message = &bytes[..bytes.len() - 64];
        [&message[..KEY_ID.start], &message[KEY_ID.end..]].concat()
    };
    assert_eq!(twin.as_deref().map(outside), Ok(outside(ticket.bytes())));
}

/// Bytes that may be a snapshot envelope. The signature does not stand in the fuzzer's way: a reader
/// that forgot to check it must not crash either.
pub fn envelope(bytes: &[u8]) {
    let Ok(envelope) = Envelope::parse(bytes) else {
        return;
    };
    let _ = envelope.ticket();
    let _ = envelope.verify_signature();
    if let Ok(body) = envelope.decompress() {
        assert_eq!(body.len(), envelope.uncompressed_len as usize);
        let _ = SnapshotBody::decode(&body);
    }
}

/// Bytes that may be a snapshot body.
pub fn body(bytes: &[u8]) {
    let Ok(body) = SnapshotBody::decode(bytes) else {
        return;
    };
    let encoded = body.encode();
    assert!(encoded.is_ok(), "what was read can be written: {encoded:?}");
    let again = encoded.and_then(|encoded| SnapshotBody::decode(&encoded));
    assert_eq!(again.as_ref(), Ok(&body));
}

/// Bytes that may be an urgent datagram.
pub fn urgent(bytes: &[u8]) {
    let Ok(datagram) = UrgentDatagram::parse(bytes) else {
        return;
    };
    let _ = datagram.verify_signature();
    let session = sign::signing_key(&[0x22; 32]);
    // The writer gives every metric eight bytes, which may be more than there were.
    if let Ok(sealed) = datagram.urgent.seal(&session) {
        let again = UrgentDatagram::parse(&sealed);
        assert!(
            matches!(&again, Ok(again) if again.urgent == datagram.urgent),
            "{again:?}"
        );
    }
}

/// Text that may hold secrets.
pub fn scrub_text(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let once = scrub(text).into_owned();
    assert!(once.len() <= text.len() * 8 + 32, "grows without bound");
    assert_eq!(scrub(&once), once, "a second pass changes more");
    let mut scrubber = Scrubber::new();
    for line in text.lines() {
        let _ = scrubber.scrub(line);
    }
}

/// Bytes that may be MessagePack: whatever the check accepts, a general decoder reads whole.
pub fn message_pack(bytes: &[u8]) {
    let bounds = faultscan_wire::body::BODY_BOUNDS;
    if mp::check(bytes, &bounds).is_err() {
        return;
    }
    let mut reader = mp::Reader::new(bytes);
    assert_eq!(reader.skip(), Ok(()));
    assert_eq!(reader.end(), Ok(()));
    let mut rest = bytes;
    let value = rmpv::decode::read_value(&mut rest);
    assert!(rest.is_empty(), "bytes are left");
    assert!(value.is_ok(), "{value:?}");
}
