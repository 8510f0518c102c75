//! For those who run the server: health, metrics, keys, and the API's own description.

use actix_web::{HttpResponse, web};
use faultscan_wire::base64url;

use super::State;
use super::answer::NO_STORE;
use super::problem::Problem;
use super::view::{EncryptionView, KeyList, KeyView};
use crate::service::retention;

/// The process runs.
#[utoipa::path(
    get, path = "/healthz", tag = "operations",
    responses((status = 200, description = "It runs", body = String, content_type = "text/plain"))
)]
pub(super) async fn healthz() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(NO_STORE)
        .content_type("text/plain")
        .body("ok\n")
}

/// The server takes work.
#[utoipa::path(
    get, path = "/readyz", tag = "operations",
    responses(
        (status = 200, description = "It takes work", body = String, content_type = "text/plain"),
        (status = 503, description = "It is stopping, full, or its store fails"),
    )
)]
pub(super) async fn readyz(state: web::Data<State>) -> Result<HttpResponse, Problem> {
    state.core.ready().await?;
    Ok(HttpResponse::Ok()
        .insert_header(NO_STORE)
        .content_type("text/plain")
        .body("ready\n"))
}

/// Counters in Prometheus' text format.
#[utoipa::path(
    get, path = "/metrics", tag = "operations",
    responses((status = 200, description = "Metrics", body = String, content_type = "text/plain"))
)]
pub(super) async fn metrics(state: web::Data<State>) -> HttpResponse {
    // Gauges of the store are those of this moment; where it fails, those of the last sweep.
    if let Err(error) = retention::watch_space(&state.core).await {
        tracing::warn!(%error, "the store's gauges are old");
    }
    HttpResponse::Ok()
        .insert_header(NO_STORE)
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(state.core.observe.text())
}

/// Answers at once, for measuring round trips.
#[utoipa::path(
    get, path = "/v1/ping", tag = "ingest",
    responses((status = 204, description = "Here"))
)]
pub(super) async fn ping() -> HttpResponse {
    HttpResponse::NoContent().insert_header(NO_STORE).finish()
}

/// Keys that tickets are checked with: the server's own, and the projects' for tickets made offline.
#[utoipa::path(
    get, path = "/.well-known/faultscan/keys.json", tag = "tickets",
    responses((status = 200, description = "The keys that count", body = KeyList))
)]
pub(super) async fn keys(state: web::Data<State>) -> HttpResponse {
    let view = |issuer: &crate::keys::Issuer| KeyView {
        key_id: issuer.id.to_string(),
        public_key: base64url::encode(issuer.key.as_bytes()),
        state: issuer.state.as_str(),
        signs_catalogue: issuer.project.is_none(),
    };
    let keys = state.core.keys.published().iter().map(view).collect();
    let body_key = state.core.secrets.body_key();
    let encryption = EncryptionView {
        key_id: faultscan_wire::hex::encode(body_key.id()),
        public_key: base64url::encode(body_key.public()),
    };
    HttpResponse::Ok()
        .insert_header(("cache-control", "max-age=60"))
        .json(KeyList { keys, encryption })
}

/// This description.
#[utoipa::path(
    get, path = "/v1/openapi.json", tag = "operations",
    responses((status = 200, description = "OpenAPI", body = Object))
)]
pub(super) async fn openapi() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(("cache-control", "max-age=60"))
        .content_type("application/json")
        .body(super::openapi::document())
}
