//! Snapshots and urgent datagrams.

use actix_web::{HttpRequest, HttpResponse, web};

use super::State;
use super::answer::NO_STORE;
use super::intake::{self, Accept};
use super::problem::{Problem, ProblemBody};
use super::view::{Binary, SnapshotAnswer, UrgentAnswer};
use crate::observe::Item;
use crate::service::{ingest, urgent};

/// Takes a snapshot. Once this answers 200, the report is durable.
#[utoipa::path(
    post, path = "/v1/snapshots", tag = "ingest",
    request_body(
        content = Binary, content_type = "application/octet-stream",
        description = "A snapshot envelope; docs/spec/snapshot.md"
    ),
    responses(
        (status = 200, description = "Taken now, or before", body = SnapshotAnswer),
        (status = "4XX", description = "Refused; nothing is stored", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 503, description = "Cannot now; see Retry-After", body = ProblemBody,
            content_type = "application/problem+json"),
    )
)]
pub(super) async fn snapshot(
    state: web::Data<State>,
    req: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let accept = Accept {
        media_types: &["application/octet-stream"],
        bytes_max: state.core.config.limits.snapshot_bytes_max,
    };
    let received = intake::read(&state, &req, payload, accept)
        .await
        .map_err(|refused| {
            state.core.refused(Item::Snapshot, &refused.0);
            intake::refuse(refused)
        })?;
    let (bytes, reserved) = received.into_parts();
    let answer = ingest::ingest(&state.core, bytes).await?;
    drop(reserved);
    Ok(HttpResponse::Ok()
        .insert_header(NO_STORE)
        .json(SnapshotAnswer::new(&answer)?))
}

/// Takes an urgent datagram from a host without UDP.
///
/// `sendBeacon` cannot ask for permission to send a media type of its own, so a missing type and
/// `text/plain` are taken too.
#[utoipa::path(
    post, path = "/v1/urgent", tag = "ingest",
    request_body(
        content = Binary, content_type = "application/octet-stream",
        description = "An urgent datagram; docs/spec/urgent.md"
    ),
    responses(
        (status = 202, description = "Taken now, or before", body = UrgentAnswer),
        (status = "4XX", description = "Refused; nothing is stored", body = ProblemBody,
            content_type = "application/problem+json"),
    )
)]
pub(super) async fn urgent_datagram(
    state: web::Data<State>,
    req: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let accept = Accept {
        media_types: &["application/octet-stream", "text/plain", ""],
        bytes_max: faultscan_wire::limits::URGENT_BYTES_MAX,
    };
    let received = intake::read(&state, &req, payload, accept)
        .await
        .map_err(|refused| {
            state.core.refused(Item::UrgentHttp, &refused.0);
            intake::refuse(refused)
        })?;
    let duplicate = urgent::take(&state.core, Item::UrgentHttp, received.bytes).await?;
    let outcome = if duplicate { "duplicate" } else { "accepted" };
    Ok(HttpResponse::Accepted()
        .insert_header(NO_STORE)
        .json(UrgentAnswer { outcome }))
}
