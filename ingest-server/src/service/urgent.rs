//! Taking an urgent datagram, by UDP or by its HTTP twin: one service, no answer that matters.

use std::sync::Arc;

use faultscan_wire::{UrgentDatagram, UrgentKind, scrub};

use super::Core;
use super::events::{self, Kind};
use super::refusal::{Class, Refusal};
use crate::observe::{Item, Outcome};
use crate::store::{NewUrgent, UrgentBounds, UrgentOutcome};

/// Takes a datagram; true where the same had been taken before.
///
/// # Errors
/// One refusal with a stable reason; then nothing is stored.
pub async fn take(core: &Arc<Core>, transport: Item, bytes: Vec<u8>) -> Result<bool, Refusal> {
    let result = store(core, bytes).await;
    core.observe.item(
        transport,
        match &result {
            Ok(true) => Outcome::Duplicate,
            Ok(false) => Outcome::Accepted,
            Err(refusal) => Outcome::Rejected(refusal.reason),
        },
    );
    if let Err(refusal) = &result {
        tracing::debug!(reason = refusal.reason, "an urgent datagram was refused");
    }
    result
}

async fn store(core: &Arc<Core>, bytes: Vec<u8>) -> Result<bool, Refusal> {
    core.check_space()?;
    let received_at_ms = core.now_ms();
    let urgent = core.cpu.run(move || open(&bytes, received_at_ms)).await?;
    let limits = &core.config.limits;
    let bounds = UrgentBounds {
        per_ticket_max: limits.urgent_per_ticket_max,
        grace_s: u64::from(limits.clock_skew_max_s) + u64::from(limits.upload_grace_s),
    };
    let (ticket_id, session_key) = (urgent.ticket_id, urgent.session_key);
    let refused = |class, reason, detail: &'static str| Err(Refusal::new(class, reason, detail));
    match core.store.record_urgent(urgent, bounds).await? {
        UrgentOutcome::Accepted => {
            // The session's newest report shows it.
            let rows = core
                .read(move |store| store.reports_of_session(&ticket_id, &session_key, 1))
                .await?;
            for row in rows {
                events::publish(core, Kind::Updated, row.id);
            }
            Ok(false)
        }
        UrgentOutcome::Duplicate => Ok(true),
        UrgentOutcome::UnknownTicket => refused(
            Class::Forbidden,
            "unknown_ticket",
            "nobody here knows the ticket, or its time is over",
        ),
        UrgentOutcome::BoundToOther => refused(
            Class::Forbidden,
            "ticket_bound_to_other_session",
            "another session uses this ticket",
        ),
        UrgentOutcome::Spent => refused(
            Class::Forbidden,
            "ticket_spent",
            "this ticket has had as many as it may",
        ),
    }
}

fn open(bytes: &[u8], received_at_ms: u64) -> Result<NewUrgent, Refusal> {
    let datagram = UrgentDatagram::parse(bytes)?;
    datagram.verify_signature()?;
    let urgent = &datagram.urgent;
    let kind = match urgent.kind {
        UrgentKind::Unknown(code) => format!("unknown-{code}"),
        known => known.name().to_owned(),
    };
    let metrics = serde_json::to_string(&urgent.metrics).map_err(|_| {
        Refusal::new(
            Class::Unacceptable,
            "urgent_bad_field",
            "the metrics cannot be written down",
        )
    })?;
    Ok(NewUrgent {
        ticket_id: urgent.ticket_id,
        session_key: datagram.session_key,
        sequence: urgent.sequence,
        kind,
        occurred_at_ms: urgent.occurred_at_ms,
        received_at_ms,
        metrics,
        line: scrub::scrub(&urgent.line).into_owned(),
    })
}
