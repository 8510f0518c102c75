//! A ticket as text: link, bare `FS1.…`, or decimal digits.

use crate::ticket::Ticket;
use crate::ticket_error::TicketError;
use crate::{base64url, decimal, limits};
use alloc::string::String;

/// What a base64url ticket starts with. The digit is the version of the text form.
pub const TEXT_PREFIX: &str = "FS1.";

/// The page that a ticket's link opens; the ticket follows in the fragment, which no browser sends
/// to a server.
pub const SCAN_PATH: &str = "/s#";

impl Ticket {
    /// `FS1.` and base64url.
    #[must_use]
    pub fn to_base64url(&self) -> String {
        let mut text = String::from(TEXT_PREFIX);
        text.push_str(&base64url::encode(self.bytes()));
        text
    }

    /// Decimal digits only.
    #[must_use]
    pub fn to_decimal(&self) -> String {
        decimal::encode(self.bytes())
    }

    /// A link that opens the scan page at `origin` (such as `https://scan.example.org`).
    #[must_use]
    pub fn to_url(&self, origin: &str) -> String {
        scan_link(origin, &self.to_base64url())
    }

    /// A link as [`Ticket::to_url`] makes it, with the ticket in decimal digits: longer to read,
    /// denser in a QR code.
    #[must_use]
    pub fn to_decimal_url(&self, origin: &str) -> String {
        scan_link(origin, &self.to_decimal())
    }

    /// Reads a ticket from any of its text forms, with white space around it tolerated. A link's
    /// origin is ignored: it says nothing about who issued the ticket. The signature is not checked
    /// yet.
    pub fn parse(text: &str) -> Result<Self, TicketError> {
        if text.len() > limits::TICKET_TEXT_BYTES_MAX {
            return Err(TicketError::TextTooLong);
        }
        let text = text.trim_matches(|char: char| char.is_whitespace() || char == '\u{feff}');
        let payload = match text.split_once('#') {
            Some((page, fragment)) if page.is_empty() || is_web_link(page) => fragment,
            Some(_) => return Err(TicketError::UnknownTextForm),
            None => text,
        };
        if let Some(digits) = payload.strip_prefix(TEXT_PREFIX) {
            return Self::decode(&base64url::decode(digits).ok_or(TicketError::BadTextEncoding)?);
        }
        if is_other_version(payload) {
            return Err(TicketError::UnsupportedVersion);
        }
        if payload.is_empty() || !payload.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(TicketError::UnknownTextForm);
        }
        Self::decode(&decimal::decode(payload).ok_or(TicketError::BadTextEncoding)?)
    }
}

fn scan_link(origin: &str, payload: &str) -> String {
    [origin.trim_end_matches('/'), SCAN_PATH, payload].concat()
}

fn is_web_link(page: &str) -> bool {
    let starts_with = |scheme: &str| {
        page.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    starts_with("https://") || starts_with("http://")
}

/// `FS` and a number other than one, then a dot.
fn is_other_version(payload: &str) -> bool {
    payload
        .strip_prefix("FS")
        .and_then(|rest| rest.split_once('.'))
        .is_some_and(|(version, _)| {
            !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit())
        })
}
