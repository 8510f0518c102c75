//! What would follow if causes were true or false.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::IntoParams;

use super::State;
use super::answer::fresh;
use super::extract::{Effect, address, require_report};
use super::problem::{Problem, ProblemBody};
use super::schema::{CauseName, WhatIf};
use crate::service::what_if;

/// What to assume beside a report's evidence.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct WhatIfQuery {
    /// Causes that are true: ids, separated by commas.
    #[serde(default)]
    failed: String,
    /// Causes that are false: ids, separated by commas.
    #[serde(default)]
    working: String,
}

/// Which causes to find.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct CausesQuery {
    /// Words that the id or the titles have; all have to occur.
    #[serde(default)]
    q: String,
}

fn ids(text: &str) -> impl Iterator<Item = String> {
    let ids = text.split(',').map(str::trim);
    ids.filter(|id| !id.is_empty()).map(str::to_owned)
}

/// What follows from assumed causes beside a report's evidence: codes, top events, other causes.
#[utoipa::path(
    get, path = "/v1/reports/{id}/what-if", tag = "reports",
    params(("id" = String, Path, description = "The report's id"), WhatIfQuery),
    responses(
        (status = 200, description = "What follows", body = WhatIf),
        (status = "4XX", description = "Refused", body = ProblemBody,
            content_type = "application/problem+json"),
    ),
    security(("capability" = []), ("session" = []))
)]
pub(super) async fn get(
    state: web::Data<State>,
    req: HttpRequest,
    id: web::Path<String>,
    query: web::Query<WhatIfQuery>,
) -> Result<HttpResponse, Problem> {
    state.core.admit_address(address(&state, &req))?;
    let id = require_report(&state, &req, &id, Effect::Reads).await?;
    let failed = ids(&query.failed).map(|cause| (cause, true));
    let working = ids(&query.working).map(|cause| (cause, false));
    let follow = what_if::follow(&state.core, id, failed.chain(working).collect()).await?;
    Ok(fresh(follow))
}

/// Causes that can be assumed, at most twenty, by words.
#[utoipa::path(
    get, path = "/v1/reports/{id}/causes", tag = "reports",
    params(("id" = String, Path, description = "The report's id"), CausesQuery),
    responses(
        (status = 200, description = "Causes", body = Vec<CauseName>),
        (status = "4XX", description = "Refused", body = ProblemBody,
            content_type = "application/problem+json"),
    ),
    security(("capability" = []), ("session" = []))
)]
pub(super) async fn causes(
    state: web::Data<State>,
    req: HttpRequest,
    id: web::Path<String>,
    query: web::Query<CausesQuery>,
) -> Result<HttpResponse, Problem> {
    state.core.admit_address(address(&state, &req))?;
    require_report(&state, &req, &id, Effect::Reads).await?;
    Ok(fresh(what_if::causes(&state.core, &query.q)?))
}
