//! Reports: listed, shown, answered, judged.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::IntoParams;

use super::State;
use super::answer::{NO_STORE, fresh};
use super::extract::{Effect, address, require_report, require_session};
use super::intake;
use super::narrow::{bad_query, group_id, narrowed_query, some};
use super::problem::{Problem, ProblemBody};
use super::report_view::{CheckAnswer, FeedbackVerdict, NewFeedback, ReportPage, ReportView};
use super::view::raw;
use crate::ids::ReportId;
use crate::service::export::{self, Format, Language};
use crate::service::refusal::Refusal;
use crate::service::reports;
use crate::store::{Answered, ReportQuery};

const PAGE_ITEMS_DEFAULT: u32 = 50;

narrowed_query! {
    /// Which reports to list.
    ListQuery {
        /// Words to look for: in ids, titles, the verdict, device, context and the log. All have to occur.
        #[serde(default)]
        q: Option<String>,
        /// Only this group of like failures.
        #[serde(default)]
        group: Option<String>,
        /// Only this operating system, with or without its version.
        #[serde(default)]
        os: Option<String>,
        /// Only this version of the app.
        #[serde(default)]
        app_version: Option<String>,
        /// Only what arrived at this time or later, Unix milliseconds.
        #[serde(default)]
        from: Option<u64>,
        /// Only what arrived before this time, Unix milliseconds.
        #[serde(default)]
        to: Option<u64>,
        /// Whether the answer tells the total.
        #[serde(default)]
        count: Option<bool>,
        /// `next` of the page before.
        #[serde(default)]
        before: Option<u64>,
        /// At most this many, up to 200.
        #[serde(default)]
        limit: Option<u32>,
    }
}

fn request(mut query: ListQuery) -> Result<reports::ListRequest, Refusal> {
    let filter = query.filter()?;
    let group = some(query.group).map(|text| group_id(&text)).transpose()?;
    Ok(reports::ListRequest {
        text: query.q,
        query: ReportQuery {
            text: None,
            filter,
            group,
            os: some(query.os),
            app_version: some(query.app_version),
            from_ms: query.from,
            to_ms: query.to,
            before: query.before,
            limit: query.limit.unwrap_or(PAGE_ITEMS_DEFAULT),
        },
        count: query.count.unwrap_or(false),
    })
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
    let page = reports::list(&state.core, request(query.into_inner())?).await?;
    let items = page.rows.iter().map(Into::into).collect();
    Ok(fresh(ReportPage {
        items,
        next: page.next,
        total: page.total.map(|total| total.reports),
        total_exact: page.total.map(|total| total.exact),
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
    let capability = state.core.secrets.capability(&id).to_text();
    Ok(fresh(ReportView::new(report)?.with_link(&capability)))
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
    Ok(fresh(raw(&diagnosis)?))
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

/// How a report is to leave.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ExportQuery {
    /// `json` (the default) or `md`.
    #[serde(default)]
    format: Option<String>,
    /// Language of Markdown: `en` (the default) or `zh`.
    #[serde(default)]
    lang: Option<String>,
}

/// A report as a file: JSON with everything, or Markdown for people.
#[utoipa::path(
    get, path = "/v1/reports/{id}/export", tag = "reports",
    params(("id" = String, Path, description = "The report's id"), ExportQuery),
    responses(
        (status = 200, description = "The file", content(
            (ReportView = "application/json"), (String = "text/markdown"),
        )),
        (status = "4XX", description = "Refused", body = ProblemBody,
            content_type = "application/problem+json"),
    ),
    security(("capability" = []), ("session" = []))
)]
pub(super) async fn export_file(
    state: web::Data<State>,
    req: HttpRequest,
    id: web::Path<String>,
    query: web::Query<ExportQuery>,
) -> Result<HttpResponse, Problem> {
    state.core.admit_address(address(&state, &req))?;
    let id = require_report(&state, &req, &id, Effect::Reads).await?;
    let format = match query.format.as_deref() {
        None | Some("" | "json") => Format::Json,
        Some("md") => Format::Markdown,
        Some(_) => return Err(bad_query("format is json or md").into()),
    };
    let language = match query.lang.as_deref() {
        None | Some("" | "en") => Language::English,
        Some("zh") => Language::Chinese,
        Some(_) => return Err(bad_query("lang is en or zh").into()),
    };
    let report = reports::get(&state.core, id).await?;
    let mut response = HttpResponse::Ok();
    response.insert_header(NO_STORE);
    Ok(match format {
        Format::Json => response
            .insert_header(attachment(&id, "json"))
            .json(ReportView::new(report)?),
        Format::Markdown => response
            .content_type("text/markdown; charset=utf-8")
            .insert_header(attachment(&id, "md"))
            .body(export::markdown(&report, language)?),
    })
}

fn attachment(id: &ReportId, extension: &str) -> (&'static str, String) {
    (
        "content-disposition",
        format!("attachment; filename=\"faultscan-{id}.{extension}\""),
    )
}
