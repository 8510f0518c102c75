//! A QR code as an image or as text.

use std::fmt::Write;

use super::{QUIET_ZONE, QrCode, QrError};

/// Widest module of a PNG.
pub const MODULE_PX_MAX: u32 = 32;

/// How a code is drawn on a terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Terminal {
    /// Black on white by escape sequences; right on any terminal that knows colours.
    #[default]
    Colours,
    /// No escape sequences, for a terminal with a dark background.
    Dark,
    /// No escape sequences, for a terminal with a light background.
    Light,
}

impl QrCode {
    /// A stand-alone SVG, black on white, quiet zone included. It scales to any size; `module_px`
    /// sets its natural one.
    #[must_use]
    pub fn to_svg(&self, module_px: u32) -> String {
        let side = self.size() + 2 * QUIET_ZONE;
        let side_px = side * module_px.clamp(1, MODULE_PX_MAX) as usize;
        let mut svg = String::with_capacity(16 * 1024);
        // Writing to a string cannot fail.
        let _ = write!(
            svg,
            r##"<svg xmlns="http://www.w3.org/2000/svg" width="{side_px}" height="{side_px}" viewBox="0 0 {side} {side}" shape-rendering="crispEdges"><rect width="{side}" height="{side}" fill="#fff"/><path fill="#000" d=""##,
        );
        for y in 0..self.size() {
            let mut x = 0;
            while x < self.size() {
                let run = (x..self.size()).take_while(|&x| self.get(x, y)).count();
                if run > 0 {
                    let (left, top) = (x + QUIET_ZONE, y + QUIET_ZONE);
                    let _ = write!(svg, "M{left} {top}h{run}v1h-{run}z");
                }
                x += run + 1;
            }
        }
        svg.push_str(r#""/></svg>"#);
        svg
    }

    /// A PNG of one bit a pixel, black on white, quiet zone included.
    pub fn to_png(&self, module_px: u32) -> Result<Vec<u8>, QrError> {
        if !(1..=MODULE_PX_MAX).contains(&module_px) {
            return Err(QrError::BadModuleSize);
        }
        let scale = module_px as usize;
        let side = self.size() + 2 * QUIET_ZONE;
        let row_bytes = (side * scale).div_ceil(8);
        let mut pixels = Vec::with_capacity(row_bytes * side * scale);
        for y in 0..side {
            let mut row = vec![0xff_u8; row_bytes];
            for x in (0..side).filter(|&x| self.with_quiet_zone(x, y)) {
                for pixel in x * scale..(x + 1) * scale {
                    row[pixel / 8] &= !(0x80 >> (pixel % 8));
                }
            }
            for _ in 0..scale {
                pixels.extend_from_slice(&row);
            }
        }
        let mut bytes = Vec::new();
        // At most 185 modules of 32 pixels.
        let side_px = (side * scale) as u32;
        let mut encoder = png::Encoder::new(&mut bytes, side_px, side_px);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::One);
        let written = encoder
            .write_header()
            .and_then(|mut writer| writer.write_image_data(&pixels));
        written.map_err(|_| QrError::Png)?;
        Ok(bytes)
    }

    /// Lines of half blocks, two modules high, quiet zone included.
    #[must_use]
    pub fn to_terminal(&self, terminal: Terminal) -> String {
        let side = self.size() + 2 * QUIET_ZONE;
        let mut text = String::with_capacity(side * side * 2);
        for y in (0..side).step_by(2) {
            if terminal == Terminal::Colours {
                // Black on bright white, from the fixed part of the 256-colour palette.
                text.push_str("\x1b[38;5;16;48;5;231m");
            }
            for x in 0..side {
                // Below the last row of an odd side lies the terminal's own background.
                let upper = self.with_quiet_zone(x, y);
                let lower = self.with_quiet_zone(x, y + 1);
                // On a dark terminal the ink is light, and the last half row must stay blank.
                let (upper, lower) = match terminal {
                    Terminal::Dark => (!upper, !lower && y + 1 < side),
                    Terminal::Colours | Terminal::Light => (upper, lower),
                };
                text.push(match (upper, lower) {
                    (true, true) => '█',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (false, false) => ' ',
                });
            }
            if terminal == Terminal::Colours {
                text.push_str("\x1b[0m");
            }
            text.push('\n');
        }
        text
    }

    /// A module by its place in the picture with the quiet zone.
    fn with_quiet_zone(&self, x: usize, y: usize) -> bool {
        match (x.checked_sub(QUIET_ZONE), y.checked_sub(QUIET_ZONE)) {
            (Some(x), Some(y)) => self.get(x, y),
            _ => false,
        }
    }
}
