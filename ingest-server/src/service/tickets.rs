//! Making tickets, and their QR codes.

use std::collections::BTreeMap;
use std::sync::Arc;

use faultscan_wire::qr::{QrCode, QrError, TicketForm};
use faultscan_wire::{
    Claims, Environment, Fingerprint, Ticket, TicketEvidence, TicketId, key_id, scrub,
};

use super::Core;
use super::refusal::{Class, Refusal};
use crate::ids::{self, ProjectId};
use crate::observe::Item;
use crate::store::StoredTicket;

/// What a ticket is to say.
#[derive(Debug, Clone, Default)]
pub struct TicketRequest {
    /// The environment in which something failed.
    pub environment: Option<Environment>,
    /// Its fingerprint, where the asker made it already.
    pub fingerprint: Option<Fingerprint>,
    /// Life in seconds.
    pub ttl_s: Option<u32>,
    /// The error code.
    pub code: Option<String>,
    /// A few short pairs.
    pub context: BTreeMap<String, String>,
    /// Lines that the failing machine printed, with their codes.
    pub evidence: Vec<(Option<String>, String)>,
}

/// Makes a ticket, signed by the server's own key and remembered.
///
/// # Errors
/// One refusal with a stable reason.
pub async fn create(
    core: &Arc<Core>,
    project: ProjectId,
    request: TicketRequest,
) -> Result<Ticket, Refusal> {
    let result = issue(core, project, request).await;
    core.count(Item::Ticket, &result);
    result
}

async fn issue(
    core: &Arc<Core>,
    project: ProjectId,
    request: TicketRequest,
) -> Result<Ticket, Refusal> {
    core.admit_project(&project)?;
    let Some(signer) = core.keys.signer() else {
        tracing::error!("the server has no active key; `ingest-server keys rotate` makes one");
        return Err(Refusal::internal("no_active_key"));
    };
    let claims = claims(core, request, key_id(&signer.verifying_key()))?;
    let ticket = Ticket::issue(claims, &signer)?;
    let stored = StoredTicket {
        id: ticket.claims().ticket_id,
        project,
        bytes: ticket.bytes().to_vec(),
        expires_at_s: ticket.expires_at_s(),
    };
    core.store.insert_ticket(stored).await?;
    Ok(ticket)
}

fn claims(
    core: &Core,
    request: TicketRequest,
    key_id: faultscan_wire::KeyId,
) -> Result<Claims, Refusal> {
    let limits = &core.config.limits;
    let ttl_s = request.ttl_s.unwrap_or(limits.ticket_ttl_default_s);
    if ttl_s == 0 || ttl_s > limits.ticket_ttl_max_s {
        let detail = format!("ttl_s is between 1 and {}", limits.ticket_ttl_max_s);
        return Err(Refusal::new(
            Class::Unacceptable,
            "ticket_bad_field",
            detail,
        ));
    }
    let fingerprint = match (request.fingerprint, &request.environment) {
        (Some(fingerprint), None) => fingerprint,
        (None, Some(environment)) => Fingerprint::of(environment),
        _ => {
            return Err(Refusal::new(
                Class::Unacceptable,
                "ticket_bad_field",
                "give either an environment or a fingerprint",
            ));
        }
    };
    // What a QR code says anybody can read: secrets in it are no secrets any more.
    let scrub_value = |(key, value): (String, String)| (key, scrub::scrub(&value).into_owned());
    Ok(Claims {
        key_id,
        ticket_id: TicketId(ids::random()?),
        issued_at_s: core.now_ms() / 1000,
        ttl_s,
        fingerprint,
        code: request.code.filter(|code| !code.is_empty()),
        context: request.context.into_iter().map(scrub_value).collect(),
        evidence: request
            .evidence
            .into_iter()
            .filter_map(|(code, line)| TicketEvidence::from_line(code, &scrub::scrub(&line)))
            .collect(),
    })
}

/// A ticket made here: any for whoever is logged in, its own for a project.
///
/// # Errors
/// `not_found`, or the store's failure.
pub async fn find(
    core: &Arc<Core>,
    id: TicketId,
    project: Option<&ProjectId>,
) -> Result<Ticket, Refusal> {
    let stored = core.read(move |store| store.ticket(&id)).await?;
    match stored.filter(|stored| project.is_none_or(|project| stored.project == *project)) {
        Some(stored) => Ok(Ticket::decode(&stored.bytes)?),
        None => Err(Refusal::missing("ticket")),
    }
}

/// What a QR code holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QrForm {
    /// A link that any camera app opens.
    Url,
    /// Bare digits, for scanners that know what to do with them.
    Decimal,
}

impl From<QrError> for Refusal {
    fn from(error: QrError) -> Self {
        let class = match error {
            QrError::BadModuleSize => Class::Malformed,
            QrError::TooLong => Class::Unacceptable,
            _ => Class::Internal,
        };
        Self::new(class, error.reason(), error.to_string())
    }
}

/// The QR code of a ticket as SVG, each module `module_px` pixels wide.
///
/// # Errors
/// When the ticket does not fit a QR code.
pub async fn qr_svg(
    core: &Arc<Core>,
    ticket: Ticket,
    form: QrForm,
    module_px: u32,
) -> Result<String, Refusal> {
    let job = Arc::clone(core);
    core.cpu
        .run(move || Ok(draw(&job, &ticket, form)?.to_svg(module_px)))
        .await
}

/// The QR code of a ticket as PNG, each module `module_px` pixels wide.
///
/// # Errors
/// `qr_bad_module_size`, or when the ticket does not fit a QR code.
pub async fn qr_png(
    core: &Arc<Core>,
    ticket: Ticket,
    form: QrForm,
    module_px: u32,
) -> Result<Vec<u8>, Refusal> {
    let job = Arc::clone(core);
    core.cpu
        .run(move || Ok(draw(&job, &ticket, form)?.to_png(module_px)?))
        .await
}

fn draw(core: &Core, ticket: &Ticket, form: QrForm) -> Result<QrCode, QrError> {
    let form = match form {
        QrForm::Url => TicketForm::Url {
            origin: &core.origin,
        },
        QrForm::Decimal => TicketForm::Decimal,
    };
    QrCode::of_ticket(ticket, form)
}
