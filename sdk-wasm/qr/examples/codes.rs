//! QR codes as tickets of the usual sizes give them, as JSON for the bench of readers:
//! `[{"text": …, "size": modules along a side, "dark": one "0" or "1" a module, row by row}]`.

#![allow(clippy::print_stdout, reason = "its output is its result")]

use faultscan_wire::qr::{QrCode, QrError, Segment};

const PAGE: &str = "https://scan.example.org/s#";
/// Bytes of a bare ticket, one with a code, one with context, and one with lines of evidence.
const TICKET_BYTES: [usize; 4] = [136, 148, 178, 326];

fn main() -> Result<(), QrError> {
    let mut codes = Vec::new();
    for (at, bytes) in TICKET_BYTES.into_iter().cycle().take(12).enumerate() {
        // Seven bytes are 17 digits. The digits of a seal look random; so do these.
        let mut state = at as u32 + 1;
        let digits: String = (0..(bytes * 17).div_ceil(7))
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                char::from(b'0' + ((state >> 16) % 10) as u8)
            })
            .collect();
        let code = QrCode::encode(&[Segment::Text(PAGE), Segment::Digits(&digits)])?;
        let size = code.size();
        let dark: String = (0..size * size)
            .map(|at| {
                if code.get(at % size, at / size) {
                    '1'
                } else {
                    '0'
                }
            })
            .collect();
        codes.push(format!(
            r#"{{"text":"{PAGE}{digits}","size":{size},"dark":"{dark}"}}"#
        ));
    }
    println!("[{}]", codes.join(","));
    Ok(())
}
