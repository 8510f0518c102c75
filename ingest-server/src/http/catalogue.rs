//! The catalogue, to look things up.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::IntoParams;

use super::State;
use super::problem::{Problem, ProblemBody};
use super::view::Binary;
use crate::service::catalogue::{self, Listing};
use crate::service::packs::{self, Sent, Texts};
use crate::service::refusal::{Class, Refusal};

const PACK: &str = "application/vnd.faultscan.pack";
const DELTA: &str = "application/vnd.faultscan.pack-delta";

/// Which codes to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct CatalogueQuery {
    /// What is looked for: a code's name, a pasted message, or words in English or Chinese.
    #[serde(default)]
    q: Option<String>,
    /// Only this family.
    #[serde(default)]
    family: Option<String>,
}

/// Lists the catalogue's codes.
#[utoipa::path(
    get, path = "/v1/catalogue", tag = "catalogue", params(CatalogueQuery),
    responses((status = 200, description = "Codes in the catalogue's order; those found by a search come best first", body = Listing))
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

/// Which pack is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PackQuery {
    /// The texts: `en`, `zh` or `all`.
    #[serde(default = "all")]
    lang: String,
    /// The version that the asker has: then what changed is sent, where the server still knows it.
    #[serde(default)]
    have: Option<String>,
    /// The version that the server is known to have: then the answer may be kept for good.
    #[serde(default)]
    version: Option<String>,
}

fn all() -> String {
    "all".to_owned()
}

/// The compiled catalogue for matching and diagnosing on a phone: a signed pack, or what changed.
#[utoipa::path(
    get, path = "/v1/catalogue/pack", tag = "catalogue", params(PackQuery),
    responses(
        (status = 200, description = "A pack (`FSPK`) or, where `have` is known, a delta (`FSPD`, \
            application/vnd.faultscan.pack-delta); docs/spec/pack.md", body = Binary,
            content_type = "application/vnd.faultscan.pack"),
        (status = 204, description = "`have` is the newest version"),
        (status = 304, description = "As the `If-None-Match` says"),
        (status = 400, description = "No such language, or no version", body = ProblemBody,
            content_type = "application/problem+json"),
    )
)]
pub(super) async fn pack(
    state: web::Data<State>,
    query: web::Query<PackQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let texts = Texts::named(&query.lang).ok_or_else(|| {
        Refusal::new(
            Class::Malformed,
            "bad_query",
            "`lang` is one of en, zh, all",
        )
    })?;
    let brotli = takes_brotli(&request);
    let core = std::sync::Arc::clone(&state.core);
    let have = query.have.clone();
    let sent = web::block(move || packs::send(&core, texts, have.as_deref(), brotli))
        .await
        .map_err(|_| Refusal::internal("blocking_pool"))??;
    Ok(answer(&sent, &query, &request))
}

fn takes_brotli(request: &HttpRequest) -> bool {
    let accepted = request.headers().get(header::ACCEPT_ENCODING);
    accepted
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| {
            value.split(',').any(|one| {
                let mut parts = one.split(';').map(str::trim);
                parts.next() == Some("br") && parts.all(|part| part != "q=0")
            })
        })
}

fn answer(sent: &Sent, query: &PackQuery, request: &HttpRequest) -> HttpResponse {
    let tag = format!("\"{}\"", sent.tag);
    let is_known = (request.headers().get(header::IF_NONE_MATCH))
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.split(',').any(|one| one.trim() == tag));
    let mut answer = if is_known {
        HttpResponse::NotModified()
    } else if sent.bytes.is_empty() {
        HttpResponse::NoContent()
    } else {
        HttpResponse::Ok()
    };
    let for_good = query.have.is_none() && query.version.as_deref() == Some(sent.version.as_str());
    answer
        .insert_header((header::ETAG, tag))
        .insert_header((header::VARY, "accept-encoding"))
        .insert_header(("x-catalogue-version", sent.version.as_str()))
        .insert_header((
            header::CACHE_CONTROL,
            if for_good {
                "public, max-age=31536000, immutable"
            } else {
                "public, max-age=60"
            },
        ));
    if is_known || sent.bytes.is_empty() {
        return answer.finish();
    }
    if sent.brotli {
        answer.insert_header((header::CONTENT_ENCODING, "br"));
    }
    answer
        .content_type(if sent.is_delta { DELTA } else { PACK })
        .body(sent.bytes.to_vec())
}
