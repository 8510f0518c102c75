//! A ticket, or the reason why it is refused, as JSON for JavaScript.

use alloc::string::String;
use faultscan_wire::{Ticket, TicketError, hex};

use crate::json::Object;

/// A `TicketView` as in `types.ts`.
pub fn ticket(ticket: &Ticket) -> String {
    let claims = ticket.claims();
    let mut context = Object::default();
    for (name, value) in &claims.context {
        context = context.text(name, value);
    }
    let mut evidence = String::from("[");
    for item in &claims.evidence {
        if evidence.len() > 1 {
            evidence.push(',');
        }
        evidence.push_str(&with_code(&item.code).text("line", &item.line).finish());
    }
    evidence.push(']');
    with_code(&claims.code)
        .text("text", &ticket.to_base64url())
        .text("ticketId", &hex::encode(&claims.ticket_id.0))
        .text("keyId", &hex::encode(&claims.key_id.0))
        .text(
            "fingerprint",
            &(String::from("sha256:") + &hex::encode(&claims.fingerprint.0)),
        )
        .number("ttl", ticket.expires_at_s())
        .number("issuedAt", claims.issued_at_s)
        .json("context", &context.finish())
        .json("evidence", &evidence)
        .finish()
}

fn with_code(code: &Option<String>) -> Object {
    match code {
        Some(code) => Object::default().text("code", code),
        None => Object::default(),
    }
}

/// `{"reason": …}` with the figure or field that belongs to it.
pub fn refusal(error: &TicketError) -> String {
    let object = Object::default().text("reason", error.reason());
    match error {
        TicketError::Expired { ago_s } => object.number("agoS", *ago_s),
        TicketError::NotYetValid { in_s } => object.number("inS", *in_s),
        TicketError::BadField { field } => object.text("field", field),
        _ => object,
    }
    .finish()
}
