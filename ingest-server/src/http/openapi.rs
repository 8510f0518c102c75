//! The API's description, generated from the handlers.

use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::{
    catalogue, events, graph, groups, ops, projects, random, reports, session, tickets, uploads,
    what_if,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Faultscan",
        description = "Tickets, snapshots, reports and the catalogue. Prose: docs/spec/http.md.",
    ),
    paths(
        uploads::snapshot,
        uploads::urgent_datagram,
        ops::ping,
        random::get,
        tickets::create,
        tickets::picture,
        ops::keys,
        reports::list,
        reports::one,
        reports::check,
        graph::get,
        what_if::get,
        what_if::causes,
        reports::feedback,
        reports::export_file,
        groups::list,
        groups::one,
        groups::change,
        groups::trends,
        groups::facets,
        projects::list,
        projects::change,
        events::stream_events,
        catalogue::list,
        catalogue::one,
        catalogue::pack,
        session::login,
        session::logout,
        session::me,
        ops::healthz,
        ops::readyz,
        ops::metrics,
        ops::openapi,
    ),
    modifiers(&Security)
)]
struct Description;

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let bearer = |about: &str| {
            let mut http = Http::new(HttpAuthScheme::Bearer);
            http.description = Some(about.to_owned());
            SecurityScheme::Http(http)
        };
        for (name, scheme) in [
            (
                "project_key",
                bearer("A project's key, from `ingest-server projects new`."),
            ),
            (
                "capability",
                bearer("The capability of one report, from the snapshot's answer."),
            ),
            (
                "session",
                SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("faultscan_session"))),
            ),
            (
                "csrf",
                SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::new("x-faultscan-csrf"))),
            ),
        ] {
            components.add_security_scheme(name, scheme);
        }
    }
}

/// The description as JSON, as it stands in docs/spec/openapi.json.
#[must_use]
pub fn document() -> String {
    let mut text = Description::openapi().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}
