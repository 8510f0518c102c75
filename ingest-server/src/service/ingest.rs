//! Taking a snapshot: believe it, bind it, scrub it, diagnose it, store it durably, then answer.

use std::sync::Arc;
use std::time::Instant;

use faultscan_wire::{Envelope, IssuerKeys, KeyId, SnapshotBody, Ticket, VerifyingKey};

use super::events::{self, Kind};
use super::refusal::{Class, Refusal};
use super::{Core, body, verify, words};
use crate::ids::{ProjectId, ReportId};
use crate::keys::{Issuer, digest};
use crate::observe::{Item, Outcome};
use crate::store::{AcceptBounds, Contact, Control, FirstAnswer, KeyState, NewReport, Upload};

/// What the sender of a snapshot gets to hear.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Whether the same bytes had been taken before.
    pub duplicate: bool,
    /// The report.
    pub id: ReportId,
    /// The report's capability.
    pub capability: String,
    /// When the snapshot arrived first.
    pub received_at_ms: u64,
    /// Server time less phone time.
    pub clock_skew_ms: i64,
    /// The diagnosis as JSON.
    pub diagnosis: Arc<str>,
    /// What the sender is told to do from now on.
    pub control: Control,
}

/// Takes a snapshot. Once this answers, the report is durable.
///
/// # Errors
/// One refusal with a stable reason; then nothing is stored.
pub async fn ingest(core: &Arc<Core>, bytes: Vec<u8>) -> Result<Answer, Refusal> {
    let result = take(core, bytes).await;
    core.observe.item(
        Item::Snapshot,
        match &result {
            Ok(answer) if answer.duplicate => Outcome::Duplicate,
            Ok(_) => Outcome::Accepted,
            Err(refusal) => Outcome::Rejected(refusal.reason),
        },
    );
    if let Err(refusal) = &result {
        tracing::debug!(reason = refusal.reason, "a snapshot was refused");
    }
    result
}

async fn take(core: &Arc<Core>, bytes: Vec<u8>) -> Result<Answer, Refusal> {
    core.check_space()?;
    let job = Arc::clone(core);
    let report = match core.cpu.run(move || prepare(&job, &bytes)).await? {
        Prepared::Known(first, project) => return Ok(again(core, first, &project)),
        Prepared::New(report) => report,
    };
    let project = report.project.clone();
    let first = FirstAnswer {
        id: report.id,
        received_at_ms: report.received_at_ms,
        clock_skew_ms: report.clock_skew_ms,
        diagnosis: Arc::clone(&report.diagnosis),
    };
    let bounds = AcceptBounds {
        snapshots_per_ticket_max: core.config.limits.snapshots_per_ticket_max,
    };
    let started = Instant::now();
    let contact = core.store.accept_report(report, bounds).await?;
    core.observe.stage("store", started.elapsed());
    match contact {
        Contact::Fresh { .. } => {
            events::publish(core, Kind::Report, first.id);
            Ok(Answer {
                duplicate: false,
                ..again(core, first, &project)
            })
        }
        // Another upload of the same bytes was faster.
        Contact::Duplicate(first) => Ok(again(core, first, &project)),
        other => Err(refuse(&other)),
    }
}

/// The first answer again; only the control of senders is that of today.
fn again(core: &Core, first: FirstAnswer, project: &ProjectId) -> Answer {
    Answer {
        duplicate: true,
        control: core.keys.control(project),
        capability: core.secrets.capability(&first.id).to_text(),
        id: first.id,
        received_at_ms: first.received_at_ms,
        clock_skew_ms: first.clock_skew_ms,
        diagnosis: first.diagnosis,
    }
}

fn refuse(contact: &Contact) -> Refusal {
    match contact {
        Contact::BoundToOther => Refusal::new(
            Class::Forbidden,
            "ticket_bound_to_other_session",
            "another session uses this ticket; scan a new one",
        ),
        Contact::Spent => Refusal::new(
            Class::Forbidden,
            "ticket_spent",
            "this ticket has had as many snapshots as it may; scan a new one",
        ),
        _ => Refusal::new(
            Class::Conflict,
            "sequence_conflict",
            "another snapshot was taken under this ticket and sequence number",
        ),
    }
}

/// What an upload turned out to be before the store has the last word.
enum Prepared {
    Known(FirstAnswer, ProjectId),
    New(Box<NewReport>),
}

/// Everything up to the store, in order of cost.
fn prepare(core: &Core, bytes: &[u8]) -> Result<Prepared, Refusal> {
    let started = Instant::now();
    let received_at_ms = core.now_ms();
    let envelope = Envelope::parse(bytes)?;
    let ticket = envelope.ticket()?;
    let issuer = issuer_of(core, &ticket)?;
    ticket.verify_signature(&issuer)?;
    let late = check_time(core, &ticket, received_at_ms / 1000)?;
    let project = project_of(core, &issuer, &ticket)?;
    core.admit_project(&project)?;
    core.observe.stage("ticket", started.elapsed());

    let upload = Upload {
        ticket_id: ticket.claims().ticket_id,
        sequence: envelope.sequence,
        session_key: envelope.session_key,
        envelope_digest: digest(bytes),
    };
    match core.store.contact(&upload)? {
        Contact::Fresh { bound } => {
            if let (Some(refusal), false) = (late, bound) {
                return Err(refusal);
            }
        }
        Contact::Duplicate(first) => return Ok(Prepared::Known(first, project)),
        other => return Err(refuse(&other)),
    }
    let started = Instant::now();
    let opened = verify::body(&envelope, core.secrets.body_key())?;
    core.observe.stage("open", started.elapsed());
    let believed = Believed {
        envelope,
        ticket,
        upload,
        project,
        received_at_ms,
    };
    let report = assemble(core, believed, opened)?;
    Ok(Prepared::New(Box::new(report)))
}

/// Knows one key: that of an issuer that is trusted.
impl IssuerKeys for Issuer {
    fn issuer_key(&self, id: &KeyId) -> Option<VerifyingKey> {
        (self.id == *id).then_some(self.key)
    }
}

fn issuer_of(core: &Core, ticket: &Ticket) -> Result<Issuer, Refusal> {
    let Some(issuer) = core.keys.issuer(&ticket.claims().key_id)? else {
        return Err(faultscan_wire::TicketError::UnknownIssuer.into());
    };
    if issuer.state == KeyState::Revoked {
        return Err(Refusal::new(
            Class::Forbidden,
            "issuer_revoked",
            "the key that signed this ticket has been revoked",
        ));
    }
    Ok(issuer)
}

/// Checks the ticket's time. A ticket that is over is not refused yet while a session that is bound
/// to it may still upload: then the refusal for everybody else is handed back.
fn check_time(core: &Core, ticket: &Ticket, now_s: u64) -> Result<Option<Refusal>, Refusal> {
    let limits = &core.config.limits;
    match ticket.check_time(now_s, limits.clock_skew_max_s) {
        Ok(_) => Ok(None),
        Err(error) => {
            let grace_s = limits
                .clock_skew_max_s
                .saturating_add(limits.upload_grace_s);
            match ticket.check_time(now_s, grace_s) {
                Ok(_) if now_s >= ticket.expires_at_s() => Ok(Some(error.into())),
                _ => Err(error.into()),
            }
        }
    }
}

/// The project that a ticket belongs to: that of its key, or the one it was made here for.
fn project_of(core: &Core, issuer: &Issuer, ticket: &Ticket) -> Result<ProjectId, Refusal> {
    if let Some(project) = &issuer.project {
        return Ok(project.clone());
    }
    let made_here = core.store.ticket(&ticket.claims().ticket_id)?;
    Ok(made_here.map_or_else(ProjectId::dashboard, |ticket| ticket.project))
}

/// An upload whose signatures are good.
struct Believed<'a> {
    envelope: Envelope<'a>,
    ticket: Ticket,
    upload: Upload,
    project: ProjectId,
    received_at_ms: u64,
}

/// Scrubs, diagnoses and packs what is to be stored.
fn assemble(
    core: &Core,
    believed: Believed<'_>,
    mut snapshot: SnapshotBody,
) -> Result<NewReport, Refusal> {
    let Believed {
        envelope,
        ticket,
        upload,
        project,
        received_at_ms,
    } = believed;
    let claims = ticket.claims();
    let started = Instant::now();
    let scrubbed = body::scrub(&mut snapshot);
    core.observe.scrubbed.inc_by(scrubbed);
    core.observe.stage("scrub", started.elapsed());
    let started = Instant::now();
    let diagnosed = core.engine.diagnose(claims, &snapshot, &[])?;
    core.observe.stage("diagnose", started.elapsed());
    // An encrypted block is nothing that anybody could unpack later.
    let packed = if scrubbed == 0 && !envelope.is_encrypted() {
        body::pack_block(envelope.uncompressed_len, envelope.block)
    } else {
        body::pack(&snapshot)?
    };
    let id = ReportId::random()?;
    let origin = body::origin(claims, &snapshot);
    let started = Instant::now();
    let terms = words::of_report(&id, claims, &snapshot, &diagnosed, &origin);
    core.observe.stage("words", started.elapsed());
    let likeness = diagnosed.likeness(&project);
    let signed = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    let elapsed_ms = signed(received_at_ms) - signed(snapshot.captured_at_ms);
    let limits = &core.config.limits;
    let grace_s = u64::from(limits.clock_skew_max_s) + u64::from(limits.upload_grace_s);
    Ok(NewReport {
        id,
        ticket_id: upload.ticket_id,
        sequence: upload.sequence,
        session_key: upload.session_key,
        envelope_digest: upload.envelope_digest,
        project,
        received_at_ms,
        captured_at_ms: snapshot.captured_at_ms,
        clock_skew_ms: snapshot.clock_skew_ms.unwrap_or(elapsed_ms),
        binding_ends_at_s: ticket.expires_at_s() + grace_s,
        facets: diagnosed.facets,
        origin,
        likeness,
        terms,
        ticket: ticket.bytes().to_vec(),
        body: packed,
        diagnosis: diagnosed.json,
    })
}
