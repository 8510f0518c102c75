//! Headers that every answer carries, and which paths other origins may ask.

use actix_web::HttpResponse;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;

/// Scripts and connections of our own origin only; wasm may be compiled, nothing may be inlined.
const CSP: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; media-src 'self' blob:; \
    worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'self'; \
    frame-ancestors 'none'";

/// Mini-apps live on other origins. These paths never look at cookies without a CSRF token, and
/// `*` keeps browsers from sending any.
fn is_shared(path: &str) -> bool {
    matches!(
        path,
        "/v1/snapshots"
            | "/v1/urgent"
            | "/v1/ping"
            | "/v1/random"
            | "/v1/catalogue/pack"
            | "/.well-known/faultscan/keys.json"
    ) || path
        .strip_prefix("/v1/reports/")
        .is_some_and(|rest| !rest.is_empty())
}

/// Answers preflights, and puts the headers on.
pub(super) async fn apply<B: MessageBody + 'static>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let shared = is_shared(req.path());
    let preflight = req.method() == Method::OPTIONS && req.headers().contains_key(header::ORIGIN);
    let mut response = if shared && preflight {
        let mut answer = HttpResponse::NoContent();
        answer.insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"));
        answer.insert_header((
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "authorization, content-type",
        ));
        answer.insert_header((header::ACCESS_CONTROL_MAX_AGE, "86400"));
        req.into_response(answer.finish())
    } else {
        next.call(req).await?.map_into_boxed_body()
    };
    let headers = response.headers_mut();
    if shared {
        set(headers, header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        set(
            headers,
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            "retry-after, date, etag, x-catalogue-version",
        );
    }
    let resource_policy = if shared {
        "cross-origin"
    } else {
        "same-origin"
    };
    set(
        headers,
        HeaderName::from_static("cross-origin-resource-policy"),
        resource_policy,
    );
    set(
        headers,
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    );
    set(
        headers,
        HeaderName::from_static("cross-origin-embedder-policy"),
        "require-corp",
    );
    set(headers, header::CONTENT_SECURITY_POLICY, CSP);
    set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(headers, header::X_FRAME_OPTIONS, "DENY");
    set(headers, header::REFERRER_POLICY, "no-referrer");
    set(
        headers,
        HeaderName::from_static("permissions-policy"),
        "camera=(self), microphone=(), geolocation=(), payment=()",
    );
    Ok(response)
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}
