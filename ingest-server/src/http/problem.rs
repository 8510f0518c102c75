//! Refusals as `application/problem+json` (RFC 9457), with a stable `reason`.

use std::fmt;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::service::refusal::{Class, Refusal};

/// A refused request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(title = "Problem")]
pub(super) struct ProblemBody {
    /// `about:blank`: the reason says more than a type could.
    #[serde(rename = "type")]
    #[schema(example = "about:blank")]
    kind: &'static str,
    /// The status in words.
    #[schema(example = "Gone")]
    title: &'static str,
    /// The HTTP status.
    #[schema(example = 410)]
    status: u16,
    /// Stable name of the fault, for machines. docs/spec/http.md lists them.
    #[schema(example = "ticket_expired")]
    reason: &'static str,
    /// For people.
    #[schema(example = "the ticket expired 42 s ago")]
    detail: String,
}

/// A refusal on its way to an HTTP client.
#[derive(Debug)]
pub(super) struct Problem {
    refusal: Refusal,
    close: bool,
}

impl Problem {
    /// The connection ends with the answer, for its rest cannot be made sense of.
    pub(super) fn closing(refusal: Refusal) -> Self {
        Self {
            refusal,
            close: true,
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self {
            refusal,
            close: false,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.refusal.fmt(f)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        status(self.refusal.class)
    }

    fn error_response(&self) -> HttpResponse {
        let status = self.status_code();
        let mut response = HttpResponse::build(status);
        if status == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer realm=\"faultscan\""));
        }
        if let Some(retry_after_s) = self.refusal.retry_after_s {
            response.insert_header((header::RETRY_AFTER, retry_after_s.to_string()));
        }
        if self.close {
            response.force_close();
        }
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        response.content_type("application/problem+json");
        let body = ProblemBody {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            reason: self.refusal.reason,
            detail: self.refusal.detail.to_string(),
        };
        response.body(serde_json::to_string(&body).unwrap_or_default())
    }
}

fn status(class: Class) -> StatusCode {
    match class {
        Class::Malformed => StatusCode::BAD_REQUEST,
        Class::Unauthenticated => StatusCode::UNAUTHORIZED,
        Class::Forbidden => StatusCode::FORBIDDEN,
        Class::Missing => StatusCode::NOT_FOUND,
        Class::TooSlow => StatusCode::REQUEST_TIMEOUT,
        Class::Conflict => StatusCode::CONFLICT,
        Class::Expired => StatusCode::GONE,
        Class::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Class::Unsupported => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Class::Unacceptable => StatusCode::UNPROCESSABLE_ENTITY,
        Class::TooMany => StatusCode::TOO_MANY_REQUESTS,
        Class::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Class::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
