//! Who asks: a person who logged in by a one-time link, a project with its key, or whoever holds the
//! capability of one report.

use std::net::IpAddr;
use std::sync::Arc;

use faultscan_wire::base64url;

use super::Core;
use super::rates::address_unit;
use super::refusal::{Class, Refusal};
use crate::ids::{self, ReportId};
use crate::keys::{CsrfToken, KeysError, digest};
use crate::observe::Item;
use crate::store::{Project, Store};

/// A log-in's secret, as the cookie holds it.
#[derive(Clone)]
pub struct SessionToken([u8; 32]);

impl SessionToken {
    /// As text for the cookie.
    #[must_use]
    pub fn to_text(&self) -> String {
        base64url::encode(&self.0)
    }
}

/// Somebody who is logged in.
#[derive(Clone)]
pub struct Session {
    /// The cookie's secret.
    pub token: SessionToken,
    /// What proves that a request comes from our own page.
    pub csrf: CsrfToken,
}

/// Makes a one-time link's token; only its digest is stored.
///
/// # Errors
/// When the store or the random source fails.
pub async fn new_login_token(
    store: &dyn Store,
    now_ms: u64,
    age_max_s: u64,
) -> Result<String, KeysError> {
    let token = base64url::encode(&ids::random::<24>()?);
    store
        .add_login_token(digest(token.as_bytes()), now_ms + age_max_s * 1000)
        .await?;
    Ok(token)
}

/// The link that logs in.
#[must_use]
pub fn login_link(origin: &str, token: &str) -> String {
    format!("{origin}/login#token={token}")
}

/// Logs in with a one-time link's token.
///
/// # Errors
/// `bad_login_token`, `rate_limited`, or the store's failure.
pub async fn login(core: &Arc<Core>, address: IpAddr, token: &str) -> Result<Session, Refusal> {
    let result = redeem(core, address, token).await;
    core.count(Item::Login, &result);
    result
}

async fn redeem(core: &Arc<Core>, address: IpAddr, token: &str) -> Result<Session, Refusal> {
    admit_attempt(core, address)?;
    let now_ms = core.now_ms();
    let session = SessionToken(ids::random()?);
    let ends_at_ms = now_ms + core.config.limits.session_age_max_s * 1000;
    let redeemed = core
        .store
        .redeem_login_token(
            digest(token.as_bytes()),
            now_ms,
            digest(&session.0),
            ends_at_ms,
        )
        .await?;
    if !redeemed {
        return Err(Refusal::new(
            Class::Unauthenticated,
            "bad_login_token",
            "the log-in link is unknown, used or too old; `ingest-server login` makes a new one",
        ));
    }
    let csrf = core.secrets.csrf(&session.0);
    Ok(Session {
        token: session,
        csrf,
    })
}

/// Slows down whoever tries secrets.
fn admit_attempt(core: &Core, address: IpAddr) -> Result<(), Refusal> {
    core.logins
        .take(address_unit(address), core.now_ms())
        .map_err(Refusal::rate_limited)
}

/// The session of a cookie, where it is open.
///
/// # Errors
/// When the store fails.
pub async fn session(core: &Arc<Core>, cookie: &str) -> Result<Option<Session>, Refusal> {
    let Some(token) = ids::from_base64url::<32>(cookie) else {
        return Ok(None);
    };
    let (digest, now_ms) = (digest(&token), core.now_ms());
    let open = core
        .read(move |store| store.session_is_open(&digest, now_ms))
        .await?;
    let csrf = core.secrets.csrf(&token);
    Ok(open.then_some(Session {
        token: SessionToken(token),
        csrf,
    }))
}

/// Logs out.
///
/// # Errors
/// When the store fails.
pub async fn logout(core: &Core, session: &Session) -> Result<(), Refusal> {
    Ok(core.store.close_session(digest(&session.token.0)).await?)
}

/// The project of an API key.
///
/// # Errors
/// `bad_api_key`, `rate_limited`, or the store's failure.
pub async fn project(core: &Arc<Core>, address: IpAddr, key: &str) -> Result<Project, Refusal> {
    let refused = || Refusal::new(Class::Unauthenticated, "bad_api_key", "unknown project key");
    if !key.starts_with("fsk_") || key.len() > 128 {
        return Err(refused());
    }
    let (shared, key) = (Arc::clone(core), key.to_owned());
    match core
        .cpu
        .run(move || Ok(shared.keys.project_of(&key)?))
        .await?
    {
        Some(project) => Ok(project),
        None => {
            admit_attempt(core, address)?;
            Err(refused())
        }
    }
}

/// Whether a capability opens a report.
///
/// # Errors
/// `bad_capability`, or `rate_limited` for whoever tries many.
pub fn capability(
    core: &Core,
    address: IpAddr,
    report: &ReportId,
    presented: &str,
) -> Result<(), Refusal> {
    if core.secrets.opens(report, presented) {
        return Ok(());
    }
    admit_attempt(core, address)?;
    Err(Refusal::new(
        Class::Unauthenticated,
        "bad_capability",
        "this link does not open this report",
    ))
}
