use crate::mp::MpError;

/// Why a ticket is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TicketError {
    /// The text is longer than any ticket.
    #[error("the text is too long for a ticket")]
    TextTooLong,
    /// The text is neither a ticket's URL, nor `FS1.…`, nor decimal digits.
    #[error("the text is not a ticket: neither a link with #, nor FS1.…, nor decimal digits")]
    UnknownTextForm,
    /// The text starts as a ticket, yet its characters do not decode to bytes.
    #[error("the ticket's text is damaged")]
    BadTextEncoding,
    /// More bytes than a ticket may have.
    #[error("the ticket is too large")]
    TooLarge,
    /// The bytes end too early.
    #[error("the ticket is cut short")]
    Truncated,
    /// Bytes stand between the claims and the signature.
    #[error("the ticket has extra bytes")]
    TrailingBytes,
    /// A string is not UTF-8.
    #[error("the ticket holds text that is not UTF-8")]
    InvalidUtf8,
    /// Not the array of values that makes a ticket.
    #[error("these bytes are not a ticket")]
    Malformed,
    /// A version or text form that this code does not know.
    #[error("the ticket's version is not supported")]
    UnsupportedVersion,
    /// A claim is out of its range, too long, or holds characters that are not allowed.
    #[error("the ticket's {field} is not acceptable")]
    BadField {
        /// Name of the claim.
        field: &'static str,
    },
    /// The same claims have a shorter or better ordered encoding, which is the only one allowed.
    #[error("the ticket is not in its canonical encoding")]
    NonCanonical,
    /// The claims name another key than the one that is to sign them.
    #[error("the claims name another issuer key than the one given")]
    KeyIdMismatch,
    /// Nobody known has issued this ticket.
    #[error("the ticket's issuer key is not known")]
    UnknownIssuer,
    /// The issuer has not signed these bytes.
    #[error("the ticket's signature is not valid")]
    BadSignature,
    /// The ticket's time is over.
    #[error("the ticket expired {ago_s} s ago")]
    Expired {
        /// Seconds since expiry.
        ago_s: u64,
    },
    /// The ticket was issued in the future, further than clocks may differ.
    #[error("the ticket becomes valid in {in_s} s; check the clock")]
    NotYetValid {
        /// Seconds until the time of issue.
        in_s: u64,
    },
}

impl TicketError {
    /// Stable name of the fault, for machines and counters.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::TextTooLong => "ticket_text_too_long",
            Self::UnknownTextForm => "ticket_unknown_text_form",
            Self::BadTextEncoding => "ticket_bad_text_encoding",
            Self::TooLarge => "ticket_too_large",
            Self::Truncated => "ticket_truncated",
            Self::TrailingBytes => "ticket_trailing_bytes",
            Self::InvalidUtf8 => "ticket_invalid_utf8",
            Self::Malformed => "ticket_malformed",
            Self::UnsupportedVersion => "ticket_unsupported_version",
            Self::BadField { .. } => "ticket_bad_field",
            Self::NonCanonical => "ticket_non_canonical",
            Self::KeyIdMismatch => "ticket_key_id_mismatch",
            Self::UnknownIssuer => "unknown_issuer",
            Self::BadSignature => "bad_ticket_signature",
            Self::Expired { .. } => "ticket_expired",
            Self::NotYetValid { .. } => "ticket_not_yet_valid",
        }
    }
}

impl From<MpError> for TicketError {
    fn from(error: MpError) -> Self {
        match error {
            MpError::Truncated => Self::Truncated,
            MpError::TrailingBytes => Self::TrailingBytes,
            MpError::InvalidUtf8 => Self::InvalidUtf8,
            MpError::NotShortest => Self::NonCanonical,
            _ => Self::Malformed,
        }
    }
}
