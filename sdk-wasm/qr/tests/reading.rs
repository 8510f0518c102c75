//! Codes as our own encoder draws them, seen by a bad camera.

#![allow(clippy::expect_used, reason = "a test may end here")]

use faultscan_qr_wasm::picture::{Picture, SIDE_MIN_PX};
use faultscan_qr_wasm::reader::{Reader, still};
use faultscan_wire::qr::{QUIET_ZONE, QrCode, Segment};
use proptest::prelude::*;

const ORIGIN: &str = "https://scan.example.org/s#";

fn link() -> String {
    let digits: String = (0..331)
        .map(|at| char::from(b'0' + (at * 7 % 10) as u8))
        .collect();
    [ORIGIN, &digits].concat()
}

/// How a code is drawn and seen.
struct Camera {
    module_px: usize,
    dark: u8,
    light: u8,
    /// Largest deviation of a pixel.
    noise: u8,
}

const GOOD: Camera = Camera {
    module_px: 4,
    dark: 20,
    light: 230,
    noise: 0,
};

impl Camera {
    fn sees(&self, text: &str) -> Picture {
        let (page, digits) = text.split_at(ORIGIN.len());
        let code = QrCode::encode(&[Segment::Text(page), Segment::Digits(digits)]).expect("fits");
        let side = (code.size() + 2 * QUIET_ZONE) * self.module_px;
        // A linear congruential generator: the same grains in each run.
        let mut state = 1_u32;
        let mut rgba = Vec::new();
        for y in 0..side {
            for x in 0..side {
                let module = |at: usize| (at / self.module_px).checked_sub(QUIET_ZONE);
                let is_dark = match (module(x), module(y)) {
                    (Some(x), Some(y)) => code.get(x, y),
                    _ => false,
                };
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let grain = (state >> 16) as u16 % (2 * u16::from(self.noise) + 1);
                let grey = if is_dark { self.dark } else { self.light };
                let seen = (u16::from(grey) + grain).saturating_sub(u16::from(self.noise));
                let seen = u8::try_from(seen).unwrap_or(u8::MAX);
                rgba.extend([seen, seen, seen, 255]);
            }
        }
        Picture::from_rgba(&rgba, side, side).expect("fits")
    }
}

#[track_caller]
fn reads_within(frames: usize, camera: &Camera) {
    let text = link();
    let picture = camera.sees(&text);
    let mut reader = Reader::default();
    let read = (0..frames).find_map(|_| reader.frame(&picture));
    assert_eq!(read.as_deref(), Some(text.as_bytes()), "camera");
    assert_eq!(still(&picture).as_deref(), Some(text.as_bytes()), "photo");
}

#[test]
fn a_clean_code_is_read_in_the_first_frame() {
    reads_within(1, &GOOD);
}

#[test]
fn a_dim_code_is_read() {
    reads_within(
        4,
        &Camera {
            dark: 6,
            light: 24,
            noise: 3,
            ..GOOD
        },
    );
}

#[test]
fn a_pale_code_is_read() {
    reads_within(
        4,
        &Camera {
            dark: 120,
            light: 140,
            noise: 4,
            ..GOOD
        },
    );
}

#[test]
fn a_noisy_code_is_read() {
    reads_within(4, &Camera { noise: 110, ..GOOD });
}

#[test]
fn a_code_of_two_pixels_a_module_is_read() {
    reads_within(
        4,
        &Camera {
            module_px: 2,
            ..GOOD
        },
    );
}

#[test]
fn light_modules_on_a_dark_ground_are_read() {
    reads_within(
        4,
        &Camera {
            dark: 220,
            light: 25,
            ..GOOD
        },
    );
}

#[test]
fn a_large_code_is_read() {
    reads_within(
        4,
        &Camera {
            module_px: 14,
            noise: 60,
            ..GOOD
        },
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever a camera sees, the reader neither panics nor invents a code.
    #[test]
    fn noise_is_not_read(
        width in SIDE_MIN_PX..90,
        height in SIDE_MIN_PX..90,
        seed: u32,
        levels in 2_u32..=256,
        grain_px in 1_usize..6,
    ) {
        let of = |x: usize, y: usize| {
            let cell = (x / grain_px) as u32 + 1000 * (y / grain_px) as u32;
            let mixed = (cell ^ seed).wrapping_mul(2_654_435_761).rotate_left(13).wrapping_mul(2_246_822_519);
            ((mixed >> 8) % levels * 255 / (levels - 1)) as u8
        };
        let rgba: Vec<u8> = (0..width * height)
            .flat_map(|at| { let grey = of(at % width, at / width); [grey, grey, grey, 255] })
            .collect();
        let picture = Picture::from_rgba(&rgba, width, height).expect("fits");
        prop_assert_eq!(still(&picture), None);
    }

    /// A code with any number of pixels overwritten is read rightly or not at all.
    #[test]
    fn a_damaged_code_is_never_read_wrongly(spots in prop::collection::vec((0_usize..244, 0_usize..244, 1_usize..40), 0..24)) {
        let text = link();
        let side = (53 + 2 * QUIET_ZONE) * 4;
        let mut rgba: Vec<u8> = GOOD.sees(&text).into_grey().into_iter().flat_map(|grey| [grey, grey, grey, 255]).collect();
        for (left, top, size) in spots {
            for y in top..(top + size).min(side) {
                for x in left..(left + size).min(side) {
                    rgba[4 * (y * side + x)..][..3].fill(90);
                }
            }
        }
        let picture = Picture::from_rgba(&rgba, side, side).expect("fits");
        prop_assert!(still(&picture).is_none_or(|read| read == text.as_bytes()));
    }
}
