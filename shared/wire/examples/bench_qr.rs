//! `cargo xtask bench qr`: what a ticket costs as a QR code, in each form it can take there, and how
//! long a server takes to make one.
//!
//! `cargo run --release -p faultscan-wire --features qr --example bench_qr`
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::collections::BTreeMap;
use std::time::Instant;

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
    let mut figures = serde_json::Map::new();
    let mut ratios = serde_json::Map::new();
    for (name, claims) in tickets {
        let ticket = Ticket::issue(claims, &issuer).unwrap();
        let of = |form| QrCode::of_ticket(&ticket, form).unwrap();
        // What a link in capitals could do with the alphanumeric mode is no better: base64url
        // needs both cases, and `#` is not in that mode's alphabet.
        let bare = QrCode::encode(&[Segment::Text(&base64url::encode(ticket.bytes()))]).unwrap();
        let link = of(TicketForm::Url { origin: ORIGIN });
        let link_base64 = of(TicketForm::Base64Url { origin: ORIGIN });
        figures.insert(
            name.to_owned(),
            json!({
                "bytes": ticket.bytes().len(),
                "url_digits_version": link.version(),
                "url_base64url_version": link_base64.version(),
                "digits_version": of(TicketForm::Decimal).version(),
                "base64url_version": bare.version(),
                "svg_bytes": link.to_svg(8).len(),
                "png_bytes": link.to_png(8).unwrap().len(),
                "encode_us": micros(|| of(TicketForm::Url { origin: ORIGIN }).size()),
                "svg_us": micros(|| link.to_svg(8).len()),
                "png_us": micros(|| link.to_png(8).unwrap().len()),
            }),
        );
        ratios.insert(
            format!("{name}_modules_digits_over_base64url"),
            json!(area(&link) / area(&link_base64)),
        );
    }
    println!(
        "{}",
        json!({ "name": "qr", "figures": figures, "ratios": ratios })
    );
}

/// Modules of a code.
fn area(code: &QrCode) -> f64 {
    f64::from(u32::try_from(code.size() * code.size()).unwrap())
}

/// Mean time of one call, in microseconds.
fn micros(mut work: impl FnMut() -> usize) -> f64 {
    const ROUNDS: u32 = 50;
    let started = Instant::now();
    for _ in 0..ROUNDS {
        std::hint::black_box(work());
    }
    started.elapsed().as_secs_f64() * 1e6 / f64::from(ROUNDS)
}
