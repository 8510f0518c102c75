//! Who asks, from where.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::http::header;

use super::State;
use super::problem::Problem;
use crate::ids::{ProjectId, ReportId};
use crate::service::auth::{self, Session};
use crate::service::refusal::{Class, Refusal};

const COOKIE: &str = "faultscan_session";
const CSRF_HEADER: &str = "x-faultscan-csrf";

/// The client's address. Behind trusted proxies it is what the outermost of them has seen.
pub(super) fn address(state: &State, req: &HttpRequest) -> IpAddr {
    let peer = req
        .peer_addr()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
    let hops = state.core.config.http.trusted_proxy_hops;
    if hops == 0 {
        return peer;
    }
    let forwarded = req.headers().get_all("x-forwarded-for");
    let addresses: Vec<&str> = forwarded
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    // Each proxy appends whom it has seen: the last `hops` entries are theirs, earlier ones claims.
    let seen = addresses
        .len()
        .checked_sub(hops)
        .and_then(|at| addresses.get(at));
    seen.and_then(|text| text.parse().ok()).unwrap_or(peer)
}

fn bearer(req: &HttpRequest) -> Option<&str> {
    let value = req.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The session of the request's cookie, where it is open.
pub(super) async fn session(state: &State, req: &HttpRequest) -> Result<Option<Session>, Problem> {
    match req.cookie(COOKIE) {
        Some(cookie) => Ok(auth::session(&state.core, cookie.value()).await?),
        None => Ok(None),
    }
}

/// Whether a request changes something, so that it must prove to come from our own page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    Reads,
    Changes,
}

fn not_logged_in() -> Refusal {
    Refusal::new(
        Class::Unauthenticated,
        "not_logged_in",
        "log in with the link that the server printed, or with `ingest-server login`",
    )
}

/// Somebody who is logged in.
pub(super) async fn require_session(
    state: &State,
    req: &HttpRequest,
    effect: Effect,
) -> Result<Session, Problem> {
    let session = session(state, req).await?.ok_or_else(not_logged_in)?;
    let presented = req
        .headers()
        .get(CSRF_HEADER)
        .and_then(|value| value.to_str().ok());
    if effect == Effect::Changes && !presented.is_some_and(|text| session.csrf.matches(text)) {
        return Err(Refusal::new(
            Class::Forbidden,
            "bad_csrf_token",
            "the header x-faultscan-csrf is missing or wrong",
        )
        .into());
    }
    Ok(session)
}

/// Who may make tickets.
pub(super) enum Issuing {
    /// Somebody who is logged in.
    Dashboard,
    /// A project, by its key.
    Project(ProjectId),
}

/// A project's key or a log-in.
pub(super) async fn require_issuing(
    state: &State,
    req: &HttpRequest,
    effect: Effect,
) -> Result<Issuing, Problem> {
    match bearer(req) {
        Some(key) => {
            let project = auth::project(&state.core, address(state, req), key).await?;
            Ok(Issuing::Project(project.id))
        }
        None => require_session(state, req, effect)
            .await
            .map(|_| Issuing::Dashboard),
    }
}

/// The report that a path names, where the request may see it: by log-in or by capability.
pub(super) async fn require_report(
    state: &State,
    req: &HttpRequest,
    id: &str,
    effect: Effect,
) -> Result<ReportId, Problem> {
    let id = ReportId::parse(id);
    if let Some(presented) = bearer(req) {
        let id = id.ok_or_else(|| Refusal::missing("report"))?;
        auth::capability(&state.core, address(state, req), &id, presented)?;
        return Ok(id);
    }
    require_session(state, req, effect).await?;
    Ok(id.ok_or_else(|| Refusal::missing("report"))?)
}

/// The cookie of a new session.
pub(super) fn cookie(state: &State, session: &Session) -> Cookie<'static> {
    let age_s = state.core.config.limits.session_age_max_s;
    build(
        state,
        session.token.to_text(),
        i64::try_from(age_s).unwrap_or(i64::MAX),
    )
}

/// The cookie that ends a session.
pub(super) fn no_cookie(state: &State) -> Cookie<'static> {
    build(state, String::new(), 0)
}

fn build(state: &State, value: String, age_s: i64) -> Cookie<'static> {
    Cookie::build(COOKIE, value)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(state.core.origin.starts_with("https://"))
        .max_age(Duration::seconds(age_s))
        .finish()
}
