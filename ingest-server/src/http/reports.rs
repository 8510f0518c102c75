//! Reports: listed, shown, answered, judged.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::IntoParams;

use super::State;
use super::extract::{Effect, address, require_report, require_session};
use super::intake;
use super::problem::{Problem, ProblemBody};
use super::report_view::{CheckAnswer, FeedbackVerdict, NewFeedback, ReportPage, ReportView};
use super::view::raw;
use crate::service::reports;
use crate::store::{Answered, ReportQuery};

const PAGE_ITEMS_DEFAULT: u32 = 50;
const NO_STORE: (&str, &str) = ("cache-control", "no-store");

/// Which reports to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Text to look for: ids, titles, device, context, the lines that the diagnosis rests on.
    #[serde(default)]
    q: Option<String>,
    /// Only this code.
    #[serde(default)]
    code: Option<String>,
    /// Only this family.
    #[serde(default)]
    family: Option<String>,
    /// Only this project, by id or name.
    #[serde(default)]
    project: Option<String>,
    /// `next` of the page before.
    #[serde(default)]
    before: Option<u64>,
    /// At most this many, up to 200.
    #[serde(default)]
    limit: Option<u32>,
}

/// Lists reports, newest first.
#[utoipa::path(
    get, path = "/v1/reports", tag = "reports", params(ListQuery),
    responses(
        (status = 200, description = "A page", body = ReportPage),
        (status = "4XX", description = "Refused", body = ProblemBody,
            content_type = "application/problem+json"),
    ),
    security(("session" = []))
)]
pub(super) async fn list(
    state: web::Data<State>,
    req: HttpRequest,
    query: web::Query<ListQuery>,
) -> Result<HttpResponse, Problem> {
    require_session(&state, &req, Effect::Reads).await?;
    let query = query.into_inner();
    let some = |text: Option<String>| text.filter(|text| !text.is_empty());
    let page = reports::list(
        &state.core,
        ReportQuery {
            text: query.q,
            code: some(query.code),
            family: some(query.family),
            project: some(query.project),
            before: query.before,
            limit: query.limit.unwrap_or(PAGE_ITEMS_DEFAULT),
        },
    )
    .await?;
    let items = page.rows.iter().map(Into::into).collect();
    Ok(HttpResponse::Ok().insert_header(NO_STORE).json(ReportPage {
        items,
        next: page.next,
    }))
}

/// One report.
#[utoipa::path(
    get, path = "/v1/reports/{id}", tag = "reports",
    params(("id" = String, Path, description = "The report's id")),
    responses(
        (status = 200, description = "The report", body = ReportView),
        (status = "4XX", description = "Refused", body = ProblemBody,
            content_type = "application/problem+json"),
    ),
    security(("capability" = []), ("session" = []))
)]
pub(super) async fn one(
    state: web::Data<State>,
    req: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    state.core.admit_address(address(&state, &req))?;
    let id = require_report(&state, &req, &id, Effect::Reads).await?;
    let report = reports::get(&state.core, id).await?;
    Ok(HttpResponse::Ok()
        .insert_header(NO_STORE)
        .json(ReportView::new(report)?))
}

/// Answers a check; the diagnosis is made anew.
#[utoipa::path(
    post, path = "/v1/reports/{id}/checks", tag = "reports", request_body = CheckAnswer,
    params(("id" = String, Path, description = "The report's id")),
    responses(
        (status = 200, description = "The new diagnosis", body = super::schema::Diagnosis),
        (status = "4XX", description = "Refused", body = ProblemBody,
            content_type = "application/problem+json"),
    ),
    security(("capability" = []), ("session" = [], "csrf" = []))
)]
pub(super) async fn check(
    state: web::Data<State>,
    req: HttpRequest,
    payload: web::Payload,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = require_report(&state, &req, &id, Effect::Changes).await?;
    let given: CheckAnswer = intake::json(&state, &req, payload).await?;
    let given = Answered {
        check: given.check,
        answer: given.answer,
    };
    let diagnosis = reports::answer(&state.core, id, given).await?;
    Ok(HttpResponse::Ok()
        .insert_header(NO_STORE)
        .json(raw(&diagnosis)?))
}

/// Says whether a diagnosis was right.
#[utoipa::path(
    post, path = "/v1/reports/{id}/feedback", tag = "reports", request_body = NewFeedback,
    params(("id" = String, Path, description = "The report's id")),
    responses(
        (status = 204, description = "Noted"),
        (status = "4XX", description = "Refused", body = ProblemBody,
            content_type = "application/problem+json"),
    ),
    security(("capability" = []), ("session" = [], "csrf" = []))
)]
pub(super) async fn feedback(
    state: web::Data<State>,
    req: HttpRequest,
    payload: web::Payload,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = require_report(&state, &req, &id, Effect::Changes).await?;
    let given: NewFeedback = intake::json(&state, &req, payload).await?;
    let right = given.verdict == FeedbackVerdict::Right;
    reports::feedback(&state.core, id, right, given.cause, given.note).await?;
    Ok(HttpResponse::NoContent().insert_header(NO_STORE).finish())
}
