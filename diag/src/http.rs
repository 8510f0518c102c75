//! A small blocking HTTP client.

use std::time::Duration;

use anyhow::Context as _;
use serde_json::Value;

use crate::exit::bad_input;

const TIMEOUT: Duration = Duration::from_secs(20);
const ANSWER_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The JSON document, or the text as a JSON string where it is none.
    pub(crate) body: Value,
}

impl Answer {
    /// Whether the server did what was asked.
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The refusal in one line: the problem's title or detail, and its reason.
    pub(crate) fn refusal(&self) -> String {
        let field = |name: &str| {
            self.body
                .get(name)
                .and_then(Value::as_str)
                .filter(|text| !text.is_empty())
        };
        let text = field("detail")
            .or_else(|| field("title"))
            .or_else(|| self.body.as_str())
            .unwrap_or("no reason given");
        match field("reason") {
            Some(reason) => format!("the server refused ({}, {reason}): {text}", self.status),
            None => format!("the server refused ({}): {text}", self.status),
        }
    }
}

/// A server's address without a trailing slash.
pub(crate) fn server_url(text: &str) -> anyhow::Result<String> {
    let url = text.trim().trim_end_matches('/');
    if url.starts_with("http://") || url.starts_with("https://") {
        Ok(url.to_owned())
    } else {
        Err(bad_input(format_args!(
            "`{text}` is no server address; write it as https://HOST or http://HOST:PORT"
        )))
    }
}

/// Sends a body by POST.
pub(crate) fn post(
    url: &str,
    content_type: &str,
    bearer: Option<&str>,
    body: &[u8],
) -> anyhow::Result<Answer> {
    let mut request = agent()
        .post(url)
        .content_type(content_type)
        .header("accept", "application/json");
    if let Some(token) = bearer {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    answer(
        request
            .send(body)
            .with_context(|| format!("no answer from {url}"))?,
    )
}

/// Fetches a document by GET.
pub(crate) fn get(url: &str) -> anyhow::Result<Answer> {
    let request = agent().get(url).header("accept", "application/json");
    answer(
        request
            .call()
            .with_context(|| format!("no answer from {url}"))?,
    )
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_global(Some(TIMEOUT))
        .http_status_as_error(false)
        .user_agent(concat!("faultscan-diag/", env!("CARGO_PKG_VERSION")))
        .build()
        .into()
}

fn answer(mut response: ureq::http::Response<ureq::Body>) -> anyhow::Result<Answer> {
    let status = response.status().as_u16();
    let bytes = response
        .body_mut()
        .with_config()
        .limit(ANSWER_BYTES_MAX)
        .read_to_vec()
        .context("the server's answer broke off")?;
    let body = serde_json::from_slice(&bytes)
        .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).trim().to_owned()));
    Ok(Answer { status, body })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_one_clear_line() {
        let body = serde_json::json!({"title": "Gone", "detail": "the ticket expired 40 s ago", "reason": "ticket_expired"});
        let answer = Answer { status: 410, body };
        assert_eq!(
            answer.refusal(),
            "the server refused (410, ticket_expired): the ticket expired 40 s ago"
        );
        assert!(!answer.is_success());
    }

    #[test]
    fn server_addresses_need_a_scheme() {
        assert_eq!(
            server_url(" http://127.0.0.1:8080/ ").unwrap(),
            "http://127.0.0.1:8080"
        );
        assert!(server_url("example.org").is_err());
    }
}
