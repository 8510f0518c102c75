//! How answers leave.

use actix_web::HttpResponse;
use serde::Serialize;

/// What may not be kept: it is for whom it was made, and of the moment.
pub(super) const NO_STORE: (&str, &str) = ("cache-control", "no-store");

/// JSON that nobody may keep.
pub(super) fn fresh(body: impl Serialize) -> HttpResponse {
    HttpResponse::Ok().insert_header(NO_STORE).json(body)
}
