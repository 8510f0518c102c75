//! The catalogue, to look things up.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::IntoParams;

use super::State;
use super::problem::{Problem, ProblemBody};
use crate::service::catalogue::{self, Listing};

/// Which codes to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct CatalogueQuery {
    /// Words to look for in code, titles and explanations; all have to be there.
    #[serde(default)]
    q: Option<String>,
    /// Only this family.
    #[serde(default)]
    family: Option<String>,
}

/// Lists the catalogue's codes.
#[utoipa::path(
    get, path = "/v1/catalogue", tag = "catalogue", params(CatalogueQuery),
    responses((status = 200, description = "Codes in the catalogue's order", body = Listing))
)]
pub(super) async fn list(
    state: web::Data<State>,
    query: web::Query<CatalogueQuery>,
) -> Result<HttpResponse, Problem> {
    let listing = catalogue::list(&state.core, query.q.as_deref(), query.family.as_deref())?;
    Ok(HttpResponse::Ok()
        .insert_header(("cache-control", "max-age=60"))
        .json(listing))
}

/// One code with everything the catalogue knows of it.
#[utoipa::path(
    get, path = "/v1/catalogue/{code}", tag = "catalogue",
    params(("code" = String, Path, description = "The code")),
    responses(
        (status = 200, description = "The entry, fields as in the catalogue's data files",
            body = Object),
        (status = 404, description = "No such code", body = ProblemBody,
            content_type = "application/problem+json"),
    )
)]
pub(super) async fn one(
    state: web::Data<State>,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let entry = catalogue::one(&state.core, &code)?;
    Ok(HttpResponse::Ok()
        .insert_header(("cache-control", "max-age=60"))
        .json(entry))
}
