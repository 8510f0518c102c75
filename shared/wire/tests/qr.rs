//! QR codes are read back by an independent decoder.
#![cfg(feature = "qr")]
#![allow(clippy::unwrap_used)]

mod common;

use common::{bare_claims, full_ticket, issuer};
use faultscan_wire::Ticket;
use faultscan_wire::qr::{
    MODULE_PX_MAX, QUIET_ZONE, QrCode, QrError, Segment, Terminal, TicketForm,
};

const ORIGIN: &str = "https://scan.example.org";

/// Reads the code in a picture; `dark` tells a pixel's colour.
fn read(width: usize, height: usize, dark: impl Fn(usize, usize) -> bool) -> String {
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
        if dark(x, y) { 0 } else { 255 }
    });
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1, "one code in the picture");
    grids[0].decode().unwrap().1
}

fn read_modules(code: &QrCode) -> String {
    let side = (code.size() + 2 * QUIET_ZONE) * 3;
    read(side, side, |x, y| {
        let (x, y) = (x / 3, y / 3);
        x >= QUIET_ZONE && y >= QUIET_ZONE && code.get(x - QUIET_ZONE, y - QUIET_ZONE)
    })
}

#[test]
fn every_form_of_a_ticket_reads_back() {
    for ticket in [
        Ticket::issue(bare_claims(), &issuer()).unwrap(),
        full_ticket(),
    ] {
        for form in [
            TicketForm::Url { origin: ORIGIN },
            TicketForm::Decimal,
            TicketForm::Base64Url { origin: ORIGIN },
        ] {
            let code = QrCode::of_ticket(&ticket, form).unwrap();
            let text = read_modules(&code);
            assert_eq!(Ticket::parse(&text).unwrap(), ticket, "{form:?}");
            assert_eq!(text.starts_with(ORIGIN), form != TicketForm::Decimal);
        }
    }
}

#[test]
fn a_link_with_digits_is_smaller_than_one_with_base64url() {
    let ticket = Ticket::issue(bare_claims(), &issuer()).unwrap();
    let version = |form| QrCode::of_ticket(&ticket, form).unwrap().version();
    let url = version(TicketForm::Url { origin: ORIGIN });
    assert!(version(TicketForm::Decimal) < url);
    assert!(url < version(TicketForm::Base64Url { origin: ORIGIN }));
}

#[test]
fn the_version_is_the_smallest_that_fits() {
    // Capacities in digits at level M, from the standard's table 7.
    for (version, digits) in [(1, 34), (2, 63), (7, 293), (10, 513), (40, 5596)] {
        let code = |len| QrCode::encode(&[Segment::Digits(&"7".repeat(len))]);
        assert_eq!(code(digits).unwrap().version(), version);
        match code(digits + 1) {
            Ok(code) => assert_eq!(code.version(), version + 1),
            Err(error) => assert_eq!((version, error), (40, QrError::TooLong)),
        }
    }
}

#[test]
fn refuses_what_is_no_code() {
    assert_eq!(
        QrCode::encode(&[Segment::Digits("12a")]),
        Err(QrError::NotDigits)
    );
    assert_eq!(
        QrCode::encode(&[Segment::Digits("１２")]),
        Err(QrError::NotDigits)
    );
    let long = "x".repeat(2332);
    assert_eq!(
        QrCode::encode(&[Segment::Text(&long)]),
        Err(QrError::TooLong)
    );
    let huge = "x".repeat(1 << 20);
    assert_eq!(
        QrCode::encode(&[Segment::Text(&huge)]),
        Err(QrError::TooLong)
    );
    let code = QrCode::encode(&[]).unwrap();
    assert_eq!(code.to_png(0), Err(QrError::BadModuleSize));
    assert_eq!(code.to_png(MODULE_PX_MAX + 1), Err(QrError::BadModuleSize));
}

#[test]
fn the_png_reads_back() {
    let ticket = full_ticket();
    let code = QrCode::of_ticket(&ticket, TicketForm::Url { origin: ORIGIN }).unwrap();
    let bytes = code.to_png(3).unwrap();
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes))
        .read_info()
        .unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!(info.width as usize, (code.size() + 2 * QUIET_ZONE) * 3);
    assert_eq!(info.bit_depth, png::BitDepth::One);
    let text = read(info.width as usize, info.height as usize, |x, y| {
        pixels[y * info.line_size + x / 8] & (0x80 >> (x % 8)) == 0
    });
    assert_eq!(Ticket::parse(&text).unwrap(), ticket);
}

#[test]
fn the_terminal_text_reads_back() {
    let ticket = full_ticket();
    let code = QrCode::of_ticket(&ticket, TicketForm::Decimal).unwrap();
    for terminal in [Terminal::Dark, Terminal::Light, Terminal::Colours] {
        let text = code.to_terminal(terminal);
        let text = text
            .replace("\x1b[38;5;16;48;5;231m", "")
            .replace("\x1b[0m", "");
        let rows: Vec<Vec<char>> = text.lines().map(|line| line.chars().collect()).collect();
        let side = code.size() + 2 * QUIET_ZONE;
        assert!(rows.iter().all(|row| row.len() == side));
        let ink_is_dark = terminal != Terminal::Dark;
        let read = read(side * 3, side * 3, |x, y| {
            let (x, y) = (x / 3, y / 3);
            let ink = match rows[y / 2][x] {
                '█' => true,
                '▀' => y % 2 == 0,
                '▄' => y % 2 == 1,
                _ => false,
            };
            ink == ink_is_dark
        });
        assert_eq!(Ticket::parse(&read).unwrap(), ticket, "{terminal:?}");
    }
}

#[test]
fn the_svg_draws_every_dark_module_once() {
    let code = QrCode::encode(&[Segment::Text("faultscan")]).unwrap();
    let svg = code.to_svg(8);
    let side = code.size() + 2 * QUIET_ZONE;
    assert!(svg.contains(&format!("viewBox=\"0 0 {side} {side}\"")));
    assert!(svg.contains(&format!("width=\"{}\"", side * 8)));
    let mut drawn = vec![vec![false; side]; side];
    let path = svg
        .split(" d=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    for run in path.split('M').skip(1) {
        let (start, rest) = run.split_once('h').unwrap();
        let (x, y) = start.split_once(' ').unwrap();
        let len: usize = rest.split_once('v').unwrap().0.parse().unwrap();
        let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
        for module in &mut drawn[y][x..x + len] {
            assert!(!std::mem::replace(module, true));
        }
    }
    for (y, row) in drawn.iter().enumerate() {
        for (x, &dark) in row.iter().enumerate() {
            let inside = x >= QUIET_ZONE && y >= QUIET_ZONE;
            assert_eq!(dark, inside && code.get(x - QUIET_ZONE, y - QUIET_ZONE));
        }
    }
}
