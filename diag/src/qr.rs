//! A ticket's QR code, for a terminal or a file.

use faultscan_wire::Ticket;
use faultscan_wire::qr::{QUIET_ZONE, QrCode, Terminal, TicketForm};

use crate::term::Term;

/// Pixels of a module in a file: large enough for a phone to read from a screen.
const MODULE_PX: u32 = 8;
/// Even the barest ticket needs about this version, however small the terminal is.
const VERSION_FLOOR: u8 = 9;

/// What the code holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// A link with digits.
    Url { origin: String },
    /// Digits.
    Decimal,
    /// A link with the text form.
    Text { origin: String },
}

/// A code and the text in it.
#[derive(Debug)]
pub(crate) struct Picture {
    code: QrCode,
    text: String,
}

impl Picture {
    /// The smallest code that holds the ticket.
    pub(crate) fn of(ticket: &Ticket, form: &Form) -> anyhow::Result<Self> {
        let (form, text) = match form {
            Form::Url { origin } => (TicketForm::Url { origin }, ticket.to_decimal_url(origin)),
            Form::Decimal => (TicketForm::Decimal, ticket.to_decimal()),
            Form::Text { origin } => (TicketForm::Base64Url { origin }, ticket.to_url(origin)),
        };
        Ok(Self {
            code: QrCode::of_ticket(ticket, form)?,
            text,
        })
    }

    /// The QR version, 1 to 40.
    pub(crate) fn version(&self) -> u8 {
        self.code.version()
    }

    /// Modules along a side.
    pub(crate) fn size(&self) -> usize {
        self.code.size()
    }

    /// What a scanner reads.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The code as half blocks. With colours it is black on white on every terminal; without, the
    /// background is taken to be dark, unless `light` says otherwise.
    pub(crate) fn for_terminal(&self, term: Term, light: bool) -> String {
        let terminal = match (term.colors(), light) {
            (true, _) => Terminal::Colours,
            (false, true) => Terminal::Light,
            (false, false) => Terminal::Dark,
        };
        self.code.to_terminal(terminal)
    }

    /// The code as SVG.
    pub(crate) fn svg(&self) -> String {
        self.code.to_svg(MODULE_PX)
    }

    /// The code as PNG.
    pub(crate) fn png(&self) -> anyhow::Result<Vec<u8>> {
        Ok(self.code.to_png(MODULE_PX)?)
    }
}

/// The largest version that a terminal of so many columns and rows shows whole: one column and half
/// a row for each module. Three rows stay for the text around it.
pub(crate) fn version_for(columns: usize, rows: usize) -> u8 {
    let side = columns
        .min(rows.saturating_sub(3) * 2)
        .saturating_sub(2 * QUIET_ZONE);
    let version = side.saturating_sub(17) / 4;
    u8::try_from(version)
        .unwrap_or(u8::MAX)
        .clamp(VERSION_FLOOR, 40)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_terminal_limits_the_version() {
        // Version v has 17 + 4v modules and 8 of quiet zone: version 13 takes 77 columns.
        assert_eq!(version_for(80, 100), 13);
        assert_eq!(version_for(76, 100), 12);
        assert_eq!(version_for(200, 46), 15);
        assert_eq!(version_for(80, 24), VERSION_FLOOR);
        assert_eq!(version_for(10_000, 10_000), 40);
    }
}
