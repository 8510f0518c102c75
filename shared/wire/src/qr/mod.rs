//! QR codes: a ticket as SVG, PNG or terminal text.
//!
//! A ticket's link goes into two segments: the page's address as bytes, the ticket as decimal
//! digits in numeric mode. That is as easy to open with any camera app as base64url, and two to
//! three versions smaller. Error correction is at least M, raised where the version has room; the
//! quiet zone is four modules wide in every form of output.

mod render;

pub use render::{MODULE_PX_MAX, Terminal};

use qrcodegen::{DataTooLong, QrCodeEcc, QrSegment, Version};

use crate::ticket::Ticket;
use crate::ticket_text::SCAN_PATH;

/// Light modules around the code, in modules.
pub const QUIET_ZONE: usize = 4;
/// The most characters that any QR code holds (digits, at the lowest error correction).
const CHARACTERS_MAX: usize = 7089;

/// A part of a QR code's content, in the mode that suits it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment<'a> {
    /// Any text.
    Text(&'a str),
    /// Decimal digits, packed three to ten bits.
    Digits(&'a str),
}

/// How a ticket is written into a QR code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TicketForm<'a> {
    /// A link that opens the scan page; the ticket as decimal digits.
    Url {
        /// Where the page is, such as `https://scan.example.org`.
        origin: &'a str,
    },
    /// Decimal digits only, for scanners inside an application.
    Decimal,
    /// A link that opens the scan page; the ticket as `FS1.…`. Larger than [`TicketForm::Url`].
    Base64Url {
        /// Where the page is.
        origin: &'a str,
    },
}

/// Why there is no QR code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QrError {
    /// The content does not fit the largest QR code.
    #[error("the content is too long for a QR code")]
    TooLong,
    /// A segment of digits holds other characters.
    #[error("a segment of digits holds other characters")]
    NotDigits,
    /// Modules of zero pixels, or of more than [`MODULE_PX_MAX`].
    #[error("a module must be between 1 and {MODULE_PX_MAX} pixels wide")]
    BadModuleSize,
    /// The PNG encoder failed.
    #[error("the PNG could not be written")]
    Png,
}

impl QrError {
    /// Stable name of the fault.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::TooLong => "qr_too_long",
            Self::NotDigits => "qr_not_digits",
            Self::BadModuleSize => "qr_bad_module_size",
            Self::Png => "qr_png",
        }
    }
}

/// A QR code.
#[derive(Clone, PartialEq, Eq)]
pub struct QrCode {
    code: qrcodegen::QrCode,
}

impl QrCode {
    /// Makes the smallest code that holds the segments.
    pub fn encode(segments: &[Segment<'_>]) -> Result<Self, QrError> {
        let mut characters = 0_usize;
        let mut parts = Vec::with_capacity(segments.len());
        for segment in segments {
            let (Segment::Text(text) | Segment::Digits(text)) = segment;
            characters = characters.saturating_add(text.len());
            if characters > CHARACTERS_MAX {
                return Err(QrError::TooLong);
            }
            parts.push(match segment {
                Segment::Text(text) => QrSegment::make_bytes(text.as_bytes()),
                Segment::Digits(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                    QrSegment::make_numeric(digits)
                }
                Segment::Digits(_) => return Err(QrError::NotDigits),
            });
        }
        let (min, max) = (Version::MIN, Version::MAX);
        qrcodegen::QrCode::encode_segments_advanced(&parts, QrCodeEcc::Medium, min, max, None, true)
            .map(|code| Self { code })
            .map_err(|_: DataTooLong| QrError::TooLong)
    }

    /// Makes a code for a ticket.
    pub fn of_ticket(ticket: &Ticket, form: TicketForm<'_>) -> Result<Self, QrError> {
        match form {
            TicketForm::Url { origin } => {
                let page = [origin.trim_end_matches('/'), SCAN_PATH].concat();
                let digits = ticket.to_decimal();
                Self::encode(&[Segment::Text(&page), Segment::Digits(&digits)])
            }
            TicketForm::Decimal => Self::encode(&[Segment::Digits(&ticket.to_decimal())]),
            TicketForm::Base64Url { origin } => {
                Self::encode(&[Segment::Text(&ticket.to_url(origin))])
            }
        }
    }

    /// Modules along one side, without the quiet zone.
    #[must_use]
    pub fn size(&self) -> usize {
        self.code.size().unsigned_abs() as usize
    }

    /// Whether a module is dark; outside the code every module is light.
    #[must_use]
    pub fn get(&self, x: usize, y: usize) -> bool {
        match (i32::try_from(x), i32::try_from(y)) {
            (Ok(x), Ok(y)) => self.code.get_module(x, y),
            _ => false,
        }
    }

    /// The version, 1 to 40; a side has 17 and four times as many modules.
    #[must_use]
    pub fn version(&self) -> u8 {
        self.code.version().value()
    }
}

impl std::fmt::Debug for QrCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "QrCode(version {})", self.version())
    }
}
