//! What one side writes the other reads, and what was changed on the way is refused.

mod common;

use common::{bare_claims, full_body, full_claims, full_ticket, issuer, session, urgent};
use faultscan_wire::{
    Envelope, SnapshotBody, SnapshotError, Ticket, TicketError, UrgentDatagram, UrgentError,
    VerifyingKey, seal,
};

#[test]
fn ticket_survives_every_text_form() {
    for claims in [bare_claims(), full_claims()] {
        let ticket = Ticket::issue(claims, &issuer()).unwrap();
        let origin = "https://scan.example.org/";
        for text in [
            ticket.to_base64url(),
            ticket.to_decimal(),
            ticket.to_url(origin),
            ticket.to_decimal_url(origin),
            format!("\u{feff} \r\n{}\n", ticket.to_url(origin)),
            format!("#{}", ticket.to_base64url()),
        ] {
            let read = Ticket::parse(&text).unwrap();
            assert_eq!(read, ticket, "{text}");
            read.verify_signature(&issuer().verifying_key()).unwrap();
        }
    }
}

#[test]
fn ticket_with_any_bit_flipped_is_refused() {
    let ticket = full_ticket();
    let key = issuer().verifying_key();
    for bit in 0..ticket.bytes().len() * 8 {
        let mut bytes = ticket.bytes().to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let verified = Ticket::decode(&bytes).and_then(|read| read.verify_signature(&key));
        assert!(verified.is_err(), "bit {bit}");
    }
}

#[test]
fn ticket_time_is_checked_with_bounded_skew() {
    let ticket = full_ticket();
    let start = ticket.claims().issued_at_s;
    let end = ticket.expires_at_s();
    let check = |now_s| ticket.check_time(now_s, 300);
    assert_eq!(check(start).unwrap().skew_used_s, 0);
    assert_eq!(check(start).unwrap().remaining_s, 600);
    assert_eq!(check(start - 300).unwrap().skew_used_s, 300);
    assert_eq!(
        check(start - 301),
        Err(TicketError::NotYetValid { in_s: 301 })
    );
    assert_eq!(check(end - 1).unwrap().remaining_s, 1);
    assert_eq!(check(end + 299).unwrap().skew_used_s, -299);
    assert_eq!(check(end + 300), Err(TicketError::Expired { ago_s: 300 }));
    assert_eq!(
        ticket.check_time(end, 0),
        Err(TicketError::Expired { ago_s: 0 })
    );
    assert!(ticket.check_time(end - 1, 0).is_ok());
    assert!(matches!(check(u64::MAX), Err(TicketError::Expired { .. })));
    assert!(matches!(check(0), Err(TicketError::NotYetValid { .. })));
}

#[test]
fn issuer_must_be_known_and_be_the_signer() {
    let ticket = full_ticket();
    let nobody: Vec<VerifyingKey> = vec![session().verifying_key()];
    assert_eq!(
        ticket.verify_signature(&nobody),
        Err(TicketError::UnknownIssuer)
    );
    let mut claims = full_claims();
    claims.key_id.0[0] ^= 1;
    assert_eq!(
        Ticket::issue(claims, &issuer()),
        Err(TicketError::KeyIdMismatch)
    );
}

#[test]
fn body_survives_with_unknown_fields_and_kinds() {
    let body = full_body();
    let bytes = body.encode().unwrap();
    let read = SnapshotBody::decode(&bytes).unwrap();
    assert_eq!(read, body);
    assert_eq!(read.encode().unwrap(), bytes);
}

#[test]
fn the_writer_agrees_with_rmp_serde() {
    let body = full_body();
    assert_eq!(
        rmp_serde::to_vec_named(&body).unwrap(),
        body.encode().unwrap()
    );
}

#[test]
fn snapshot_survives() {
    let ticket = full_ticket();
    let sealed = seal(ticket.bytes(), 7, &full_body(), &session()).unwrap();
    let envelope = Envelope::parse(&sealed).unwrap();
    assert_eq!(envelope.sequence, 7);
    assert_eq!(envelope.session_key, session().verifying_key().to_bytes());
    assert_eq!(envelope.ticket().unwrap(), ticket);
    envelope.verify_signature().unwrap();
    assert_eq!(envelope.body().unwrap(), full_body());
}

#[test]
fn snapshot_with_any_bit_flipped_is_refused() {
    let sealed = seal(full_ticket().bytes(), 7, &full_body(), &session()).unwrap();
    for bit in 0..sealed.len() * 8 {
        let mut bytes = sealed.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let verified = Envelope::parse(&bytes).and_then(|envelope| envelope.verify_signature());
        assert!(verified.is_err(), "bit {bit}");
    }
}

#[test]
fn snapshot_cut_anywhere_is_refused() {
    let sealed = seal(full_ticket().bytes(), 7, &full_body(), &session()).unwrap();
    for len in 0..sealed.len() {
        let verified =
            Envelope::parse(&sealed[..len]).and_then(|envelope| envelope.verify_signature());
        assert!(
            matches!(
                verified,
                Err(SnapshotError::Truncated
                    | SnapshotError::BadSignature
                    | SnapshotError::DecompressionBomb)
            ),
            "{len} bytes: {verified:?}"
        );
    }
}

#[test]
fn urgent_survives_and_any_change_is_refused() {
    let sealed = urgent().seal(&session()).unwrap();
    let datagram = UrgentDatagram::parse(&sealed).unwrap();
    datagram.verify_signature().unwrap();
    assert_eq!(datagram.urgent, urgent());
    assert_eq!(datagram.session_key, session().verifying_key().to_bytes());
    let refused = |bytes: &[u8]| -> Result<(), UrgentError> {
        UrgentDatagram::parse(bytes)?.verify_signature()
    };
    for bit in 0..sealed.len() * 8 {
        let mut bytes = sealed.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert!(refused(&bytes).is_err(), "bit {bit}");
    }
    for len in 0..sealed.len() {
        assert!(refused(&sealed[..len]).is_err(), "{len} bytes");
    }
}
