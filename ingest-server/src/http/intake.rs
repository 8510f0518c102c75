//! Reading request bodies: within a size, within a time, within the memory that there is.

use std::time::Duration;

use actix_web::http::header::{self, HeaderMap};
use actix_web::{HttpRequest, web};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use tokio::sync::SemaphorePermit;
use tokio::time::{Instant, timeout_at};

use super::State;
use super::problem::Problem;
use crate::service::refusal::{Class, Refusal};

/// Time to throw away the body of a refused request.
const DISCARD_TIME: Duration = Duration::from_secs(5);

/// How long a body that is left unread is held. The HTTP layer closes a connection whose body somebody
/// still holds when the answer is sent; one that was let go it reads to its end, which may never come.
const UNREAD_HOLD: Duration = Duration::from_secs(2);

/// What kind of body is taken.
#[derive(Debug, Clone, Copy)]
pub(super) struct Accept {
    /// Media types; an absent type is taken where `""` is among them.
    pub(super) media_types: &'static [&'static str],
    pub(super) bytes_max: usize,
}

/// A body, and the claim on memory that it holds.
pub(super) struct Received<'a> {
    pub(super) bytes: Vec<u8>,
    reserved: Reserved<'a>,
}

impl<'a> Received<'a> {
    /// The bytes, and what must live as long as they do.
    pub(super) fn into_parts(self) -> (Vec<u8>, Reserved<'a>) {
        (self.bytes, self.reserved)
    }
}

/// A claim on memory for a body.
pub(super) struct Reserved<'a> {
    _permit: SemaphorePermit<'a>,
    state: &'a State,
    bytes: u32,
}

impl Drop for Reserved<'_> {
    fn drop(&mut self) {
        self.state
            .core
            .observe
            .inflight_bytes
            .sub(self.bytes.into());
    }
}

/// Reads a body. A refused body is thrown away first, as far as that is cheap, so that the client
/// reads the refusal instead of an abrupt end.
pub(super) async fn read<'a>(
    state: &'a State,
    req: &HttpRequest,
    payload: web::Payload,
    accept: Accept,
) -> Result<Received<'a>, (Refusal, bool)> {
    let mut payload = payload;
    let (reserved, declared) = match admit(state, req, accept) {
        Ok(admitted) => admitted,
        Err(refusal) => {
            let drained = discard(payload, state.core.config.limits.discard_bytes_max).await;
            return Err((refusal, drained));
        }
    };
    let limits = &state.core.config.limits;
    let deadline = Instant::now() + Duration::from_millis(limits.body_timeout_ms);
    let mut bytes = Vec::with_capacity(declared.unwrap_or(0));
    loop {
        let chunk = match timeout_at(deadline, payload.next()).await {
            Err(_) => {
                hold(payload);
                return Err((too_slow(limits.body_timeout_ms), false));
            }
            Ok(None) => return Ok(Received { bytes, reserved }),
            Ok(Some(Err(_))) => return Err((cut_short(), false)),
            Ok(Some(Ok(chunk))) => chunk,
        };
        if bytes.len() + chunk.len() > accept.bytes_max {
            drop(bytes);
            let drained = discard(payload, limits.discard_bytes_max).await;
            return Err((too_large(accept.bytes_max), drained));
        }
        bytes.extend_from_slice(&chunk);
    }
}

/// Turns a refused body into an answer.
pub(super) fn refuse((refusal, drained): (Refusal, bool)) -> Problem {
    if drained {
        refusal.into()
    } else {
        Problem::closing(refusal)
    }
}

/// Everything that the head of a request tells, before a byte of the body is read.
fn admit<'a>(
    state: &'a State,
    req: &HttpRequest,
    accept: Accept,
) -> Result<(Reserved<'a>, Option<usize>), Refusal> {
    state
        .core
        .admit_address(super::extract::address(state, req))?;
    check_media_type(req.headers(), accept.media_types)?;
    let declared = declared_length(req.headers())?;
    if declared.is_some_and(|declared| declared > accept.bytes_max) {
        return Err(too_large(accept.bytes_max));
    }
    let bytes = u32::try_from(declared.unwrap_or(accept.bytes_max)).unwrap_or(u32::MAX);
    let permit = state
        .inflight
        .try_acquire_many(bytes)
        .map_err(|_| Refusal::overloaded())?;
    state.core.observe.inflight_bytes.add(bytes.into());
    Ok((
        Reserved {
            _permit: permit,
            state,
            bytes,
        },
        declared,
    ))
}

/// Says the request that its body is of this kind?
pub(super) fn is_media_type(req: &HttpRequest, wanted: &str) -> bool {
    check_media_type(req.headers(), &[wanted]).is_ok()
}

fn check_media_type(headers: &HeaderMap, accepted: &[&str]) -> Result<(), Refusal> {
    let unsupported = |detail: String| {
        Err(Refusal::new(
            Class::Unsupported,
            "unsupported_media_type",
            detail,
        ))
    };
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let full = text(header::CONTENT_TYPE).unwrap_or_default();
    let media_type = full.split(';').next().unwrap_or_default().trim();
    if !accepted
        .iter()
        .any(|accepted| accepted.eq_ignore_ascii_case(media_type))
    {
        let wanted = accepted.first().copied().unwrap_or_default();
        return unsupported(format!("the body has to be {wanted}"));
    }
    match text(header::CONTENT_ENCODING) {
        None | Some("identity") => Ok(()),
        Some(_) => unsupported("the body must not be encoded".to_owned()),
    }
}

fn declared_length(headers: &HeaderMap) -> Result<Option<usize>, Refusal> {
    let Some(value) = headers.get(header::CONTENT_LENGTH) else {
        return Ok(None);
    };
    match value.to_str().ok().and_then(|text| text.parse().ok()) {
        Some(length) => Ok(Some(length)),
        None => Err(Refusal::new(
            Class::Malformed,
            "bad_content_length",
            "no such length",
        )),
    }
}

/// Reads on without keeping anything; tells whether the end was reached.
async fn discard(mut payload: web::Payload, bytes_max: usize) -> bool {
    let deadline = Instant::now() + DISCARD_TIME;
    let mut bytes = 0;
    loop {
        match timeout_at(deadline, payload.next()).await {
            Ok(None) => return true,
            Ok(Some(Ok(chunk))) if bytes + chunk.len() <= bytes_max => bytes += chunk.len(),
            _ => {
                hold(payload);
                return false;
            }
        }
    }
}

/// Keeps an unread body past the answer, so that the connection is closed.
fn hold(payload: web::Payload) {
    actix_web::rt::spawn(async move {
        tokio::time::sleep(UNREAD_HOLD).await;
        drop(payload);
    });
}

fn too_large(bytes_max: usize) -> Refusal {
    let detail = format!("the body is larger than {bytes_max} bytes");
    Refusal::new(Class::TooLarge, "body_too_large", detail)
}

fn too_slow(body_timeout_ms: u64) -> Refusal {
    let detail = format!("the body did not arrive within {body_timeout_ms} ms");
    Refusal::new(Class::TooSlow, "body_timeout", detail)
}

fn cut_short() -> Refusal {
    Refusal::new(
        Class::Malformed,
        "body_incomplete",
        "the body ended before its declared length",
    )
}

/// Reads a JSON body.
pub(super) async fn json<T: DeserializeOwned>(
    state: &State,
    req: &HttpRequest,
    payload: web::Payload,
) -> Result<T, Problem> {
    let accept = Accept {
        media_types: &["application/json"],
        bytes_max: state.core.config.limits.json_bytes_max,
    };
    let received = read(state, req, payload, accept).await.map_err(refuse)?;
    serde_json::from_slice(&received.bytes).map_err(|error| {
        Refusal::new(
            Class::Malformed,
            "bad_json",
            format!("the body does not fit: {error}"),
        )
        .into()
    })
}
