//! Logging in and out.

use actix_web::{HttpRequest, HttpResponse, web};

use super::State;
use super::answer::NO_STORE;
use super::extract::{self, Effect};
use super::intake;
use super::problem::{Problem, ProblemBody};
use super::view::{LoggedIn, Login, Me};
use crate::service::auth;

/// Logs in with a one-time link's token.
#[utoipa::path(
    post, path = "/v1/login", tag = "session", request_body = Login,
    responses(
        (status = 200, description = "Logged in; the cookie is set", body = LoggedIn),
        (status = "4XX", description = "Refused", body = ProblemBody,
            content_type = "application/problem+json"),
    )
)]
pub(super) async fn login(
    state: web::Data<State>,
    req: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let given: Login = intake::json(&state, &req, payload).await?;
    let address = extract::address(&state, &req);
    let session = auth::login(&state.core, address, &given.token).await?;
    Ok(HttpResponse::Ok()
        .cookie(extract::cookie(&state, &session))
        .insert_header(NO_STORE)
        .json(LoggedIn {
            csrf_token: session.csrf.as_str().to_owned(),
        }))
}

/// Logs out.
#[utoipa::path(
    post, path = "/v1/logout", tag = "session",
    responses(
        (status = 204, description = "Logged out"),
        (status = "4XX", description = "Refused", body = ProblemBody,
            content_type = "application/problem+json"),
    ),
    security(("session" = [], "csrf" = []))
)]
pub(super) async fn logout(
    state: web::Data<State>,
    req: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let session = extract::require_session(&state, &req, Effect::Changes).await?;
    auth::logout(&state.core, &session).await?;
    Ok(HttpResponse::NoContent()
        .cookie(extract::no_cookie(&state))
        .insert_header(NO_STORE)
        .finish())
}

/// Tells who is asking.
#[utoipa::path(
    get, path = "/v1/me", tag = "session",
    responses((status = 200, description = "Who is asking", body = Me))
)]
pub(super) async fn me(state: web::Data<State>, req: HttpRequest) -> Result<HttpResponse, Problem> {
    let session = extract::session(&state, &req).await?;
    Ok(HttpResponse::Ok().insert_header(NO_STORE).json(Me {
        authenticated: session.is_some(),
        csrf_token: session.map(|session| session.csrf.as_str().to_owned()),
        public_origin: state.core.origin.clone(),
    }))
}
