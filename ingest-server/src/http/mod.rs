//! The HTTP transport. A handler extracts, converts, calls a service, and converts back.

mod answer;
// utoipa's attribute repeats the query types' names by their paths.
#[allow(unused_qualifications)]
mod catalogue;
mod events;
mod extract;
#[allow(unused_qualifications)]
mod graph;
mod group_view;
#[allow(unused_qualifications)]
mod groups;
mod headers;
mod intake;
mod narrow;
pub mod openapi;
mod ops;
mod pages;
mod problem;
mod projects;
mod random;
mod report_view;
#[allow(unused_qualifications)]
mod reports;
mod schema;
mod session;
#[allow(unused_qualifications)]
mod tickets;
mod uploads;
mod view;
#[allow(unused_qualifications)]
mod what_if;

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};
use tokio::sync::Semaphore;

use self::problem::Problem;
use crate::service::Core;
use crate::service::refusal::{Class, Refusal};

/// How long a stop waits for answers that are under way.
const SHUTDOWN_TIMEOUT_S: u64 = 10;

/// What all handlers share.
#[derive(Debug)]
struct State {
    core: Arc<Core>,
    /// Bytes of request bodies that may still be taken into memory.
    inflight: Semaphore,
}

/// Serves HTTP on a listener.
///
/// # Errors
/// When the listener cannot be used.
pub fn serve(core: Arc<Core>, listener: TcpListener) -> std::io::Result<Server> {
    let limits = core.config.limits.clone();
    let configured = core.config.http.workers;
    let workers = if configured == 0 {
        std::thread::available_parallelism().map_or(1, usize::from)
    } else {
        configured
    };
    let inflight = Semaphore::new(limits.inflight_bytes_max.min(Semaphore::MAX_PERMITS));
    let state = web::Data::new(State { core, inflight });
    let server = HttpServer::new(move || {
        App::new()
            .app_data(state.clone())
            .wrap(from_fn(headers::apply))
            .configure(routes)
    });
    Ok(server
        .workers(workers)
        .max_connections(limits.connections_max.div_ceil(workers))
        .client_request_timeout(Duration::from_millis(limits.header_timeout_ms))
        .client_disconnect_timeout(Duration::from_secs(1))
        .keep_alive(Duration::from_secs(limits.keep_alive_s))
        .shutdown_timeout(SHUTDOWN_TIMEOUT_S)
        .disable_signals()
        .listen(listener)?
        .run())
}

fn routes(app: &mut web::ServiceConfig) {
    let bad_query = |error: actix_web::error::QueryPayloadError, _: &_| {
        Problem::from(Refusal::new(
            Class::Malformed,
            "bad_query",
            error.to_string(),
        ))
        .into()
    };
    app.app_data(web::QueryConfig::default().error_handler(bad_query))
        .route("/", pages::reading().to(pages::root))
        .route("/s", pages::reading().to(pages::miniapp))
        .route("/r", pages::reading().to(pages::miniapp))
        .route("/login", pages::reading().to(pages::dashboard))
        .route("/dashboard/", pages::reading().to(pages::dashboard))
        .route("/healthz", web::get().to(ops::healthz))
        .route("/readyz", web::get().to(ops::readyz))
        .route("/metrics", web::get().to(ops::metrics))
        .route("/.well-known/faultscan/keys.json", web::get().to(ops::keys))
        .route("/v1/openapi.json", web::get().to(ops::openapi))
        .route("/v1/ping", web::get().to(ops::ping))
        .route("/v1/random", web::get().to(random::get))
        .route("/v1/snapshots", web::post().to(uploads::snapshot))
        .route("/v1/urgent", web::post().to(uploads::urgent_datagram))
        .route("/v1/tickets", web::post().to(tickets::create))
        .route(
            "/v1/tickets/{id}/qr.{format:svg|png}",
            web::get().to(tickets::picture),
        )
        .route("/v1/reports", web::get().to(reports::list))
        .route("/v1/reports/{id}", web::get().to(reports::one))
        .route("/v1/reports/{id}/checks", web::post().to(reports::check))
        .route("/v1/reports/{id}/graph", web::get().to(graph::get))
        .route("/v1/reports/{id}/what-if", web::get().to(what_if::get))
        .route("/v1/reports/{id}/causes", web::get().to(what_if::causes))
        .route(
            "/v1/reports/{id}/feedback",
            web::post().to(reports::feedback),
        )
        .route(
            "/v1/reports/{id}/export",
            web::get().to(reports::export_file),
        )
        .route("/v1/groups", web::get().to(groups::list))
        .route("/v1/groups/{id}", web::get().to(groups::one))
        .route("/v1/groups/{id}", web::post().to(groups::change))
        .route("/v1/trends", web::get().to(groups::trends))
        .route("/v1/facets", web::get().to(groups::facets))
        .route("/v1/projects", web::get().to(projects::list))
        .route("/v1/projects/{id}", web::post().to(projects::change))
        .route("/v1/events", web::get().to(events::stream_events))
        .route("/v1/catalogue", web::get().to(catalogue::list))
        .route("/v1/catalogue/pack", web::get().to(catalogue::pack))
        .route("/v1/catalogue/{code}", web::get().to(catalogue::one))
        .route("/v1/login", web::post().to(session::login))
        .route("/v1/logout", web::post().to(session::logout))
        .route("/v1/me", web::get().to(session::me))
        .default_service(web::route().to(pages::file));
}
