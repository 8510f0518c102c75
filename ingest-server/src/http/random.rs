//! Random bytes for hosts that have none.

use actix_web::{HttpRequest, HttpResponse, web};
use faultscan_wire::base64url;
use serde::Serialize;
use utoipa::ToSchema;

use super::State;
use super::answer::fresh;
use super::extract;
use super::problem::Problem;
use crate::ids;
use crate::service::refusal::Refusal;

/// Bytes in one answer: a session key's seed.
const BYTES: usize = 32;

/// Random bytes, given once.
#[derive(Serialize, ToSchema)]
pub(super) struct RandomBytes {
    /// 32 bytes in base64url.
    bytes: String,
}

/// Gives 32 random bytes, for the session key of a host without a secure random source.
///
/// Whoever can read this answer can sign for that session; so can this server, which is the only one
/// that checks its signatures.
#[utoipa::path(
    get, path = "/v1/random", tag = "ingest", operation_id = "random",
    responses((status = 200, description = "Never given again", body = RandomBytes))
)]
pub(super) async fn get(
    state: web::Data<State>,
    req: HttpRequest,
) -> Result<HttpResponse, Problem> {
    state.core.admit_address(extract::address(&state, &req))?;
    let bytes = ids::random::<BYTES>().map_err(Refusal::from)?;
    Ok(fresh(RandomBytes {
        bytes: base64url::encode(&bytes),
    }))
}
