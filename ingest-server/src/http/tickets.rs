//! Tickets and their QR codes.

use actix_web::{HttpRequest, HttpResponse, web};
use faultscan_wire::{Environment, TicketId};
use serde::Deserialize;
use utoipa::IntoParams;

use super::State;
use super::extract::{Effect, Issuing, address, require_issuing};
use super::intake;
use super::problem::{Problem, ProblemBody};
use super::view::{Binary, NewTicket, TicketView};
use crate::ids::ProjectId;
use crate::service::refusal::{Class, Refusal};
use crate::service::tickets::{self, QrForm, TicketRequest};

impl From<NewTicket> for TicketRequest {
    fn from(view: NewTicket) -> Self {
        Self {
            environment: view.environment.map(|environment| Environment {
                os: environment.os,
                arch: environment.arch,
                network_type: environment.network_type,
                app_version: environment.app_version,
            }),
            fingerprint: view.fingerprint,
            ttl_s: view.ttl_s,
            code: view.code,
            context: view.context,
            evidence: view
                .evidence
                .into_iter()
                .map(|line| (line.code, line.line))
                .collect(),
        }
    }
}

/// Makes a ticket.
#[utoipa::path(
    post, path = "/v1/tickets", tag = "tickets", request_body = NewTicket,
    responses(
        (status = 201, description = "The ticket in all its forms", body = TicketView),
        (status = "4XX", description = "Refused", body = ProblemBody,
            content_type = "application/problem+json"),
    ),
    security(("project_key" = []), ("session" = [], "csrf" = []))
)]
pub(super) async fn create(
    state: web::Data<State>,
    req: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let project = match require_issuing(&state, &req, Effect::Changes).await? {
        Issuing::Project(project) => project,
        Issuing::Dashboard => ProjectId::dashboard(),
    };
    let wanted: NewTicket = intake::json(&state, &req, payload).await?;
    let ticket = tickets::create(&state.core, project, wanted.into()).await?;
    Ok(HttpResponse::Created()
        .insert_header(("cache-control", "no-store"))
        .json(TicketView::new(&ticket, &state.core.origin)))
}

const MODULE_PX_DEFAULT: u32 = 8;

/// How a QR code is to look.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct QrQuery {
    /// `url` (any camera app opens it; the default) or `decimal` (bare digits, smallest).
    #[serde(default)]
    form: Option<String>,
    /// Pixels for each module, 1 to 32.
    #[serde(default)]
    #[param(minimum = 1, maximum = 32)]
    module_px: Option<u32>,
}

async fn ticket(
    state: &State,
    req: &HttpRequest,
    id: &str,
) -> Result<faultscan_wire::Ticket, Problem> {
    state.core.admit_address(address(state, req))?;
    let issuing = require_issuing(state, req, Effect::Reads).await?;
    let id: TicketId = id.parse().map_err(|_| Refusal::missing("ticket"))?;
    let project = match &issuing {
        Issuing::Project(project) => Some(project),
        Issuing::Dashboard => None,
    };
    Ok(tickets::find(&state.core, id, project).await?)
}

fn form(query: &QrQuery) -> Result<QrForm, Refusal> {
    match query.form.as_deref() {
        None | Some("url") => Ok(QrForm::Url),
        Some("decimal") => Ok(QrForm::Decimal),
        Some(_) => Err(Refusal::new(
            Class::Malformed,
            "bad_query",
            "form is either url or decimal",
        )),
    }
}

/// The QR code of a ticket, as SVG or PNG.
#[utoipa::path(
    get, path = "/v1/tickets/{id}/qr.{format}", tag = "tickets",
    params(
        ("id" = String, Path, description = "The ticket's id"),
        ("format" = String, Path, description = "`svg` or `png`"),
        QrQuery
    ),
    responses(
        (status = 200, description = "The QR code", content(
            (String = "image/svg+xml"), (Binary = "image/png"),
        )),
        (status = "4XX", description = "Refused", body = ProblemBody,
            content_type = "application/problem+json"),
    ),
    security(("project_key" = []), ("session" = []))
)]
pub(super) async fn picture(
    state: web::Data<State>,
    req: HttpRequest,
    path: web::Path<(String, String)>,
    query: web::Query<QrQuery>,
) -> Result<HttpResponse, Problem> {
    let (id, format) = path.into_inner();
    let ticket = ticket(&state, &req, &id).await?;
    let (form, module_px) = (form(&query)?, query.module_px.unwrap_or(MODULE_PX_DEFAULT));
    if format == "svg" {
        let svg = tickets::qr_svg(&state.core, ticket, form, module_px).await?;
        Ok(image("image/svg+xml").body(svg))
    } else {
        let png = tickets::qr_png(&state.core, ticket, form, module_px).await?;
        Ok(image("image/png").body(png))
    }
}

/// A ticket's picture never changes, and only its owner may keep it.
fn image(content_type: &'static str) -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response.content_type(content_type);
    response.insert_header(("cache-control", "private, max-age=3600"));
    response
}
