//! QR versions of tickets, for each form a ticket can take in a code.
//!
//! `cargo run -p faultscan-wire --features qr --example qr_sizes`
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::collections::BTreeMap;

use faultscan_wire::qr::{QrCode, Segment, TicketForm};
use faultscan_wire::{
    Claims, Fingerprint, Ticket, TicketEvidence, TicketId, base64url, key_id, sign,
};
use serde_json::json;

const ORIGIN: &str = "https://scan.example.org";

fn main() {
    let issuer = sign::signing_key(&[1; 32]);
    let bare = Claims {
        key_id: key_id(&issuer.verifying_key()),
        ticket_id: TicketId([3; 16]),
        issued_at_s: 1_790_000_000,
        ttl_s: 600,
        fingerprint: Fingerprint([4; 32]),
        code: None,
        context: BTreeMap::new(),
        evidence: Vec::new(),
    };
    let code = Some("ERR-NET-003".to_owned());
    let context = [("jvm", "21.0.4"), ("region", "cn-north-1")]
        .map(|(key, value)| (key.to_owned(), value.to_owned()));
    let line = |text: &str| TicketEvidence {
        code: code.clone(),
        line: text.into(),
    };
    let refused = "dial tcp 10.0.0.7:5432: connect: connection refused";
    let tickets = [
        ("minimal", bare.clone()),
        (
            "code",
            Claims {
                code: code.clone(),
                ..bare.clone()
            },
        ),
        (
            "code_context",
            Claims {
                code: code.clone(),
                context: context.clone().into(),
                ..bare.clone()
            },
        ),
        (
            "code_context_evidence",
            Claims {
                code: code.clone(),
                context: context.into(),
                evidence: vec![line(refused), line(&format!("{refused} (retry 3 of 3)"))],
                ..bare
            },
        ),
    ];
    let rows: Vec<_> = tickets
        .into_iter()
        .map(|(name, claims)| {
            let ticket = Ticket::issue(claims, &issuer).unwrap();
            let version = |form| QrCode::of_ticket(&ticket, form).unwrap().version();
            // What a link in capitals could do with the alphanumeric mode is no better: base64url
            // needs both cases, and `#` is not in that mode's alphabet.
            let base64 = QrCode::encode(&[Segment::Text(&base64url::encode(ticket.bytes()))]);
            let url = QrCode::of_ticket(&ticket, TicketForm::Url { origin: ORIGIN }).unwrap();
            json!({
                "ticket": name,
                "bytes": ticket.bytes().len(),
                "url_digits": url.version(),
                "url_digits_modules": url.size(),
                "url_base64url": version(TicketForm::Base64Url { origin: ORIGIN }),
                "digits": version(TicketForm::Decimal),
                "base64url": base64.unwrap().version(),
                "svg_bytes": url.to_svg(8).len(),
                "png_bytes": url.to_png(8).unwrap().len(),
            })
        })
        .collect();
    println!("{}", serde_json::to_string_pretty(&rows).unwrap());
}
