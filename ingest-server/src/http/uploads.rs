//! Snapshots and urgent datagrams.

use actix_web::{HttpRequest, HttpResponse, web};

use super::State;
use super::answer::NO_STORE;
use super::intake::{self, Accept};
use super::problem::{Problem, ProblemBody};
use super::view::{Binary, SnapshotAnswer, UrgentAnswer};
use crate::observe::Item;
use crate::service::refusal::{Class, Refusal};
use crate::service::{ingest, urgent};
use faultscan_wire::base64url;

/// Takes a snapshot. Once this answers 200, the report is durable.
#[utoipa::path(
    post, path = "/v1/snapshots", tag = "ingest",
    request_body(
        content = Binary, content_type = "application/octet-stream",
        description = "A snapshot envelope; docs/spec/snapshot.md. As base64url without padding, \
            it is application/base64url."
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
    let bytes_max = state.core.config.limits.snapshot_bytes_max;
    let form = Form::of(&req);
    let accept = form.accept(&["application/octet-stream"], bytes_max);
    let received = intake::read(&state, &req, payload, accept)
        .await
        .map_err(|refused| {
            state.core.refused(Item::Snapshot, &refused.0);
            intake::refuse(refused)
        })?;
    let (body, reserved) = received.into_parts();
    let bytes = form
        .decode(body)
        .inspect_err(|refusal| state.core.refused(Item::Snapshot, refusal))?;
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
    let bytes_max = faultscan_wire::limits::URGENT_BYTES_MAX;
    let media_types = &["application/octet-stream", "text/plain", ""];
    let form = Form::of(&req);
    let accept = form.accept(media_types, bytes_max);
    let received = intake::read(&state, &req, payload, accept)
        .await
        .map_err(|refused| {
            state.core.refused(Item::UrgentHttp, &refused.0);
            intake::refuse(refused)
        })?;
    let bytes = form
        .decode(received.bytes)
        .inspect_err(|refusal| state.core.refused(Item::UrgentHttp, refusal))?;
    let duplicate = urgent::take(&state.core, Item::UrgentHttp, bytes).await?;
    let outcome = if duplicate { "duplicate" } else { "accepted" };
    Ok(HttpResponse::Accepted()
        .insert_header(NO_STORE)
        .json(UrgentAnswer { outcome }))
}

/// The media type of bytes in base64url without padding.
const AS_TEXT: &str = "application/base64url";

/// How a request gives its bytes. Some mini-programs send nothing but text.
#[derive(Clone, Copy)]
enum Form {
    Bytes,
    Text,
}

impl Form {
    fn of(req: &HttpRequest) -> Self {
        if intake::is_media_type(req, AS_TEXT) {
            Self::Text
        } else {
            Self::Bytes
        }
    }

    /// What may come, for at most `bytes_max` bytes once they are decoded.
    fn accept(self, media_types: &'static [&'static str], bytes_max: usize) -> Accept {
        match self {
            Self::Bytes => Accept {
                media_types,
                bytes_max,
            },
            Self::Text => Accept {
                media_types: &[AS_TEXT],
                bytes_max: bytes_max.saturating_mul(4).div_ceil(3),
            },
        }
    }

    fn decode(self, body: Vec<u8>) -> Result<Vec<u8>, Refusal> {
        match self {
            Self::Bytes => Ok(body),
            Self::Text => str::from_utf8(&body)
                .ok()
                .and_then(base64url::decode)
                .ok_or_else(|| Refusal::new(Class::Malformed, "bad_base64url", "not base64url")),
        }
    }
}
