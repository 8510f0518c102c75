//! What goes over the wire as JSON. These types are the contract with pages and SDKs; the server's
//! own types change without them.

use std::collections::BTreeMap;
use std::sync::Arc;

use faultscan_wire::Ticket;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::service::ingest::Answer;
use crate::service::refusal::Refusal;
use crate::store;

/// JSON that is stored as it is sent.
pub(super) fn raw(json: &Arc<str>) -> Result<Box<RawValue>, Refusal> {
    RawValue::from_string(json.to_string()).map_err(|_| Refusal::internal("storage_damaged"))
}

/// Bytes.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code, reason = "it only describes")]
pub(super) struct Binary(Vec<u8>);

/// The token of a log-in link.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Login {
    /// What stands after `#token=`.
    pub(super) token: String,
}

/// A fresh log-in.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LoggedIn {
    /// Goes into the header `x-faultscan-csrf` of every request that changes something.
    pub(super) csrf_token: String,
}

/// Who is asking.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Me {
    /// Whether the cookie is that of an open session.
    pub(super) authenticated: bool,
    /// The session's CSRF token.
    pub(super) csrf_token: Option<String>,
    /// Origin that links and QR codes lead to.
    pub(super) public_origin: String,
}

/// The environment in which something failed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EnvironmentView {
    /// Operating system.
    #[serde(default)]
    #[schema(example = "linux")]
    pub(super) os: String,
    /// Processor architecture.
    #[serde(default)]
    #[schema(example = "x86_64")]
    pub(super) arch: String,
    /// Network type.
    #[serde(default)]
    #[schema(example = "wifi")]
    pub(super) network_type: String,
    /// Version of the application.
    #[serde(default)]
    #[schema(example = "1.4.2")]
    pub(super) app_version: String,
}

/// A line that the failing machine printed.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EvidenceView {
    /// The code it was recognised as.
    #[serde(default)]
    pub(super) code: Option<String>,
    /// The line; cut at 256 bytes, scrubbed of secrets.
    pub(super) line: String,
}

/// What a ticket is to say. Give either `environment` or `fingerprint`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewTicket {
    /// The environment; its fingerprint is made here.
    #[serde(default)]
    pub(super) environment: Option<EnvironmentView>,
    /// The environment's fingerprint.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub(super) fingerprint: Option<faultscan_wire::Fingerprint>,
    /// Life in seconds.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 604_800)]
    pub(super) ttl_s: Option<u32>,
    /// The error code.
    #[serde(default)]
    pub(super) code: Option<String>,
    /// A few short pairs, such as `region`, `pod_uid`.
    #[serde(default)]
    pub(super) context: BTreeMap<String, String>,
    /// Lines that the failing machine printed.
    #[serde(default)]
    pub(super) evidence: Vec<EvidenceView>,
}

/// A ticket in all its forms.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TicketView {
    /// 32 hexadecimal digits.
    ticket_id: String,
    /// `FS1.` and base64url.
    text: String,
    /// Link that opens the mini-app.
    url: String,
    /// Dense decimal form.
    decimal: String,
    /// Key that signed it.
    key_id: String,
    /// Unix seconds.
    issued_at_s: u64,
    /// Unix seconds.
    expires_at_s: u64,
    /// Path of the QR code as SVG.
    qr_svg: String,
    /// Path of the QR code as PNG.
    qr_png: String,
}

impl TicketView {
    pub(super) fn new(ticket: &Ticket, origin: &str) -> Self {
        let claims = ticket.claims();
        let id = claims.ticket_id.to_string();
        Self {
            text: ticket.to_base64url(),
            url: ticket.to_url(origin),
            decimal: ticket.to_decimal(),
            key_id: claims.key_id.to_string(),
            issued_at_s: claims.issued_at_s,
            expires_at_s: ticket.expires_at_s(),
            qr_svg: format!("/v1/tickets/{id}/qr.svg"),
            qr_png: format!("/v1/tickets/{id}/qr.png"),
            ticket_id: id,
        }
    }
}

/// What the sender of a snapshot gets to hear.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SnapshotAnswer {
    /// `accepted`, or `duplicate` where the same bytes had been taken before.
    #[schema(example = "accepted")]
    outcome: &'static str,
    /// 32 hexadecimal digits.
    report_id: String,
    /// Opens this report and nothing else.
    capability: String,
    /// Path of the report's page, capability included.
    report_url: String,
    /// Unix milliseconds.
    received_at_ms: u64,
    /// Server time less phone time.
    clock_skew_ms: i64,
    /// The diagnosis.
    #[schema(value_type = super::schema::Diagnosis)]
    diagnosis: Box<RawValue>,
    /// What the sender should do from now on.
    control: Control,
}

/// Remote control of senders.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Control {
    /// False: send nothing more.
    enabled: bool,
    /// Share of sessions that should send, 0 to 1.
    sample_rate: f64,
}

impl From<store::Control> for Control {
    fn from(control: store::Control) -> Self {
        Self {
            enabled: control.enabled,
            sample_rate: control.sample_rate,
        }
    }
}

impl SnapshotAnswer {
    pub(super) fn new(answer: &Answer) -> Result<Self, Refusal> {
        let (id, capability) = (answer.id.to_string(), answer.capability.clone());
        Ok(Self {
            outcome: if answer.duplicate {
                "duplicate"
            } else {
                "accepted"
            },
            report_url: format!("/r#{id}.{capability}"),
            report_id: id,
            capability,
            received_at_ms: answer.received_at_ms,
            clock_skew_ms: answer.clock_skew_ms,
            diagnosis: raw(&answer.diagnosis)?,
            control: answer.control.into(),
        })
    }
}

/// What became of an urgent datagram.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UrgentAnswer {
    /// `accepted` or `duplicate`.
    #[schema(example = "accepted")]
    pub(super) outcome: &'static str,
}

/// The issuer keys whose tickets count: the server's own and the projects'.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct KeyList {
    pub(super) keys: Vec<KeyView>,
    pub(super) encryption: EncryptionView,
}

/// The key that snapshot bodies may be encrypted to (HPKE: X25519, HKDF-SHA256, AES-256-GCM). Who
/// encrypts because the way is not trusted must not take it from there, but pin it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EncryptionView {
    /// 16 hexadecimal digits.
    pub(super) key_id: String,
    /// 32 bytes, base64url.
    pub(super) public_key: String,
}

/// An issuer key.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct KeyView {
    /// 16 hexadecimal digits.
    pub(super) key_id: String,
    /// 32 bytes, base64url.
    pub(super) public_key: String,
    /// `active` or `retiring`.
    pub(super) state: &'static str,
    /// Whether catalogue packs signed with it are to be believed: the server's own keys only.
    pub(super) signs_catalogue: bool,
}
