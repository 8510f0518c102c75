//! The pages, served from the binary.

use std::borrow::Cow;

use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, Route, guard, web};
use faultscan_wire::base64url;
use rust_embed::{EmbeddedFile, RustEmbed};

use super::problem::Problem;
use crate::service::refusal::Refusal;

/// What the build of www left. A server built without it says so on every page.
#[derive(RustEmbed)]
#[folder = "../www/dist"]
#[allow_missing = true]
struct Dist;

const DASHBOARD: &str = "dashboard/index.html";
const MINIAPP: &str = "miniapp/index.html";
/// Files under it carry a hash of their content in their name.
const HASHED: &str = "assets/";

const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
<meta name=\"viewport\" content=\"width=device-width\"><title>Faultscan: pages not built</title>\
<h1>The pages are not built</h1>\
<p>This server was built without its pages. Build them, then the server:</p>\
<pre>cargo xtask build www\ncargo xtask build server</pre>\
<p>or let <code>cargo xtask run</code> do both. The API under <code>/v1</code> works without them.</p>\
<h1 lang=\"zh\">页面尚未构建</h1>\
<p lang=\"zh\">此服务器构建时没有包含页面。请运行 <code>cargo xtask run</code>，或先构建 www 再构建服务器。\
<code>/v1</code> 下的接口不受影响。</p></html>";

/// A page answers those who read it, and those who only ask for its head.
pub(super) fn reading() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

/// `/` leads to the dashboard.
pub(super) async fn root() -> HttpResponse {
    HttpResponse::Found()
        .insert_header((header::LOCATION, "/dashboard/"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

/// The dashboard; it draws its own sub-pages and the log-in.
pub(super) async fn dashboard(req: HttpRequest) -> HttpResponse {
    page(&req, DASHBOARD)
}

/// The mini-app: scanning, and one report by its capability.
pub(super) async fn miniapp(req: HttpRequest) -> HttpResponse {
    page(&req, MINIAPP)
}

/// Any other path: a file of the pages, or nothing. Below `/dashboard/` a path that is no file is
/// one of the dashboard's own sub-pages.
pub(super) async fn file(req: HttpRequest) -> Result<HttpResponse, Problem> {
    if !matches!(*req.method(), Method::GET | Method::HEAD) {
        return Err(Refusal::missing("page").into());
    }
    let path = req.path().trim_start_matches('/');
    if let Some(found) = find(&req, path) {
        return Ok(found);
    }
    let last = path.rsplit('/').next().unwrap_or_default();
    if path.starts_with("dashboard") && !last.contains('.') {
        return Ok(page(&req, DASHBOARD));
    }
    Err(Refusal::missing("page").into())
}

fn page(req: &HttpRequest, path: &str) -> HttpResponse {
    find(req, path).unwrap_or_else(|| {
        HttpResponse::ServiceUnavailable()
            .content_type("text/html; charset=utf-8")
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .body(NOT_BUILT)
    })
}

fn find(req: &HttpRequest, path: &str) -> Option<HttpResponse> {
    if path.ends_with(".br") {
        return None;
    }
    let plain = Dist::get(path)?;
    let packed = takes_brotli(req)
        .then(|| Dist::get(&format!("{path}.br")))
        .flatten();
    Some(answer(req, path, plain, packed))
}

fn takes_brotli(req: &HttpRequest) -> bool {
    let accepted = req.headers().get_all(header::ACCEPT_ENCODING);
    accepted
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|one| {
            let mut parts = one.split(';').map(str::trim);
            parts.next() == Some("br") && parts.next() != Some("q=0")
        })
}

fn answer(
    req: &HttpRequest,
    path: &str,
    plain: EmbeddedFile,
    packed: Option<EmbeddedFile>,
) -> HttpResponse {
    let hash = plain.metadata.sha256_hash();
    let tag = format!(
        "\"{}{}\"",
        base64url::encode(&hash[..12]),
        if packed.is_some() { "b" } else { "" }
    );
    let mut response = HttpResponse::Ok();
    let cache = if path.starts_with(HASHED) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    response.insert_header((header::CACHE_CONTROL, cache));
    response.insert_header((header::ETAG, tag.clone()));
    response.insert_header((header::VARY, "accept-encoding"));
    let known = req
        .headers()
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    if known.is_some_and(|known| known.split(',').any(|one| one.trim() == tag)) {
        return response
            .status(actix_web::http::StatusCode::NOT_MODIFIED)
            .finish();
    }
    response.content_type(media_type(path));
    match packed {
        Some(packed) => {
            response.insert_header((header::CONTENT_ENCODING, "br"));
            body(response, packed.data)
        }
        None => body(response, plain.data),
    }
}

fn body(mut response: HttpResponseBuilder, data: Cow<'static, [u8]>) -> HttpResponse {
    match data {
        Cow::Borrowed(bytes) => response.body(bytes),
        Cow::Owned(bytes) => response.body(bytes),
    }
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn brotli_is_sent_to_those_who_take_it() {
        for (accepted, takes) in [
            ("gzip, br", true),
            ("br;q=1.0", true),
            ("br;q=0", false),
            ("gzip", false),
            ("bread", false),
        ] {
            let req = TestRequest::default().insert_header((header::ACCEPT_ENCODING, accepted));
            assert_eq!(takes_brotli(&req.to_http_request()), takes, "{accepted}");
        }
    }

    #[test]
    fn wasm_has_the_type_that_streaming_compilation_needs() {
        assert_eq!(media_type("assets/sdk-1a2b.wasm"), "application/wasm");
        assert_eq!(media_type("noextension"), "application/octet-stream");
    }
}
